//! Patterns of dates and times, in a small set of strftime's own letters. Each stands for a fixed number of digits or a
//! name, so that no text can be read in two ways.
//!
//! | | |
//! |---|---|
//! | `%Y` `%m` `%d` | year of four digits, month and day of two |
//! | `%e` | day of one or two digits |
//! | `%b` `%B` | month by its English name, short or long, in any case |
//! | `%H` `%M` `%S` | hour, minute, second, of two digits |
//! | `%I` `%p` | hour of 12 (two digits), and AM or PM in any case |
//! | `%f` | digits of a fraction of a second, one to nine |
//! | `%z` | offset such as `+0100`, `+01:00` or `Z` |
//! | `%%` | a percent sign |
//!
//! Anything else stands for itself. **Absent on purpose:** `%y`, years of two digits.

use jiff::civil::{Date, Time};

use super::time::fraction_ns;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A pattern that gives a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    MonthName,
    MonthShort,
    Day,
    ShortDay,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Fraction,
    Offset,
    Literal(char),
}

impl Part {
    fn starts_with_digit(&self) -> bool {
        match self {
            Self::MonthName | Self::MonthShort | Self::HalfDay | Self::Offset => false,
            Self::Literal(letter) => letter.is_ascii_digit(),
            _ => true,
        }
    }
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The date.
    pub date: Date,
    /// The time, where the pattern has one.
    pub time: Option<Time>,
    /// The offset from UTC, where the pattern has one.
    pub offset_minutes: Option<i32>,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Why it is none, as the end of a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            parts.push(if letter == '%' { part(letters.next())? } else { Part::Literal(letter) });
        }
        let has = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
        let groups: [(&str, &[Part], bool); 8] = [
            ("year", &[Part::Year], true),
            ("month", &[Part::Month, Part::MonthName, Part::MonthShort], true),
            ("day", &[Part::Day, Part::ShortDay], true),
            ("hour", &[Part::Hour, Part::Hour12], false),
            ("minute", &[Part::Minute], false),
            ("second", &[Part::Second], false),
            ("fraction", &[Part::Fraction], false),
            ("offset", &[Part::Offset], false),
        ];
        for (what, group, needed) in groups {
            match has(group) {
                0 if needed => return Err(format!("has no {what}")),
                0 | 1 => {}
                _ => return Err(format!("has more than one {what}")),
            }
        }
        let any = |part| has(&[part]) > 0;
        if has(&[Part::HalfDay]) != has(&[Part::Hour12]) {
            return Err("needs %I and %p together".to_owned());
        }
        let hour = any(Part::Hour) || any(Part::Hour12);
        if (any(Part::Minute) != hour) || (any(Part::Second) && !hour) || (any(Part::Fraction) && !any(Part::Second)) {
            return Err("has a part of a time without the larger ones".to_owned());
        }
        let varying = |part: &Part| matches!(part, Part::ShortDay | Part::Fraction);
        if parts
            .windows(2)
            .any(|two| two.first().is_some_and(varying) && two.last().is_some_and(Part::starts_with_digit))
        {
            return Err("has %e or %f before further digits".to_owned());
        }
        if any(Part::Offset) && !hour {
            return Err("has an offset and no time".to_owned());
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads a text, all of it.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Said> {
        let mut left = text;
        let (mut year, mut month, mut day) = (0, 0, 0);
        let (mut hour, mut minute, mut second, mut fraction) = (None, 0, 0, 0);
        let (mut afternoon, mut offset_minutes) = (None, None);
        for part in &self.parts {
            match part {
                Part::Year => year = digits(&mut left, 4)?,
                Part::Month => month = digits(&mut left, 2)?,
                Part::MonthName => month = name(&mut left, usize::MAX)?,
                Part::MonthShort => month = name(&mut left, 3)?,
                Part::Day => day = digits(&mut left, 2)?,
                Part::ShortDay => day = digits(&mut left, 2).or_else(|| digits(&mut left, 1))?,
                Part::Hour => hour = Some(digits(&mut left, 2)?),
                Part::Hour12 => hour = Some(digits(&mut left, 2).filter(|hour| (1..=12).contains(hour))?),
                Part::HalfDay => afternoon = Some(half_day(&mut left)?),
                Part::Minute => minute = digits(&mut left, 2)?,
                Part::Second => second = digits(&mut left, 2)?,
                Part::Fraction => {
                    let len = left.bytes().take(9).take_while(u8::is_ascii_digit).count();
                    let (digits, rest) = left.split_at_checked(len)?;
                    (fraction, left) = (fraction_ns(digits)?, rest);
                }
                Part::Offset => {
                    let (minutes, rest) = offset(left)?;
                    (offset_minutes, left) = (Some(minutes), rest);
                }
                Part::Literal(letter) => left = left.strip_prefix(*letter)?,
            }
        }
        if !left.is_empty() {
            return None;
        }
        let small = |number: i16| i8::try_from(number).ok();
        let date = Date::new(year, small(month)?, small(day)?).ok()?;
        let hour = match (hour, afternoon) {
            (Some(hour), Some(afternoon)) => Some(hour % 12 + if afternoon { 12 } else { 0 }),
            (hour, _) => hour,
        };
        let time = match hour {
            None => None,
            Some(hour) => Some(Time::new(small(hour)?, small(minute)?, small(second)?, fraction).ok()?),
        };
        Some(Said { date, time, offset_minutes })
    }
}

