//! Rows from a guest into the host's table: what is taken is canonical and within bounds, whatever the guest gives.

use std::sync::Arc;

use tickmark_model::{CedarType, Column, Decimal4, EntityRef, Fact, FactTable, Instant, Row, Scalar, Shape, Value};

const TYPES: [CedarType; 8] = [
    CedarType::Boolean,
    CedarType::Long,
    CedarType::Text,
    CedarType::Decimal,
    CedarType::Ip,
    CedarType::Datetime,
    CedarType::Duration,
    CedarType::Entity,
];

/// Numbers at the edges of what Cedar, JSON and a calendar hold.
const EDGES: [i64; 12] = [
    i64::MIN,
    i64::MIN + 1,
    -9_007_199_254_740_992,
    -9_007_199_254_740_991,
    -62_135_596_800_001,
    -62_135_596_800_000,
    -1,
    253_402_300_799_999,
    253_402_300_800_000,
    9_007_199_254_740_991,
    9_007_199_254_740_992,
    i64::MAX,
];

/// The fact that is given: one column of each type, alone and as a set, none of them required.
#[must_use]
pub fn fact() -> Fact {
    let column = |(at, ty): (usize, CedarType), shape| Column {
        doc: String::new(),
        entity_kind: (ty == CedarType::Entity).then(|| "A::Role".to_owned()),
        name: format!("{}{at}", if shape == Shape::One { "one" } else { "set" }),
        required: false,
        shape,
        ty,
    };
    let of = |shape| TYPES.into_iter().enumerate().map(move |it| column(it, shape));
    Fact {
        columns: of(Shape::One).chain(of(Shape::SetOf)).collect(),
        doc: String::new(),
        entity_kind: "A::Thing".to_owned(),
        event_time: None,
        name: "thing".to_owned(),
        parent_kinds: vec!["A::Role".to_owned()],
    }
}

/// Reads bytes as rows and pushes them until one is refused; whether one was taken.
pub fn check(bytes: &[u8]) -> bool {
    table(bytes).is_some_and(|table| !table.is_empty())
}

/// The rows that bytes are read as; nothing where one is refused.
pub(crate) fn table(bytes: &[u8]) -> Option<FactTable> {
    let mut bytes = Bytes(bytes);
    let fact = Arc::new(fact());
    let mut table = FactTable::new(Arc::clone(&fact));
    while let Some(column) = bytes.one() {
        // One cell, mostly in a column of its own type.
        let value = bytes.value();
        let at = match column {
            0..=15 => usize::from(column),
            _ => home(&value),
        };
        let Ok(layout) = table.layout([fact.columns[at].name.as_str()]) else { panic!("the column is declared") };
        let row = Row { id: bytes.text(), parents: bytes.parents(), cells: vec![value.clone()], receipts: vec![0] };
        let (id, parents) = (row.id.clone(), row.parents.clone());
        if table.push(&layout, row).is_err() {
            // What was emitted counts as a whole or not at all.
            return None;
        }
        taken(&table, &fact.columns[at], at, &value);
        let row = table.len() - 1;
        assert_eq!(table.id(row), Some(id.as_str()));
        assert!(parents.iter().all(|parent| table.parents(row).contains(parent) && parent.kind == "A::Role"));
    }
    let sorted: Vec<Option<&str>> = table.sorted().iter().map(|row| table.id(row)).collect();
    assert!(sorted.is_sorted() && sorted.len() == table.len(), "rows have one order: {sorted:?}");
    Some(table)
}

/// The column of a value's own type.
fn home(value: &Value) -> usize {
    let of = |scalar: &Scalar| match scalar {
        Scalar::Boolean(_) => 0,
        Scalar::Long(_) => 1,
        Scalar::Text(_) => 2,
        Scalar::Decimal(_) => 3,
        Scalar::Ip(_) => 4,
        Scalar::Datetime(_) => 5,
        Scalar::Duration(_) => 6,
        Scalar::Entity(_) => 7,
    };
    match value {
        Value::Absent => 0,
        Value::One(one) => of(one),
        Value::SetOf(items) => 8 + items.first().map_or(0, of),
    }
}

