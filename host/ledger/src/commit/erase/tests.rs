//! What is refused, with which words; what is there and what is gone, wherever a crash comes; and all of it against a
//! model that is slow and obvious.

mod model;

use std::path::Path;

use super::*;
use crate::disk::Disk;
use crate::disk::crash::Crash;
use crate::record::{ControlRef, Hold, HoldAct, NamedBlob, Period};
use crate::testing::{append, assert_verifies, by, by_at, copy, key, open, open_on, scratch, seal_answer};

const DAY: &str = "2026-11-10";

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn close(ledger: &mut Ledger, from: &str, to: &str) -> Appended {
    by_at("2027-01-01T00:00:00Z", |by| ledger.seal_period(by, period(from, to))).unwrap()
}

/// Record 1 is about A and 2 about B, both on the answer `ada, bob`; record 3 seals their day.
fn ledger_on(disk: &Disk, folder: &Path) -> Ledger {
    let mut ledger = open_on(disk, folder).unwrap();
    seal_answer(&mut ledger, "A", DAY, b"ada, bob");
    seal_answer(&mut ledger, "B", DAY, b"ada, bob");
    close(&mut ledger, DAY, DAY);
    ledger
}

fn ledger(folder: &Path) -> Ledger {
    ledger_on(&Crash::pretend(), folder)
}

fn answer() -> Digest {
    sha256(b"ada, bob")
}

fn is_there(ledger: &Ledger, blob: Digest) -> bool {
    ledger.blobs().find(&blob).unwrap().is_some()
}

fn erase(ledger: &mut Ledger, blob: Digest) -> Result<Appended, LedgerError> {
    by(|by| ledger.erase(by, blob, "asked for by the person"))
}

/// The words of a refusal, after which everything is as it was; `BLOB` is the blob.
fn refused(ledger: &mut Ledger, blob: Digest) -> String {
    let (size, there) = (ledger.size(), is_there(ledger, blob));
    let error = erase(ledger, blob).unwrap_err();
    assert_eq!((ledger.size(), ledger.broken, is_there(ledger, blob)), (size, false, there));
    assert!(!error.is_broken_ledger() && error.help().is_some(), "{error}");
    error.to_string().replace(&blob.to_string(), "BLOB")
}

/// The blob of record `index` that stands there under this name.
fn named(ledger: &Ledger, index: u64, name: &str) -> Digest {
    let record = ledger.stored(&ledger.files(), index).unwrap();
    match (&record.body, name) {
        (Body::Evaluation(it), "transcript") => it.collectors[0].transcript.digest,
        (Body::Evaluation(it), "observations") => it.collectors[0].observations.digest,
        _ => record.head.blob(name).unwrap().digest,
    }
}

#[test]
fn a_record_says_so_and_the_bytes_go() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let erased = erase(&mut ledger, answer()).unwrap();
    assert_eq!((erased.id.as_str(), erased.index), ("tombstone/4", 4));
    let Body::Tombstone(tombstone) = &erased.record.body else { panic!("a tombstone") };
    assert_eq!(*tombstone, Tombstone { blob: BlobRef { digest: answer(), size: 8 }, records: vec![1, 2] });
    let reason = erased.record.head.blob("reason").unwrap();
    assert_eq!(reason.media_type, "text/plain");
    assert_eq!(ledger.blobs().get(&reason.digest).unwrap(), b"asked for by the person");
    assert!(!is_there(&ledger, answer()));
    assert_eq!(refused(&mut ledger, answer()), "the blob `BLOB` was erased, `tombstone/4` says so");
    assert_verifies(dir.path(), key(1).verifier());
    drop(ledger);
    let ledger = open(dir.path()).unwrap();
    assert!(!is_there(&ledger, answer()));
    assert_eq!(crate::LogReader::open(dir.path()).unwrap().size(), 5, "the tombstone is published");
}

#[test]
fn blobs_that_records_name_themselves_may_go_too() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    for name in ["observations", "exceptions", "transcript"] {
        let blob = named(&ledger, 1, name);
        let erased = erase(&mut ledger, blob).unwrap();
        let Body::Tombstone(tombstone) = erased.record.body else { panic!("a tombstone") };
        assert_eq!(tombstone.records, [1, 2], "{name}");
        assert!(!is_there(&ledger, blob));
    }
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn what_nobody_names_is_refused() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    assert_eq!(refused(&mut ledger, sha256(b"nothing")), "no record names the blob `BLOB`");
    let orphan = ledger.blobs().put(b"an orphan").unwrap();
    assert_eq!(refused(&mut ledger, orphan), "no record names the blob `BLOB`");
    let empty = scratch();
    assert_eq!(refused(&mut open(empty.path()).unwrap(), answer()), "no record names the blob `BLOB`");
}

