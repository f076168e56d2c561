//! What the collector makes of the output of the real tools, as `fixtures/make-fixtures.sh` recorded it: restic 0.14.0,
//! borg 1.2.4 and pgBackRest 2.45. All is judged at 2026-11-20T09:00:00Z unless it says otherwise.

mod common;

use common::{at, jobs, report, runs};
use tickmark_collector::Value;
use tickmark_collector::testing::TestHost;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name))
    };
}

fn restic(job_by: &str, expected: &[&str]) -> TestHost {
    TestHost::new()
        .with_setting("source", "restic")
        .with_setting("job_by", job_by)
        .with_setting("expected_jobs", jobs(expected))
        .command("restic", 0, fixture!("restic-snapshots.json"), b"")
}

#[test]
fn restic_by_path() {
    assert_eq!(
        report(&restic("path", &["/srv/app", "/srv/mail"])),
        "\
job /srv/app from [0]: true 2 2026-11-19T22:00:00Z success 2026-11-19T22:00:00Z 660min - 0
job /srv/app,/srv/db from [0]: false 1 2026-11-20T01:00:00Z success 2026-11-20T01:00:00Z 480min - 0
job /srv/db from [0]: false 1 2026-11-19T23:30:00Z success 2026-11-19T23:30:00Z 570min - 0
job /srv/mail from [0]: true 0 - - - - - 0
job: 4 of 4
"
    );
}

#[test]
fn restic_by_tag_counts_a_snapshot_for_each_tag() {
    assert_eq!(
        report(&restic("tag", &["app", "db"])),
        "\
job app from [0]: true 2 2026-11-19T22:00:00Z success 2026-11-19T22:00:00Z 660min - 0
job db from [0]: true 1 2026-11-19T23:30:00Z success 2026-11-19T23:30:00Z 570min - 0
job nightly from [0]: false 1 2026-11-19T23:30:00Z success 2026-11-19T23:30:00Z 570min - 0
job: 3 of 3
note: 1 restic snapshots have no tag and belong to no job
"
    );
}

#[test]
fn restic_by_host() {
    assert_eq!(
        report(&restic("host", &[])),
        "\
job app1 from [0]: false 2 2026-11-19T22:00:00Z success 2026-11-19T22:00:00Z 660min - 0
job db1 from [0]: false 2 2026-11-20T01:00:00Z success 2026-11-20T01:00:00Z 480min - 0
job: 2 of 2
"
    );
}

#[test]
fn restic_judged_earlier_has_fewer_runs() {
    assert_eq!(
        report(&restic("host", &[]).at(at("2026-11-19T12:00:00Z"))),
        "\
job app1 from [0]: false 1 2026-11-18T22:00:00Z success 2026-11-18T22:00:00Z 840min - 0
job db1 from [0]: false 0 - - - - - 0
job: 2 of 2
note: job `app1`: 1 runs finished after 2026-11-19T12:00:00Z and are left aside
note: job `db1`: 2 runs finished after 2026-11-19T12:00:00Z and are left aside
"
    );
}

#[test]
fn an_empty_restic_repository_is_no_backup_and_no_error() {
    let host = TestHost::new()
        .with_setting("source", "restic-file")
        .with_setting("expected_jobs", jobs(&["/srv/app"]))
        .file("restic", "", fixture!("restic-empty.json"));
    assert_eq!(report(&host), "job /srv/app from [0]: true 0 - - - - - 0\njob: 1 of 1\n");
}

#[test]
fn restic_grouped_output_leaves_the_total_unknown() {
    let host = TestHost::new()
        .with_setting("source", "restic-file")
        .with_setting("expected_jobs", jobs(&["/srv/app"]))
        .file("restic", "", fixture!("restic-grouped.json"));
    assert_eq!(
        report(&host),
        "\
job /srv/app from [0]: true 0 - - - - - 0
job: 1 of unknown
note: restic snapshot 1 cannot be read: missing field `time`
note: restic snapshot 2 cannot be read: missing field `time`
"
    );
}

fn borg(listing: &[u8], settings: &[(&str, Value)]) -> TestHost {
    let host = TestHost::new()
        .with_setting("source", "borg")
        .with_setting("expected_jobs", jobs(&["app"]))
        .command("borg", 0, listing, b"");
    settings.iter().fold(host, |host, (name, value)| host.with_setting(name, value.clone()))
}

const BORG_BY_PREFIX: &str = "\
job app from [0]: true 2 2026-11-19T22:00:00Z success 2026-11-19T22:00:00Z 660min - 0
job before-migration from [0]: false 1 2026-11-01T06:00:00Z success 2026-11-01T06:00:00Z 27540min - 0
job db-main from [0]: false 1 2026-11-19T23:30:00Z success 2026-11-19T23:30:00Z 570min - 0
job: 3 of 3
";

#[test]
fn borg_by_prefix_with_and_without_end() {
    assert_eq!(report(&borg(fixture!("borg-list.json"), &[])), BORG_BY_PREFIX);
    assert_eq!(report(&borg(fixture!("borg-list-end.json"), &[])), BORG_BY_PREFIX);
}

