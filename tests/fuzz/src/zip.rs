//! The container of a package.

use std::io::Cursor;

use tickmark_ledger::package::{ZipReader, ZipWriter};

/// Reads a container; and of any bytes the container that they describe, changed in one place.
pub fn check(bytes: &[u8]) -> bool {
    described(bytes);
    let Some(files) = read(bytes) else { return false };
    assert_eq!(write(&files).as_deref(), Some(bytes), "a container is written as it was read");
    true
}

/// A file in a container.
type File = (String, Vec<u8>);

/// All files, where the container is accepted with all of them.
fn read(bytes: &[u8]) -> Option<Vec<File>> {
    let zip = ZipReader::open(Cursor::new(bytes)).ok()?;
    assert_eq!(zip.size(), bytes.len() as u64);
    let sizes: u64 = zip.entries().iter().map(|entry| entry.size()).sum();
    assert!(sizes < zip.size(), "{sizes} bytes of files in {}", zip.size());
    let file = |path: &str| Some((path.to_owned(), zip.read(path).ok()?));
    let files: Option<Vec<File>> = zip.entries().iter().map(|entry| file(entry.path())).collect();
    assert_eq!(files.is_some(), zip.verify_all().is_ok(), "all are read where all are right");
    files
}

fn write(files: &[File]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    files.iter().try_for_each(|(path, bytes)| zip.add_bytes(path, bytes)).ok()?;
    Some(zip.finish().expect("memory takes all").into_inner())
}

/// Two bytes where and how it is changed, then files: a path, a line break, content, a zero byte.
fn described(bytes: &[u8]) {
    let [high, low, flip, rest @ ..] = bytes else { return };
    let file = |bytes: &[u8]| {
        let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (path, content) = bytes.split_at(at);
        Some((str::from_utf8(path).ok()?.to_owned(), content.get(1..).unwrap_or_default().to_vec()))
    };
    let Some(files) = rest.split(|byte| *byte == 0).map(file).collect::<Option<Vec<File>>>() else { return };
    let Some(mut zip) = write(&files) else { return };
    assert_eq!(read(&zip).as_ref(), Some(&files), "what is written is read");
    let place = usize::from(u16::from_be_bytes([*high, *low])) % zip.len();
    zip[place] ^= flip;
    assert_eq!(read(&zip).is_some(), *flip == 0, "byte {place} is not what was written");
}
