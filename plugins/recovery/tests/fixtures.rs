//! The collector on recorded output of restic 0.14.0 and pg_verifybackup 15; `fixtures/make-fixtures.sh` records it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, where a panic is the failure")]

mod common;

use common::{log, report};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name))
    };
}

/// The run of `text` that begins on this day.
fn run(text: &[u8], target: &str, day: u32) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    let begin = format!("target={target} started_at=2026-11-{day}");
    let run = text.split_inclusive("00Z\n").collect::<Vec<_>>();
    let at = run.iter().position(|part| part.contains(&begin)).unwrap();
    run[at..=at + 1].concat().into_bytes()
}

fn check(text: &[u8], expected: &str, day: u32) -> String {
    let target = expected.split_once('/').unwrap().1;
    report(&log(&run(text, target, day), &[expected])).lines().next().unwrap().to_owned()
}

#[test]
fn each_way_of_restic_check_says_how_much_it_read() {
    let read = |day| check(fixture!("restic-check.log"), "restic-check/app", day);
    let row = |day: u32, rest: &str| {
        let verified = format!("last_run=11-{day}T02:10Z last_result=verified last_verified=11-{day}T02:10Z");
        format!("check restic-check/app from [0]: expected runs=1 {verified}{rest}")
    };
    assert_eq!(read(10), row(10, ""));
    assert_eq!(read(11), row(11, " last_read=11-11T02:10Z read=part items_read=1"));
    assert_eq!(read(12), row(12, " last_read=11-12T02:10Z read=part items_read=1"));
    assert_eq!(read(13), row(13, " last_read=11-13T02:10Z read=part items_read=2"));
    assert_eq!(read(14), row(14, " last_read=11-14T02:10Z read=all items_read=2"));
    // restic 0.14 prints text with `--json` too.
    assert_eq!(read(15), row(15, ""));
}

#[test]
fn a_check_of_nothing_has_read_nothing() {
    assert_eq!(
        check(fixture!("restic-check.log"), "restic-check/empty", 14),
        "check restic-check/empty from [0]: expected runs=1 last_run=11-14T02:10Z last_result=verified \
         last_verified=11-14T02:10Z"
    );
    assert_eq!(
        check(fixture!("restic-restore.log"), "restic-restore/app", 12),
        "check restic-restore/app from [0]: expected runs=1 last_run=11-12T02:10Z last_result=verified \
         last_verified=11-12T02:10Z"
    );
}

#[test]
fn the_whole_log_is_one_row_for_each_repository() {
    assert_eq!(
        report(&log(fixture!("restic-check.log"), &["restic-check/app", "restic-check/never"])),
        "\
check restic-check/app from [0]: expected runs=6 last_run=11-15T02:10Z last_result=verified last_verified=11-15T02:10Z last_read=11-14T02:10Z read=all items_read=2
check restic-check/empty from [0]: runs=1 last_run=11-14T02:10Z last_result=verified last_verified=11-14T02:10Z
check restic-check/never from [0]: expected runs=0
check: 3 of 3, covers 2026-11-10T02:10:00Z to 2026-11-20T09:00:00Z
"
    );
}

/// Another part without errors, and a check that reads nothing, say nothing of the part that was damaged.
#[test]
fn a_changed_byte_stays_until_all_data_was_read() {
    let changed = fixture!("restic-changed.log");
    assert_eq!(
        report(&log(changed, &["restic-check/app"])),
        "\
check restic-check/app from [0]: expected runs=4 last_run=11-13T02:10Z last_result=verified last_verified=11-13T02:10Z last_read=11-12T02:10Z read=part items_read=1 damaged last_damage=11-11T02:10Z errors=1
check: 1 of 1, covers 2026-11-10T02:10:00Z to 2026-11-20T09:00:00Z
"
    );
    let repaired = [changed.as_slice(), fixture!("restic-repaired.log")].concat();
    assert_eq!(
        report(&log(&repaired, &["restic-check/app"])).lines().next().unwrap(),
        "check restic-check/app from [0]: expected runs=5 last_run=11-14T02:10Z last_result=verified \
         last_verified=11-14T02:10Z last_read=11-14T02:10Z read=all items_read=2 last_damage=11-11T02:10Z errors=1"
    );
}

#[test]
fn what_is_missing_is_damage_and_what_is_not_critical_is_no_error() {
    let gone = |target| check(fixture!("restic-gone.log"), target, 10);
    for target in ["restic-check/app", "restic-check/unindexed"] {
        assert_eq!(
            gone(target),
            format!(
                "check {target} from [0]: expected runs=1 last_run=11-10T02:10Z last_result=damaged damaged \
                 last_damage=11-10T02:10Z errors=1"
            )
        );
    }
}

