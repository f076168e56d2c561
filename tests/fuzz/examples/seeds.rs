//! Writes the seeds that are made from the known log anew: `cargo run --example seeds`. The ledger's own code made them,
//! so where a format changes they change with it. Records are written by hand, one of each kind with every member.

use std::fs;

use tickmark_fuzz::{log, seeds};
use tickmark_ledger::tlog::{Bundle, Note, NoteSignature, Tile, encode_entries};

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
    put("vkey", "private", log::KEY.to_text().as_bytes())
}
