//! A finding as it was sealed, from the record and its blobs: for whoever did not get to tell of it when it was.

use serde::Deserialize;
use tickmark_model::{Control, System};

use super::SealedFinding;
use crate::error::LedgerError;
use crate::hash::sha256;
use crate::open::Ledger;
use crate::record::{Body, Kind};
use crate::records::StoredRecord;

/// As much of the blob `matrix` as says what a control is.
#[derive(Deserialize)]
struct Rows {
    controls: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    row: Control,
}

impl Ledger {
    /// The finding of an evaluation of this ledger, as it was sealed.
    ///
    /// # Errors
    /// As [`Ledger::finding`], also for the blobs that say which control was judged on which system; [`LedgerError::Damaged`] where
    /// nothing says what the control is.
    pub fn sealed_again(&self, stored: StoredRecord) -> Result<SealedFinding, LedgerError> {
        let finding = self.finding(&stored)?;
        let system = self.named::<System>(&stored, "system")?;
        let system = system.ok_or_else(|| self.damaged(stored.index, "it names no blob `system`".to_owned()))?;
        let control = match self.named::<Control>(&stored, "control")? {
            Some(control) => control,
            None => self.in_force(&stored, &finding.control)?,
        };
        let StoredRecord { index, leaf, record, bytes } = stored;
        let Body::Evaluation(evaluation) = record.body else {
            return Err(self.damaged(index, format!("it is no evaluation, it is `{}`", record.head.id)));
        };
        let record_digest = sha256(&bytes);
        Ok(SealedFinding {
            control,
            finding,
            evaluation: *evaluation,
            head: record.head,
            index,
            leaf,
            record_digest,
            system,
        })
    }

    fn named<T: serde::de::DeserializeOwned>(
        &self,
        stored: &StoredRecord,
        name: &str,
    ) -> Result<Option<T>, LedgerError> {
        let Some(blob) = stored.record.head.blob(name) else { return Ok(None) };
        let bytes = self.blobs.get_from_disk(&blob.digest)?;
        let read = serde_json::from_slice(&bytes);
        read.map(Some).map_err(|e| self.damaged(stored.index, format!("its blob `{name}`: {e}")))
    }

    /// The row of a control that nothing could judge, from the matrix that was in force.
    fn in_force(&self, stored: &StoredRecord, control: &str) -> Result<Control, LedgerError> {
        let files = self.files();
        let mut at = self.heads.get(Kind::Matrix.as_str()).map(|head| head.index);
        while let Some(index) = at {
            let record = self.stored(&files, index)?;
            if index < stored.index {
                let blob = record.head.blob("matrix").map(|blob| blob.digest);
                let bytes = blob.map(|digest| self.blobs.get_from_disk(&digest)).transpose()?.unwrap_or_default();
                let rows: Result<Rows, _> = serde_json::from_slice(&bytes);
                let rows = rows.map_err(|e| self.damaged(index, format!("its blob `matrix`: {e}")))?;
                let row = rows.controls.into_iter().map(|row| row.row).find(|row| row.id == control);
                return row.ok_or_else(|| self.damaged(stored.index, format!("no matrix has `{control}`")));
            }
            at = record.head.prev.map(|prev| prev.index);
        }
        Err(self.damaged(stored.index, format!("nothing says what `{control}` is")))
    }
}
