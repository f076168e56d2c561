//! What people do about an exception: plan how it is put right, and say what the cause was and what they did about it.

use std::path::PathBuf;

use tickmark_ledger::{
    Appended, ControlRef, InvokedBy, NamedBlob, NewRecord, Prev, Remediation, RemediationState, canonical_json,
    leaf_hash,
};
use tickmark_operations::{Episode, same_person};

use super::find::{ActStatement, remediations};
use crate::acts::{self, STATEMENT, append, log_of_records, name, named, opaque, refuse};
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
    /// Who approves it, as they say.
    pub approved_by: String,
}

impl PlanRemediation {
    /// Seals the plan. Gives the record, and the episode as it was.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused); where there is no such episode, or the ledger cannot be written.
    pub fn seal(&self, site: &Site, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
        let mut problems = Vec::new();
        problems.extend(name("who says so", &self.by).err());
        problems.extend(name("the owner", &self.owner).err());
        problems.extend(text("cause", &self.cause));
        problems.extend(text("plan", &self.plan));
        let closed = |episode: &Episode| episode.closed.map(|closed| format!("it was put right at {}", closed.at));
        let statement = |episode: &Episode| ActStatement {
            approved_by: None,
            authenticated: false,
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
        };
        step.seal(site, invoked_by, watch)
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
    pub fn seal(&self, site: &Site, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
        let bytes = acts::file(&self.evidence)?;
        let mut problems = Vec::new();
        problems.extend(name("who says so", &self.by).err());
        problems.extend(name("the approver", &self.approved_by).err());
        if same_person(&self.by, &self.approved_by) {
            let name = self.by.trim();
            problems.push(format!("`{name}` says so and approves it, expected another person to approve it"));
        }
        problems.extend(text("cause", &self.cause));
        problems.extend(text("corrective action", &self.corrective_action));
        let closed = |episode: &Episode| {
            let closed = episode.closed.filter(|_| episode.historical);
            closed.map(|closed| format!("it was closed at {} already", closed.at))
        };
        let statement = |episode: &Episode| ActStatement {
            approved_by: Some(self.approved_by.trim().to_owned()),
            authenticated: false,
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
        };
        step.seal(site, invoked_by, watch)
    }
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
}

impl Step<'_> {
    fn seal(mut self, site: &Site, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<(Appended, Episode)> {
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
                remediates: vec![Prev { index: opened, leaf: leaf_hash(&log.entry(opened)?) }],
                severity: episode.severity,
                state: self.state,
                system: episode.key.system.clone(),
            })
        };
        Ok((append(&mut ledger, &site.company, invoked_by, new)?, episode))
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