#[test]
fn a_period_that_is_not_sealed_is_refused() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    seal_answer(&mut ledger, "A", DAY, b"ada, bob");
    let unsealed =
        |index| format!("`evaluation/{index}` of 2026-11-10 names the blob `BLOB`, and no later seal covers that day");
    assert_eq!(refused(&mut ledger, answer()), unsealed(1));
    close(&mut ledger, "2026-11-01", "2026-11-09");
    close(&mut ledger, "2026-11-11", "2026-11-30");
    assert_eq!(refused(&mut ledger, answer()), unsealed(1));
    close(&mut ledger, "2026-11-01", "2026-11-30");
    // A record that came after the seal of its day.
    seal_answer(&mut ledger, "B", DAY, b"ada, bob");
    assert_eq!(refused(&mut ledger, answer()), unsealed(5));
    close(&mut ledger, DAY, DAY);
    assert_eq!(erase(&mut ledger, answer()).unwrap().index, 7);
}

#[test]
fn a_hold_covers_by_control_and_by_day() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let place = |ledger: &mut Ledger, days: Option<(&str, &str)>, control: Option<&str>| {
        let control = control.map(|id| ControlRef { id: id.into(), version: None });
        by(|by| ledger.place_hold(by, days.map(|(from, to)| period(from, to)), control, "a dispute")).unwrap().index
    };
    let held =
        |hold, record| format!("`hold/{hold}` holds `evaluation/{record}` of 2026-11-10, which names the blob `BLOB`");
    append(&mut ledger, &["C"]).unwrap();
    place(&mut ledger, None, Some("C"));
    place(&mut ledger, Some(("2026-11-11", "2026-11-30")), Some("A"));
    place(&mut ledger, Some(("2026-11-01", "2026-11-09")), None);
    for (days, control, record) in [
        (None, None, 1),
        (None, Some("B"), 2),
        (Some((DAY, DAY)), Some("A"), 1),
        (Some(("2026-11-01", "2026-11-30")), None, 1),
    ] {
        let hold = place(&mut ledger, days, control);
        assert_eq!(refused(&mut ledger, answer()), held(hold, record));
        by(|by| ledger.release_hold(by, hold, "settled")).unwrap();
    }
    erase(&mut ledger, answer()).unwrap();
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn after_a_list_of_calls_was_erased_every_hold_covers_what_it_may_have_named() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    append(&mut ledger, &["C"]).unwrap();
    let transcript = named(&ledger, 1, "transcript");
    erase(&mut ledger, transcript).unwrap();
    let on = Some(ControlRef { id: "C".into(), version: None });
    let hold = by(|by| ledger.place_hold(by, None, on, "a dispute")).unwrap().index;
    assert_eq!(
        refused(&mut ledger, answer()),
        "`hold/6` is in force, and the erased list of host calls of `evaluation/2` may have named the blob `BLOB`"
    );
    by(|by| ledger.release_hold(by, hold, "settled")).unwrap();
    let Body::Tombstone(tombstone) = erase(&mut ledger, answer()).unwrap().record.body else { panic!("a tombstone") };
    assert_eq!(tombstone.records, [0; 0], "nobody knows who named it");
    assert!(!is_there(&ledger, answer()));
    // Only what is there: nothing shows that another was ever named.
    assert_eq!(refused(&mut ledger, sha256(b"nothing")), "no record names the blob `BLOB`");
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn what_others_cannot_be_checked_without_is_refused() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    let component = ledger.blobs().put(b"a program").unwrap();
    let names = ["control", "fact", "policy", "schema"];
    let store = std::sync::Arc::clone(ledger.blobs());
    let put = |name: &str| NamedBlob::json(name, store.put_ref(format!("the {name}").as_bytes()).unwrap());
    let (system, control) = (crate::testing::system(), crate::testing::control("A"));
    let mut collection = crate::testing::three_users("mfa");
    collection.plugin.as_mut().unwrap().digest = component;
    collection.exchanges.clear();
    let mut judged = crate::testing::judged(&control, &system, crate::testing::failing("A"));
    judged.judged_with = names.map(put).to_vec();
    crate::testing::seal(&mut ledger, vec![judged], &[collection]).unwrap();
    let version = crate::record::PolicyVersion { bundle: component, engine: "cedar 4.14.1".into(), schema: component };
    let matrix =
        crate::record::Matrix { commit: None, controls: 1, digest: component, policy: version, replaces: None };
    let matrix = NewRecord { blobs: vec![put("matrix"), put("site")], ..NewRecord::new(matrix) };
    by(|by| ledger.append(by, vec![matrix])).unwrap();
    close(&mut ledger, "2026-11-01", "2026-11-30");
    let reason = by(|by| ledger.place_hold(by, None, None, "a dispute")).unwrap().record.head.blobs[0].digest;
    by(|by| ledger.release_hold(by, 4, "settled")).unwrap();
    let exceptions = named(&ledger, 1, "exceptions");
    let tombstone = erase(&mut ledger, exceptions).unwrap().record.head.blobs[0].digest;

    let kept =
        |name: &str, record: &str| format!("the blob `BLOB` is the `{name}` of `{record}`, which is never erased");
    assert_eq!(refused(&mut ledger, component), kept("component", "evaluation/1"));
    for name in names {
        assert_eq!(refused(&mut ledger, sha256(format!("the {name}").as_bytes())), kept(name, "evaluation/1"));
    }
    assert_eq!(refused(&mut ledger, sha256(b"the matrix")), kept("matrix", "matrix/2"));
    assert_eq!(refused(&mut ledger, sha256(b"the site")), kept("site", "matrix/2"));
    let chains = named(&ledger, 3, "chains");
    assert_eq!(refused(&mut ledger, chains), kept("chains", "seal/3"));
    assert_eq!(refused(&mut ledger, reason), kept("reason", "hold/4"));
    let error = by(|by| ledger.erase(by, tombstone, "a second thought")).unwrap_err();
    assert_eq!(error.to_string().replace(&tombstone.to_string(), "BLOB"), kept("reason", "tombstone/6"));
}

