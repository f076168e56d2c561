//! What somebody may want to do to a ledger, by those who have no key and by those who have it.

use std::path::Path;

use tickmark_ledger::verify::{Options, Report, Status};
use tickmark_model::Outcome;

use crate::log::{Files, Log, key, tree_files};
use crate::site::{Site, failures, names, pinned, verify, verify_since};

const DAYS: [&str; 4] = ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"];

/// Four days of a control that fails on the third, each day with its outcome; those that are kept.
fn history(kept: [bool; 4]) -> Log {
    let mut log = Log::new(1);
    for (day, kept) in DAYS.iter().zip(kept) {
        let outcome = if *day == DAYS[2] { Outcome::Fail } else { Outcome::Pass };
        if kept {
            log.evaluation(day, "CC6.1-mfa", outcome, &format!("users on {day}"));
        }
    }
    log
}

/// The files of a log whose records somebody without its key has changed: tiles and state are made again, the checkpoint
/// is the one that was signed.
fn without_the_key(log: &Log, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Files {
    let mut entries = log.entries.clone();
    change(&mut entries);
    let leaves: Vec<_> = entries.iter().map(|entry| tickmark_ledger::leaf_hash(entry)).collect();
    let mut files = log.files();
    files.retain(|path, _| !path.starts_with("tile/"));
    files.extend(tree_files(&entries, &leaves));
    files
}

/// The same, and signed again with the key. Links and ids stay as they were.
fn with_the_key(log: Log, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Files {
    let mut log = log;
    change(&mut log.entries);
    log.files()
}

fn failed_steps(report: &Report) -> Vec<&'static str> {
    report.steps.iter().filter(|step| step.status == Status::Failed).map(|step| step.name).collect()
}

/// Found with the checkpoint as it was, and found after it was signed again.
fn found_either_way(change: impl Fn(&mut Vec<Vec<u8>>)) {
    let report = Site::new(&without_the_key(&history([true; 4]), &change)).verify();
    assert!(failed_steps(&report).contains(&"tiles"), "{:?}", failures(&report));
    let report = Site::new(&with_the_key(history([true; 4]), &change)).verify();
    let failed = failed_steps(&report);
    assert!(failed.contains(&"records") && failed.contains(&"chains"), "{:?}", failures(&report));
    assert!(!failed.contains(&"tiles") && !failed.contains(&"checkpoint signature"), "{:?}", failures(&report));
}

#[test]
fn a_deleted_record_is_found() {
    found_either_way(|entries| drop(entries.remove(2)));
}

#[test]
fn the_deleted_last_record_is_found_without_the_key() {
    let report = Site::new(&without_the_key(&history([true; 4]), |entries| drop(entries.pop()))).verify();
    assert!(failed_steps(&report).contains(&"tiles"));
    assert!(names(&report, "tile/entries/000.p/5"), "{:?}", failures(&report));
}

#[test]
fn reordered_records_are_found() {
    found_either_way(|entries| entries[1..].reverse());
}

#[test]
fn a_duplicated_record_is_found() {
    found_either_way(|entries| entries.insert(3, entries[2].clone()));
}

#[test]
fn swapped_records_are_found() {
    found_either_way(|entries| entries.swap(2, 3));
}

#[test]
fn a_record_in_place_of_another_is_found() {
    found_either_way(|entries| entries[3] = entries[2].clone());
}

#[test]
fn a_changed_outcome_is_found_without_the_key() {
    let files = without_the_key(&history([true; 4]), |entries| {
        let text = String::from_utf8(entries[3].clone()).unwrap();
        entries[3] = text.replace(r#""outcome":"fail""#, r#""outcome":"pass""#).into_bytes();
    });
    let report = Site::new(&files).verify();
    assert_eq!(failed_steps(&report), ["tiles", "chains"], "{:?}", failures(&report));
}

#[test]
fn a_dropped_failing_run_is_found_by_the_signature_without_the_key() {
    // Everything made again as if it had never been, but for the signature.
    let honest = history([true; 4]);
    let mut files = history([true, true, false, true]).files();
    files.insert("checkpoint".into(), honest.checkpoint());
    let report = Site::new(&files).verify();
    assert!(failed_steps(&report).contains(&"tiles"), "{:?}", failures(&report));
}

#[test]
fn a_dropped_failing_run_signed_by_another_key_is_found_by_the_pinned_key() {
    let mut forged = Log::new(9);
    forged.evaluation(DAYS[0], "CC6.1-mfa", Outcome::Pass, "users");
    let report = verify(&forged);
    assert_eq!(failed_steps(&report), ["pinned key"]);
    // Nothing else tells it from an honest log, and without a key nothing is called ok that was not checked.
    let report = Site::new(&forged.files()).verify_with(&Options::default());
    assert_eq!(report.step("pinned key").unwrap().status, Status::NotChecked);
}

#[test]
fn a_dropped_failing_run_is_found_by_an_older_checkpoint_with_the_key() {
    let kept = history([true; 4]).checkpoint();
    let forged = history([true, true, false, true]);
    assert_eq!(failures(&verify(&forged)), [""; 0], "whoever has the key can make it all again");
    assert_eq!(
        failures(&verify_since(&forged, kept)),
        ["consistency: `checkpoint`: the log was rolled back: it has 4 records, it had 5"]
    );

    // And where it grew again to the old size, and beyond.
    let mut forged = history([true, true, false, true]);
    forged.evaluation("2026-11-14", "CC6.1-mfa", Outcome::Pass, "users later");
    let report = verify_since(&forged, history([true; 4]).checkpoint());
    assert_eq!(failed_steps(&report), ["consistency"]);
    forged.evaluation("2026-11-15", "CC6.1-mfa", Outcome::Pass, "users later still");
    let report = verify_since(&forged, history([true; 4]).checkpoint());
    assert!(
        report.step("consistency").unwrap().detail.starts_with("the log was forked: the root of its first 5 records")
    );
}

#[test]
fn a_run_dropped_by_cutting_it_out_is_found_by_the_chain_with_the_key() {
    let report = Site::new(&with_the_key(history([true; 4]), |entries| drop(entries.remove(3)))).verify();
    let chain = "chains: `tile/entries/000.p/4`: record 3 of the chain `control/CC6.1-mfa` names record 3 before it, \
                 expected record 2";
    assert!(failures(&report).contains(&chain.to_owned()), "{:?}", failures(&report));
}

#[test]
fn a_run_dropped_from_a_sealed_period_is_found_by_the_seal_with_the_key() {
    let seal = |kept| {
        let log = history(kept);
        log.sealed("2026-11-10", "2026-11-13")
    };
    let (claimed, chains) = seal([true; 4]);
    let mut log = history([true, true, false, true]);
    let blob = log.named("chains", &crate::log::jcs(&chains));
    let claimed = tickmark_ledger::Seal { tree_size: log.entries.len() as u64, ..claimed };
    log.push("2026-11-14", claimed, vec![blob]);
    let report = verify(&log);
    assert_eq!(failed_steps(&report), ["seals"]);
    let detail = &report.step("seals").unwrap().detail;
    assert!(detail.ends_with("says 4 records in 1 chains from 2026-11-10 to 2026-11-13, there are 3 in 1"), "{detail}");
}

#[test]
fn a_log_rolled_back_to_last_week_is_found() {
    let mut log = history([true; 4]);
    let last_week = log.files();
    log.evaluation("2026-11-20", "CC6.1-mfa", Outcome::Fail, "users a week later");
    let report = Site::new(&last_week).verify_with(&Options { since: Some(log.checkpoint()), ..pinned() });
    assert_eq!(failed_steps(&report), ["consistency"]);
    assert!(
        report.step("consistency").unwrap().detail.ends_with("the log was rolled back: it has 5 records, it had 6")
    );
    assert_eq!(report.step("consistency").unwrap().file.as_deref(), Some(Path::new("checkpoint")));
}

#[test]
fn an_old_checkpoint_over_a_newer_log_is_found() {
    let mut log = history([true; 4]);
    let old = log.checkpoint();
    log.attempt("2026-11-20", "CC7.2-scan");
    let mut files = log.files();
    files.insert("checkpoint".into(), old);
    let report = Site::new(&files).verify();
    assert!(report.failed());
    assert!(names(&report, ".tickmark/state.json"), "{:?}", failures(&report));
}

#[test]
fn two_forks_are_each_whole_and_found_side_by_side() {
    let fork = |outcome| {
        let mut log = history([true, true, false, false]);
        log.evaluation("2026-11-12", "CC6.1-mfa", outcome, "users");
        log
    };
    let (one, other) = (fork(Outcome::Pass), fork(Outcome::Fail));
    assert_eq!(failures(&verify(&one)), [""; 0]);
    assert_eq!(failures(&verify(&other)), [""; 0]);
    for (log, since) in [(&one, &other), (&other, &one)] {
        let report = verify_since(log, since.checkpoint());
        assert_eq!(failed_steps(&report), ["consistency"]);
        assert!(report.step("consistency").unwrap().detail.contains("the log was forked"));
    }
}

#[test]
fn the_checkpoint_of_another_log_or_key_is_found() {
    let log = history([true; 4]);
    let mut forged = history([true; 4]);
    forged.key = key(9);
    let report = verify_since(&log, forged.checkpoint());
    assert_eq!(failed_steps(&report), ["consistency"]);
    let report = verify_since(&log, b"not a checkpoint".to_vec());
    assert_eq!(failed_steps(&report), ["consistency"]);
    // A log signed by a key that no record introduces.
    let report = verify(&forged);
    assert_eq!(failed_steps(&report), ["folder", "checkpoint signature"]);
    assert!(names(&report, "checkpoint") && names(&report, ".tickmark/log.vkey"));
}
