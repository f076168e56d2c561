//! From records to facts.

pub(crate) mod capacity;
pub(crate) mod rules;
pub(crate) mod targets;

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Population, Receipt};

use crate::parse::Unread;

/// The ids of the rows so far: what would be a second row of the same subject is no row.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeSet<String>);

impl Seen {
    /// Takes an id.
    ///
    /// # Errors
    /// Where it was there before.
    pub fn take(&mut self, id: &str) -> Result<(), Unread> {
        if self.0.insert(id.to_owned()) {
            return Ok(());
        }
        let id: String = id.chars().take(200).collect();
        Err(Unread(format!("another one is `{id}` too")))
    }
}

/// A population of `total`, with the source's own time of the snapshot where it has one.
pub(crate) fn population(total: u64, receipt: Receipt, observed: Option<Datetime>) -> Population {
    Population { observed_at: observed, ..Population::of(total, receipt) }
}
