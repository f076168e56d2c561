//! The waivers that a log has, each put together from its records.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_ledger::acts::Authentication;
use tickmark_ledger::{Body, ControlRef, Kind, LogReader, Prev, Record, SealedRun, WaiverAct, leaf_hash};
use tickmark_model::{Instant, Outcome, same_person};
use tickmark_operations::{WaivedSubject, Waiver, WaiversInForce};

use crate::acts::{Lost, STATEMENT, Said, blob, each_act, log};
use crate::evidence::record_index;
use crate::site::Site;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWaiver {
    /// The record that began it, such as `waiver/12`.
    pub id: String,
    /// That record.
    pub record: Prev,
    /// When the ledger took it.
    pub recorded_at: Instant,
    /// The control's id.
    pub control: String,
    /// The system, where it is about one only.
    pub system: Option<String>,
    /// The first day, inclusive.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub until: NaiveDate,
    /// What it is about, why and by whom; or why nobody can say any more.
    pub terms: Result<Terms, Lost>,
    /// Whether it was them who asked for it.
    pub requested: Authentication,
    /// Who approved it: another person than the one who asked.
    pub approved: Option<Said>,
    /// Who ended it before its day.
    pub ended: Option<Said>,
}

/// What a waiver is about, why and by whom: the blob `statement` of the record that begins it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Who approved it with it, as they say; nothing where that came later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Why.
    pub reason: String,
    /// Who asked for it, as they say.
    pub requested_by: String,
    /// The only subjects that it is about; empty for all.
    pub subjects: Vec<NamedSubject>,
}

/// A subject that a waiver names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedSubject {
    /// Its id within the kind.
    pub id: String,
    /// Its kind, such as `Mfa::User`.
    pub kind: String,
}

/// Who approved or ended it: the blob `statement` of that record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    pub(super) by: String,
}

/// No waiver begins with the record that was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no waiver `{0}`; `tickmark waiver list` shows them")]
pub struct WaiverNotFound(String);

impl KnownWaiver {
    /// The body of an act about it.
    pub(super) fn follow(&self, act: WaiverAct) -> tickmark_ledger::Waiver {
        tickmark_ledger::Waiver {
            act,
            control: ControlRef { id: self.control.clone(), version: None },
            from: self.from,
            of: Some(self.record),
            system: self.system.clone(),
            until: self.until,
        }
    }

    /// What is wrong with an act about it on `today`: it is over.
    pub(super) fn over(&self, today: NaiveDate) -> impl Iterator<Item = String> {
        let ended = self.ended.as_ref().map(|said| format!("`{}` was ended at {} already", self.id, said.at));
        let lapsed = (self.until < today).then(|| format!("`{}` lapsed after {}", self.id, self.until));
        ended.into_iter().chain(lapsed)
    }

    /// Takes an approval. One by whoever asked for it is none, by the same name or with the same key; nor is one of which nobody can
    /// say any more that it was another person's.
    fn approve(&mut self, said: Said) {
        let other = match (&self.terms, &said.by) {
            (Ok(terms), Some(by)) => {
                !same_person(&terms.requested_by, by) && !self.requested.same_key(&said.authentication)
            }
            _ => false,
        };
        if other && self.approved.is_none() && self.ended.is_none() {
            self.approved = Some(said);
        }
    }

    /// How it stands at `at`, an instant of the day `day`.
    #[must_use]
    pub fn state(&self, at: Instant, day: NaiveDate) -> &'static str {
        match self {
            Self { ended: Some(said), .. } if said.at <= at => "ended",
            Self { terms: Err(_), .. } => "erased",
            Self { approved: None, .. } => "waiting",
            Self { until, .. } if *until < day => "lapsed",
            Self { from, .. } if *from > day => "to come",
            Self { .. } => "in force",
        }
    }

    /// Whether who asked for it and who approved it both signed with keys of their own.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.requested.is_signed() && self.approved.as_ref().is_some_and(|said| said.authentication.is_signed())
    }

    /// As the rules of the programme know it, which is from its approval on; nothing where there is none, or nobody can say any more
    /// what it is about.
    pub(crate) fn as_waiver(&self) -> Option<Waiver> {
        let terms = self.terms.as_ref().ok()?;
        let approved = self.approved.as_ref()?;
        let subject = |it: &NamedSubject| WaivedSubject { kind: it.kind.clone(), id: it.id.clone() };
        Some(Waiver {
            id: self.id.clone(),
            record: self.record.index,
            recorded_at: approved.at,
            ended_at: self.ended.as_ref().map(|said| said.at),
            control: self.control.clone(),
            system: self.system.clone(),
            subjects: terms.subjects.iter().map(subject).collect(),
            from: self.from,
            until: self.until,
            requested_by: terms.requested_by.clone(),
            approved_by: approved.by.clone()?,
            reason: terms.reason.clone(),
            signed: self.is_signed(),
        })
    }
}

