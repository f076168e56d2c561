//! One exception from the observation that shows it first until it is put right.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_model::{Instant, Severity, Subject};

use super::days::whole_days;
use crate::programme::Place;

/// What an episode is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EpisodeKey {
    /// The control's id.
    pub control: String,
    /// The system.
    pub system: String,
    /// The subject that does not conform.
    pub subject: Subject,
}

/// One exception from the observation that shows it first until it is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// What it is about.
    pub key: EpisodeKey,
    /// The record of the first failing observation.
    pub opened: Place,
    /// When the clock started: at that observation, or when the source itself saw it first.
    pub since: Instant,
    /// How severe it was then, which decides the deadline.
    pub severity: Severity,
    /// The last day on which it is in time.
    pub due: NaiveDate,
    /// The end of that day, exclusive.
    pub due_end: Instant,
    /// Whether it is about something that happened, which no later observation undoes.
    pub historical: bool,
    /// The record that opened the episode before this one, where the subject failed before.
    pub previous: Option<u64>,
    /// The records of observations that failed again within 30 days after it was closed.
    pub reopened: Vec<Place>,
    /// The record of the last failing observation.
    pub last_failed: Place,
    /// What people did about it, in the order of the records.
    pub acts: Vec<(Place, Act)>,
    /// When it was put right; nothing while it is open.
    pub closed: Option<Closure>,
}

/// What people do about an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// They name an owner and a cause, and make a plan.
    Plan,
    /// They say what the cause was and what they did about it, and another person approves that.
    Correct,
}

/// That an exception was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// When it was observed.
    pub at: Instant,
    /// The record that shows it.
    pub by: Place,
    /// What it shows.
    pub how: Clearing,
}

/// How an exception was put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clearing {
    /// The subject was observed and is no exception any more: it conforms, or the control is not about it any more.
    Conforms,
    /// The subject is gone from a complete population.
    Removed,
    /// People corrected the cause, and the next operation conforms.
    Corrected,
}

impl Clearing {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Removed => "removed",
            Self::Corrected => "corrected",
        }
    }
}

impl Episode {
    /// Whether it was closed after its last day, or is open after it at `at`.
    #[must_use]
    pub fn is_overdue(&self, at: Instant) -> bool {
        self.closed.map_or(at, |closed| closed.at) >= self.due_end
    }

    /// The whole days that it took from the start of its clock; nothing while it is open.
    #[must_use]
    pub fn days(&self) -> Option<i64> {
        self.closed.map(|closed| whole_days(self.since, closed.at))
    }

    /// The last record in which people say that they corrected it, since it last began to fail.
    #[must_use]
    pub fn corrected(&self) -> Option<Place> {
        let from = self.reopened.last().unwrap_or(&self.opened);
        let corrected = |(place, act): &&(Place, Act)| *act == Act::Correct && place.index > from.index;
        self.acts.iter().rev().find(corrected).map(|(place, _)| *place)
    }
}
