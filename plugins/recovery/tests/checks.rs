//! Logs of checks, literal in, literal out: what cannot be read is said, and the order of runs does not matter.

mod common;

use common::{log, report};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Failure, code};

const ID: &str = "restic-check/app";

/// A run with this output, ending at 02:10 of this day in November.
fn run(tool: &str, day: u32, exit_code: i32, output: &str) -> String {
    format!(
        "tickmark-run-1 tool={tool} target=app started_at=2026-11-{day:02}T02:00:00Z\n{output}\n\
         tickmark-end-1 exit_code={exit_code} finished_at=2026-11-{day:02}T02:10:00Z\n"
    )
}

const SOUND: &str = "read all data\n[0:43] 100.00%  7 / 7 packs\n\nno errors were found";
const PART: &str = "read 10.0% of data packs\n[0:43] 100.00%  1 / 1 packs\n\nno errors were found";
const DAMAGED: &str = "read all data\nPack ID does not match, want a, got b\nFatal: repository contains errors";

#[test]
fn the_order_of_the_runs_does_not_matter() {
    let mut runs =
        [run("restic-check", 12, 1, DAMAGED), run("restic-check", 13, 0, PART), run("restic-check", 14, 0, SOUND)];
    let first = report(&log(runs.concat().as_bytes(), &[ID]));
    assert!(first.contains("runs=3 last_run=11-14T02:10Z") && !first.contains(" damaged"), "{first}");
    runs.rotate_left(1);
    assert_eq!(report(&log(runs.concat().as_bytes(), &[ID])), first);
    runs.swap(0, 1);
    assert_eq!(report(&log(runs.concat().as_bytes(), &[ID])), first);
}

#[test]
fn of_two_runs_at_the_same_moment_the_worse_counts() {
    for runs in [[SOUND, DAMAGED], [DAMAGED, SOUND]] {
        let runs = runs.map(|output| run("restic-check", 12, i32::from(output == DAMAGED), output)).concat();
        let said = report(&log(runs.as_bytes(), &[ID]));
        assert!(said.contains("last_result=damaged") && said.contains(" damaged "), "{said}");
    }
}

/// The messages of `--json` by restic's documentation ("check" in "Scripting"): Debian's 0.14 prints text.
#[test]
fn json_says_nothing_about_what_was_read() {
    let summary = r#"{"message_type":"summary","num_errors":0,"broken_packs":null,"suggest_repair_index":false}"#;
    let sound = report(&log(run("restic-check", 14, 0, summary).as_bytes(), &[ID]));
    assert!(sound.contains("last_result=verified last_verified=11-14T02:10Z\n"), "{sound}");
    let errors = format!(
        "{}\n{}",
        r#"{"message_type":"error","message":"pack a: does not exist"}"#,
        summary.replace("\"num_errors\":0", "\"num_errors\":2")
    );
    let runs = run("restic-check", 12, 1, &errors) + &run("restic-check", 13, 0, PART);
    let damaged = report(&log(runs.as_bytes(), &[ID]));
    assert!(damaged.contains(" damaged last_damage=11-12T02:10Z errors=2\n"), "{damaged}");
    let runs = runs + &run("restic-check", 14, 0, SOUND);
    let repaired = report(&log(runs.as_bytes(), &[ID]));
    assert!(!repaired.contains(" damaged "), "{repaired}");
}

/// The messages of a restore by restic's source (`internal/ui/restore`) and documentation ("restore" in "Scripting").
#[test]
fn later_restics_summarise_a_restore() {
    let check = |output: &str, exit_code| {
        let said = report(&log(run("restic-restore", 14, exit_code, output).as_bytes(), &["restic-restore/app"]));
        let said = said.replace("check restic-restore/app from [0]: expected ", "");
        said.lines().next().unwrap_or_default().replace("last_run=11-14T02:10Z ", "").replace("11-14T02:10Z", "then")
    };
    let text = "restoring snapshot 034e276f of [/srv] at 2026-11-19 22:00:00 by backup@app1 to restored\n";
    assert_eq!(
        check(&format!("{text}Summary: Restored 3 files/dirs (300.005 KiB) in 0:00"), 0),
        "runs=1 last_result=verified last_verified=then last_read=then read=part items_read=3"
    );
    assert_eq!(check(&format!("{text}Summary: Restored 2 / 3 files/dirs (1 KiB / 2 KiB) in 0:00"), 0), "runs=0");
    let json = |files: u64| {
        format!(
            r#"{{"message_type":"summary","total_files":3,"files_restored":{files},"total_bytes":9,"bytes_restored":9}}"#
        )
    };
    assert_eq!(
        check(&json(3), 0),
        "runs=1 last_result=verified last_verified=then last_read=then read=part items_read=3 bytes_read=9"
    );
    assert_eq!(check(&json(2), 0), "runs=0");
    let error = r#"{"message_type":"error","error":{"message":"denied"},"during":"restore","item":"/srv/a"}"#;
    assert_eq!(
        check(&format!("{error}\n{}", json(2)), 1),
        "runs=1 last_result=damaged damaged last_damage=then errors=1"
    );
}

