//! `state.json`: what was durable before it was signed.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::disk::Disk;
use crate::error::LedgerError;
use crate::layout::Layout;

/// Size and root of a tree whose files are all durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) root: Digest,
    pub(crate) size: u64,
}

impl State {
    /// Reads it, where it is there.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] for other bytes than are written.
    pub(crate) fn read(disk: &Disk, layout: &Layout) -> Result<Option<Self>, LedgerError> {
        let Some(bytes) = disk.read_if_there(&layout.state)? else { return Ok(None) };
        let damaged = |why: String| LedgerError::Damaged { path: layout.state.clone(), why };
        let state: Self = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
        if state.encode()? != bytes {
            return Err(damaged("it is not canonical JSON".to_owned()));
        }
        Ok(Some(state))
    }

    /// Its bytes.
    ///
    /// # Errors
    /// None that its types allow; the signature keeps the serialiser's.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, LedgerError> {
        crate::jcs::to_vec(self).map_err(LedgerError::Json)
    }
}
