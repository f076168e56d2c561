//! The output of `restic restore`, as text and, of restic 0.16 and later, as JSON lines.
//!
//! A restore reads what it writes, so that it is a check of a part; with `--verify` it also compares every file that it
//! wrote, which is a check of all that was restored. restic 0.16 and later add a summary, and one that says that fewer
//! files than there are were restored is no success. A restore of no file at all has read nothing.

use serde::Deserialize;

use super::{ending, verdict};
use crate::run::{Ending, Reach, Verdict};

/// The output as it is read.
#[derive(Clone, Debug, Default)]
pub struct Output {
    started: bool,
    errors: u64,
    /// Files that were compared after they were written.
    compared: Option<u64>,
    restored: Option<Restored>,
}

/// What a summary says.
#[derive(Clone, Copy, Debug)]
struct Restored {
    files: u64,
    of: u64,
    bytes: Option<u64>,
}

/// A message of `--json`: "restore" in restic's "Scripting". A field may be left out where it is 0.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Message {
    message_type: String,
    total_files: u64,
    files_restored: u64,
    files_skipped: u64,
    bytes_restored: u64,
}

impl Output {
    /// Takes the next line.
    pub fn line(&mut self, line: &str) {
        if line.starts_with('{') {
            self.json(line);
        } else if line.starts_with("restoring <Snapshot ") || line.starts_with("restoring snapshot ") {
            self.started = true;
        } else if let Some(rest) = line.strip_prefix("finished verifying ") {
            self.compared = rest.split_once(" files in ").and_then(|(count, _)| count.parse().ok());
        } else if let Some(rest) = line.strip_prefix("Summary: Restored ") {
            self.restored = summary(rest);
        } else if line.starts_with("ignoring error for ") {
            self.errors += 1;
        } else if let Some(rest) = line.strip_prefix("Fatal: There were ") {
            let count = rest.split(' ').next().and_then(|count| count.parse().ok());
            self.errors = self.errors.max(count.unwrap_or(1)).max(1);
        }
    }

    fn json(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Message>(line) else { return };
        match message.message_type.as_str() {
            "summary" => {
                self.started = true;
                let files = message.files_restored.saturating_add(message.files_skipped);
                let bytes = Some(message.bytes_restored);
                self.restored = Some(Restored { files, of: message.total_files, bytes });
            }
            "error" => self.errors += 1,
            _ => {}
        }
    }

    /// What the run found.
    ///
    /// # Errors
    /// Why the output does not say, or contradicts itself.
    pub fn end(self, exit_code: i64) -> Result<Verdict, String> {
        // A restore says that it began and what went wrong; that all went well is the exit code's to say.
        let success = self.started.then_some("restoring").filter(|_| exit_code == 0);
        let ending = ending(exit_code, success, self.errors, "`restoring`; `--quiet` leaves it out")?;
        if let (Ending::Verified, Some(Restored { files, of, .. })) = (ending, self.restored)
            && files < of
        {
            return Err(format!("exit code 0, and {files} of {of} files were restored"));
        }
        let items = self.compared.or(self.restored.map(|restored| restored.files));
        let reach = if self.compared.is_some() { Reach::All } else { Reach::Part };
        Ok(verdict(ending, reach, self.errors, items, self.restored.and_then(|restored| restored.bytes)))
    }
}

/// `3 files/dirs (1.2 KiB) in 0:00`, or `2 / 3 files/dirs (1 KiB / 2 KiB) in 0:00`, perhaps with what was skipped behind.
fn summary(text: &str) -> Option<Restored> {
    let (counts, _) = text.split_once(" files/dirs")?;
    let (files, of) = counts.split_once(" / ").unwrap_or((counts, counts));
    Some(Restored { files: files.parse().ok()?, of: of.parse().ok()?, bytes: None })
}
