//! From records to facts, one module for each.

pub(crate) mod accounts;
pub(crate) mod events;
pub(crate) mod roles;

use tickmark_collector::Summary;

/// What could not be read, for people: the first ones in words, the others counted.
#[derive(Debug)]
pub(crate) struct Notes {
    what: &'static str,
    kept: Vec<String>,
    more: u64,
}

impl Notes {
    const KEPT: usize = 20;

    pub fn on(what: &'static str) -> Self {
        Self { what, kept: Vec::new(), more: 0 }
    }

    pub fn add(&mut self, note: String) {
        if self.kept.len() < Self::KEPT {
            self.kept.push(note.chars().take(1_000).collect());
        } else {
            self.more += 1;
        }
    }

    pub fn into(self, summary: Summary) -> Summary {
        let summary = self.kept.into_iter().fold(summary, Summary::note);
        if self.more > 0 { summary.note(format!("{} more {}", self.more, self.what)) } else { summary }
    }
}
