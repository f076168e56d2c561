//! Writes the seeds that are made from the known log anew: `cargo run --example seeds`. The ledger's own code made them,
//! so where a format changes they change with it. Records are written by hand, one of each kind with every member.
//!
//! The answers of a timestamp server are not among them: `openssl ts -reply` gave them once to the request of `timestamp`,
//! and would give others now.

use std::fs;

use std::io::Cursor;

use tickmark_fuzz::{dsse, log, manifest, seeds, wal};
use tickmark_ledger::package::{Consistency, PackageSigner as _, ZipWriter};
use tickmark_ledger::tlog::{Bundle, Note, NoteSignature, Tile, encode_entries, encode_tile};
use tickmark_model::Digest;

fn main() -> std::io::Result<()> {
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(seeds::folder(target))?;
        fs::write(seeds::folder(target).join(name), bytes)
    };
    for size in log::SIZES {
        put("note", &format!("checkpoint-{size}"), &log::signed(size))?;
        put("tlog_proof", &format!("last-of-{size}"), &log::proof(size - 1, size).encode())?;
    }
    put("tlog_proof", "first-of-300", &log::proof(0, 300).encode())?;
    put("note", "text", log::checkpoint(300).text().as_bytes())?;
    let mut cosigned = Note::parse(&log::signed(7)).expect("it is a note");
    cosigned.signatures.push(NoteSignature { name: "witness".to_owned(), id: 1, bytes: vec![2; 72] });
    put("note", "cosigned", cosigned.encode().as_bytes())?;

    let paths = [(0, 0, 1), (0, 0, 256), (1, 67, 255), (0, 1_234_067, 256), (7, 0, 3), (2, 1000, 16)];
    for (number, (level, index, width)) in paths.into_iter().enumerate() {
        let tile = Tile::new(level, index, width).expect("a tree has it");
        put("tile_path", &format!("tile-{number}"), tile.path().as_bytes())?;
        let bundle = Bundle::new(index, width).expect("a log has it");
        put("tile_path", &format!("bundle-{number}"), bundle.path().as_bytes())?;
    }

    for (name, count) in [("one", 1), ("seven", 7)] {
        let entries: Vec<_> = (0..count).map(log::entry).collect();
        put("bundle", name, &encode_entries(&entries).expect("they are short"))?;
    }
    put("bundle", "full", &encode_entries(&vec![""; 256]).expect("they are short"))?;

    put("vkey", "verifier", log::KEY.verifier().to_string().as_bytes())?;
    put("vkey", "private", log::KEY.to_text().as_bytes())?;

    for (name, width) in [("one", 1), ("seven", 7), ("full", 256)] {
        put("tile", name, &encode_tile(&vec![Digest([width as u8; 32]); width]))?;
    }
    for (old, new) in [(1, 7), (7, 256), (7, 300), (256, 300), (7, 7)] {
        let proof = Consistency { old, hashes: log::consistency(old, new), checkpoint: log::signed(new) };
        put("consistency", &format!("{old}-to-{new}"), &proof.encode())?;
    }
    for (name, frames) in [("one", &[&[&b"entry"[..]][..]][..]), ("three", &[&[&b"a"[..], b""], &[b"bc"]])] {
        put("wal", name, &wal::file(7, frames))?;
    }
    for (name, files) in [
        ("none", &[][..]),
        ("one", &[("VERIFY.md", "read me")]),
        ("three", &[("blobs/ab", ""), ("manifest.json", "{}"), ("records/1.json", "{}")]),
    ] {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            zip.add_bytes(path, bytes.as_bytes()).expect("it is a path");
        }
        put("zip", name, &zip.finish().expect("memory takes all").into_inner())?;
    }
    put("manifest", "full", &manifest::full().to_bytes().expect("it is read"))?;
    let mut few = manifest::full();
    (few.seal, few.controls, few.redacted) = (None, None, true);
    put("manifest", "open", &few.to_bytes().expect("it is read"))?;
    for (number, (statement, bundle)) in dsse::statements().iter().zip(dsse::signed()).enumerate() {
        put("dsse", &format!("statement-{number}"), statement)?;
        put("dsse", &format!("bundle-{number}"), bundle)?;
    }
    put("dsse", "key", dsse::KEY.public_key().pem().as_bytes())
}