/// The last row has `given` in column `at`, in the one form that it has.
fn taken(table: &FactTable, column: &Column, at: usize, given: &Value) {
    let row = table.len() - 1;
    let kept = table.value(row, at);
    match (given, &kept) {
        (Value::Absent, Value::Absent) => {}
        (Value::One(given), Value::One(kept)) => same(given, kept),
        (Value::SetOf(given), Value::SetOf(kept)) => {
            assert!(kept.windows(2).all(|two| two[0] < two[1]), "a set has one order and nothing twice: {kept:?}");
            for given in given {
                let canonical = given.clone().canonical().expect("it was taken");
                assert!(kept.contains(&canonical), "{canonical:?} is not in {kept:?}");
            }
            assert!(kept.len() <= given.len());
            kept.iter().for_each(|kept| same(kept, kept));
        }
        other => panic!("a value has become another: {other:?}"),
    }
    let json = serde_json::to_value(&kept).expect("it has a JSON form");
    assert_eq!(Value::from_recorded(column, &json), Some(kept), "what is recorded is read back");
}

/// `kept` is the canonical form of `given` and within what Cedar and JSON hold.
fn same(given: &Scalar, kept: &Scalar) {
    assert_eq!(given.clone().canonical().ok().as_ref(), Some(kept));
    assert_eq!(kept.clone().canonical().ok().as_ref(), Some(kept), "a canonical form is its own");
    match kept {
        Scalar::Long(n) => assert!(n.unsigned_abs() < 1 << 53, "{n}"),
        Scalar::Datetime(ms) => assert!(Instant::from_ms(*ms).is_some(), "{ms}"),
        Scalar::Text(text) => assert!(text.len() <= 65_536),
        Scalar::Ip(text) => assert!(text.is_ascii() && text.len() <= 43, "{text}"),
        Scalar::Entity(entity) => assert!(entity.kind == "A::Role"),
        Scalar::Boolean(_) | Scalar::Decimal(_) | Scalar::Duration(_) => {}
    }
}

/// What is left to be read; at the end everything is nothing.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(&mut self) -> String {
        let len = usize::from(self.one().unwrap_or_default()).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn number(&mut self) -> i64 {
        match self.one().unwrap_or_default() {
            edge @ 0..=11 => EDGES[usize::from(edge)],
            _ => {
                let mut eight = [0; 8];
                eight.iter_mut().for_each(|byte| *byte = self.one().unwrap_or_default());
                i64::from_be_bytes(eight)
            }
        }
    }

    fn scalar(&mut self) -> Scalar {
        match self.one().unwrap_or_default() % 8 {
            0 => Scalar::Boolean(self.one() == Some(1)),
            1 => Scalar::Long(self.number()),
            2 => Scalar::Text(self.text()),
            3 => Scalar::Decimal(Decimal4(self.number())),
            4 => Scalar::Ip(self.text()),
            5 => Scalar::Datetime(self.number()),
            6 => Scalar::Duration(self.number()),
            _ => Scalar::Entity(self.entity()),
        }
    }

    fn value(&mut self) -> Value {
        match self.one().unwrap_or_default() {
            0 => Value::Absent,
            few @ 1..=7 => Value::SetOf((1..few).map(|_| self.scalar()).collect()),
            _ => Value::One(self.scalar()),
        }
    }

    fn entity(&mut self) -> EntityRef {
        let kind = if self.one() == Some(0) { self.text() } else { "A::Role".to_owned() };
        EntityRef { id: self.text(), kind }
    }

    fn parents(&mut self) -> Vec<EntityRef> {
        (0..self.one().unwrap_or_default() % 4).map(|_| self.entity()).collect()
    }
}
