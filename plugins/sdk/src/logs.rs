//! The files of a log: one granted file, or a granted folder with it and its rotated ones.
//!
//! A folder of logs holds more than one log, so the operator says how the names begin. What is compressed cannot be read
//! here; it is named, and what it covered is missing from what the other files show.
//!
//! **Absent on purpose:** an order. Rotated files are named in too many ways; what is in them says which is older.
//! **Absent on purpose:** leaving out what is too old. When a file was changed last is not what it says.

use crate::failure::{Failure, code};
use crate::host::{Host, Receipt};

/// Most files that one log may have: each row may name as many answers of the host.
pub const MAX_FILES: usize = 500;

/// What a compressed file ends in.
const COMPRESSED: [&str; 7] = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".Z"];

/// How a log is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The grant is the file.
    File,
    /// The grant is a folder, and the log is every file in it whose name begins with `prefix`.
    Folder {
        /// How the names begin.
        prefix: String,
    },
}

/// The files of one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// What to open, sorted; one empty path where the grant is the file.
    pub paths: Vec<String>,
    /// The answer that lists them, where the grant is a folder.
    pub listed: Option<Receipt>,
    /// Files of the log that cannot be read because they are compressed, sorted.
    pub compressed: Vec<String>,
}

impl Files {
    /// Finds them.
    ///
    /// # Errors
    /// As the host's, and `limit` where there are more than [`MAX_FILES`].
    pub fn of(host: &dyn Host, grant: &str, layout: &Layout) -> Result<Self, Failure> {
        let Layout::Folder { prefix } = layout else {
            return Ok(Self { paths: vec![String::new()], ..Self::default() });
        };
        let listing = host.list(grant, "")?;
        let mut files = Self { listed: Some(listing.receipt), ..Self::default() };
        for entry in listing.entries.into_iter().filter(|entry| !entry.is_dir && entry.path.starts_with(prefix)) {
            let compressed = COMPRESSED.iter().any(|ending| entry.path.ends_with(ending));
            if compressed { files.compressed.push(entry.path) } else { files.paths.push(entry.path) }
        }
        if files.paths.len() > MAX_FILES {
            let message = format!("{} files begin with `{prefix}`, limit is {MAX_FILES}", files.paths.len());
            return Err(Failure::new(code::LIMIT, message).shown_by(listing.receipt));
        }
        Ok(files)
    }

    /// What to say about the files that cannot be read; nothing where there are none.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let first = self.compressed.first()?;
        let count = self.compressed.len();
        let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        Some(format!("compressed files cannot be read, and what they cover is not shown: `{first}`{more}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    fn folder(prefix: &str) -> Layout {
        Layout::Folder { prefix: prefix.to_owned() }
    }

    #[test]
    fn a_file_is_itself() {
        let files = Files::of(&TestHost::new(), "eve", &Layout::File).unwrap();
        assert_eq!((files.paths.as_slice(), files.listed, files.note()), (&[String::new()][..], None, None));
    }

    #[test]
    fn a_folder_is_what_begins_alike_and_can_be_read() {
        let names = ["eve.json", "eve.json.1", "eve.json.2.gz", "eve.json.3.xz", "fast.log", "old/eve.json"];
        let host = names.iter().fold(TestHost::new(), |host, name| host.file("eve", name, b""));
        let files = Files::of(&host, "eve", &folder("eve.json")).unwrap();
        assert_eq!(files.paths, ["eve.json", "eve.json.1"]);
        assert_eq!(files.listed, Some(0));
        let note = "compressed files cannot be read, and what they cover is not shown: `eve.json.2.gz` and 1 more";
        assert_eq!(files.note().as_deref(), Some(note));
    }

    #[test]
    fn too_many_files_are_refused_with_the_bound() {
        let host = (0..=MAX_FILES).fold(TestHost::new(), |host, n| host.file("eve", &format!("eve.{n}"), b""));
        let failure = Files::of(&host, "eve", &folder("eve")).unwrap_err();
        assert_eq!(failure.to_string(), "limit: 501 files begin with `eve`, limit is 500");
    }
}
