//! The world stops before each single step: afterwards an append is there whole or not at all, what was acknowledged is
//! there, and the log is whole.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use crate::disk::Disk;
use crate::disk::crash::Crash;
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::record::Body;
use crate::testing::{append, check_log, copy, key, open_on, scratch, seal_failing};

/// Some work on a ledger, which gives how many records it knows to be durable; and the error that stopped it.
type Work = fn(&mut Ledger, &mut u64) -> Result<(), LedgerError>;

/// Seals two runs of two records each.
fn two_runs(ledger: &mut Ledger, acknowledged: &mut u64) -> Result<(), LedgerError> {
    for _ in 0..2 {
        seal_failing(ledger, &["A", "B"])?;
        *acknowledged = ledger.size();
    }
    Ok(())
}

/// Appends three times, publishes, and does it again: a bundle becomes full, and a tile of the second level begins.
fn appends(ledger: &mut Ledger, acknowledged: &mut u64) -> Result<(), LedgerError> {
    for many in [2, 9] {
        for count in [1, many, 2] {
            append(ledger, &vec!["A"; count])?;
            *acknowledged = ledger.size();
        }
        ledger.publish()?;
    }
    Ok(())
}

/// The sizes of the log at which an append ends.
const RUNS: [u64; 3] = [0, 3, 5];
const APPENDS: [u64; 7] = [250, 251, 253, 255, 256, 265, 267];

/// What [`appends`] begins with.
fn filled() -> &'static Path {
    static FILLED: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let fill = || {
        let dir = scratch();
        let mut ledger = open_on(&Crash::pretend(), dir.path()).unwrap();
        append(&mut ledger, &["A"; 249]).unwrap();
        ledger.publish().unwrap();
        dir
    };
    FILLED.get_or_init(fill).path()
}

fn attempt_all(disk: &Disk, folder: &Path, work: Work) -> (u64, Option<LedgerError>) {
    let mut acknowledged = 0;
    let mut ledger = match open_on(disk, folder) {
        Ok(ledger) => ledger,
        Err(error) => return (0, Some(error)),
    };
    acknowledged = acknowledged.max(ledger.size());
    let done = work(&mut ledger, &mut acknowledged);
    if done.is_err() {
        assert!(matches!(append(&mut ledger, &["A"]), Err(LedgerError::Broken { .. })));
    }
    (acknowledged, done.err())
}

fn start(work: Work) -> (tempfile::TempDir, Disk) {
    let dir = scratch();
    if std::ptr::fn_addr_eq(work, appends as Work) {
        copy(filled(), dir.path());
    }
    (dir, Crash::pretend())
}

/// Crashes before each step of `work` in turn, then goes on with `after`.
fn crash_before_every_step(work: Work, after: impl Fn(usize, &Disk, &Path, u64)) {
    let all_steps = {
        let (dir, disk) = start(work);
        assert!(attempt_all(&disk, dir.path(), work).1.is_none());
        check_log(dir.path());
        disk.crash.steps()
    };
    assert!(all_steps > 100, "{all_steps} steps");
    for step in 0..all_steps {
        let (dir, disk) = start(work);
        disk.crash.at(step);
        let (acknowledged, error) = attempt_all(&disk, dir.path(), work);
        assert!(error.is_some(), "step {step}");
        disk.crash.heal();
        after(step, &disk, dir.path(), acknowledged);
    }
}

/// Opens the ledger and checks that it is whole and holds what was acknowledged; says how many records it holds.
fn check_whole(step: usize, disk: &Disk, folder: &Path, acknowledged: u64, ends: &[u64]) -> u64 {
    let mut ledger = open_on(disk, folder).unwrap_or_else(|e| panic!("step {step}: {e}"));
    let found = ledger.size();
    assert!(found >= acknowledged, "step {step}: {found} records, {acknowledged} were acknowledged");
    assert!(ends.contains(&found), "step {step}: {found} records, half an append");
    for record in ledger.records() {
        let record = record.unwrap_or_else(|e| panic!("step {step}: {e}"));
        let Body::Evaluation(evaluation) = &record.record.body else { continue };
        ledger.finding(&record).unwrap_or_else(|e| panic!("step {step}: {e}"));
        for collector in &evaluation.collectors {
            for blob in [collector.observations, collector.transcript, collector.grants, collector.settings] {
                ledger.blobs().get(&blob.digest).unwrap_or_else(|e| panic!("step {step}: {e}"));
            }
        }
    }
    if found > 0 {
        assert_eq!(check_log(folder).size(), found, "step {step}");
    }
    seal_failing(&mut ledger, &["A", "B"]).unwrap_or_else(|e| panic!("step {step}: {e}"));
    let all = ledger.records().map(Result::unwrap).count() as u64;
    assert_eq!(all, if found == 0 { 3 } else { found + 2 });
    assert_eq!(check_log(folder).size(), all, "step {step}");
    found
}

