//! Instants and durations as text; behind the feature `time`.
//!
//! **Invariant:** every instant that is read is within [`Datetime::MIN`] to [`Datetime::MAX`].
//!
//! **Absent on purpose:** a clock and time zones. The time is [`Host::as_of`](crate::Host::as_of), and a source that
//! writes local times has to say their offset.
//!
//! ```
//! use tickmark_collector::{Duration, time};
//!
//! let at = time::rfc3339("2026-11-19T22:00:01.5+01:00").unwrap();
//! assert_eq!(time::text(at), "2026-11-19T21:00:01.500Z");
//! assert_eq!(time::span(Duration(36 * 3_600_000)), "1d12h");
//! ```

mod iso;
mod offset;

use chrono::{DateTime, SecondsFormat};

pub use iso::iso8601;
pub use offset::UtcOffset;

use crate::value::{Datetime, Duration};

/// Reads RFC 3339 with any offset, such as `2026-11-19T22:00:01.123456789+01:00`; what is below a millisecond is cut
/// off. Nothing where it is something else or out of bounds.
#[must_use]
pub fn rfc3339(text: &str) -> Option<Datetime> {
    Datetime::from_ms(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

/// The instant for people, in RFC 3339 UTC, with milliseconds where there are any.
#[must_use]
pub fn text(at: Datetime) -> String {
    DateTime::from_timestamp_millis(at.0)
        .map_or_else(|| format!("{}ms", at.0), |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// The duration in Cedar's spelling, largest unit first: 24 hours are `1d`.
#[must_use]
pub fn span(duration: Duration) -> String {
    let mut left = duration.0.unsigned_abs();
    let mut out = String::from(if duration.0 < 0 { "-" } else { "" });
    for (unit, ms) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if left >= ms {
            out.push_str(&format!("{}{unit}", left / ms));
            left %= ms;
        }
    }
    if out.is_empty() { "0ms".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rfc3339_takes_fractions_and_offsets() {
        let check = |read: &str| rfc3339(read).map(text).unwrap_or_default();
        assert_eq!(check("2026-11-19T22:00:01Z"), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01+00:00"), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01.500Z"), "2026-11-19T22:00:01.500Z");
        assert_eq!(check("2026-11-19T22:00:01.123456789+01:00"), "2026-11-19T21:00:01.123Z");
        assert_eq!(check("2026-11-19T22:00:01.123456789-05:00"), "2026-11-20T03:00:01.123Z");
        assert_eq!(check("2026-11-19T00:30:00-05:00"), "2026-11-19T05:30:00Z");
        assert_eq!(check("2024-02-29T00:00:00Z"), "2024-02-29T00:00:00Z");
        for bad in [
            "",
            "N/A",
            "2026-11-19",
            "2026-11-19T22:00:01",
            "2026-02-30T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "0000-12-31T00:00:00Z",
            "1795326053",
        ] {
            assert_eq!(check(bad), "", "{bad}");
        }
    }

    #[test]
    fn bounds_are_inclusive_and_after_the_offset() {
        assert_eq!(rfc3339("0001-01-01T00:00:00Z"), Some(Datetime::MIN));
        assert_eq!(rfc3339("0001-01-01T00:00:00+00:01"), None);
        assert_eq!(rfc3339("9999-12-31T23:59:59.999999Z"), Some(Datetime::MAX));
        assert_eq!(rfc3339("9999-12-31T23:59:59-00:01"), None);
        assert_eq!(text(Datetime(i64::MAX)), "9223372036854775807ms");
    }

    #[test]
    fn spans_are_written_largest_unit_first() {
        let check = |ms: i64| span(Duration(ms));
        assert_eq!(check(86_400_000), "1d");
        assert_eq!(check(129_600_000), "1d12h");
        assert_eq!(check(93_784_005), "1d2h3m4s5ms");
        assert_eq!(check(0), "0ms");
        assert_eq!(check(-1_500), "-1s500ms");
        assert_eq!(check(i64::MIN), "-106751991167d7h12m55s808ms");
    }

    proptest! {
        #[test]
        fn instants_round_trip(ms in -62_135_596_800_000_i64..=253_402_300_799_999) {
            prop_assert_eq!(rfc3339(&text(Datetime(ms))), Some(Datetime(ms)));
        }

        #[test]
        fn arbitrary_times_never_panic(read in ".*", ms in any::<i64>()) {
            let _ = rfc3339(&read);
            let _ = text(Datetime(ms));
        }

        #[test]
        fn spans_add_up(ms in any::<i64>()) {
            // One letter for each unit, so that a part ends where its unit does.
            let written = span(Duration(ms)).replace("ms", "x");
            let (sign, parts) = written.strip_prefix('-').map_or((1, written.as_str()), |parts| (-1, parts));
            let mut sum = 0_i128;
            let mut units = Vec::new();
            for part in parts.split_inclusive(char::is_alphabetic) {
                let (number, unit) = part.split_at(part.len() - 1);
                let unit = match unit { "d" => 86_400_000, "h" => 3_600_000, "m" => 60_000, "s" => 1_000, _ => 1 };
                sum += number.parse::<i128>().unwrap() * unit;
                units.push(unit);
            }
            prop_assert_eq!(sum * sign, i128::from(ms));
            prop_assert!(units.is_sorted_by(|larger, smaller| larger > smaller));
        }
    }
}
