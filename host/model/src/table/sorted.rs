//! Rows in the order of their ids.

use super::dictionary::Strings;

/// Row numbers, ascending by id in byte order. Ids are unique, so the order is total.
#[derive(Clone, Debug)]
pub struct SortedRows {
    rows: Vec<u32>,
}

impl SortedRows {
    pub(super) fn new(ids: &Strings) -> Self {
        let mut rows: Vec<u32> = (0..u32::try_from(ids.len()).unwrap_or(u32::MAX)).collect();
        rows.sort_unstable_by(|a, b| ids.get(*a).cmp(&ids.get(*b)));
        Self { rows }
    }

    /// The row numbers.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().map(|row| *row as usize)
    }
}