#[test]
fn a_reason_has_words_of_its_own() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let error = by(|by| ledger.erase(by, answer(), "ada, bob")).unwrap_err();
    assert_eq!(error.to_string(), format!("the reason that is given is the blob `{}` itself", answer()));
    assert_eq!(by(|by| ledger.erase(by, answer(), "")).unwrap_err().to_string(), "the reason is empty");
    assert!(is_there(&ledger, answer()) && ledger.size() == 4);
}

#[test]
fn a_loss_is_never_covered_up() {
    for (name, blob) in [("answer", answer()), ("transcript", answer())] {
        let dir = scratch();
        let mut ledger = ledger(dir.path());
        let lost = if name == "answer" { blob } else { named(&ledger, 1, "transcript") };
        let path = dir.path().join(format!("blobs/sha256/{}/{}", &lost.hex()[..2], lost.hex()));
        std::fs::write(&path, b"ada, eve").unwrap();
        let words = |error: LedgerError| {
            assert!(error.is_broken_ledger());
            error.to_string().replace(&path.display().to_string(), "PATH")
        };
        let error = erase(&mut ledger, blob).unwrap_err();
        assert_eq!(words(error), "`PATH` is damaged: its bytes are not those of its name");
        std::fs::remove_file(&path).unwrap();
        let record = if name == "answer" { 1 } else { 2 };
        assert_eq!(
            words(erase(&mut ledger, blob).unwrap_err()),
            format!("`PATH` is damaged: it is missing; record {record} names it")
        );
        assert_eq!(ledger.size(), 4);
    }
}

