//! A host for tests: canned responses in, rows out, with the checks of the real host. No real system is needed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::declared;
use crate::descriptor::{CedarType, Column, Descriptor, Fact, NeedKind, Shape};
use crate::emit::Batch;
use crate::failure::{Failure, code};
use crate::host::{
    Blob, BlobSource, Entry, Host, Level, Listing, Output, Receipt, Request, Response, RowSource, Rows, Tls,
};
use crate::summary::{Claim, Summary};
use crate::value::{Datetime, Scalar, Value};
use crate::{Collector, EntityRef};

/// A canned answer to [`Host::send`].
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Sorted, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// For https.
    pub tls: Option<Tls>,
}

type Table = (Vec<String>, Vec<Vec<Option<Scalar>>>);
type Canned<T> = BTreeMap<String, Result<T, Failure>>;

/// A host with canned responses. What is not canned is not granted.
#[derive(Default)]
pub struct TestHost {
    as_of: Option<Datetime>,
    settings: BTreeMap<String, Value>,
    files: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    commands: Canned<(i32, Vec<u8>, Vec<u8>)>,
    answers: BTreeMap<String, Canned<Answer>>,
    tables: Canned<Table>,
    receipts: Cell<Receipt>,
    batches: RefCell<Vec<Batch>>,
    log: RefCell<Vec<(Level, String)>>,
    params: RefCell<Vec<(String, Vec<Scalar>)>>,
    /// What is declared outside of the collector.
    declared: Vec<Fact>,
}

/// What one run in a test left behind.
#[derive(Debug)]
pub struct TestRun {
    rows: BTreeMap<String, Vec<TestRow>>,
    summary: Summary,
    log: Vec<(Level, String)>,
}

/// One emitted row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRow {
    /// The subject's id.
    pub id: String,
    /// Its parents.
    pub parents: Vec<EntityRef>,
    /// Its receipts.
    pub sources: Vec<Receipt>,
    cells: BTreeMap<String, Value>,
}

impl TestRow {
    /// The cell under `column`; absent where it was not set.
    #[must_use]
    pub fn get(&self, column: &str) -> &Value {
        self.cells.get(column).unwrap_or(&Value::Absent)
    }
}

impl TestRun {
    /// The rows of the fact called `fact`, in the order of emission.
    #[must_use]
    pub fn rows(&self, fact: &str) -> &[TestRow] {
        self.rows.get(fact).map_or(&[], Vec::as_slice)
    }

    /// The row of `fact` with this id.
    #[must_use]
    pub fn row(&self, fact: &str, id: &str) -> Option<&TestRow> {
        self.rows(fact).iter().find(|row| row.id == id)
    }

    /// The claim for the fact called `fact`.
    #[must_use]
    pub fn claim(&self, fact: &str) -> Option<&Claim> {
        self.summary.populations.iter().find(|claim| claim.fact == fact)
    }

    /// The remarks.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.summary.notes
    }

    /// What was logged.
    #[must_use]
    pub fn log(&self) -> &[(Level, String)] {
        &self.log
    }
}

impl TestHost {
    /// A host that grants nothing and judges at 2026-11-20T09:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges at `at` instead.
    #[must_use]
    pub fn at(mut self, at: Datetime) -> Self {
        self.as_of = Some(at);
        self
    }

