//! What was in place at an instant: the design of each control, and the newest evidence that it is implemented.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use tickmark_model::{Category, Digest, Instant, Outcome};

use super::carved_out::{CarvedOutLine, carved_out, vendors_of};
use super::given::{Design, GivenType1, Implemented};
use super::line::{About, ActLine, MatrixLine};
use super::type2::{Scope, matrix_line};

/// What was in place at an instant. Everything is sorted; operations do not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Type1 {
    /// Name and version of the document's shape.
    pub schema: &'static str,
    /// Where it comes from.
    pub about: About,
    /// The instant.
    pub as_of: Instant,
    /// What was in force then; nothing where nothing was sealed by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<MatrixLine>,
    /// All criteria.
    pub criteria: Vec<CriterionDesigned>,
    /// Whose controls criteria in scope rest on, as it was in force then.
    pub carved_out: Vec<CarvedOutLine>,
    /// All controls that were in force then.
    pub controls: Vec<ControlDesign>,
    /// What people did that the evidence rests on.
    pub acts: Vec<ActLine>,
    /// What is there no more, a line for each.
    pub lost: Vec<String>,
}

/// One criterion: counts, and never a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionDesigned {
    /// Such as `CC6.1`.
    pub id: String,
    /// In tickmark's own words.
    pub title: String,
    /// Its category.
    pub category: Category,
    /// Whether the engagement is about its category.
    pub in_scope: bool,
    /// How many controls serve it.
    pub controls: u64,
    /// Those with evidence, on every system, that they are implemented.
    pub evidenced: u64,
    /// How many vendors were carved out whose controls it rests on besides.
    pub carved_out_vendors: u64,
}

/// One control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControlDesign {
    /// Its id.
    pub id: String,
    /// What it is meant to be.
    pub design: Design,
    /// The whole row, by member.
    pub row: BTreeMap<String, String>,
    /// Whether one of its criteria is in the engagement's scope; where not, no evidence is looked for.
    pub in_scope: bool,
    /// What shows that it is implemented, on each system.
    pub systems: Vec<Implementation>,
}

/// What shows that a control is implemented on a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Implementation {
    /// The system; empty for the company as a whole.
    pub system: String,
    /// Its environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What the evidence says.
    pub evidence: Shown,
    /// What came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// When it is dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<Instant>,
    /// Before when evidence is too old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Instant>,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Digest of the policies that judged, where some did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
}

/// What evidence of implementation there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// There is some: the outcome says which.
    Evidence,
    /// There is some, and nothing can be concluded from it.
    Inconclusive,
    /// What there is, is older than one window.
    TooOld,
    /// There is none.
    None,
}

impl Type1 {
    /// The name of the document's shape.
    pub const SCHEMA: &'static str = "tickmark/type1/1";

    /// The report of what is given.
    #[must_use]
    pub fn new(given: &GivenType1) -> Self {
        let scope = Scope::of(&given.criteria, &given.about.categories);
        let rows = given.matrix.iter().flat_map(|matrix| &matrix.controls);
        let controls: Vec<ControlDesign> = rows.map(|(id, design)| control(given, &scope, id, design)).collect();
        let carved_out = carved_out(&given.matrix, &given.criteria, &scope);
        let criterion = |it: &tickmark_model::Criterion| {
            let serving = || controls.iter().filter(|control| control.design.criteria.contains(&it.id));
            CriterionDesigned {
                id: it.id.clone(),
                title: it.title.clone(),
                category: it.category,
                in_scope: scope.has_category(it.category),
                controls: serving().count() as u64,
                evidenced: serving().filter(|control| control.is_evidenced()).count() as u64,
                carved_out_vendors: vendors_of(&it.id, &carved_out),
            }
        };
        Self {
            schema: Self::SCHEMA,
            about: given.about.clone(),
            as_of: given.as_of,
            matrix: given.matrix.as_ref().map(matrix_line),
            criteria: given.criteria.iter().map(criterion).collect(),
            acts: acts(given, &controls),
            lost: given.lost.clone(),
            carved_out,
            controls,
        }
    }
}

impl ControlDesign {
    /// Whether there is evidence on every system, and there is a system.
    #[must_use]
    pub fn is_evidenced(&self) -> bool {
        !self.systems.is_empty() && self.systems.iter().all(|it| it.evidence == Shown::Evidence)
    }
}

