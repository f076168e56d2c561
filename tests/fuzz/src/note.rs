//! Signed notes and checkpoints.

use tickmark_ledger::tlog::{Checkpoint, Note};

use crate::log::{self, KEY};

/// Reads a note, and text as what a checkpoint signs.
pub fn check(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| Checkpoint::parse_text(text).ok());
    if let Some(checkpoint) = &text {
        assert_eq!(checkpoint.text().as_bytes(), bytes, "a checkpoint has one text");
    }
    let unverified = Checkpoint::parse_unverified(bytes);
    let opened = Checkpoint::open(bytes, KEY.verifier());
    let Ok(note) = Note::parse(bytes) else {
        assert!(unverified.is_err() && opened.is_err(), "a checkpoint is a note");
        return text.is_some();
    };
    assert_eq!(note.encode().as_bytes(), bytes, "a note is written as it was read");
    assert!(!note.signatures.is_empty(), "a note is signed");
    assert_eq!(unverified.as_ref().ok(), Checkpoint::parse_text(&note.text).ok().as_ref());
    if let Ok(checkpoint) = &unverified {
        assert_eq!(checkpoint.text(), note.text, "a checkpoint has one text");
    }

    if note.verify(KEY.verifier()).is_ok() {
        let signed = log::SIZES.iter().any(|size| log::checkpoint(*size).text() == note.text);
        assert!(signed, "the key has not signed {:?}", note.text);
        let own = note.signatures.iter().filter(|it| it.name == KEY.verifier().name() && it.id == KEY.verifier().id());
        let right = KEY.sign(note.text.as_bytes());
        assert!(own.map(|it| it.bytes == right).reduce(|a, b| a && b).unwrap_or(false), "a signature has one form");
        assert_eq!(opened.ok(), unverified.ok(), "a signed checkpoint of the log opens");
    } else {
        assert!(opened.is_err(), "a checkpoint that nobody signed opens");
    }
    true
}
