//! The judge that can be checked by eye: the built-in controls as plain Rust, row by row. No Cedar, no grouping, no
//! shared code with the real one beyond the words of the model.

mod accesslog;
mod backup;
mod change;
mod encryption;
mod firewall;
mod iam;
mod ids;
mod lifecycle;
mod mfa;
mod monitoring;
mod recovery;
mod review;
mod table;
mod uptime;
mod vulnerability;

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Collection, Control, Finding, Instant, Outcome, RunOutcome, Scalar, Value};

/// What must agree: the outcome, the counts (in scope, conforming, exceptions, excluded), who does not conform and by
/// which policies, and the words of the reasons.
#[derive(Debug, PartialEq, Eq)]
pub struct Judgement {
    pub outcome: Outcome,
    pub counts: [u64; 4],
    pub exceptions: BTreeMap<String, BTreeSet<String>>,
    pub reasons: BTreeSet<String>,
}

impl From<&Finding> for Judgement {
    fn from(finding: &Finding) -> Self {
        assert_eq!(
            (finding.counts.undecided, finding.undecided.len()),
            (0, 0),
            "no built-in policy can raise an error"
        );
        let counts = &finding.counts;
        Self {
            outcome: finding.outcome,
            counts: [counts.in_scope, counts.conforming, counts.exceptions, counts.excluded],
            exceptions: finding
                .exceptions
                .iter()
                .map(|exception| {
                    let subject = format!("{}/{}", exception.subject.collector, exception.subject.id);
                    (subject, exception.policies.iter().map(|policy| policy.id.clone()).collect())
                })
                .collect(),
            reasons: finding.reasons.iter().map(|reason| reason.code.0.clone()).collect(),
        }
    }
}

/// The attributes of one subject.
pub struct Subject<'a>(&'a BTreeMap<&'a str, Value>);

impl Subject<'_> {
    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).map(|value| *value == Value::One(Scalar::Boolean(true)))
    }
    fn number(&self, name: &str) -> Option<i128> {
        self.0.get(name).map(|value| match value {
            Value::One(Scalar::Long(n) | Scalar::Datetime(n) | Scalar::Duration(n)) => i128::from(*n),
            Value::One(Scalar::Decimal(units)) => i128::from(units.0),
            other => panic!("{name} is {other:?}"),
        })
    }
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| match value {
            Value::One(Scalar::Text(text) | Scalar::Ip(text)) => text.as_str(),
            other => panic!("{name} is {other:?}"),
        })
    }
    fn has_text(&self, name: &str, wanted: &str) -> bool {
        matches!(self.0.get(name), Some(Value::SetOf(items)) if items.contains(&Scalar::Text(wanted.to_owned())))
    }
    fn has_any(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::SetOf(items)) if !items.is_empty())
    }
}

