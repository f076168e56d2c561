//! Private keys in files: one folder that only its owner can read.
//!
//! ```text
//! .tickmark/keys/<key id>.key          the log's key, one line: PRIVATE+KEY+name+id+base64
//! .tickmark/keys/package.pem           the packages' key, PKCS#8
//! ```
//!
//! **Invariant:** a key is durable under its name before anything is signed with it.

use std::io;
use std::path::{Path, PathBuf};

use tickmark_ledger::package::PackageKey;
use tickmark_ledger::tlog::{SigningKey, VerifierKey};

use super::error::KeyError;
use super::file::{self, random};

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
        let Some(text) = file::read(&path)? else {
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
        let Some(text) = file::read(&path)? else { return Ok(None) };
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
        file::write(&self.log_path(key.verifier()), &format!("{}\n", key.to_text()))?;
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
        file::write(&self.path.join(PACKAGE), &pem)?;
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
}
