//! The files that people brought, each put together from its records.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_ledger::acts::Authentication;
use tickmark_ledger::{Body, Kind, LogReader, ManualEvidenceAct, NamedBlob, Period, Prev, Record, leaf_hash};
use tickmark_model::{Instant, same_person};
use tickmark_operations::{Brought, Place};

use crate::acts::{Lost, STATEMENT, Said, blob, each_act};
use crate::evidence::record_index;

/// The name of the blob with the file itself.
pub(super) const FILE: &str = "file";

/// One file that somebody brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The record that brought it, such as `manual-evidence/12`.
    pub id: String,
    /// That record.
    pub record: Prev,
    /// When the ledger took it.
    pub recorded_at: Instant,
    /// The control that it is evidence of.
    pub control: String,
    /// The day that it is dated.
    pub effective: NaiveDate,
    /// The days that it covers, where it covers a span.
    pub covers: Option<Period>,
    /// The last day that it counts.
    pub expires: Option<NaiveDate>,
    /// The record that brought the file which it replaces.
    pub replaces: Option<Prev>,
    /// The file.
    pub file: Option<NamedBlob>,
    /// Who brought it; or why nobody can say any more.
    pub brought: Result<Bringing, Lost>,
    /// Whether it was them.
    pub authentication: Authentication,
    /// Who approved it.
    pub approved: Option<Said>,
    /// Who withdrew it.
    pub withdrawn: Option<Said>,
    /// The approval of what replaces it.
    pub replaced: Option<Said>,
}

/// Who brought a file: the blob `statement` of the record that brings it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bringing {
    /// Who, as they say.
    pub by: String,
    /// What the file was called.
    pub file_name: String,
}

/// Who approved or withdrew it: the blob `statement` of that record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    pub(super) by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// Whether a file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceState {
    /// Nobody has approved it.
    Waiting,
    /// Another person approved it.
    Approved,
    /// Its last day is over.
    Expired,
    /// Another file that was approved stands in its place.
    Replaced,
    /// Somebody withdrew it.
    Withdrawn,
}

impl EvidenceState {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Piece {
    /// Whether it counts on `today`. Only what was approved does.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> EvidenceState {
        match self {
            Self { withdrawn: Some(_), .. } => EvidenceState::Withdrawn,
            Self { replaced: Some(_), .. } => EvidenceState::Replaced,
            Self { expires: Some(expires), .. } if *expires < today => EvidenceState::Expired,
            Self { approved: Some(_), .. } => EvidenceState::Approved,
            Self { approved: None, .. } => EvidenceState::Waiting,
        }
    }

    /// What the programme over time needs of it.
    #[must_use]
    pub fn brought(&self) -> Brought {
        let place = |said: &Said| Place { index: said.record, recorded_at: said.at };
        let ends = [&self.withdrawn, &self.replaced];
        Brought {
            place: Place { index: self.record.index, recorded_at: self.recorded_at },
            approved: self.approved.as_ref().map(place),
            control: self.control.clone(),
            covers: self.covers.map(|it| (it.from, it.to)),
            effective: self.effective,
            expires: self.expires,
            ended: ends.into_iter().flatten().map(place).min(),
        }
    }

    /// Takes a later record about it. What comes after it was withdrawn changes nothing.
    fn take(&mut self, act: ManualEvidenceAct, said: Said) {
        if self.withdrawn.is_some() {
            return;
        }
        // An approval by whoever brought it is none, whatever wrote it, by the same name or with the same key; nor is one of which
        // nobody can say any more that it was another person's.
        let other = match (&self.brought, &said.by) {
            (Ok(brought), Some(by)) => {
                !same_person(&brought.by, by) && !self.authentication.same_key(&said.authentication)
            }
            _ => false,
        };
        match act {
            ManualEvidenceAct::Approve if other && self.approved.is_none() => self.approved = Some(said),
            ManualEvidenceAct::Withdraw => self.withdrawn = Some(said),
            ManualEvidenceAct::Add | ManualEvidenceAct::Approve => {}
        }
    }
}

/// No file was brought by the record that was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no evidence `{0}` that somebody brought; `tickmark evidence list` shows it")]
pub struct EvidenceNotFound(String);

/// The file that the record of this id or index brought.
///
/// # Errors
/// [`EvidenceNotFound`]; as [`pieces`].
pub fn find(log: &LogReader, id: &str) -> anyhow::Result<Piece> {
    let index = record_index(id)?;
    let found = pieces(log, None)?.into_iter().find(|piece| piece.record.index == index);
    Ok(found.ok_or_else(|| EvidenceNotFound(id.to_owned()))?)
}

/// All files in the order in which they were brought, as it was at `until` where that is given.
///
/// # Errors
/// Where the log cannot be read. A blob that is not there is [`Lost`], and no error.
pub fn pieces(log: &LogReader, until: Option<Instant>) -> anyhow::Result<Vec<Piece>> {
    let mut pieces: BTreeMap<u64, Piece> = BTreeMap::new();
    each_act(log, Kind::ManualEvidence, until, |index, bytes, record, who| {
        let Record { head, body: Body::ManualEvidence(it) } = record else { return Ok(()) };
        let recorded_at = head.times.recorded_at;
        let Some(of) = it.of else {
            let brought: Result<Bringing, Lost> = blob(log, index, &head, STATEMENT)?;
            let said = who.said(recorded_at, index, brought.as_ref().map(|it| it.by.clone()).map_err(Clone::clone));
            let piece = Piece {
                record: Prev { index, leaf: leaf_hash(bytes) },
                recorded_at,
                control: it.control.id,
                effective: it.effective,
                covers: it.covers,
                expires: it.expires,
                replaces: it.replaces,
                file: head.blob(FILE).cloned(),
                brought,
                authentication: said.authentication,
                approved: None,
                withdrawn: None,
                replaced: None,
                id: head.id,
            };
            pieces.insert(index, piece);
            return Ok(());
        };
        // A step that names no file, or another record than it says, is of none.
        let Some(piece) = pieces.get_mut(&of.index).filter(|piece| piece.record == of) else { return Ok(()) };
        let by = blob::<By>(log, index, &head, STATEMENT)?.map(|it| it.by);
        piece.take(it.act, who.said(recorded_at, index, by));
        let replaces = piece.replaces.filter(|_| piece.approved.as_ref().is_some_and(|said| said.record == index));
        let (control, said) = (piece.control.clone(), piece.approved.clone());
        let before = replaces.and_then(|before| pieces.get_mut(&before.index).filter(|it| it.record == before));
        if let Some(before) = before.filter(|it| it.control == control && it.replaced.is_none()) {
            before.replaced = said;
        }
        Ok(())
    })?;
    Ok(pieces.into_values().collect())
}
