//! From changes to the fact `change`: one row for each, emitted as they come.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary, Value};

use crate::change::Change;
use crate::source::Trouble;

const COLUMNS: [&str; 43] = [
    "name",
    "kind",
    "repository",
    "sha",
    "deployment",
    "author",
    "author_known",
    "merged_by",
    "created_at",
    "merged_at",
    "deployed_at",
    "request",
    "issue",
    "direct_push",
    "approvers",
    "technical_approved",
    "security_approved",
    "security_required",
    "issue_approved",
    "approved_at",
    "approved_before_deploy",
    "approval_void",
    "self_approved",
    "changes_requested",
    "risk",
    "risk_label",
    "owner_team",
    "author_team",
    "same_team",
    "standard_change",
    "emergency",
    "emergency_reason",
    "emergency_approved_at",
    "emergency_due",
    "has_description",
    "has_risk_assessment",
    "has_rollback_plan",
    "testing_completed",
    "in_business_hours",
    "in_blackout",
    "in_change_window",
    "verification_done",
    "verification_at",
];

/// Where all changes go.
pub(crate) struct Changes<'h> {
    facts: Facts<'h>,
    /// Hashes of the ids so far: two changes of one id are never both kept, and a large export needs little memory.
    seen: BTreeSet<u128>,
    total: u64,
    excluded: u64,
    unread: u64,
    standard: u64,
    emergencies: u64,
    complete: bool,
    receipt: Option<Receipt>,
    covers: Option<(Datetime, Datetime)>,
    observed: Option<Datetime>,
    notes: Vec<String>,
}

/// What was left out, in words.
const EXCLUSION_RULE: &str =
    "took effect outside of the window, came after the judged instant, or is a deployment that has not begun";

/// Notes on unreadable changes that are kept; the others are only counted.
const KEPT: u64 = 20;
/// Most answers that one change may rest on: the contract's bound.
const MAX_RECEIPTS: usize = 1_000;
/// Other notes that are kept.
const MAX_NOTES: usize = 200;

impl<'h> Changes<'h> {
    pub fn new(host: &'h dyn Host) -> Self {
        Self {
            facts: host.fact("change", &COLUMNS),
            seen: BTreeSet::new(),
            total: 0,
            excluded: 0,
            unread: 0,
            standard: 0,
            emergencies: 0,
            complete: true,
            receipt: None,
            covers: None,
            observed: None,
            notes: Vec::new(),
        }
    }

    /// Takes the next change. One that cannot be read counts in the total and nowhere else.
    ///
    /// # Errors
    /// `invalid`, where its id was there before; a failure that ends the run; otherwise as the host's `emit`.
    pub fn take(&mut self, place: &str, change: Result<Change, Trouble>) -> Result<(), Failure> {
        self.total += 1;
        let change = change.and_then(|change| match change.receipts.len() {
            0..=MAX_RECEIPTS => Ok(change),
            more => Err(Trouble::Unread(format!("it rests on {more} answers, limit is {MAX_RECEIPTS}"))),
        });
        match change {
            Ok(change) => self.emit(change),
            Err(trouble) => {
                let why = trouble.why()?;
                self.unread += 1;
                if self.unread <= KEPT {
                    self.notes.push(format!("{place} cannot be read: {why}"));
                }
                Ok(())
            }
        }
    }

    /// Counts changes that are no subjects here.
    pub fn exclude(&mut self, changes: u64) {
        self.total += changes;
        self.excluded += changes;
    }

    /// Says that changes may be missing, and why.
    pub fn incomplete(&mut self, why: String) {
        self.complete = false;
        self.note(why);
    }