fn part(letter: Option<char>) -> Result<Part, String> {
    Ok(match letter {
        Some('Y') => Part::Year,
        Some('m') => Part::Month,
        Some('B') => Part::MonthName,
        Some('b') => Part::MonthShort,
        Some('d') => Part::Day,
        Some('e') => Part::ShortDay,
        Some('H') => Part::Hour,
        Some('I') => Part::Hour12,
        Some('p') => Part::HalfDay,
        Some('M') => Part::Minute,
        Some('S') => Part::Second,
        Some('f') => Part::Fraction,
        Some('z') => Part::Offset,
        Some('%') => Part::Literal('%'),
        Some(other) => return Err(format!("has %{other}, known are %Y %m %b %B %d %e %H %I %p %M %S %f %z %%")),
        None => return Err("ends in a single %".to_owned()),
    })
}

/// Exactly `len` digits.
fn digits(left: &mut &str, len: usize) -> Option<i16> {
    let (digits, rest) = left.split_at_checked(len)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    *left = rest;
    digits.parse().ok()
}

/// The number of the month whose name, cut to `len` letters, stands first.
fn name(left: &mut &str, len: usize) -> Option<i16> {
    let (at, cut) = MONTHS.iter().enumerate().find_map(|(at, month)| {
        let cut = month.get(..len.min(month.len()))?;
        let there = left.get(..cut.len())?;
        there.eq_ignore_ascii_case(cut).then_some((at, cut.len()))
    })?;
    *left = left.get(cut..)?;
    i16::try_from(at + 1).ok()
}

