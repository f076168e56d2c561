//! The collector against a host with canned responses: literal in, literal out.

mod common;

use common::{at, jobs, report, runs};
use tickmark_backup::run::Run;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Collector, Duration, Failure, Scalar, Value, code};

fn text(text: &str) -> Option<Scalar> {
    Some(Scalar::Text(text.to_owned()))
}

fn when(text: &str) -> Option<Scalar> {
    Some(Scalar::Datetime(at(text)))
}

fn yes(truth: bool) -> Option<Scalar> {
    Some(Scalar::Boolean(truth))
}

fn sql(expected: &[&str]) -> TestHost {
    TestHost::new().with_setting("source", "sql").with_setting("expected_jobs", jobs(expected))
}

const RUNS: [&str; 5] = ["job", "started_at", "finished_at", "success", "size"];

#[test]
fn sql_runs_give_the_last_success_and_the_failures_since() {
    let host = sql(&["db", "files", "mail"]).table(
        "runs",
        &RUNS,
        vec![
            vec![text("files"), None, when("2026-11-20T02:00:00Z"), yes(false), None],
            vec![text("db"), None, when("2026-11-20T01:00:00Z"), yes(true), Some(Scalar::Long(2_048))],
            vec![text("files"), None, when("2026-11-18T02:00:00Z"), yes(true), Some(Scalar::Long(512))],
            vec![text("files"), None, when("2026-11-19T02:00:00Z"), yes(false), None],
            vec![text("scratch"), None, when("2026-11-01T02:00:00Z"), yes(false), None],
        ],
    );
    assert_eq!(
        report(&host),
        "\
job db from [0]: true 1 2026-11-20T01:00:00Z success 2026-11-20T01:00:00Z 480min 2048 0
job files from [0]: true 3 2026-11-20T02:00:00Z failure 2026-11-18T02:00:00Z 3300min 512 2
job mail from [0]: true 0 - - - - - 0
job scratch from [0]: false 1 2026-11-01T02:00:00Z failure - - - 1
job: 4 of 4, covers 2026-11-01T02:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn every_run_of_a_log_is_a_row() {
    let host = sql(&["db", "mail"]).table(
        "runs",
        &RUNS,
        vec![
            vec![text("files"), when("2026-11-20T01:30:00Z"), when("2026-11-20T02:00:00.250Z"), yes(false), None],
            vec![text("db"), None, when("2026-11-19T01:00:00Z"), yes(true), Some(Scalar::Long(2_048))],
            vec![text("db"), None, when("2026-11-20T09:00:00.001Z"), yes(true), None],
            vec![text("db"), when("2026-11-20T08:00:00Z"), None, None, None],
            vec![text("files"), None, when("2026-11-01T02:00:00Z"), yes(true), None],
        ],
    );
    assert_eq!(
        runs(&host),
        "\
db@2026-11-19T01:00:00Z from [0]: db - 2026-11-19T01:00:00Z true 2048
files@2026-11-01T02:00:00Z from [0]: files - 2026-11-01T02:00:00Z true -
files@2026-11-20T02:00:00.250Z from [0]: files 2026-11-20T01:30:00Z 2026-11-20T02:00:00.250Z false -
run: 3 of 4, without 1 runs that finished after the judged instant, covers 2026-11-01T02:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn runs_that_nobody_can_read_leave_the_others_and_no_total() {
    let host = sql(&["db"]).table(
        "runs",
        &RUNS,
        vec![
            vec![text("db"), None, when("2026-11-19T01:00:00Z"), yes(true), None],
            vec![text("db"), None, when("2026-11-20T01:00:00Z"), None, None],
        ],
    );
    let seen = runs(&host);
    assert_eq!(seen, "db@2026-11-19T01:00:00Z from [0]: db - 2026-11-19T01:00:00Z true -\nrun: 1 of unknown\n");
    assert_eq!(runs(&sql(&["db"]).table("runs", &RUNS, vec![])), "run: 0 of 0\n");
}

#[test]
fn runs_of_a_job_at_the_same_moment_are_told_apart_in_any_order() {
    let run =
        |success, size| vec![text("db"), None, when("2026-11-20T01:00:00Z"), yes(success), Some(Scalar::Long(size))];
    let all = [run(true, 1), run(true, 2), run(false, 0), run(true, 1)];
    for turn in 0..all.len() {
        let mut rows = all.to_vec();
        rows.rotate_left(turn);
        assert_eq!(
            runs(&sql(&["db"]).table("runs", &RUNS, rows)),
            "\
db@2026-11-20T01:00:00Z from [0]: db - 2026-11-20T01:00:00Z true 1
db@2026-11-20T01:00:00Z#2 from [0]: db - 2026-11-20T01:00:00Z true 1
db@2026-11-20T01:00:00Z#3 from [0]: db - 2026-11-20T01:00:00Z true 2
db@2026-11-20T01:00:00Z#4 from [0]: db - 2026-11-20T01:00:00Z false 0
run: 4 of 4, covers 2026-11-20T01:00:00Z to 2026-11-20T09:00:00Z
"
        );
    }
}

/// The longest name and the longest rest are together within the contract's bound for ids.
#[test]
fn the_id_of_a_run_fits() {
    let name = "j".repeat(tickmark_backup::run::JOB_BYTES);
    let run = Run { job: name, started: None, finished: at("9999-12-31T23:59:59.999Z"), success: true, size: None };
    assert_eq!(run.id(u64::MAX).len(), 1_024);
    assert!(!tickmark_backup::run::is_job_name(&"j".repeat(tickmark_backup::run::JOB_BYTES + 1)));
}

#[test]
fn an_empty_log_is_jobs_without_runs_and_covers_nothing() {
    let host = sql(&["db"]).table("runs", &RUNS, vec![]);
    assert_eq!(report(&host), "job db from [0]: true 0 - - - - - 0\njob: 1 of 1\n");
}

#[test]
fn a_run_after_the_judged_instant_is_no_success_yet() {
    let host = sql(&["db"]).table(
        "runs",
        &["job", "finished_at", "success"],
        vec![
            vec![text("db"), when("2026-11-20T09:00:00Z"), yes(false)],
            vec![text("db"), when("2026-11-20T09:00:00.001Z"), yes(true)],
        ],
    );
    assert_eq!(
        report(&host),
        "\
job db from [0]: true 1 2026-11-20T09:00:00Z failure - - - 1
job: 1 of 1, covers 2026-11-20T09:00:00Z to 2026-11-20T09:00:00Z
note: job `db`: 1 runs finished after 2026-11-20T09:00:00Z and are left aside
"
    );
}

#[test]
fn a_failure_at_the_moment_of_a_success_counts_after_it() {
    let run = |success| vec![text("db"), when("2026-11-20T01:00:00Z"), yes(success)];
    for rows in [vec![run(true), run(false)], vec![run(false), run(true)]] {
        let said = report(&sql(&[]).table("runs", &["job", "finished_at", "success"], rows));
        assert!(said.contains("2 2026-11-20T01:00:00Z failure 2026-11-20T01:00:00Z 480min - 1"), "{said}");
    }
}

#[test]
fn unfinished_runs_are_left_aside_and_unreadable_ones_make_the_total_unknown() {
    let host = sql(&["db"]).table(
        "runs",
        &RUNS,
        vec![
            vec![text("db"), when("2026-11-20T08:00:00Z"), None, None, None],
            vec![text("db"), when("2026-11-19T01:00:00Z"), when("2026-11-19T01:20:00Z"), yes(true), None],
        ],
    );
    let whole = "\
job db from [0]: true 1 2026-11-19T01:20:00Z success 2026-11-19T01:20:00Z 1900min - 0
job: 1 of 1, covers 2026-11-19T01:20:00Z to 2026-11-20T09:00:00Z
note: query `runs`: 1 rows have not finished and are left aside
";
    assert_eq!(report(&host), whole);

    let host = sql(&["db"]).table(
        "runs",
        &RUNS,
        vec![
            vec![None, None, when("2026-11-19T01:20:00Z"), yes(true), None],
            vec![text("db"), None, when("2026-11-19T01:20:00Z"), None, None],
            vec![text(""), None, when("2026-11-19T01:20:00Z"), yes(true), None],
            vec![text("db"), when("2026-11-19T02:00:00Z"), when("2026-11-19T01:20:00Z"), yes(true), None],
            vec![text("db"), None, when("2026-11-19T01:20:00Z"), yes(true), Some(Scalar::Long(-1))],
        ],
    );
    assert_eq!(
        report(&host),
        "\
job db from [0]: true 0 - - - - - 0
job: 1 of unknown
note: query `runs`, row 1 cannot be read: column `job` is NULL
note: query `runs`, row 2 cannot be read: column `success` is NULL
note: query `runs`, row 3 cannot be read: job name of 0 bytes, expected 1 to 978
note: query `runs`, row 4 cannot be read: it started after it finished
note: query `runs`, row 5 cannot be read: size -1 is outside 0 to 9007199254740991
"
    );
}

#[test]
fn notes_on_unreadable_records_are_capped() {
    let rows = vec![vec![None, when("2026-11-19T01:20:00Z"), yes(true)]; 25];
    let said = report(&sql(&["db"]).table("runs", &["job", "finished_at", "success"], rows));
    assert!(said.contains("row 20 cannot be read") && !said.contains("row 21"), "{said}");
    assert!(said.ends_with("note: 5 more records cannot be read\n"), "{said}");
}

#[test]
fn columns_and_types_are_checked() {
    let check = |columns: &[&str], row: Vec<Option<Scalar>>| report(&sql(&["db"]).table("runs", columns, vec![row]));
    assert_eq!(
        check(&["job", "finished_at"], vec![text("db"), when("2026-11-19T01:20:00Z")]),
        "invalid: query has no column `success`, it has: job, finished_at\n"
    );
    assert_eq!(
        check(&["job", "finished_at", "success", "bytes"], vec![None, None, None, None]),
        "invalid: query `runs` has a column `bytes` that is not known, known are: job, finished_at, success, size, started_at\n"
    );
    assert_eq!(
        check(&["job", "finished_at", "success", "job"], vec![None, None, None, None]),
        "invalid: query `runs` has column `job` twice\n"
    );
    assert_eq!(
        check(&["job", "finished_at", "success"], vec![text("db"), text("2026-11-19T01:20:00Z"), yes(true)]),
        "invalid: query `runs`, row 1: column `finished_at` is a text, expected a datetime; the grant's `columns` can say so\n"
    );
    assert_eq!(
        check(
            &["job", "finished_at", "success"],
            vec![text("db"), when("2026-11-19T01:20:00Z"), Some(Scalar::Long(1))]
        ),
        "invalid: query `runs`, row 1: column `success` is a long, expected a boolean; the grant's `columns` can say so\n"
    );
}

#[test]
fn restore_tests_are_a_fact_of_their_own() {
    let host = sql(&["db", "files"])
        .with_setting("restore_source", "sql")
        .table("runs", &["job", "finished_at", "success"], vec![])
        .table(
            "restores",
            &["job", "started_at", "finished_at", "success"],
            vec![
                vec![text("db"), when("2026-10-01T10:00:00Z"), when("2026-10-01T10:45:00Z"), yes(true)],
                vec![text("db"), None, when("2026-11-01T10:00:00Z"), yes(false)],
                vec![text("old"), None, when("2026-01-01T10:00:00Z"), yes(true)],
            ],
        );
    assert_eq!(
        report(&host),
        "\
job db from [0]: true 0 - - - - - 0
job files from [0]: true 0 - - - - - 0
job: 2 of 2
restore db from [1]: 2026-11-01T10:00:00Z failure 2026-10-01T10:45:00Z 45min
restore files from [1]: - - - -
restore old from [1]: 2026-01-01T10:00:00Z success 2026-01-01T10:00:00Z -
restore: 3 of 3, covers 2026-01-01T10:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn a_refused_restore_query_loses_the_run() {
    let host = sql(&["db"]).with_setting("restore_source", "sql").table("runs", &RUNS, vec![]);
    assert_eq!(report(&host), "denied: sql `restores` is not granted\n");
}

fn command(name: &str, exit_code: i32, stdout: &[u8], stderr: &[u8]) -> String {
    report(
        &TestHost::new()
            .with_setting("source", name)
            .with_setting("expected_jobs", jobs(&["app"]))
            .command(name, exit_code, stdout, stderr),
    )
}

#[test]
fn a_command_that_fails_is_no_empty_list() {
    assert_eq!(
        command("restic", 1, b"[]", b"\nFatal: unable to open config file\nIs there a repository?\n"),
        "unavailable: command `restic` ended with exit code 1: Fatal: unable to open config file\n"
    );
    assert_eq!(
        command("pgbackrest", 37, b"", b""),
        "unavailable: command `pgbackrest` ended with exit code 37: it printed no error\n"
    );
    assert_eq!(
        command("borg", 2, b"", b"Repository \xff does not exist."),
        "unavailable: command `borg` ended with exit code 2: Repository \u{fffd} does not exist.\n"
    );
}

#[test]
fn output_of_another_format_is_a_failure() {
    assert_eq!(
        command("restic", 0, b"[{\"time\":\"2026-", b""),
        "invalid: not what `restic snapshots --json` prints: EOF while parsing a string at line 1 column 15\n"
    );
    assert_eq!(
        command("restic", 0, b"", b""),
        "invalid: not what `restic snapshots --json` prints: EOF while parsing a value at line 1 column 0\n"
    );
    assert_eq!(
        command("borg", 0, b"{\"archives\":[]}", b""),
        "invalid: not what `borg list --json` prints: missing field `repository` at line 1 column 15\n"
    );
    assert_eq!(
        command("pgbackrest", 0, b"stanza: main", b""),
        "invalid: not what `pgbackrest info --output=json` prints: expected value at line 1 column 1\n"
    );
}

#[test]
fn a_snapshot_that_cannot_be_read_makes_the_total_unknown() {
    assert_eq!(
        command("restic", 0, br#"[{"time":"yesterday","hostname":"a","paths":["/srv"]}, 7]"#, b""),
        "\
job app from [0]: true 0 - - - - - 0
job: 1 of unknown
note: restic snapshot 1 cannot be read: times `yesterday` and `yesterday` are not both RFC 3339
note: restic snapshot 2 cannot be read: invalid type: integer `7`, expected struct Snapshot
"
    );
}

#[test]
fn restic_summaries_give_the_end_and_the_size() {
    // The summary is written by restic 0.17 and later, from its documentation; Debian's 0.14 has none.
    let snapshots = br#"[{"time":"2026-11-19T22:00:00Z","hostname":"a","paths":["/srv"],"summary":
        {"backup_start":"2026-11-19T22:00:00Z","backup_end":"2026-11-19T22:10:00Z","total_bytes_processed":4096}},
        {"time":"2026-11-18T22:00:00Z","hostname":"b","paths":["/srv"]}]"#;
    assert_eq!(
        command("restic", 0, snapshots, b""),
        "\
job /srv from [0]: false 2 2026-11-19T22:10:00Z success 2026-11-19T22:10:00Z 650min 4096 0
job app from [0]: true 0 - - - - - 0
job: 2 of 2
note: job `/srv` is backed up by several hosts, and the newest counts: a, b
"
    );
    let host = TestHost::new().with_setting("source", "restic").with_setting("expected_jobs", jobs(&[]));
    assert_eq!(
        runs(&host.command("restic", 0, snapshots, b"")),
        "\
/srv@2026-11-18T22:00:00Z from [0]: /srv 2026-11-18T22:00:00Z 2026-11-18T22:00:00Z true -
/srv@2026-11-19T22:10:00Z from [0]: /srv 2026-11-19T22:00:00Z 2026-11-19T22:10:00Z true 4096
run: 2 of 2, covers 2026-11-18T22:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn a_borg_checkpoint_is_a_failed_run() {
    let archives = br#"{"archives":[{"name":"app-2026-11-18","time":"2026-11-18T22:00:00.000000"},
        {"name":"app-2026-11-19.checkpoint","time":"2026-11-19T22:00:00.000000"}],"repository":{"location":"/r"}}"#;
    assert_eq!(
        command("borg", 0, archives, b""),
        "job app from [0]: true 2 2026-11-19T22:00:00Z failure 2026-11-18T22:00:00Z 2100min - 1\njob: 1 of 1\n"
    );
}

#[test]
fn pgbackrest_errors_are_no_successes_and_unread_repositories_no_proof() {
    let info = br#"[{"name":"app","backup":[
        {"error":true,"info":{"size":9},"timestamp":{"start":1795111200,"stop":1795111260}},
        {"error":null,"timestamp":{"start":1795024800,"stop":1795024860}}],
        "repo":[{"key":1,"status":{"code":0,"message":"ok"}},{"key":2,"status":{"code":99,"message":"[PathOpenError] unable to list\ndetails"}}],
        "status":{"code":4,"message":"different across repos"}}]"#;
    assert_eq!(
        command("pgbackrest", 0, info, b""),
        "\
job app from [0]: true 2 2026-11-19T18:01:00Z failure 2026-11-18T18:01:00Z 2339min - 1
job: 1 of unknown
note: pgbackrest stanza `app`: status 4, different across repos
note: pgbackrest stanza `app` has 2 repositories, and the newest backup of any counts
note: pgbackrest stanza `app`, repository 2 cannot be read: [PathOpenError] unable to list
"
    );
}

#[test]
fn what_is_not_granted_is_denied() {
    let host = TestHost::new().with_setting("source", "borg").with_setting("expected_jobs", jobs(&[]));
    assert_eq!(report(&host), "denied: command `borg` is not granted\n");
    let host = TestHost::new().with_setting("source", "borg-file").with_setting("expected_jobs", jobs(&[]));
    assert_eq!(report(&host), "denied: files `borg` is not granted\n");
    let host = sql(&[]).table_fails("runs", Failure::new(code::TIMEOUT, "no answer after 30s"));
    assert_eq!(report(&host), "timeout: no answer after 30s\n");
}

#[test]
fn settings_are_checked_before_anything_is_read() {
    let check = |settings: &[(&str, Value)]| {
        report(&settings.iter().fold(TestHost::new(), |host, (name, value)| host.with_setting(name, value.clone())))
    };
    let source = |name: &str| ("source", Value::from(name));
    let known = "sql, restic, restic-file, pgbackrest, pgbackrest-file, borg or borg-file";
    assert_eq!(check(&[]), format!("invalid: setting `source` is ``, expected {known}\n"));
    assert_eq!(check(&[source("rsync")]), format!("invalid: setting `source` is `rsync`, expected {known}\n"));
    assert_eq!(check(&[source("sql")]), "invalid: setting `expected_jobs` is missing, expected a set of job names\n");
    assert_eq!(
        check(&[source("sql"), ("expected_jobs", jobs(&["a", ""]))]),
        "invalid: setting `expected_jobs` holds a name of 0 bytes, expected 1 to 978\n"
    );
    assert_eq!(
        check(&[source("sql"), ("expected_jobs", vec![Duration(1)].into())]),
        "invalid: setting `expected_jobs` holds no text, expected a set of job names\n"
    );
    assert_eq!(
        check(&[source("restic"), ("job_by", "prefix".into())]),
        "invalid: setting `job_by` is `prefix`, expected path, tag or host\n"
    );
    assert_eq!(
        check(&[source("borg"), ("job_by", "path".into())]),
        "invalid: setting `job_by` is `path`, expected prefix or repository\n"
    );
    assert_eq!(
        check(&[source("sql"), ("job_by", "tag".into())]),
        "invalid: setting `job_by` has no meaning for source `sql`\n"
    );
    assert_eq!(
        check(&[source("restic"), ("utc_offset", "+01:00".into())]),
        "invalid: setting `utc_offset` has no meaning for source `restic`\n"
    );
    assert_eq!(
        check(&[source("borg"), ("utc_offset", "CET".into())]),
        "invalid: setting `utc_offset` is `CET`, expected an offset from -23:59 to +23:59 such as +01:00\n"
    );
    assert_eq!(
        check(&[source("sql"), ("restore_source", "csv".into())]),
        "invalid: setting `restore_source` is `csv`, expected sql\n"
    );
}

#[test]
fn every_need_is_optional_and_has_a_reason() {
    let descriptor = tickmark_backup::Backup::describe();
    assert!(descriptor.needs.iter().all(|need| !need.required && need.reason.contains("source")));
    assert_eq!(descriptor.needs.len(), 8);
}
