//! `borg list --json`: the repository and its archives.
//!
//! An archive exists only where `borg create` finished, so each is a successful run; a name that ends in `.checkpoint`
//! is what an interrupted one left behind and counts as a failed run. `time` is when it started; with `borg list --json
//! --format '{end}'` there is an `end` too, which is used where it is there. borg 1 prints local times of the machine
//! without an offset, hence the setting `utc_offset`.

use serde::Deserialize;
use serde_json::Value;
use tickmark_collector::Failure;

use super::not_from;
use crate::run::{Listing, Run};
use crate::time::{UtcOffset, local};

/// What names the job that an archive is a run of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobBy {
    /// The archive's name up to its date; the repository where it starts with the date.
    Prefix,
    /// The repository's location.
    Repository,
}

#[derive(Deserialize)]
struct Answer {
    archives: Vec<Value>,
    repository: Repository,
}

#[derive(Deserialize)]
struct Repository {
    location: String,
}

#[derive(Deserialize)]
struct Archive {
    name: String,
    time: String,
    end: Option<String>,
}

/// Reads the archives; times without an offset are local times of `offset`.
///
/// # Errors
/// `invalid`, where `bytes` are no JSON object with `archives` and `repository`.
pub fn parse(bytes: &[u8], job_by: JobBy, offset: UtcOffset) -> Result<Listing, Failure> {
    let Answer { archives, repository } =
        serde_json::from_slice(bytes).map_err(|error| not_from("borg list --json", &error))?;
    let mut listing = Listing::default();
    if job_by == JobBy::Repository {
        listing.job("borg repository", &repository.location);
    }
    for (at, item) in archives.into_iter().enumerate() {
        let place = format!("borg archive {}", at + 1);
        let Archive { name, time, end } = match Archive::deserialize(item) {
            Ok(archive) => archive,
            Err(error) => {
                listing.unreadable(&place, &error.to_string());
                continue;
            }
        };
        let end = end.as_ref().unwrap_or(&time);
        let (Some(started), Some(finished)) = (local(&time, offset), local(end, offset)) else {
            listing.unreadable(&place, &format!("times `{time}` and `{end}` are not both times"));
            continue;
        };
        let (whole, success) = without_checkpoint(&name);
        let job = match job_by {
            JobBy::Repository => repository.location.clone(),
            JobBy::Prefix => match prefix(whole) {
                "" => repository.location.clone(),
                prefix => prefix.to_owned(),
            },
        };
        listing.run(&place, Run { job, started: Some(started), finished, success, size: None });
    }
    Ok(listing)
}

/// The name without the ending of an interrupted backup, `.checkpoint` or `.checkpoint.N`, and whether it had none.
fn without_checkpoint(name: &str) -> (&str, bool) {
    let stem = match name.rsplit_once('.') {
        Some((stem, number)) if number.bytes().all(|b| b.is_ascii_digit()) && stem.ends_with(".checkpoint") => stem,
        _ => name,
    };
    match stem.strip_suffix(".checkpoint") {
        Some(whole) => (whole, false),
        None => (name, true),
    }
}

/// The name up to the first date in it, separators at its end cut off; the whole name where there is none.
///
/// A date is `2026-11-19`, with `-`, `_` or `.` between, or `20261119`, alone or with a time of four or six digits
/// behind.
#[must_use]
pub fn prefix(name: &str) -> &str {
    let bytes = name.as_bytes();
    let begins = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !before.is_some_and(u8::is_ascii_digit) && bytes.get(at..).is_some_and(begins_with_date)
    };
    match (0..bytes.len()).find(|at| begins(*at)).and_then(|at| name.get(..at)) {
        Some(before) => before.trim_end_matches(['-', '_', '.', ':', '@', '+', ' ']),
        None => name,
    }
}

fn begins_with_date(bytes: &[u8]) -> bool {
    let number = |from: usize, len: usize| {
        let digits = bytes.get(from..from + len)?;
        digits.iter().try_fold(0_u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
    };
    let separator = |at: usize| bytes.get(at).is_some_and(|b| matches!(b, b'-' | b'_' | b'.'));
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let (month, day) = match digits {
        8 | 12 | 14 => (number(4, 2), number(6, 2)),
        4 if separator(4) && separator(7) && !bytes.get(10).is_some_and(u8::is_ascii_digit) => {
            (number(5, 2), number(8, 2))
        }
        _ => return false,
    };
    let within = |number: Option<u32>, from: u32, to: u32| number.is_some_and(|number| (from..=to).contains(&number));
    within(number(0, 4), 1970, 2099) && within(month, 1, 12) && within(day, 1, 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_ends_before_the_date() {
        for (name, want) in [
            ("app-2026-11-18T22:00:00", "app"),
            ("db-main_20261119-2330", "db-main"),
            ("web1.example.com-2026.11.18", "web1.example.com"),
            ("srv2-20261118223000", "srv2"),
            ("home@2026_11_18", "home"),
            ("backup20261118", "backup"),
            ("2026-11-18", ""),
            ("before-migration", "before-migration"),
            ("v2-2026-13-01", "v2-2026-13-01"),
            ("ticket-202611180", "ticket-202611180"),
            ("größe-2026-11-18", "größe"),
            ("", ""),
        ] {
            assert_eq!(prefix(name), want, "{name}");
        }
    }

    #[test]
    fn checkpoints_are_told_apart() {
        assert_eq!(without_checkpoint("app-2026-11-18.checkpoint"), ("app-2026-11-18", false));
        assert_eq!(without_checkpoint("app-2026-11-18.checkpoint.2"), ("app-2026-11-18", false));
        assert_eq!(without_checkpoint("app-2026-11-18"), ("app-2026-11-18", true));
        assert_eq!(without_checkpoint("app.checkpoints"), ("app.checkpoints", true));
    }
}