/// The waiver that begins with the record of this id or index.
///
/// # Errors
/// [`WaiverNotFound`]; as [`waivers`].
pub(super) fn find(log: &LogReader, id: &str) -> anyhow::Result<KnownWaiver> {
    let index = record_index(id)?;
    let found = waivers(log, None)?.into_iter().find(|waiver| waiver.record.index == index);
    Ok(found.ok_or_else(|| WaiverNotFound(id.to_owned()))?)
}

/// All waivers in the order in which they were recorded, as they were at `until` where that is given.
///
/// # Errors
/// Where the log cannot be read. A blob that is not there is [`Lost`], and no error.
pub fn waivers(log: &LogReader, until: Option<Instant>) -> anyhow::Result<Vec<KnownWaiver>> {
    let mut waivers: BTreeMap<u64, KnownWaiver> = BTreeMap::new();
    each_act(log, Kind::Waiver, until, |index, bytes, record, who| {
        let Record { head, body: Body::Waiver(it) } = record else { return Ok(()) };
        let recorded_at = head.times.recorded_at;
        match (it.act, it.of) {
            (WaiverAct::Add, _) => {
                let terms: Result<Terms, Lost> = blob(log, index, &head, STATEMENT)?;
                let asked = terms.as_ref().map(|it| it.requested_by.clone()).map_err(Clone::clone);
                let approver = terms.as_ref().ok().and_then(|it| it.approved_by.clone());
                let mut waiver = KnownWaiver {
                    record: Prev { index, leaf: leaf_hash(bytes) },
                    recorded_at,
                    control: it.control.id,
                    system: it.system,
                    from: it.from,
                    until: it.until,
                    terms,
                    requested: who.said(recorded_at, index, asked).authentication,
                    approved: None,
                    ended: None,
                    id: head.id,
                };
                if let Some(approver) = approver {
                    waiver.approve(who.said(recorded_at, index, Ok(approver)));
                }
                waivers.insert(index, waiver);
            }
            (WaiverAct::Approve, Some(of)) => {
                let by = blob::<By>(log, index, &head, STATEMENT)?.map(|it| it.by);
                if let Some(waiver) = waivers.get_mut(&of.index).filter(|it| it.record == of) {
                    waiver.approve(who.said(recorded_at, index, by));
                }
            }
            (WaiverAct::Expire, Some(of)) => {
                let by = blob::<By>(log, index, &head, STATEMENT)?.map(|it| it.by);
                let of = waivers.get_mut(&of.index).filter(|it| it.record == of && it.ended.is_none());
                if let Some(waiver) = of {
                    waiver.ended = Some(who.said(recorded_at, index, by));
                }
            }
            (WaiverAct::Approve | WaiverAct::Expire, None) => {}
        }
        Ok(())
    })?;
    Ok(waivers.into_values().collect())
}

/// The waivers that are in force at the instant that a run judged at; none are looked for where nothing fails.
///
/// # Errors
/// As [`waivers`].
pub fn in_force(site: &Site, run: &SealedRun) -> anyhow::Result<WaiversInForce> {
    if !run.findings().iter().any(|it| it.finding().outcome == Outcome::Fail) {
        return Ok(WaiversInForce::default());
    }
    in_force_at(site, run.as_of())
}

/// The waivers that are in force at `as_of`, as they were known then.
///
/// # Errors
/// As [`waivers`].
pub fn in_force_at(site: &Site, as_of: Instant) -> anyhow::Result<WaiversInForce> {
    let known = log(&site.ledger)?.map(|log| waivers(&log, Some(as_of))).transpose()?.unwrap_or_default();
    Ok(WaiversInForce::new(known.iter().filter_map(KnownWaiver::as_waiver), as_of, site.day(as_of)?))
}
