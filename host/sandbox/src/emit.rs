//! Rows from a guest into tables: checked one by one, moved and never copied, lost as a whole where one breaks the
//! contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use tickmark_model::{Descriptor, FactTable, Row, RowError};

use crate::bindings::tickmark::collector::{run as wr, types as wt};
use crate::convert::{entity_in, value_in};
use crate::limits::Limits;
use crate::outcome::Stop;
use crate::recorder::Recorder;

/// Bytes that a cell, parent or receipt counts as, beside its text.
const CELL_BYTES: usize = 8;

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
            return Err(Stop::output_limit(format!("{} rows emitted, limit is {}", self.rows, self.max_rows)));
        }
        let declared = Arc::clone(table.fact());
        let layout = table.layout(columns.iter().map(String::as_str)).map_err(|error| broken(&error))?;
        for row in rows {
            self.bytes = self.bytes.saturating_add(weight(&row) as u64);
            if self.bytes > self.max_bytes {
                return Err(Stop::output_limit(format!("{} bytes emitted, limit is {}", self.bytes, self.max_bytes)));
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

/// What a row counts as: its text, and a little for each cell, parent and receipt.
fn weight(row: &wr::Row) -> usize {
    let scalar = |scalar: &wt::Scalar| match scalar {
        wt::Scalar::Text(text) | wt::Scalar::Ip(text) => text.len() + CELL_BYTES,
        wt::Scalar::Entity(entity) => entity.kind.len() + entity.id.len() + CELL_BYTES,
        _ => CELL_BYTES,
    };
    let cell = |cell: &wt::Value| match cell {
        wt::Value::Absent => CELL_BYTES,
        wt::Value::One(one) => scalar(one),
        wt::Value::SetOf(items) => CELL_BYTES + items.iter().map(scalar).sum::<usize>(),
    };
    let parents: usize = row.parents.iter().map(|parent| parent.kind.len() + parent.id.len() + CELL_BYTES).sum();
    row.entity.id.len() + parents + row.cells.iter().map(cell).sum::<usize>() + row.sources.len() * CELL_BYTES
}
