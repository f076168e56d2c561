//! When sealed evaluations first show what a scanner found, for scanners that do not say when they saw it first.
//!
//! **Invariant:** each evaluation is read once, and only those of controls under which such a finding begins to fail.
//! **Absent on purpose:** everything that no scanner found. Of that the first *failing* observation counts.

use std::collections::BTreeMap;

use anyhow::Context as _;
use tickmark_ledger::LogReader;
use tickmark_model::{Instant, Subject};

use super::find::Judged;
use super::observed::open_findings;

/// The namespace of what scanners find: only they say of a subject when they saw it first.
pub(super) const SCANNED: &str = "Vulnerability::";

/// The evaluations of each control on each system, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Sighted(BTreeMap<(String, String), OfControl>);

#[derive(Debug, Default)]
struct OfControl {
    /// Indexes of the evaluations, in the order of the log.
    evaluations: Vec<u64>,
    /// How many of these were read.
    read: usize,
    first: BTreeMap<Subject, Instant>,
}

impl Sighted {
    /// Takes the next evaluation of a control on a system.
    pub(super) fn take(&mut self, control: &str, system: &str, index: u64) {
        self.0.entry((control.to_owned(), system.to_owned())).or_default().evaluations.push(index);
    }

    /// When the earliest of the evaluations so far shows this finding as open. Erased observations show nothing.
    ///
    /// # Errors
    /// Where the log or a blob that is there cannot be read.
    pub(super) fn first(
        &mut self,
        log: &LogReader,
        control: &str,
        system: &str,
        subject: &Subject,
    ) -> anyhow::Result<Option<Instant>> {
        let Some(it) = self.0.get_mut(&(control.to_owned(), system.to_owned())) else { return Ok(None) };
        for index in it.evaluations.iter().skip(it.read) {
            let bytes = log.entry(*index)?;
            let judged: Judged =
                serde_json::from_slice(&bytes).with_context(|| format!("record {index} cannot be read"))?;
            for found in open_findings(log, &judged.collectors, SCANNED)? {
                let first = it.first.entry(found).or_insert(judged.as_of);
                *first = judged.as_of.min(*first);
            }
        }
        it.read = it.evaluations.len();
        Ok(it.first.get(subject).copied())
    }
}
