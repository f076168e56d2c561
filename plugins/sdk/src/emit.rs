//! Emitting facts: rows are gathered into batches, so that a hundred thousand of them stay cheap and memory stays flat.

use crate::failure::Failure;
use crate::host::{Host, Receipt};
use crate::summary::{Claim, Population};
use crate::value::{EntityRef, Value};

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
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<EmittedRow>,
}

/// Emits the rows of one fact.
pub struct Facts<'h> {
    host: &'h dyn Host,
    batch: Batch,
    emitted: u64,
}

impl<'h> Facts<'h> {
    /// Rows in one batch.
    const BATCH: usize = 1_000;

    pub(crate) fn new(host: &'h dyn Host, fact: &str, columns: &[&'static str]) -> Self {
        let batch = Batch { fact: fact.to_owned(), columns: columns.to_vec(), rows: Vec::with_capacity(Self::BATCH) };
        Self { host, batch, emitted: 0 }
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
        let at = if columns.get(self.next).is_some_and(|name| *name == column) {
            Some(self.next)
        } else {
            columns.iter().position(|name| *name == column)
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
        self.facts.batch.rows.push(self.row);
        self.facts.emitted += 1;
        if self.facts.batch.rows.len() >= Facts::BATCH { self.facts.flush() } else { Ok(()) }
    }
}
