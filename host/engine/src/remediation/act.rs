//! What people do about an exception: plan how it is put right, and say what the cause was and what they did about it.

use std::path::PathBuf;

use tickmark_ledger::{
    Appended, ControlRef, NamedBlob, NewRecord, Prev, Remediation, RemediationState, canonical_json, leaf_hash,
};
use tickmark_model::same_person;
use tickmark_operations::Episode;

use super::find::{ActStatement, By, NotWaiting, Waiting, remediations};
use crate::acts::{self, Acting, STATEMENT, Signers, append, log_of_records, name, named, one_key, opaque, refuse};
use crate::evidence::record_index;
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// The name of the blob with the file that shows what was done.
pub(super) const EVIDENCE: &str = "evidence";

/// Longest text, in bytes.
const TEXT_BYTES: usize = 16_384;

/// How an exception is to be put right.
#[derive(Clone, Debug)]
pub struct PlanRemediation {
    /// The episode's id.
    pub episode: String,
    /// Who is to put it right.
    pub owner: String,
    /// Why it failed.
    pub cause: String,
    /// How it is put right.
    pub plan: String,
    /// Who says so, as they say.
    pub by: String,
}

/// What was done about the cause of an exception.
#[derive(Clone, Debug)]
pub struct CorrectException {
    /// The episode's id.
    pub episode: String,
    /// Why it failed.
    pub cause: String,
    /// What was done about it.
    pub corrective_action: String,
    /// The file that shows it.
    pub evidence: PathBuf,
    /// Who says so, as they say.
    pub by: String,
    /// Who approves it, as they say; nothing where that comes later.
    pub approved_by: Option<String>,
}

/// That somebody approves what another person did about an exception.
#[derive(Clone, Debug)]
pub struct ApproveCorrection {
    /// The record that says what was done.
    pub record: String,
    /// Who, as they say.
    pub by: String,
}

impl PlanRemediation {
    /// Seals the plan. Gives the record, and the episode as it was.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused); where there is no such episode, or the ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
        let by = by.into();
        let mut problems = Vec::new();
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        problems.extend(name("who says so", &self.by).err());
        problems.extend(unsigned);
        problems.extend(name("the owner", &self.owner).err());
        problems.extend(text("cause", &self.cause));
        problems.extend(text("plan", &self.plan));
        let closed = |episode: &Episode| episode.closed.map(|closed| format!("it was put right at {}", closed.at));
        let statement = |episode: &Episode| ActStatement {
            approved_by: None,
            by: self.by.trim().to_owned(),
            cause: self.cause.trim().to_owned(),
            corrective_action: None,
            owner: Some(self.owner.trim().to_owned()),
            plan: Some(self.plan.trim().to_owned()),
            subject: episode.key.subject.clone(),
        };
        let step = Step {
            episode: &self.episode,
            what: "the plan",
            state: RemediationState::Planned,
            problems,
            wrong: &closed,
            statement: &statement,
            evidence: None,
            signers,
        };
        step.seal(site, by, watch)
    }
}

impl CorrectException {
    /// Seals what was done. Gives the record, and the episode as it was.
    ///
    /// An exception of a state stays open until an observation shows that it is put right; any other until the next
    /// operation conforms.
    ///
    /// # Errors
    /// As [`PlanRemediation::seal`]; where the file cannot be read.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
        let by = by.into();
        let bytes = acts::file(&self.evidence)?;
        let mut problems = Vec::new();
        problems.extend(name("who says so", &self.by).err());
        if let Some(approver) = &self.approved_by {
            problems.extend(name("the approver", approver).err());
            problems.extend(same_person(&self.by, approver).then(|| approves_own(&self.by)));
        }
        let names: Vec<&str> = std::iter::once(self.by.as_str()).chain(self.approved_by.as_deref()).collect();
        let (signers, unsigned) = by.signers(site, &names);
        problems.extend(unsigned);
        problems.extend(text("cause", &self.cause));
        problems.extend(text("corrective action", &self.corrective_action));
        let closed = |episode: &Episode| {
            let closed = episode.closed.filter(|_| episode.historical);
            closed.map(|closed| format!("it was closed at {} already", closed.at))
        };
        let statement = |episode: &Episode| ActStatement {
            approved_by: self.approved_by.as_deref().map(|name| name.trim().to_owned()),
            by: self.by.trim().to_owned(),
            cause: self.cause.trim().to_owned(),
            corrective_action: Some(self.corrective_action.trim().to_owned()),
            owner: None,
            plan: None,
            subject: episode.key.subject.clone(),
        };
        let step = Step {
            episode: &self.episode,
            what: "the closing",
            state: RemediationState::Closed,
            problems,
            wrong: &closed,
            statement: &statement,
            evidence: Some(&bytes),
            signers,
        };
        step.seal(site, by, watch)
    }
}

