//! Which files a ledger's folder has, each under what it is for.
//!
//! **Invariant:** a file that nothing is known for is remembered as foreign; so nothing in the folder goes unnoticed.
//! **Absent on purpose:** following links. A ledger is files and folders.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::report::Remark;
use crate::tlog::{Bundle, Tile};

pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const VERSION: &str = ".tickmark/version";
pub(super) const STATE: &str = ".tickmark/state.json";
pub(super) const VKEY: &str = ".tickmark/log.vkey";
pub(super) const WAL: &str = ".tickmark/wal";
pub(super) const BLOBS: &str = "blobs/sha256";
const STAGING: &str = ".tickmark/staging";
/// Stands in the staging folder while blobs have names and are not durable yet.
const UNSETTLED: &str = ".tickmark/staging/unsettled";
const INDEX: &str = ".tickmark/index.sqlite";

/// What may stand in the folder besides tiles, blobs and what is staged. Nobody looks at what lock and index hold: the
/// one is empty, the other is made from the log and stands for nothing.
const KNOWN: [&str; 9] = [
    CHECKPOINT,
    VERSION,
    STATE,
    VKEY,
    WAL,
    ".tickmark/lock",
    INDEX,
    ".tickmark/index.sqlite-journal",
    ".tickmark/index.sqlite-wal",
];
const INDEX_SHM: &str = ".tickmark/index.sqlite-shm";

/// Folders within folders that are looked into; a tile's path has at most 10.
const DEPTH: usize = 16;

/// The files of a ledger. All paths are below its folder.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) tiles: BTreeSet<Tile>,
    pub(super) bundles: BTreeSet<Bundle>,
    /// What an interrupted write left behind; it counts for nothing.
    pub(super) staged: BTreeSet<PathBuf>,
    /// Whether blobs may have been named that were not durable.
    pub(super) unsettled: bool,
    /// Files that do not belong there, and folders that cannot be listed.
    pub(super) foreign: Vec<Remark>,
}

impl Listing {
    /// Lists the folder, but for the blobs.
    pub(super) fn read(root: &Path) -> Self {
        let mut listing = Self::default();
        listing.walk(root, Path::new(""), 0);
        listing.foreign.sort_by(|a, b| a.file.cmp(&b.file));
        listing
    }

    fn walk(&mut self, root: &Path, folder: &Path, depth: usize) {
        let found = match names(&root.join(folder)) {
            Ok(found) => found,
            Err(error) => return self.foreign(folder, format!("cannot be listed: {error}")),
        };
        for Named { name, kind } in found {
            let path = folder.join(&name);
            match kind {
                Kind::Folder if path == Path::new("blobs") => {}
                Kind::Folder if depth < DEPTH && belongs(&path) => self.walk(root, &path, depth + 1),
                Kind::File => self.file(path),
                Kind::Folder => self.foreign(&path, DOES_NOT_BELONG),
                Kind::Other => self.foreign(&path, "is neither a file nor a folder"),
            }
        }
    }

    fn file(&mut self, path: PathBuf) {
        let Some(text) = path.to_str() else { return self.foreign(&path, DOES_NOT_BELONG) };
        if let Ok(bundle) = Bundle::parse(text) {
            self.bundles.insert(bundle);
        } else if let Ok(tile) = Tile::parse(text) {
            self.tiles.insert(tile);
        } else if text.starts_with(STAGING) && text != STAGING {
            self.unsettled |= text == UNSETTLED;
            self.staged.insert(path);
        } else if !KNOWN.contains(&text) && text != INDEX_SHM {
            self.foreign(&path, DOES_NOT_BELONG);
        }
    }

    fn foreign(&mut self, path: &Path, what: impl Into<String>) {
        self.foreign.push(Remark { file: Some(path.to_path_buf()), what: what.into() });
    }
}

const DOES_NOT_BELONG: &str = "does not belong in a ledger";

/// Whether a ledger may have such a folder.
fn belongs(folder: &Path) -> bool {
    folder == Path::new(".tickmark") || folder.starts_with(STAGING) || folder.starts_with("tile")
}

/// One name in a folder.
pub(super) struct Named {
    pub(super) name: PathBuf,
    pub(super) kind: Kind,
}

/// What stands under a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Other,
}

/// The names in a folder, sorted.
pub(super) fn names(folder: &Path) -> io::Result<Vec<Named>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let kind = match (kind.is_file(), kind.is_dir()) {
            (true, _) => Kind::File,
            (_, true) => Kind::Folder,
            _ => Kind::Other,
        };
        found.push(Named { name: entry.file_name().into(), kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// A whole file of at most `limit` bytes; the error says what is wrong with it.
pub(super) fn read(root: &Path, file: &str, limit: u64) -> Result<Vec<u8>, String> {
    match read_if_there(root, file, limit) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err("is missing".to_owned()),
        Err(why) => Err(why),
    }
}

/// As [`read`]; nothing where it is not there.
pub(super) fn read_if_there(root: &Path, file: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let path = root.join(file);
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => {}
        // Whoever opens a pipe waits for ever.
        Ok(_) => return Err("is not a file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(cannot)?.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > limit {
        return Err(format!("has more than {limit} bytes"));
    }
    Ok(Some(bytes))
}
