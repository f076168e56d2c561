//! The year's ledger verifies and replays, and whoever changes it shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tickmark_engine::{FindingResult, ReplayOutcome, Replayer, Verdict, ledger, open_evidence, programme};
use tickmark_ledger::verify::{Options, Report, Status, verify_ledger};
use tickmark_ledger::{Evidence, LogReader};
use tickmark_model::Frequency;

use super::calendar::{at, d, date_of, day};
use super::live::{YEAR, ledger_of, open, options, run_once, set_clock};
use super::numbers::{operated, programme};
use super::plan::{Run, Scope};
use super::site::{self, Allowed, DEFAULT_DENY, Version};

/// Threads that replay.
const THREADS: usize = 2;

fn verify(folder: &Path, since: Option<Vec<u8>>) -> Report {
    let key = ledger::current_key(&YEAR.ledger()).unwrap();
    verify_ledger(folder, &Options { key, since, ..Options::default() })
}

#[test]
fn the_ledger_of_the_year_verifies() {
    let older = LogReader::open(&YEAR.older()).unwrap().checkpoint_bytes().to_vec();
    let report = verify(&YEAR.ledger(), Some(older));
    assert!(!report.failed(), "{report:#?}");
    // No period is sealed, nobody signed what they did, and replaying is the next test.
    let unchecked = report.steps.iter().filter(|step| step.status != Status::Ok).map(|step| step.name);
    assert_eq!(unchecked.collect::<Vec<_>>(), ["seals", "acts", "replay"]);
}

#[test]
fn every_record_of_the_year_replays() {
    let evidence: Arc<dyn Evidence> = open_evidence(&YEAR.ledger()).unwrap();
    let indexes = evidence.indexes().unwrap();
    assert_eq!(indexes.len(), programme().observed.iter().count());
    let replayer = Replayer::new(&options()).unwrap();
    let replay = |first: usize| {
        let outcome = |index: &u64| replayer.replay_record(&evidence, *index).unwrap();
        indexes.iter().skip(first).step_by(THREADS).map(outcome).filter(|it| it.verdict() != Verdict::Same).collect()
    };
    let others: Vec<ReplayOutcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || replay(first))).collect();
        threads.into_iter().flat_map(|thread| -> Vec<ReplayOutcome> { thread.join().unwrap() }).collect()
    });
    // A collector that failed is not run again: what was made of that is judged again all the same.
    for outcome in &others {
        assert_eq!(outcome.verdict(), Verdict::NotReplayable, "{outcome:#?}");
        assert!(matches!(outcome.finding.result, FindingResult::Same { .. }), "{outcome:#?}");
    }
    let mut failed: Vec<String> = others.iter().map(|it| format!("{} {}", it.control, it.as_of)).collect();
    failed.sort();
    let expected = ["14", "15"].map(|day| format!("{DEFAULT_DENY} 2028-11-{day}T05:00:00Z"));
    assert_eq!(failed, expected);
}

/// The ledger, to be changed.
fn copy() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("ledger");
    copy_all(&YEAR.ledger(), &folder);
    (dir, folder)
}

pub fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target)
        } else {
            drop(fs::copy(entry.path(), target))
        }
    }
}