impl ApproveCorrection {
    /// Seals that it is approved: from then on it counts. Gives the record, and what was done.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused), above all where the same person did it; where nothing waits for an approval there, or the
    /// ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Waiting)> {
        let by = by.into();
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let mut known = remediations(&log_of_records(&site.ledger)?, &site.engagement.time_zone, None)?;
        let index = record_index(&self.record)?;
        let done = known.waiting.remove(&index).ok_or_else(|| NotWaiting(self.record.clone()))?;
        let (name_of, said) = (self.by.trim(), &done.act.statement.by);
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        let mut problems = Vec::new();
        problems.extend(name("the approver", &self.by).err());
        if same_person(said, name_of) {
            problems.push(approves_own(name_of));
        } else if site.same_key(said, name_of) || site.has_key(name_of, &done.act.by) {
            problems.push(one_key(said, name_of));
        }
        problems.extend(unsigned);
        refuse("the approval", problems)?;
        let statement = By { by: name_of.to_owned() };
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&statement)?)?],
            ..NewRecord::new(Remediation {
                of: Some(done.record),
                state: RemediationState::Approved,
                ..done.body.clone()
            })
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, done))
    }
}

/// That nobody approves what they did themselves.
fn approves_own(name: &str) -> String {
    format!("`{}` says so and approves it, expected another person to approve it", name.trim())
}

/// What both have in common.
struct Step<'a> {
    episode: &'a str,
    what: &'static str,
    state: RemediationState,
    problems: Vec<String>,
    wrong: &'a dyn Fn(&Episode) -> Option<String>,
    statement: &'a dyn Fn(&Episode) -> ActStatement,
    evidence: Option<&'a [u8]>,
    signers: Signers,
}

impl Step<'_> {
    fn seal(mut self, site: &Site, by: Acting, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let log = log_of_records(&site.ledger)?;
        let known = remediations(&log, &site.engagement.time_zone, None)?;
        let episode = known.find(self.episode)?.clone();
        self.problems.extend((self.wrong)(&episode));
        refuse(self.what, self.problems)?;
        let statement = (self.statement)(&episode);
        let mut blobs: Vec<NamedBlob> = vec![named(&ledger, STATEMENT, &canonical_json(&statement)?)?];
        if let Some(bytes) = self.evidence {
            blobs.push(opaque(&ledger, EVIDENCE, bytes)?);
        }
        let opened = episode.opened.index;
        let new = NewRecord {
            blobs,
            ..NewRecord::new(Remediation {
                control: ControlRef { id: episode.key.control.clone(), version: None },
                due: episode.due,
                of: None,
                remediates: vec![Prev { index: opened, leaf: leaf_hash(&log.entry(opened)?) }],
                severity: episode.severity,
                state: self.state,
                system: episode.key.system.clone(),
            })
        };
        Ok((append(&mut ledger, site, by, &self.signers, new)?, episode))
    }
}

/// What is wrong with a text, if anything is.
fn text(what: &str, text: &str) -> Option<String> {
    match text.len() {
        _ if text.trim().is_empty() => Some(format!("the {what} is empty")),
        bytes if bytes > TEXT_BYTES => Some(format!("the {what} has {bytes} bytes, at most {TEXT_BYTES} can be kept")),
        _ => None,
    }
}