fn half_day(left: &mut &str) -> Option<bool> {
    let (half, rest) = left.split_at_checked(2)?;
    *left = rest;
    match half.to_ascii_lowercase().as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// Minutes of an offset at the start of a text, and what is behind it.
pub(super) fn offset(text: &str) -> Option<(i32, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((0, rest));
    }
    let (sign, mut left) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let hours = digits(&mut left, 2).filter(|hours| *hours <= 23)?;
    left = left.strip_prefix(':').unwrap_or(left);
    let minutes = digits(&mut left, 2).filter(|minutes| *minutes <= 59)?;
    Some((sign * (i32::from(hours) * 60 + i32::from(minutes)), left))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, text: &str) -> String {
        match Pattern::new(pattern).unwrap().read(text) {
            None => "none".to_owned(),
            Some(Said { date, time, offset_minutes }) => {
                let time = time.map(|time| format!(" {time}")).unwrap_or_default();
                format!("{date}{time}{}", offset_minutes.map(|minutes| format!(" {minutes:+}")).unwrap_or_default())
            }
        }
    }

    #[test]
    fn texts_are_read_as_the_pattern_says() {
        assert_eq!(check("%d.%m.%Y", "03.02.2026"), "2026-02-03");
        assert_eq!(check("%m/%d/%Y", "02/03/2026"), "2026-02-03");
        assert_eq!(check("%Y%m%d", "20260203"), "2026-02-03");
        assert_eq!(check("%e %B %Y", "3 February 2026"), "2026-02-03");
        assert_eq!(check("%e %b %Y", "13 FEB 2026"), "2026-02-13");
        assert_eq!(check("%m/%d/%Y %I:%M %p", "02/03/2026 12:05 am"), "2026-02-03 00:05:00");
        assert_eq!(check("%m/%d/%Y %I:%M:%S %p", "02/03/2026 12:05:59 PM"), "2026-02-03 12:05:59");
        assert_eq!(check("%Y-%m-%dT%H:%M:%S.%f%z", "2026-02-03T04:05:06.7+01:00"), "2026-02-03 04:05:06.7 +60");
        assert_eq!(check("%Y-%m-%d %H:%M%z", "2026-02-03 04:05-0330"), "2026-02-03 04:05:00 -210");
        assert_eq!(check("100%% %Y-%m-%d", "100% 2026-02-03"), "2026-02-03");
        for (pattern, text) in [
            ("%d.%m.%Y", "31.02.2026"),
            ("%d.%m.%Y", "3.2.2026"),
            ("%d.%m.%Y", "03.02.26"),
            ("%d.%m.%Y", "03.02.2026 "),
            ("%d.%m.%Y", "03-02-2026"),
            ("%d.%m.%Y", "03.02.+026"),
            ("%e %b %Y", "3 February 2026"),
            ("%e %B %Y", "3 Februar 2026"),
            ("%Y-%m-%d %I:%M %p", "2026-02-03 13:00 PM"),
            ("%Y-%m-%d %H:%M", "2026-02-03 24:00"),
            ("%Y-%m-%d %H:%M:%S.%f", "2026-02-03 04:05:06."),
            ("%d.%m.%Y", "٠٣.٠٢.٢٠٢٦"),
        ] {
            assert_eq!(check(pattern, text), "none", "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_gives_one_instant() {
        let check = |pattern: &str| Pattern::new(pattern).unwrap_err();
        assert_eq!(check("%d.%m.%y"), "has %y, known are %Y %m %b %B %d %e %H %I %p %M %S %f %z %%");
        assert_eq!(check("%d.%m."), "has no year");
        assert_eq!(check("%d %e %m %Y"), "has more than one day");
        assert_eq!(check("%d.%m.%Y %I:%M"), "needs %I and %p together");
        assert_eq!(check("%d.%m.%Y %H"), "has a part of a time without the larger ones");
        assert_eq!(check("%d.%m.%Y %M"), "has a part of a time without the larger ones");
        assert_eq!(check("%d.%m.%Y %z"), "has an offset and no time");
        assert_eq!(check("%e%m.%Y"), "has %e or %f before further digits");
        assert_eq!(check("%d.%m.%Y%"), "ends in a single %");
    }

    proptest! {
        #[test]
        fn any_pattern_and_text_are_read_or_refused(
            pattern in "(%[YmbBdeHIpMSfz%]|[ :./-]){0,10}",
            text in "[0-9 :./AaPpMmZ+-]{0,24}|.*"
        ) {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.read(&text);
            }
        }

        #[test]
        fn dates_are_read_back(year in 1000_i16..=9999, month in 1_i8..=12, day in 1_i8..=28) {
            let date = Date::new(year, month, day).unwrap();
            let read = |pattern: &str, text: String| Pattern::new(pattern).unwrap().read(&text).unwrap().date;
            prop_assert_eq!(read("%d.%m.%Y", format!("{day:02}.{month:02}.{year}")), date);
            prop_assert_eq!(read("%Y/%m/%e", format!("{year}/{month:02}/{day}")), date);
        }
    }
}
