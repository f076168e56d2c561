//! Reading the file of a component: once, a regular file, and no more of it than a component may have.
//!
//! **Invariant:** nothing waits on it: a FIFO or a device is refused by its kind, whatever it would give.
//! **Invariant:** what is read is bounded while it is read; the size that the file system states is not relied upon.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, fstat, open};

use crate::load::{LoadError, MAX_COMPONENT_BYTES};

/// The bytes of the component at `path`.
///
/// # Errors
/// [`LoadError::Unreadable`] where it cannot be read or is no regular file, [`LoadError::FileTooLarge`] where it has more
/// bytes than a component may have.
pub fn read_component(path: &Path) -> Result<Vec<u8>, LoadError> {
    let unreadable = |cause: io::Error| LoadError::Unreadable { path: path.to_owned(), cause };
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = open(path, flags, Mode::empty()).map_err(|errno| unreadable(errno.into()))?;
    let stat = fstat(&file).map_err(|errno| unreadable(errno.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
    }
    let bound = MAX_COMPONENT_BYTES as u64;
    let mut bytes = Vec::new();
    File::from(file).take(bound + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > bound {
        return Err(LoadError::FileTooLarge { path: path.to_owned(), bound });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use rustix::fs::{CWD, mknodat};

    use super::*;

    #[test]
    fn a_component_file_is_regular_and_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let check = |name: &str| {
            let why = |error: LoadError| error.to_string().replace(&*dir.path().to_string_lossy(), "DIR");
            read_component(&dir.path().join(name)).map(|bytes| bytes.len()).map_err(why)
        };
        std::fs::write(dir.path().join("small"), b"bytes").unwrap();
        assert_eq!(check("small"), Ok(5));
        let full = File::create(dir.path().join("full")).unwrap();
        full.set_len(MAX_COMPONENT_BYTES as u64).unwrap();
        assert_eq!(check("full"), Ok(MAX_COMPONENT_BYTES));
        full.set_len(1 << 40).unwrap();
        assert_eq!(check("full"), Err("plugin `DIR/full` is more than 67108864 bytes".to_owned()));
        mknodat(CWD, dir.path().join("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        for (name, why) in [
            ("fifo", "not a regular file"),
            ("", "not a regular file"),
            ("none", "No such file or directory (os error 2)"),
        ] {
            assert_eq!(check(name), Err(format!("cannot read `DIR/{name}`: {why}")));
        }
    }
}
