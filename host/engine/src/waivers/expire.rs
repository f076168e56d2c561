//! Ending a waiver before its day.

use tickmark_ledger::{Appended, NewRecord, WaiverAct, canonical_json};

use super::find::{By, KnownWaiver, find};
use crate::acts::{Acting, STATEMENT, append, log_of_records, name, named, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// Who ends which waiver.
#[derive(Clone, Debug)]
pub struct ExpireWaiver {
    /// The record that began it.
    pub record: String,
    /// Who, as they say.
    pub by: String,
}

impl ExpireWaiver {
    /// Seals that it is over. Gives the record, and the waiver as it was.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) where it is over already; where there is no such waiver, or the ledger cannot be written.
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
        let mut problems = Vec::new();
        problems.extend(name("who ends it", &self.by).err());
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        problems.extend(unsigned);
        problems.extend(waiver.over(today(site)?));
        refuse("the end of the waiver", problems)?;
        let ending = By { by: self.by.trim().to_owned() };
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&ending)?)?],
            ..NewRecord::new(waiver.follow(WaiverAct::Expire))
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, waiver))
    }
}
