//! The files of one tree: tiles and bundles of a log's folder, as they are at a given size.
//!
//! A tree at rest never changes, so a reader needs no lock. Its partial tiles may be gone once wider ones are there: those
//! begin with the same hashes, and are read instead.
//!
//! **Absent on purpose:** trust. What is read is as the files say; proofs and roots are checked by whoever asked for them.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tickmark_model::Digest;

use crate::disk_error::DiskError;
use crate::tlog::{
    Bundle, HashIndex, HashReader, MAX_BUNDLE, TILE_WIDTH, Tile, TreeError, decode_bundle, decode_tile, root_of,
};

/// Tiles kept in memory, of 8 KiB each: the path to a leaf and the right edge of a large tree, and some more.
const CACHED_TILES: usize = 32;

/// Why something of a log could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A file that the log must have.
    #[error("`{}` is missing", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file that is not as the log wrote it.
    #[error("`{}` is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// An entry or an older size that the log does not have.
    #[error("{value} is not in the log, which has {size} entries")]
    OutOfRange {
        /// The entry that was asked for, or the size.
        value: u64,
        /// Entries of the log.
        size: u64,
    },
    /// The operating system refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl ReadError {
    /// The file, where there is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Missing { path } | Self::Damaged { path, .. } => Some(path),
            Self::Disk(error) => Some(error.path()),
            Self::OutOfRange { .. } => None,
        }
    }

    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Missing { .. } | Self::Damaged { .. } => Some("restore the ledger from a copy; nothing was changed"),
            Self::Disk(_) => Some("see that the folder can be read, then run again"),
            Self::OutOfRange { .. } => None,
        }
    }

    /// Whether the log itself is not as it should be, rather than out of reach or not there at all.
    #[must_use]
    pub fn is_broken_log(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Missing { path } => !path.ends_with("checkpoint"),
            Self::OutOfRange { .. } | Self::Disk(_) => false,
        }
    }

    pub(crate) fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_path_buf(), why: why.to_string() }
    }
}

/// The tiles and bundles of a log's folder at one size; threads share it by reference.
#[derive(Debug)]
pub struct TreeFiles {
    root: PathBuf,
    size: u64,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    /// The last used at the end.
    tiles: VecDeque<(Tile, Arc<Vec<Digest>>)>,
    bundle: Option<(u64, Arc<Vec<Vec<u8>>>)>,
}

impl TreeFiles {
    /// The tree of `size` entries in the log at `root`. Nothing is read yet.
    #[must_use]
    pub fn new(root: &Path, size: u64) -> Self {
        Self { root: root.to_path_buf(), size, cache: Mutex::default() }
    }

    /// Entries of the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The file of bundle `index` of this tree, or the folder of all where there is no such bundle.
    pub(crate) fn bundle_path(&self, index: u64) -> PathBuf {
        let path = Bundle::at(index, self.size).map_or_else(|| "tile/entries".to_owned(), |bundle| bundle.path());
        self.root.join(path)
    }

