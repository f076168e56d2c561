//! A transparency log as C2SP writes it down: RFC 6962 trees, tiles, signed notes, checkpoints, proofs.
//!
//! ```text
//! tile/<L>/<N>[.p/<W>]          hashes of a tree, 256 to a tile     merkle, tile, grow
//! tile/entries/<N>[.p/<W>]      the entries, 256 to a bundle        tile, bundle
//! checkpoint                    origin, size and root, signed       key, note, checkpoint
//! *.tlog-proof                  one entry's place, and a checkpoint proof
//! ```
//!
//! **Invariant:** what is read is what would be written: every parser refuses bytes that its encoder would not make.
//! **Absent on purpose:** files, clock and randomness. Hashes come through [`HashReader`], keys and their seeds from outside.

mod bundle;
mod checkpoint;
mod grow;
mod key;
mod merkle;
mod note;
mod proof;
mod signer;
mod text;
mod tile;

pub use bundle::{BundleError, MAX_BUNDLE, MAX_ENTRY, decode_bundle, decode_entries, encode_entries};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use grow::{TileHashes, grow};
pub use key::{KeyError, SigningKey, VerifierKey};
pub use merkle::{
    EMPTY_ROOT, Frontier, HashIndex, HashReader, ProofError, TreeError, empty_root, node_hash, prove_consistency,
    prove_inclusion, root_of, tree_root, verify_consistency, verify_inclusion,
};
pub use note::{MAX_NOTE, Note, NoteError, NoteSignature};
pub use proof::{TlogProof, TlogProofError};
pub use signer::{LogSigner, SignError};
pub use tile::{
    Bundle, TILE_WIDTH, Tile, TileError, TileSpan, bundles, changed_bundles, changed_tiles, decode_tile, encode_tile,
    superseded_bundles, superseded_tiles, tiles,
};
