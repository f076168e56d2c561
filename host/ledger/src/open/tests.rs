//! What is refused at the door, and with which words.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::testing::seal_failing;

struct Site {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

/// A ledger with three records, closed.
fn site() -> Site {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("made/on/demand");
    seal_failing(&mut Ledger::open(&root).unwrap(), &["A", "B", "C"]).unwrap();
    Site { _dir: dir, root }
}

/// The error of opening, with the folder's path as `LEDGER`.
fn refused(site: &Site) -> String {
    let error = Ledger::open(&site.root).unwrap_err();
    error.to_string().replace(&site.root.display().to_string(), "LEDGER")
}

#[test]
fn a_ledger_is_made_and_found_again() {
    let site = site();
    let ledger = Ledger::open(&site.root).unwrap();
    assert_eq!(ledger.size(), 3);
    assert_eq!(ledger.records().map(Result::unwrap).count(), 3);
    assert_eq!(fs::read_dir(&ledger.layout.staging).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_new_ledger() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = site();
    let mode = |path: &str| site.root.join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("records/000000000000.json"), 0o600);
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let site = site();
    let first = Ledger::open(&site.root).unwrap();
    assert_eq!(refused(&site), "the ledger `LEDGER/.tickmark/lock` is in use by another writer");
    drop(first);
    assert!(Ledger::open(&site.root).is_ok());
}

#[test]
fn a_missing_record_is_a_gap() {
    let site = site();
    fs::remove_file(site.root.join("records/000000000001.json")).unwrap();
    assert_eq!(refused(&site), "record `LEDGER/records/000000000001.json` is missing, and there are 1 after it");
}

#[test]
fn foreign_files_are_refused_and_left_alone() {
    for name in ["notes.txt", "records/3.json", "records/000000000003.json.bak"] {
        let site = site();
        fs::write(site.root.join(name), "").unwrap();
        assert_eq!(refused(&site), format!("`LEDGER/{name}` does not belong in a ledger"));
        assert!(site.root.join(name).exists());
    }
}

#[test]
fn another_version_is_refused() {
    let site = site();
    fs::write(site.root.join(".tickmark/version"), "tickmark-ledger 2\n").unwrap();
    fs::write(site.root.join("checkpoint"), "").unwrap();
    assert_eq!(
        refused(&site),
        "the ledger is of version `tickmark-ledger 2`, this program reads `tickmark-ledger 1`: `LEDGER/.tickmark/version`"
    );
}

#[test]
fn a_folder_of_somebody_else_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    fs::write(root.join("thesis.tex"), "").unwrap();
    let site = Site { _dir: dir, root };
    assert_eq!(refused(&site), "`LEDGER` is not a ledger: it holds `thesis.tex`");
    assert_eq!(fs::read_dir(&site.root).unwrap().count(), 1);
}

#[test]
fn records_without_a_version_file_are_not_taken_over() {
    let site = site();
    fs::remove_file(site.root.join(".tickmark/version")).unwrap();
    let error = refused(&site);
    assert!(error.starts_with("`LEDGER` is not a ledger: it holds `records/00000000000"), "{error}");
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "").unwrap();
    let error = Ledger::open(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot make the folder `{}`", path.display()));
    assert!(error.help().is_some());
}

#[test]
fn changed_records_are_found_when_they_are_read() {
    let check = |index: usize, change: &dyn Fn(String) -> String, expected: &str| {
        let site = site();
        let mut ledger = Ledger::open(&site.root).unwrap();
        seal_failing(&mut ledger, &["A", "B"]).unwrap();
        let path = site.root.join(format!("records/{index:012}.json"));
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
        let error = ledger.records().find_map(Result::err).unwrap();
        let text = error.to_string().replace(&site.root.display().to_string(), "LEDGER");
        assert!(text.starts_with(expected), "{text}");
        assert!(error.is_broken_ledger());
    };
    check(
        0,
        &|text| text.replace("\"fail\"", "\"pass\""),
        "`LEDGER/records/000000000003.json` is damaged: the previous record of `A` is 0 sha256:",
    );
    check(
        1,
        &|text| text.replace("evaluation/1", "evaluation/2"),
        "`LEDGER/records/000000000001.json` is damaged: its id is `evaluation/2`, its place `evaluation/1`",
    );
    check(
        2,
        &|text| text.replace("\"v\":1", "\"v\":2"),
        "`LEDGER/records/000000000002.json` is damaged: its version is 2",
    );
    check(
        2,
        &|text| text.replace("{", "{\"extra\":1,"),
        "`LEDGER/records/000000000002.json` is damaged: unknown field",
    );
    check(2, &|_| String::new(), "`LEDGER/records/000000000002.json` is damaged: EOF");
}

#[test]
fn a_damaged_head_stops_the_next_seal() {
    let site = site();
    fs::write(site.root.join("records/000000000002.json"), "{}").unwrap();
    let mut ledger = Ledger::open(&site.root).unwrap();
    let error = seal_failing(&mut ledger, &["A"]).unwrap_err();
    assert!(error.is_broken_ledger(), "{error}");
}
