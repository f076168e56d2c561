//! Proofs checked, with nothing but roots and sizes (RFC 9162, sections 2.1.3.2 and 2.1.4.2, for the trees of RFC 6962).

use tickmark_model::Digest;

use super::{EMPTY_ROOT, node_hash};

/// Why a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf.
    #[error("index {index} is not in a tree of {size} entries")]
    Index {
        /// The index.
        index: u64,
        /// Entries of the tree.
        size: u64,
    },
    /// The tree has become smaller.
    #[error("the older tree has {old} entries, the newer one {new}")]
    Shrunk {
        /// Entries of the older tree.
        old: u64,
        /// Entries of the newer tree.
        new: u64,
    },
    /// More or fewer hashes than a proof for these sizes has.
    #[error("a proof of {found} hashes is too {}", if *.long { "long" } else { "short" })]
    Length {
        /// Hashes of the proof.
        found: usize,
        /// Whether they are too many.
        long: bool,
    },
    /// The proof leads to another root.
    #[error("the proof leads to {found}, the root is {root}")]
    Root {
        /// Where the proof leads.
        found: Digest,
        /// Where it should.
        root: Digest,
    },
}

/// Checks that the leaf with this hash is number `index` of the tree of `size` leaves with this root.
///
/// # Errors
/// [`ProofError`] where the proof does not show that.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let mut edge = Edge { at: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in proof {
        hash = match edge.up().ok_or(ProofError::Length { found: proof.len(), long: true })? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    edge.at_root(proof)?;
    same(hash, root)
}

/// Checks that the tree of `new_size` leaves and `new_root` begins with the tree of `old_size` and `old_root`. Every tree
/// begins with the one without leaves.
///
/// # Errors
/// [`ProofError`] where the proof does not show that.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::Shrunk { old: old_size, new: new_size });
    }
    if new_size == 0 {
        same(EMPTY_ROOT, new_root)?;
    }
    if old_size == 0 || old_size == new_size {
        if !proof.is_empty() {
            return Err(ProofError::Length { found: proof.len(), long: true });
        }
        return if old_size == 0 { same(EMPTY_ROOT, old_root) } else { same(*old_root, new_root) };
    }
    // A complete older tree is itself the first part; otherwise the proof begins with it.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(ProofError::Length { found: 0, long: false })?
    };
    let mut edge = Edge { at: old_size - 1, last: new_size - 1 };
    edge.shift(edge.at.trailing_ones());
    let (mut old, mut new) = (*first, *first);
    for part in rest {
        match edge.up().ok_or(ProofError::Length { found: proof.len(), long: true })? {
            Side::Left => {
                old = node_hash(part, &old);
                new = node_hash(part, &new);
            }
            Side::Right => new = node_hash(&new, part),
        }
    }
    edge.at_root(proof)?;
    same(old, old_root)?;
    same(new, new_root)
}

/// On which side the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// A node on its way up, and the last node of its level.
struct Edge {
    at: u64,
    last: u64,
}

impl Edge {
    /// Goes up by one hash; nothing at the root.
    fn up(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        if self.at & 1 == 1 {
            self.shift(1);
            return Some(Side::Left);
        }
        if self.at < self.last {
            self.shift(1);
            return Some(Side::Right);
        }
        // The last of an odd number has no sibling until higher up.
        self.shift(self.at.trailing_zeros() + 1);
        Some(Side::Left)
    }

    fn shift(&mut self, levels: u32) {
        self.at = self.at.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn at_root(&self, proof: &[Digest]) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Length { found: proof.len(), long: false }) }
    }
}

fn same(found: Digest, root: &Digest) -> Result<(), ProofError> {
    if found == *root { Ok(()) } else { Err(ProofError::Root { found, root: *root }) }
}
