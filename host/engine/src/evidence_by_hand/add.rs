//! Bringing a file.

use std::path::PathBuf;

use chrono::NaiveDate;
use tickmark_ledger::{Appended, ControlRef, ManualEvidence, ManualEvidenceAct, NewRecord, Period, canonical_json};

use super::find::{Bringing, EvidenceState, FILE, find};
use crate::acts::{self, Acting, STATEMENT, append, log_of_records, name, named, opaque, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// A file that somebody brings.
#[derive(Clone, Debug)]
pub struct AddEvidence {
    /// The control that it is evidence of.
    pub control: String,
    /// The file.
    pub file: PathBuf,
    /// The day that it is dated.
    pub effective: NaiveDate,
    /// Who brings it, as they say.
    pub by: String,
    /// The days that it covers, where it covers a span.
    pub covers: Option<Period>,
    /// The last day that it counts.
    pub expires: Option<NaiveDate>,
    /// The record that brought an earlier file, which this one replaces.
    pub replaces: Option<String>,
}

impl AddEvidence {
    /// Seals that it was brought.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) with all that is wrong; where the file cannot be read or the ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<Appended> {
        let by = by.into();
        let bytes = acts::file(&self.file)?;
        let control = acts::control(site, &self.control)?;
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let today = today(site)?;
        let mut problems = Vec::new();
        problems.extend(control.err());
        problems.extend(name("who brings it", &self.by).err());
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        problems.extend(unsigned);
        if self.effective > today {
            problems.push(format!("it is dated {}, and today is {today}", self.effective));
        }
        if let Some(Period { from, to }) = self.covers.filter(|it| it.to < it.from) {
            problems.push(format!("what it covers ends on {to}, before it starts on {from}"));
        }
        if let Some(expires) = self.expires.filter(|expires| *expires < self.effective) {
            problems.push(format!("it expires on {expires}, before the day that it is dated, {}", self.effective));
        }
        let mut replaces = None;
        if let Some(id) = &self.replaces {
            let before = find(&log_of_records(&site.ledger)?, id)?;
            if before.control != self.control {
                problems
                    .push(format!("`{}` is evidence of `{}`, not of `{}`", before.id, before.control, self.control));
            }
            match before.state(today) {
                EvidenceState::Withdrawn => problems.push(format!("`{}` was withdrawn already", before.id)),
                EvidenceState::Replaced => problems.push(format!("`{}` was replaced already", before.id)),
                _ => {}
            }
            replaces = Some(before.record);
        }
        refuse("the evidence", problems)?;
        let file_name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bringing = Bringing { by: self.by.trim().to_owned(), file_name };
        let new = NewRecord {
            blobs: vec![opaque(&ledger, FILE, &bytes)?, named(&ledger, STATEMENT, &canonical_json(&bringing)?)?],
            ..NewRecord::new(ManualEvidence {
                act: ManualEvidenceAct::Add,
                control: ControlRef { id: self.control.clone(), version: None },
                covers: self.covers,
                effective: self.effective,
                expires: self.expires,
                of: None,
                replaces,
            })
        };
        append(&mut ledger, site, by, &signers, new)
    }
}