/// As [`crash_before_every_step`]; `lost` says which changes of names, by step and ordinal, do not survive.
fn lose_power_before_every_step(work: Work, ends: &[u64], lost: impl Fn(usize, usize) -> bool) {
    crash_before_every_step(work, |step, disk, folder, acknowledged| {
        disk.crash.lose_power(|at| lost(step, at));
        check_whole(step, disk, folder, acknowledged, ends);
    });
}

#[test]
fn the_process_dies_before_any_step() {
    let seen = std::cell::RefCell::new(BTreeSet::new());
    crash_before_every_step(two_runs, |step, disk, folder, acknowledged| {
        seen.borrow_mut().insert((acknowledged, check_whole(step, disk, folder, acknowledged, &RUNS)));
    });
    // A run that nobody acknowledged may be there: the crash came after its frame was written.
    assert_eq!(Vec::from_iter(seen.into_inner()), [(0, 0), (0, 3), (3, 3), (3, 5)]);
}

#[test]
fn the_process_dies_before_any_step_of_many_appends() {
    crash_before_every_step(appends, |step, disk, folder, acknowledged| {
        check_whole(step, disk, folder, acknowledged, &APPENDS);
    });
}

#[test]
fn the_power_fails_before_any_step() {
    lose_power_before_every_step(two_runs, &RUNS, |_, _| true);
    lose_power_before_every_step(appends, &APPENDS, |_, _| true);
}

#[test]
fn the_power_fails_and_some_names_survive() {
    for (work, ends) in [(two_runs as Work, &RUNS[..]), (appends, &APPENDS)] {
        lose_power_before_every_step(work, ends, |_, at| at % 2 == 0);
        lose_power_before_every_step(work, ends, |_, at| at % 2 == 1);
        lose_power_before_every_step(work, ends, |step, at| (step * 7 + at * 5) % 3 == 0);
    }
}

#[test]
fn the_power_fails_while_a_crash_is_being_recovered_from() {
    // Every step before the log is whole again, after a crash between the write-ahead file and the checkpoint.
    crash_before_every_step(appends, |step, disk, folder, acknowledged| {
        if step % 11 != 0 {
            return;
        }
        disk.crash.at(step % 37);
        let opened = open_on(disk, folder).map(drop);
        disk.crash.heal();
        disk.crash.lose_power(|at| opened.is_err() && at % 3 != 0);
        check_whole(step, disk, folder, acknowledged, &APPENDS);
    });
}

#[test]
fn the_process_dies_and_the_power_fails_after_the_next_run() {
    crash_before_every_step(two_runs, |step, disk, folder, acknowledged| {
        let mut ledger = open_on(disk, folder).unwrap_or_else(|e| panic!("step {step}: {e}"));
        let before = ledger.size();
        assert!(before >= acknowledged);
        seal_failing(&mut ledger, &["A", "B"]).unwrap_or_else(|e| panic!("step {step}: {e}"));
        let acknowledged = ledger.size();
        drop(ledger);
        disk.crash.lose_power(|_| true);
        check_whole(step, disk, folder, acknowledged, &[acknowledged]);
    });
}

#[test]
fn a_log_that_only_grows_has_the_same_bytes_however_it_was_published() {
    let write = |publish_after: &[usize]| {
        let (dir, disk) = (scratch(), Crash::pretend());
        let mut ledger = open_on(&disk, dir.path()).unwrap();
        for n in 0..600 {
            append(&mut ledger, &[["A", "B", "C"][n % 3]]).unwrap();
            if publish_after.contains(&n) {
                ledger.publish().unwrap();
            }
        }
        ledger.publish().unwrap();
        check_log(dir.path());
        let note = std::fs::read_to_string(dir.path().join("checkpoint")).unwrap();
        (dir, note)
    };
    let (_whole, whole) = write(&[]);
    let (_parts, parts) = write(&[0, 1, 100, 254, 255, 256, 300, 511, 512, 599]);
    assert_eq!(whole, parts);
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines[..2], ["tickmark/0123456789abcdef", "601"]);
}

