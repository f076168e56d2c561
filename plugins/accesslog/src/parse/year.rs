//! Years for the times that do not say theirs, as RFC 3164 has them: month, day and time of day.
//!
//! The lines of a log follow each other, so that a month before the one of the line before is in the next year; and the last
//! line's year is known. One month back is a line out of order, and so is December after January.
//!
//! **Absent on purpose:** a silence of eleven months. It looks like a line out of order, and is dated a year too early or
//! too late.

use chrono::NaiveDate;
use tickmark_collector::Datetime;
use tickmark_collector::time::UtcOffset;

/// A time without year and offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yearless {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// Seconds since midnight.
    pub second: u32,
}

impl Yearless {
    /// The instant in this year; nothing where the year does not have the day.
    #[must_use]
    pub fn within(self, year: i32, offset: UtcOffset) -> Option<Datetime> {
        let date = NaiveDate::from_ymd_opt(year, self.month.into(), self.day.into())?;
        let seconds = i64::from(date.to_epoch_days()) * 86_400 + i64::from(self.second);
        Datetime::from_ms(seconds.checked_mul(1_000)?.checked_sub(offset.ms())?)
    }
}

/// How the year of a log's last line is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastYear {
    /// The operator says it.
    Is(i32),
    /// The last line is not older than a year: the latest in which it is not after the judged instant, but for a clock that
    /// is a day ahead.
    Latest,
}

impl LastYear {
    /// The year of the last line.
    #[must_use]
    pub fn of(self, last: Yearless, offset: UtcOffset, as_of: Datetime) -> i32 {
        const DAY_MS: i64 = 86_400_000;
        let latest = match self {
            Self::Is(year) => return year,
            Self::Latest => as_of.0.saturating_add(DAY_MS),
        };
        let this = chrono::DateTime::from_timestamp_millis(latest).map_or(1970, |at| chrono::Datelike::year(&at));
        let fits = |year: &i32| last.within(*year, offset).is_some_and(|at| at.0 <= latest);
        // Up to nine years back for 29 February, and one ahead for an offset.
        (this - 9..=this + 1).rev().find(fits).unwrap_or(this)
    }
}

/// The years of a log's lines in order, counted from that of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Years {
    month: Option<u8>,
    turns: i32,
}

impl Years {
    /// The year of the next line.
    pub fn next(&mut self, month: u8) -> i32 {
        let step = self.month.map_or(0, |before| i16::from(month) - i16::from(before));
        match step {
            11 => return self.turns - 1,
            -1 => return self.turns,
            ..-1 => self.turns += 1,
            _ => {}
        }
        self.month = Some(month);
        self.turns
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tickmark_collector::time::{rfc3339, text};

    use super::*;

    #[test]
    fn years_turn_with_the_months() {
        let check = |months: &[u8], years: &[i32]| {
            let mut counted = Years::default();
            assert_eq!(months.iter().map(|month| counted.next(*month)).collect::<Vec<_>>(), years, "{months:?}");
        };
        check(&[11, 12, 12, 1, 1, 2], &[0, 0, 0, 1, 1, 1]);
        check(&[3, 8, 3, 2, 3], &[0, 0, 1, 1, 1]);
        check(&[12, 1, 12, 1], &[0, 1, 0, 1]);
        check(&[6, 6, 5, 6, 7], &[0, 0, 0, 0, 0]);
    }

    #[test]
    fn the_last_year_is_the_operators_or_the_latest_that_fits() {
        let last = |month, day| Yearless { month, day, second: 0 };
        let year = |last, as_of| LastYear::Latest.of(last, UtcOffset::default(), rfc3339(as_of).unwrap());
        assert_eq!(year(last(11, 19), "2026-11-20T09:00:00Z"), 2026);
        assert_eq!(year(last(11, 21), "2026-11-20T09:00:00Z"), 2026);
        assert_eq!(year(last(11, 22), "2026-11-20T09:00:00Z"), 2025);
        assert_eq!(year(last(12, 31), "2027-01-01T00:00:00Z"), 2026);
        assert_eq!(year(last(1, 1), "2026-12-31T23:30:00Z"), 2027);
        assert_eq!(year(last(2, 29), "2027-01-01T00:00:00Z"), 2024);
        assert_eq!(LastYear::Is(2020).of(last(1, 1), UtcOffset::default(), Datetime(0)), 2020);
    }

    #[test]
    fn a_day_is_in_the_years_that_have_it() {
        let leap = Yearless { month: 2, day: 29, second: 3_661 };
        let east = UtcOffset::parse("+01:00").unwrap();
        assert_eq!(leap.within(2024, east).map(text).as_deref(), Some("2024-02-29T00:01:01Z"));
        assert_eq!(leap.within(2026, east), None);
        assert_eq!(Yearless { month: 1, day: 1, second: 0 }.within(1, east), None);
        assert_eq!(Yearless { month: 1, day: 1, second: 0 }.within(i32::MAX, east), None);
    }

    /// Month, day and seconds at a local second since 1970, counted year by year and month by month.
    fn yearless(mut second: i64) -> Yearless {
        let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let mut year = 1970;
        while second >= 86_400 * (365 + i64::from(is_leap(year))) {
            second -= 86_400 * (365 + i64::from(is_leap(year)));
            year += 1;
        }
        let months = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 0;
        while second >= 86_400 * months[month] {
            second -= 86_400 * months[month];
            month += 1;
        }
        let part = |number: i64| u8::try_from(number).unwrap();
        let (day, second) = (part(second / 86_400 + 1), u32::try_from(second % 86_400).unwrap());
        Yearless { month: u8::try_from(month + 1).unwrap(), day, second }
    }

    proptest! {
        /// A log over years and leap days, with silences of up to ten months, that was read within a year of its last line.
        #[test]
        fn times_that_lost_their_year_get_it_back(
            start in 946_684_800_i64..1_900_000_000,
            gaps in proptest::collection::vec(0_i64..300 * 86_400, 0..30),
            offset in proptest::sample::select(vec!["Z", "-09:30", "+01:00", "+14:00"]),
            read_after in -86_400_i64..362 * 86_400,
        ) {
            let offset = UtcOffset::parse(offset).unwrap();
            let mut instants = vec![start];
            gaps.iter().for_each(|gap| instants.push(instants[instants.len() - 1] + gap));
            let last = instants[instants.len() - 1];
            let lines: Vec<Yearless> = instants.iter().map(|at| yearless(at + offset.ms() / 1_000)).collect();
            let mut years = Years::default();
            let counted: Vec<i32> = lines.iter().map(|line| years.next(line.month)).collect();
            let as_of = Datetime((last + read_after) * 1_000);
            let first = LastYear::Latest.of(lines[lines.len() - 1], offset, as_of) - counted[counted.len() - 1];
            for ((at, line), year) in instants.iter().zip(&lines).zip(&counted) {
                prop_assert_eq!(line.within(first + year, offset), Some(Datetime(at * 1_000)), "{:?}", line);
            }
        }
    }
}
