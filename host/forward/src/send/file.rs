//! One event in each line, at the end of a file.
//!
//! **Invariant:** a batch counts as taken when file and name are durable.
//! **Invariant:** what a crash left of a line stays in a line of its own.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{Receiver, SendError, Taken};
use crate::event::Event;

pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn append(&self, events: &[Event]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        let mut bytes = Vec::new();
        if is_torn(&mut file)? {
            bytes.push(b'\n');
        }
        for event in events {
            bytes.extend_from_slice(event.json.as_bytes());
            bytes.push(b'\n');
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::File::open(folder)?.sync_all()
    }
}

/// Whether the last line has no end.
fn is_torn(file: &mut fs::File) -> io::Result<bool> {
    // A pipe or a device has no lines before ours.
    if !file.metadata()?.is_file() || file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

impl Receiver for File {
    fn take(&mut self, events: &[Event]) -> Taken {
        let written = self.append(events);
        Taken::whole(events, written.map_err(|source| SendError::File { path: self.path.clone(), source }))
    }
}
