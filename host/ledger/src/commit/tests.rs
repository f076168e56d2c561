//! The world stops before each single step: afterwards a run is there whole or not at all, and what was acknowledged is.

use std::collections::BTreeSet;
use std::path::Path;

use crate::disk::Disk;
use crate::disk::crash::Crash;
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::testing::seal_failing;

/// Opens, seals two runs of two records each, and says how many of them were acknowledged.
fn two_runs(disk: &Disk, folder: &Path) -> (usize, Option<LedgerError>) {
    let mut ledger = match Ledger::open_on(disk.clone(), folder) {
        Ok(ledger) => ledger,
        Err(error) => return (0, Some(error)),
    };
    for acknowledged in 0..2 {
        if let Err(error) = seal_failing(&mut ledger, &["A", "B"]) {
            assert!(matches!(seal_failing(&mut ledger, &["A"]), Err(LedgerError::Broken { .. })));
            return (acknowledged, Some(error));
        }
    }
    (2, None)
}

/// Crashes before each step of two runs in turn, then goes on with `after`.
fn crash_before_every_step(after: impl Fn(usize, &Disk, &Path, usize)) {
    let all_steps = {
        let (dir, disk) = (tempfile::tempdir().unwrap(), Crash::pretend());
        assert_eq!(two_runs(&disk, dir.path()).0, 2);
        disk.crash.steps()
    };
    assert!(all_steps > 60, "{all_steps} steps");
    for step in 0..all_steps {
        let (dir, disk) = (tempfile::tempdir().unwrap(), Crash::pretend());
        disk.crash.at(step);
        let (acknowledged, error) = two_runs(&disk, dir.path());
        assert!(error.is_some(), "step {step}");
        disk.crash.heal();
        after(step, &disk, dir.path(), acknowledged);
    }
}

/// Opens the ledger and checks that it is whole and holds what was acknowledged; says how many runs it holds.
fn check_whole(step: usize, folder: &Path, acknowledged: usize) -> usize {
    let mut ledger = Ledger::open_on(Crash::pretend(), folder).unwrap_or_else(|e| panic!("step {step}: {e}"));
    let found = ledger.size() as usize;
    assert!(found.is_multiple_of(2), "step {step}: {found} records, half a run");
    assert!(found / 2 >= acknowledged, "step {step}: {found} records, {acknowledged} runs were acknowledged");
    for record in ledger.records() {
        let record = record.unwrap_or_else(|e| panic!("step {step}: {e}"));
        ledger.finding(&record).unwrap_or_else(|e| panic!("step {step}: {e}"));
        for collector in &record.record.collectors {
            for blob in [collector.observations, collector.transcript, collector.grants, collector.settings] {
                ledger.blobs().get(&blob.digest).unwrap_or_else(|e| panic!("step {step}: {e}"));
            }
        }
    }
    seal_failing(&mut ledger, &["A", "B"]).unwrap_or_else(|e| panic!("step {step}: {e}"));
    assert_eq!(ledger.records().map(Result::unwrap).count(), found + 2);
    found / 2
}

/// As [`crash_before_every_step`]; `lost` says which changes of names, by step and ordinal, do not survive.
fn lose_power_before_every_step(lost: impl Fn(usize, usize) -> bool) {
    crash_before_every_step(|step, disk, folder, acknowledged| {
        disk.crash.lose_power(|at| lost(step, at));
        check_whole(step, folder, acknowledged);
    });
}

#[test]
fn the_process_dies_before_any_step() {
    let seen = std::cell::RefCell::new(BTreeSet::new());
    crash_before_every_step(|step, _, folder, acknowledged| {
        seen.borrow_mut().insert((acknowledged, check_whole(step, folder, acknowledged)));
    });
    // A run that nobody acknowledged may be there: the crash came after its commit file was written.
    assert_eq!(Vec::from_iter(seen.into_inner()), [(0, 0), (0, 1), (1, 1), (1, 2)]);
}

#[test]
fn the_power_fails_before_any_step() {
    lose_power_before_every_step(|_, _| true);
}

#[test]
fn the_power_fails_and_some_names_survive() {
    lose_power_before_every_step(|_, at| at % 2 == 0);
    lose_power_before_every_step(|_, at| at % 2 == 1);
    lose_power_before_every_step(|step, at| (step * 7 + at * 5) % 3 == 0);
}

#[test]
fn the_process_dies_and_the_power_fails_after_the_next_run() {
    crash_before_every_step(|step, disk, folder, acknowledged| {
        let mut ledger = Ledger::open_on(disk.clone(), folder).unwrap_or_else(|e| panic!("step {step}: {e}"));
        seal_failing(&mut ledger, &["A", "B"]).unwrap_or_else(|e| panic!("step {step}: {e}"));
        drop(ledger);
        disk.crash.lose_power(|_| true);
        check_whole(step, folder, acknowledged + 1);
    });
}

/// A ledger whose one run was committed when the process died, its records still in the staging folder.
fn committed_but_not_renamed() -> tempfile::TempDir {
    let stopped = (0..1_000).find_map(|step| {
        let (dir, disk) = (tempfile::tempdir().unwrap(), Crash::pretend());
        let mut ledger = Ledger::open_on(disk.clone(), dir.path()).unwrap();
        disk.crash.at(step);
        drop(seal_failing(&mut ledger, &["A"]));
        let staged = ledger.layout.staging.join("000000000000.json");
        (super::marker(&ledger.layout).exists() && staged.exists()).then_some(dir)
    });
    stopped.expect("a step between the commit and the rename")
}

#[test]
fn a_committed_record_with_other_bytes_is_not_taken() {
    let dir = committed_but_not_renamed();
    let staged = dir.path().join(".tickmark/staging/000000000000.json");
    std::fs::write(&staged, b"{}").unwrap();
    let error = Ledger::open(dir.path()).unwrap_err();
    assert!(error.is_broken_ledger(), "{error}");
    assert!(error.to_string().starts_with(&format!("`{}` is damaged: its leaf hash is", staged.display())), "{error}");
}
