//! A private key in a file that only its owner can read.
//!
//! **Invariant:** a key file is whole and durable under its name, or not there at all; it is never overwritten.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use super::error::KeyError;

/// The text of a key file that only its owner can read; nothing where it is not there.
pub(super) fn read(path: &Path) -> Result<Option<String>, KeyError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(KeyError::io("read", path, e)),
    };
    let mode = file.metadata().map_err(|e| KeyError::io("look at", path, e))?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Mode { path: path.to_path_buf(), mode, bound: 0o600 });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|e| KeyError::io("read", path, e))?;
    Ok(Some(text))
}

/// Writes a key so that it is whole and durable under its name, or not there at all.
pub(super) fn write(path: &Path, text: &str) -> Result<(), KeyError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| KeyError::io("make", folder, e))?;
    let mut part = OsString::from(".");
    part.push(path.file_name().unwrap_or_default());
    part.push(".new");
    let part = folder.join(part);
    // What an interrupted try left behind may have another owner or mode.
    match std::fs::remove_file(&part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(KeyError::io("remove", &part, e)),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let mut file = file.map_err(|e| KeyError::io("make", &part, e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| KeyError::io("write", &part, e))?;
    // A link is made only where nothing is: a rename would replace a key.
    let linked = std::fs::hard_link(&part, path);
    std::fs::remove_file(&part).map_err(|e| KeyError::io("remove", &part, e))?;
    match linked {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            return Err(KeyError::Exists { path: path.to_path_buf() });
        }
        linked => linked.map_err(|e| KeyError::io("make", path, e))?,
    }
    let folder_file = File::open(folder).and_then(|folder| folder.sync_all());
    folder_file.map_err(|e| KeyError::io("make durable", folder, e))
}

/// 32 bytes from the kernel.
pub(super) fn random() -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(bytes)
}
