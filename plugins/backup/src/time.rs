//! Times as borg and pgBackRest write them, beside RFC 3339: local times without an offset, and seconds since 1970.
//! Fractions below a millisecond are cut off.
//!
//! **Invariant:** every instant is within the years 0001 to 9999, the contract's bounds.

use chrono::NaiveDateTime;
use tickmark_collector::Datetime;
pub use tickmark_collector::time::UtcOffset;
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
    fn unix_seconds_stay_in_bounds() {
        assert_eq!(unix_seconds(1_795_326_053).map(text).as_deref(), Some("2026-11-22T05:40:53Z"));
        assert_eq!(unix_seconds(253_402_300_800), None);
        assert_eq!(unix_seconds(i64::MAX), None);
    }
}
