//! The inputs that fuzzing begins with, in `seeds/<target>/`.

use std::fs;
use std::path::PathBuf;

/// The folder of a target's seeds.
#[must_use]
pub fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target)
}

/// Makes sure that there are seeds and that each is read: fuzzing that begins with nothing finds nothing.
///
/// # Panics
/// Where it is not so.
pub fn check(target: &str, read: fn(&[u8]) -> bool) {
    let folder = folder(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("no seeds in {}: {e}", folder.display()));
    let files: Vec<PathBuf> = files.map(|file| file.expect("the folder is read").path()).collect();
    assert!(!files.is_empty(), "no seeds in {}", folder.display());
    for file in files {
        assert!(read(&fs::read(&file).expect("the seed is read")), "{} is not read", file.display());
    }
}
