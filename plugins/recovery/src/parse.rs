//! One module for each format: lines or bytes in, records out. Pure: no host, no clock.
//!
//! The tools' messages are matched in English, as they print them with `LC_ALL=C`. Output that has neither the line of a
//! success nor one of an error proves nothing and cannot be read, whatever the exit code is.

pub mod log;
pub mod manifest;
pub mod pg_verifybackup;
pub mod report;
pub mod restic_check;
pub mod restic_restore;

use crate::run::{Ending, Reach, Tool, Verdict};

/// What a tool prints, as it is read.
#[derive(Clone, Debug)]
pub enum Output {
    /// Of `pg_verifybackup`.
    PgVerifyBackup(pg_verifybackup::Output),
    /// Of `restic check`.
    ResticCheck(restic_check::Output),
    /// Of `restic restore`.
    ResticRestore(restic_restore::Output),
}

impl Output {
    /// Nothing of `tool`'s output yet.
    #[must_use]
    pub fn of(tool: Tool) -> Self {
        match tool {
            Tool::PgVerifyBackup => Self::PgVerifyBackup(pg_verifybackup::Output::default()),
            Tool::ResticCheck => Self::ResticCheck(restic_check::Output::default()),
            Tool::ResticRestore => Self::ResticRestore(restic_restore::Output::default()),
        }
    }

    /// Takes the next line, of standard output or of standard error.
    pub fn line(&mut self, line: &str) {
        let line = line.trim_end();
        match self {
            Self::PgVerifyBackup(output) => output.line(line),
            Self::ResticCheck(output) => output.line(line),
            Self::ResticRestore(output) => output.line(line),
        }
    }

    /// What the run found, now that it has ended.
    ///
    /// # Errors
    /// Why the output does not say, or contradicts itself.
    pub fn end(self, exit_code: i64) -> Result<Verdict, String> {
        match self {
            Self::PgVerifyBackup(output) => output.end(exit_code),
            Self::ResticCheck(output) => output.end(exit_code),
            Self::ResticRestore(output) => output.end(exit_code),
        }
    }
}

/// The ending by the exit code, whether a line speaks of success, and how many of errors.
fn ending(exit_code: i64, success: Option<&str>, errors: u64, expected: &str) -> Result<Ending, String> {
    match (exit_code, success, errors) {
        (0, Some(_), 0) => Ok(Ending::Verified),
        (0, None, 0) => Err(format!("exit code 0, and no line says {expected}")),
        (0, _, _) => Err(format!("exit code 0, and {errors} lines are errors")),
        (_, Some(success), 0) => Err(format!("exit code {exit_code}, and a line says `{success}`")),
        (_, _, 0) => Ok(Ending::Aborted),
        _ => Ok(Ending::Damaged),
    }
}

/// What was read by a run that ended so: `items` of nothing is nothing.
fn verdict(ending: Ending, reach: Reach, errors: u64, items: Option<u64>, bytes: Option<u64>) -> Verdict {
    let reach = if items == Some(0) { Reach::Nothing } else { reach };
    Verdict { ending, reach, errors, items, bytes }
}
