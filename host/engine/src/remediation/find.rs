//! The exceptions that a log has, each followed through its records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tickmark_ledger::acts::Authentication;
use tickmark_ledger::{
    Body, Kind, LogReader, Prev, Record, Remediation, RemediationState, ResultPart, canonical_json, leaf_hash, sha256,
};
use tickmark_model::{Digest, Exception, Instant, Operation, Outcome, Subject, Undecided, same_person};
use tickmark_operations::{Act, Acted, Episode, EpisodeKey, Failing, Place, Remediations, Seen};
use tickmark_policy::schema::POPULATION;

use super::observed::{Blobs, Observed, Part, observed};
use super::sighted::{SCANNED, Sighted};
use crate::acts::{Keys, STATEMENT, Said, blob, each_unread};

/// The kind of an episode, where a control judges whether it is overdue. It opens none of its own: putting the first right
/// puts both right.
const EPISODE: &str = "Programme::Remediation";

/// The fact of that kind: an evaluation of nothing else looked at the ledger alone.
const EPISODES: &str = "remediation";

/// Digits of an episode's id.
const ID_DIGITS: usize = 12;

/// Everything that is known of exceptions and what people did about them.
#[derive(Debug)]
pub struct KnownRemediations {
    /// The episodes.
    pub remediations: Remediations,
    /// What people did, by record; of what was approved later, by the record of that.
    pub acts: BTreeMap<u64, KnownAct>,
    /// What people did that nobody approved yet, by record. It counts for nothing.
    pub waiting: BTreeMap<u64, Waiting>,
    /// The evaluations whose exceptions nobody can name any more.
    pub lost: Vec<u64>,
    /// How many evaluations there are of what was collected beside the ledger, by system.
    pub evaluations: BTreeMap<String, Evaluations>,
}

/// How many evaluations of one system there are, without those of what the ledger says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluations {
    /// Those whose exceptions are followed.
    pub followed: u64,
    /// Those whose exceptions nobody can name any more.
    pub lost: u64,
}

/// What somebody did about an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAct {
    /// What they say of it.
    pub statement: ActStatement,
    /// The file that shows it.
    pub evidence: Option<Digest>,
    /// Whether it was them who say so.
    pub by: Authentication,
    /// Who approved it.
    pub approved: Option<Said>,
}

/// What somebody did about an exception and another person is to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The record that says so.
    pub record: Prev,
    /// When.
    pub at: Instant,
    /// What it is about.
    pub key: EpisodeKey,
    /// What they did.
    pub act: KnownAct,
    pub(super) body: Remediation,
}

impl Waiting {
    /// The record that opened the episode.
    #[must_use]
    pub fn opened(&self) -> Option<u64> {
        self.body.remediates.first().map(|opened| opened.index)
    }
}

/// Who approved it: the blob `statement` of that record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    pub(super) by: String,
}

/// Nothing that was done waits for an approval under the record that was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing that `{0}` says waits for an approval; `tickmark remediation show` shows what does")]
pub struct NotWaiting(pub(super) String);

/// Who did what about an exception: the blob `statement` of a record of kind `remediation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActStatement {
    /// Who approved what was done with it, as they say; nothing where that came later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Who says so, as they say.
    pub by: String,
    /// Why it failed.
    pub cause: String,
    /// What was done about the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrective_action: Option<String>,
    /// Who is to put it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The subject.
    pub subject: Subject,
}

/// No episode has the id that was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no episode `{0}`; `tickmark remediation list --all` shows them")]
pub struct EpisodeNotFound(String);

impl KnownRemediations {
    /// The episode of this id.
    ///
    /// # Errors
    /// [`EpisodeNotFound`].
    pub fn find(&self, id: &str) -> anyhow::Result<&Episode> {
        for episode in self.remediations.episodes() {
            if episode_id(episode)? == id {
                return Ok(episode);
            }
        }
        Err(EpisodeNotFound(id.to_owned()).into())
    }
}

/// What an episode is called: twelve digits of a digest over control, system, subject and the record that opened it, which stay
/// the same however long it lasts.
///
/// # Errors
/// None that these types allow; the signature keeps the serialiser's.
pub fn episode_id(episode: &Episode) -> anyhow::Result<String> {
    let EpisodeKey { control, system, subject } = &episode.key;
    let digest = sha256(&canonical_json(&(control, system, subject, episode.opened.index))?).to_string();
    let digits = digest.rsplit(':').next().unwrap_or_default();
    Ok(format!("r-{}", digits.get(..ID_DIGITS).unwrap_or_default()))
}

