//! `restic snapshots --json`: an array of snapshots.
//!
//! A snapshot exists only where a backup ended well enough to be saved, so every one is a successful run; a backup that
//! failed leaves nothing behind. `time` is when the backup started. restic 0.17 and later add a `summary` with
//! `backup_start`, `backup_end` and `total_bytes_processed`; where it is there, the end and the size come from it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use tickmark_collector::Failure;
use tickmark_collector::time::rfc3339;

use super::not_from;
use crate::run::{Listing, Run};

/// What names the job that a snapshot is a run of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobBy {
    /// The paths, joined by commas.
    Path,
    /// Each of its tags: a snapshot with two tags is a run of two jobs.
    Tag,
    /// The host name.
    Host,
}

#[derive(Deserialize)]
struct Snapshot {
    time: String,
    hostname: String,
    paths: Vec<String>,
    tags: Option<Vec<String>>,
    summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Summary {
    backup_start: String,
    backup_end: String,
    total_bytes_processed: Option<i64>,
}

/// Reads the snapshots.
///
/// # Errors
/// `invalid`, where `bytes` are no JSON array.
pub fn parse(bytes: &[u8], job_by: JobBy) -> Result<Listing, Failure> {
    let items: Vec<Value> =
        serde_json::from_slice(bytes).map_err(|error| not_from("restic snapshots --json", &error))?;
    let mut listing = Listing::default();
    let mut untagged = 0_u64;
    let mut hosts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, item) in items.into_iter().enumerate() {
        let place = format!("restic snapshot {}", at + 1);
        let snapshot = match Snapshot::deserialize(item) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                listing.unreadable(&place, &error.to_string());
                continue;
            }
        };
        let Snapshot { time, hostname, paths, tags, summary } = snapshot;
        let (start, end, size) = match &summary {
            Some(summary) => (&summary.backup_start, &summary.backup_end, summary.total_bytes_processed),
            None => (&time, &time, None),
        };
        let (Some(started), Some(finished)) = (rfc3339(start), rfc3339(end)) else {
            listing.unreadable(&place, &format!("times `{start}` and `{end}` are not both RFC 3339"));
            continue;
        };
        let jobs = match job_by {
            JobBy::Path => {
                let job = paths.join(",");
                hosts.entry(job.clone()).or_default().insert(hostname);
                vec![job]
            }
            JobBy::Host => vec![hostname],
            JobBy::Tag => {
                let tags: BTreeSet<String> = tags.unwrap_or_default().into_iter().collect();
                untagged += u64::from(tags.is_empty());
                tags.into_iter().collect()
            }
        };
        for job in jobs {
            listing.run(&place, Run { job, started: Some(started), finished, success: true, size });
        }
    }
    if untagged > 0 {
        listing.remark(format!("{untagged} restic snapshots have no tag and belong to no job"));
    }
    for (job, hosts) in hosts.iter().filter(|(_, hosts)| hosts.len() > 1) {
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let hosts = hosts.join(", ");
        listing.remark(format!("job `{job}` is backed up by several hosts, and the newest counts: {hosts}"));
    }
    Ok(listing)
}
