//! Compiled code kept between runs, in a folder that nobody else can write or read.
//!
//! A compiled component is native code, and wasmtime runs it as it stands: whoever can put a file here can run code as
//! this user. So the folder is opened once, checked by its descriptor, and everything happens relative to that
//! descriptor; each file's owner and mode are checked again before its bytes are read.
//!
//! **Invariant:** a file is named by the component's digest and by everything that the compiler depends on, wasmtime's
//! full version included. It starts with a SHA-256 over that name and its content, so damage is noticed before anything
//! of it is mapped; such a file counts as absent and is replaced.
//! Beside it stands what the component usually takes of the processor, a number that decides nothing but who goes first.
//! **Absent on purpose:** eviction. Deleting the folder is always safe.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, openat, renameat, unlinkat};
use rustix::process::geteuid;
use tickmark_model::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::digest::{sha256_of, sha256_of_hash};

/// Why the folder for compiled code is not used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum CacheDirError {
    /// It cannot be made or opened.
    #[error("cache folder `{}` cannot be opened", path.display())]
    Open {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// It belongs to somebody else.
    #[error("cache folder `{}` belongs to user {found}, this program runs as user {expected}", path.display())]
    #[diagnostic(help("compiled plugins are native code: name a folder that belongs to you"))]
    Owner {
        /// The folder.
        path: PathBuf,
        /// Its owner's id.
        found: u32,
        /// The effective user's id.
        expected: u32,
    },
    /// Others can read or write it.
    #[error("cache folder `{}` has mode {mode:04o}, expected 0700", path.display())]
    #[diagnostic(help("compiled plugins are native code: remove its content, then `chmod 700` it"))]
    Mode {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// The folder, opened and checked.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: OwnedFd,
    compatibility: Digest,
}

/// Numbers this process's temporary files.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

impl Cache {
    /// Opens `path` for code that `engine` compiles, and makes it with mode 0700 where it is missing.
    ///
    /// # Errors
    /// [`CacheDirError`] for each way in which the folder may not be trusted.
    pub(crate) fn open(path: &Path, engine: &Engine) -> Result<Self, CacheDirError> {
        let failed = |cause: io::Error| CacheDirError::Open { path: path.to_owned(), cause };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| failed(errno.into()))?;
        let stat = fstat(&dir).map_err(|errno| failed(errno.into()))?;
        let expected = geteuid().as_raw();
        if stat.st_uid != expected {
            return Err(CacheDirError::Owner { path: path.to_owned(), found: stat.st_uid, expected });
        }
        let mode = stat.st_mode & 0o7777;
        if mode & 0o077 != 0 {
            return Err(CacheDirError::Mode { path: path.to_owned(), mode });
        }
        let compatibility = sha256_of_hash(engine.precompile_compatibility_hash());
        Ok(Self { dir, compatibility })
    }

    fn name(&self, component: &Digest) -> String {
        format!("{}-{}.cwasm", component.hex(), self.compatibility.hex())
    }

    /// What a file starts with: the digest of what it is for and what it holds.
    fn seal(&self, component: &Digest, code: &[u8]) -> Digest {
        sha256_of(&[&component.0, &self.compatibility.0, code])
    }

    /// The compiled component, or nothing where there is none that can be trusted and read.
    pub(crate) fn get(&self, engine: &Engine, component: &Digest) -> Option<Component> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&self.dir, self.name(component), flags, Mode::empty()).ok()?;
        let stat = fstat(&file).ok()?;
        let own = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
            && stat.st_uid == geteuid().as_raw()
            && stat.st_mode & 0o077 == 0;
        if !own {
            return None;
        }
        let mut bytes = Vec::new();
        File::from(file).read_to_end(&mut bytes).ok()?;
        let (seal, code) = bytes.split_first_chunk::<32>()?;
        if self.seal(component, code) != Digest(*seal) {
            return None;
        }
        deserialize(engine, code)
    }

    /// Keeps `component` under the digest of its WebAssembly.
    ///
    /// # Errors
    /// What the system says; the run does not depend on it.
    pub(crate) fn put(&self, digest: &Digest, component: &Component) -> io::Result<()> {
        let code = component.serialize().map_err(|error| io::Error::other(error.to_string()))?;
        self.put_code(digest, &code)
    }

    /// Keeps the compiled `code` of a component under the digest of its WebAssembly.
    ///
    /// # Errors
    /// As [`Cache::put`].
    pub(crate) fn put_code(&self, digest: &Digest, code: &[u8]) -> io::Result<()> {
        self.write(&self.name(digest), &[&self.seal(digest, code).0, code])
    }

    /// What a component usually takes, in microseconds, as [`Cache::put_usual`] keeps it.
    pub(crate) fn usual(&self, component: &Digest) -> Option<u64> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&self.dir, usual_name(component), flags, Mode::empty()).ok()?;
        let mut text = String::new();
        File::from(file).take(20).read_to_string(&mut text).ok()?;
        text.trim_end().parse().ok()
    }

    /// Keeps what a component usually takes; where that cannot be written, it stays unknown.
    pub(crate) fn put_usual(&self, component: &Digest, microseconds: u64) {
        let _ = self.write(&usual_name(component), &[format!("{microseconds}\n").as_bytes()]);
    }

    /// Writes a file whole or not at all.
    fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let temporary = format!(".{}-{number}.tmp", std::process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(openat(&self.dir, &temporary, flags, Mode::RUSR | Mode::WUSR)?);
        let written = parts.iter().try_for_each(|part| file.write_all(part));
        let renamed = written.and_then(|()| Ok(renameat(&self.dir, &temporary, &self.dir, name)?));
        if renamed.is_err() {
            unlinkat(&self.dir, &temporary, AtFlags::empty()).ok();
        }
        renamed
    }
}

/// The file that says what a component usually takes.
fn usual_name(component: &Digest) -> String {
    format!("{}.usual", component.hex())
}

/// Turns checked bytes into a component that can run.
#[expect(unsafe_code, reason = "wasmtime cannot check native code, so it asks the caller to vouch for it")]
pub(crate) fn deserialize(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: `code` was read once into memory of this process, from one of two places. The first is a file that only this
    // user can write, in a folder that only this user can enter, and its SHA-256 ties it to this component and to this
    // engine's version and settings. `Cache::put_code` writes such files and nothing else does. The second is the pipe of
    // a `CompilerProcess` that this process started, which is this same program. Both come from `Component::serialize`.
    unsafe { Component::deserialize(engine, code) }.ok()
}

#[cfg(test)]
mod tests;
