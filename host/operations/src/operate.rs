//! From what was in force and what was seen to what became of each control: [`operate`].
//!
//! For each control and system: what was in force when (`history`), which windows that makes (`expected`), what each kind of
//! operation says of them (`state`, `continuous`, `happened` with `windowed` and `occurrences`, `by_hand`), and what that is in
//! sum (`versions`, `summary`).
//!
//! **Invariant:** what is expected comes from what was in force then. Nothing that was sealed later takes a window away.
//! **Invariant:** only records decide. What nobody saw is `not-evidenced`, what is not due yet is `open`.
//! **Absent on purpose:** a clock, waivers, remediation: a waived exception is one here as well.

mod by_hand;
mod continuous;
mod control;
mod coverage;
mod expected;
mod happened;
mod history;
mod occurrences;
mod state;
mod summary;
mod versions;
mod windowed;

use std::collections::BTreeMap;

use tickmark_model::Instant;

use crate::programme::{Brought, Observed, Programme};
use crate::result::{Interval, Operated};
use history::History;

/// Why operations cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperateError {
    /// A control or the calendar is in a zone that nobody knows.
    #[error("the time zone `{zone}` of `{control}` is not an IANA time zone such as `Europe/Berlin`")]
    UnknownTimeZone {
        /// The control whose windows are meant in it.
        control: String,
        /// The name.
        zone: String,
    },
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
struct Asked {
    period: Interval,
    known_until: Instant,
}

/// What became of each control on each system in `period`, as far as it is known at `known_until`, by control and system.
///
/// A control is told of where it was in force at some time of the period, or where a window of it ends in the period.
///
/// # Errors
/// [`OperateError::UnknownTimeZone`] where the zone of a control or of its calendar is not known.
pub fn operate(programme: &Programme, period: Interval, known_until: Instant) -> Result<Vec<Operated>, OperateError> {
    let asked = Asked { period, known_until };
    let mut observed: BTreeMap<(&str, &str), Vec<&Observed>> = BTreeMap::new();
    for it in &programme.observed {
        observed.entry((&it.control, &it.system)).or_default().push(it);
    }
    let mut brought: BTreeMap<&str, Vec<&Brought>> = BTreeMap::new();
    for it in &programme.brought {
        brought.entry(&it.control).or_default().push(it);
    }
    let history = History::new(&programme.in_force);
    let mut operated = Vec::new();
    for (control, system) in history.pairs() {
        let known = control::Known {
            control,
            system,
            spans: history.spans(control, system)?,
            observed: observed.get(&(control, system)).map_or(&[], Vec::as_slice),
            brought: brought.get(control).map_or(&[], Vec::as_slice),
        };
        operated.extend(control::operated(&known, asked));
    }
    Ok(operated)
}
