//! The output of `restic check`, as text and, of restic 0.18 and later, as JSON lines.
//!
//! A plain `restic check` reads the lists of what is there and none of the data; it finds a pack that is missing and not
//! one whose bytes have changed. `--read-data` and `--read-data-subset` say what they read. With `--json` nothing says it
//! ("check" in restic's "Scripting": a `summary` with `num_errors`), so that such a run never shows that data was read.

use serde::Deserialize;

use super::{ending, verdict};
use crate::run::{Ending, Reach, Verdict};

const SUCCESS: &str = "no errors were found";

/// The output as it is read.
#[derive(Clone, Debug, Default)]
pub struct Output {
    success: bool,
    damaged: bool,
    errors: u64,
    /// What it set out to read, from the line that says so on.
    read: Option<Reach>,
    /// Packs read and packs to be read, by the last line of progress.
    packs: Option<(u64, u64)>,
    summary: Option<Summary>,
}

/// A message of `--json`.
#[derive(Deserialize)]
struct Message {
    message_type: String,
    #[serde(flatten)]
    summary: Summary,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Summary {
    /// May be left out where it is 0.
    #[serde(default)]
    num_errors: u64,
}

impl Output {
    /// Takes the next line.
    pub fn line(&mut self, line: &str) {
        if line.starts_with('{') {
            self.json(line);
        } else if line == SUCCESS {
            self.success = true;
        } else if line == "Fatal: repository contains errors" || line == "Fatal: LoadIndex returned errors" {
            self.damaged = true;
        } else if let Some(reach) = reach(line) {
            self.read = Some(reach);
        } else if let Some(packs) = self.read.and_then(|_| packs(line)) {
            self.packs = Some(packs);
        } else if is_error(line) {
            self.errors += 1;
        }
    }

    fn json(&mut self, line: &str) {
        let Ok(Message { message_type, summary }) = serde_json::from_str(line) else { return };
        match message_type.as_str() {
            "summary" => self.summary = Some(summary),
            "error" => self.errors += 1,
            _ => {}
        }
    }

    /// What the run found.
    ///
    /// # Errors
    /// Why the output does not say, or contradicts itself.
    pub fn end(self, exit_code: i64) -> Result<Verdict, String> {
        let errors = self.errors.max(u64::from(self.damaged)).max(self.summary.map_or(0, |summary| summary.num_errors));
        let success = if self.summary.is_some() { Some("summary") } else { self.success.then_some(SUCCESS) };
        // A summary is there after every check that ended, also with errors that make no other line.
        let success = success.filter(|_| exit_code == 0 || self.summary.is_none());
        let ending = ending(exit_code, success, errors, "`no errors were found`; `--quiet` leaves it out")?;
        if let (Ending::Verified, Some((read, of))) = (ending, self.packs)
            && read < of
        {
            return Err(format!("exit code 0, and {read} of {of} packs were read"));
        }
        let unsaid = if self.summary.is_some() { Reach::Unknown } else { Reach::Nothing };
        Ok(verdict(ending, self.read.unwrap_or(unsaid), errors, self.packs.map(|(read, _)| read), None))
    }
}

/// What the line says that will be read.
fn reach(line: &str) -> Option<Reach> {
    if line == "read all data" {
        return Some(Reach::All);
    }
    let rest = line.strip_prefix("read ")?;
    if let Some(group) = rest.strip_prefix("group #") {
        let (_, group) = group.split_once(" of ")?;
        let (count, total) = group.split_once(" data packs (out of total ")?;
        let (total, _) = total.split_once(" packs in ")?;
        let (count, total): (u64, u64) = (count.parse().ok()?, total.parse().ok()?);
        return Some(if count == total { all_or_nothing(count) } else { some_or_nothing(count) });
    }
    let amount = rest.strip_suffix(" of data packs")?;
    if let Some(percent) = amount.strip_suffix('%') {
        return Some(if percent == "100.0" { Reach::All } else { Reach::Part });
    }
    Some(some_or_nothing(amount.strip_suffix(" bytes")?.parse().ok()?))
}

fn all_or_nothing(count: u64) -> Reach {
    if count == 0 { Reach::Nothing } else { Reach::All }
}

fn some_or_nothing(count: u64) -> Reach {
    if count == 0 { Reach::Nothing } else { Reach::Part }
}

/// `[0:00] 100.00%  2 / 2 packs`, and `[0:00]          0 packs` where there is nothing to read.
fn packs(line: &str) -> Option<(u64, u64)> {
    let (time, rest) = line.split_once(']')?;
    let mut words = rest.strip_suffix(" packs").filter(|_| time.starts_with('['))?.split_whitespace();
    match (words.next()?, words.next(), words.next(), words.next()) {
        (count, None, ..) => count.parse().ok().map(|count| (count, count)),
        (_, Some(read), Some("/"), Some(of)) => Some((read.parse().ok()?, of.parse().ok()?)),
        _ => None,
    }
}

/// Whether the line is an error of the repository. What `check` calls non-critical is none.
fn is_error(line: &str) -> bool {
    let hint = line.ends_with(": not referenced in any index") || line.contains(" contained in several indexes: ");
    let begins = ["error: ", "error for tree ", "Pack ID does not match", "pack "];
    begins.iter().any(|begin| line.starts_with(begin)) && !hint
}
