//! Emitting facts: rows are gathered into batches, so that a hundred thousand of them stay cheap and memory stays flat.

use crate::failure::Failure;
use crate::host::{Host, Receipt};
use crate::summary::{Claim, Population};
use crate::value::{EntityRef, Scalar, Value};

/// One row as it crosses to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmittedRow {
    /// The entity's id within the fact's kind.
    pub id: String,
    /// The groups it belongs to.
    pub parents: Vec<EntityRef>,
    /// One cell for each column of the batch.
    pub cells: Vec<Value>,
    /// The host responses that it was read from.
    pub sources: Vec<Receipt>,
}

/// Rows of one fact, with the column names once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The fact's name.
    pub fact: String,
    /// The names that the cells stand under.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<EmittedRow>,
}

/// Emits the rows of one fact.
pub struct Facts<'h> {
    host: &'h dyn Host,
    batch: Batch,
    /// Bytes of text in the batch.
    bytes: usize,
    emitted: u64,
}

impl<'h> Facts<'h> {
    /// Rows in one batch.
    const BATCH: usize = 1_000;

    /// Bytes of text after which a batch is handed over, however few rows it has.
    const BATCH_BYTES: usize = 1 << 20;

    pub(crate) fn new(host: &'h dyn Host, fact: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let batch = Batch { fact: fact.to_owned(), columns, rows: Vec::with_capacity(Self::BATCH) };
        Self { host, batch, bytes: 0, emitted: 0 }
    }

    /// Starts a row that was read from `sources`; it counts once it is pushed.
    pub fn row<'f>(&'f mut self, id: impl Into<String>, sources: &[Receipt]) -> RowBuilder<'f, 'h> {
        let cells = vec![Value::Absent; self.batch.columns.len()];
        let row = EmittedRow { id: id.into(), parents: Vec::new(), cells, sources: sources.to_vec() };
        RowBuilder { facts: self, row, next: 0, unknown: None }
    }

    /// The rows pushed so far.
    #[must_use]
    pub fn emitted(&self) -> u64 {
        self.emitted
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let rows = std::mem::replace(&mut self.batch.rows, Vec::with_capacity(Self::BATCH));
        self.bytes = 0;
        let batch = Batch { fact: self.batch.fact.clone(), columns: self.batch.columns.clone(), rows };
        self.host.emit(batch)
    }

    /// Hands over what is left and says what the population is.
    ///
    /// # Errors
    /// As [`Host::emit`].
    pub fn finish(mut self, population: Population) -> Result<Claim, Failure> {
        if !self.batch.rows.is_empty() {
            self.flush()?;
        }
        Ok(Claim { fact: self.batch.fact, count: self.emitted, population })
    }
}

/// One row being built.
#[must_use = "a row counts once it is pushed"]
pub struct RowBuilder<'f, 'h> {
    facts: &'f mut Facts<'h>,
    row: EmittedRow,
    next: usize,
    unknown: Option<String>,
}

impl RowBuilder<'_, '_> {
    /// Sets the cell under `column`. Cheapest in the order of the batch's columns.
    pub fn set(mut self, column: &str, value: impl Into<Value>) -> Self {
        let columns = &self.facts.batch.columns;
        let at = if columns.get(self.next).is_some_and(|name| name == column) {
            Some(self.next)
        } else {
            columns.iter().position(|name| name == column)
        };
        match at.and_then(|at| self.row.cells.get_mut(at).map(|cell| (at, cell))) {
            Some((at, cell)) => {
                *cell = value.into();
                self.next = at + 1;
            }
            None => self.unknown = Some(column.to_owned()),
        }
        self
    }

    /// Adds a group that it belongs to.
    pub fn parent(mut self, parent: EntityRef) -> Self {
        self.row.parents.push(parent);
        self
    }

    /// Adds the row to its batch.
    ///
    /// # Errors
    /// As [`Host::emit`], and `internal` where a column was set that the batch does not have.
    pub fn push(self) -> Result<(), Failure> {
        if let Some(column) = self.unknown {
            let message = format!("fact `{}` is emitted without column `{column}`", self.facts.batch.fact);
            return Err(Failure::new(crate::failure::code::INTERNAL, message));
        }
        self.facts.bytes = self.facts.bytes.saturating_add(bytes(&self.row));
        self.facts.batch.rows.push(self.row);
        self.facts.emitted += 1;
        let full = self.facts.batch.rows.len() >= Facts::BATCH || self.facts.bytes >= Facts::BATCH_BYTES;
        if full { self.facts.flush() } else { Ok(()) }
    }
}

/// The text of a row, in bytes.
fn bytes(row: &EmittedRow) -> usize {
    let entity = |entity: &EntityRef| entity.kind.len() + entity.id.len();
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Text(text) => text.len(),
        Scalar::Ip(ip) => ip.0.len(),
        Scalar::Entity(it) => entity(it),
        _ => 0,
    };
    let cell = |cell: &Value| match cell {
        Value::Absent => 0,
        Value::One(one) => scalar(one),
        Value::SetOf(items) => items.iter().map(scalar).sum(),
    };
    row.id.len() + row.parents.iter().map(entity).sum::<usize>() + row.cells.iter().map(cell).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::testing::TestHost;
    use crate::{Blob, Datetime, Level, Listing, Output, Receipt, Request, Response, Rows};

    /// Notes the rows of each batch, and answers nothing.
    struct Batches(TestHost, RefCell<Vec<usize>>);

    impl Host for Batches {
        fn as_of(&self) -> Datetime {
            self.0.as_of()
        }
        fn setting(&self, name: &str) -> Value {
            self.0.setting(name)
        }
        fn log(&self, level: Level, message: &str) {
            self.0.log(level, message);
        }
        fn open(&self, grant: &str, path: &str) -> Result<Blob, Failure> {
            self.0.open(grant, path)
        }
        fn list(&self, grant: &str, dir: &str) -> Result<Listing, Failure> {
            self.0.list(grant, dir)
        }
        fn run(&self, name: &str, params: &[(String, Scalar)]) -> Result<Output, Failure> {
            self.0.run(name, params)
        }
        fn send(&self, request: &Request) -> Result<Response, Failure> {
            self.0.send(request)
        }
        fn query(&self, name: &str, params: &[Scalar]) -> Result<Rows, Failure> {
            self.0.query(name, params)
        }
        fn emit(&self, batch: Batch) -> Result<(), Failure> {
            self.1.borrow_mut().push(batch.rows.len());
            Ok(())
        }
    }

    #[track_caller]
    fn check(rows: usize, text: usize, expected: &[usize]) {
        let receipt: Receipt = 0;
        let host = Batches(TestHost::new(), RefCell::default());
        let mut facts = (&host as &dyn Host).fact("thing", &["name"]);
        for at in 0..rows {
            facts.row(at.to_string(), &[receipt]).set("name", "x".repeat(text)).push().unwrap();
        }
        facts.finish(Population::unknown()).unwrap();
        assert_eq!(*host.1.borrow(), expected);
    }

    #[test]
    fn a_batch_ends_with_its_rows_or_its_bytes() {
        check(0, 0, &[]);
        check(2_500, 4, &[1_000, 1_000, 500]);
        check(40, 65_536, &[16, 16, 8]);
    }
}
