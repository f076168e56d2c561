//! What is stored is found again, once, and nothing of a failure stays.

use std::fs;
use std::io::Write as _;

use proptest::prelude::*;

use super::*;

struct Site {
    dir: tempfile::TempDir,
    store: BlobStore,
}

fn site() -> Site {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    fs::create_dir_all(&layout.blobs).unwrap();
    fs::create_dir_all(&layout.staging).unwrap();
    let store = BlobStore::new(&layout, Disk::default());
    Site { dir, store }
}

/// Every file below the ledger, with its size.
fn files(site: &Site) -> Vec<String> {
    let sized = |name: String| format!("{name} {}", site.dir.path().join(&name).metadata().unwrap().len());
    crate::testing::files(site.dir.path()).into_iter().map(sized).collect()
}

const HELLO: &str = "blobs/sha256/2c/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 5";

#[test]
fn a_blob_gets_its_name_at_the_barrier() {
    let site = site();
    let digest = site.store.put(b"hello").unwrap();
    assert_eq!(files(&site), [".tickmark/staging/blob-0 5"]);
    assert_eq!(site.store.get(&digest).unwrap(), b"hello");
    site.store.sync().unwrap();
    assert_eq!(files(&site), [HELLO]);
    assert_eq!(site.store.get(&digest).unwrap(), b"hello");
}

#[test]
fn equal_bytes_are_stored_once_by_whatever_way_they_come() {
    let site = site();
    site.store.put(b"hello").unwrap();
    site.store.put(b"hello").unwrap();
    let mut writer = site.store.writer().unwrap();
    writer.write_all(b"hel").unwrap();
    writer.write_all(b"lo").unwrap();
    assert_eq!(writer.finish().unwrap(), BlobRef { digest: sha256(b"hello"), size: 5 });
    site.store.sync().unwrap();
    site.store.put(b"hello").unwrap();
    site.store.sync().unwrap();
    assert_eq!(files(&site), [HELLO]);
}

#[test]
fn what_is_opened_is_what_was_written_whatever_becomes_of_its_name() {
    let site = site();
    let write = || {
        let (blob, mut file) = site.store.copy(&mut b"hello".as_slice()).unwrap();
        assert_eq!(blob, BlobRef { digest: sha256(b"hello"), size: 5 });
        move || {
            let mut bytes = String::new();
            std::io::Read::read_to_string(&mut file, &mut bytes).unwrap();
            bytes
        }
    };
    let mut read = write();
    site.store.sync().unwrap();
    assert_eq!((read(), files(&site).as_slice()), ("hello".to_owned(), [HELLO.to_owned()].as_slice()));
    // The file of that name has other bytes since, and is not read.
    fs::write(site.store.path(&sha256(b"hello")), b"jello").unwrap();
    assert_eq!((write()(), files(&site).as_slice()), ("hello".to_owned(), [HELLO.to_owned()].as_slice()));
}

#[test]
fn threads_may_put_the_same_bytes() {
    let site = site();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for n in 0..50_u8 {
                    site.store.put(&[n % 5; 3]).unwrap();
                }
            });
        }
    });
    site.store.sync().unwrap();
    assert_eq!(files(&site).len(), 5);
}

#[test]
fn an_unfinished_or_unsynced_blob_leaves_nothing() {
    let mut site = site();
    site.store.writer().unwrap().write_all(b"gone").unwrap();
    assert_eq!(files(&site), [""; 0]);
    site.store.put(b"put, never made durable").unwrap();
    site.store = BlobStore::new(&Layout::new(site.dir.path()), Disk::default());
    assert_eq!(files(&site), [""; 0]);
}

#[test]
fn a_blob_with_other_bytes_is_refused() {
    let site = site();
    let digest = site.store.put(b"hello").unwrap();
    site.store.sync().unwrap();
    let path = site.store.path(&digest);
    fs::write(&path, b"jello").unwrap();
    let error = site.store.get(&digest).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(error.to_string(), format!("cannot use `{}`", path.display()));

    fs::write(&path, b"hello there").unwrap();
    let fresh = BlobStore::new(&Layout::new(site.dir.path()), Disk::default());
    let error = fresh.put(b"hello").unwrap_err();
    let cause = std::error::Error::source(error.get_ref().unwrap()).unwrap();
    assert_eq!(cause.to_string(), "it has 11 bytes, its content 5");
}

#[test]
fn after_a_failed_barrier_the_store_takes_nothing_more() {
    let site = site();
    site.store.put(b"hello").unwrap();
    fs::remove_dir_all(&site.store.folder).unwrap();
    fs::write(&site.store.folder, b"a file where the folder was").unwrap();
    assert!(site.store.sync().is_err());
    for error in [site.store.put(b"more").unwrap_err(), site.store.sync().unwrap_err()] {
        let cause = std::error::Error::source(error.get_ref().unwrap()).unwrap();
        assert_eq!(cause.to_string(), "an earlier write did not become durable");
    }
}

/// Gives some bytes, a few at a time, then fails if it is to.
struct Source {
    bytes: Vec<u8>,
    at_once: usize,
    fails: bool,
}

impl io::Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.at_once.min(into.len()).min(self.bytes.len());
        if count == 0 && self.fails {
            return Err(io::Error::other("torn off"));
        }
        into[..count].copy_from_slice(&self.bytes.drain(..count).collect::<Vec<_>>());
        Ok(count)
    }
}

#[test]
fn a_source_that_fails_leaves_nothing() {
    let site = site();
    let mut source = Source { bytes: vec![7; 700_000], at_once: 100_000, fails: true };
    assert_eq!(site.store.copy(&mut source).unwrap_err().to_string(), "torn off");
    site.store.sync().unwrap();
    assert_eq!(files(&site), [""; 0]);
    assert_eq!(fs::read_dir(&site.store.staging).unwrap().count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_is_copied_is_the_blob_of_its_bytes(
        len in prop_oneof![0_usize..10, 262_140_usize..262_150, 0_usize..3_000_000], at_once in 10_000_usize..400_000
    ) {
        let site = site();
        let whole: Vec<u8> = (0..len).map(|at| (at / 251 + at) as u8).collect();
        let (blob, mut file) = site.store.copy(&mut Source { bytes: whole.clone(), at_once, fails: false }).unwrap();
        prop_assert_eq!(blob, BlobRef { digest: sha256(&whole), size: len as u64 });
        let mut read = Vec::new();
        io::Read::read_to_end(&mut file, &mut read).unwrap();
        prop_assert!(read == whole);
        site.store.sync().unwrap();
        prop_assert!(site.store.get(&blob.digest).unwrap() == whole);
    }

    #[test]
    fn a_stream_is_the_blob_of_its_bytes(pieces in proptest::collection::vec((any::<u8>(), 0usize..90_000), 0..6)) {
        let site = site();
        let mut writer = site.store.writer().unwrap();
        let mut whole = Vec::new();
        for (byte, count) in pieces {
            let piece = vec![byte; count];
            writer.write_all(&piece).unwrap();
            whole.extend(piece);
        }
        let blob = writer.finish().unwrap();
        prop_assert_eq!(blob, BlobRef { digest: sha256(&whole), size: whole.len() as u64 });
        site.store.sync().unwrap();
        prop_assert_eq!(site.store.get(&blob.digest).unwrap(), whole);
    }
}
