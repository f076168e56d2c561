//! Approving a file that another person brought, and withdrawing one.

use tickmark_ledger::{Appended, ControlRef, ManualEvidence, ManualEvidenceAct, NewRecord, canonical_json};
use tickmark_model::same_person;

use super::find::{By, EvidenceState, Piece, find};
use crate::acts::{Acting, STATEMENT, append, log_of_records, name, named, one_key, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// Who approves what.
#[derive(Clone, Debug)]
pub struct ApproveEvidence {
    /// The record that brought the file.
    pub record: String,
    /// Who, as they say.
    pub by: String,
}

/// Who withdraws what.
#[derive(Clone, Debug)]
pub struct WithdrawEvidence {
    /// The record that brought the file.
    pub record: String,
    /// Who, as they say.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl ApproveEvidence {
    /// Seals that it is approved. Gives the record, and the evidence as it was.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused), above all where the same person brought it; where there is no such evidence, or the
    /// ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Piece)> {
        let wrong = |piece: &Piece| match &piece.brought {
            Err(lost) => Some(format!("nobody can say any more who brought it: {lost}")),
            Ok(brought) if same_person(&brought.by, &self.by) => {
                Some(format!("`{}` brought it, expected another person to approve it", self.by.trim()))
            }
            Ok(brought) if site.same_key(&brought.by, &self.by) || site.has_key(&self.by, &piece.authentication) => {
                Some(one_key(&brought.by, self.by.trim()))
            }
            Ok(_) => piece.approved.as_ref().map(|said| format!("it was approved at {} already", said.at)),
        };
        let statement = By { by: self.by.trim().to_owned(), reason: None };
        Decision {
            record: &self.record,
            act: ManualEvidenceAct::Approve,
            what: "the approval",
            statement,
            wrong: &wrong,
        }
        .seal(site, by.into(), watch)
    }
}

impl WithdrawEvidence {
    /// Seals that it no longer counts. Gives the record, and the evidence as it was.
    ///
    /// # Errors
    /// As [`ApproveEvidence::seal`], but for who may.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Piece)> {
        let wrong = |_: &Piece| self.reason.trim().is_empty().then(|| "it has no reason".to_owned());
        let reason = Some(self.reason.trim().to_owned());
        let statement = By { by: self.by.trim().to_owned(), reason };
        let (act, what) = (ManualEvidenceAct::Withdraw, "the withdrawal");
        Decision { record: &self.record, act, what, statement, wrong: &wrong }.seal(site, by.into(), watch)
    }
}

/// What both have in common.
struct Decision<'a> {
    record: &'a str,
    act: ManualEvidenceAct,
    what: &'static str,
    statement: By,
    wrong: &'a dyn Fn(&Piece) -> Option<String>,
}

impl Decision<'_> {
    fn seal(self, site: &Site, by: Acting, watch: &dyn Watch) -> anyhow::Result<(Appended, Piece)> {
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let piece = find(&log_of_records(&site.ledger)?, self.record)?;
        let mut problems = Vec::new();
        problems.extend(name("who does it", &self.statement.by).err());
        problems.extend((self.wrong)(&piece));
        let (signers, unsigned) = by.signers(site, &[&self.statement.by]);
        problems.extend(unsigned);
        match piece.state(today(site)?) {
            EvidenceState::Withdrawn => problems.push(format!("`{}` was withdrawn already", piece.id)),
            EvidenceState::Replaced => problems.push(format!("`{}` was replaced already", piece.id)),
            _ => {}
        }
        refuse(self.what, problems)?;
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&self.statement)?)?],
            ..NewRecord::new(ManualEvidence {
                act: self.act,
                control: ControlRef { id: piece.control.clone(), version: None },
                covers: piece.covers,
                effective: piece.effective,
                expires: piece.expires,
                of: Some(piece.record),
                replaces: None,
            })
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, piece))
    }
}
