//! What the company does about a criterion: one row of the control matrix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::system::System;
use crate::value::Scalar;

/// One row of the control matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The plugin whose fact it judges, such as `mfa`.
    pub collector: String,
    /// The criteria it serves, such as `CC6.1`.
    pub criteria: Vec<String>,
    /// What is shown to an auditor, in words.
    pub evidence: String,
    /// The fact it judges, such as `user`.
    pub fact: String,
    /// How often it operates.
    pub frequency: Frequency,
    /// Its id, such as `CC6.3-mfa-for-admins`, also the name of its Cedar action.
    pub id: String,
    /// The site's own number for it.
    pub matrix_id: Option<String>,
    /// Oldest population that may decide it, in milliseconds.
    pub max_age_ms: Option<i64>,
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
    /// The systems it is judged on.
    pub systems: SystemSelector,
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
