//! Names of windows: `2026-Q1`, `2026-03`, `2026-W12`, `2026-03-05`, `2026`.

use chrono::NaiveDate;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::day::{naive, plus_days};
use super::windows::{Step, Windows};
use crate::result::Window;

/// Why a name is not that of a window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowNameError {
    /// It is not a name of such a window.
    #[error("`{name}` is not the name of such a window, expected one such as `{example}`")]
    Form {
        /// What was given.
        name: String,
        /// A name of the right form.
        example: &'static str,
    },
    /// The day is not worked on.
    #[error("`{name}` is a day off, expected one that is worked on")]
    DayOff {
        /// What was given.
        name: String,
    },
}

impl Windows {
    /// The window of this name, as [`Windows::name`] writes it.
    ///
    /// # Errors
    /// [`WindowNameError::Form`] for anything else, also for the name of a window of another frequency, and
    /// [`WindowNameError::DayOff`] for a day on which nobody works.
    pub fn named(&self, name: &str) -> Result<Window, WindowNameError> {
        let form = || WindowNameError::Form { name: name.to_owned(), example: self.example() };
        let first = self.first_named(name).ok_or_else(form)?;
        if let Step::BusinessDay(off) = &self.step
            && off.contains(first)
        {
            return Err(WindowNameError::DayOff { name: name.to_owned() });
        }
        self.window(first).filter(|window| window.start < window.end).ok_or_else(form)
    }

    /// The name of a window: `2026-03-05`, `2026-W12`, `2026-03`, `2026-Q1`; of an annual one the year in which it starts.
    #[must_use]
    pub fn name(&self, window: &Window) -> Option<String> {
        let first = self.first_day(window)?;
        let (year, month) = (first.year(), first.month());
        Some(match &self.step {
            Step::Day | Step::BusinessDay(_) => first.to_string(),
            Step::Week => {
                let week = first.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Step::Month => format!("{year:04}-{month:02}"),
            Step::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            Step::Year(_) => format!("{year:04}"),
        })
    }

    /// The first and the last day of a window, both inclusive.
    #[must_use]
    pub fn days(&self, window: &Window) -> Option<(NaiveDate, NaiveDate)> {
        let first = self.first_day(window)?;
        Some((naive(first)?, naive(plus_days(self.end_of(first)?, -1)?)?))
    }

    fn example(&self) -> &'static str {
        match &self.step {
            Step::Day | Step::BusinessDay(_) => "2026-03-05",
            Step::Week => "2026-W12",
            Step::Month => "2026-03",
            Step::Quarter => "2026-Q1",
            Step::Year(_) => "2026",
        }
    }

    fn first_named(&self, name: &str) -> Option<Date> {
        let mut parts = name.split('-');
        let year = number::<i16>(parts.next()?, 4).filter(|year| *year > 0)?;
        let rest = (parts.next(), parts.next(), parts.next());
        match (&self.step, rest) {
            (Step::Day | Step::BusinessDay(_), (Some(month), Some(day), None)) => {
                Date::new(year, number(month, 2)?, number(day, 2)?).ok()
            }
            (Step::Week, (Some(week), None, None)) => {
                let week = ISOWeekDate::new(year, number(week.strip_prefix('W')?, 2)?, Weekday::Monday).ok()?;
                Some(week.date())
            }
            (Step::Month, (Some(month), None, None)) => Date::new(year, number(month, 2)?, 1).ok(),
            (Step::Quarter, (Some(quarter), None, None)) => {
                let quarter = number::<i8>(quarter.strip_prefix('Q')?, 1)?;
                (1..=4).contains(&quarter).then(|| Date::new(year, (quarter - 1) * 3 + 1, 1).ok()).flatten()
            }
            (Step::Year(_), (None, None, None)) => self.first_of_year(year),
            _ => None,
        }
    }
}

/// A number of exactly so many digits.
fn number<T: std::str::FromStr>(text: &str, digits: usize) -> Option<T> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}
