//! Times of day, and the windows that they make with days of the week.

use jiff::civil::{DateTime, Time, Weekday};

/// Seconds of a day on the wall.
const DAY: u32 = 86_400;

/// From one time of day (inclusive) to another (exclusive), on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u32,
    to: u32,
}

impl Hours {
    /// Reads `09:00-17:00`; the end may be `24:00`. Nothing where it is something else or does not end after it starts.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (from, to) = span(text)?;
        (from < to).then_some(Self { from, to })
    }

    pub(super) fn contains(self, second: u32) -> bool {
        (self.from..self.to).contains(&second)
    }
}

/// A window in every week. One that ends at or before the time it starts at ends on the day after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Monday is 1.
    day: i8,
    from: u32,
    /// Beyond the day where the window reaches into the next.
    to: u32,
}

impl Slot {
    /// Reads `Tue 20:00-23:00` or, into Sunday, `Sat 22:00-02:00`. Nothing where it is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (day, hours) = text.split_once(' ')?;
        let (from, to) = span(hours)?;
        let to = if to <= from { to + DAY } else { to };
        Some(Self { day: super::number_of(weekday(day)?), from, to })
    }

    pub(super) fn contains(self, local: DateTime) -> bool {
        let today = super::number_of(local.date().weekday());
        let second = second_of(local.time());
        let yesterday = if today == 1 { 7 } else { today - 1 };
        (today == self.day && (self.from..self.to).contains(&second))
            || (yesterday == self.day && second + DAY < self.to)
    }
}

/// The second of the day that the wall shows.
pub(super) fn second_of(time: Time) -> u32 {
    let part = |number: i8| u32::try_from(number).unwrap_or(0);
    part(time.hour()) * 3_600 + part(time.minute()) * 60 + part(time.second())
}

/// The day of the week, by its first three letters in English.
#[must_use]
pub fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// Two times of day with a hyphen between; the first is before `24:00`.
fn span(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let from = time(from).filter(|from| *from < DAY)?;
    Some((from, time(to)?))
}

/// Seconds of `HH:MM`, up to `24:00`.
fn time(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    let seconds = hour * 3_600 + minute * 60;
    (minute < 60 && seconds <= DAY).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_or_refused() {
        assert_eq!(Hours::read("09:00-17:30"), Some(Hours { from: 32_400, to: 63_000 }));
        assert_eq!(Hours::read("00:00-24:00"), Some(Hours { from: 0, to: DAY }));
        for bad in [
            "",
            "9:00-17:00",
            "09:00",
            "17:00-09:00",
            "09:00-09:00",
            "09:60-10:00",
            "09:00-24:01",
            "24:00-24:00",
            "+9:00-10:00",
        ] {
            assert_eq!(Hours::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn windows_may_reach_into_the_next_day() {
        let check = |slot: &str, at: &str| Slot::read(slot).unwrap().contains(at.parse().unwrap());
        // 2026-11-17 is a Tuesday.
        assert!(check("Tue 20:00-23:00", "2026-11-17T20:00:00"));
        assert!(check("Tue 20:00-23:00", "2026-11-17T22:59:59.999"));
        assert!(!check("Tue 20:00-23:00", "2026-11-17T23:00:00"));
        assert!(!check("Tue 20:00-23:00", "2026-11-18T20:00:00"));
        assert!(check("Sun 22:00-02:00", "2026-11-22T23:00:00"));
        assert!(check("Sun 22:00-02:00", "2026-11-23T01:59:59"));
        assert!(!check("Sun 22:00-02:00", "2026-11-23T02:00:00"));
        assert!(!check("Sun 22:00-02:00", "2026-11-22T01:00:00"));
        assert!(check("Tue 10:00-10:00", "2026-11-18T09:59:59"));
        assert!(!check("Tue 00:00-24:00", "2026-11-18T00:00:00"));
        for bad in ["", "Tue", "tue 20:00-23:00", "Tuesday 20:00-23:00", "Tue 20:00", "Tue  20:00-23:00"] {
            assert_eq!(Slot::read(bad), None, "{bad}");
        }
    }
}
