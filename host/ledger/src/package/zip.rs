//! A ZIP with one encoding: what the entries are decides every byte of the file.
//!
//! Entries are stored, not deflated: what a compressor writes depends on its version, and a package is to encode the same
//! for years. They are sorted by path, dated 1980-01-01 00:00, without extra fields, comments, data descriptors or
//! flags. Layout after PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3.
//!
//! **Rule for zip64:** a number stands in a zip64 field if and only if it does not fit the ordinary field or is that field's
//! highest value, which then says "look there". So an entry of 4 GiB - 1 bytes or more, an offset as high, or 65,535
//! entries or more use zip64, and nothing else does.
//!
//! **Invariant:** [`ZipReader`] takes nothing that [`ZipWriter`] would not write, byte for byte.
//! **Absent on purpose:** folders as entries, and whether two paths could stand in one folder: what paths a package has is
//! for its manifest to say.

mod headers;
mod read;
mod write;

use std::io;

pub use headers::ZipEntry;
pub use read::{EntryReader, ZipReader};
pub use write::ZipWriter;

/// Most bytes of a path.
const PATH_BYTES: usize = 255;

/// The one path with capital letters: people look for it first.
pub(super) const VERIFY: &str = "VERIFY.md";

/// Why a ZIP could not be written or is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZipError {
    /// A path that a package does not have.
    #[error("the path `{path}` {why}")]
    Path {
        /// The path; what is no ASCII is escaped.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Paths that do not ascend.
    #[error("the path `{path}` comes after `{after}`, expected ascending paths, each once")]
    Order {
        /// The path.
        path: String,
        /// The one before it.
        after: String,
    },
    /// More or fewer bytes than were announced.
    #[error("`{path}` has {found} bytes, {announced} were announced")]
    Size {
        /// The path.
        path: String,
        /// Bytes that were there; one more than announced where there are more.
        found: u64,
        /// Bytes that were announced.
        announced: u64,
    },
    /// Not what the writer would have written.
    #[error("{part} is not as it must be encoded, first at byte {at}")]
    Encoding {
        /// Which part of the file, with the path where it is about one.
        part: String,
        /// Offset in bytes from the start of the file.
        at: u64,
    },
    /// The file ends before a part of it does, or is too short to be a ZIP.
    #[error("{part} does not fit in the file's {len} bytes")]
    Short {
        /// Which part of the file.
        part: String,
        /// Bytes of the file.
        len: u64,
    },
    /// An entry's bytes are not those that were written.
    #[error("`{path}` has CRC-32 {found:08x}, its header says {expected:08x}")]
    Crc {
        /// The path.
        path: String,
        /// What its bytes give.
        found: u32,
        /// What its header says.
        expected: u32,
    },
    /// There is no such entry.
    #[error("there is no `{0}` in the package")]
    Missing(String),
    /// An earlier entry was not written whole, so the file cannot be finished.
    #[error("the package cannot be finished since an entry of it could not be written")]
    Broken,
    /// The operating system refused.
    #[error("cannot {action} the package")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Its answer.
        source: io::Error,
    },
}

impl ZipError {
    fn io(action: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

/// Whether a package may have this path: segments of `a-z 0-9 . _ -` that do not begin with a dot, parted by `/`; or
/// `VERIFY.md`.
pub(super) fn check_path(path: &str) -> Result<(), ZipError> {
    let refuse = |why| Err(ZipError::Path { path: path.escape_default().to_string(), why });
    if path == VERIFY {
        return Ok(());
    }
    if path.len() > PATH_BYTES {
        return refuse("is longer than 255 bytes");
    }
    for segment in path.split('/') {
        if segment.is_empty() {
            return refuse("has an empty segment");
        }
        if segment.starts_with('.') {
            return refuse("has a segment that begins with a dot");
        }
        if !segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b)) {
            return refuse("has a character other than `a-z 0-9 . _ -`");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
