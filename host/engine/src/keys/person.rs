//! The key of a person, in a file of their own: the same form as a log's key.

use std::path::Path;

use tickmark_ledger::tlog::{KeyError as Wrong, SigningKey};

use super::error::KeyError;
use super::file::{random, read, write};

/// Makes a new key for a person and keeps it in `path`, where nothing may be yet.
///
/// # Errors
/// [`KeyError::NoKey`] for a name that is empty, [`KeyError::Exists`], [`KeyError::Random`] and [`KeyError::Io`].
pub fn make_person_key(name: &str, path: &Path) -> Result<SigningKey, KeyError> {
    // A key's name has no blanks and no `+`; whose key it is, the site file says.
    let plain = |c: char| if c.is_whitespace() || c.is_control() || c == '+' { '-' } else { c };
    let key_name: String = name.trim().chars().map(plain).collect();
    let key = SigningKey::from_seed(&key_name, random()?);
    let key = key.map_err(|error| KeyError::NoKey { from: format!("`{name}`"), why: error.to_string() })?;
    write(path, &format!("{}\n", key.to_text()))?;
    Ok(key)
}

/// The key in a file.
///
/// # Errors
/// [`KeyError::Missing`], [`KeyError::Mode`], [`KeyError::NoKey`] and [`KeyError::Io`].
pub(crate) fn read_person_key(path: &Path) -> Result<SigningKey, KeyError> {
    let text = read(path)?.ok_or_else(|| KeyError::Missing { path: path.to_path_buf() })?;
    let from = || format!("`{}`", path.display());
    text.trim_end().parse().map_err(|error: Wrong| KeyError::NoKey { from: from(), why: error.to_string() })
}