#[test]
fn a_check_that_could_not_begin_is_neither_sound_nor_damaged() {
    let row = |id: &str, day: u32, runs: u32| {
        format!("check {id} from [0]: expected runs={runs} last_run=11-{day}T02:10Z last_result=aborted")
    };
    let aborted = report(&log(fixture!("restic-aborted.log"), &["restic-check/app", "restic-restore/app"]));
    let lines: Vec<&str> = aborted.lines().collect();
    assert_eq!(lines[..2], [row("restic-check/app", 11, 2), row("restic-restore/app", 11, 1)]);
    let aborted = report(&log(fixture!("pg_verifybackup-aborted.log"), &["pg_verifybackup/orders-db"]));
    assert_eq!(aborted.lines().next().unwrap(), row("pg_verifybackup/orders-db", 11, 2));
}

#[test]
fn restores_are_checks_of_what_they_restored() {
    let read = |target: &str, day| check(fixture!("restic-restore.log"), &format!("restic-restore/{target}"), day);
    let row = |day: u32, rest: &str| {
        let verified = format!("last_run=11-{day}T02:10Z last_result=verified last_verified=11-{day}T02:10Z");
        format!("check restic-restore/app from [0]: expected runs=1 {verified} last_read=11-{day}T02:10Z {rest}")
    };
    assert_eq!(read("app", 10), row(10, "read=part"));
    assert_eq!(read("app", 11), row(11, "read=all items_read=2"));
    assert_eq!(
        read("changed", 13),
        "check restic-restore/changed from [0]: expected runs=1 last_run=11-13T02:10Z last_result=damaged damaged \
         last_damage=11-13T02:10Z errors=2"
    );
}

#[test]
fn quiet_output_proves_nothing() {
    assert_eq!(
        report(&log(fixture!("restic-quiet.log"), &["restic-check/app"])),
        "\
check restic-check/app from [0]: expected runs=0
check: 1 of unknown
note: checks, line 1 cannot be read: exit code 0, and no line says `no errors were found`; `--quiet` leaves it out
"
    );
}

#[test]
fn pg_verifybackup_passes_or_says_what_is_wrong() {
    let id = "pg_verifybackup/orders-db";
    assert_eq!(
        check(fixture!("pg_verifybackup.log"), id, 10),
        "check pg_verifybackup/orders-db from [0]: expected runs=1 last_run=11-10T02:10Z last_result=verified \
         last_verified=11-10T02:10Z last_read=11-10T02:10Z read=all"
    );
    assert_eq!(
        report(&log(&run(fixture!("pg_verifybackup.log"), "orders-db", 11), &[id])).lines().last().unwrap(),
        "note: checks, line 1 cannot be read: exit code 0, and no line says `backup successfully verified`; `--quiet` \
         leaves it out, and `LC_ALL=C` has it in English"
    );
    for (target, errors) in [("orders-db", 4), ("without-wal", 2), ("edited", 1)] {
        let id = format!("pg_verifybackup/{target}");
        assert_eq!(
            check(fixture!("pg_verifybackup-changed.log"), &id, 10),
            format!(
                "check {id} from [0]: expected runs=1 last_run=11-10T02:10Z last_result=damaged damaged \
                 last_damage=11-10T02:10Z errors={errors}"
            )
        );
    }
}

#[test]
fn the_manifest_says_what_could_be_compared() {
    let id = "pg_verifybackup/orders-db";
    let verified = run(fixture!("pg_verifybackup.log"), "orders-db", 12);
    let with = |manifest: &[u8]| {
        let host = log(&verified, &[id]).with_setting("manifest", "orders-db").file("manifest", "", manifest);
        report(&host).lines().next().unwrap().to_owned()
    };
    let row = "check pg_verifybackup/orders-db from [0, 1]: expected runs=1 last_run=11-12T02:10Z last_result=verified \
               last_verified=11-12T02:10Z last_read=11-12T02:10Z read=all manifest_files=5 manifest_bytes=24804";
    assert_eq!(
        with(fixture!("backup_manifest")),
        format!("{row} manifest_unchecked=0 manifest_wal=1:0/2000028-0/2000100")
    );
    assert_eq!(
        with(fixture!("backup_manifest-unchecked")),
        format!("{row} manifest_unchecked=5 manifest_wal=1:0/3000028-0/3000100")
    );
}

#[test]
fn a_manifest_that_was_changed_or_cut_off_is_refused() {
    let manifest = std::str::from_utf8(fixture!("backup_manifest")).unwrap();
    let with = |manifest: &str| {
        let host = log(b"", &["pg_verifybackup/orders-db"]);
        report(&host.with_setting("manifest", "orders-db").file("manifest", "", manifest.as_bytes()))
    };
    let changed = with(&manifest.replace("\"Size\": 225", "\"Size\": 226"));
    assert!(changed.starts_with("invalid: manifest: line 12: its checksum is `"), "{changed}");
    let (cut, _) = manifest.split_once("\"WAL-Ranges\"").unwrap();
    assert_eq!(with(cut), "invalid: manifest: it ends before its checksum\n");
    assert_eq!(with(""), "invalid: manifest: it ends before its checksum\n");
    assert_eq!(with("{}"), "invalid: manifest: line 1: `{}` is not expected there\n");
    let twice = manifest.to_owned() + "{}\n";
    assert_eq!(with(&twice), "invalid: manifest: line 13: `{}` is not expected there\n");
}
