//! Alerts, one group for each signature on each day, so that a storm of them is one thing to answer.
//!
//! **Invariant:** a group is a whole day in UTC, whenever it is collected, so that its id and what it says of a past day
//! stay the same from run to run.

use std::collections::BTreeMap;

use tickmark_collector::{Datetime, time};

use crate::parse::eve;

const DAY_MS: i64 = 86_400_000;

/// The groups of one sensor.
pub type Alerts = BTreeMap<Key, Group>;

/// What makes a group of one sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Days since 1970-01-01.
    day: i64,
    /// The generator of the signature.
    pub gid: u32,
    /// The signature's number.
    pub signature_id: u32,
}

impl Key {
    /// The group that an alert at `at` belongs to.
    #[must_use]
    pub fn of(at: Datetime, alert: &eve::Alert<'_>) -> Self {
        Self { day: at.0.div_euclid(DAY_MS), gid: alert.gid, signature_id: alert.signature_id }
    }

    /// The id of the group, such as `ids-1/1:2019401/2026-11-19`.
    #[must_use]
    pub fn id(&self, sensor: &str) -> String {
        let day = time::text(Datetime(self.day.saturating_mul(DAY_MS)));
        let day = day.split('T').next().unwrap_or_default();
        format!("{sensor}/{}:{}/{day}", self.gid, self.signature_id)
    }
}

/// Start of the day in UTC that `at` is in.
#[must_use]
pub fn day_start(at: Datetime) -> Datetime {
    Datetime(at.0.div_euclid(DAY_MS).saturating_mul(DAY_MS)).max(Datetime::MIN)
}

/// The alerts of one signature on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What the signature says.
    pub signature: String,
    /// Its category.
    pub category: Option<String>,
    /// The worst, which is the least.
    pub severity: u8,
    /// The first of them.
    pub first_seen: Datetime,
    /// The last of them.
    pub last_seen: Datetime,
    /// How many.
    pub count: i64,
}

impl Group {
    /// A group without any alert yet.
    #[must_use]
    pub fn new(at: Datetime, alert: &eve::Alert<'_>) -> Self {
        Self {
            signature: alert.signature.as_ref().to_owned(),
            category: alert.category.as_ref().map(|category| category.as_ref().to_owned()),
            severity: alert.severity,
            first_seen: at,
            last_seen: at,
            count: 0,
        }
    }

    /// Counts an alert.
    pub fn add(&mut self, at: Datetime, alert: &eve::Alert<'_>) {
        self.severity = self.severity.min(alert.severity);
        self.first_seen = self.first_seen.min(at);
        self.last_seen = self.last_seen.max(at);
        self.count += 1;
    }
}
