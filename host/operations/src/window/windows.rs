//! The windows of one periodic control.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tickmark_model::{Frequency, Instant, MonthDay};

use super::day::{date_of, day_of, plus_days, start_of};
use crate::programme::Calendar;
use crate::result::{Interval, Window};

/// All windows of a periodic frequency in a zone, with a grace.
///
/// ```
/// use tickmark_model::{Frequency, parse_instant};
/// use tickmark_operations::{Calendar, Windows, zone_named};
///
/// let zone = zone_named("Europe/Berlin")?;
/// let quarters = Windows::new(Frequency::Quarterly, &zone, &Calendar::default(), None, 0).unwrap();
/// let window = quarters.containing(parse_instant("2026-05-04")?).unwrap();
/// assert_eq!(quarters.name(&window).as_deref(), Some("2026-Q2"));
/// assert_eq!(window.start.to_string(), "2026-03-31T22:00:00Z");
/// assert_eq!(quarters.next(&window), Some(quarters.named("2026-Q3")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Windows {
    pub(super) step: Step,
    zone: TimeZone,
    grace_ms: i64,
}

/// What a window is.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Day,
    BusinessDay(DaysOff),
    Week,
    Month,
    Quarter,
    /// A year from this day on.
    Year(MonthDay),
}

/// Which days are not worked on.
#[derive(Clone, Debug)]
pub(super) struct DaysOff {
    holidays: BTreeSet<Date>,
    weekend: BTreeSet<u8>,
}

impl DaysOff {
    /// Whether `day` is off.
    pub(super) fn contains(&self, day: Date) -> bool {
        let number = u8::try_from(day.weekday().to_monday_one_offset()).unwrap_or_default();
        self.weekend.contains(&number) || self.holidays.contains(&day)
    }
}

impl Windows {
    /// The windows of `frequency`; nothing where it has none, because it is continuous or asks for something at events. The calendar
    /// says which days are off, of `business-daily` alone; its own zone is not looked at. An annual window starts on
    /// the anchor, without one on 1 January.
    #[must_use]
    pub fn new(
        frequency: Frequency,
        zone: &TimeZone,
        calendar: &Calendar,
        anchor: Option<MonthDay>,
        grace_ms: i64,
    ) -> Option<Self> {
        let step = match frequency {
            Frequency::Daily => Step::Day,
            Frequency::BusinessDaily => Step::BusinessDay(DaysOff {
                holidays: calendar.holidays.iter().filter_map(|day| date_of(*day)).collect(),
                weekend: calendar.weekend.clone(),
            }),
            Frequency::Weekly => Step::Week,
            Frequency::Monthly => Step::Month,
            Frequency::Quarterly => Step::Quarter,
            Frequency::Annual => Step::Year(anchor.unwrap_or(MonthDay { day: 1, month: 1 })),
            Frequency::Continuous | Frequency::PerEvent | Frequency::Within => return None,
        };
        Some(Self { step, zone: zone.clone(), grace_ms: grace_ms.max(0) })
    }

    /// The zone that they are meant in.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The window that holds `at`; nothing on a day off, and outside of the years 0001 to 9999.
    #[must_use]
    pub fn containing(&self, at: Instant) -> Option<Window> {
        self.started_by(at).filter(|window| at < window.end)
    }

    /// The last window that starts at or before `at`.
    #[must_use]
    pub fn started_by(&self, at: Instant) -> Option<Window> {
        // Where the clock goes back across midnight, it shows the day before once more: so look from the day after.
        let day = plus_days(day_of(at, &self.zone)?, 1)?;
        let mut first = self.first_by(day)?;
        loop {
            match self.window(first) {
                Some(window) if window.start <= at && window.start < window.end => return Some(window),
                _ => first = self.first_by(plus_days(first, -1)?)?,
            }
        }
    }

    /// The first window that starts at or after `at`.
    #[must_use]
    pub fn starting_from(&self, at: Instant) -> Option<Window> {
        let mut first = self.first_from(plus_days(day_of(at, &self.zone)?, -1)?)?;
        loop {
            let window = self.window(first)?;
            if window.start >= at && window.start < window.end {
                return Some(window);
            }
            first = self.first_from(plus_days(first, 1)?)?;
        }
    }

    /// The window that follows.
    #[must_use]
    pub fn next(&self, window: &Window) -> Option<Window> {
        self.following(*window).nth(1)
    }

