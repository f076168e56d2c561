//! The collector on what the installed restic and pg_verifybackup print right now, so that a new version of either is
//! noticed. The base backup is made by hand, with a manifest as Postgres writes it: that needs no server.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::report;
use sha2::{Digest as _, Sha256};
use tickmark_collector::testing::TestHost;

/// Runs a tool in `dir`.
fn run(dir: &Path, program: &Path, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .current_dir(dir)
        .env("HOME", dir)
        .env("LC_ALL", "C")
        .env("RESTIC_PASSWORD", "example")
        .output()
        .unwrap_or_else(|error| panic!("`{}` cannot be run ({error}): type `cargo xtask setup`", program.display()))
}

/// The row of the check that the output of a granted command gives.
fn row(id: &str, command: &str, output: &Output) -> String {
    let host = TestHost::new()
        .with_setting("check_source", "command")
        .with_setting("expected_checks", vec![id])
        .command(&command.replace('_', "-"), output.status.code().unwrap(), &output.stdout, &output.stderr);
    let said = report(&host);
    let begin = format!("check {id} from [0]: expected runs=1 last_run=11-20T09:00Z ");
    said.strip_prefix(&begin).unwrap_or_else(|| panic!("{said}")).lines().next().unwrap().to_owned()
}

#[test]
fn restic() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/file"), "example".repeat(10_000)).unwrap();
    let restic =
        |args: &[&str]| run(dir.path(), Path::new("restic"), &[&["--no-cache", "--repo", "repository"], args].concat());
    assert!(restic(&["init"]).status.success() && restic(&["backup", "data"]).status.success());
    let row = |args: &[&str]| row("restic-check/app", "restic", &restic(args));
    assert_eq!(row(&["check"]), "last_result=verified last_verified=11-20T09:00Z");
    let all = row(&["check", "--read-data"]);
    assert!(
        all.starts_with("last_result=verified last_verified=11-20T09:00Z last_read=11-20T09:00Z read=all items_read="),
        "{all}"
    );

    // A byte in the middle of every pack.
    for folder in fs::read_dir(dir.path().join("repository/data")).unwrap() {
        for pack in fs::read_dir(folder.unwrap().path()).unwrap() {
            let pack = pack.unwrap().path();
            let mut bytes = fs::read(&pack).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::remove_file(&pack).unwrap();
            fs::write(&pack, bytes).unwrap();
        }
    }
    let damaged = row(&["check", "--read-data"]);
    assert!(damaged.starts_with("last_result=damaged damaged last_damage=11-20T09:00Z errors="), "{damaged}");
    fs::remove_dir_all(dir.path().join("repository")).unwrap();
    assert_eq!(row(&["check"]), "last_result=aborted");
}

/// The newest `pg_verifybackup`, which Debian keeps out of the path.
fn pg_verifybackup() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin/pg_verifybackup")).filter(|path| path.exists()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| "pg_verifybackup".into())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A manifest of these files, each with its content.
fn manifest(files: &[(&str, &str)]) -> String {
    let file = |(path, content): &(&str, &str)| {
        let (size, sum) = (content.len(), hex(content.as_bytes()));
        let rest = format!("\"Checksum-Algorithm\": \"SHA256\", \"Checksum\": \"{sum}\"");
        format!("{{ \"Path\": \"{path}\", \"Size\": {size}, \"Last-Modified\": \"2026-11-19 22:00:00 GMT\", {rest} }}")
    };
    let files = files.iter().map(file).collect::<Vec<_>>().join(",\n");
    let lines =
        format!("{{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n{files}\n],\n\"WAL-Ranges\": [\n\n],\n");
    format!("{lines}\"Manifest-Checksum\": \"{}\"}}\n", hex(lines.as_bytes()))
}

#[test]
fn pg_verifybackup_and_its_manifest() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("base");
    fs::create_dir(&base).unwrap();
    let files = [("PG_VERSION", "15\n"), ("backup_label", "START WAL LOCATION: 0/2000028\n")];
    files.iter().for_each(|(path, content)| fs::write(base.join(path), content).unwrap());
    let manifest = manifest(&files);
    fs::write(base.join("backup_manifest"), &manifest).unwrap();
    let verify = || run(dir.path(), &pg_verifybackup(), &["--no-parse-wal", "base"]);
    let id = "pg_verifybackup/orders-db";
    let sound = verify();
    let verified = "last_result=verified last_verified=11-20T09:00Z last_read=11-20T09:00Z read=all";
    assert_eq!(row(id, "pg_verifybackup", &sound), verified);

    // What the tool takes for a manifest the collector does too.
    let host = TestHost::new()
        .with_setting("check_source", "command")
        .with_setting("expected_checks", vec![id])
        .with_setting("manifest", "orders-db")
        .command("pg-verifybackup", 0, &sound.stdout, &sound.stderr)
        .file("manifest", "", manifest.as_bytes());
    let said = report(&host);
    assert!(said.contains(&format!("{verified} manifest_files=2 manifest_bytes=33 manifest_unchecked=0")), "{said}");

    fs::write(base.join("PG_VERSION"), "14\n").unwrap();
    fs::write(base.join("more"), "").unwrap();
    let damaged = "last_result=damaged damaged last_damage=11-20T09:00Z errors=2";
    assert_eq!(row(id, "pg_verifybackup", &verify()), damaged);
    fs::remove_file(base.join("backup_manifest")).unwrap();
    assert_eq!(row(id, "pg_verifybackup", &verify()), "last_result=aborted");
}
