//! Files: whole, regular, and never outside what was granted.
//!
//! **Invariant:** a path of the collector's is resolved by the kernel beneath the granted folder (`openat2` with
//! `RESOLVE_BENEATH`), so neither `..` nor a symbolic link nor a swap in between leads out of it.
//! **Invariant:** a file is read to its end; its size as stated is not relied upon, because `/proc` states 0.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;
use tickmark_model::Instant;

use super::Refusal;
use crate::body::Body;
use crate::grants::FilesGrant;
use crate::limits::Limits;
use crate::recorder::BlobSink;

/// One entry of a granted folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Relative to the granted folder, separated by `/`.
    pub path: String,
    /// Size in bytes as the file system states it.
    pub size: u64,
    /// Whether it is a folder.
    pub is_dir: bool,
    /// When its bytes last changed.
    pub modified: Instant,
}

/// Most entries of one listing.
const MAX_ENTRIES: u64 = 100_000;
/// Longest path of a collector's, in bytes.
const MAX_PATH_BYTES: usize = 4_096;
/// Bytes that a file is held in memory with; one with more goes to the blob store at once.
const HELD_BYTES: u64 = 1 << 20;

/// Never blocks on a FIFO, never takes a terminal, never leaks into a child.
const READING: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);
const BENEATH: ResolveFlags = ResolveFlags::BENEATH.union(ResolveFlags::NO_MAGICLINKS);

/// Where a large file goes while it is read.
#[derive(Clone, Copy)]
pub(crate) struct Keep<'a> {
    /// Keeps it.
    pub sink: &'a dyn BlobSink,
    /// Most bytes that it may have besides what holds for every file.
    pub left: u64,
}

/// Reads one file whole: the granted file where `path` is empty, else the one beneath the granted folder. A large one is not held:
/// it goes to where it is to be kept, if it may.
pub(crate) fn open(grant: &FilesGrant, path: &str, limits: &Limits, keep: Option<Keep<'_>>) -> Result<Body, Refusal> {
    check_path(path)?;
    if let Some(what) = grant.in_place_of_a_file() {
        return given(grant, &what, path, limits).map(Body::Held);
    }
    let granted = Granted::open(grant)?;
    let (file, name) = match (granted.is_dir, path) {
        (false, "") => (granted.fd, granted.name),
        (false, _) => {
            return Err(Refusal::denied(format_args!("`{path}` is asked of a grant that is a file, not a folder")));
        }
        (true, "") => return Err(Refusal::denied("an empty path is asked of a grant that is a folder, not a file")),
        (true, _) => {
            let file = beneath(&granted.fd, path, READING)?;
            refuse_kernel_files(&file, path)?;
            (file, path.to_owned())
        }
    };
    let stat = rustix::fs::fstat(&file).map_err(|error| unreadable(&name, error))?;
    let kind = FileType::from_raw_mode(stat.st_mode);
    if kind != FileType::RegularFile {
        return Err(Refusal::denied(format_args!("`{name}` is {}, not a regular file", describe(kind))));
    }
    let unreadable = |error| Refusal::unavailable(format_args!("`{name}` cannot be read: {error}"));
    let over = || Refusal::limit(format_args!("`{name}`"), limits.response_bytes, "bytes");
    let most = limits.response_bytes;
    let (mut file, mut bytes) = (File::from(file), Vec::new());
    (&mut file).take(HELD_BYTES.min(most.saturating_add(1))).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 >= HELD_BYTES
        && let Some(Keep { sink, left }) = keep
    {
        let stated = u64::try_from(stat.st_size).unwrap_or(0);
        if stated > left && stated <= most {
            return Ok(Body::Over(stated));
        }
        let mut source = Capped { inner: bytes.as_slice().chain(&mut file), left: most.min(left), error: None };
        match (sink.stream(&mut source), source.error) {
            (Ok(Some((blob, file))), None) => return Ok(Body::Kept(blob, file)),
            (Ok(None), _) => {}
            (_, Some(Trouble::Over)) if left < most && stated <= most => return Ok(Body::Over(left.saturating_add(1))),
            (_, Some(Trouble::Over)) => return Err(over()),
            (_, Some(Trouble::Unreadable(error))) => return Err(unreadable(error)),
            (Err(error), None) => return Ok(Body::Lost(error)),
        }
    }
    let rest = most.saturating_add(1).saturating_sub(bytes.len() as u64);
    file.take(rest).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most { Err(over()) } else { Ok(Body::Held(bytes)) }
}

/// Why a file cannot be read to its end.
enum Trouble {
    /// It has more bytes than it may.
    Over,
    /// What the system says.
    Unreadable(io::Error),
}