    /// A window and all that follow.
    pub(crate) fn following(&self, window: Window) -> impl Iterator<Item = Window> + '_ {
        let first = self.first_day(&window);
        std::iter::successors(first.map(|first| (first, window)), |(first, window)| {
            let end = self.end_of(*first)?;
            let next = self.first_from(end)?;
            let start = if next == end { Some(window.end) } else { start_of(next, &self.zone) };
            match start.and_then(|start| self.window_from(start, next)) {
                Some(made) if made.start >= window.end && made.start < made.end => Some((next, made)),
                // A day that the zone left out.
                _ => self.starting_from(window.end).and_then(|made| Some((self.first_day(&made)?, made))),
            }
        })
        .map(|(_, window)| window)
    }

    /// The window before.
    #[must_use]
    pub fn previous(&self, window: &Window) -> Option<Window> {
        self.started_by(Instant::from_ms(window.start.ms().checked_sub(1)?)?)
    }

    /// The windows that have some time in `interval`, in order.
    pub fn between(&self, interval: Interval) -> impl Iterator<Item = Window> + '_ {
        let first = self.containing(interval.from).or_else(|| self.starting_from(interval.from));
        let all = first.into_iter().flat_map(|first| self.following(first));
        all.take_while(move |window| window.start < interval.to)
    }

    /// The windows that end in `period`: after its start and not after its end.
    pub fn expected(&self, period: Interval) -> impl Iterator<Item = Window> + '_ {
        self.between(period).filter(move |window| window.end > period.from && window.end <= period.to)
    }

    /// The window whose first day is `first`.
    pub(super) fn window(&self, first: Date) -> Option<Window> {
        self.window_from(start_of(first, &self.zone)?, first)
    }

    /// The window whose first day is `first`, which starts at `start`.
    fn window_from(&self, start: Instant, first: Date) -> Option<Window> {
        let end = start_of(self.end_of(first)?, &self.zone)?;
        let due = end.ms().checked_add(self.grace_ms).and_then(Instant::from_ms).unwrap_or(end);
        Some(Window { start, end, due })
    }

    /// The first day of a window.
    pub(super) fn first_day(&self, window: &Window) -> Option<Date> {
        day_of(window.start, &self.zone)
    }

    /// The first day of the window that starts in a year, of annual ones.
    pub(super) fn first_of_year(&self, year: i16) -> Option<Date> {
        match &self.step {
            Step::Year(anchor) => anchored(year, *anchor),
            _ => None,
        }
    }

    /// The day after the last day of the window that starts with `first`.
    pub(super) fn end_of(&self, first: Date) -> Option<Date> {
        match &self.step {
            Step::Day | Step::BusinessDay(_) => plus_days(first, 1),
            Step::Week => plus_days(first, 7),
            Step::Month => first.checked_add(1.month()).ok(),
            Step::Quarter => first.checked_add(3.months()).ok(),
            Step::Year(anchor) => anchored(first.year().checked_add(1)?, *anchor),
        }
    }

    /// The first day of the last window that starts on `day` or before.
    fn first_by(&self, day: Date) -> Option<Date> {
        match &self.step {
            Step::Day => Some(day),
            Step::BusinessDay(off) => worked(off, day, -1),
            Step::Week => plus_days(day, -i32::from(day.weekday().to_monday_zero_offset())),
            Step::Month => Some(day.first_of_month()),
            Step::Quarter => Date::new(day.year(), (day.month() - 1) / 3 * 3 + 1, 1).ok(),
            Step::Year(anchor) => match anchored(day.year(), *anchor)? {
                this if this <= day => Some(this),
                _ => anchored(day.year().checked_sub(1)?, *anchor),
            },
        }
    }

    /// The first day of the first window that starts on `day` or after.
    fn first_from(&self, day: Date) -> Option<Date> {
        match &self.step {
            Step::BusinessDay(off) => worked(off, day, 1),
            _ => match self.first_by(day)? {
                first if first == day => Some(first),
                before => self.end_of(before),
            },
        }
    }
}

/// The next day that is worked on, from `day` in the direction of `step`; nothing where every day of the week is off.
fn worked(off: &DaysOff, day: Date, step: i32) -> Option<Date> {
    if (1..=7).all(|number| off.weekend.contains(&number)) {
        return None;
    }
    let mut day = day;
    while off.contains(day) {
        day = plus_days(day, step)?;
    }
    Some(day)
}

/// The anchor in a year; its month's last day where the month is shorter, as is February for the 29th.
fn anchored(year: i16, anchor: MonthDay) -> Option<Date> {
    let first = Date::new(year, i8::try_from(anchor.month.clamp(1, 12)).ok()?, 1).ok()?;
    let day = i8::try_from(anchor.day.clamp(1, 31)).ok()?.min(first.days_in_month());
    Date::new(year, first.month(), day).ok()
}
