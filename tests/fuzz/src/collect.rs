//! One run of a collector on whatever its source answers, natively.
//!
//! **Invariant:** a run that ends well has kept to the contract: the host would take every row of it. A source may make a
//! collector fail, and may make it say more than the host's bounds allow; it may not make it say what it never declared.

use std::collections::BTreeSet;
use std::sync::Arc;

use tickmark_collector::testing::{TestHost, TestRow, TestRun};
use tickmark_collector::{self as sdk, Collector, Host};
use tickmark_model::{
    CedarType, Column, Decimal4, Descriptor, EntityRef, Fact, FactTable, Row, RowError, Scalar, Shape, Value,
};

/// An input: a line with the source and settings such as `restic-file job_by=tag`, and then, separated by NUL, what each
/// grant gives.
pub struct Input<'a> {
    /// The first word.
    pub source: &'a str,
    settings: Vec<(&'a str, &'a str)>,
    parts: Vec<&'a [u8]>,
}

impl<'a> Input<'a> {
    /// Reads the first line.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let mut words = std::str::from_utf8(&bytes[..end]).ok()?.split(' ');
        let source = words.next()?;
        let settings = words.map(|word| word.split_once('=')).collect::<Option<_>>()?;
        Some(Self { source, settings, parts: bytes[end + 1..].split(|byte| *byte == 0).collect() })
    }

    /// What the grant at `at` gives; nothing where there is no such part.
    #[must_use]
    pub fn part(&self, at: usize) -> &'a [u8] {
        self.parts.get(at).copied().unwrap_or_default()
    }

    /// What all grants give.
    #[must_use]
    pub fn parts(&self) -> &[&'a [u8]] {
        &self.parts
    }

    /// A host with the settings of the first line: sets where `sets` has the name, otherwise texts.
    #[must_use]
    pub fn host(&self, sets: &[&str]) -> TestHost {
        self.settings.iter().fold(TestHost::new(), |host, (name, text)| {
            let text = sdk::Scalar::Text((*text).to_owned());
            let value = if sets.contains(name) { sdk::Value::SetOf(vec![text]) } else { sdk::Value::One(text) };
            host.with_setting(name, value)
        })
    }
}

/// The columns and rows of a query's result: lines of cells between tabs, the first with the names. A cell's first letter
/// is its type.
#[must_use]
pub fn table(bytes: &[u8]) -> (Vec<&str>, Vec<Vec<Option<sdk::Scalar>>>) {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    // The host gives as many cells as columns, and no name twice.
    let mut seen = BTreeSet::new();
    if !columns.iter().all(|column| seen.insert(*column)) {
        return (vec!["id"], vec![]);
    }
    let rows = lines.map(|line| {
        let mut cells: Vec<_> = line.split('\t').map(cell).collect();
        cells.resize(columns.len(), None);
        cells
    });
    (columns.clone(), rows.collect())
}

/// What the host would give: nothing beyond the contract's bounds.
fn cell(text: &str) -> Option<sdk::Scalar> {
    let rest = text.get(1..)?;
    let number = rest.parse::<i64>();
    Some(match text.as_bytes().first()? {
        b'b' => sdk::Scalar::Boolean(rest == "1"),
        b'l' => sdk::Scalar::Long(number.ok().filter(|n| n.unsigned_abs() < 1 << 53)?),
        b'd' => sdk::Scalar::Datetime(sdk::Datetime::from_ms(number.ok()?)?),
        b's' => sdk::Scalar::Duration(sdk::Duration(number.ok()?)),
        b'c' => sdk::Scalar::Decimal(sdk::Decimal(number.ok()?)),
        b't' => sdk::Scalar::Text(rest.to_owned()),
        _ => return None,
    })
}

/// Runs a collector; whether it ended well.
///
/// # Panics
/// Where a run ended well and broke the contract, or another run on the same answers gives something else.
pub fn check<C: Collector>(host: &TestHost) -> bool {
    check_declaring::<C>(host, None)
}

