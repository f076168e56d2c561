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

use std::borrow::Cow;
use std::collections::BTreeMap;

use tickmark_model::Instant;

use crate::programme::{Brought, Evaluations, Observed, Programme};
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
    let mut operated = Vec::new();
    let own = |control: &str, system: &str| Cow::Borrowed(programme.observed.of(control, system));
    each(programme, own, Asked { period, known_until }, |it, _| {
        operated.push(it);
        Ok::<(), OperateError>(())
    })?;
    Ok(operated)
}

/// As [`operate`], of the evaluations in `observed` rather than those of the programme: each control on each system is given to
/// `take` with its evaluations, which are let go after that. So a long period needs no more memory than what it is told from.
///
/// # Errors
/// As [`operate`]; those of `take`.
pub fn operate_each<E: From<OperateError>>(
    programme: &Programme,
    mut observed: Evaluations,
    period: Interval,
    known_until: Instant,
    take: impl FnMut(Operated, &[Observed]) -> Result<(), E>,
) -> Result<(), E> {
    let own = |control: &str, system: &str| Cow::Owned(std::mem::take(observed.of_mut(control, system)));
    each(programme, own, Asked { period, known_until }, take)
}

fn each<'o, E: From<OperateError>>(
    programme: &Programme,
    mut own: impl FnMut(&str, &str) -> Cow<'o, [Observed]>,
    asked: Asked,
    mut take: impl FnMut(Operated, &[Observed]) -> Result<(), E>,
) -> Result<(), E> {
    let mut brought: BTreeMap<&str, Vec<&Brought>> = BTreeMap::new();
    for it in &programme.brought {
        brought.entry(&it.control).or_default().push(it);
    }
    let history = History::new(&programme.in_force);
    for (control, system) in history.pairs() {
        let own = own(control, system);
        let observed: Vec<&Observed> = own.iter().collect();
        let known = control::Known {
            control,
            system,
            spans: history.spans(control, system)?,
            observed: &observed,
            brought: brought.get(control).map_or(&[], Vec::as_slice),
        };
        if let Some(operated) = control::operated(&known, asked) {
            take(operated, &own)?;
        }
    }
    Ok(())
}
