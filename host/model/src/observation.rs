//! One row as JSON, the form in which observations are hashed, stored and shown.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::table::FactTable;
use crate::value::{EntityRef, Value};

/// One typed fact about one subject, as JSON. Keys are in the order that JCS (RFC 8785) asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observation<'a> {
    /// The attributes that are present, by name.
    pub attributes: BTreeMap<&'a str, Value>,
    /// The fact's name.
    pub fact: &'a str,
    /// The subject's id.
    pub id: &'a str,
    /// The subject's kind.
    pub kind: &'a str,
    /// The groups it belongs to.
    pub parents: &'a [EntityRef],
    /// The host responses that it was read from.
    pub receipts: &'a [u32],
}

impl FactTable {
    /// Row `row` as JSON data, or nothing beyond the end.
    #[must_use]
    pub fn observation(&self, row: usize) -> Option<Observation<'_>> {
        let fact = self.fact();
        let attributes = fact
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (column.name.as_str(), self.value(row, at)))
            .filter(|(_, value)| *value != Value::Absent)
            .collect();
        Some(Observation {
            attributes,
            fact: &fact.name,
            id: self.id(row)?,
            kind: &fact.entity_kind,
            parents: self.parents(row),
            receipts: self.receipts(row),
        })
    }
}