const MINUTE: i128 = 60_000;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// The ids of those policies whose condition holds.
fn said(rules: &[(&'static str, bool)]) -> Vec<&'static str> {
    rules.iter().filter(|(_, holds)| *holds).map(|(id, _)| *id).collect()
}

/// Whether the parameter `name` of `control` is set to true.
fn asks(control: &Control, name: &str) -> bool {
    control.parameters.get(name) == Some(&Scalar::Boolean(true))
}

/// Whether a subject is in the scope of `control`.
fn in_scope(control: &Control, subject: &Subject<'_>, as_of: i128) -> bool {
    let id = control.id.as_str();
    match control.collector.as_str() {
        "accesslog" | "ids" | "uptime" => true,
        "backup" => backup::in_scope(id, subject),
        "change" => change::in_scope(id, subject),
        "encryption" => encryption::in_scope(id, subject),
        "firewall" => firewall::in_scope(id, subject),
        "iam" => iam::in_scope(id, subject),
        "lifecycle" => lifecycle::in_scope(id, subject, as_of),
        "mfa" => mfa::in_scope(id, subject),
        "monitoring" => monitoring::in_scope(id, subject),
        "recovery" => recovery::in_scope(id, subject),
        "review" => review::in_scope(id, subject, as_of),
        "table" => table::in_scope(id, subject),
        "vulnerability" => vulnerability::in_scope(id, subject),
        other => panic!("no model of {other}"),
    }
}

/// The policies that speak against a subject.
fn against(control: &Control, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let id = control.id.as_str();
    match control.collector.as_str() {
        "accesslog" => accesslog::against(id, subject),
        "backup" => backup::against(id, subject, as_of),
        "change" => change::against(control, subject, as_of),
        "encryption" => encryption::against(id, subject, as_of),
        "firewall" => firewall::against(id, subject),
        "iam" => iam::against(id, subject, as_of),
        "ids" => ids::against(id, subject, as_of),
        "lifecycle" => lifecycle::against(control, subject, as_of),
        "mfa" => mfa::against(id, subject),
        "monitoring" => monitoring::against(id, subject),
        "recovery" => recovery::against(id, subject, as_of),
        "review" => review::against(id, subject),
        "table" => table::against(id, subject, as_of),
        "uptime" => uptime::against(id, subject, as_of),
        "vulnerability" => vulnerability::against(id, subject, as_of),
        other => panic!("no model of {other}"),
    }
}

/// Oldest source and shortest coverage that a control takes, in milliseconds.
fn demands(control: &str) -> (Option<i128>, Option<i128>) {
    match control {
        "CC7.2-access-log-complete" | "CC7.2-failed-logins" | "CC7.2-failed-logins-ssh" => (None, Some(DAY)),
        "CC7.2-ids-monitoring" => (None, Some(DAY)),
        "CC7.3-alerts-answered" => (None, Some(2 * DAY)),
        "PI1.2-rejects-bounded" | "PI1.3-job-balance" | "PI1.4-job-on-time" => (None, Some(DAY)),
        "A1.1-uptime-objective" => (None, Some(30 * DAY)),
        "C1.2-deletion-on-time" => (None, Some(31 * DAY)),
        "P5.1-subject-requests" | "P8.1-complaints" => (None, Some(90 * DAY)),
        // What these look at is dated itself.
        "A1.2-backup-daily" | "A1.2-backup-recent" | "A1.3-restore-test" | "A1.3-backup-checked" => (None, None),
        "A1.3-recovery-exercised" | "A1.3-recovery-objectives" | "A1.3-exercise-report" => (None, None),
        "CC6.2-access-termination" | "CC6.2-account-owner" | "CC6.2-joiner-approved" => (None, None),
        "CC6.3-mover-roles" => (None, None),
        "CC6.2-access-review" | "CC6.2-access-review-actions" | "CC6.6-firewall-review" => (None, None),
        "CC7.1-vulnerability-scan" | "CC7.1-vulnerabilities-remediated" => (None, None),
        "CC7.1-unknown-assets" => (Some(8 * DAY), None),
        "C1.1-data-register" | "C1.1-confidential-encrypted" => (Some(92 * DAY), None),
        _ => (Some(DAY), None),
    }
}

/// What is wrong with one collection, in the words of the reasons.
fn doubts(control: &Control, collection: &Collection, as_of: i128) -> Vec<&'static str> {
    if collection.outcome != RunOutcome::Ok {
        return vec![collection.outcome.as_str()];
    }
    let (fact, mut doubts) = (control.fact.as_str(), Vec::new());
    let rows = collection.tables.get(fact).map_or(0, |table| table.len() as u64);
    let Some(claim) = collection.populations.get(fact) else {
        doubts.extend((rows == 0).then_some("population-empty"));
        doubts.push("population-unknown");
        return doubts;
    };
    let cited: BTreeSet<u32> = collection
        .tables
        .values()
        .flat_map(|table| (0..table.len()).flat_map(|row| table.receipts(row).to_vec()))
        .collect();
    let lost = |code: &str, seq| code != "not-found" && !cited.contains(&seq);
    let (max_age, window) = demands(&control.id);
    let shown = collection.exchanges.iter().any(|e| Some(e.seq) == claim.total_source && e.failure.is_none());
    let covers = |from: i128| {
        claim.covers_from.is_some_and(|at| i128::from(at.ms()) <= from)
            && claim.covers_to.is_some_and(|at| i128::from(at.ms()) >= as_of)
    };
    if claim.count != rows
        || claim.source_total != Some(rows + claim.excluded)
        || !shown
        || (claim.excluded > 0 && claim.exclusion_rule.is_none())
        || collection.exchanges.iter().any(|e| e.failure.as_ref().is_some_and(|code| lost(code, e.seq)))
        || window.is_some_and(|window| !covers(as_of - window))
    {
        doubts.push("population-incomplete");
    }
    let fetched = i128::from(collection.fetched_at.ms());
    let observed = claim.observed_at.map_or(fetched, |at| i128::from(at.ms()));
    if max_age.is_some_and(|limit| as_of - observed > limit || observed - fetched > 5 * MINUTE) {
        doubts.push("population-stale");
    }
    // Where nobody is there, that is a doubt unless a sound source says when nothing happened.
    if rows == 0 {
        let says_when = claim.covers_from.is_some() && claim.covers_to.is_some();
        let quiet = doubts.is_empty() && says_when && is_about_events(&control.id);
        doubts.push(if quiet { "no-occurrence" } else { "population-empty" });
    }
    doubts
}

/// Whether the control is about each of some events.
pub fn is_about_events(control: &str) -> bool {
    [
        "CC6.2-access-review-actions",
        "CC6.2-access-termination",
        "CC6.2-joiner-approved",
        "CC6.3-grants-by-others",
        "CC6.3-mover-roles",
        "CC7.3-alerts-answered",
        "CC8.1-change-approved",
        "CC8.1-change-documented",
        "CC8.1-change-verified",
        "CC8.1-change-window",
        "P5.1-subject-requests",
        "P8.1-complaints",
    ]
    .contains(&control)
}

/// Judges `control` on what was collected. Of its row, only the id, where its subjects come from and the parameters that are true
/// or false are looked at.
pub fn judge(control: &Control, collections: &[&Collection], as_of: Instant) -> Judgement {
    let now = i128::from(as_of.ms());
    let mut reasons: BTreeSet<String> = BTreeSet::new();
    if collections.is_empty() {
        reasons.insert("not-collected".to_owned());
    }
    let (mut inside, mut conforming, mut excluded, mut subjects) = (0, 0, 0, 0);
    let mut exceptions = BTreeMap::new();
    let mut instances = Vec::new();
    for collection in collections {
        reasons.extend(doubts(control, collection, now).into_iter().map(str::to_owned));
        let Some(table) = collection
            .tables
            .get(&control.fact)
            .filter(|table| collection.outcome == RunOutcome::Ok && !table.is_empty())
        else {
            continue;
        };
        instances.push(collection.id.instance.clone());
        for row in 0..table.len() {
            let observation = table.observation(row).unwrap();
            let subject = Subject(&observation.attributes);
            subjects += 1;
            if !in_scope(control, &subject, now) {
                excluded += 1;
                continue;
            }
            inside += 1;
            let policies = against(control, &subject, now);
            if policies.is_empty() {
                conforming += 1;
            } else {
                let name = format!("{}/{}", collection.id.instance, observation.id);
                exceptions.insert(name, policies.into_iter().map(str::to_owned).collect());
            }
        }
    }
    if subjects > 0 && inside == 0 {
        reasons.insert("nothing-in-scope".to_owned());
    }
    let counts = [inside, conforming, inside - conforming, excluded];
    let failed = if control.id == "CC6.1-mfa-adoption" {
        let failed = inside > 0 && conforming * 100 < inside * 95;
        if failed {
            let policy = BTreeSet::from(["mfa-adoption-below-threshold".to_owned()]);
            exceptions.insert(format!("{}/{}", instances.join("+"), control.id), policy);
        }
        failed
    } else {
        inside > conforming
    };
    // That nothing happened is no doubt beside a doubt, and nothing to say beside something that happened.
    let quiet = reasons.remove("no-occurrence") && reasons.is_empty() && subjects == 0;
    let outcome = match (failed, reasons.is_empty()) {
        (true, _) => Outcome::Fail,
        (false, true) if quiet => Outcome::NoOccurrence,
        (false, true) => Outcome::Pass,
        (false, false) => Outcome::Inconclusive,
    };
    reasons.extend(quiet.then(|| "no-occurrence".to_owned()));
    Judgement { outcome, counts, exceptions, reasons }
}