#[test]
fn the_same_bytes_may_come_again_and_be_erased_again() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    erase(&mut ledger, answer()).unwrap();
    seal_answer(&mut ledger, "A", "2026-11-12", b"ada, bob");
    assert!(is_there(&ledger, answer()));
    assert_verifies(dir.path(), key(1).verifier());
    // It is evidence like any other: held back until its day is sealed.
    assert_eq!(
        refused(&mut ledger, answer()),
        "`evaluation/5` of 2026-11-12 names the blob `BLOB`, and no later seal covers that day"
    );
    drop(ledger);
    let mut ledger = open(dir.path()).unwrap();
    assert!(is_there(&ledger, answer()), "opening erases nothing that a later record names");
    close(&mut ledger, "2026-11-12", "2026-11-12");
    let Body::Tombstone(tombstone) = erase(&mut ledger, answer()).unwrap().record.body else { panic!("a tombstone") };
    assert_eq!(tombstone.records, [1, 2, 5]);
    assert!(!is_there(&ledger, answer()));
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn bytes_that_an_erased_list_of_calls_may_have_brought_again_need_another_tombstone() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    erase(&mut ledger, answer()).unwrap();
    seal_answer(&mut ledger, "A", DAY, b"ada, bob");
    close(&mut ledger, DAY, DAY);
    let transcript = named(&ledger, 1, "transcript");
    erase(&mut ledger, transcript).unwrap();
    let hold = by(|by| ledger.place_hold(by, None, None, "a dispute")).unwrap().index;
    assert_eq!(
        refused(&mut ledger, answer()),
        "`hold/8` is in force, and the erased list of host calls of `evaluation/5` may have named the blob `BLOB`"
    );
    by(|by| ledger.release_hold(by, hold, "settled")).unwrap();
    assert_eq!(erase(&mut ledger, answer()).unwrap().id, "tombstone/10");
    assert!(!is_there(&ledger, answer()));
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn bytes_that_came_again_without_a_record_go_again() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    erase(&mut ledger, answer()).unwrap();
    // A run that put them and died before its record: the next open removes them.
    ledger.blobs().put(b"ada, bob").unwrap();
    ledger.blobs().sync().unwrap();
    drop(ledger);
    let mut ledger = open(dir.path()).unwrap();
    assert!(!is_there(&ledger, answer()));
    // And where something else was recorded since: whoever asks again.
    append(&mut ledger, &["C"]).unwrap();
    ledger.blobs().put(b"ada, bob").unwrap();
    ledger.blobs().sync().unwrap();
    drop(ledger);
    let mut ledger = open(dir.path()).unwrap();
    assert!(is_there(&ledger, answer()));
    assert_verifies(dir.path(), key(1).verifier());
    assert_eq!(erase(&mut ledger, answer()).unwrap().id, "tombstone/4");
    assert!(!is_there(&ledger, answer()) && ledger.size() == 6);
}

#[test]
fn the_store_forgets_what_was_erased() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    ledger.blobs().put(b"ada, bob").unwrap();
    erase(&mut ledger, answer()).unwrap();
    ledger.blobs().put(b"ada, bob").unwrap();
    ledger.blobs().sync().unwrap();
    assert_eq!(ledger.blobs().get(&answer()).unwrap(), b"ada, bob");
}

#[test]
fn what_waits_to_be_published_counts() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let hold = Hold { act: HoldAct::Place, on: None, of: None, period: None };
    by(|by| ledger.append(by, vec![NewRecord::new(hold)])).unwrap();
    assert_eq!(
        refused(&mut ledger, answer()),
        "`hold/4` holds `evaluation/1` of 2026-11-10, which names the blob `BLOB`"
    );
}

#[test]
fn a_blob_of_more_records_than_fit_has_several_tombstones() {
    let dir = scratch();
    let mut ledger = open_on(&Crash::pretend(), dir.path()).unwrap();
    let detail = NamedBlob::text("detail", ledger.blobs().put_ref(b"ada said no").unwrap());
    let attempt = || NewRecord { blobs: vec![detail.clone()], ..crate::testing::attempt("A") };
    by(|by| ledger.append(by, (0..12_000).map(|_| attempt()).collect())).unwrap();
    close(&mut ledger, "2026-11-01", "2026-11-30");
    let last = erase(&mut ledger, detail.digest).unwrap();
    assert_eq!((last.id.as_str(), ledger.size()), ("tombstone/12004", 12_005));
    let Body::Tombstone(tombstone) = last.record.body else { panic!("a tombstone") };
    assert_eq!((tombstone.records.len(), tombstone.records.last()), (2_000, Some(&12_000)));
    assert!(!is_there(&ledger, detail.digest));
    assert_verifies(dir.path(), key(1).verifier());
}

/// A ledger with one thing to erase, made once.
fn prepared() -> &'static Path {
    static PREPARED: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let prepare = || {
        let dir = scratch();
        drop(ledger_on(&Crash::pretend(), dir.path()));
        dir
    };
    PREPARED.get_or_init(prepare).path()
}

