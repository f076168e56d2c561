//! One disaster-recovery exercise, as its report tells it.
//!
//! **Invariant:** its times are in order, so that no span is negative.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Duration};

/// Milliseconds of a second.
const SECOND: i64 = 1_000;

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Its id, which no other has.
    pub id: String,
    /// The system that was recovered.
    pub system: String,
    /// What was supposed to have happened.
    pub scenario: String,
    /// When it began.
    pub started_at: Datetime,
    /// When it ended.
    pub performed_at: Datetime,
    /// When the service went down, or was supposed to.
    pub disruption_at: Option<Datetime>,
    /// When it was back.
    pub service_restored_at: Option<Datetime>,
    /// The time of the newest data that was restored.
    pub recovery_point_at: Option<Datetime>,
    /// Who performed it, at least one.
    pub performed_by: BTreeSet<String>,
    /// Who approved the report.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Datetime>,
    /// What was done.
    pub steps: Steps,
    /// Issues that came up.
    pub issues: i64,
    /// Those of them that nothing follows from.
    pub issues_open: i64,
}

/// The steps of an exercise, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// All of them.
    pub all: i64,
    /// Those that failed.
    pub failed: i64,
    /// Those that were left out.
    pub skipped: i64,
    /// Those that failed or were left out, and nothing follows from it.
    pub open: i64,
}

impl Exercise {
    /// From the disruption to the service being back, in whole seconds, rounded up.
    #[must_use]
    pub fn recovery_time(&self) -> Option<Duration> {
        seconds(self.disruption_at?, self.service_restored_at?)
    }

    /// From the newest data that was restored to the disruption, in whole seconds, rounded up.
    #[must_use]
    pub fn recovery_point(&self) -> Option<Duration> {
        seconds(self.recovery_point_at?, self.disruption_at?)
    }

    /// Whether somebody approved it who did not perform it. Names that differ in case or in blanks around are one.
    #[must_use]
    pub fn approved_apart(&self) -> bool {
        let plain = |name: &str| name.trim().to_lowercase();
        self.approved_by
            .as_deref()
            .map(plain)
            .is_some_and(|approver| self.performed_by.iter().all(|performer| plain(performer) != approver))
    }

    /// What is wrong with the order of its times.
    #[must_use]
    pub fn disorder(&self) -> Option<String> {
        let times = [
            ("started_at", Some(self.started_at), "performed_at", Some(self.performed_at)),
            ("recovery_point_at", self.recovery_point_at, "disruption_at", self.disruption_at),
            ("disruption_at", self.disruption_at, "service_restored_at", self.service_restored_at),
            ("disruption_at", self.disruption_at, "performed_at", Some(self.performed_at)),
            ("service_restored_at", self.service_restored_at, "performed_at", Some(self.performed_at)),
        ];
        times.into_iter().find_map(|(before, first, after, second)| {
            let later = first.zip(second).is_some_and(|(first, second)| first > second);
            later.then(|| format!("{before} is after {after}"))
        })
    }
}

fn seconds(from: Datetime, to: Datetime) -> Option<Duration> {
    let span = to.0.checked_sub(from.0).filter(|span| *span >= 0)?;
    Some(Duration(span.div_euclid(SECOND) * SECOND + if span % SECOND == 0 { 0 } else { SECOND }))
}
