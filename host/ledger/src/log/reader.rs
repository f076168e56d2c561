//! A log's folder, read as its checkpoint says, without a lock.
//!
//! **Absent on purpose:** trust in the checkpoint. Who signed it is for [`Checkpoint::open`] and a pinned key.

use std::path::{Path, PathBuf};

use tickmark_model::Digest;

use super::tree::{ReadError, TreeFiles, read};
use crate::evidence::Erasures;
use crate::hash::sha256;
use crate::layout::{Layout, blob_names};
use crate::tlog::{
    Checkpoint, HashIndex, HashReader, MAX_NOTE, TlogProof, prove_consistency, prove_inclusion, tree_root,
    verify_consistency, verify_inclusion,
};

/// A log as its checkpoint describes it, open for reading; threads share it by reference.
#[derive(Debug)]
pub struct LogReader {
    root: PathBuf,
    blobs: PathBuf,
    note: Vec<u8>,
    checkpoint: Checkpoint,
    tree: TreeFiles,
    pub(super) erasures: Erasures,
}

impl LogReader {
    /// Reads the checkpoint of the log at `folder`.
    ///
    /// # Errors
    /// [`ReadError`] where there is none or it is not written as one.
    pub fn open(folder: &Path) -> Result<Self, ReadError> {
        let path = folder.join("checkpoint");
        let note = read(&path, MAX_NOTE as u64)?.ok_or_else(|| ReadError::Missing { path: path.clone() })?;
        let checkpoint = Checkpoint::parse_unverified(&note).map_err(|why| ReadError::damaged(&path, why))?;
        let tree = TreeFiles::new(folder, checkpoint.size);
        Ok(Self {
            root: folder.to_path_buf(),
            blobs: Layout::new(folder).blobs,
            note,
            checkpoint,
            tree,
            erasures: Erasures::default(),
        })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The signed checkpoint, byte for byte.
    #[must_use]
    pub fn checkpoint_bytes(&self) -> &[u8] {
        &self.note
    }

    /// What the checkpoint says. Nobody has checked who signed it.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Entries of the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The tiles and bundles.
    #[must_use]
    pub fn tree(&self) -> &TreeFiles {
        &self.tree
    }

    /// Entry `index`, as stored.
    ///
    /// # Errors
    /// [`ReadError`] where there is none or it cannot be read.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        self.tree.entry(index)
    }

    /// The entries of bundle `index`, the first of which is entry 256 times `index`.
    ///
    /// # Errors
    /// [`ReadError`] where there is none or it cannot be read.
    pub fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        self.tree.bundle(index)
    }

    /// The proof of entry `index` under the checkpoint. The tiles are found to lead to its root.
    ///
    /// # Errors
    /// [`ReadError`] where there is no such entry, or the tiles cannot be read or do not lead to the root.
    pub fn prove(&self, index: u64) -> Result<TlogProof, ReadError> {
        let Checkpoint { size, root, .. } = &self.checkpoint;
        let hashes = prove_inclusion(index, *size, &mut &self.tree)?;
        let leaf = (&self.tree).hashes(&[HashIndex { level: 0, index }])?;
        for leaf in leaf {
            let damaged = |why| ReadError::damaged(&self.root.join("tile"), format!("of entry {index}, {why}"));
            verify_inclusion(&leaf, index, *size, &hashes, root).map_err(damaged)?;
        }
        Ok(TlogProof { index, hashes, checkpoint: self.note.clone() })
    }

    /// The proof that this log begins with the one of `old_size` entries. The tiles are found to lead to the root of the
    /// checkpoint; whether the older log was this one is for whoever has its root.
    ///
    /// # Errors
    /// [`ReadError`] where the older one is larger, or the tiles cannot be read or do not lead to the root.
    pub fn consistency(&self, old_size: u64) -> Result<Vec<Digest>, ReadError> {
        let Checkpoint { size, root, .. } = &self.checkpoint;
        let proof = prove_consistency(old_size, *size, &mut &self.tree)?;
        let old_root = self.root_at(old_size)?;
        let damaged = |why| ReadError::damaged(&self.root.join("tile"), format!("from {old_size} entries on, {why}"));
        verify_consistency(old_size, &old_root, *size, root, &proof).map_err(damaged)?;
        Ok(proof)
    }

    /// The root that the log had when it had `size` entries, by its tiles.
    ///
    /// # Errors
    /// [`ReadError`] where it has fewer, or the tiles cannot be read.
    pub fn root_at(&self, size: u64) -> Result<Digest, ReadError> {
        if size > self.size() {
            return Err(ReadError::OutOfRange { value: size, size: self.size() });
        }
        Ok(tree_root(size, &mut &self.tree)?)
    }

    /// The blob with this digest, checked against it; nothing where there is none.
    ///
    /// # Errors
    /// [`ReadError`] where it cannot be read or has another digest.
    pub fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, ReadError> {
        let (folder, name) = blob_names(digest);
        let path = self.blobs.join(folder).join(name);
        let Some(bytes) = read(&path, u64::MAX)? else { return Ok(None) };
        let found = sha256(&bytes);
        if found != *digest {
            return Err(ReadError::damaged(&path, format!("its digest is {found}")));
        }
        Ok(Some(bytes))
    }
}

impl HashReader for LogReader {
    type Error = ReadError;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, ReadError> {
        (&self.tree).hashes(wanted)
    }
}

#[cfg(test)]
mod tests;