/// Opens, erases and records something else, with a crash before `step`; whether the erasure was acknowledged.
fn disturbed(disk: &Disk, folder: &Path, step: Option<usize>) -> (bool, bool) {
    let work = || -> Result<(bool, bool), LedgerError> {
        let mut ledger = open_on(disk, folder)?;
        if let Err(error) = erase(&mut ledger, answer()) {
            assert!(matches!(error, LedgerError::Disk(_) | LedgerError::Index(_)), "{error}");
            return Ok((false, false));
        }
        Ok((true, append(&mut ledger, &["C"]).is_ok() && ledger.publish().is_ok()))
    };
    step.into_iter().for_each(|step| disk.crash.at(step));
    let done = work().unwrap_or((false, false));
    disk.crash.heal();
    done
}

/// Whether the log has a tombstone under its checkpoint, for everybody to see.
fn is_published(folder: &Path) -> bool {
    let log = crate::LogReader::open(folder).unwrap();
    crate::Evidence::erased_by(&log, &answer()).unwrap().is_some()
}

/// The tombstone stands exactly where the blob is gone, whatever opening it found; and what is gone stays gone.
fn check_settled(disk: &Disk, folder: &Path, acknowledged: bool, what: &str) {
    let mut ledger = open_on(disk, folder).unwrap_or_else(|e| panic!("{what}: {e}"));
    let erased = ledger.records().map(Result::unwrap).any(|it| matches!(it.record.body, Body::Tombstone(_)));
    assert!(erased || !acknowledged, "{what}: an acknowledged erasure is lost");
    assert_eq!(is_there(&ledger, answer()), !erased, "{what}");
    append(&mut ledger, &["C"]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    disk.crash.lose_power(|_| true);
    let ledger = open_on(disk, folder).unwrap_or_else(|e| panic!("{what}: {e}"));
    assert_eq!(is_there(&ledger, answer()), !erased, "{what}, after the next record and a power failure");
    assert_verifies(folder, key(1).verifier());
}

#[test]
fn wherever_it_crashes_the_blob_is_there_or_its_tombstone_is() {
    let steps = {
        let (dir, disk) = (scratch(), Crash::pretend());
        copy(prepared(), dir.path());
        assert_eq!(disturbed(&disk, dir.path(), None), (true, true));
        disk.crash.steps()
    };
    assert!(steps > 40, "{steps} steps");
    let mut seen = std::collections::BTreeSet::new();
    for step in 0..steps {
        for power in [None, Some(1), Some(2), Some(3)] {
            let (dir, disk) = (scratch(), Crash::pretend());
            copy(prepared(), dir.path());
            let (acknowledged, all) = disturbed(&disk, dir.path(), Some(step));
            assert!(!all, "step {step}");
            let before = dir.path().join(format!("blobs/sha256/{}/{}", &answer().hex()[..2], answer().hex()));
            // Some names survive a power failure and some do not.
            power.into_iter().for_each(|nth| disk.crash.lose_power(|at| nth == 1 || at % 2 == nth - 2));
            seen.insert((acknowledged, before.exists()));
            assert!(before.exists() || is_published(dir.path()), "step {step}, power {power:?}");
            check_settled(&disk, dir.path(), acknowledged, &format!("step {step}, power {power:?}"));
        }
    }
    // Acknowledged and still there is none of them.
    assert_eq!(Vec::from_iter(seen), [(false, false), (false, true), (true, false)]);
}

#[test]
fn a_crash_while_an_erasure_is_finished_loses_nothing() {
    // Interrupted before the removal, then before each step of the next open.
    for step in 0..60 {
        let (dir, disk) = (scratch(), Crash::pretend());
        copy(prepared(), dir.path());
        let mut ledger = open_on(&disk, dir.path()).unwrap();
        let blob = BlobRef { digest: answer(), size: 8 };
        let reason = ledger.reason("asked for").unwrap();
        let tombstone = NewRecord { blobs: vec![reason], ..NewRecord::new(Tombstone { blob, records: vec![1, 2] }) };
        by(|by| ledger.append(by, vec![tombstone])).unwrap();
        if step % 2 == 0 {
            ledger.publish().unwrap();
        }
        drop(ledger);
        disk.crash.at(step / 2);
        let opened = open_on(&disk, dir.path()).map(drop);
        disk.crash.heal();
        if opened.is_err() {
            disk.crash.lose_power(|at| at % 2 == 0);
        }
        check_settled(&disk, dir.path(), true, &format!("step {step}"));
    }
}