/// The exceptions of all controls, as they were known at `until` where that is given. Days are those of `zone`.
///
/// # Errors
/// Where the log or a blob that is there cannot be read. A blob that is not there is no error.
pub fn remediations(log: &LogReader, zone: &TimeZone, until: Option<Instant>) -> anyhow::Result<KnownRemediations> {
    let mut known = KnownRemediations {
        remediations: Remediations::new(zone.clone()),
        acts: BTreeMap::new(),
        waiting: BTreeMap::new(),
        lost: Vec::new(),
        evaluations: BTreeMap::new(),
    };
    let mut keys = Keys::of(log);
    let mut followed = Followed::default();
    let blobs = |digest: &Digest| Ok(log.blob(digest)?);
    each_unread(log, &[Kind::Evaluation, Kind::People, Kind::Remediation], until, |index, skim, bytes| {
        let place = Place { index, recorded_at: skim.recorded_at() };
        let unreadable = || format!("record {index} cannot be read");
        if skim.kind == Kind::Evaluation.as_str() {
            let it: Judged = serde_json::from_slice(bytes).with_context(unreadable)?;
            return known.take(&blobs, place, it, &mut followed);
        }
        let record: Record = serde_json::from_slice(bytes).with_context(unreadable)?;
        let Some(who) = keys.who(index, &record)? else { return Ok(()) };
        let Record { head, body: Body::Remediation(it) } = record else { return Ok(()) };
        if it.state == RemediationState::Approved {
            let by = blob::<By>(log, index, &head, STATEMENT)?.map(|it| it.by);
            known.approve(place, it.of, who.said(place.recorded_at, index, by));
            return Ok(());
        }
        // What nobody can read any more is about no exception; nor is what names another record than it says.
        let Ok(statement) = blob::<ActStatement>(log, index, &head, STATEMENT)? else { return Ok(()) };
        let Some(opened) = it.remediates.first().filter(|opened| opened.index < index) else { return Ok(()) };
        if leaf_hash(&log.entry(opened.index)?) != opened.leaf {
            return Ok(());
        }
        let approver = statement.approved_by.clone();
        let key = EpisodeKey {
            control: it.control.id.clone(),
            system: it.system.clone(),
            subject: statement.subject.clone(),
        };
        let act = KnownAct {
            by: who.is(&statement.by),
            approved: None,
            evidence: head.blob(super::act::EVIDENCE).map(|it| it.digest),
            statement,
        };
        let record = Prev { index, leaf: leaf_hash(bytes) };
        known.act(Waiting { record, at: place.recorded_at, key, act, body: it });
        if let Some(approver) = approver {
            known.approve(place, Some(record), who.said(place.recorded_at, index, Ok(approver)));
        }
        Ok(())
    })?;
    Ok(known)
}

/// What is kept from one evaluation to the next.
#[derive(Default)]
struct Followed {
    exceptions: Lists<Exception>,
    undecided: Lists<Undecided>,
    sighted: Sighted,
}

impl KnownRemediations {
    /// Takes the next evaluation.
    fn take(&mut self, blobs: Blobs<'_>, place: Place, it: Judged, followed: &mut Followed) -> anyhow::Result<()> {
        if it.simulated {
            return Ok(());
        }
        // What it observed is there also where nobody can say what it found wrong.
        followed.sighted.take(&it.system.name, it.as_of, &it.collectors);
        let failing = followed.exceptions.read(blobs, &it, it.result.exceptions)?;
        let undecided = followed.undecided.read(blobs, &it, it.result.undecided)?;
        if it.collectors.iter().any(|part| part.fact != EPISODES) {
            let evaluations = self.evaluations.entry(it.system.name.clone()).or_default();
            match failing.is_some() && undecided.is_some() {
                true => evaluations.followed += 1,
                false => evaluations.lost += 1,
            }
        }
        match failing.zip(undecided) {
            Some((failing, undecided)) => {
                self.see(blobs, place, it, (&failing, &undecided), &mut followed.sighted)?;
            }
            None => self.lost.push(place.index),
        }
        Ok(())
    }