#[test]
fn borg_local_times_need_the_offset() {
    // Recorded with TZ=America/New_York, in November 5 hours behind UTC.
    let at_minus_five = report(&borg(fixture!("borg-list-new-york.json"), &[("utc_offset", "-05:00".into())]));
    assert_eq!(at_minus_five, BORG_BY_PREFIX);
    let taken_for_utc = report(&borg(fixture!("borg-list-new-york.json"), &[]));
    assert!(taken_for_utc.contains("app from [0]: true 2 2026-11-19T17:00:00Z"), "{taken_for_utc}");
}

#[test]
fn borg_by_repository() {
    assert_eq!(
        report(&borg(
            fixture!("borg-list.json"),
            &[("job_by", "repository".into()), ("expected_jobs", jobs(&["/borg"]))]
        )),
        "job /borg from [0]: true 4 2026-11-19T23:30:00Z success 2026-11-19T23:30:00Z 570min - 0\njob: 1 of 1\n"
    );
}

#[test]
fn an_empty_borg_repository_by_repository_is_a_job_without_runs() {
    let settings = [("job_by", "repository".into()), ("expected_jobs", jobs(&[]))];
    assert_eq!(
        report(&borg(fixture!("borg-empty.json"), &settings)),
        "job /borg-empty from [0]: false 0 - - - - - 0\njob: 1 of 1\n"
    );
}

fn pgbackrest(info: &[u8]) -> TestHost {
    TestHost::new()
        .with_setting("source", "pgbackrest-file")
        .with_setting("expected_jobs", jobs(&["main"]))
        .file("pgbackrest", "", info)
        .at(at("2026-11-22T06:00:00Z"))
}

#[test]
fn pgbackrest_full_and_incremental() {
    assert_eq!(
        report(&pgbackrest(fixture!("pgbackrest-info.json"))),
        "\
job main from [0]: true 2 2026-11-22T05:41:01Z success 2026-11-22T05:41:01Z 18min 22992567 0
job: 1 of 1
"
    );
}

#[test]
fn pgbackrest_without_a_backup() {
    assert_eq!(
        report(&pgbackrest(fixture!("pgbackrest-never.json"))),
        "\
job main from [0]: true 0 - - - - - 0
job: 1 of 1
note: pgbackrest stanza `main`: status 2, no valid backups
"
    );
    assert_eq!(
        report(&pgbackrest(fixture!("pgbackrest-other.json"))),
        "\
job main from [0]: true 0 - - - - - 0
job other from [0]: false 0 - - - - - 0
job: 2 of 2
note: pgbackrest stanza `other`: status 1, missing stanza path
"
    );
    assert_eq!(
        report(&pgbackrest(fixture!("pgbackrest-nothing.json"))),
        "job main from [0]: true 0 - - - - - 0\njob: 1 of 1\n"
    );
}

#[test]
fn every_tool_shows_its_single_runs() {
    assert_eq!(
        runs(&restic("host", &[]).at(at("2026-11-19T23:00:00Z"))),
        "\
app1@2026-11-18T22:00:00Z from [0]: app1 2026-11-18T22:00:00Z 2026-11-18T22:00:00Z true -
app1@2026-11-19T22:00:00Z from [0]: app1 2026-11-19T22:00:00Z 2026-11-19T22:00:00Z true -
run: 2 of 4, without 2 runs that finished after the judged instant, covers 2026-11-18T22:00:00Z to 2026-11-19T23:00:00Z
"
    );
    assert_eq!(
        runs(&borg(fixture!("borg-list-end.json"), &[])),
        "\
app@2026-11-18T22:00:00Z from [0]: app 2026-11-18T22:00:00Z 2026-11-18T22:00:00Z true -
app@2026-11-19T22:00:00Z from [0]: app 2026-11-19T22:00:00Z 2026-11-19T22:00:00Z true -
before-migration@2026-11-01T06:00:00Z from [0]: before-migration 2026-11-01T06:00:00Z 2026-11-01T06:00:00Z true -
db-main@2026-11-19T23:30:00Z from [0]: db-main 2026-11-19T23:30:00Z 2026-11-19T23:30:00Z true -
run: 4 of 4, covers 2026-11-01T06:00:00Z to 2026-11-20T09:00:00Z
"
    );
    assert_eq!(
        runs(&pgbackrest(fixture!("pgbackrest-info.json"))),
        "\
main@2026-11-22T05:40:58Z from [0]: main 2026-11-22T05:40:53Z 2026-11-22T05:40:58Z true 22992567
main@2026-11-22T05:41:01Z from [0]: main 2026-11-22T05:40:59Z 2026-11-22T05:41:01Z true 22992567
run: 2 of 2, covers 2026-11-22T05:40:58Z to 2026-11-22T06:00:00Z
"
    );
    assert_eq!(runs(&pgbackrest(fixture!("pgbackrest-never.json"))), "run: 0 of 0\n");
}
