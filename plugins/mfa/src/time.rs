//! Instants and durations as text.
//!
//! **Invariant:** every instant that is read is within the years 0001 to 9999, the contract's bounds.

use chrono::{DateTime, SecondsFormat};
use tickmark_collector::{Datetime, Duration};

/// The first and the last instant that the contract carries.
const BOUNDS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// Reads RFC 3339 with any offset; what is below a millisecond is cut off.
#[must_use]
pub fn rfc3339(text: &str) -> Option<Datetime> {
    let ms = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
    BOUNDS.contains(&ms).then_some(Datetime(ms))
}

/// The instant for people, in RFC 3339 UTC.
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
    use super::*;

    #[test]
    fn rfc3339_takes_fractions_and_offsets() {
        let check = |read: &str| rfc3339(read).map(text).unwrap_or_default();
        assert_eq!(check("2026-11-19T22:00:01+00:00"), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01.500Z"), "2026-11-19T22:00:01.500Z");
        assert_eq!(check("2026-11-19T22:00:01.123456789-05:00"), "2026-11-20T03:00:01.123Z");
        for bad in ["", "N/A", "2026-11-19", "2026-11-19T22:00:01", "2026-02-30T00:00:00Z", "0000-12-31T00:00:00Z"] {
            assert_eq!(check(bad), "", "{bad}");
        }
    }

    #[test]
    fn spans_are_written_largest_unit_first() {
        let check = |ms: i64| span(Duration(ms));
        assert_eq!(check(86_400_000), "1d");
        assert_eq!(check(129_600_000), "1d12h");
        assert_eq!(check(93_784_005), "1d2h3m4s5ms");
        assert_eq!(check(0), "0ms");
        assert_eq!(check(-1_500), "-1s500ms");
    }
}
