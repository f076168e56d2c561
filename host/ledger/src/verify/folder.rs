//! The step `folder`: every file of the ledger is one that belongs there, and those beside the log say what the log says.
//!
//! What a crash leaves behind is named in a note and is no problem: it counts for nothing, and opening the ledger for
//! writing removes or finishes it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use super::keys::Keys;
use super::listing::{Listing, STATE, VERSION, VKEY, WAL, read};
use super::pass::Pass;
use super::report::{Finding, Step, counted};
use super::tree::Tree;
use super::wal::Waiting;
use super::{FOLDER, leftovers};
use crate::jcs;
use crate::tlog::{Checkpoint, Frontier};

/// Bytes that are read of the small files at most.
pub(super) const SMALL: u64 = 1 << 20;

/// What `state.json` says.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct State {
    root: Digest,
    size: u64,
}

/// Everything that the folder is compared with.
pub(super) struct Known<'a> {
    pub(super) root: &'a Path,
    pub(super) listing: &'a Listing,
    pub(super) checkpoint: Option<&'a Checkpoint>,
    /// Records that were gone over.
    pub(super) size: u64,
    pub(super) waiting: &'a Result<Option<Waiting>, String>,
    pub(super) pass: &'a Pass,
    pub(super) keys: &'a Keys,
}

impl Known<'_> {
    pub(super) fn step(&self) -> Step {
        let mut finding = Finding::new(FOLDER);
        match read(self.root, VERSION, SMALL) {
            Ok(version) if version == crate::layout::VERSION.as_bytes() => {}
            Ok(_) => finding.problem(VERSION, format!("does not say `{}`", crate::layout::VERSION.trim_end())),
            Err(why) => finding.problem(VERSION, why),
        }
        for foreign in &self.listing.foreign {
            finding.problem(foreign.file.as_deref().unwrap_or(Path::new("")), &foreign.what);
        }
        let waiting = self.waiting(&mut finding);
        leftovers::check(self.root, self.listing, self.size, self.tree(), waiting, &mut finding);
        self.state(waiting, &mut finding);
        self.vkey(&mut finding);
        for staged in &self.listing.staged {
            finding.note(staged, "was left by a write that did not end; it counts for nothing");
        }
        let wait = match waiting.len() as u64 {
            0 => String::new(),
            count => format!("; {} wait to be published and are not in the log yet", counted(count, "record")),
        };
        let files = self.listing.tiles.len() + self.listing.bundles.len();
        finding
            .step(format!("{} of the log, and nothing that does not belong there{wait}", counted(files as u64, "file")))
    }

    fn tree(&self) -> Option<&Tree> {
        self.pass.tree.as_ref()
    }

    /// The leaves of the records that wait.
    fn waiting(&self, finding: &mut Finding) -> &[Digest] {
        let waiting = match self.waiting {
            Ok(None) => return &[],
            Ok(Some(waiting)) => waiting,
            Err(why) => {
                finding.problem(WAL, why);
                return &[];
            }
        };
        if let Some(index) = self.pass.other_than_waiting.first() {
            finding.problem(WAL, format!("its record {index} is not the one that the log has"));
        }
        let Some(after) = waiting.after(self.size) else {
            finding.problem(WAL, format!("begins at record {}, the log has {}", waiting.first, self.size));
            return &[];
        };
        match after.len() as u64 {
            0 => finding.note(WAL, "holds records that are all in the log: removing it was interrupted"),
            count => finding.note(WAL, format!("holds {} that are not in the log yet", counted(count, "record"))),
        }
        after
    }

    fn state(&self, waiting: &[Digest], finding: &mut Finding) {
        let bytes = match read(self.root, STATE, SMALL) {
            Ok(bytes) => bytes,
            Err(why) => return finding.problem(STATE, why),
        };
        let state: State = match serde_json::from_slice(&bytes) {
            Ok(state) => state,
            Err(why) => return finding.problem(STATE, format!("cannot be read: {why}")),
        };
        if !jcs::to_vec(&state).is_ok_and(|canonical| canonical == bytes) {
            return finding.problem(STATE, "is not canonical JSON");
        }
        let Some(checkpoint) = self.checkpoint else { return };
        if state == (State { root: checkpoint.root, size: checkpoint.size }) {
            return;
        }
        if state.size > checkpoint.size && self.root_ahead(state.size, waiting) == Some(state.root) {
            let what = "is ahead of the checkpoint: publishing was interrupted, opening the ledger finishes it";
            return finding.note(STATE, what);
        }
        let State { root, size } = state;
        finding
            .problem(STATE, format!("says {size} records and the root {root}, which is not what the checkpoint says"));
    }

    /// The root that the log will have when it has `size` records, with those that wait.
    fn root_ahead(&self, size: u64, waiting: &[Digest]) -> Option<Digest> {
        let more = usize::try_from(size.checked_sub(self.size)?).ok()?;
        let mut frontier = Frontier::load(self.size, &mut self.tree()?).ok()?;
        waiting.get(..more)?.iter().for_each(|leaf| frontier.push(*leaf));
        Some(frontier.root())
    }

    fn vkey(&self, finding: &mut Finding) {
        let bytes = match read(self.root, VKEY, SMALL) {
            Ok(bytes) => bytes,
            Err(why) => return finding.problem(VKEY, why),
        };
        let is = |key: &_| bytes == format!("{key}\n").as_bytes();
        if self.keys.newest().is_some_and(is) {
            return;
        }
        let interrupted = matches!(self.waiting, Ok(Some(_)));
        if interrupted && self.keys.before_newest().is_some_and(is) {
            return finding.note(VKEY, "names the key before the last rotation: publishing was interrupted");
        }
        finding.problem(VKEY, "is not the key that the records of the log name");
    }
}