    /// Entry `index`, as stored.
    ///
    /// # Errors
    /// [`ReadError`] where there is none or it cannot be read.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        let range = || ReadError::OutOfRange { value: index, size: self.size };
        if index >= self.size {
            return Err(range());
        }
        let wide = u64::from(TILE_WIDTH);
        let bundle = self.shared_bundle(index / wide)?;
        usize::try_from(index % wide).ok().and_then(|at| bundle.get(at)).cloned().ok_or_else(range)
    }

    /// The entries of bundle `index`, the first of which is entry 256 times `index`.
    ///
    /// # Errors
    /// [`ReadError`] where there is none or it cannot be read.
    pub fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        self.shared_bundle(index).map(Arc::unwrap_or_clone)
    }

    /// The hashes of a tile of this tree.
    ///
    /// # Errors
    /// [`ReadError`] where it cannot be read.
    pub fn tile(&self, tile: Tile) -> Result<Arc<Vec<Digest>>, ReadError> {
        let found = {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            let at = cache.tiles.iter().position(|(name, _)| *name == tile);
            let found = at.and_then(|at| cache.tiles.remove(at));
            cache.tiles.extend(found.clone());
            found
        };
        if let Some((_, hashes)) = found {
            return Ok(hashes);
        }
        let limit = u64::from(TILE_WIDTH) * 32;
        let (width, path, bytes) = self.widest(&tile.path(), &tile.full().path(), tile.width(), limit)?;
        let mut hashes = decode_tile(&bytes, width).map_err(|why| ReadError::damaged(&path, why))?;
        hashes.truncate(tile.width().into());
        let hashes = Arc::new(hashes);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.tiles.len() >= CACHED_TILES {
            cache.tiles.pop_front();
        }
        cache.tiles.push_back((tile, Arc::clone(&hashes)));
        Ok(hashes)
    }

    fn shared_bundle(&self, index: u64) -> Result<Arc<Vec<Vec<u8>>>, ReadError> {
        let bundle = Bundle::at(index, self.size);
        let first = index.saturating_mul(TILE_WIDTH.into());
        let bundle = bundle.ok_or(ReadError::OutOfRange { value: first, size: self.size })?;
        if let Some((at, entries)) = &self.cache.lock().unwrap_or_else(PoisonError::into_inner).bundle
            && *at == index
        {
            return Ok(Arc::clone(entries));
        }
        let (width, path, bytes) = self.widest(&bundle.path(), &bundle.full().path(), bundle.width(), MAX_BUNDLE)?;
        let entries = decode_bundle(&bytes, width).map_err(|why| ReadError::damaged(&path, why))?;
        let entries = entries.into_iter().take(bundle.width().into()).map(<[u8]>::to_vec).collect();
        let entries = Arc::new(entries);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.bundle = Some((index, Arc::clone(&entries)));
        Ok(entries)
    }

    /// The file of a tile or bundle: as it is named, or the full one, or a wider partial one. With its width.
    fn widest(&self, name: &str, full: &str, width: u16, limit: u64) -> Result<(u16, PathBuf, Vec<u8>), ReadError> {
        let path = self.root.join(name);
        // A writer may replace a partial one just between two looks: then the next look finds what replaced it.
        for _ in 0..3 {
            if let Some(bytes) = read(&path, limit)? {
                return Ok((width, path, bytes));
            }
            if width == TILE_WIDTH {
                break;
            }
            let whole = self.root.join(full);
            if let Some(bytes) = read(&whole, limit)? {
                return Ok((TILE_WIDTH, whole, bytes));
            }
            let Some(wider) = path.parent().map(wider).transpose()?.flatten().filter(|found| *found > width) else {
                break;
            };
            let partial = path.with_file_name(wider.to_string());
            if let Some(bytes) = read(&partial, limit)? {
                return Ok((wider, partial, bytes));
            }
        }
        Err(ReadError::Missing { path })
    }
}

/// The widest partial one in a folder `<N>.p`.
fn wider(folder: &Path) -> Result<Option<u16>, ReadError> {
    let fail = |e| DiskError::new("list", folder, e);
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fail(e).into()),
    };
    let mut widest = None;
    for file in listing {
        let name = file.map_err(fail)?.file_name();
        let width = name.to_str().and_then(|name| name.parse().ok().filter(|w: &u16| w.to_string() == name));
        widest = widest.max(width.filter(|width| (1..TILE_WIDTH).contains(width)));
    }
    Ok(widest)
}

/// A whole file of at most `limit` bytes; nothing where there is none.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, ReadError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(DiskError::new("open", path, e).into()),
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| DiskError::new("read", path, e))?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::damaged(path, format!("it has more than {limit} bytes")));
    }
    Ok(Some(bytes))
}

impl HashReader for &TreeFiles {
    type Error = ReadError;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, ReadError> {
        let hash = |wanted: &HashIndex| {
            let last = wanted.index.saturating_add(1).saturating_mul(1 << wanted.level.min(63)) - 1;
            let range = || ReadError::OutOfRange { value: last, size: self.size };
            let span = Tile::covering(*wanted, self.size).ok_or_else(range)?;
            let tile = self.tile(span.tile)?;
            tile.get(span.start..span.start + span.count).map(root_of).ok_or_else(range)
        };
        wanted.iter().map(hash).collect()
    }
}

impl From<TreeError<ReadError>> for ReadError {
    fn from(error: TreeError<ReadError>) -> Self {
        match error {
            TreeError::Reader(error) => error,
            TreeError::OutOfRange { value, size } => Self::OutOfRange { value, size },
            // This reader answers what it is asked.
            TreeError::Count { found, wanted } => Self::OutOfRange { value: wanted as u64, size: found as u64 },
        }
    }
}