#[test]
fn the_first_record_introduces_the_key() {
    let dir = scratch();
    let mut ledger = open_on(&Crash::pretend(), dir.path()).unwrap();
    let appended = append(&mut ledger, &["A"]).unwrap();
    assert_eq!(appended.iter().map(|it| it.index).collect::<Vec<_>>(), [1]);
    let first = ledger.records().next().unwrap().unwrap();
    assert_eq!(first.record.head.id, "key/0");
    let Body::Key(introduced) = first.record.body else { panic!("a key record") };
    let vkey = key(1).verifier().to_string();
    assert_eq!(introduced.vkey, vkey);
    assert_eq!(introduced.statement(), format!("tickmark/key/1\n0\n-\n{vkey}\n-\n"));
    let signature = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, &introduced.signature_of_vkey).unwrap();
    let signature: [u8; 64] = signature.try_into().unwrap();
    key(1).verifier().verify(introduced.statement().as_bytes(), &signature).unwrap();
}

#[test]
fn what_is_not_published_is_durable_and_read_back() {
    let (dir, disk) = (scratch(), Crash::pretend());
    let mut ledger = open_on(&disk, dir.path()).unwrap();
    append(&mut ledger, &["A", "B"]).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    let chain = |ledger: &Ledger| -> Vec<(String, Option<u64>)> {
        let records = ledger.records().map(Result::unwrap);
        records.map(|it| (it.record.chain(), it.record.head.prev.map(|prev| prev.index))).collect()
    };
    let expected = [("key", None), ("control/A", None), ("control/B", None), ("control/A", Some(1))];
    let expected = expected.map(|(chain, prev)| (chain.to_owned(), prev));
    assert_eq!(chain(&ledger), expected);
    assert!(!dir.path().join("checkpoint").exists());
    drop(ledger);
    disk.crash.lose_power(|_| true);
    let ledger = open_on(&disk, dir.path()).unwrap();
    assert_eq!(chain(&ledger), expected);
    assert_eq!(check_log(dir.path()).size(), 4);
    assert!(!dir.path().join(".tickmark/wal").exists());
}

/// One thing that may happen to a ledger.
#[derive(Clone, Debug)]
enum Act {
    Append(usize),
    Publish,
    Reopen,
    /// Some steps from now, within the next acts, the process dies; perhaps the power fails too.
    Crash {
        after: usize,
        power: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => prop_oneof![1_usize..4, 100_usize..300].prop_map(Act::Append),
        3 => Just(Act::Publish),
        2 => Just(Act::Reopen),
        2 => (0_usize..40, any::<bool>()).prop_map(|(after, power)| Act::Crash { after, power }),
    ];
    prop::collection::vec(act, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]
    #[test]
    fn whatever_happens_the_log_is_what_was_acknowledged(acts in acts()) {
        let (dir, disk) = (scratch(), Crash::pretend());
        // The records that were acknowledged, and how many may follow although nobody was told.
        let (mut model, mut perhaps): (Vec<Vec<u8>>, usize) = (vec![], 0);
        let mut ledger = open_on(&disk, dir.path()).ok();
        let mut power_fails = false;
        for (n, act) in acts.into_iter().enumerate() {
            match (act, &mut ledger) {
                (Act::Append(count), Some(it)) => {
                    let names: Vec<String> = (n..n + count).map(|n| format!("C{}", n % 7)).collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    if append(it, &names).is_ok() {
                        model = bytes(it);
                    } else {
                        perhaps = if model.is_empty() { count + 1 } else { count };
                        ledger = None;
                    }
                }
                (Act::Publish, Some(it)) => {
                    if it.publish().is_err() {
                        ledger = None;
                    }
                }
                (Act::Reopen, _) => {
                    drop(ledger.take());
                    ledger = open_on(&disk, dir.path()).ok();
                }
                (Act::Crash { after, power }, _) => {
                    disk.crash.at(after);
                    power_fails = power;
                }
                (_, None) => {}
            }
            if ledger.is_none() {
                disk.crash.heal();
                if std::mem::take(&mut power_fails) {
                    disk.crash.lose_power(|at| at % 3 != 1);
                }
                let it = open_on(&disk, dir.path()).unwrap();
                let found = bytes(&it);
                prop_assert!(found.len() >= model.len(), "{} records of {}", found.len(), model.len());
                prop_assert_eq!(&found[..model.len()], &model[..]);
                let more = found.len() - model.len();
                prop_assert!(more == 0 || more == perhaps, "{} more, {} perhaps", more, perhaps);
                perhaps = 0;
                model = found;
                ledger = Some(it);
            }
        }
        drop(ledger);
        disk.crash.heal();
        prop_assert_eq!(&bytes(&open_on(&disk, dir.path()).unwrap()), &model);
        if !model.is_empty() {
            prop_assert_eq!(check_log(dir.path()).size(), model.len() as u64);
        }
    }
}

/// Every record, checked.
fn bytes(ledger: &Ledger) -> Vec<Vec<u8>> {
    ledger.records().map(|record| record.unwrap().bytes).collect()
}