    /// Sets a setting.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(name.into(), value.into());
        self
    }

    /// Declares a fact for a collector that declares none itself.
    #[must_use]
    pub fn declaring(mut self, fact: Fact) -> Self {
        self.declared.push(fact);
        let lines: Vec<String> = self.declared.iter().flat_map(declared::lines).collect();
        self.with_setting(declared::SETTING, lines)
    }

    /// Grants a file under `grant`; `path` is empty where the grant is the file itself.
    #[must_use]
    pub fn file(mut self, grant: &str, path: &str, bytes: &[u8]) -> Self {
        self.files.entry(grant.into()).or_default().insert(path.into(), bytes.to_vec());
        self
    }

    /// Grants a command that ends with `exit_code`.
    #[must_use]
    pub fn command(mut self, name: &str, exit_code: i32, stdout: &[u8], stderr: &[u8]) -> Self {
        self.commands.insert(name.into(), Ok((exit_code, stdout.to_vec(), stderr.to_vec())));
        self
    }

    /// Grants a command that fails.
    #[must_use]
    pub fn command_fails(mut self, name: &str, failure: Failure) -> Self {
        self.commands.insert(name.into(), Err(failure));
        self
    }

    /// Grants an origin and answers one path on it.
    #[must_use]
    pub fn answer(mut self, origin: &str, path_and_query: &str, answer: Answer) -> Self {
        self.answers.entry(origin.into()).or_default().insert(path_and_query.into(), Ok(answer));
        self
    }

    /// Grants an origin on which one path fails.
    #[must_use]
    pub fn answer_fails(mut self, origin: &str, path_and_query: &str, failure: Failure) -> Self {
        self.answers.entry(origin.into()).or_default().insert(path_and_query.into(), Err(failure));
        self
    }

    /// Grants a query with these columns and rows.
    #[must_use]
    pub fn table(mut self, name: &str, columns: &[&str], rows: Vec<Vec<Option<Scalar>>>) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        self.tables.insert(name.into(), Ok((columns, rows)));
        self
    }

    /// Grants a query that fails.
    #[must_use]
    pub fn table_fails(mut self, name: &str, failure: Failure) -> Self {
        self.tables.insert(name.into(), Err(failure));
        self
    }

    /// The parameters of every query, in order.
    #[must_use]
    pub fn query_params(&self) -> Vec<(String, Vec<Scalar>)> {
        self.params.borrow().clone()
    }

    /// Runs a collector and checks what it emitted as the real host does.
    ///
    /// # Errors
    /// What the collector returned, or `invalid` with the first breach of the contract.
    pub fn collect<C: Collector>(&self) -> Result<TestRun, Failure> {
        self.receipts.set(0);
        self.batches.take();
        self.log.take();
        self.params.take();
        let mut descriptor = C::describe();
        if C::describe() != descriptor {
            return Err(Failure::invalid("describe is not equal at every call"));
        }
        if declared::is_outside(&descriptor) {
            descriptor.facts = declared::read(&self.setting(declared::SETTING))?;
        }
        let summary = C::collect(self)?;
        let mut rows: BTreeMap<String, Vec<TestRow>> = BTreeMap::new();
        for batch in self.batches.take() {
            let kept = self.check(&descriptor, &batch)?;
            rows.entry(batch.fact).or_default().extend(kept);
        }
        for (fact, rows) in &rows {
            let mut seen = BTreeSet::new();
            if let Some(twice) = rows.iter().find(|row| !seen.insert(&row.id)) {
                return Err(Failure::invalid(format!("fact `{fact}`: row `{}` is there twice", twice.id)));
            }
        }
        for claim in &summary.populations {
            let emitted = rows.get(&claim.fact).map_or(0, Vec::len) as u64;
            if emitted != claim.count {
                return Err(Failure::invalid(format!("`{}`: {emitted} rows, {} claimed", claim.fact, claim.count)));
            }
        }
        Ok(TestRun { rows, summary, log: self.log.take() })
    }

    fn check(&self, descriptor: &Descriptor, batch: &Batch) -> Result<Vec<TestRow>, Failure> {
        let no_fact = || Failure::invalid(format!("fact `{}` is not declared", batch.fact));
        let fact = descriptor.facts.iter().find(|fact| fact.name == batch.fact).ok_or_else(no_fact)?;
        let mut kept = Vec::new();
        for row in &batch.rows {
            let at = |what: &str| Failure::invalid(format!("fact `{}`, row `{}`: {what}", fact.name, row.id));
            if row.id.is_empty() || row.id.len() > 1024 {
                return Err(at("id of 1 to 1024 bytes"));
            }
            if row.sources.is_empty() || row.sources.iter().any(|receipt| *receipt >= self.receipts.get()) {
                return Err(at("unknown or no receipt"));
            }
            if row.parents.iter().any(|parent| !fact.parent_kinds.contains(&parent.kind)) {
                return Err(at("undeclared parent kind"));
            }
            if row.cells.len() != batch.columns.len() {
                return Err(at("as many cells as columns"));
            }
            let cells: BTreeMap<String, Value> = batch.columns.iter().cloned().zip(row.cells.iter().cloned()).collect();
            if let Some(name) = cells.keys().find(|name| fact.columns.iter().all(|column| &column.name != *name)) {
                return Err(at(&format!("column `{name}` is not declared")));
            }
            for column in &fact.columns {
                let cell = cells.get(&column.name).unwrap_or(&Value::Absent);
                if !fits(cell, column) {
                    return Err(at(&format!("column `{}` cannot hold {cell:?}", column.name)));
                }
            }
            kept.push(TestRow {
                id: row.id.clone(),
                parents: row.parents.clone(),
                sources: row.sources.clone(),
                cells,
            });
        }
        Ok(kept)
    }

    fn next_receipt(&self) -> Receipt {
        let receipt = self.receipts.get();
        self.receipts.set(receipt + 1);
        receipt
    }

    fn denied(&self, kind: NeedKind, name: &str) -> Failure {
        let kind = format!("{kind:?}").to_lowercase();
        Failure::new(code::DENIED, format!("{kind} `{name}` is not granted")).shown_by(self.next_receipt())
    }

    fn canned<T: Clone>(&self, canned: Option<&Result<T, Failure>>, kind: NeedKind, name: &str) -> Result<T, Failure> {
        match canned {
            None => Err(self.denied(kind, name)),
            Some(Err(failure)) => Err(failure.clone().shown_by(self.next_receipt())),
            Some(Ok(response)) => Ok(response.clone()),
        }
    }
}

