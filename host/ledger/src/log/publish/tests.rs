//! Which files a published log has.

use std::path::Path;

use crate::testing::{append, assert_verifies, files, key, open, scratch};

#[test]
fn partial_tiles_stay_until_the_full_one_is_there() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    let tiles =
        |dir: &Path| -> Vec<String> { files(dir).into_iter().filter(|path| path.starts_with("tile/")).collect() };
    let mut grow = |count: usize| {
        append(&mut ledger, &vec!["A"; count]).unwrap();
        ledger.publish().unwrap();
    };
    // With the record of the key.
    grow(2);
    grow(1);
    assert_eq!(tiles(dir.path()), ["tile/0/000.p/3", "tile/0/000.p/4", "tile/entries/000.p/3", "tile/entries/000.p/4"]);
    grow(252);
    assert_eq!(tiles(dir.path()), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    grow(1);
    grow(300);
    assert_eq!(
        tiles(dir.path()),
        [
            "tile/0/000",
            "tile/0/001",
            "tile/0/002.p/45",
            "tile/1/000.p/1",
            "tile/1/000.p/2",
            "tile/entries/000",
            "tile/entries/001",
            "tile/entries/002.p/45"
        ]
    );
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_file_that_is_not_the_log_s_is_not_removed_with_partial_tiles() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    ledger.publish().unwrap();
    let foreign = dir.path().join("tile/0/000.p/notes");
    std::fs::write(&foreign, "mine").unwrap();
    append(&mut ledger, &["A"; 300]).unwrap();
    ledger.publish().unwrap();
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "mine");
    assert!(!dir.path().join("tile/0/000.p/2").exists());
}
