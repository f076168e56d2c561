//! Properties: no parser panics on damaged output, records survive writing and reading, and the history of a job agrees
//! with a slow and obvious one.

use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_backup::history::{History, histories, split};
use tickmark_backup::parse::{borg, pgbackrest, restic};
use tickmark_backup::run::Run;
use tickmark_backup::time::{UtcOffset, local};
use tickmark_collector::{Datetime, Duration, time};

const RESTIC: &[u8] = include_bytes!("fixtures/restic-snapshots.json");
const BORG: &[u8] = include_bytes!("fixtures/borg-list-end.json");
const PGBACKREST: &[u8] = include_bytes!("fixtures/pgbackrest-info.json");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\".to_vec())];
    (vec((0..original.len(), byte), 0..6), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

fn instant() -> impl Strategy<Value = Datetime> {
    (-62_135_596_800_000_i64..=253_402_300_799_999).prop_map(Datetime)
}

/// Few distinct moments, so that ties are common; the judged instant is 5.
fn run() -> impl Strategy<Value = Run> {
    (0_i64..8, any::<bool>(), proptest::option::of(0_i64..3), proptest::option::of(0_i64..4)).prop_map(
        |(finished, success, size, took)| Run {
            job: "job".to_owned(),
            started: took.map(|took| Datetime(finished - took)),
            finished: Datetime(finished),
            success,
            size,
        },
    )
}

proptest! {
    #[test]
    fn damaged_output_never_panics(
        restic_bytes in damaged(RESTIC), borg_bytes in damaged(BORG), pgbackrest_bytes in damaged(PGBACKREST)
    ) {
        for job_by in [restic::JobBy::Path, restic::JobBy::Tag, restic::JobBy::Host] {
            let _ = restic::parse(&restic_bytes, job_by);
        }
        for job_by in [borg::JobBy::Prefix, borg::JobBy::Repository] {
            let _ = borg::parse(&borg_bytes, job_by, UtcOffset::default());
        }
        let _ = pgbackrest::parse(&pgbackrest_bytes);
    }

    /// A snapshot is a run, or is counted as unreadable: none is lost on the way.
    #[test]
    fn every_snapshot_is_accounted_for(bytes in damaged(RESTIC)) {
        if let Ok(listing) = restic::parse(&bytes, restic::JobBy::Host) {
            let items: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(listing.runs().len() as u64 + listing.unreadable_count(), items.len() as u64);
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".*") {
        let _ = local(&text, UtcOffset::default());
        let _ = UtcOffset::parse(&text);
        prop_assert!(text.starts_with(borg::prefix(&text)));
    }

    #[test]
    fn instants_round_trip(at in instant(), minutes in -1439_i64..=1439) {
        prop_assert_eq!(time::rfc3339(&time::text(at)), Some(at));
        let sign = if minutes < 0 { '-' } else { '+' };
        let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        let parsed = UtcOffset::parse(&offset).unwrap();
        prop_assert_eq!(parsed.ms(), minutes * 60_000);
        // A local time without an offset, as borg writes it, where the years allow it.
        let shifted = time::text(Datetime(at.0 + parsed.ms()));
        if let Some(naive) = shifted.strip_suffix('Z').filter(|naive| naive.len() >= 19 && !naive.starts_with(['+', '-'])) {
            prop_assert_eq!(local(naive, parsed), Some(at));
        }
    }

    #[test]
    fn restic_snapshots_round_trip(snapshots in vec((instant(), "[a-z/]{1,12}", "[a-z]{1,8}"), 0..8)) {
        let json: Vec<_> = snapshots
            .iter()
            .map(|(at, path, host)| serde_json::json!({"time": time::text(*at), "paths": [path], "hostname": host}))
            .collect();
        let listing = restic::parse(&serde_json::to_vec(&json).unwrap(), restic::JobBy::Path).unwrap();
        let want: Vec<Run> = snapshots
            .into_iter()
            .map(|(at, job, _)| Run { job, started: Some(at), finished: at, success: true, size: None })
            .collect();
        prop_assert_eq!(listing.runs(), want);
    }

    #[test]
    fn borg_archives_round_trip(archives in vec((instant(), "[a-z]{1,8}"), 0..8)) {
        let json: Vec<_> = archives
            .iter()
            .map(|(at, name)| serde_json::json!({"name": format!("{name}-2026-11-19"), "time": time::text(*at)}))
            .collect();
        let json = serde_json::json!({"archives": json, "repository": {"location": "/r"}});
        let bytes = serde_json::to_vec(&json).unwrap();
        let listing = borg::parse(&bytes, borg::JobBy::Prefix, UtcOffset::default()).unwrap();
        let want: Vec<Run> = archives
            .into_iter()
            .map(|(at, job)| Run { job, started: Some(at), finished: at, success: true, size: None })
            .collect();
        prop_assert_eq!(listing.runs(), want);
    }

    #[test]
    fn pgbackrest_backups_round_trip(backups in vec((0_i64..4_000_000_000, 0_i64..100_000, any::<bool>(), 0_i64..1 << 50), 0..8)) {
        let json: Vec<_> = backups
            .iter()
            .map(|(start, took, error, size)| serde_json::json!({
                "error": error, "info": {"size": size}, "timestamp": {"start": start, "stop": start + took}
            }))
            .collect();
        let json = serde_json::json!([{"name": "main", "backup": json, "status": {"code": 0, "message": "ok"}}]);
        let listing = pgbackrest::parse(&serde_json::to_vec(&json).unwrap()).unwrap();
        let want: Vec<Run> = backups
            .into_iter()
            .map(|(start, took, error, size)| Run {
                job: "main".to_owned(),
                started: Some(Datetime(start * 1_000)),
                finished: Datetime((start + took) * 1_000),
                success: !error,
                size: Some(size),
            })
            .collect();
        prop_assert_eq!(listing.runs(), want);
    }

    /// Each answer by its definition, a loop each, against the one sorted pass.
    #[test]
    fn history_agrees_with_a_slow_one(runs in vec(run(), 0..12)) {
        let as_of = Datetime(5);
        let past: Vec<&Run> = runs.iter().filter(|run| run.finished <= as_of).collect();
        let last_run = past.iter().map(|run| run.finished).max();
        let last_failed = past.iter().any(|run| Some(run.finished) == last_run && !run.success);
        let last_success = past.iter().filter(|run| run.success).map(|run| run.finished).max();
        let since = |run: &&&Run| last_success.is_none_or(|success| run.finished >= success);
        let failures = past.iter().filter(|run| !run.success).filter(since).count();
        let sizes: Vec<Option<i64>> = past.iter().filter(|run| run.success && Some(run.finished) == last_success).map(|run| run.size).collect();

        let history = histories(&runs, as_of).remove("job").unwrap_or_default();
        prop_assert_eq!(history.runs, past.len() as u64);
        prop_assert_eq!(history.later, (runs.len() - past.len()) as u64);
        prop_assert_eq!(history.last.map(|run| run.finished), last_run);
        prop_assert_eq!(history.last.map(|run| !run.success), last_run.map(|_| last_failed));
        prop_assert_eq!(history.last_success.map(|run| run.finished), last_success);
        prop_assert_eq!(history.age(as_of), last_success.map(|at| Duration(as_of.0 - at.0)));
        prop_assert_eq!(history.failures, failures as u64);
        prop_assert!(history.last_success.is_none_or(|run| run.success && sizes.contains(&run.size)));
    }

    /// The order in which the source lists the runs does not matter.
    #[test]
    fn order_of_runs_does_not_matter((runs, shuffled) in vec(run(), 0..12).prop_flat_map(|runs| (Just(runs.clone()), Just(runs).prop_shuffle()))) {
        prop_assert_eq!(History::at(Datetime(5), runs.iter().collect()), History::at(Datetime(5), shuffled.iter().collect()));
    }

    /// No run is lost, none is there twice, and no two have one id, whatever order the source lists them in.
    #[test]
    fn every_run_has_an_id_of_its_own((runs, shuffled) in vec((run(), "[ab]"), 0..12).prop_flat_map(|runs| {
        let runs: Vec<Run> = runs.into_iter().map(|(run, job)| Run { job, ..run }).collect();
        (Just(runs.clone()), Just(runs).prop_shuffle())
    })) {
        let seen = split(&runs, Datetime(5));
        let ids: std::collections::BTreeSet<String> = seen.runs.iter().map(|it| it.run.id(it.number)).collect();
        prop_assert_eq!(ids.len(), seen.runs.len());
        prop_assert_eq!(seen.runs.len(), runs.iter().filter(|run| run.finished <= Datetime(5)).count());
        prop_assert_eq!(seen.later, (runs.len() - seen.runs.len()) as u64);
        prop_assert_eq!(seen, split(&shuffled, Datetime(5)));
    }
}
