use std::fs;

use expect_test::expect;
use tempfile::TempDir;

use super::*;
use crate::hash::leaf_hash;
use crate::tlog::{Bundle, SigningKey, Tile, bundles, encode_entries, encode_tile, grow, root_of};

/// Has nothing: a tree that begins.
struct Nothing;

impl HashReader for Nothing {
    type Error = std::convert::Infallible;

    fn hashes(&mut self, _: &[HashIndex]) -> Result<Vec<Digest>, Self::Error> {
        panic!("nothing is there to be read")
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    format!("{{\"index\":{index}}}").into_bytes()
}

/// A log of `size` entries, written in one go.
fn log(size: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    put(folder.path(), size);
    folder
}

fn put(folder: &Path, size: u64) {
    let write = |path: String, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let leaves: Vec<_> = (0..size).map(|i| leaf_hash(&entry(i))).collect();
    for grown in grow(0, &leaves, &mut Nothing).unwrap() {
        write(grown.tile.path(), &encode_tile(&grown.hashes));
    }
    for bundle in bundles(size) {
        let from = bundle.index() * 256;
        let entries: Vec<_> = (from..from + u64::from(bundle.width())).map(entry).collect();
        write(bundle.path(), &encode_entries(&entries).unwrap());
    }
    let origin = key().verifier().name().to_owned();
    let note = Checkpoint { origin, size, root: root_of(&leaves) }.sign(&key()).unwrap();
    write("checkpoint".to_owned(), &note);
}

/// The message, with the folder taken out.
fn said(folder: &TempDir, error: &ReadError) -> String {
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_log_is_read_and_proven() {
    let folder = log(70_000);
    let mut reader = LogReader::open(folder.path()).unwrap();
    let note = fs::read(folder.path().join("checkpoint")).unwrap();
    assert_eq!(reader.checkpoint_bytes(), note);
    assert_eq!(reader.size(), 70_000);
    assert_eq!(Checkpoint::open(&note, key().verifier()).unwrap(), *reader.checkpoint());
    assert_eq!(tree_root(70_000, &mut reader).unwrap(), reader.checkpoint().root);
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        assert_eq!(reader.entry(index).unwrap(), entry(index));
        let proof = reader.prove(index).unwrap();
        assert_eq!(proof.verify(&entry(index), key().verifier()).unwrap(), *reader.checkpoint());
        assert!(proof.verify(&entry(index + 1), key().verifier()).is_err());
    }
    let last = reader.bundle(273).unwrap();
    assert_eq!((last.len(), &last[111]), (112, &entry(69_999)));
    for old in [0, 1, 255, 256, 257, 65_536, 69_999, 70_000] {
        let (root, proof) = (reader.root_at(old).unwrap(), reader.consistency(old).unwrap());
        assert_eq!(verify_consistency(old, &root, 70_000, &reader.checkpoint().root, &proof), Ok(()));
        let leaves: Vec<_> = (0..old).map(|i| leaf_hash(&entry(i))).collect();
        assert_eq!(root, root_of(&leaves));
    }
}

#[test]
fn what_the_log_does_not_have() {
    let folder = log(300);
    let reader = LogReader::open(folder.path()).unwrap();
    let errors = [
        reader.entry(300).unwrap_err(),
        reader.bundle(2).unwrap_err(),
        reader.prove(300).unwrap_err(),
        reader.consistency(301).unwrap_err(),
        reader.root_at(301).unwrap_err(),
    ];
    let said: Vec<_> = errors.iter().map(|error| said(&folder, error)).collect();
    expect![[r#"
        300 is not in the log, which has 300 entries
        512 is not in the log, which has 300 entries
        300 is not in the log, which has 300 entries
        301 is not in the log, which has 300 entries
        301 is not in the log, which has 300 entries"#]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn an_empty_log_has_a_checkpoint() {
    let folder = log(0);
    let reader = LogReader::open(folder.path()).unwrap();
    assert_eq!(reader.root_at(0).unwrap(), reader.checkpoint().root);
    assert!(reader.entry(0).is_err() && reader.prove(0).is_err());
    assert_eq!(reader.consistency(0).unwrap(), []);
}

#[test]
fn wider_ones_stand_in_for_partial_ones_that_are_gone() {
    let folder = log(300);
    let reader = |size| TreeFiles::new(folder.path(), size);
    let root = root_of(&(0..270).map(|i| leaf_hash(&entry(i))).collect::<Vec<_>>());
    // Of 300 entries there are a full and a partial one of 44; a tree of 270 or of 200 is a beginning of them.
    assert_eq!(reader(270).entry(269).unwrap(), entry(269));
    assert!(reader(270).entry(270).is_err());
    assert_eq!(reader(270).bundle(1).unwrap().len(), 14);
    assert_eq!(reader(200).bundle(0).unwrap().len(), 200);
    assert_eq!(tree_root(270, &mut &reader(270)).unwrap(), root);
    // A narrower one does not do.
    let missing = reader(301).bundle(1).unwrap_err();
    expect!["`tile/entries/001.p/45` is missing"].assert_eq(&said(&folder, &missing));
}

#[test]
fn a_full_one_must_be_there() {
    let folder = log(300);
    for path in [Tile::new(0, 0, 256).unwrap().path(), Bundle::new(0, 256).unwrap().path()] {
        fs::rename(folder.path().join(&path), folder.path().join("away")).unwrap();
        let reader = LogReader::open(folder.path()).unwrap();
        let error = if path.contains("entries") { reader.entry(3).map(drop) } else { reader.prove(3).map(drop) };
        assert_eq!(said(&folder, &error.unwrap_err()), format!("`{path}` is missing"));
    }
    let empty = TempDir::new().unwrap();
    let error = LogReader::open(empty.path()).unwrap_err();
    assert_eq!(said(&empty, &error), "`checkpoint` is missing");
    assert_eq!(error.path().unwrap(), empty.path().join("checkpoint"));
}

#[test]
fn damage_is_named() {
    let folder = log(300);
    let change = |path: &str, change: fn(&mut Vec<u8>)| {
        let path = folder.path().join(path);
        let before = fs::read(&path).unwrap();
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        (path, before)
    };
    let mut all = Vec::new();
    for (path, how) in [
        ("tile/0/000", (|bytes| bytes.truncate(8191)) as fn(&mut Vec<u8>)),
        ("tile/0/001.p/44", |bytes| bytes.push(0)),
        ("tile/0/000", |bytes| bytes[0] ^= 1),
        ("tile/0/000", |bytes| bytes[32 * 200] ^= 1),
        ("tile/0/000", |bytes| bytes.push(0)),
        ("tile/entries/000", |bytes| bytes.truncate(9)),
        ("tile/entries/000", |bytes| bytes.extend([0, 0])),
        ("checkpoint", |bytes| bytes.push(b'\n')),
    ] {
        let (file, before) = change(path, how);
        let read = || {
            let reader = LogReader::open(folder.path())?;
            reader.entry(0)?;
            reader.prove(0)?;
            reader.prove(150)
        };
        all.push(said(&folder, &read().unwrap_err()));
        fs::write(file, before).unwrap();
        read().unwrap();
    }
    expect![[r#"
        `tile/0/000` is damaged: the tile has 8191 bytes, its width makes 8192
        `tile/0/001.p/44` is damaged: the tile has 1409 bytes, its width makes 1408
        `tile` is damaged: of entry 0, the proof leads to sha256:b7c534db35df5383df51377b04cb2a7f59280d48dc645f25b2601a5b16890fb6, the root is sha256:39090462f9ab86b1c1281df3f9446c7e51fff44a8d4c88928120a12f45b50954
        `tile` is damaged: of entry 0, the proof leads to sha256:dc935afb2868a442df2834adfe66dfd9eba85174e335bc0613f3c02deb95f768, the root is sha256:39090462f9ab86b1c1281df3f9446c7e51fff44a8d4c88928120a12f45b50954
        `tile/0/000` is damaged: it has more than 8192 bytes
        `tile/entries/000` is damaged: entry 0 is cut off
        `tile/entries/000` is damaged: the bundle has 257 entries, its width is 256
        `checkpoint` is damaged: the note is not a text, a blank line and lines with signatures"#]].assert_eq(&all.join("\n"));
}

#[test]
fn a_tile_that_leads_elsewhere_gives_no_consistency_proof() {
    let folder = log(300);
    let path = folder.path().join("tile/0/001.p/44");
    let mut bytes = fs::read(&path).unwrap();
    bytes[32 * 20] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = LogReader::open(folder.path()).unwrap().consistency(270).unwrap_err();
    assert!(said(&folder, &error).starts_with("`tile` is damaged: from 270 entries on, "), "{error}");
}

#[test]
fn a_blob_is_what_its_digest_says() {
    let folder = log(1);
    let reader = LogReader::open(folder.path()).unwrap();
    let digest = sha256(b"abc");
    assert_eq!(reader.blob(&digest).unwrap(), None);
    let path = folder.path().join("blobs/sha256/ba").join(digest.hex());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "abc").unwrap();
    assert_eq!(reader.blob(&digest).unwrap(), Some(b"abc".to_vec()));
    fs::write(&path, "abd").unwrap();
    let error = reader.blob(&digest).unwrap_err();
    expect!["`blobs/sha256/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad` is damaged: its digest is sha256:a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9"].assert_eq(&said(&folder, &error));
}

#[test]
fn more_tiles_than_are_kept_are_read_again() {
    let folder = log(256 * 40);
    let reader = LogReader::open(folder.path()).unwrap();
    for index in (0..256 * 40).step_by(256).chain((0..256 * 40).step_by(128)) {
        let proof = reader.prove(index).unwrap();
        assert!(proof.verify(&entry(index), key().verifier()).is_ok());
        assert_eq!(reader.entry(index).unwrap(), entry(index));
    }
}
