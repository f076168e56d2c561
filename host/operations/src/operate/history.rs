//! What was in force, and when.
//!
//! **Invariant:** the first sealed matrix counts backwards to before it: what a company did before its first run is asked for by
//! what it wrote down first.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use tickmark_model::{Execution, Instant};

use super::OperateError;
use crate::programme::{Calendar, InForce, Terms};
use crate::result::Interval;
use crate::window::zone_named;

/// A time in which a control had the same terms on a system.
#[derive(Clone, Debug)]
pub(super) struct Span<'a> {
    /// Inclusive; nothing where it counts backwards.
    pub(super) start: Option<Instant>,
    /// Exclusive; nothing where it is still in force.
    pub(super) end: Option<Instant>,
    pub(super) terms: &'a Terms,
    pub(super) calendar: &'a Calendar,
    pub(super) zone: TimeZone,
    /// The record that seals it.
    pub(super) record: u64,
}

impl Span<'_> {
    pub(super) fn contains(&self, at: Instant) -> bool {
        self.start.is_none_or(|start| start <= at) && self.end.is_none_or(|end| at < end)
    }

    /// What of `interval` it was in force in; nothing where that is no time at all.
    pub(super) fn within(&self, interval: Interval) -> Option<Interval> {
        let from = self.start.map_or(interval.from, |start| start.max(interval.from));
        let to = self.end.map_or(interval.to, |end| end.min(interval.to));
        (from < to).then_some(Interval { from, to })
    }
}

/// The matrices, each with the time in which it was in force.
pub(super) struct History<'a> {
    matrices: Vec<(Option<Instant>, Option<Instant>, &'a InForce)>,
}

impl<'a> History<'a> {
    pub(super) fn new(in_force: &'a [InForce]) -> Self {
        // A clock that was set back does not reorder records.
        let starts: Vec<Instant> = in_force
            .iter()
            .scan(None::<Instant>, |latest, it| {
                let start = latest.map_or(it.place.recorded_at, |latest| latest.max(it.place.recorded_at));
                *latest = Some(start);
                Some(start)
            })
            .collect();
        let matrices = in_force
            .iter()
            .enumerate()
            .map(|(i, it)| {
                let start = if i == 0 { None } else { starts.get(i).copied() };
                (start, starts.get(i + 1).copied(), it)
            })
            .filter(|(start, end, _)| start.is_none() || start != end)
            .collect();
        Self { matrices }
    }

    /// Every control with every system that it was ever judged on, in order.
    pub(super) fn pairs(&self) -> BTreeSet<(&'a str, &'a str)> {
        let mut pairs = BTreeSet::new();
        for (.., matrix) in &self.matrices {
            for (id, terms) in &matrix.controls {
                if terms.execution == Execution::Manual {
                    pairs.insert((id.as_str(), ""));
                } else {
                    let selected = matrix.systems.iter().filter(|(_, system)| terms.systems.selects(system));
                    pairs.extend(selected.map(|(name, _)| (id.as_str(), name.as_str())));
                }
            }
        }
        pairs
    }

    /// When `control` was in force on `system`, in order; spans that follow without a change of anything are one.
    pub(super) fn spans(&self, control: &str, system: &str) -> Result<Vec<Span<'a>>, OperateError> {
        let mut spans: Vec<Span<'a>> = Vec::new();
        for (start, end, matrix) in &self.matrices {
            let Some(terms) = matrix.controls.get(control) else { continue };
            let judged = match terms.execution {
                Execution::Manual => system.is_empty(),
                Execution::Automated | Execution::Both => {
                    matrix.systems.get(system).is_some_and(|it| terms.systems.selects(it))
                }
            };
            if !judged {
                continue;
            }
            match spans.last_mut() {
                Some(last) if last.end == *start && *last.terms == *terms && *last.calendar == matrix.calendar => {
                    last.end = *end;
                }
                _ => {
                    let name = terms.time_zone.as_ref().unwrap_or(&matrix.calendar.time_zone);
                    let unknown = |_| OperateError::UnknownTimeZone { control: control.to_owned(), zone: name.clone() };
                    let zone = zone_named(name).map_err(unknown)?;
                    let (start, end, calendar) = (*start, *end, &matrix.calendar);
                    spans.push(Span { start, end, terms, calendar, zone, record: matrix.place.index });
                }
            }
        }
        Ok(spans)
    }
}
