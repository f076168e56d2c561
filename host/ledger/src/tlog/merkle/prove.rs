//! Roots and proofs from stored hashes. Each asks the reader once, for all that it needs.

use tickmark_model::Digest;

use super::{Frontier, HashReader, Range, TreeError, fold, split};

/// The root of the stored tree of `size` leaves.
///
/// # Errors
/// [`TreeError`] where the reader fails.
pub fn tree_root<R: HashReader>(size: u64, reader: &mut R) -> Result<Digest, TreeError<R::Error>> {
    Frontier::load(size, reader).map(|frontier| frontier.root())
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves: the hashes from the leaf's sibling up
/// (RFC 6962, section 2.1.1).
///
/// # Errors
/// [`TreeError`] where the tree has no such leaf or the reader fails.
pub fn prove_inclusion<R: HashReader>(
    index: u64,
    size: u64,
    reader: &mut R,
) -> Result<Vec<Digest>, TreeError<R::Error>> {
    if index >= size {
        return Err(TreeError::OutOfRange { value: index, size });
    }
    let mut siblings = Vec::new();
    let mut here = Range { from: 0, len: size };
    while here.len > 1 {
        let (left, right) = halves(here);
        let (next, sibling) = if index < right.from { (left, right) } else { (right, left) };
        siblings.push(sibling);
        here = next;
    }
    siblings.reverse();
    roots(&siblings, reader)
}

/// The proof that the tree of `new_size` leaves begins with the tree of `old_size` (RFC 6962, section 2.1.2). It is empty
/// where the sizes are equal, and where the older tree has no leaves.
///
/// # Errors
/// [`TreeError`] where the older tree is the larger one or the reader fails.
pub fn prove_consistency<R: HashReader>(
    old_size: u64,
    new_size: u64,
    reader: &mut R,
) -> Result<Vec<Digest>, TreeError<R::Error>> {
    if old_size > new_size {
        return Err(TreeError::OutOfRange { value: old_size, size: new_size });
    }
    if old_size == 0 {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    let mut here = Range { from: 0, len: new_size };
    while old_size - here.from < here.len {
        let (left, right) = halves(here);
        let (next, other) = if old_size <= right.from { (left, right) } else { (right, left) };
        parts.push(other);
        here = next;
    }
    // The older tree is a complete subtree at the very left: its root is known to whoever checks.
    if here.from > 0 {
        parts.push(here);
    }
    parts.reverse();
    roots(&parts, reader)
}

fn halves(range: Range) -> (Range, Range) {
    let left = split(range.len);
    (Range { from: range.from, len: left }, Range { from: range.from + left, len: range.len - left })
}

/// The roots of these ranges, read in one go.
fn roots<R: HashReader>(ranges: &[Range], reader: &mut R) -> Result<Vec<Digest>, TreeError<R::Error>> {
    let wanted: Vec<_> = ranges.iter().flat_map(|range| range.subtrees()).collect();
    let hashes = reader.hashes(&wanted).map_err(TreeError::Reader)?;
    let count = || TreeError::Count { found: hashes.len(), wanted: wanted.len() };
    let mut rest = hashes.as_slice();
    let mut roots = Vec::with_capacity(ranges.len());
    for range in ranges {
        let (subtrees, after) = rest.split_at_checked(range.len.count_ones() as usize).ok_or_else(count)?;
        roots.push(fold(subtrees).ok_or_else(count)?);
        rest = after;
    }
    if rest.is_empty() { Ok(roots) } else { Err(count()) }
}
