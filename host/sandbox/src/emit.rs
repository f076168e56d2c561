//! Rows from a guest into tables: checked one by one, moved and never copied, lost as a whole where one breaks the
//! contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use tickmark_model::{Descriptor, FactTable, Row, RowError};

use crate::bindings::tickmark::collector::{run as wr, types as wt};
use crate::bound::Bound;
use crate::convert::{entity_in, value_in};
use crate::limits::Limits;
use crate::outcome::Stop;
use crate::recorder::Recorder;

/// Bytes that a cell or receipt counts as, beside its text.
const CELL_BYTES: usize = 8;

/// Bytes that a text, an element of a set or a parent counts as, beside its text: about what the host needs to keep it.
/// With less, short ones in great numbers would take many times the memory that the bound on emitted bytes suggests.
const KEPT_BYTES: usize = 56;

/// Everything emitted so far.
pub(crate) struct Emitted {
    tables: BTreeMap<String, FactTable>,
    rows: u64,
    max_rows: u64,
    bytes: u64,
    max_bytes: u64,
}

impl Emitted {
    /// An empty table for each fact of `descriptor`.
    pub(crate) fn new(descriptor: &Descriptor, limits: &Limits) -> Self {
        let table = |fact: &tickmark_model::Fact| (fact.name.clone(), FactTable::new(Arc::new(fact.clone())));
        Self {
            tables: descriptor.facts.iter().map(table).collect(),
            rows: 0,
            max_rows: limits.rows,
            bytes: 0,
            max_bytes: limits.emitted_bytes,
        }
    }

    /// Adds one batch.
    ///
    /// # Errors
    /// `contract-violation` for an undeclared fact, kind, column or receipt, a wrong type, a value out of bounds or a
    /// repeated id; `output-limit` for more rows or bytes than the run may emit. Nothing counts then any more.
    pub(crate) fn push(&mut self, batch: wr::Batch, recorder: &Recorder) -> Result<(), Stop> {
        let wr::Batch { fact, columns, rows } = batch;
        let table =
            self.tables.get_mut(&fact).ok_or_else(|| Stop::violation(format!("fact `{fact}` is not declared")))?;
        self.rows = self.rows.saturating_add(rows.len() as u64);
        if self.rows > self.max_rows {
            return Err(Stop::over(Bound::Rows, self.rows, self.max_rows));
        }
        let declared = Arc::clone(table.fact());
        let layout = table.layout(columns.iter().map(String::as_str)).map_err(|error| broken(&error))?;
        for row in rows {
            self.bytes = self.bytes.saturating_add(weight(&row) as u64);
            if self.bytes > self.max_bytes {
                return Err(Stop::over(Bound::EmittedBytes, self.bytes, self.max_bytes));
            }
            let wr::Row { entity: wt::EntityRef { kind, id }, parents, cells, sources } = row;
            if kind != declared.entity_kind {
                let declared = declared.entity_kind.clone();
                return Err(broken(&RowError::Kind { id, found: kind, fact, declared }));
            }
            if let Some(receipt) = sources.iter().find(|receipt| !recorder.has(**receipt)) {
                return Err(violation(&format!("row `{id}` names receipt {receipt}, which no host call has")));
            }
            let row = Row {
                id,
                parents: parents.into_iter().map(entity_in).collect(),
                cells: cells.into_iter().map(value_in).collect(),
                receipts: sources,
            };
            table.push(&layout, row).map_err(|error| broken(&error))?;
        }
        Ok(())
    }

    /// The tables, by fact name.
    pub(crate) fn into_tables(self) -> BTreeMap<String, FactTable> {
        self.tables
    }
}

fn broken(error: &RowError) -> Stop {
    violation(&error.to_string())
}

/// A violation whose message quotes the guest's own text.
fn violation(message: &str) -> Stop {
    Stop::violation(crate::text::plain(message, 2_048))
}

/// What a row counts as: its text, and what the host needs for each cell, element, parent and receipt.
fn weight(row: &wr::Row) -> usize {
    let entity = |entity: &wt::EntityRef| entity.kind.len() + entity.id.len() + KEPT_BYTES;
    let one = |scalar: &wt::Scalar, least| match scalar {
        wt::Scalar::Text(text) | wt::Scalar::Ip(text) => text.len() + KEPT_BYTES,
        wt::Scalar::Entity(it) => entity(it),
        _ => least,
    };
    let cell = |cell: &wt::Value| match cell {
        wt::Value::Absent => CELL_BYTES,
        wt::Value::One(scalar) => one(scalar, CELL_BYTES),
        wt::Value::SetOf(items) => CELL_BYTES + items.iter().map(|item| one(item, KEPT_BYTES)).sum::<usize>(),
    };
    let parents: usize = row.parents.iter().map(entity).sum();
    let cells: usize = row.cells.iter().map(cell).sum();
    row.entity.id.len() + KEPT_BYTES + parents + cells + row.sources.len() * CELL_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_apart_weighs_more_than_its_text() {
        let entity = |id: &str| wt::EntityRef { kind: "A::B".into(), id: id.into() };
        let row = |cells| wr::Row { entity: entity("one"), parents: vec![], cells, sources: vec![0] };
        let check = |cell| weight(&row(vec![cell])) - weight(&row(vec![]));
        assert_eq!(weight(&row(vec![])), 3 + 56 + 8);
        assert_eq!(check(wt::Value::Absent), 8);
        assert_eq!(check(wt::Value::One(wt::Scalar::Long(7))), 8);
        assert_eq!(check(wt::Value::One(wt::Scalar::Text("seven".into()))), 5 + 56);
        assert_eq!(check(wt::Value::One(wt::Scalar::Entity(entity("x")))), 5 + 56);
        assert_eq!(check(wt::Value::SetOf(vec![wt::Scalar::Long(7), wt::Scalar::Text("x".into())])), 8 + 56 + 57);
        let with_parent = wr::Row { parents: vec![entity("x")], ..row(vec![]) };
        assert_eq!(weight(&with_parent) - weight(&row(vec![])), 5 + 56);
    }
}
