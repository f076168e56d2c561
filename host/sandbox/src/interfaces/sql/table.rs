//! Builds a result row by row, within its bounds and with its columns' declared types.

use tickmark_model::CedarType;

use super::super::Refusal;
use super::Table;
use super::cell::{Cell, convert};
use crate::grants::SqlGrant;
use crate::limits::Limits;

/// Bytes that a cell counts besides its text.
const CELL_BYTES: u64 = 16;

/// A result under construction.
pub(super) struct Builder<'a> {
    limits: &'a Limits,
    declared: Vec<Option<CedarType>>,
    table: Table,
    bytes: u64,
}

impl<'a> Builder<'a> {
    /// A result with these columns, each of which must have its own name, and all that the grant declares among them.
    pub(super) fn new(grant: &SqlGrant, columns: Vec<String>, limits: &'a Limits) -> Result<Self, Refusal> {
        let mut sorted: Vec<&String> = columns.iter().collect();
        sorted.sort();
        for pair in sorted.windows(2) {
            if let [one, other] = pair
                && one == other
            {
                return Err(Refusal::invalid(format_args!(
                    "query has two columns `{one}`; give one another name with AS"
                )));
            }
        }
        if let Some(name) = grant.columns.keys().find(|name| !columns.contains(name)) {
            let there = columns.join(", ");
            return Err(Refusal::invalid(format_args!("query has no column `{name}`, it has: {there}")));
        }
        let mut declared = Vec::with_capacity(columns.len());
        for name in &columns {
            declared.push(grant.columns.get(name).map(|ty| ty.get().map_err(Refusal::invalid)).transpose()?.copied());
        }
        Ok(Self { limits, declared, table: Table { columns, rows: Vec::new() }, bytes: 0 })
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.declared.len()
    }

    /// Adds one row.
    pub(super) fn push(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), Refusal> {
        if self.table.rows.len() as u64 >= self.limits.sql_rows {
            return Err(Refusal::limit("result", self.limits.sql_rows, "rows"));
        }
        let mut row = Vec::with_capacity(self.declared.len());
        for ((cell, declared), name) in cells.into_iter().zip(&self.declared).zip(&self.table.columns) {
            let value = convert(cell, *declared).map_err(|why| {
                let number = self.table.rows.len() + 1;
                Refusal::invalid(format_args!("row {number}, column `{name}`: {why}"))
            })?;
            let text = match &value {
                Some(tickmark_model::Scalar::Text(text) | tickmark_model::Scalar::Ip(text)) => text.len() as u64,
                _ => 0,
            };
            self.bytes = self.bytes.saturating_add(text + CELL_BYTES);
            row.push(value);
        }
        if self.bytes > self.limits.response_bytes {
            return Err(Refusal::limit("result", self.limits.response_bytes, "bytes"));
        }
        self.table.rows.push(row);
        Ok(())
    }

    /// The result.
    pub(super) fn finish(self) -> Table {
        self.table
    }
}
