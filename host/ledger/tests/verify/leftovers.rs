//! What a crash leaves behind is named and is no failure; what no crash leaves behind is one.

use tickmark_ledger::leaf_hash;

use crate::log::{Files, Log, root, tree_files, wal};
use crate::site::{Site, failures, names, notes, small, verify};

/// A log of `before` records, and the files that publishing `more` records adds.
fn growing(before: usize, more: usize) -> (Log, Files, Vec<Vec<u8>>) {
    let mut log = Log::new(1);
    for _ in 1..before {
        log.attempt("2026-11-10", "CC7.2-scan");
    }
    let old = log.entries.clone();
    for _ in 0..more {
        log.attempt("2026-11-10", "CC7.2-scan");
    }
    let all = std::mem::replace(&mut log.entries, old);
    let leaves: Vec<_> = all.iter().map(|entry| leaf_hash(entry)).collect();
    let mut new = tree_files(&all, &leaves);
    let state = serde_json::json!({"root": root(&leaves).to_string(), "size": all.len()});
    new.insert(".tickmark/state.json".into(), crate::log::jcs(&state));
    log.waiting = all[before..].to_vec();
    (log, new, all)
}

#[test]
fn records_that_wait_are_named_and_not_in_the_log() {
    let (log, ..) = growing(3, 2);
    let report = verify(&log);
    assert_eq!(failures(&report), [""; 0]);
    assert_eq!(notes(&report), ["folder: `.tickmark/wal`: holds 2 records that are not in the log yet"]);
    assert!(
        report.step("folder").unwrap().detail.ends_with("; 2 records wait to be published and are not in the log yet")
    );
    assert_eq!(report.step("records").unwrap().detail.split(',').next(), Some("3 records"));
}

#[test]
fn an_interrupted_publication_is_named_wherever_it_stopped() {
    for (before, more) in [(1, 1), (3, 2), (250, 20), (256, 1), (255, 1), (300, 250)] {
        let (log, new, _) = growing(before, more);
        let mut files = log.files();
        let count = new.len();
        for (n, (path, bytes)) in new.into_iter().rev().enumerate() {
            // The state comes last of all.
            let ends = [".tickmark/state.json"].contains(&path.as_str());
            assert_eq!(ends, n + 1 == count);
            let is_new = files.insert(path.clone(), bytes.clone()) != Some(bytes);
            let report = Site::new(&files).verify();
            assert_eq!(failures(&report), [""; 0], "{before} records and {more} more, up to {path}");
            let named = notes(&report).iter().any(|note| note.contains(&format!("`{path}`")));
            assert_eq!(named, is_new, "{path}: {:?}", notes(&report));
        }
    }
}

#[test]
fn records_that_were_published_and_still_wait_are_named() {
    let (mut log, _, all) = growing(3, 2);
    log.entries = all;
    let mut files = log.files();
    files.insert(".tickmark/wal".into(), wal(3, &[&log.waiting]));
    let report = Site::new(&files).verify();
    assert_eq!(failures(&report), [""; 0]);
    assert_eq!(
        notes(&report),
        ["folder: `.tickmark/wal`: holds records that are all in the log: removing it was interrupted"]
    );
}

#[test]
fn narrower_tiles_belong_until_the_full_one_is_there() {
    let check = |published: usize, waiting: usize, expected: &[&str]| {
        let (mut log, _, all) = growing(published, waiting);
        let mut files = log.files();
        (log.entries, log.waiting) = (all, vec![]);
        files.remove(".tickmark/wal");
        files.extend(log.files());
        let report = Site::new(&files).verify();
        assert_eq!(failures(&report), [""; 0]);
        assert_eq!(notes(&report), expected);
        for path in [format!("tile/0/000.p/{published}"), format!("tile/entries/000.p/{published}")] {
            let site = Site::new(&files);
            let mut bytes = files[&path].clone();
            bytes[9] ^= 1;
            site.write(&path, &bytes);
            assert!(names(&site.verify(), &path));
        }
    };
    check(3, 2, &[]);
    let notes = [
        "folder: `tile/0/000.p/250`: was replaced by the full one and not removed",
        "folder: `tile/entries/000.p/250`: was replaced by the full one and not removed",
    ];
    check(250, 6, &notes);
    check(250, 7, &notes);
}

