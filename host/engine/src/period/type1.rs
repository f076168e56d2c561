//! A report as of an instant, from a log.

use std::collections::BTreeMap;

use tickmark_ledger::LogReader;
use tickmark_model::Instant;
use tickmark_report::period::{GivenType1, Type1};

use super::acts;
use super::at::At;
use super::basis::{Basis, criteria};
use super::implemented::implemented;

/// What was in place at `as_of`.
///
/// # Errors
/// [`PeriodError`](super::PeriodError); where a time zone is not known or the log cannot be read.
pub fn type1(log: &LogReader, as_of: Instant, at: &At) -> anyhow::Result<Type1> {
    let basis = Basis::read(log, at)?;
    let in_force = basis.read.programme.in_force.iter().rev().find(|it| it.place.recorded_at <= as_of);
    let mut found = BTreeMap::new();
    let mut lost = basis.lost();
    if let Some(in_force) = in_force {
        found = implemented(log, &basis, in_force, as_of, &mut lost)?;
    }
    let given = GivenType1 {
        about: basis.about.clone(),
        as_of,
        criteria: criteria()?,
        matrix: in_force.map(|it| basis.matrix(it)),
        implemented: found,
        acts: acts::tell(log, &basis)?.acts,
        lost,
    };
    Ok(Type1::new(&given))
}
