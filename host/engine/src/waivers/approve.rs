//! Approving a waiver that another person asked for.

use tickmark_ledger::{Appended, NewRecord, WaiverAct, canonical_json};
use tickmark_model::same_person;

use super::find::{By, KnownWaiver, find};
use crate::acts::{self, Acting, STATEMENT, append, log_of_records, name, named, one_key, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// Who approves which waiver.
#[derive(Clone, Debug)]
pub struct ApproveWaiver {
    /// The record that began it.
    pub record: String,
    /// Who, as they say.
    pub by: String,
}

impl ApproveWaiver {
    /// Seals that it is approved: it covers from then on. Gives the record, and the waiver as it was.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused), above all where the same person asked for it or answers for the control; where there is no
    /// such waiver, or the ledger cannot be written.
    pub fn seal(
        &self,
        site: &Site,
        by: impl Into<Acting>,
        watch: &dyn Watch,
    ) -> anyhow::Result<(Appended, KnownWaiver)> {
        let by = by.into();
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let waiver = find(&log_of_records(&site.ledger)?, &self.record)?;
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        let mut problems = Vec::new();
        problems.extend(name("who approves it", &self.by).err());
        problems.extend(self.who_else(site, &waiver)?);
        problems.extend(unsigned);
        problems.extend(waiver.over(today(site)?));
        refuse("the approval", problems)?;
        let statement = By { by: self.by.trim().to_owned() };
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&statement)?)?],
            ..NewRecord::new(waiver.follow(WaiverAct::Approve))
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, waiver))
    }

    /// Who approves, who asked and the control's owner are three; one approval is enough.
    fn who_else(&self, site: &Site, waiver: &KnownWaiver) -> anyhow::Result<Vec<String>> {
        let by = self.by.trim();
        let mut problems = Vec::new();
        match &waiver.terms {
            Err(lost) => problems.push(format!("nobody can say any more who asked for it: {lost}")),
            Ok(terms) if same_person(&terms.requested_by, by) => {
                problems.push(format!("`{by}` asked for it, expected another person to approve it"));
            }
            Ok(terms) if site.same_key(&terms.requested_by, by) || site.has_key(by, &waiver.requested) => {
                problems.push(one_key(&terms.requested_by, by));
            }
            Ok(_) => {}
        }
        if let Ok(control) = acts::control(site, &waiver.control)? {
            if same_person(&control.owner, by) {
                problems.push(format!("`{by}` answers for the control, expected another person to approve it"));
            } else if site.same_key(&control.owner, by) {
                problems.push(one_key(&control.owner, by));
            }
        }
        problems.extend(waiver.approved.as_ref().map(|said| format!("it was approved at {} already", said.at)));
        Ok(problems)
    }
}
