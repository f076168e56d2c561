//! The collector on what the installed restic and borg print right now, so that a new version of either is noticed.
//!
//! pgBackRest needs a running Postgres and is covered by its recorded output alone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{at, jobs, report, runs};
use tickmark_collector::testing::TestHost;

/// Runs a tool in `dir` and gives its standard output.
fn run(dir: &Path, program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(args)
        .current_dir(dir)
        .env("HOME", dir)
        .env("TZ", "UTC")
        .env("RESTIC_PASSWORD", "example")
        .env("BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK", "yes")
        .output()
        .unwrap_or_else(|error| panic!("`{program}` cannot be run ({error}): type `cargo xtask setup`"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {}: {stderr}", output.status);
    output.stdout
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/file"), "example").unwrap();
    dir
}

#[test]
fn restic() {
    let dir = folder();
    let restic = |args: &[&str]| run(dir.path(), "restic", &[&["--no-cache", "--repo", "repo"], args].concat());
    restic(&["init"]);
    let backup = ["backup", "--host", "app1", "--tag", "app", "data", "--time"];
    restic(&[&backup[..], &["2026-11-18 22:00:00"]].concat());
    restic(&[&backup[..], &["2026-11-19 22:00:00"]].concat());
    // A later restic records when the backup really ended, which is now: judged far enough ahead for both.
    let host = TestHost::new()
        .with_setting("source", "restic")
        .with_setting("job_by", "tag")
        .with_setting("expected_jobs", jobs(&["app", "db"]))
        .command("restic", 0, &restic(&["snapshots", "--json"]), b"")
        .at(at("9999-01-01T00:00:00Z"));
    let said = report(&host);
    assert!(said.starts_with("job app from [0]: true 2 "), "{said}");
    assert!(said.ends_with("job db from [0]: true 0 - - - - - 0\njob: 2 of 2\n"), "{said}");
    assert!(runs(&host).contains("\nrun: 2 of 2, covers "), "{}", runs(&host));
}

#[test]
fn borg() {
    let dir = folder();
    let borg = |args: &[&str]| run(dir.path(), "borg", args);
    borg(&["init", "--encryption", "none", "repo"]);
    borg(&["create", "--timestamp", "2026-11-18T22:00:00", "repo::app-2026-11-18", "data"]);
    borg(&["create", "--timestamp", "2026-11-19T22:00:00", "repo::app-2026-11-19", "data"]);
    let host = TestHost::new()
        .with_setting("source", "borg")
        .with_setting("expected_jobs", jobs(&["app", "db"]))
        .command("borg", 0, &borg(&["list", "--json", "repo"]), b"");
    assert_eq!(
        report(&host),
        "\
job app from [0]: true 2 2026-11-19T22:00:00Z success 2026-11-19T22:00:00Z 660min - 0
job db from [0]: true 0 - - - - - 0
job: 2 of 2
"
    );
    assert_eq!(
        runs(&host),
        "\
app@2026-11-18T22:00:00Z from [0]: app 2026-11-18T22:00:00Z 2026-11-18T22:00:00Z true -
app@2026-11-19T22:00:00Z from [0]: app 2026-11-19T22:00:00Z 2026-11-19T22:00:00Z true -
run: 2 of 2, covers 2026-11-18T22:00:00Z to 2026-11-20T09:00:00Z
"
    );
}
