//! `pgbackrest info --output=json`: an array of stanzas, each with its backups. One stanza is one job.
//!
//! `error` of a backup says that it holds pages with wrong checksums: such a backup ended, but is no success. A stanza
//! or repository that pgBackRest itself could not read (status code 99, "other") makes the listing unreadable; stanzas
//! without a path, without data or without valid backups are jobs without runs, and a remark says so.

use serde::Deserialize;
use serde_json::Value;
use tickmark_collector::Failure;

use super::not_from;
use crate::run::{Listing, Run};
use crate::time::unix_seconds;

#[derive(Deserialize)]
struct Stanza {
    name: String,
    backup: Vec<Value>,
    status: Status,
    #[serde(default)]
    repo: Vec<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    key: i64,
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    code: i64,
    message: String,
}

impl Status {
    const OK: i64 = 0;
    const OTHER: i64 = 99;
}

#[derive(Deserialize)]
struct Backup {
    error: Option<bool>,
    info: Option<Info>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
struct Info {
    size: i64,
}

/// In seconds since 1970-01-01T00:00:00Z.
#[derive(Deserialize)]
struct Timestamp {
    start: i64,
    stop: i64,
}

/// Reads the stanzas and their backups.
///
/// # Errors
/// `invalid`, where `bytes` are no JSON array.
pub fn parse(bytes: &[u8]) -> Result<Listing, Failure> {
    let items: Vec<Value> =
        serde_json::from_slice(bytes).map_err(|error| not_from("pgbackrest info --output=json", &error))?;
    let mut listing = Listing::default();
    for (at, item) in items.into_iter().enumerate() {
        match Stanza::deserialize(item) {
            Ok(stanza) => read(stanza, &mut listing),
            Err(error) => listing.unreadable(&format!("pgbackrest stanza {}", at + 1), &error.to_string()),
        }
    }
    Ok(listing)
}

fn read(stanza: Stanza, listing: &mut Listing) {
    let Stanza { name, backup, status, repo } = stanza;
    let place = format!("pgbackrest stanza `{name}`");
    listing.job(&place, &name);
    say(&place, &status, listing);
    if repo.len() > 1 {
        listing.remark(format!("{place} has {} repositories, and the newest backup of any counts", repo.len()));
        for Repository { key, status } in &repo {
            say(&format!("{place}, repository {key}"), status, listing);
        }
    }
    for (at, item) in backup.into_iter().enumerate() {
        let place = format!("{place}, backup {}", at + 1);
        let Backup { error, info, timestamp } = match Backup::deserialize(item) {
            Ok(backup) => backup,
            Err(error) => {
                listing.unreadable(&place, &error.to_string());
                continue;
            }
        };
        let Timestamp { start, stop } = timestamp;
        let (Some(started), Some(finished)) = (unix_seconds(start), unix_seconds(stop)) else {
            listing.unreadable(&place, &format!("times {start} and {stop} are not both within years 0001 to 9999"));
            continue;
        };
        let success = error != Some(true);
        let size = info.map(|info| info.size);
        listing.run(&place, Run { job: name.clone(), started: Some(started), finished, success, size });
    }
}

fn say(place: &str, status: &Status, listing: &mut Listing) {
    match status.code {
        Status::OK => {}
        Status::OTHER => listing.unreadable(place, status.message.lines().next().unwrap_or_default()),
        code => listing.remark(format!("{place}: status {code}, {}", status.message)),
    }
}
