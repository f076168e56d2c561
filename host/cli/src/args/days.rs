//! A span of days on the command line: `2026-07-01..2026-09-30`.

use std::str::FromStr;

use chrono::NaiveDate;

/// Days, the first and the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl FromStr for Days {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").ok_or("expected two days such as 2026-07-01..2026-09-30")?;
        let day = |text: &str| text.parse().map_err(|_| format!("`{text}` is no day such as 2026-07-01"));
        Ok(Self { from: day(from)?, to: day(to)? })
    }
}

#[test]
fn days_are_two_dates() {
    let check = |text: &str| text.parse::<Days>().map(|it| format!("{} to {}", it.from, it.to));
    assert_eq!(check("2026-07-01..2026-09-30").as_deref(), Ok("2026-07-01 to 2026-09-30"));
    assert_eq!(check("2026-07-01").unwrap_err(), "expected two days such as 2026-07-01..2026-09-30");
    assert_eq!(check("2026-07-01..2026-09-31").unwrap_err(), "`2026-09-31` is no day such as 2026-07-01");
}
