//! A large blob on its way in from a reader: hashed by a thread of its own while it is read and written, in flat memory.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use tickmark_model::BlobRef;

use super::BlobStore;
use crate::hash::Hasher;

/// Bytes that are read, written and hashed at a time.
const PIECE_BYTES: usize = 256 * 1024;
/// Pieces that wait to be hashed, at most.
const PIECES: usize = 4;

impl BlobStore {
    /// Stores all that `source` gives, unless it is there, and opens what was written for reading. It is durable after the next
    /// [`BlobStore::sync`].
    ///
    /// # Errors
    /// The source's, the system's where it gives no thread, and as [`BlobStore::put`]; nothing is left then.
    pub fn copy(&self, source: &mut dyn Read) -> io::Result<(BlobRef, File)> {
        let mut writer = self.writer()?;
        let blob = thread::scope(|scope| {
            let (to_hash, pieces) = sync_channel::<Vec<u8>>(PIECES);
            let (hashed, to_fill) = channel();
            let hasher = thread::Builder::new().name("tickmark-hash".to_owned()).spawn_scoped(scope, move || {
                let mut hasher = Hasher::default();
                for piece in pieces {
                    hasher.update(&piece);
                    // Nobody fills it again where all is read.
                    drop(hashed.send(piece));
                }
                BlobRef { size: hasher.size(), digest: hasher.digest() }
            })?;
            loop {
                let mut piece = to_fill.try_recv().unwrap_or_default();
                piece.clear();
                source.take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
                if piece.is_empty() {
                    break;
                }
                writer.append(&piece)?;
                to_hash.send(piece).map_err(io::Error::other)?;
            }
            drop(to_hash);
            hasher.join().map_err(|_| io::Error::other("the thread that hashes ended before its time"))
        })?;
        let file = writer.open()?;
        writer.keep(blob)?;
        Ok((blob, file))
    }
}
