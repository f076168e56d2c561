//! How many records a source has, and what is to be said about those that cannot be read.

/// The records of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    read: u64,
    unread: u64,
    remarks: Vec<String>,
}

impl Tally {
    /// Remarks on unreadable records that are kept; the others are only counted.
    const KEPT: u64 = 20;

    /// Counts a record that was read.
    pub fn read(&mut self) {
        self.read += 1;
    }

    /// Counts a record, at `place` of the source, that cannot be read.
    pub fn unread(&mut self, place: &str, why: &str) {
        self.unread += 1;
        if self.unread <= Self::KEPT {
            self.remarks.push(format!("{place} cannot be read: {why}"));
        }
    }

    /// How many records could not be read.
    #[must_use]
    pub fn unread_count(&self) -> u64 {
        self.unread
    }

    /// How many records there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.read + self.unread
    }

    /// The remarks, and how many more unreadable records there are.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        let more = self.unread.saturating_sub(Self::KEPT);
        let more = (more > 0).then(|| format!("{more} more records cannot be read"));
        self.remarks.iter().cloned().chain(more)
    }
}