    pub fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        }
    }

    /// Names a response that shows the total.
    pub fn shown_by(&mut self, receipt: Receipt) {
        self.receipt = Some(receipt);
    }

    /// Says how far one of the sources reaches. Together they reach as far as all do.
    pub fn covers(&mut self, from: Datetime, to: Datetime) {
        self.covers = Some(self.covers.map_or((from, to), |(first, last)| (first.max(from), last.min(to))));
    }

    /// Says of when one of the sources is. Together they are as old as the oldest.
    pub fn observed(&mut self, at: Datetime) {
        self.observed = Some(self.observed.map_or(at, |before| before.min(at)));
    }

    fn emit(&mut self, change: Change) -> Result<(), Failure> {
        if !self.seen.insert(digest(&change.id)) {
            let receipt = change.receipts.first().copied();
            let twice = Failure::invalid(format!("change `{}` is there twice", change.id.escape_debug()));
            return Err(receipt.map_or(twice.clone(), |receipt| twice.shown_by(receipt)));
        }
        self.standard += u64::from(change.standard);
        self.emergencies += u64::from(change.emergency.is_some());
        let texts = |items: BTreeSet<String>| Value::from(items.into_iter().collect::<Vec<String>>());
        let sources: Vec<Receipt> = change.receipts.into_iter().collect();
        let emergency = change.emergency;
        let has_emergency = emergency.is_some();
        let (reason, approved_at, due) = emergency.map_or((None, None, None), |it| (it.reason, it.approved_at, it.due));
        self.facts
            .row(change.id, &sources)
            .set("name", change.name)
            .set("kind", change.kind)
            .set("repository", change.repository)
            .set("sha", change.sha)
            .set("deployment", change.deployment)
            .set("author", change.author)
            .set("author_known", change.author_known)
            .set("merged_by", change.merged_by)
            .set("created_at", change.created_at)
            .set("merged_at", change.merged_at)
            .set("deployed_at", change.deployed_at)
            .set("request", change.request.and_then(|number| i64::try_from(number).ok()))
            .set("issue", change.issue)
            .set("direct_push", change.direct_push)
            .set("approvers", texts(change.approvals.approvers))
            .set("technical_approved", change.approvals.technical)
            .set("security_approved", change.approvals.security)
            .set("security_required", change.approvals.security_required)
            .set("issue_approved", change.approvals.issue)
            .set("approved_at", change.approvals.at)
            .set("approved_before_deploy", change.approvals.before_deploy)
            .set("approval_void", change.approvals.void)
            .set("self_approved", change.approvals.by_author)
            .set("changes_requested", change.approvals.objected)
            .set("risk", change.risk)
            .set("risk_label", change.risk_label)
            .set("owner_team", change.owner_team)
            .set("author_team", change.author_team)
            .set("same_team", change.same_team)
            .set("standard_change", change.standard)
            .set("emergency", has_emergency)
            .set("emergency_reason", reason)
            .set("emergency_approved_at", approved_at)
            .set("emergency_due", due)
            .set("has_description", change.has_description)
            .set("has_risk_assessment", change.has_risk_assessment)
            .set("has_rollback_plan", change.has_rollback_plan)
            .set("testing_completed", change.testing_completed)
            .set("in_business_hours", change.when.in_business_hours)
            .set("in_blackout", change.when.in_blackout)
            .set("in_change_window", change.when.in_change_window)
            .set("verification_done", change.verified_at.is_some())
            .set("verification_at", change.verified_at)
            .push()
    }

    /// Claims the population.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub fn finish(self, remarks: Vec<String>) -> Result<Summary, Failure> {
        let mut population = match self.receipt.filter(|_| self.complete) {
            Some(receipt) => Population::of(self.total, receipt),
            None => Population::unknown(),
        };
        if self.excluded > 0 {
            population = population.excluding(self.excluded, EXCLUSION_RULE);
        }
        if let Some((from, to)) = self.covers.filter(|(from, to)| self.complete && from <= to) {
            population = population.covering(from, to);
        }
        population.observed_at = self.observed;
        let changes = self.facts.emitted();
        let mut summary = Summary::new().population(self.facts.finish(population)?);
        if changes > 0 {
            let (standard, emergencies) = (self.standard, self.emergencies);
            summary = summary.note(format!("{changes} changes: {standard} standard, {emergencies} emergencies"));
        }
        for note in self.notes.into_iter().chain(remarks.into_iter().take(MAX_NOTES)) {
            summary = summary.note(note);
        }
        if self.unread > KEPT {
            summary = summary.note(format!("{} more changes cannot be read", self.unread - KEPT));
        }
        Ok(summary)
    }
}

/// A digest of an id in memory.
fn digest(id: &str) -> u128 {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, id).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
