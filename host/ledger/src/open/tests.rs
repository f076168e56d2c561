//! What is refused at the door, and with which words.

use std::fs;
use std::path::PathBuf;

use tickmark_model::Digest;

use super::*;
use crate::testing::{append, check_log, key, open, seal_failing, with};

struct Site {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

impl Site {
    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// With the file `seen` beside the ledger.
    fn with_seen(&self) -> OpenLedger {
        OpenLedger { seen: Some(self.root.with_file_name("last-checkpoint")), ..with(&self.root) }
    }

    /// The words of an error, with the folder's path as `LEDGER`.
    fn words(&self, error: &LedgerError) -> String {
        let above = self.root.parent().unwrap().display().to_string();
        error.to_string().replace(&self.root.display().to_string(), "LEDGER").replace(&above, "SITE")
    }
}

/// A ledger with four records, closed: the key's and three evaluations.
fn site() -> Site {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("made/on/demand");
    seal_failing(&mut open(&root).unwrap(), &["A", "B", "C"]).unwrap();
    Site { _dir: dir, root }
}

/// A program that is started has every open file of whoever starts it until it has become another program.
#[test]
fn a_closed_ledger_is_free_while_a_program_that_just_started_still_has_its_files() {
    let site = site();
    let ledger = open(&site.root).unwrap();
    let inherited = ledger._lock.file().try_clone().unwrap();
    assert!(matches!(Ledger::open(with(&site.root)), Err(LedgerError::Locked { .. })));
    drop(ledger);
    open(&site.root).unwrap();
    drop(inherited);
}

/// A copy of the ledger as it stands, without its derived index.
fn copy(site: &Site) -> Site {
    let dir = tempfile::tempdir().unwrap();
    let copy = Site { root: dir.path().join("ledger"), _dir: dir };
    fs::create_dir(&copy.root).unwrap();
    crate::testing::copy(&site.root, &copy.root);
    fs::remove_file(copy.path(".tickmark/index.sqlite")).unwrap();
    copy
}

/// The error of opening, which leaves every file but the index as it is.
fn refused(site: &Site) -> String {
    refused_with(site, with(&site.root))
}

fn refused_with(site: &Site, with: OpenLedger) -> String {
    let files = || {
        let mut names = crate::testing::files(&site.root);
        names.retain(|name| !name.contains("index.sqlite") && !name.ends_with("/lock"));
        names.into_iter().map(|name| (site.read(&name), name)).collect::<Vec<_>>()
    };
    let before = files();
    let error = Ledger::open(with).unwrap_err();
    assert_eq!(files(), before);
    site.words(&error)
}

#[test]
fn a_ledger_is_made_and_found_again() {
    let site = site();
    let ledger = open(&site.root).unwrap();
    assert_eq!(ledger.size(), 4);
    assert_eq!(ledger.records().map(Result::unwrap).count(), 4);
    assert_eq!(fs::read_dir(&ledger.layout.staging).unwrap().count(), 0);
    drop(ledger);
    let mut names = crate::testing::files(&site.root);
    names.retain(|name| !name.starts_with("blobs/"));
    let expected = [
        ".tickmark/index.sqlite",
        ".tickmark/lock",
        ".tickmark/log.vkey",
        ".tickmark/state.json",
        ".tickmark/version",
        "checkpoint",
        "tile/0/000.p/4",
        "tile/entries/000.p/4",
    ];
    assert_eq!(names, expected);
    assert_eq!(site.read(".tickmark/log.vkey"), format!("{}\n", key(1).verifier()).as_bytes());
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_new_ledger() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = site();
    let mode = |path: &str| site.path(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("tile"), 0o700);
    assert_eq!(mode("checkpoint"), 0o600);
    assert_eq!(mode("tile/entries/000.p/4"), 0o600);
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let site = site();
    let first = open(&site.root).unwrap();
    assert_eq!(refused(&site), "the ledger `LEDGER/.tickmark/lock` is in use by another writer");
    drop(first);
    assert!(open(&site.root).is_ok());
}

#[test]
fn foreign_files_are_refused_and_left_alone() {
    for name in ["notes.txt", "records"] {
        let site = site();
        site.write(name, "");
        assert_eq!(refused(&site), format!("`LEDGER/{name}` does not belong in a ledger"));
    }
}

#[test]
fn another_version_is_refused() {
    let site = site();
    site.write(".tickmark/version", "tickmark-ledger 3\n");
    site.write("more", "");
    assert_eq!(
        refused(&site),
        "the ledger is of version `tickmark-ledger 3`, this program reads `tickmark-ledger 2`: `LEDGER/.tickmark/version`"
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
fn a_log_without_a_version_file_is_not_taken_over() {
    let site = site();
    fs::remove_file(site.path(".tickmark/version")).unwrap();
    let error = refused(&site);
    assert!(
        ["`checkpoint`", "`tile`"].map(|name| format!("`LEDGER` is not a ledger: it holds {name}")).contains(&error)
    );
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "").unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot make the folder `{}`", path.display()));
    assert!(error.help().is_some());
}

#[test]
fn only_the_logs_own_key_opens_it() {
    let site = site();
    let expected =
        format!("the log is signed by the key `{}`, the key given is `{}`", key(1).verifier(), key(2).verifier());
    assert_eq!(refused_with(&site, OpenLedger { signer: key(2), ..with(&site.root) }), expected);
    let error = Ledger::open(OpenLedger { signer: key(2), ..with(&site.root) }).unwrap_err();
    assert!(!error.is_broken_ledger());
    assert!(error.help().unwrap().starts_with("give the key"));
}

#[test]
fn a_checkpoint_of_another_key_is_damage() {
    let site = site();
    let note = site.read("checkpoint");
    let checkpoint = crate::tlog::Checkpoint::parse_unverified(&note).unwrap();
    site.write("checkpoint", checkpoint.sign(&*key(2)).unwrap());
    let (name, id) = ("tickmark/0123456789abcdef", key(1).verifier().id());
    let error = refused(&site);
    assert!(error.starts_with("`LEDGER/checkpoint` is damaged: "), "{error}");
    assert!(error.contains(name) && error.contains(&format!("{id:08x}")), "{error}");
}

#[test]
fn an_older_checkpoint_put_back_is_a_rollback() {
    let site = site();
    let (old_note, old_state) = (site.read("checkpoint"), site.read(".tickmark/state.json"));
    seal_failing(&mut open(&site.root).unwrap(), &["A"]).unwrap();
    let other = copy(&site);
    other.write("checkpoint", &old_note);
    assert_eq!(refused(&other), "`LEDGER/checkpoint` has 4 records, there were 5 before");
    let other = copy(&site);
    other.write(".tickmark/state.json", &old_state);
    assert_eq!(refused(&other), "`LEDGER/.tickmark/state.json` has 4 records, there were 5 before");
}

#[test]
fn a_whole_ledger_of_last_week_is_a_rollback_to_who_has_seen_this_week() {
    let site = site();
    drop(Ledger::open(site.with_seen()).unwrap());
    let old = copy(&site);
    let mut ledger = Ledger::open(site.with_seen()).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    let seen = site.root.with_file_name("last-checkpoint");
    assert_eq!(fs::read(&seen).unwrap(), site.read("checkpoint"));
    fs::copy(&seen, old.root.with_file_name("last-checkpoint")).unwrap();
    assert_eq!(refused_with(&old, old.with_seen()), "`LEDGER/checkpoint` has 4 records, there were 5 before");
    assert!(Ledger::open(old.with_seen()).unwrap_err().is_broken_ledger());
    // Without the file nobody can know.
    assert!(open(&old.root).is_ok());
    // A ledger that is gone is the oldest of all.
    fs::remove_dir_all(&site.root).unwrap();
    let gone = Ledger::open(site.with_seen()).unwrap_err();
    assert_eq!(site.words(&gone), "`LEDGER/checkpoint` has 0 records, there were 5 before");
}

#[test]
fn two_forks_of_a_log_are_told_apart() {
    let site = site();
    let fork = copy(&site);
    for (it, control) in [(&site, "A"), (&fork, "B")] {
        let mut ledger = Ledger::open(it.with_seen()).unwrap();
        append(&mut ledger, &[control]).unwrap();
        ledger.publish().unwrap();
    }
    fs::copy(site.root.with_file_name("last-checkpoint"), fork.root.with_file_name("last-checkpoint")).unwrap();
    let expected =
        "`LEDGER/checkpoint` does not extend the checkpoint `SITE/last-checkpoint`: its first 5 records are others";
    assert_eq!(refused_with(&fork, fork.with_seen()), expected);
    // Also once it has grown further.
    let mut ledger = open(&fork.root).unwrap();
    append(&mut ledger, &["B"; 300]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    assert_eq!(refused_with(&fork, fork.with_seen()), expected);
}

#[test]
fn every_file_of_the_log_that_changed_or_is_gone_is_named() {
    let check = |name: &str, change: &dyn Fn(&Site), expected: &str| {
        let site = copy(&site());
        change(&site);
        let error = open(&site.root).unwrap_err();
        assert!(error.is_broken_ledger(), "{error}");
        let words = site.words(&error);
        assert!(words.starts_with(&format!("`LEDGER/{name}` {expected}")), "{words}");
    };
    let flip = |name: &'static str| {
        move |site: &Site| {
            let mut bytes = site.read(name);
            let at = bytes.len() - 2;
            bytes[at] ^= 1;
            site.write(name, bytes);
        }
    };
    let remove = |name: &'static str| move |site: &Site| fs::remove_file(site.path(name)).unwrap();
    let (tile, bundle) = ("tile/0/000.p/4", "tile/entries/000.p/4");
    check(tile, &remove(tile), "is missing");
    check(bundle, &remove(bundle), "is missing");
    check(bundle, &flip(bundle), "is damaged: its entry 3 is not the one that its tile has");
    check(bundle, &flip(tile), "is damaged: its entry 3 is not the one that its tile has");
    check(bundle, &|site| site.write(bundle, ""), "is damaged: the bundle has 0 entries, its width is 4");
    check(tile, &|site| site.write(tile, ""), "is damaged: the tile has 0 bytes, its width makes 128");
    check("checkpoint", &flip("checkpoint"), "is damaged: ");
    check("checkpoint", &remove("checkpoint"), "is damaged: it is missing, and a log was published here");
    check(".tickmark/state.json", &remove(".tickmark/state.json"), "is damaged: it is missing");
    check(".tickmark/state.json", &|site| site.write(".tickmark/state.json", "{}"), "is damaged: missing field `root`");
    let spaced = |site: &Site| [b" ", &*site.read(".tickmark/state.json")].concat();
    let state = ".tickmark/state.json";
    check(state, &|site| site.write(state, spaced(site)), "is damaged: it is not canonical JSON");
    let other_root = |site: &Site| {
        let root = crate::LogReader::open(&site.root).unwrap().checkpoint().root.to_string();
        String::from_utf8(site.read(state)).unwrap().replace(&root, &Digest([9; 32]).to_string())
    };
    check(state, &|site| site.write(state, other_root(site)), "is damaged: its root is sha256:0909");
}

#[test]
fn a_write_ahead_file_of_another_log_is_damage() {
    let check = |write: &dyn Fn(&mut Ledger), expected: &str| {
        let site = site();
        let waiting = copy(&site);
        let mut ledger = open(&waiting.root).unwrap();
        write(&mut ledger);
        drop(ledger);
        site.write(".tickmark/wal", waiting.read(".tickmark/wal"));
        assert_eq!(refused(&site), format!("`LEDGER/.tickmark/wal` is damaged: {expected}"));
    };
    let append = |ledger: &mut Ledger, controls: &[&str]| drop(append(ledger, controls).unwrap());
    check(
        &|ledger| {
            append(ledger, &["A"]);
            ledger.publish().unwrap();
            append(ledger, &["A"]);
        },
        "it begins at record 5, the log has 4",
    );
}

#[test]
fn changed_records_are_found_when_they_are_read() {
    let site = site();
    let ledger = open(&site.root).unwrap();
    let bundle = "tile/entries/000.p/4";
    let text = String::from_utf8_lossy(&site.read(bundle)).replace("evaluation/2", "evaluation/3");
    assert_ne!(text.as_bytes(), site.read(bundle));
    let bytes = site.read(bundle);
    let at = bytes.windows(12).position(|it| it == b"evaluation/2").unwrap();
    let mut changed = bytes.clone();
    changed[at + 11] = b'3';
    site.write(bundle, changed);
    let error = ledger.records().find_map(Result::err).unwrap();
    let expected =
        "`LEDGER/tile/entries/000.p/4` is damaged: record 2: its id is `evaluation/3`, its place `evaluation/2`";
    assert_eq!(site.words(&error), expected);
    assert!(error.is_broken_ledger());
}

#[test]
fn the_index_is_made_again_whatever_became_of_it() {
    let site = site();
    let heads = open(&site.root).unwrap().heads.clone();
    let index = ".tickmark/index.sqlite";
    let check = |change: &dyn Fn()| {
        change();
        assert_eq!(open(&site.root).unwrap().heads, heads);
    };
    check(&|| fs::remove_file(site.path(index)).unwrap());
    check(&|| site.write(index, "no database"));
    let sql = |text: &str| {
        rusqlite::Connection::open(site.path(index))
            .unwrap()
            .execute_batch(&format!("PRAGMA foreign_keys = off; {text}"))
            .unwrap()
    };
    check(&|| sql("UPDATE chain SET name = 'control/Z' WHERE name = 'control/A'"));
    check(&|| sql("UPDATE chain SET head = 1 WHERE name = 'control/B'"));
    check(&|| sql("UPDATE meta SET size = 3"));
    check(&|| sql("DELETE FROM meta"));
    check(&|| sql("PRAGMA user_version = 9"));
    check(&|| sql("DROP TABLE chain"));
    // It catches up with a log that has grown without it.
    let old = site.read(index);
    seal_failing(&mut open(&site.root).unwrap(), &["A"]).unwrap();
    let heads = open(&site.root).unwrap().heads.clone();
    site.write(index, old);
    assert_eq!(open(&site.root).unwrap().heads, heads);
    assert_eq!(heads["control/A"].index, 4);
    check_log(&site.root);
}
