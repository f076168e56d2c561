//! The right edge of a tree: all that is needed to append to it.

use tickmark_model::Digest;

use super::{EMPTY_ROOT, HashReader, Range, TreeError, fold, node_hash};

/// The right edge of a tree: the hashes of the complete subtrees that it is made of, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Digest>,
}

impl Frontier {
    /// The edge of the tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a tree of `size` leaves, from what [`Frontier::subtrees`] gave; nothing if the number is wrong.
    #[must_use]
    pub fn from_subtrees(size: u64, subtrees: Vec<Digest>) -> Option<Self> {
        (u64::from(size.count_ones()) == subtrees.len() as u64).then_some(Self { size, subtrees })
    }

    /// The edge of a stored tree of `size` leaves.
    ///
    /// # Errors
    /// [`TreeError`] where the reader fails.
    pub fn load<R: HashReader>(size: u64, reader: &mut R) -> Result<Self, TreeError<R::Error>> {
        let wanted: Vec<_> = Range { from: 0, len: size }.subtrees().collect();
        let subtrees = reader.hashes(&wanted).map_err(TreeError::Reader)?;
        let count = TreeError::Count { found: subtrees.len(), wanted: wanted.len() };
        Self::from_subtrees(size, subtrees).ok_or(count)
    }

    /// Appends a leaf by its hash, see [`leaf_hash`](crate::leaf_hash).
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Every one at the end of the old size is a complete subtree that this leaf makes twice as large.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Digest {
        fold(&self.subtrees).unwrap_or(EMPTY_ROOT)
    }

    /// The hashes of the complete subtrees, the largest first; as many as `size` has ones.
    #[must_use]
    pub fn subtrees(&self) -> &[Digest] {
        &self.subtrees
    }
}