#[test]
fn what_waits_must_follow_the_log() {
    let (log, _, all) = growing(3, 3);
    let check = |bytes: Vec<u8>, why: &str| {
        let mut files = log.files();
        files.insert(".tickmark/wal".into(), bytes);
        let failed = failures(&Site::new(&files).verify());
        assert_eq!(failed, [format!("folder: `.tickmark/wal`: {why}")]);
    };
    check(wal(4, &[&all[4..]]), "begins at record 4, the log has 3");
    check(wal(1, &[&all[3..]]), "its record 1 is not the one that the log has");
    check(wal(u64::MAX, &[&all[3..]]), "begins at record 18446744073709551615, the log has 3");
    check(b"tickmark-wal 1\n".to_vec(), "it has no frame");
    check(b"tickmark-wal 2\n".to_vec(), "its first line is not `tickmark-wal 1`");
    check(vec![], "its first line is not `tickmark-wal 1`");
    check(wal(3, &[&[]]), "its frame at byte 15 has 0 records from 3 on");
    let whole = wal(3, &[&all[3..4], &all[4..]]);
    let torn = whole[..whole.len() - 1].to_vec();
    let second = 15 + 8 + 8 + 2 + all[3].len();
    let why =
        format!("its frame at byte {second} is not whole: a write was interrupted there, or the file was changed");
    check(torn, &why);
    let apart = [wal(3, &[&all[3..4]]), wal(5, &[&all[5..]])[15..].to_vec()].concat();
    check(apart, &format!("its frame at byte {second} has 1 records from 5 on"));
}

#[test]
fn files_on_their_way_are_named() {
    let mut files = small().files();
    files.insert(".tickmark/staging/blob-0".into(), b"half a bl".to_vec());
    let report = Site::new(&files).verify();
    assert_eq!(failures(&report), [""; 0]);
    let note = "folder: `.tickmark/staging/blob-0`: was left by a write that did not end; it counts for nothing";
    assert_eq!(notes(&report), [note]);
}

#[test]
fn a_blob_cut_short_by_a_crash_is_named_only_where_nobody_names_it() {
    let mut log = small();
    let orphan = crate::log::blob_path(&log.blob(b"an orphan").digest);
    let named = crate::log::blob_path(&tickmark_ledger::sha256(b"{}"));
    let site = Site::new(&log.files());
    site.write(&orphan, b"");
    assert!(names(&site.verify(), &orphan));
    site.write(".tickmark/staging/unsettled", b"");
    assert_eq!(failures(&site.verify()), [""; 0]);
    site.write(&named, b"");
    assert!(names(&site.verify(), &named));
}

#[test]
fn a_file_that_does_not_belong_there_is_found() {
    for path in [
        "evil",
        "records/000000000000.json",
        ".tickmark/keys/1.key",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/001",
        "tile/0/x000/000",
        "tile/0/000.p/3~",
        "tile/8/000",
        "tile/1/000.p/1",
        "tile/entries/000",
        "blobs/readme",
        "blobs/sha256/readme",
        "blobs/sha256/zz/00",
        "blobs/sha256/AB/00",
        "blobs/sha256/ab/00",
        "blobs/sha256/44/136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a0a",
    ] {
        let site = Site::new(&small().files());
        site.write(path, b"x");
        let report = site.verify();
        let above = |path: &str| names(&report, path);
        let mut folders = std::path::Path::new(path).ancestors().filter_map(|it| it.to_str());
        assert!(folders.any(above), "{path}: {:?}", failures(&report));
    }
}

#[test]
fn every_file_but_lock_and_index_must_be_there() {
    let files = small().files();
    for path in files.keys() {
        let site = Site::new(&files);
        site.remove(path);
        let report = site.verify();
        if [".tickmark/lock", ".tickmark/index.sqlite"].contains(&path.as_str()) {
            assert_eq!(failures(&report), [""; 0]);
        } else {
            assert!(names(&report, path), "{path}: {:?}", failures(&report));
        }
    }
}
