//! What people did and whether it was them, and whose key was whose, as a report lists it.

use std::collections::BTreeMap;

use tickmark_ledger::acts::{PEOPLE, PersonKey, SAID_IN, names};
use tickmark_ledger::{
    Body, Kind, LogReader, ManualEvidenceAct, Prev, Record, RemediationState, ReviewState, WaiverAct,
};
use tickmark_report::period::{ActLine, KeyChange, PeopleLine};

use super::basis::Basis;
use crate::acts::{Keys, Lost, STATEMENT, blob, bytes};
use crate::programme::People;

/// What is known of acts.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) acts: Vec<ActLine>,
    pub(super) people: Vec<PeopleLine>,
}

/// All acts of the log up to where it was read.
///
/// # Errors
/// Where the log cannot be read.
pub(super) fn tell(log: &LogReader, basis: &Basis) -> anyhow::Result<Told> {
    let mut keys = Keys::of(log);
    let (mut told, mut before) = (Told::default(), BTreeMap::new());
    for (index, record) in &basis.acts {
        let Some(who) = keys.who(*index, record)? else {
            told.people.push(people(log, *index, record, &mut before)?);
            continue;
        };
        let (what, of) = what(&record.body);
        let line = |role, name: Result<String, Lost>| ActLine {
            record: record.head.id.clone(),
            at: record.head.times.recorded_at,
            what,
            of: of.map(|of| record.kind().id(of.index)),
            control: record.body.control().map(str::to_owned),
            role,
            authentication: who.said(record.head.times.recorded_at, *index, name.clone()).authentication,
            name: name.ok(),
        };
        for blob in SAID_IN.iter().filter(|name| record.head.blob(name).is_some()) {
            match bytes(log, *index, &record.head, blob)? {
                Ok(said) => told.acts.extend(names(&said).into_iter().map(|(role, name)| line(role, Ok(name)))),
                Err(lost) => told.acts.push(line("by", Err(lost))),
            }
        }
    }
    Ok(told)
}

/// What an act is, in words, and the record that it is about.
fn what(body: &Body) -> (&'static str, Option<Prev>) {
    match body {
        Body::Waiver(it) => match it.act {
            WaiverAct::Add => ("waiver asked for", it.of),
            WaiverAct::Approve => ("waiver approved", it.of),
            WaiverAct::Expire => ("waiver ended", it.of),
        },
        Body::ManualEvidence(it) => match it.act {
            ManualEvidenceAct::Add => ("evidence brought", it.of),
            ManualEvidenceAct::Approve => ("evidence approved", it.of),
            ManualEvidenceAct::Withdraw => ("evidence withdrawn", it.of),
        },
        Body::Remediation(it) => match it.state {
            RemediationState::Planned => ("remediation planned", it.of),
            RemediationState::Closed => ("cause corrected", it.of),
            RemediationState::Approved => ("correction approved", it.of),
            RemediationState::Reopened => ("reopened", it.of),
        },
        Body::Review(it) => match it.state {
            ReviewState::Opened => ("review opened", it.of),
            ReviewState::Decided => ("review decided", it.of),
            ReviewState::Closed => ("review closed", it.of),
        },
        Body::VendorReport(it) => match it.of {
            None => ("vendor's report filed", None),
            of => ("vendor reviewed", of),
        },
        _ => ("", None),
    }
}

/// What a record says of whose key is whose, and what is other than in the one before it.
fn people(
    log: &LogReader,
    index: u64,
    record: &Record,
    before: &mut BTreeMap<String, String>,
) -> anyhow::Result<PeopleLine> {
    let keys: Result<Vec<PersonKey>, Lost> = blob(log, index, &record.head, PEOPLE)?;
    let (author, approver) = match blob::<People>(log, index, &record.head, STATEMENT)? {
        Ok(people) => (people.author, people.approver),
        Err(_) => (None, None),
    };
    let commit = match &record.body {
        Body::People(it) => it.commit.clone(),
        _ => None,
    };
    // Of what nobody can read any more nothing is known; the next one is compared with what was known before.
    let now = keys.map_or_else(|_| before.clone(), |keys| keys.into_iter().map(|it| (it.name, it.key)).collect());
    let mut names: Vec<&String> = before.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    let change = |name: &String| {
        let (old, new) = (before.get(name).cloned(), now.get(name).cloned());
        (old != new).then(|| KeyChange { name: name.clone(), old, new })
    };
    let changes = names.into_iter().filter_map(change).collect();
    *before = now;
    Ok(PeopleLine {
        record: Kind::People.id(index),
        from: record.head.times.recorded_at,
        dirty: commit.as_ref().map(|commit| commit.dirty),
        commit: commit.map(|commit| commit.id),
        author,
        approver,
        changes,
    })
}