/// What people did that the evidence rests on.
fn acts(given: &GivenType1, controls: &[ControlDesign]) -> Vec<ActLine> {
    let shown: BTreeSet<&String> =
        controls.iter().flat_map(|it| &it.systems).filter_map(|it| it.record.as_ref()).collect();
    let wanted = |it: &&ActLine| shown.contains(&it.record) || it.of.as_ref().is_some_and(|of| shown.contains(of));
    given.acts.iter().filter(wanted).cloned().collect()
}

fn control(given: &GivenType1, scope: &Scope<'_>, id: &str, design: &Design) -> ControlDesign {
    let in_scope = scope.has(design);
    let system = |name: &String| {
        let environment = given.matrix.as_ref().and_then(|matrix| matrix.systems.get(name)).cloned();
        implementation(name, environment, given.implemented.get(&(id.to_owned(), name.clone())))
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = design.row.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    ControlDesign {
        id: id.to_owned(),
        design: design.clone(),
        row: row.map(|(name, value)| (name.clone(), text(value))).collect(),
        in_scope,
        systems: if in_scope { design.systems.iter().map(system).collect() } else { Vec::new() },
    }
}

fn implementation(system: &str, environment: Option<String>, found: Option<&Implemented>) -> Implementation {
    let evidence = match found {
        None => Shown::None,
        Some(it) if it.dated < it.not_before => Shown::TooOld,
        Some(it) if matches!(it.outcome, Outcome::Pass | Outcome::Fail) => Shown::Evidence,
        Some(_) => Shown::Inconclusive,
    };
    Implementation {
        system: system.to_owned(),
        environment,
        evidence,
        outcome: found.map(|it| it.outcome),
        dated: found.map(|it| it.dated),
        not_before: found.map(|it| it.not_before),
        record: found.map(|it| it.record.clone()),
        policy: found.and_then(|it| it.policy),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, given_type1};
    use super::*;

    #[test]
    fn evidence_counts_that_is_not_older_than_a_window() {
        let check = |dated: &str, outcome: Outcome, shown: Shown, evidenced: u64| {
            let mut given = given_type1();
            let key = ("CC6.3-mfa".to_owned(), "prod-web".to_owned());
            given.implemented.get_mut(&key).unwrap().dated = at(dated);
            given.implemented.get_mut(&key).unwrap().outcome = outcome;
            let report = Type1::new(&given);
            let control = report.controls.iter().find(|it| it.id == "CC6.3-mfa").unwrap();
            assert_eq!(control.systems[0].evidence, shown, "{dated} {outcome}");
            let criterion = report.criteria.iter().find(|it| it.id == "CC6.1").unwrap();
            assert_eq!((criterion.controls, criterion.evidenced), (1, evidenced), "{dated} {outcome}");
        };
        check("2026-09-29T12:00:00Z", Outcome::Pass, Shown::Evidence, 1);
        check("2026-09-29T11:59:59Z", Outcome::Pass, Shown::TooOld, 0);
        // Evidence of a control that does not work is evidence; that it fails, the outcome says.
        check("2026-09-29T12:00:00Z", Outcome::Fail, Shown::Evidence, 1);
        check("2026-09-30T12:00:00Z", Outcome::Inconclusive, Shown::Inconclusive, 0);
        check("2026-09-30T12:00:00Z", Outcome::NoOccurrence, Shown::Inconclusive, 0);
    }

    #[test]
    fn a_control_that_nobody_brought_evidence_of_is_not_evidenced() {
        let report = Type1::new(&given_type1());
        let control = report.controls.iter().find(|it| it.id == "CC1.1-conduct").unwrap();
        assert_eq!(control.systems.iter().map(|it| it.evidence).collect::<Vec<_>>(), [Shown::None]);
    }

    /// A report about an instant has nowhere to say how often something operated.
    #[test]
    fn operations_do_not_count() {
        fn keys(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(members) => members.iter().for_each(|(key, value)| {
                    found.push(key.clone());
                    keys(value, found);
                }),
                Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        keys(&serde_json::to_value(Type1::new(&given_type1())).unwrap(), &mut found);
        assert!(found.iter().any(|key| key == "evidence"), "{found:?}");
        for counted in ["operations", "totals", "rates", "expected", "deviating", "due"] {
            assert!(!found.iter().any(|key| key == counted), "{counted}");
        }
    }

    #[test]
    fn categories_that_are_not_in_scope_are_no_gaps() {
        let report = Type1::new(&given_type1());
        let control = report.controls.iter().find(|it| it.id == "P4.3-disposal").unwrap();
        assert!(!control.in_scope && control.systems.is_empty());
    }
}
