//! Times as borg and pgBackRest write them, beside RFC 3339: local times without an offset, and seconds since 1970.
//! Fractions below a millisecond are cut off.
//!
//! **Invariant:** every instant is within the years 0001 to 9999, the contract's bounds.

use chrono::NaiveDateTime;
use tickmark_collector::Datetime;
use tickmark_collector::time::rfc3339;

/// Reads a time without an offset, such as borg's `2026-11-19T22:00:01.000000`, as a local time of `offset`; a time
/// that carries its own offset keeps it.
#[must_use]
pub fn local(text: &str, offset: UtcOffset) -> Option<Datetime> {
    rfc3339(text).or_else(|| {
        let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
        Datetime::from_ms(naive.and_utc().timestamp_millis().checked_sub(offset.ms())?)
    })
}

/// Reads seconds since 1970-01-01T00:00:00Z.
#[must_use]
pub fn unix_seconds(seconds: i64) -> Option<Datetime> {
    Datetime::from_ms(seconds.checked_mul(1_000)?)
}

/// A fixed offset from UTC, east positive, less than a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset {
    minutes: i16,
}

impl UtcOffset {
    /// Reads `Z` or `+01:00`: a sign, two digits for the hours, a colon, two digits for the minutes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self::default());
        }
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let (hours, minutes) = rest.split_once(':')?;
        let number = |text: &str, most: i16| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i16>().ok().filter(|number| digits && *number <= most)
        };
        Some(Self { minutes: sign * (number(hours, 23)? * 60 + number(minutes, 59)?) })
    }

    /// Milliseconds, east positive.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::from(self.minutes) * 60_000
    }
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::text;

    use super::*;

    #[test]
    fn local_times_are_moved_by_the_offset() {
        let check =
            |read: &str, offset: &str| local(read, UtcOffset::parse(offset).unwrap()).map(text).unwrap_or_default();
        assert_eq!(check("2026-11-19T22:00:01.000000", "+00:00"), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01.250000", "+05:30"), "2026-11-19T16:30:01.250Z");
        assert_eq!(check("2026-11-19T22:00:01", "-05:00"), "2026-11-20T03:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01.000000+01:00", "-05:00"), "2026-11-19T21:00:01Z");
        assert_eq!(check("0001-01-01T00:00:00", "+01:00"), "");
        assert_eq!(check("yesterday", "+00:00"), "");
    }

    #[test]
    fn offsets_have_one_spelling() {
        let minutes = |text: &str| UtcOffset::parse(text).map(|offset| offset.minutes);
        assert_eq!(minutes("+05:45"), Some(345));
        assert_eq!(minutes("-03:30"), Some(-210));
        assert_eq!(minutes("Z"), Some(0));
        for bad in ["", "0", "01:00", "+1:00", "+01", "+24:00", "+01:60", "+0a:00", "++1:00", "+01:+1", "+01:00:00"] {
            assert_eq!(minutes(bad), None, "{bad}");
        }
    }

    #[test]
    fn unix_seconds_stay_in_bounds() {
        assert_eq!(unix_seconds(1_795_326_053).map(text).as_deref(), Some("2026-11-22T05:40:53Z"));
        assert_eq!(unix_seconds(253_402_300_800), None);
        assert_eq!(unix_seconds(i64::MAX), None);
    }
}
