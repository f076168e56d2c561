//! The few things that the ledger does to a disk, each under a name and with the path in its error.
//!
//! Every write goes through here, so that tests can stop the world before any of them and take back what was not yet
//! durable (`disk/crash.rs`).
//!
//! **Absent on purpose:** retries. A failed fsync may have dropped the dirty pages, and the next one would say ok.

#[cfg(test)]
pub(crate) mod crash;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use crate::disk_error::DiskError;

/// Threads that wait for the disk together: it makes many files durable in the time of one.
const SYNC_THREADS: usize = 16;

/// A folder held open, so that it can be made durable even where its path has moved.
#[derive(Debug)]
pub(crate) struct Folder {
    handle: File,
    path: PathBuf,
}

/// The disk; in tests, one that can crash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    pub(crate) crash: crash::Crash,
}

macro_rules! step {
    ($disk:ident, $action:literal, $path:expr, $event:expr, $do:expr) => {{
        #[cfg(test)]
        $disk.crash.before($event).map_err(|e| DiskError::new($action, $path, e))?;
        let done = $do.map_err(|e| DiskError::new($action, $path, e))?;
        #[cfg(test)]
        $disk.crash.after($event);
        done
    }};
}

#[cfg(test)]
use crash::Event;

impl Disk {
    /// Makes a file that must not be there yet, readable by its owner only.
    pub(crate) fn create(&self, path: &Path) -> Result<File, DiskError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(step!(self, "create", path, Event::Create(path), options.open(path)))
    }

    pub(crate) fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        // In tests a crash may come between the halves.
        #[cfg(test)]
        let bytes = {
            let (half, bytes) = bytes.split_at(bytes.len() / 2);
            step!(self, "write to", path, Event::Write(path), file.write_all(half));
            bytes
        };
        step!(self, "write to", path, Event::Write(path), file.write_all(bytes));
        Ok(())
    }

    /// Returns once the file's bytes are durable; its name is not until its folder is.
    pub(crate) fn sync_file(&self, file: &File, path: &Path) -> Result<(), DiskError> {
        step!(self, "make durable", path, Event::SyncFile(path), self.wait(file));
        Ok(())
    }

    /// As [`Disk::sync_file`], for a file whose bytes and size are all that matters.
    pub(crate) fn sync_data(&self, file: &File, path: &Path) -> Result<(), DiskError> {
        step!(self, "make durable", path, Event::SyncFile(path), self.wait_for_data(file));
        Ok(())
    }

    /// Makes a file with these bytes, durable but for its name.
    pub(crate) fn write_durable(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create(path)?;
        self.write(&mut file, path, bytes)?;
        self.sync_file(&file, path)
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        step!(self, "rename to", to, Event::Rename(from, to), fs::rename(from, to));
        Ok(())
    }

    pub(crate) fn remove(&self, path: &Path) -> Result<(), DiskError> {
        step!(self, "remove", path, Event::Remove(path), fs::remove_file(path));
        Ok(())
    }

    pub(crate) fn remove_if_there(&self, path: &Path) -> Result<(), DiskError> {
        if path.symlink_metadata().is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            return Ok(());
        }
        self.remove(path)
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&self, path: &Path) -> Result<(), DiskError> {
        step!(self, "remove the folder", path, Event::RemoveFolder(path), fs::remove_dir(path));
        Ok(())
    }

    /// Makes a folder unless it is there, readable by its owner only.
    pub(crate) fn make_folder(&self, path: &Path) -> Result<(), DiskError> {
        if path.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        step!(self, "make the folder", path, Event::MakeFolder(path), builder.create(path));
        Ok(())
    }

    /// Makes a folder and those above it that are missing, all durable.
    pub(crate) fn make_folders(&self, path: &Path) -> Result<(), DiskError> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
            self.make_folders(above)?;
            self.make_folder(path)?;
            return self.sync_folder(&self.open_folder(above)?);
        }
        self.make_folder(path)?;
        self.sync_folder(&self.open_folder(Path::new("."))?)
    }

    pub(crate) fn open_folder(&self, path: &Path) -> Result<Folder, DiskError> {
        let handle = File::open(path).map_err(|e| DiskError::new("open the folder", path, e))?;
        Ok(Folder { handle, path: path.to_path_buf() })
    }

    /// Returns once the names in the folder are durable.
    pub(crate) fn sync_folder(&self, folder: &Folder) -> Result<(), DiskError> {
        let path = &folder.path;
        step!(self, "make durable", path, Event::SyncFolder(path), self.wait(&folder.handle));
        Ok(())
    }

    /// Whether what it makes durable is.
    pub(crate) fn waits(&self) -> bool {
        #[cfg(test)]
        return !self.crash.pretends();
        #[cfg(not(test))]
        true
    }

    /// Waits for the disk, unless it is one that only pretends.
    fn wait(&self, file: &File) -> io::Result<()> {
        if self.waits() { file.sync_all() } else { Ok(()) }
    }

    fn wait_for_data(&self, file: &File) -> io::Result<()> {
        if self.waits() { file.sync_data() } else { Ok(()) }
    }

    /// Does `work` for each item on some threads, and gives the first error in the order of the items.
    pub(crate) fn in_parallel<T: Sync>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<(), DiskError> + Sync,
    ) -> Result<(), DiskError> {
        let share = items.len().div_ceil(SYNC_THREADS).max(1);
        if items.len() <= 1 {
            return items.iter().try_for_each(work);
        }
        std::thread::scope(|scope| {
            let work = &work;
            let running: Vec<_> =
                items.chunks(share).map(|chunk| scope.spawn(move || chunk.iter().try_for_each(work))).collect();
            running.into_iter().try_for_each(|thread| match thread.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }

    pub(crate) fn open(&self, path: &Path) -> Result<File, DiskError> {
        File::open(path).map_err(|e| DiskError::new("open", path, e))
    }

    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>, DiskError> {
        fs::read(path).map_err(|e| DiskError::new("read", path, e))
    }

    /// As [`Disk::read`]; nothing where the file is not there.
    pub(crate) fn read_if_there(&self, path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(DiskError::new("read", path, e)),
        }
    }

    /// The names in a folder, as text, unsorted; other names with replacement characters.
    pub(crate) fn names(&self, path: &Path) -> Result<impl Iterator<Item = Result<String, DiskError>>, DiskError> {
        let fail = |e| DiskError::new("list", path, e);
        let entries = fs::read_dir(path).map_err(fail)?;
        Ok(entries.map(move |entry| entry.map(|e| e.file_name().to_string_lossy().into_owned()).map_err(fail)))
    }
}
