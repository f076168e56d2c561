//! Sets of days, written as dates and as spans of them.

use jiff::civil::Date;

/// Days that are named one by one or from one to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// First and last day of each span, sorted; no two touch.
    spans: Vec<(Date, Date)>,
}

impl Days {
    /// Reads `2026-12-24`, or `2026-12-24..2027-01-02` with both days included.
    ///
    /// # Errors
    /// The text that is neither.
    pub fn read<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, &'t str> {
        let mut spans: Vec<(Date, Date)> = Vec::new();
        for text in texts {
            let (first, last) = text.split_once("..").unwrap_or((text, text));
            match (date(first), date(last)) {
                (Some(first), Some(last)) if first <= last => spans.push((first, last)),
                _ => return Err(text),
            }
        }
        spans.sort_unstable();
        let mut joined: Vec<(Date, Date)> = Vec::new();
        for (first, last) in spans {
            match joined.last_mut() {
                Some(before) if first <= before.1 => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Ok(Self { spans: joined })
    }

    pub(super) fn contains(&self, date: Date) -> bool {
        let after = self.spans.partition_point(|(first, _)| *first <= date);
        after.checked_sub(1).and_then(|at| self.spans.get(at)).is_some_and(|(_, last)| date <= *last)
    }
}

/// A date such as `2026-02-28` and nothing else.
fn date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<i16>().ok());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (shaped && year > 0).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_spans_are_read_in_any_order() {
        let check = |texts: &[&str], inside: &[&str], outside: &[&str]| {
            let days = Days::read(texts.iter().copied()).unwrap();
            inside.iter().for_each(|day| assert!(days.contains(date(day).unwrap()), "{texts:?} has {day}"));
            outside.iter().for_each(|day| assert!(!days.contains(date(day).unwrap()), "{texts:?} has no {day}"));
        };
        check(&[], &[], &["2026-01-01"]);
        check(&["2026-12-25"], &["2026-12-25"], &["2026-12-24", "2026-12-26"]);
        check(
            &["2026-12-20..2027-01-02", "2026-05-01", "2026-12-24..2026-12-25"],
            &["2026-05-01", "2026-12-20", "2026-12-25", "2026-12-31", "2027-01-02"],
            &["2026-04-30", "2026-05-02", "2026-12-19", "2027-01-03"],
        );
        check(&["2024-02-28..2024-03-01"], &["2024-02-29"], &["2024-02-27", "2024-03-02"]);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2026-2-01",
            "2026-02-30",
            "2025-02-29",
            "20260201",
            "2026-02-01T00:00",
            "2026-02-01..",
            "..2026-02-01",
            "2026-02-02..2026-02-01",
            "2026-02-01...2026-02-02",
            "0000-01-01",
            "+026-01-01",
        ] {
            assert_eq!(Days::read([text]), Err(text));
        }
    }
}
