//! Private keys in files: one folder that only its owner can read.
//!
//! ```text
//! .tickmark/keys/<key id>.key          the log's key, one line: PRIVATE+KEY+name+id+base64
//! .tickmark/keys/package.pem           the packages' key, PKCS#8
//! ```
//!
//! **Invariant:** a key is durable under its name before anything is signed with it; a key file is never overwritten.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tickmark_ledger::package::PackageKey;
use tickmark_ledger::tlog::{SigningKey, VerifierKey};

use super::error::KeyError;

/// The file of the packages' key.
const PACKAGE: &str = "package.pem";

/// The folder of a site's private keys.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    path: PathBuf,
}

impl KeyFolder {
    /// The folder at `path`, which need not be there yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The log's key: the one of the id that the log names, or the only one where there is no log yet.
    ///
    /// # Errors
    /// [`KeyError::Mode`], [`KeyError::NotThere`], [`KeyError::Several`], [`KeyError::NoKey`] and [`KeyError::Io`].
    pub fn log_key(&self, current: Option<&VerifierKey>) -> Result<Option<SigningKey>, KeyError> {
        let path = match current {
            Some(key) => self.log_path(key),
            None => match self.log_files()?.as_slice() {
                [] => return Ok(None),
                [only] => only.clone(),
                several => return Err(KeyError::Several { folder: self.path.clone(), count: several.len() }),
            },
        };
        let Some(text) = self.read(&path)? else {
            let wanted = current.map(ToString::to_string).unwrap_or_default();
            return Err(KeyError::NotThere { wanted, folder: self.path.clone() });
        };
        let no_key = |why: String| KeyError::NoKey { from: format!("`{}`", path.display()), why };
        let key: SigningKey =
            text.trim_end().parse().map_err(|error: tickmark_ledger::tlog::KeyError| no_key(error.to_string()))?;
        match current {
            Some(current) if key.verifier() != current => {
                Err(no_key(format!("it is key `{}`, expected `{current}`", key.verifier())))
            }
            _ => Ok(Some(key)),
        }
    }

    /// The packages' key; nothing where it is not there.
    ///
    /// # Errors
    /// [`KeyError::Mode`], [`KeyError::NoKey`] and [`KeyError::Io`].
    pub fn package_key(&self) -> Result<Option<PackageKey>, KeyError> {
        let path = self.path.join(PACKAGE);
        let Some(text) = self.read(&path)? else { return Ok(None) };
        let no_key = |why: String| KeyError::NoKey { from: format!("`{}`", path.display()), why };
        PackageKey::from_pem(&text).map(Some).map_err(|error| no_key(error.to_string()))
    }

    /// Makes a new key for a log of this name and keeps it. It signs nothing until a log takes it.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::Random`] and [`KeyError::Io`].
    pub fn make_log_key(&self, name: &str) -> Result<SigningKey, KeyError> {
        let key = SigningKey::from_seed(name, random()?);
        let key = key.map_err(|error| KeyError::NoKey { from: format!("`{name}`"), why: error.to_string() })?;
        self.write(&self.log_path(key.verifier()), &format!("{}\n", key.to_text()))?;
        Ok(key)
    }

    /// Makes a new key for packages and keeps it.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::Random`] and [`KeyError::Io`].
    pub fn make_package_key(&self) -> Result<PackageKey, KeyError> {
        // A seed that is no scalar of the curve is one in 2^32.
        let no_key =
            |error: &dyn std::fmt::Display| KeyError::NoKey { from: "the seed".into(), why: error.to_string() };
        let key = PackageKey::from_seed(&random()?).map_err(|error| no_key(&error))?;
        let pem = key.to_pem().map_err(|error| no_key(&error))?;
        self.write(&self.path.join(PACKAGE), &pem)?;
        Ok(key)
    }

    fn log_path(&self, key: &VerifierKey) -> PathBuf {
        self.path.join(format!("{:08x}.key", key.id()))
    }

    fn log_files(&self) -> Result<Vec<PathBuf>, KeyError> {
        let entries = match std::fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(KeyError::io("list", &self.path, e)),
        };
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut paths = paths.map_err(|e| KeyError::io("list", &self.path, e))?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "key"));
        paths.sort();
        Ok(paths)
    }

    /// The text of a key file that only its owner can read; nothing where it is not there.
    fn read(&self, path: &Path) -> Result<Option<String>, KeyError> {
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
    fn write(&self, path: &Path, text: &str) -> Result<(), KeyError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .map_err(|e| KeyError::io("make", &self.path, e))?;
        let part = path.with_extension("new");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
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
        let folder = File::open(&self.path).and_then(|folder| folder.sync_all());
        folder.map_err(|e| KeyError::io("make durable", &self.path, e))
    }
}

/// 32 bytes from the kernel.
fn random() -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(bytes)
}
