//! What the company does about a criterion: one row of the control matrix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::system::System;
use crate::value::Scalar;

/// One row of the control matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The day of the year that its windows start on, of an annual control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<MonthDay>,
    /// The plugin whose fact it judges, such as `mfa`.
    pub collector: String,
    /// How several events of a window make one result.
    #[serde(default, skip_serializing_if = "Combine::is_any")]
    pub combine: Combine,
    /// The criteria it serves, such as `CC6.1`.
    pub criteria: Vec<String>,
    /// Of `combine = "each"`, the column that says what an event is one of, such as `job`; without it the subject's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// What is shown to an auditor, in words.
    pub evidence: String,
    /// Who operates it.
    #[serde(default, skip_serializing_if = "Execution::is_automated")]
    pub execution: Execution,
    /// The fact it judges, such as `user`.
    pub fact: String,
    /// How often it operates.
    pub frequency: Frequency,
    /// For how long after its window's end an operation is on time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ms: Option<i64>,
    /// Its id, such as `CC6.3-mfa-for-admins`, also the name of its Cedar action.
    pub id: String,
    /// The site's own number for it.
    pub matrix_id: Option<String>,
    /// Oldest population that may decide it, in milliseconds.
    pub max_age_ms: Option<i64>,
    /// The longest that a continuous control may go unobserved, in milliseconds; 24 hours without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_gap_ms: Option<i64>,
    /// Whether each subject decides, or the population as a whole.
    pub mode: Mode,
    /// What its operation is.
    pub operation: Operation,
    /// Who answers for it.
    pub owner: String,
    /// What its policies read from `context`, by name.
    #[serde(serialize_with = "tagged")]
    pub parameters: BTreeMap<String, Scalar>,
    /// The policy file, relative to the matrix.
    pub policy: String,
    /// Days in which a failure is to be remedied.
    pub remediation_days: u32,
    /// Whether it stands in for a built-in control of the same id.
    pub replaces: bool,
    /// How bad a failure is.
    pub severity: Severity,
    /// Of a control at events, the column of truth values that sets some of them apart in samples and counts, such as
    /// `standard_change`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// The systems it is judged on.
    pub systems: SystemSelector,
    /// The IANA name of the zone that its windows are meant in, where it is not the engagement's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// What it does, in a few words.
    pub title: String,
    /// How far back the source must reach from `as_of`, in milliseconds.
    pub window_ms: Option<i64>,
}

fn tagged<S: serde::Serializer>(parameters: &BTreeMap<String, Scalar>, serializer: S) -> Result<S::Ok, S::Error> {
    struct Tagged<'a>(&'a Scalar);
    impl Serialize for Tagged<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            crate::value::serialize_tagged(self.0, serializer)
        }
    }
    serializer.collect_map(parameters.iter().map(|(name, value)| (name, Tagged(value))))
}

/// Whether each subject decides or the population as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Every subject in scope must conform.
    Subject,
    /// One request about the counts decides; subjects that do not conform are listed all the same.
    Population,
}

/// What a control's operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Something that the source recorded, dated by the source.
    Event,
    /// True or false at each observation.
    State,
    /// Done by a named person, dated at completion.
    Human,
}

/// How often a control operates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are calendar words")]
pub enum Frequency {
    Continuous,
    Daily,
    BusinessDaily,
    Weekly,
    Monthly,
    Quarterly,
    Annual,
    PerEvent,
    /// Within a delay after an event.
    Within,
}

/// A control that people operate and bring evidence of: a row of the control matrix without a collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualControl {
    /// The day of the year that its windows start on, of an annual control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<MonthDay>,
    /// The criteria it serves, such as `CC1.1`.
    pub criteria: Vec<String>,
    /// What is shown to an auditor, in words.
    pub evidence: String,
    /// How often it operates.
    pub frequency: Frequency,
    /// For how long after its window's end an operation is on time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ms: Option<i64>,
    /// Its id, such as `CC1.1-code-of-conduct`.
    pub id: String,
    /// The site's own number for it.
    pub matrix_id: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Days in which a failure is to be remedied.
    pub remediation_days: u32,
    /// Whether it stands in for a built-in control of the same id.
    pub replaces: bool,
    /// How bad a failure is.
    pub severity: Severity,
    /// The IANA name of the zone that its windows are meant in, where it is not the engagement's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// What it does, in a few words.
    pub title: String,
}

/// A day of every year. The 29th of February is the 28th where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthDay {
    /// 1 to 31.
    pub day: u8,
    /// 1 to 12.
    pub month: u8,
}

/// How several events of a window make one result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Combine {
    /// One success passes; failed attempts are listed.
    #[default]
    Any,
    /// As `any`, for each item of the population on its own: every job, every asset.
    Each,
    /// All of them must succeed, and there must be one.
    All,
}

impl Combine {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// Who operates a control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Execution {
    /// A collector observes it.
    #[default]
    Automated,
    /// People bring evidence.
    Manual,
    /// Both, and either alone is not enough.
    Both,
}

impl Execution {
    fn is_automated(&self) -> bool {
        *self == Self::Automated
    }
}

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the usual four")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// The word that documents and policies use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Which systems a control is judged on; empty fields select all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemSelector {
    /// Any of these environments.
    pub environment: Vec<String>,
    /// Any of these names.
    pub name: Vec<String>,
    /// All of these tags.
    pub tags: BTreeMap<String, String>,
    /// Any of these tiers.
    pub tier: Vec<String>,
}

impl SystemSelector {
    /// Whether the control is judged on `system`.
    #[must_use]
    pub fn selects(&self, system: &System) -> bool {
        let any = |wanted: &[String], has: Option<&String>| {
            wanted.is_empty() || has.is_some_and(|has| wanted.iter().any(|wanted| wanted == has))
        };
        any(&self.environment, Some(&system.environment))
            && any(&self.name, Some(&system.name))
            && any(&self.tier, system.tier.as_ref())
            && self.tags.iter().all(|(name, value)| system.tags.get(name) == Some(value))
    }
}
