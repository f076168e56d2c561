//! Who reviews what: `[review.access]` and `[review.firewall]`.
//!
//! **Absent on purpose:** the reviews themselves. They are in the ledger, and what is written here counts from the next one on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tickmark_model::parse_duration;
use toml::Spanned;
use toml::de::DeValue;

use super::read::{entries, optional, read as value_of, refuse_rest, table, take};
use crate::problem::{Source, known_names};
use crate::review::ReviewKind;

const DAY_MS: i64 = 86_400_000;

/// Who reviews what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Accounts.
    pub access: AccessReview,
    /// The firewall's rules.
    pub firewall: FirewallReview,
}

/// How accounts are reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessReview {
    /// Who reviews the accounts of each department.
    pub reviewers: BTreeMap<String, Vec<String>>,
    /// Who reviews what nobody else may: accounts of reviewers themselves, and those without a department.
    pub fallback: Vec<String>,
    /// The department of accounts whose source names none, by email, name or id.
    pub department_of: BTreeMap<String, String>,
    /// The kinds of fact whose rows are accounts to review, of all that there are.
    pub facts: BTreeSet<String>,
    /// How long an account is unused before it is marked so, in milliseconds.
    pub inactive_after_ms: i64,
    /// How long after it is opened a review is due, in days.
    pub due_days: u64,
}

impl Default for AccessReview {
    fn default() -> Self {
        Self {
            reviewers: BTreeMap::new(),
            fallback: Vec::new(),
            department_of: BTreeMap::new(),
            facts: ReviewKind::Access.entity_kinds().iter().map(|kind| (*kind).to_owned()).collect(),
            inactive_after_ms: 90 * DAY_MS,
            due_days: 30,
        }
    }
}

/// How the firewall's rules are reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallReview {
    /// Who reviews them.
    pub reviewers: Vec<String>,
    /// How long after it is opened a review is due, in days.
    pub due_days: u64,
}

impl Default for FirewallReview {
    fn default() -> Self {
        Self { reviewers: Vec::new(), due_days: 30 }
    }
}

/// One name, or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a name or an array of names")]
enum Names {
    One(String),
    Several(Vec<String>),
}

pub(super) fn read(value: Spanned<DeValue<'_>>, source: &mut Source) -> Reviews {
    let mut reviews = Reviews::default();
    let Some(mut kinds) = table(value, "review", source) else { return reviews };
    if let Some(value) = take(&mut kinds, "access") {
        reviews.access = access(value, source);
    }
    if let Some(value) = take(&mut kinds, "firewall") {
        reviews.firewall = firewall(value, source);
    }
    refuse_rest(&kinds, &["access", "firewall"], source);
    reviews
}

fn access(value: Spanned<DeValue<'_>>, source: &mut Source) -> AccessReview {
    let mut access = AccessReview::default();
    let Some(mut it) = table(value, "access", source) else { return access };
    if let Some(departments) = take(&mut it, "reviewers").and_then(|value| table(value, "reviewers", source)) {
        for (department, value) in entries(departments) {
            access.reviewers.insert(department.into_inner(), names(value, source));
        }
    }
    access.fallback = take(&mut it, "fallback").map(|value| names(value, source)).unwrap_or_default();
    access.department_of = optional(&mut it, "department_of", source).unwrap_or_default();
    if let Some(ms) = duration(take(&mut it, "inactive_after"), "inactive_after", source) {
        access.inactive_after_ms = ms;
    }
    if let Some(days) = days(take(&mut it, "due_days"), source) {
        access.due_days = days;
    }
    if let Some(facts) = take(&mut it, "facts").and_then(|value| facts(value, source)) {
        access.facts = facts;
    }
    refuse_rest(&it, &["reviewers", "fallback", "department_of", "facts", "inactive_after", "due_days"], source);
    access
}

fn firewall(value: Spanned<DeValue<'_>>, source: &mut Source) -> FirewallReview {
    let mut firewall = FirewallReview::default();
    let Some(mut it) = table(value, "firewall", source) else { return firewall };
    firewall.reviewers = take(&mut it, "reviewers").map(|value| names(value, source)).unwrap_or_default();
    if let Some(days) = days(take(&mut it, "due_days"), source) {
        firewall.due_days = days;
    }
    refuse_rest(&it, &["reviewers", "due_days"], source);
    firewall
}

/// Kinds of account, at least one.
fn facts(value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<BTreeSet<String>> {
    let (span, known) = (value.span(), ReviewKind::Access.entity_kinds());
    let facts: Vec<Spanned<String>> = value_of(value, source)?;
    if facts.is_empty() {
        source.report("`facts` names no kind of account", Some(span), Some(known_names("", known.iter().copied())));
    }
    for fact in facts.iter().filter(|fact| !known.contains(&fact.get_ref().as_str())) {
        let help = known_names(fact.get_ref(), known.iter().copied());
        source.report(
            format!("`facts` has `{}`, which is no kind of account", fact.get_ref()),
            Some(fact.span()),
            Some(help),
        );
    }
    Some(facts.into_iter().map(Spanned::into_inner).collect())
}

/// Names of people; an empty one would be nobody.
fn names(value: Spanned<DeValue<'_>>, source: &mut Source) -> Vec<String> {
    let span = value.span();
    let names = match value_of::<Names>(value, source) {
        None => return Vec::new(),
        Some(Names::One(name)) => vec![name],
        Some(Names::Several(names)) => names,
    };
    if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
        source.report("a reviewer without a name", Some(span), None);
    }
    names
}

fn duration(value: Option<Spanned<DeValue<'_>>>, name: &str, source: &mut Source) -> Option<i64> {
    let text: Spanned<String> = value_of(value?, source)?;
    match parse_duration(text.get_ref()) {
        Ok(ms) if ms > 0 => Some(ms),
        Ok(_) => {
            let message = format!("`{name}` is `{}`, expected more than nothing", text.get_ref());
            source.report(message, Some(text.span()), None);
            None
        }
        Err(error) => {
            source.report(error.to_string(), Some(text.span()), None);
            None
        }
    }
}

fn days(value: Option<Spanned<DeValue<'_>>>, source: &mut Source) -> Option<u64> {
    let days: Spanned<i64> = value_of(value?, source)?;
    match u64::try_from(*days.get_ref()) {
        Ok(whole @ 1..=366) => Some(whole),
        _ => {
            source.report(format!("`due_days` is {}, expected 1 to 366", days.get_ref()), Some(days.span()), None);
            None
        }
    }
}