fn fits(cell: &Value, column: &Column) -> bool {
    let scalar = |scalar: &Scalar| match (scalar, column.ty) {
        (Scalar::Boolean(_), CedarType::Boolean) | (Scalar::Text(_), CedarType::Text) => true,
        (Scalar::Long(n), CedarType::Long) => n.unsigned_abs() <= 9_007_199_254_740_991,
        (Scalar::Datetime(at), CedarType::Datetime) => Datetime::from_ms(at.0).is_some(),
        (Scalar::Decimal(_), CedarType::Decimal) | (Scalar::Duration(_), CedarType::Duration) => true,
        (Scalar::Ip(ip), CedarType::Ip) => {
            let (address, prefix) = ip.0.split_once('/').unwrap_or((&ip.0, "0"));
            let most = if address.contains(':') { 128 } else { 32 };
            address.parse::<std::net::IpAddr>().is_ok() && prefix.parse::<u8>().is_ok_and(|bits| bits <= most)
        }
        (Scalar::Entity(entity), CedarType::Entity) => Some(&entity.kind) == column.entity_kind.as_ref(),
        _ => false,
    };
    match (cell, column.shape) {
        (Value::Absent, _) => !column.required,
        (Value::One(one), Shape::One) => scalar(one),
        (Value::SetOf(items), Shape::SetOf) => items.iter().all(scalar),
        _ => false,
    }
}

struct Bytes(Rc<[u8]>);

impl BlobSource for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = start.saturating_add(len as usize).min(self.0.len());
        self.0.get(start..end).unwrap_or_default().to_vec()
    }
}

struct Canneds(RefCell<std::vec::IntoIter<Vec<Option<Scalar>>>>);

impl RowSource for Canneds {
    fn next(&self, max: u32) -> Vec<Vec<Option<Scalar>>> {
        self.0.borrow_mut().by_ref().take(max as usize).collect()
    }
}

fn blob(receipt: Receipt, bytes: &[u8]) -> Blob {
    Blob::new(receipt, Box::new(Bytes(bytes.into())))
}

impl Host for TestHost {
    fn as_of(&self) -> Datetime {
        self.as_of.unwrap_or(Datetime(1_795_165_200_000))
    }

    fn setting(&self, name: &str) -> Value {
        self.settings.get(name).cloned().unwrap_or_default()
    }

    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push((level, message.to_owned()));
    }

    fn open(&self, grant: &str, path: &str) -> Result<Blob, Failure> {
        let granted = self.files.get(grant).ok_or_else(|| self.denied(NeedKind::Files, grant))?;
        let receipt = self.next_receipt();
        match granted.get(path) {
            Some(bytes) => Ok(blob(receipt, bytes)),
            None => Err(Failure::new(code::NOT_FOUND, format!("no file `{path}` in `{grant}`")).shown_by(receipt)),
        }
    }

    fn list(&self, grant: &str, dir: &str) -> Result<Listing, Failure> {
        let granted = self.files.get(grant).ok_or_else(|| self.denied(NeedKind::Files, grant))?;
        let entries = granted
            .iter()
            .filter(|(path, _)| dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')))
            .map(|(path, bytes)| Entry {
                path: path.clone(),
                size: bytes.len() as u64,
                is_dir: false,
                modified: self.as_of(),
            })
            .collect();
        Ok(Listing { entries, receipt: self.next_receipt() })
    }

    fn run(&self, name: &str, _params: &[(String, Scalar)]) -> Result<Output, Failure> {
        let (exit_code, stdout, stderr) = self.canned(self.commands.get(name), NeedKind::Command, name)?;
        let receipt = self.next_receipt();
        Ok(Output { exit_code, stdout: blob(receipt, &stdout), stderr: blob(receipt, &stderr) })
    }

    fn send(&self, request: &Request) -> Result<Response, Failure> {
        let granted = self.answers.get(&request.origin).ok_or_else(|| self.denied(NeedKind::Http, &request.origin))?;
        let absent = Ok(Answer { status: 404, ..Answer::default() });
        let canned = granted.get(&request.path_and_query).unwrap_or(&absent);
        let Answer { status, headers, body, elapsed_ms, tls } =
            self.canned(Some(canned), NeedKind::Http, &request.origin)?;
        let receipt = self.next_receipt();
        Ok(Response { status, headers, body: blob(receipt, &body), elapsed_ms, tls })
    }

    fn query(&self, name: &str, params: &[Scalar]) -> Result<Rows, Failure> {
        self.params.borrow_mut().push((name.to_owned(), params.to_vec()));
        let (columns, rows) = self.canned(self.tables.get(name), NeedKind::Sql, name)?;
        let source = Canneds(RefCell::new(rows.into_iter()));
        Ok(Rows::new(columns, self.next_receipt(), Box::new(source)))
    }

    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        self.batches.borrow_mut().push(batch);
        Ok(())
    }
}