/// The progress by the source of Postgres 16 (`pg_verifybackup.c`): Debian's 15 has no `--progress`.
#[test]
fn pg_verifybackup_may_say_how_much_it_read() {
    let output = "0/46080 kB (0%) verified\r46080/46080 kB (100%) verified\nbackup successfully verified";
    let said = report(&log(run("pg_verifybackup", 14, 0, output).as_bytes(), &["pg_verifybackup/app"]));
    assert!(said.contains("read=all bytes_read=47185920\n"), "{said}");
}

/// What cannot be opened of a backup is wrong with it; a backup that cannot be opened was not looked at.
#[test]
fn pg_verifybackup_tells_a_bad_file_from_no_backup() {
    let check = |output: &str, result: &str| {
        let said = report(&log(run("pg_verifybackup", 14, 1, output).as_bytes(), &["pg_verifybackup/app"]));
        assert!(said.contains(&format!("last_result={result}")), "{said}");
    };
    let open = "pg_verifybackup: error: could not open file \"base/1/1247\": Permission denied";
    check(open, "damaged damaged last_damage=11-14T02:10Z errors=1\n");
    check(&open.replace("base/1/1247", "base/backup_manifest"), "aborted\n");
    // As Postgres 13 and 14 say it.
    check("pg_verifybackup: fatal: manifest checksum mismatch", "damaged damaged last_damage=11-14T02:10Z errors=1\n");
    check("pg_verifybackup: fatal: could not open file \"b/backup_manifest\": No such file or directory", "aborted\n");
    check("Killed", "aborted\n");
}

fn unread(log_text: &str, why: &str) {
    let said = report(&log(log_text.as_bytes(), &[ID]));
    assert!(said.contains("runs=0\ncheck: 1 of unknown\n"), "{said}");
    assert!(said.ends_with(&format!("note: checks, {why}\n")), "{said}");
}

#[test]
fn output_that_contradicts_itself_cannot_be_read() {
    let check = |exit_code, output: &str, why: &str| {
        unread(&run("restic-check", 14, exit_code, output), &format!("line 1 cannot be read: {why}"))
    };
    check(0, DAMAGED, "exit code 0, and 1 lines are errors");
    check(1, SOUND, "exit code 1, and a line says `no errors were found`");
    check(
        0,
        "read all data\n[0:43] 50.00%  1 / 2 packs\nno errors were found",
        "exit code 0, and 1 of 2 packs were read",
    );
    check(0, &"x".repeat(70_000), "line 2 is longer than 65536 bytes");
}

#[test]
fn a_run_without_its_end_is_no_run() {
    let whole = run("restic-check", 14, 0, SOUND);
    let (cut, _) = whole.split_once("tickmark-end-1").unwrap_or_default();
    unread(cut, "line 1 cannot be read: the run has no line `tickmark-end-1`");
    unread(whole.trim_end(), "line 1 cannot be read: its last line has no end");
    let said = report(&log(format!("{cut}{whole}").as_bytes(), &[ID]));
    assert!(said.contains("runs=1 ") && said.contains("check: 1 of unknown\n"), "{said}");
}

#[test]
fn lines_between_runs_are_said_once() {
    let whole = run("restic-check", 14, 0, SOUND);
    let said = report(&log(format!("{whole}what\nis this\n{whole}").as_bytes(), &[ID]));
    assert!(said.contains("runs=2 ") && said.contains("check: 1 of unknown\n"), "{said}");
    let note = "note: checks, line 7 cannot be read: it belongs to no run, which begins with `tickmark-run-1`\n";
    assert!(said.ends_with(note) && said.matches("note: ").count() == 1, "{said}");
}

#[test]
fn the_lines_of_a_log_are_checked() {
    let check = |from: &str, to: &str, why: &str| {
        unread(&run("restic-check", 14, 0, SOUND).replace(from, to), &format!("line 1 cannot be read: {why}"));
    };
    check("restic-check", "fsck", "tool `fsck` is none of pg_verifybackup, restic-check, restic-restore");
    check(" target=app", "", "`target` is missing");
    check("target=app", "target=", "target of 0 bytes, expected 1 to 512 without control characters");
    check("target=app", "target=app target=b", "`target` is there twice");
    check("target=app", "target=app by=ada", "`by` is none of tool, target, started_at");
    check("target=app", "target=app ada", "`ada` is not KEY=VALUE");
    check("started_at=2026-11-14T02:00:00Z", "started_at=yesterday", "started_at `yesterday` is not RFC 3339");
    check("exit_code=0", "exit_code=-1", "exit_code `-1` is not 0 to 255");
    check("started_at=2026-11-14", "started_at=2026-11-15", "it started after it finished");
}

#[test]
fn what_is_no_log_is_a_failure_and_an_empty_log_is_a_log_without_runs() {
    assert_eq!(
        report(&log(b"no errors were found\n", &[ID])),
        "invalid: checks: no line begins with `tickmark-run-1`, so it is no log of runs\n"
    );
    assert_eq!(report(&log(b"", &[ID])), "check restic-check/app from [0]: expected runs=0\ncheck: 1 of 1\n");
}

