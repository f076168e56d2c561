//! Trees of more than one level, and numbers that nobody could go over.

use std::num::NonZeroUsize;

use tickmark_ledger::tlog::Checkpoint;
use tickmark_ledger::verify::Options;
use tickmark_ledger::{Prev, leaf_hash};
use tickmark_model::Digest;

use crate::log::{Log, NAME, jcs};
use crate::site::{Site, failures, names, pinned};

/// A log of so many records in a handful of chains.
fn of(records: usize) -> Log {
    let mut log = Log::new(1);
    let mut heads = [None; 7];
    while log.entries.len() < records {
        let index = log.entries.len();
        let body = log.attempt_body("2026-11-10", &format!("CC7.{}", index % 7));
        let entry = jcs(&log.next_after("2026-11-10", body.into(), vec![], heads[index % 7]));
        heads[index % 7] = Some(Prev { index: index as u64, leaf: leaf_hash(&entry) });
        log.entries.push(entry);
    }
    log
}

#[test]
fn every_size_around_a_full_tile_is_ok_on_any_number_of_threads() {
    let log = of(520);
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 520] {
        let mut part = of(1);
        part.entries = log.entries[..size].to_vec();
        let site = Site::new(&part.files());
        for threads in [1, 2, 5] {
            let threads = NonZeroUsize::new(threads).unwrap();
            for since in [1, size / 2 + 1, size] {
                let since = Some(part.checkpoint_at(since));
                let report = site.verify_with(&Options { threads, since, ..pinned() });
                assert_eq!(failures(&report), [""; 0], "{size} records");
            }
        }
    }
}

#[test]
fn a_damaged_file_is_blamed_and_no_other() {
    let log = of(600);
    let files = log.files();
    let site = Site::new(&files);
    for path in files.keys().filter(|path| path.starts_with("tile/")) {
        for at in [3, files[path].len() - 1] {
            let mut bytes = files[path].clone();
            bytes[at] ^= 0x10;
            site.write(path, &bytes);
            let report = site.verify();
            let tiles = report.step("tiles").unwrap();
            let blamed: Vec<_> = tiles.problems.iter().map(|it| it.file.as_ref().unwrap().to_str().unwrap()).collect();
            assert_eq!(blamed, [path.as_str()], "{:?}", failures(&report));
        }
        site.write(path, &files[path]);
    }
    assert_eq!(failures(&site.verify()), [""; 0]);
}

#[test]
fn two_damaged_files_are_both_blamed() {
    let log = of(600);
    let files = log.files();
    for (one, other) in [
        ("tile/entries/000", "tile/0/001"),
        ("tile/entries/000", "tile/0/000"),
        ("tile/0/000", "tile/1/000.p/2"),
        ("tile/entries/002.p/88", "tile/1/000.p/2"),
    ] {
        let site = Site::new(&files);
        for path in [one, other] {
            let mut bytes = files[path].clone();
            bytes[7] ^= 1;
            site.write(path, &bytes);
        }
        let report = site.verify();
        assert!(names(&report, one) && names(&report, other), "{:?}", failures(&report));
    }
}

#[test]
fn a_missing_tile_or_bundle_is_named() {
    let files = of(600).files();
    for path in files.keys().filter(|path| path.starts_with("tile/")) {
        let site = Site::new(&files);
        site.remove(path);
        let report = site.verify();
        assert!(names(&report, path), "{path}: {:?}", failures(&report));
    }
}

#[test]
fn a_checkpoint_of_more_records_than_there_can_be_keeps_nobody_busy() {
    let log = of(300);
    for size in [301, 600, 1 << 20, 1 << 40, u64::MAX] {
        let mut files = log.files();
        let forged = Checkpoint { origin: NAME.into(), size, root: Digest([0; 32]) };
        files.insert("checkpoint".into(), forged.sign(&log.key).unwrap());
        let report = Site::new(&files).verify();
        assert!(report.failed());
    }
}

#[test]
fn three_levels_are_gone_over() {
    let log = of(65_536 + 300);
    let files = log.files();
    assert!(files.contains_key("tile/2/000.p/1") && files.contains_key("tile/1/001.p/1"));
    let site = Site::new(&files);
    let threads = NonZeroUsize::new(2).unwrap();
    let options = || Options { threads, since: Some(log.checkpoint_at(65_537)), ..pinned() };
    assert_eq!(failures(&site.verify_with(&options())), [""; 0]);
    for path in ["tile/2/000.p/1", "tile/1/000"] {
        let mut bytes = files[path].clone();
        bytes[5] ^= 4;
        site.write(path, &bytes);
        let report = site.verify_with(&options());
        assert!(names(&report, path), "{path}: {:?}", failures(&report));
        site.write(path, &files[path]);
    }
}
