//! A log of known entries, signed by a known key at a few sizes: what a signature or a proof may say, and what not.

use std::sync::LazyLock;

use tickmark_ledger::leaf_hash;
use tickmark_ledger::tlog::{Checkpoint, EMPTY_ROOT, SigningKey, TlogProof, node_hash};
use tickmark_model::Digest;

/// The sizes at which the log's checkpoints are signed.
pub const SIZES: [u64; 4] = [1, 7, 256, 300];

/// The log's key. It signs nothing but the checkpoints of [`SIZES`].
pub static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).expect("the name is one"));

static LEAVES: LazyLock<Vec<Digest>> = LazyLock::new(|| (0..300).map(|index| leaf_hash(&entry(index))).collect());

/// The entry at `index`.
#[must_use]
pub fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The checkpoint at `size`.
#[must_use]
pub fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint { origin: KEY.verifier().name().to_owned(), size, root: root(leaves(0, size)) }
}

/// The checkpoint at `size`, signed.
#[must_use]
pub fn signed(size: u64) -> Vec<u8> {
    checkpoint(size).sign(&*KEY).expect("a key in memory signs")
}

/// The proof of the entry at `index` in the log of `size` entries.
#[must_use]
pub fn proof(index: u64, size: u64) -> TlogProof {
    TlogProof { index, hashes: path(index as usize, leaves(0, size)), checkpoint: signed(size) }
}

/// The proof that the log of `new` entries begins with that of `old`.
#[must_use]
pub fn consistency(old: u64, new: u64) -> Vec<Digest> {
    if old == new { Vec::new() } else { subproof(old as usize, leaves(0, new), true) }
}

fn leaves(from: u64, to: u64) -> &'static [Digest] {
    &LEAVES[from as usize..to as usize]
}

/// The root as RFC 6962 defines it, word by word: slow, and it shares nothing with the ledger's but the node's hash.
fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}

/// The inclusion proof as RFC 6962 defines it.
fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (self::path(index, left), root(right)),
        Some(index) => (self::path(index, right), root(left)),
    };
    path.push(sibling);
    path
}

/// The consistency proof as RFC 6962 defines it: `known` says whether the older root is that of exactly these leaves.
fn subproof(old: usize, leaves: &[Digest], known: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut proof, sibling) = match old.checked_sub(left.len()).filter(|old| *old > 0) {
        None => (subproof(old, left, known), root(right)),
        Some(old) => (subproof(old, right, false), root(left)),
    };
    proof.push(sibling);
    proof
}