#[test]
fn a_run_after_the_judged_instant_is_left_aside() {
    assert_eq!(
        report(&log(run("restic-check", 21, 0, SOUND).as_bytes(), &[ID])),
        "\
check restic-check/app from [0]: expected runs=0
check: 1 of 1
note: 1 runs of checks ended after 2026-11-20T09:00:00Z and are left aside
"
    );
}

#[test]
fn a_folder_is_all_of_its_logs() {
    let host = TestHost::new()
        .with_setting("check_source", "log-folder")
        .with_setting("expected_checks", vec![ID])
        .file("checks", "checks.log", run("restic-check", 14, 0, PART).as_bytes())
        .file("checks", "checks.log.1", run("restic-check", 7, 0, SOUND).as_bytes())
        .file("checks", "other", b"other");
    assert_eq!(
        report(&host),
        "\
check restic-check/app from [0, 1, 2]: expected runs=2 last_run=11-14T02:10Z last_result=verified last_verified=11-14T02:10Z last_read=11-14T02:10Z read=part items_read=1
check: 1 of 1, covers 2026-11-07T02:10:00Z to 2026-11-20T09:00:00Z
"
    );
    // Nobody knows what is in it: perhaps the run that found errors.
    let said = report(&host.file("checks", "checks.log.2.gz", b""));
    assert!(said.contains("check: 1 of unknown\nnote: `checks.log.2.gz` cannot be read: it is compressed\n"), "{said}");
}

fn commands(expected: &[&str]) -> TestHost {
    TestHost::new().with_setting("check_source", "command").with_setting("expected_checks", expected.to_vec())
}

#[test]
fn a_granted_command_is_a_run_at_the_judged_instant() {
    let host = commands(&[ID, "pg_verifybackup/orders-db"])
        .command(
            "restic",
            1,
            b"read all data\n",
            b"Pack ID does not match, want a, got b\nFatal: repository contains errors\n",
        )
        .command("pg-verifybackup", 0, b"backup successfully verified\n", b"");
    assert_eq!(
        report(&host),
        "\
check pg_verifybackup/orders-db from [0]: expected runs=1 last_run=11-20T09:00Z last_result=verified last_verified=11-20T09:00Z last_read=11-20T09:00Z read=all
check restic-check/app from [1]: expected runs=1 last_run=11-20T09:00Z last_result=damaged damaged last_damage=11-20T09:00Z errors=1
check: 2 of 2
"
    );
}

#[test]
fn a_command_that_says_nothing_proves_nothing() {
    assert_eq!(
        report(&commands(&[ID]).command("restic", 0, b"", b"")),
        "\
check restic-check/app from [0]: expected runs=0
check: 1 of unknown
note: command `restic` cannot be read: exit code 0, and no line says `no errors were found`; `--quiet` leaves it out
"
    );
    let late = Failure::new(code::TIMEOUT, "no answer after 30s");
    assert_eq!(report(&commands(&[ID]).command_fails("restic", late)), "timeout: no answer after 30s\n");
    assert_eq!(report(&commands(&[ID])), "denied: command `restic` is not granted\n");
}

#[test]
fn settings_are_checked() {
    let check = |host: TestHost, expected: &str| assert_eq!(report(&host), format!("invalid: setting {expected}\n"));
    let of = |expected: &[&str]| log(b"", expected);
    assert_eq!(
        report(&TestHost::new()),
        "invalid: neither setting `check_source` nor setting `exercise_source` is there\n"
    );
    check(of(&[]), "`expected_checks` names none, expected at least one");
    let known =
        "expected TOOL/TARGET with a target without blanks and a tool of pg_verifybackup, restic-check, restic-restore";
    for bad in ["app", "fsck/app", "restic-check/", "restic-check/a b"] {
        check(of(&[bad]), &format!("`expected_checks` is `{bad}`, {known}"));
    }
    check(
        of(&[ID]).with_setting("check_source", "sql"),
        "`check_source` is `sql`, expected log, log-folder or command",
    );
    check(of(&[ID]).with_setting("prefix", "a"), "`prefix` has no meaning without check_source `log-folder`");
    check(
        of(&[ID]).with_setting("check_source", "log-folder").with_setting("prefix", ""),
        "`prefix` is empty, expected how the names of the files begin",
    );
    check(
        of(&[ID]).with_setting("manifest", "app"),
        "`manifest` is `app`, expected a target of pg_verifybackup that is in `expected_checks`",
    );
    check(
        commands(&["restic-restore/app"]),
        "`expected_checks` is `restic-restore/app`, expected no restic-restore with check_source `command`",
    );
    check(
        commands(&[ID, "restic-check/b"]),
        "`expected_checks` is `restic-check/b`, expected one target of each tool with check_source `command`",
    );
    for (setting, value) in [("expected_checks", vec![ID]), ("manifest", vec![ID]), ("prefix", vec![ID])] {
        check(
            TestHost::new().with_setting(setting, value),
            &format!("`{setting}` has no meaning without `check_source`"),
        );
    }
}
