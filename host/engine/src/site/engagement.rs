//! What the auditor is engaged for: which categories, of what, over which period, in which time zone.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jiff::tz::TimeZone;
use tickmark_ledger::Period;
use tickmark_model::{Category, Criterion};
use tickmark_operations::Calendar;

/// The engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// What is inside, in a sentence.
    pub boundary: Option<String>,
    /// The days off, beside weekends.
    pub holidays: BTreeSet<NaiveDate>,
    /// The days of the week off, by ISO number: 1 is Monday, 7 is Sunday.
    pub weekend: BTreeSet<u8>,
    /// The categories in scope; security is always one of them.
    pub categories: BTreeSet<Category>,
    /// The days that it is about, both included.
    pub period: Option<Period>,
    /// The zone that days, weeks and months are meant in.
    pub time_zone: TimeZone,
}

/// Everything, without a period, in UTC: what a site has that says nothing.
impl Default for Engagement {
    fn default() -> Self {
        Self {
            boundary: None,
            categories: Category::ALL.into(),
            holidays: BTreeSet::new(),
            period: None,
            time_zone: TimeZone::UTC,
            weekend: BTreeSet::from([6, 7]),
        }
    }
}

impl Engagement {
    /// The categories of a control that serves these of the `criteria`, in scope or not.
    #[must_use]
    pub fn categories_of(served: &[String], criteria: &[Criterion]) -> BTreeSet<Category> {
        criteria.iter().filter(|it| served.contains(&it.id)).map(|it| it.category).collect()
    }

    /// Whether a control with criteria of `categories` is in scope: one of them is enough.
    #[must_use]
    pub fn covers(&self, categories: &BTreeSet<Category>) -> bool {
        !self.categories.is_disjoint(categories)
    }

    /// Its days, as operations are placed in them.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        Calendar {
            holidays: self.holidays.clone(),
            time_zone: self.time_zone_name().to_owned(),
            weekend: self.weekend.clone(),
        }
    }

    /// The name of the time zone, such as `Europe/Berlin`.
    #[must_use]
    pub fn time_zone_name(&self) -> &str {
        self.time_zone.iana_name().unwrap_or("UTC")
    }
}