    fn see(
        &mut self,
        blobs: Blobs<'_>,
        place: Place,
        it: Judged,
        (failing, undecided): (&[Exception], &[Undecided]),
        sighted: &mut Sighted,
    ) -> anyhow::Result<()> {
        let (control, system) = (it.control.id, it.system.name);
        let mut failing: Vec<Failing> = failing.iter().filter_map(as_failing).collect();
        let mut undecided: BTreeSet<Subject> = undecided.iter().map(|it| it.subject.clone()).collect();
        let wanted = self.remediations.open(&control, &system).filter(|subject| {
            !undecided.contains(*subject) && !failing.iter().any(|failing| failing.subject == **subject)
        });
        let mut wanted: BTreeSet<Subject> = wanted.cloned().collect();
        // A population is no row. It conforms where the finding passes, and is in doubt where that does not fail either.
        let populations: Vec<Subject> = wanted.iter().filter(|it| it.kind == POPULATION).cloned().collect();
        wanted.retain(|it| it.kind != POPULATION);
        let is_new = |it: &&Failing| {
            it.subject.kind.starts_with(SCANNED) && !self.remediations.is_open(&control, &system, &it.subject)
        };
        let new: BTreeSet<Subject> = failing.iter().filter(is_new).map(|it| it.subject.clone()).collect();
        let complete = it.population.complete;
        let rows = match wanted.is_empty() && new.is_empty() {
            true => Some(Observed::new()),
            false => observed(blobs, &it.collectors, &wanted.union(&new).cloned().collect())?,
        };
        for failing in failing.iter_mut().filter(|it| new.contains(&it.subject)) {
            // What was put right since was not seen first before that.
            let closed = self.remediations.closed_at(&control, &system, &failing.subject);
            let said = rows.as_ref().and_then(|rows| rows.get(&failing.subject).copied().flatten());
            let said = said.filter(|said| closed.is_none_or(|closed| *said > closed));
            let others: BTreeSet<Instant> = self.remediations.closures(&system, &failing.subject).collect();
            let sealed = sighted.first(blobs, (&system, &it.collectors), &failing.subject, (closed, &others))?;
            failing.first_seen = said.into_iter().chain(sealed).min();
        }
        // Nobody can say of a subject out of scope that it conforms, nor of an incomplete population that it is gone.
        let rows = rows.filter(|_| it.result.counts.excluded == 0 || complete);
        let mut observed: Option<BTreeSet<Subject>> = rows.map(|rows| rows.into_keys().collect());
        match it.result.outcome {
            Outcome::Pass => observed.iter_mut().for_each(|it| it.extend(populations.iter().cloned())),
            Outcome::Fail | Outcome::Inconclusive | Outcome::NoOccurrence => undecided.extend(populations),
        }
        self.remediations.see(&Seen {
            place,
            at: it.as_of,
            control,
            system,
            historical: it.control.operation != Operation::State,
            passes: it.result.outcome == Outcome::Pass && it.result.counts.conforming > 0,
            complete,
            failing,
            undecided,
            observed,
        });
        Ok(())
    }

    /// Takes what somebody did. What was done about the cause waits for another person to approve it.
    fn act(&mut self, done: Waiting) {
        match done.body.state {
            RemediationState::Planned => {
                let place = Place { index: done.record.index, recorded_at: done.at };
                self.acted(place, Act::Plan, done);
            }
            RemediationState::Closed => drop(self.waiting.insert(done.record.index, done)),
            RemediationState::Approved | RemediationState::Reopened => {}
        }
    }

    /// Takes an approval. One by whoever did it is none, by the same name or with the same key; nor is one of which nobody can say any
    /// more that it was another person's.
    fn approve(&mut self, place: Place, of: Option<Prev>, said: Said) {
        let Some(of) = of else { return };
        let other = |done: &Waiting| {
            let by = said.by.as_deref();
            done.record == of
                && by.is_some_and(|by| !same_person(&done.act.statement.by, by))
                && !done.act.by.same_key(&said.authentication)
        };
        if !self.waiting.get(&of.index).is_some_and(other) {
            return;
        }
        if let Some(mut done) = self.waiting.remove(&of.index) {
            done.act.approved = Some(said);
            self.acted(place, Act::Correct, done);
        }
    }

    fn acted(&mut self, place: Place, act: Act, done: Waiting) {
        let opened = done.opened().unwrap_or(place.index);
        self.remediations.act(&Acted { place, key: done.key, opened, act });
        self.acts.insert(place.index, done.act);
    }
}

/// How bad an exception is: as the worst of the policies that decided it. An overdue episode is none to follow.
fn as_failing(exception: &Exception) -> Option<Failing> {
    if exception.subject.kind == EPISODE {
        return None;
    }
    let severity = exception.policies.iter().map(|policy| policy.severity).max()?;
    Some(Failing { subject: exception.subject.clone(), severity, first_seen: None })
}

/// As much of an evaluation as says what became of its subjects: a year has many, and the rest of each is longer.
#[derive(Deserialize)]
struct Judged {
    as_of: Instant,
    collectors: Vec<Part>,
    control: JudgedControl,
    population: JudgedPopulation,
    result: ResultPart,
    simulated: bool,
    system: JudgedSystem,
}

#[derive(Deserialize)]
struct JudgedControl {
    id: String,
    operation: Operation,
}

#[derive(Deserialize)]
struct JudgedPopulation {
    complete: bool,
}

#[derive(Deserialize)]
struct JudgedSystem {
    name: String,
}

/// The list in the blob that was read last, by control and system: that of one day is mostly that of the next.
struct Lists<T>(BTreeMap<(String, String), (Digest, Known<T>)>);

/// Nothing where it is not there any more.
type Known<T> = Option<Arc<[T]>>;

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: DeserializeOwned> Lists<T> {
    /// The list in the blob called `digest`, an empty one where none is named.
    fn read(&mut self, blobs: Blobs<'_>, of: &Judged, digest: Option<Digest>) -> anyhow::Result<Known<T>> {
        let Some(digest) = digest else { return Ok(Some([].into())) };
        let key = (of.control.id.clone(), of.system.name.clone());
        if let Some((_, known)) = self.0.get(&key).filter(|(known, _)| *known == digest) {
            return Ok(known.clone());
        }
        let list = match blobs(&digest)? {
            Some(bytes) => Some(serde_json::from_slice::<Vec<T>>(&bytes)?.into()),
            None => None,
        };
        self.0.insert(key, (digest, list.clone()));
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