/// Changes the entries of the second bundle of the log.
fn with_entries(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Report {
    let (_dir, folder) = copy();
    let path = folder.join("tile/entries/001");
    let bytes = fs::read(&path).unwrap();
    let (mut entries, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some(([high, low], after)) = rest.split_first_chunk() {
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        entries.push(entry.to_vec());
        rest = after;
    }
    assert_eq!(entries.len(), 256);
    change(&mut entries);
    let length = |entry: &Vec<u8>| u16::try_from(entry.len()).unwrap().to_be_bytes();
    let bytes: Vec<u8> = entries.iter().flat_map(|entry| [&length(entry), entry.as_slice()].concat()).collect();
    fs::write(&path, bytes).unwrap();
    verify(&folder, None)
}

#[test]
fn a_removed_run_shows() {
    assert!(!with_entries(|_| {}).failed(), "nothing was changed");
    assert!(with_entries(|entries| drop(entries.remove(100))).failed());
    // Another record in its place, so that there are as many as before.
    assert!(with_entries(|entries| entries[100] = entries[99].clone()).failed());
}

#[test]
fn the_last_runs_cannot_be_taken_back() {
    // A copy from July is a sound ledger, and not one that has grown to what somebody saw since.
    let older = YEAR.older();
    let latest = LogReader::open(&YEAR.ledger()).unwrap().checkpoint_bytes().to_vec();
    let report = verify_ledger(&older, &Options::default());
    assert!(!report.failed(), "{report:#?}");
    assert!(verify(&older, Some(latest)).failed());
}

#[test]
fn a_reordered_pair_shows() {
    assert!(with_entries(|entries| entries.swap(100, 101)).failed());
}

#[test]
fn a_back_dated_record_shows() {
    let back_date = |entries: &mut Vec<Vec<u8>>| {
        let text = String::from_utf8(entries[100].clone()).unwrap();
        let (field, rest) = text.split_once("\"recorded_at\":\"2028-").unwrap();
        entries[100] = format!("{field}\"recorded_at\":\"2027-{rest}").into_bytes();
    };
    assert!(with_entries(back_date).failed());
}

#[test]
fn every_change_of_matrix_policy_and_collector_is_in_the_report_from_its_day_on() {
    let programme = programme();
    let day = |at: tickmark_model::Instant| date_of(at.ms() / 60_000).to_string();
    let days: Vec<String> = programme.in_force.iter().map(|it| day(it.place.recorded_at)).collect();
    assert_eq!(days, ["2028-01-10", "2028-05-15", "2028-07-03", "2028-09-04"]);
    let [first, stricter, second, softer] = programme.in_force.as_slice() else { panic!("{days:?}") };

    // A policy alone is another version of its control, and of no other.
    let version = |of: &tickmark_operations::InForce, control: &str| of.controls[control].version;
    let versions = [first, stricter, second, softer].map(|it| version(it, "ACME-reconciliation"));
    assert!(versions[0] != versions[1] && versions[1] == versions[2] && versions[2] != versions[3], "{versions:?}");
    assert_eq!(version(first, DEFAULT_DENY), version(softer, DEFAULT_DENY));

    // Old beside new.
    let has = |of: &tickmark_operations::InForce, control: &str| of.controls.contains_key(control);
    assert!(has(stricter, "ACME-visitors") && !has(second, "ACME-visitors"));
    assert!(!has(stricter, "ACME-ports") && has(second, "ACME-ports"));
    let frequencies = [stricter, second].map(|it| it.controls["ACME-logs"].frequency);
    assert_eq!(frequencies, [Frequency::Weekly, Frequency::Monthly]);
    assert_eq!(second.calendar.holidays.len(), stricter.calendar.holidays.len() + 2);

    let year = operated(&programme, d(1, 1), d(12, 31));
    let of = |control: &str| year.iter().find(|it| it.control == control && it.system == site::PRODUCTION).unwrap();
    assert!(of("ACME-visitors").totals.expected > 0, "what the matrix lost stays");
    let since: Vec<String> = of("ACME-reconciliation").versions.iter().map(|it| day(it.from)).collect();
    assert_eq!(since, ["2028-01-01", "2028-05-15", "2028-09-04"]);
    let since: Vec<String> = of(DEFAULT_DENY).versions.iter().map(|it| day(it.from)).collect();
    assert_eq!(since, ["2028-01-01", "2028-10-02"], "the collector");
}

/// Everything that seals after the year's end sets the clock, and so is one test.
#[test]
fn what_is_softened_afterwards_changes_no_number_and_is_in_the_report() {
    let (before, programme_before) = {
        let programme = programme();
        (operated(&programme, d(4, 1), d(6, 30)), programme)
    };
    let dir = tempfile::tempdir().unwrap();
    copy_all(&YEAR.dir, dir.path());
    // Allowed is what failed.
    let softened = Version { allowed: Allowed::Anything, ..YEAR.version };
    site::write(dir.path(), softened);
    let now = at(day(2029, 1, 2), 6, 0);
    set_clock(now);
    let engine = open(dir.path());
    let run = Run { at: now, of: Scope::Production, as_of: None, trouble: None, of_ledger: false };
    run_once(&engine, softened, &run);

    // Judged at a time of the past.
    let as_of = Some(at(d(6, 29), 6, 0));
    set_clock(now + 60);
    run_once(&engine, softened, &Run { at: now + 60, as_of, ..run });
    // Sealed with a clock that was set back: the log takes it after what it has, and that it is dated before shows.
    set_clock(at(d(6, 29), 6, 0));
    let back_dated = engine.run(tickmark_engine::RunRequest {
        scope: tickmark_engine::Scope {
            controls: softened.controls(),
            systems: vec![site::PRODUCTION.to_owned()],
            only: None,
        },
        as_of: None,
        invoked_by: super::live::invoked_by(),
        watch: &tickmark_engine::Silent,
    });
    let back_dated = back_dated.unwrap().findings().len();
    assert!(!verify_ledger(&ledger_of(dir.path()), &Options::default()).failed());

    let log = LogReader::open(&ledger_of(dir.path())).unwrap();
    let read = programme::read(&log, log.size()).unwrap();
    assert_eq!(read.back_dated.len(), back_dated, "{:?}", read.back_dated);
    let read = read.programme;
    assert_eq!(read.in_force.len(), programme_before.in_force.len() + 1, "the softened policy is sealed");
    let after = operated(&read, d(4, 1), d(6, 30));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.totals, &before.gaps), (after.totals, &after.gaps), "{}", before.control);
    }
    let versions = |operated: &[tickmark_operations::Operated]| {
        let it =
            operated.iter().find(|it| it.control == "ACME-reconciliation" && it.system == site::PRODUCTION).unwrap();
        it.versions.iter().map(|version| version.control).collect::<Vec<_>>()
    };
    let year = operated(&programme_before, d(1, 1), d(12, 31));
    let with_january = operated(&read, d(1, 1), day(2029, 1, 31));
    assert!(versions(&with_january).len() > versions(&year).len(), "the report says that it was softened");
    assert!(versions(&year).len() >= 3, "the year itself has three policies");
}
