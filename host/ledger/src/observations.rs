//! The observations of one collection as one JSON array, sorted: facts by name, rows by id.
//!
//! The bytes are the JCS of that array, written row by row in flat memory. A row is JCS as it stands: its keys and its
//! attributes are written in order, its numbers are integers within 2^53 - 1, and `serde_json` escapes strings as JCS
//! does. A property test holds it equal to the canonicalizer over the whole.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tickmark_model::{BlobRef, CedarType, Cells, Collection, Digest, FactTable, Scalar, Shape, Value};

use crate::blobs::BlobStore;
use crate::hash::Hasher;

/// Bytes gathered before they are written.
const BUFFER_BYTES: usize = 64 * 1024;

/// The rows of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactRows {
    /// How many there are.
    pub count: u64,
    /// SHA-256 of the JCS of the array of them.
    pub digest: Digest,
}

/// The stored observations of one collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observations {
    /// The array of all of them.
    pub blob: BlobRef,
    /// The rows by fact.
    pub facts: BTreeMap<String, FactRows>,
}

impl BlobStore {
    /// Stores the observations of `collection` as a blob.
    ///
    /// # Errors
    /// As [`BlobStore::put`].
    pub fn put_observations(&self, collection: &Collection) -> io::Result<Observations> {
        let mut writer = self.writer()?;
        let facts = write_observations(collection, &mut writer)?;
        Ok(Observations { blob: writer.finish()?, facts })
    }
}

/// Writes the observations of `collection` as JCS, and gives count and digest of each fact's rows.
///
/// # Errors
/// Those of `out`.
pub fn write_observations(collection: &Collection, out: &mut dyn Write) -> io::Result<BTreeMap<String, FactRows>> {
    let mut facts = BTreeMap::new();
    let mut buffer = Vec::with_capacity(BUFFER_BYTES + 4096);
    out.write_all(b"[")?;
    let mut first = true;
    for (name, table) in &collection.tables {
        let mut hasher = Hasher::default();
        hasher.update(b"[");
        let encoder = RowEncoder::new(table);
        for (at, row) in table.sorted().iter().enumerate() {
            if at > 0 {
                buffer.push(b',');
            } else if !first {
                out.write_all(b",")?;
            }
            first = false;
            encoder.write(row, &mut buffer)?;
            if buffer.len() >= BUFFER_BYTES {
                hasher.update(&buffer);
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
        hasher.update(&buffer);
        out.write_all(&buffer)?;
        buffer.clear();
        hasher.update(b"]");
        facts.insert(name.clone(), FactRows { count: table.len() as u64, digest: hasher.digest() });
    }
    out.write_all(b"]")?;
    Ok(facts)
}

/// Writes the rows of one table, with what is the same for all of them made once.
struct RowEncoder<'a> {
    table: &'a FactTable,
    columns: Vec<Attribute<'a>>,
    /// What stands between the attributes and the id.
    fact: Vec<u8>,
    /// What stands between the id and the parents.
    kind: Vec<u8>,
}

struct Attribute<'a> {
    /// The name as JSON, with its colon.
    key: Vec<u8>,
    cells: Cells<'a>,
    plain: Plain,
}

/// The cells that need no copy to be written.
#[derive(Clone, Copy)]
enum Plain {
    Boolean,
    Long,
    Text,
    No,
}

impl<'a> RowEncoder<'a> {
    fn new(table: &'a FactTable) -> Self {
        let fact = table.fact();
        let mut order: Vec<usize> = (0..fact.columns.len()).collect();
        order.sort_by_key(|at| fact.columns.get(*at).map(|column| column.name.as_str()));
        let columns = order
            .into_iter()
            .filter_map(|at| {
                let column = fact.columns.get(at)?;
                let plain = match (column.shape, column.ty) {
                    (Shape::One, CedarType::Boolean) => Plain::Boolean,
                    (Shape::One, CedarType::Long) => Plain::Long,
                    (Shape::One, CedarType::Text | CedarType::Ip) => Plain::Text,
                    _ => Plain::No,
                };
                Some(Attribute { key: format!("{}:", json(&column.name)).into_bytes(), cells: table.cells(at)?, plain })
            })
            .collect();
        Self {
            table,
            columns,
            fact: format!("}},\"fact\":{},\"id\":", json(&fact.name)).into_bytes(),
            kind: format!(",\"kind\":{},\"parents\":", json(&fact.entity_kind)).into_bytes(),
        }
    }

    fn write(&self, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(b"{\"attributes\":{");
        let mut separator: &[u8] = b"";
        for column in &self.columns {
            let Some(key) = column.cells.key(row) else { continue };
            out.extend_from_slice(separator);
            separator = b",";
            out.extend_from_slice(&column.key);
            match (column.plain, column.cells.text(row)) {
                (Plain::Boolean, _) => out.extend_from_slice(if key == 1 { b"true" } else { b"false" }),
                (Plain::Long, _) => write!(out, "{key}")?,
                (Plain::Text, Some(text)) => serde_json::to_writer(&mut *out, text)?,
                _ => write_value(&column.cells.value(row), out)?,
            }
        }
        out.extend_from_slice(&self.fact);
        serde_json::to_writer(&mut *out, self.table.id(row).unwrap_or_default())?;
        out.extend_from_slice(&self.kind);
        serde_json::to_writer(&mut *out, self.table.parents(row))?;
        out.extend_from_slice(b",\"receipts\":");
        serde_json::to_writer(&mut *out, self.table.receipts(row))?;
        out.push(b'}');
        Ok(())
    }
}

/// Decimals, datetimes and durations print in plain ASCII; the rest goes to `serde_json`.
fn write_value(value: &Value, out: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Value::One(scalar @ (Scalar::Decimal(_) | Scalar::Datetime(_) | Scalar::Duration(_))) => {
            write!(out, "\"{scalar}\"")
        }
        other => Ok(serde_json::to_writer(out, other)?),
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
