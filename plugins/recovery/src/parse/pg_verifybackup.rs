//! The output of `pg_verifybackup`, of Postgres 13 and later.
//!
//! It reads every file of a base backup, compares it with the manifest, and parses the WAL that the backup needs. With
//! `--progress` (Postgres 16) it also prints how much it has read. **What it leaves out it does not say:** with
//! `--skip-checksums`, `--no-parse-wal` or `--ignore` it prints the same line of success.

use super::{ending, verdict};
use crate::run::{Ending, Reach, Verdict};

const SUCCESS: &str = "backup successfully verified";

/// The output as it is read.
#[derive(Clone, Debug, Default)]
pub struct Output {
    success: bool,
    errors: u64,
    /// Errors that kept it from looking at the backup at all.
    unopened: u64,
    kilobytes: Option<u64>,
}

impl Output {
    /// Takes the next line.
    pub fn line(&mut self, line: &str) {
        if line == SUCCESS {
            self.success = true;
        } else if let Some(error) = error(line) {
            let count = if is_unopened(error) { &mut self.unopened } else { &mut self.errors };
            *count += 1;
        } else if let Some(read) = line.rsplit('\r').next().and_then(progress) {
            self.kilobytes = Some(read);
        }
    }

    /// What the run found.
    ///
    /// # Errors
    /// Why the output does not say, or contradicts itself.
    pub fn end(self, exit_code: i64) -> Result<Verdict, String> {
        if exit_code == 0 && self.unopened > 0 {
            return Err(format!("exit code 0, and {} lines are errors", self.unopened));
        }
        let expected = "`backup successfully verified`; `--quiet` leaves it out, and `LC_ALL=C` has it in English";
        let ending = ending(exit_code, self.success.then_some(SUCCESS), self.errors, expected)?;
        let reach = if ending == Ending::Aborted { Reach::Nothing } else { Reach::All };
        let bytes = self.kilobytes.map(|read| read.saturating_mul(1_024));
        Ok(verdict(ending, reach, self.errors, None, bytes))
    }
}

/// The message of an error, by it or by the `pg_waldump` that it runs. Before Postgres 15 some were `fatal`.
fn error(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pg_verifybackup: ").or_else(|| line.strip_prefix("pg_waldump: "))?;
    ["error: ", "fatal: "].iter().find_map(|level| rest.strip_prefix(level))
}

/// Whether there was no backup to look at: no folder, or no manifest in it.
fn is_unopened(error: &str) -> bool {
    let manifest = error.contains("backup_manifest\"");
    let opening = ["could not open file ", "could not stat file ", "could not open directory ", "no backup directory "];
    let [file, stat, folder, none] = opening.map(|begin| error.starts_with(begin));
    (manifest && (file || stat)) || folder || none
}

/// `1234/5678 kB (21%) verified`.
fn progress(line: &str) -> Option<u64> {
    let (read, rest) = line.trim_start().split_once('/')?;
    rest.ends_with(" verified").then(|| read.parse().ok())?
}
