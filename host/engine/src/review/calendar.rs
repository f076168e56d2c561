//! The windows that reviews are expected in, and days as deadlines.
//!
//! **Invariant:** the windows are those of the control that judges the reviews: of its frequency, from its anchor, in its zone and with
//! its grace. What it does not say is the engagement's.

use anyhow::Context as _;
use chrono::{Days, NaiveDate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tickmark_model::{Control, Frequency, Instant, System};
use tickmark_operations::{Interval, Window, Windows, days, midnight, zone_named};

use super::kind::{PLUGIN, ReviewKind};
use crate::catalog::Catalog;
use crate::site::Engagement;

/// How often reviews are expected that no control judges.
const USUAL: Frequency = Frequency::Quarterly;

/// Two controls judge the same reviews, and each means other windows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the controls `{first}` and `{second}` judge the same reviews of kind `{kind}` on system `{system}`, by other windows; \
     give them the same `frequency`, `anchor`, `time_zone` and `grace`"
)]
pub struct TwoCalendars {
    kind: ReviewKind,
    system: String,
    first: String,
    second: String,
}

/// The windows that reviews of one kind are expected in.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// How often.
    pub(super) frequency: Frequency,
    pub(super) windows: Windows,
}

impl Pace {
    /// Those of the control in the engagement's scope that judges reviews of this kind on this system; quarters where none does.
    ///
    /// # Errors
    /// [`TwoCalendars`]; where a control's time zone is not known.
    pub(super) fn of(
        catalog: &Catalog,
        engagement: &Engagement,
        kind: ReviewKind,
        system: &System,
    ) -> anyhow::Result<Self> {
        let judges = |it: &&Control| {
            let about = it.collector == PLUGIN && it.fact == kind.fact() && it.systems.selects(system);
            about && catalog.in_scope(engagement, &it.criteria) && has_windows(it.frequency)
        };
        let mut controls = catalog.matrix().controls().filter(judges);
        let Some(first) = controls.next() else {
            let windows = Windows::new(USUAL, &engagement.time_zone, &engagement.calendar(), None, 0);
            return Ok(Self { frequency: USUAL, windows: windows.with_context(outside)? });
        };
        let meant = |it: &Control| (it.frequency, it.anchor, it.time_zone.clone(), it.grace_ms.unwrap_or(0));
        if let Some(second) = controls.find(|it| meant(it) != meant(first)) {
            let (system, first, second) = (system.name.clone(), first.id.clone(), second.id.clone());
            return Err(TwoCalendars { kind, system, first, second }.into());
        }
        Self::meant_by(first, engagement)
    }

    /// Those of a control that has windows.
    ///
    /// # Errors
    /// Where its time zone is not known.
    pub(super) fn meant_by(control: &Control, engagement: &Engagement) -> anyhow::Result<Self> {
        let zone = match &control.time_zone {
            Some(name) => zone_named(name)?,
            None => engagement.time_zone.clone(),
        };
        let grace = control.grace_ms.unwrap_or(0);
        let windows = Windows::new(control.frequency, &zone, &engagement.calendar(), control.anchor, grace);
        let windows = windows.with_context(|| format!("control `{}` has no windows", control.id))?;
        Ok(Self { frequency: control.frequency, windows })
    }

    /// From the window that `since` lies in, otherwise from the one before that of `until`, to the one that `until` lies in, which
    /// alone is there where it comes first. On a day off it is the window before it.
    pub(super) fn between(&self, since: Option<Instant>, until: Instant) -> anyhow::Result<Vec<Window>> {
        let by = |at: Instant| self.windows.started_by(at).with_context(outside);
        let last = by(until)?;
        let first = match since {
            Some(since) => by(since.min(until))?,
            None => self.windows.previous(&last).unwrap_or(last),
        };
        Ok(self.windows.between(Interval { from: first.start, to: last.end }).collect())
    }

    /// The window of this name, such as `2026-Q3` of quarters, and the one that follows it with its name.
    pub(super) fn named(&self, name: &str) -> Option<(Window, Window, String)> {
        let window = self.windows.named(name).ok()?;
        let next = self.windows.next(&window)?;
        Some((window, next, self.windows.name(&next)?))
    }
}

/// Whether an operation of it is of a window.
fn has_windows(frequency: Frequency) -> bool {
    !matches!(frequency, Frequency::Continuous | Frequency::PerEvent | Frequency::Within)
}

/// The day that a clock in the zone shows at an instant.
pub(crate) fn day_of(at: Instant, zone: &TimeZone) -> anyhow::Result<NaiveDate> {
    let date = Timestamp::from_millisecond(at.ms()).with_context(outside)?.to_zoned(zone.clone()).date();
    let part = |number: i8| u32::try_from(number).unwrap_or_default();
    NaiveDate::from_ymd_opt(date.year().into(), part(date.month()), part(date.day())).with_context(outside)
}

/// The end of a day: the first instant of the next one.
pub(crate) fn end_of(day: NaiveDate, zone: &TimeZone) -> anyhow::Result<Instant> {
    let next = day.succ_opt().and_then(|next| midnight(next, zone));
    next.with_context(|| format!("{day} is outside of the calendar"))
}

/// The end of the day that comes so many days after the day of `at`.
pub(super) fn end_after(at: Instant, days: u64, zone: &TimeZone) -> anyhow::Result<Instant> {
    let last =
        day_of(at, zone)?.checked_add_days(Days::new(days)).context("the due date is outside of the calendar")?;
    end_of(last, zone)
}

/// From the first instant of one day to the end of another.
pub(super) fn period(from: NaiveDate, to: NaiveDate, zone: &TimeZone) -> anyhow::Result<Interval> {
    days(from, to, zone).with_context(|| format!("{from} to {to} is no period of the calendar"))
}

fn outside() -> &'static str {
    "the time is outside of the calendar"
}

#[cfg(test)]
pub(super) mod tests;