/// A reader that fails where there is more than it may give, and remembers why it failed.
struct Capped<R> {
    inner: R,
    left: u64,
    error: Option<Trouble>,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buf) {
            Ok(read) if read as u64 > self.left => {
                self.error = Some(Trouble::Over);
                Err(io::Error::other("it has more bytes than it may"))
            }
            Ok(read) => {
                self.left -= read as u64;
                Ok(read)
            }
            // Whoever reads tries again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let why = io::Error::new(error.kind(), error.to_string());
                self.error = Some(Trouble::Unreadable(error));
                Err(why)
            }
        }
    }
}

/// Lists a folder beneath the granted one, or that one itself where `dir` is empty; sorted by path, not recursive.
///
/// Everything is listed, also what [`open`] refuses, so that nothing is hidden. A symbolic link shows what it leads to
/// where that is beneath the granted folder, else itself.
pub(crate) fn list(grant: &FilesGrant, dir: &str, limits: &Limits) -> Result<Vec<Entry>, Refusal> {
    check_path(dir)?;
    let no_folder = || Refusal::denied("a listing is asked of a grant that is a file, not a folder");
    if grant.in_place_of_a_file().is_some() {
        return Err(no_folder());
    }
    let granted = Granted::open(grant)?;
    if !granted.is_dir {
        return Err(no_folder());
    }
    let fd = if dir.is_empty() {
        granted.fd
    } else {
        let fd = beneath(&granted.fd, dir, READING.union(OFlags::DIRECTORY))?;
        refuse_kernel_files(&fd, dir)?;
        fd
    };
    let mut entries = Vec::new();
    let mut bytes = 0_u64;
    for entry in Dir::read_from(&fd).map_err(|error| unreadable(dir, error))? {
        let entry = entry.map_err(|error| unreadable(dir, error))?;
        let name = entry.file_name();
        let Ok(text) = name.to_str() else {
            return Err(Refusal::invalid(format_args!("`{dir}` holds a name that is not UTF-8: {name:?}")));
        };
        if matches!(text, "." | "..") {
            continue;
        }
        let Some(stat) = stat_entry(&fd, text)? else {
            continue;
        };
        let path = if dir.is_empty() { text.to_owned() } else { format!("{dir}/{text}") };
        bytes = bytes.saturating_add(path.len() as u64);
        if bytes > limits.response_bytes {
            return Err(Refusal::limit(format_args!("listing of `{dir}`"), limits.response_bytes, "bytes"));
        }
        let modified = modified(&stat, &path)?;
        entries.push(Entry {
            path,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            is_dir: FileType::from_raw_mode(stat.st_mode) == FileType::Directory,
            modified,
        });
        if entries.len() as u64 > MAX_ENTRIES {
            return Err(Refusal::limit(format_args!("listing of `{dir}`"), MAX_ENTRIES, "entries"));
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// What the host gave in place of a file.
fn given(grant: &FilesGrant, what: &str, path: &str, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    if !path.is_empty() {
        return Err(Refusal::denied(format_args!("`{path}` is asked of a grant that is a file, not a folder")));
    }
    let bytes = grant.given.as_deref().ok_or_else(|| Refusal::unavailable(format_args!("nobody gave {what}")))?;
    if bytes.len() as u64 > limits.response_bytes {
        return Err(Refusal::limit(what, limits.response_bytes, "bytes"));
    }
    Ok(bytes.to_vec())
}

/// What the operator granted, opened.
struct Granted {
    fd: OwnedFd,
    is_dir: bool,
    name: String,
}

impl Granted {
    /// The operator's own path is followed wherever it leads. What is not there is `unavailable` and not `not-found`:
    /// only a path of the collector's may be missing without making its facts incomplete.
    fn open(grant: &FilesGrant) -> Result<Self, Refusal> {
        let name = grant.path.display().to_string();
        let fd = rustix::fs::open(&grant.path, READING, Mode::empty()).map_err(|error| unreadable(&name, error))?;
        let stat = rustix::fs::fstat(&fd).map_err(|error| unreadable(&name, error))?;
        let is_dir = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        if is_dir {
            refuse_kernel_files(&fd, &name)?;
        }
        Ok(Self { fd, is_dir, name })
    }
}

/// Opens `path` beneath `folder`.
fn beneath(folder: &OwnedFd, path: &str, flags: OFlags) -> Result<OwnedFd, Refusal> {
    loop {
        return match rustix::fs::openat2(folder, path, flags, Mode::empty(), BENEATH) {
            Ok(fd) => Ok(fd),
            // The kernel asks to try again where a folder was renamed while it looked for `..` in a link.
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(Errno::NOENT | Errno::NOTDIR) => Err(Refusal::not_found(format_args!("`{path}` is not there"))),
            Err(Errno::XDEV) => Err(Refusal::denied(format_args!("`{path}` leads out of the granted folder"))),
            Err(Errno::LOOP) => {
                Err(Refusal::denied(format_args!("`{path}` leads through a link that may not be followed")))
            }
            Err(error) => Err(unreadable(path, error)),
        };
    }
}

/// What is known of one entry; nothing where it has gone since the folder was read.
fn stat_entry(folder: &OwnedFd, name: &str) -> Result<Option<Stat>, Refusal> {
    let own = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(unreadable(name, error)),
    };
    if FileType::from_raw_mode(own.st_mode) != FileType::Symlink {
        return Ok(Some(own));
    }
    let target = beneath(folder, name, OFlags::PATH.union(OFlags::CLOEXEC));
    Ok(Some(target.ok().and_then(|fd| rustix::fs::fstat(&fd).ok()).unwrap_or(own)))
}

/// A relative path of plain names. The kernel would refuse the rest too; here it gets a clear word.
fn check_path(path: &str) -> Result<(), Refusal> {
    if path.is_empty() {
        return Ok(());
    }
    let deny = |why| Err(Refusal::denied(format_args!("path `{}` {why}", path.escape_debug())));
    if path.len() > MAX_PATH_BYTES {
        return Err(Refusal::denied(format_args!("path is {} bytes, more than {MAX_PATH_BYTES}", path.len())));
    }
    if path.starts_with('/') {
        return deny("is absolute");
    }
    if path.contains('\\') || path.contains(char::is_control) {
        return deny("has a backslash or a control character");
    }
    if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return deny("has an empty, `.` or `..` part");
    }
    Ok(())
}

/// File systems whose files are views of the kernel or switches of it, by `statfs` magic number (`linux/magic.h`).
const KERNEL_FILE_SYSTEMS: [(u64, &str); 13] = [
    (0x9fa0, "proc"),
    (0x6265_6572, "sysfs"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0x7363_6673, "securityfs"),
    (0x6265_6570, "configfs"),
    (0x0027_e0eb, "cgroup"),
    (0x6367_7270, "cgroup2"),
    (0x1cd1, "devpts"),
    (0xcafe_4a11, "bpf"),
    (0xf97c_ff8c, "selinuxfs"),
    (0xde5e_81e4, "efivarfs"),
    (0x6165_676c, "pstore"),
];

/// A folder of the kernel's holds far more than an operator means to grant (`/proc/self/environ`), and so does one that
/// such a file system is mounted beneath. A single file there may be granted by its own path.
fn refuse_kernel_files(fd: &OwnedFd, name: &str) -> Result<(), Refusal> {
    let statfs = rustix::fs::fstatfs(fd).map_err(|error| unreadable(name, error))?;
    // The magic numbers are 32 bits wide, the field is not on every machine.
    let magic = statfs.f_type as u64 & 0xffff_ffff;
    let kernel = KERNEL_FILE_SYSTEMS.iter().find(|(number, _)| *number == magic).map(|(_, kind)| *kind);
    let kind = match kernel {
        Some(kind) => kind,
        None if is_devices(fd.as_fd()) => "dev",
        None => return Ok(()),
    };
    Err(Refusal::denied(format_args!(
        "`{name}` is in the kernel's {kind} file system; single files there can be granted"
    )))
}

/// `/dev` has no number of its own (it is a tmpfs), so it is told by its device where that is not the root's.
fn is_devices(fd: rustix::fd::BorrowedFd<'_>) -> bool {
    let device = |path: &Path| rustix::fs::statat(CWD, path, AtFlags::empty()).ok().map(|stat| stat.st_dev);
    let (Some(devices), Some(root)) = (device(Path::new("/dev")), device(Path::new("/"))) else {
        return false;
    };
    devices != root && rustix::fs::fstat(fd).is_ok_and(|stat| stat.st_dev == devices)
}

fn describe(kind: FileType) -> &'static str {
    match kind {
        FileType::RegularFile => "a regular file",
        FileType::Directory => "a folder",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "of an unknown kind",
    }
}

fn modified(stat: &Stat, name: &str) -> Result<Instant, Refusal> {
    let ms = i64::try_from(stat.st_mtime_nsec / 1_000_000).unwrap_or(0);
    let ms = stat.st_mtime.saturating_mul(1_000).saturating_add(ms);
    Instant::from_ms(ms)
        .ok_or_else(|| Refusal::invalid(format_args!("`{name}` was changed outside the years 0001 to 9999")))
}

fn unreadable(name: &str, error: Errno) -> Refusal {
    let what = format!("`{name}` cannot be opened");
    match error {
        Errno::NXIO => Refusal::denied(format_args!("`{name}` is a socket or a device, not a regular file")),
        Errno::NOSYS => {
            Refusal::internal(format_args!("{what}: this kernel has no openat2 (Linux 5.6 or later is needed)"))
        }
        error => Refusal::unavailable(format_args!("{what}: {}", std::io::Error::from(error))),
    }
}

#[cfg(test)]
mod tests;
