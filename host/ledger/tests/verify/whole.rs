//! What is whole is ok, and what was not looked at is never called so.

use expect_test::{Expect, expect};
use tickmark_ledger::verify::{Options, Progress, Report};

use crate::log::Log;
use crate::site::{Site, failures, notes, pinned, small, verify};

fn steps(report: &Report, expected: Expect) {
    let line =
        |step: &tickmark_ledger::verify::Step| format!("{:<20} {:<11} {}\n", step.name, step.status, step.detail);
    expected.assert_eq(&report.steps.iter().map(line).collect::<String>());
}

#[test]
fn a_whole_ledger_is_ok_in_every_step_that_was_checked() {
    let log = small();
    let since = Some(log.checkpoint());
    let report = Site::new(&log.files()).verify_with(&Options { since, ..pinned() });
    assert!(!report.failed());
    assert_eq!(notes(&report), [""; 0]);
    steps(
        &report,
        expect![[r#"
            folder               ok          2 files of the log, and nothing that does not belong there
            checkpoint signature ok          `tickmark/3f9c2a71d04be885`: 8 records, root sha256:457a0ba3ce63307ef0fcfb10373e431d1d795bb41be8dd95458fc62482a76e65, signed by `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            pinned key           ok          the given key signed the log before, and the keys after it follow from it (record 0)
            key rotations        ok          1 rotation; the log signs with `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            tiles                ok          8 records make the root sha256:457a0ba3ce63307ef0fcfb10373e431d1d795bb41be8dd95458fc62482a76e65
            records              ok          8 records, 6853 bytes
            chains               ok          8 records in 5 chains
            seals                ok          1 seal recomputed
            consistency          ok          the first 8 records are those of the older checkpoint
            blobs                ok          9 blobs, 1 erased by record 6, 0 that no record names
            acts                 not checked there is no act of a person
            replay               not checked `tickmark replay --all` runs the collectors again on what was recorded
        "#]],
    );
}

#[test]
fn without_key_and_older_checkpoint_those_steps_are_not_checked() {
    let report = Site::new(&small().files()).verify_with(&Options::default());
    assert!(!report.failed());
    let not_checked = report.steps.iter().filter(|step| step.status.as_str() == "not checked").map(|step| step.name);
    assert_eq!(not_checked.collect::<Vec<_>>(), ["pinned key", "consistency", "acts", "replay"]);
}

#[test]
fn the_report_says_what_the_checkpoint_says() {
    let log = small();
    let report = verify(&log);
    let checkpoint = report.checkpoint.unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (8, crate::log::root(&log.leaves())));
    assert_eq!(report.key, Some(log.key.verifier().to_string()));
}

#[test]
fn progress_ends_with_all_records() {
    let last = std::cell::Cell::new(None);
    let progress = |it: Progress| last.set(Some(it));
    Site::new(&small().files()).verify_with(&Options { progress: &progress, ..Options::default() });
    assert_eq!(last.get(), Some(Progress { records: 8, of: 8 }));
}

#[test]
fn any_older_checkpoint_of_the_same_log_is_consistent() {
    let mut log = Log::new(1);
    let mut kept = vec![log.checkpoint()];
    for n in 0..5 {
        log.attempt("2026-11-10", ["a", "b"][n % 2]);
        kept.push(log.checkpoint());
    }
    log.rotate(2);
    kept.push(log.checkpoint());
    log.attempt("2026-11-10", "a");
    let site = Site::new(&log.files());
    for since in kept {
        let report = site.verify_with(&Options { since: Some(since), ..pinned() });
        assert_eq!(failures(&report), [""; 0]);
    }
}

#[test]
fn either_key_of_a_rotation_may_be_pinned() {
    let site = Site::new(&small().files());
    for (seed, detail) in [
        (1, "the given key signed the log before, and the keys after it follow from it (record 0)"),
        (2, "the given key signs the log (record 4)"),
    ] {
        let key = Some(crate::log::key(seed).verifier().clone());
        let report = site.verify_with(&Options { key, ..Options::default() });
        assert_eq!(report.step("pinned key").unwrap().detail, detail);
        assert!(!report.failed());
    }
}
