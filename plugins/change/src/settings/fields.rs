//! Where the written parts of a change stand: the headings of a pull request's text, and the fields of an issue.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Failure, Host};

use super::read;
use crate::parse::body::name;

/// A written part of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Description,
    RiskAssessment,
    RollbackPlan,
    Testing,
    Emergency,
    EmergencyReason,
    RiskLabel,
    SmokeTests,
    Monitoring,
    SecurityEvents,
}

impl Field {
    /// Every part, with its word in settings and the headings that always stand for it.
    const ALL: [(Self, &str, &[&str]); 10] = [
        (Self::Description, "description", &["description", "change description", "summary", "what"]),
        (Self::RiskAssessment, "risk_assessment", &["risk assessment", "risk", "risks"]),
        (Self::RollbackPlan, "rollback_plan", &["rollback plan", "rollback", "backout plan"]),
        (Self::Testing, "testing", &["testing", "testing completed", "tests", "test plan"]),
        (Self::Emergency, "emergency", &[]),
        (Self::EmergencyReason, "emergency_reason", &["emergency reason", "reason for emergency", "emergency"]),
        (Self::RiskLabel, "risk_label", &[]),
        (Self::SmokeTests, "smoke_tests", &["smoke tests", "smoke test"]),
        (Self::Monitoring, "monitoring", &["monitoring", "monitoring metrics", "metrics"]),
        (Self::SecurityEvents, "security_events", &["no security events", "security events"]),
    ];

    /// Every part.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(field, ..)| *field)
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(field, ..)| *field)
    }
}

#[derive(Debug)]
pub(crate) struct Fields {
    /// Headings as they are compared.
    headings: BTreeMap<Field, Vec<String>>,
    /// Ids of an issue's fields.
    issue: BTreeMap<Field, Vec<String>>,
    /// What must be confirmed after a deployment; may be nothing.
    pub checks: BTreeSet<Field>,
    /// Labels of pull requests and issues that mark an emergency, in lower case.
    pub emergency_labels: BTreeSet<String>,
}

impl Fields {
    pub(super) fn read(host: &dyn Host) -> Result<Self, Failure> {
        let words: Vec<&str> = Field::ALL.iter().map(|(_, word, _)| *word).collect();
        let part = format!("a part and its name such as `rollback_plan=Backout`; parts are {}", words.join(", "));
        let mut headings: BTreeMap<Field, Vec<String>> = BTreeMap::new();
        for (field, _, known) in Field::ALL {
            headings.insert(field, known.iter().map(|heading| (*heading).to_owned()).collect());
        }
        for (field, heading) in read::pairs(host, "sections", &part, |field, heading| {
            Some((Field::read(field)?, name(heading))).filter(|(_, heading)| !heading.is_empty())
        })? {
            headings.entry(field).or_default().push(heading);
        }
        let mut issue = BTreeMap::from([(Field::Description, vec!["description".to_owned()])]);
        for (field, id) in
            read::pairs(host, "issue_fields", &part, |field, id| Some((Field::read(field)?, id.to_owned())))?
        {
            issue.entry(field).or_insert_with(Vec::new).push(id);
        }
        let checks = read::texts_or(host, "verification_checks", &["smoke_tests", "monitoring", "security_events"])?;
        let known = [Field::SmokeTests, Field::Monitoring, Field::SecurityEvents];
        let read_check = |word: &String| Field::read(word).filter(|field| known.contains(field));
        let checks = checks.iter().map(|word| {
            read_check(word)
                .ok_or_else(|| read::wrong("verification_checks", word, "smoke_tests, monitoring or security_events"))
        });
        let labels = read::texts_or(host, "emergency_labels", &["emergency"])?;
        Ok(Self {
            headings,
            issue,
            checks: checks.collect::<Result<_, _>>()?,
            emergency_labels: labels.into_iter().map(|label| label.to_lowercase()).collect(),
        })
    }

    /// The headings that stand for `field`.
    pub fn headings(&self, field: Field) -> &[String] {
        self.headings.get(&field).map(Vec::as_slice).unwrap_or_default()
    }

    /// The ids of the issue's fields that stand for `field`.
    pub fn issue(&self, field: Field) -> &[String] {
        self.issue.get(&field).map(Vec::as_slice).unwrap_or_default()
    }
}
