//! Instants: RFC 3339 UTC with milliseconds, years 0001 to 9999.

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// 0001-01-01T00:00:00Z in milliseconds since the epoch.
pub const MIN_INSTANT_MS: i64 = -62_135_596_800_000;
/// 9999-12-31T23:59:59.999Z in milliseconds since the epoch.
pub const MAX_INSTANT_MS: i64 = 253_402_300_799_999;

/// A point in time with millisecond precision, printed as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The instant `ms` milliseconds after 1970-01-01T00:00:00Z, if its year is 0001 to 9999.
    #[must_use]
    pub fn from_ms(ms: i64) -> Option<Self> {
        if !(MIN_INSTANT_MS..=MAX_INSTANT_MS).contains(&ms) {
            return None;
        }
        DateTime::from_timestamp_millis(ms).map(Self)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The same instant as chrono's type.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl TryFrom<DateTime<Utc>> for Instant {
    type Error = TimeError;

    fn try_from(at: DateTime<Utc>) -> Result<Self, TimeError> {
        Self::from_ms(at.timestamp_millis()).ok_or_else(|| TimeError(at.to_rfc3339()))
    }
}

impl fmt::Display for Instant {
    /// Whole seconds without a fraction, otherwise three digits: `2026-11-20T09:00:00Z`, `2026-11-20T09:00:00.250Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0.timestamp_subsec_millis() == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.write_str(&self.0.to_rfc3339_opts(format, true))
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed)
    }
}

/// Reads an instant from a text without keeping the text: records are read by the million.
struct Parsed;

impl serde::de::Visitor<'_> for Parsed {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
        let at = parse_instant(text).map_err(E::custom)?;
        if is_as_printed(text) {
            Ok(at)
        } else {
            Err(E::custom(format_args!("`{text}` is not as it is written: `{at}`")))
        }
    }
}

/// Whether a text that could be read is the one that printing gives. Comparing the forms is several times as fast as
/// printing.
fn is_as_printed(text: &str) -> bool {
    match text.as_bytes() {
        // A leap second reads as the first of the next minute.
        [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', second, _, rest @ ..] if *second != b'6' => {
            match rest {
                [b'Z'] => true,
                [b'.', fraction @ .., b'Z'] => fraction.len() == 3 && fraction != b"000",
                _ => false,
            }
        }
        _ => false,
    }
}

/// Not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time such as `2026-11-20T09:00:00Z` or a date such as `2026-11-20` (UTC, years 0001 to 9999)")]
pub struct TimeError(String);

/// Reads RFC 3339 with any offset, or a date, which means its midnight in UTC. Finer than a millisecond is cut off.
///
/// # Errors
/// [`TimeError`] for anything else, and for years outside 0001 to 9999.
pub fn parse_instant(text: &str) -> Result<Instant, TimeError> {
    let bad = || TimeError(text.to_owned());
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| bad())?;
            date.and_hms_opt(0, 0, 0).ok_or_else(bad)?.and_utc()
        }
    };
    Instant::from_ms(at.timestamp_millis()).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_offsets_dates_and_fractions() {
        let check = |text: &str| parse_instant(text).map(|at| at.to_string());
        assert_eq!(check("2026-11-20T10:00:00+01:00"), Ok("2026-11-20T09:00:00Z".to_owned()));
        assert_eq!(check("2026-11-20"), Ok("2026-11-20T00:00:00Z".to_owned()));
        assert_eq!(check("2026-11-20T09:00:00.2509Z"), Ok("2026-11-20T09:00:00.250Z".to_owned()));
        for bad in ["", "yesterday", "2026-02-30", "0000-12-31T00:00:00Z", "2026-11-20 09:00"] {
            assert_eq!(check(bad), Err(TimeError(bad.to_owned())), "{bad}");
        }
    }

    /// Whatever is read from a record is what would be written there.
    #[test]
    fn json_has_one_spelling() {
        let read = |text: &str| serde_json::from_value::<Instant>(text.into());
        for text in
            ["2026-11-20T09:00:00Z", "2026-11-20T09:00:00.250Z", "0001-01-01T00:00:00.001Z", "9999-12-31T23:59:59Z"]
        {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
        let others = [
            "2026-11-20",
            "2026-11-20T09:00:00+00:00",
            "2026-11-20T10:00:00+01:00",
            "2026-11-20t09:00:00Z",
            "2026-11-20T09:00:00z",
            "2026-11-20 09:00:00Z",
            "2026-11-20T09:00:00.000Z",
            "2026-11-20T09:00:00.25Z",
            "2026-11-20T09:00:00.2500Z",
            "2026-11-20T09:00:00.2509Z",
            "2026-11-20T23:59:60Z",
            "2026-11-20T09:00:60Z",
            "2026-11-20T09:00:00.Z",
            "02026-11-20T09:00:00Z",
            "+2026-11-20T09:00:00Z",
            "2026-11-20T09:00Z",
        ];
        for text in others {
            assert!(read(text).is_err(), "{text}");
        }
        let error = read("2026-11-20").unwrap_err().to_string();
        assert_eq!(error, "`2026-11-20` is not as it is written: `2026-11-20T00:00:00Z`");
    }

    #[test]
    fn bounds_are_inclusive() {
        assert_eq!(Instant::from_ms(MIN_INSTANT_MS).unwrap().to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Instant::from_ms(MAX_INSTANT_MS).unwrap().to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Instant::from_ms(MIN_INSTANT_MS - 1), None);
        assert_eq!(Instant::from_ms(MAX_INSTANT_MS + 1), None);
    }
}
