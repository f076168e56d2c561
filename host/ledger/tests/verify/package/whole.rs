//! What is whole is ok, and what was not looked at is never called so.

use std::collections::BTreeSet;
use std::io::Cursor;

use expect_test::{Expect, expect};
use tickmark_ledger::package::{Package, Selection};
use tickmark_ledger::verify::{Options, Report};
use tickmark_model::Outcome;

use super::forge::{short, verify_with};
use super::history::{MFA, SCAN, all, days, export, export_with, judge, open_period, period, sealed_period};
use crate::site::{failures, notes, pinned};

fn steps(report: &Report, expected: &Expect) {
    let line =
        |step: &tickmark_ledger::verify::Step| format!("{:<20} {:<11} {}\n", step.name, step.status, step.detail);
    expected.assert_eq(&short(&report.steps.iter().map(line).collect::<String>()));
}

#[test]
fn a_whole_package_is_ok_in_every_step_that_was_checked() {
    let log = sealed_period();
    let kept = log.checkpoint_at(12);
    let package = export_with(&log, &all(period()), Some(&kept));
    let report = verify_with(&package, &Options { since: Some(kept), ..pinned() });
    steps(
        &report,
        &expect![[r#"
            container            ok          61 files
            manifest             ok          every file has the size and the digest that the manifest lists, and there is no other
            package signature    ok          signed by the key that the log names; result FAILED
            checkpoint signature ok          `tickmark/3f9c2a71d04be885`: 16 records, root sha256:65d5f1dc, signed by `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            pinned key           ok          the given key signed the log before, and the keys after it follow from it (record 0)
            key rotations        ok          1 rotation; the log signs with `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            inclusion            ok          14 records proven under the checkpoint
            records              ok          14 records
            chains               ok          6 chains
            completeness         ok          4 chains as the seal of the period says
            consistency          ok          the log begins with the 12 records of the older checkpoint
            blobs                ok          26 blobs as named, 2 erased by the records 12 and 15
            acts                 not checked there is no act of a person
            timestamp            not checked the package has none
            replay               not checked `tickmark replay PACKAGE` runs the collectors again on what was recorded
        "#]],
    );
    assert_eq!(notes(&report), [""; 0]);
}

#[test]
fn without_key_seal_and_older_checkpoint_those_steps_are_not_checked() {
    let report = verify_with(&export(&open_period()), &Options::default());
    steps(
        &report,
        &expect![[r#"
            container            ok          52 files
            manifest             ok          every file has the size and the digest that the manifest lists, and there is no other
            package signature    ok          signed by the key that the log names; result FAILED
            checkpoint signature ok          `tickmark/3f9c2a71d04be885`: 11 records, root sha256:92a0d8c6, signed by `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            pinned key           not checked no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            key rotations        ok          1 rotation; the log signs with `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`
            inclusion            ok          10 records proven under the checkpoint
            records              ok          10 records
            chains               ok          4 chains
            completeness         not checked the period is not sealed yet, so records of it before the first and after the last ones may be missing
            consistency          not checked no older checkpoint was given; keep checkpoints and give one with --since
            blobs                ok          26 blobs as named, 0 erased
            acts                 not checked there is no act of a person
            timestamp            not checked the package has none
            replay               not checked `tickmark replay PACKAGE` runs the collectors again on what was recorded
        "#]],
    );
}

#[test]
fn raw_evidence_that_was_left_out_is_not_checked() {
    let package = export_with(&sealed_period(), &Selection { redact: true, ..all(period()) }, None);
    let report = verify_with(&package, &pinned());
    assert!(!report.failed());
    expect!["16 blobs left out of the package; 6 blobs as named, 0 erased"]
        .assert_eq(&report.step("blobs").unwrap().detail);
}

/// Whatever is selected of whichever of these logs is a package that verifies.
#[test]
fn every_selection_verifies() {
    for log in [open_period(), sealed_period()] {
        for controls in [None, Some(BTreeSet::from([MFA.to_owned()])), Some(BTreeSet::from(["CC9".to_owned()]))] {
            for redact in [false, true] {
                for period in [period(), days("2026-11-09", "2026-11-11"), days("2026-11-12", "2026-11-30")] {
                    let selection = Selection { controls: controls.clone(), period, redact, sample: None };
                    let report = verify_with(&export_with(&log, &selection, None), &pinned());
                    assert!(!report.failed(), "{selection:?}: {report:?}");
                }
            }
        }
    }
}

/// A run on what was known on another day stands in the chain between two of the period.
#[test]
fn a_record_of_another_day_in_between_is_shown_until_a_seal_counts() {
    let mut log = open_period();
    judge(&mut log, "2026-11-20", MFA, Outcome::Fail, "users on the 20th");
    judge(&mut log, "2026-11-20", SCAN, Outcome::Pass, "hosts on the 20th");
    judge(&mut log, "2026-11-12", MFA, Outcome::Pass, "users on the 12th, again");
    let indexes =
        |package: &[u8]| -> Vec<u64> { Package::read_from(Cursor::new(package)).unwrap().indexes().collect() };
    let open = export(&log);
    assert_eq!(indexes(&open), [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]);
    assert_eq!(failures(&verify_with(&open, &pinned())), [""; 0]);
    log.seal("2026-11-10", "2026-11-12", "2026-11-21");
    let sealed = export(&log);
    assert_eq!(indexes(&sealed), [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14]);
    let report = verify_with(&sealed, &pinned());
    assert_eq!(failures(&report), [""; 0]);
    let note = "chains: `records/13.json`: names record 11 before it, which is not in the package";
    assert_eq!(notes(&report), [note]);
}
