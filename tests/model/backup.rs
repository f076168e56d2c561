//! The controls on backups, on single runs of them and on trial restores.

use super::{DAY, HOUR, MINUTE, Subject};

/// Whether a job, a run or a restore is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    control != "A1.2-backup-recent" || subject.flag("expected") == Some(true)
}

/// The policies that speak against a job, a run or a restore.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let dated = |limit: i128, never, old, future| match subject.number("last_success") {
        None => vec![never],
        Some(at) if as_of - at > limit => vec![old],
        Some(at) if at - as_of > 5 * MINUTE => vec![future],
        Some(_) => vec![],
    };
    match control {
        // A run is judged by how it ended, and never by the instant that somebody looks.
        "A1.2-backup-daily" => match subject.flag("success") {
            Some(true) => vec![],
            _ => vec!["backup-daily-failed"],
        },
        "A1.2-backup-recent" => {
            dated(26 * HOUR, "backup-recent-never-succeeded", "backup-recent-too-old", "backup-recent-in-the-future")
        }
        "A1.3-restore-test" => {
            dated(92 * DAY, "restore-test-never-succeeded", "restore-test-too-old", "restore-test-in-the-future")
        }
        other => panic!("no model of {other}"),
    }
}