/// As [`check`], for a collector that declares no fact itself and that `host` declares `fact` for.
///
/// # Panics
/// As [`check`].
pub fn check_declaring<C: Collector>(host: &TestHost, fact: Option<&sdk::Fact>) -> bool {
    if let Err(failure) = C::collect(host as &dyn Host) {
        assert!(!failure.code.is_empty(), "a failure says of which kind it is: {failure}");
        return false;
    }
    let run = host.collect::<C>().unwrap_or_else(|breach| panic!("the contract is broken: {breach}"));
    let again = host.collect::<C>().unwrap_or_else(|breach| panic!("the second run failed: {breach}"));
    assert_eq!(format!("{run:?}"), format!("{again:?}"), "equal answers give equal runs");
    let mut declared = C::describe();
    declared.facts.extend(fact.cloned());
    let descriptor = descriptor(&declared);
    assert_eq!(descriptor.errors(), []);
    descriptor.facts.iter().for_each(|fact| lift(fact, &run));
    true
}

/// The rows of `fact` into the host's own table.
fn lift(fact: &Fact, run: &TestRun) {
    let mut table = FactTable::new(Arc::new(fact.clone()));
    let layout = table.layout(fact.columns.iter().map(|column| column.name.as_str())).expect("it declares them");
    for row in run.rows(&fact.name) {
        match table.push(&layout, self::row(fact, row)) {
            Ok(()) => {}
            // How long a text is may be the source's own choice. The run is then lost, and says so.
            Err(RowError::Size { .. } | RowError::Count { .. } | RowError::IdSize { .. }) => return,
            Err(error) => panic!("the host refuses a row of `{}`: {error}", fact.name),
        }
    }
    assert_eq!(table.len(), run.rows(&fact.name).len());
}

fn row(fact: &Fact, row: &TestRow) -> Row {
    Row {
        id: row.id.clone(),
        parents: row.parents.iter().map(entity).collect(),
        cells: fact.columns.iter().map(|column| value(row.get(&column.name))).collect(),
        receipts: row.sources.clone(),
    }
}

fn value(value: &sdk::Value) -> Value {
    match value {
        sdk::Value::Absent => Value::Absent,
        sdk::Value::One(one) => Value::One(scalar(one)),
        sdk::Value::SetOf(items) => Value::SetOf(items.iter().map(scalar).collect()),
    }
}

fn scalar(scalar: &sdk::Scalar) -> Scalar {
    match scalar {
        sdk::Scalar::Boolean(b) => Scalar::Boolean(*b),
        sdk::Scalar::Long(n) => Scalar::Long(*n),
        sdk::Scalar::Text(text) => Scalar::Text(text.clone()),
        sdk::Scalar::Decimal(units) => Scalar::Decimal(Decimal4(units.0)),
        sdk::Scalar::Ip(ip) => Scalar::Ip(ip.0.clone()),
        sdk::Scalar::Datetime(at) => Scalar::Datetime(at.0),
        sdk::Scalar::Duration(span) => Scalar::Duration(span.0),
        sdk::Scalar::Entity(it) => Scalar::Entity(entity(it)),
    }
}

fn entity(entity: &sdk::EntityRef) -> EntityRef {
    EntityRef { id: entity.id.clone(), kind: entity.kind.clone() }
}

/// What a collector declares, in the host's words and without what is not looked at here.
#[must_use]
pub fn descriptor(declared: &sdk::Descriptor) -> Descriptor {
    let fact = |fact: &sdk::Fact| Fact {
        columns: fact.columns.iter().map(column).collect(),
        doc: fact.doc.clone(),
        entity_kind: fact.entity_kind.clone(),
        event_time: fact.event_time.clone(),
        name: fact.name.clone(),
        parent_kinds: fact.parent_kinds.clone(),
    };
    Descriptor {
        facts: declared.facts.iter().map(fact).collect(),
        name: declared.name.clone(),
        needs: vec![],
        settings: declared.settings.iter().map(column).collect(),
        version: declared.version.clone(),
    }
}

fn column(column: &sdk::Column) -> Column {
    Column {
        doc: column.doc.clone(),
        entity_kind: column.entity_kind.clone(),
        name: column.name.clone(),
        required: column.required,
        shape: match column.shape {
            sdk::Shape::One => Shape::One,
            sdk::Shape::SetOf => Shape::SetOf,
        },
        ty: match column.ty {
            sdk::CedarType::Boolean => CedarType::Boolean,
            sdk::CedarType::Long => CedarType::Long,
            sdk::CedarType::Text => CedarType::Text,
            sdk::CedarType::Decimal => CedarType::Decimal,
            sdk::CedarType::Ip => CedarType::Ip,
            sdk::CedarType::Datetime => CedarType::Datetime,
            sdk::CedarType::Duration => CedarType::Duration,
            sdk::CedarType::Entity => CedarType::Entity,
        },
    }
}
