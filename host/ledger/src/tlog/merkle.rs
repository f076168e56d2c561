//! Merkle trees as in RFC 6962, section 2.1: roots, and proofs made and checked.
//!
//! A tree of any size is a row of complete subtrees, the largest first. [`HashIndex`] names the hash of one complete
//! subtree, and whoever asks for a root or a proof says by a [`HashReader`] where those hashes are.
//!
//! **Invariant:** a proof has one form for its index and sizes; one that is longer or shorter is refused.

mod frontier;
mod prove;
mod verify;

use tickmark_model::Digest;

use crate::hash::Hasher;

pub use frontier::Frontier;
pub use prove::{prove_consistency, prove_inclusion, tree_root};
pub use verify::{ProofError, verify_consistency, verify_inclusion};

/// The root of the tree without leaves: SHA-256 of nothing.
pub const EMPTY_ROOT: Digest = Digest([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// The root of the tree without leaves, [`EMPTY_ROOT`].
#[must_use]
pub fn empty_root() -> Digest {
    EMPTY_ROOT
}

/// The hash of an inner node: SHA-256 of a one byte, the left and the right hash.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&[1]);
    hasher.update(&left.0);
    hasher.update(&right.0);
    hasher.digest()
}

/// The root of the tree with these leaf hashes. Of the hashes of neighbouring complete subtrees of one size, it is the
/// root of the tree above them: a full tile's is the hash that stands in the level above.
#[must_use]
pub fn root_of(hashes: &[Digest]) -> Digest {
    let mut frontier = Frontier::new();
    hashes.iter().for_each(|hash| frontier.push(*hash));
    frontier.root()
}

/// Names the hash of one complete subtree: of the `2^level` leaves from `index * 2^level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashIndex {
    /// The height, 0 for a leaf; at most 63.
    pub level: u8,
    /// The place among the subtrees of this height.
    pub index: u64,
}

/// Where the hashes of complete subtrees come from.
pub trait HashReader {
    /// Why a hash could not be read.
    type Error;

    /// The hashes with these names, in this order and as many.
    ///
    /// # Errors
    /// Any hash that is not there.
    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Self::Error>;
}

/// Why a root or a proof could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E> {
    /// The hashes could not be read.
    #[error(transparent)]
    Reader(E),
    /// An index, or an older size, that the tree does not have.
    #[error("{value} is not in a tree of {size} entries")]
    OutOfRange {
        /// The index or older size.
        value: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// The reader did not answer what it was asked.
    #[error("{found} hashes were read, {wanted} were asked for")]
    Count {
        /// Hashes read.
        found: usize,
        /// Hashes asked for.
        wanted: usize,
    },
}

/// The leaves from `from` on, `len` of them; `from` is a multiple of a power of two that is at least `len`.
#[derive(Clone, Copy)]
struct Range {
    from: u64,
    len: u64,
}

impl Range {
    /// The complete subtrees that it is made of, from left to right.
    fn subtrees(self) -> impl Iterator<Item = HashIndex> {
        let mut at = self.from;
        (0..64u8).rev().filter(move |level| self.len >> level & 1 == 1).map(move |level| {
            let index = at >> level;
            at = at.wrapping_add(1 << level);
            HashIndex { level, index }
        })
    }
}

/// The largest power of two below `len`, for a `len` of at least two.
fn split(len: u64) -> u64 {
    1 << (63 - len.saturating_sub(1).max(1).leading_zeros())
}

/// The root above subtrees that stand from left to right, the largest first.
fn fold(subtrees: &[Digest]) -> Option<Digest> {
    subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

#[cfg(test)]
mod tests;
