//! Records that cannot be read: all are counted, the first are told to people.

use tickmark_collector::Summary;

/// The unreadable records of one list.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// What a record is called.
    what: &'static str,
    count: u64,
    notes: Vec<String>,
}

impl Unreadable {
    /// Notes that are kept; the others are only counted.
    const KEPT: u64 = 20;

    pub fn new(what: &'static str) -> Self {
        Self { what, count: 0, notes: Vec::new() }
    }

    /// Counts one, at `place` of the list, and says why.
    pub fn add(&mut self, place: impl std::fmt::Display, why: &str) {
        self.count += 1;
        if self.count <= Self::KEPT {
            let why: String = why.chars().take(300).collect();
            self.notes.push(format!("{} {place} cannot be read: {why}", self.what));
        }
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds the notes.
    pub fn note(self, mut summary: Summary) -> Summary {
        for note in self.notes {
            summary = summary.note(note);
        }
        match self.count.saturating_sub(Self::KEPT) {
            0 => summary,
            more => summary.note(format!("{more} more of {} cannot be read", self.what)),
        }
    }
}
