//! Offsets from UTC, as an operator writes them for a source of local times.

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
    use super::*;

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
}
