//! Secrets by name: where a credential is to be found, read only where it is used.
//!
//! **Invariant:** neither `Debug` nor [`SecretRef::describe`] shows a secret.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

/// Where a credential comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// Written in the file itself: for values that are no secret, such as `Accept`.
    Plain(String),
    /// The environment variable of this name.
    Env(String),
    /// The content of this file, without the line end at its end.
    File(PathBuf),
}

impl SecretRef {
    /// Longest secret, in bytes.
    const MAX_BYTES: u64 = 64 * 1024;

    /// Reads the secret now.
    ///
    /// # Errors
    /// [`SecretError`] where it is not there, empty, too long, not UTF-8 or has control characters.
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Plain(text) => text.clone(),
            Self::Env(name) => match std::env::var(name) {
                Ok(text) => text,
                Err(std::env::VarError::NotPresent) => return Err(self.error("is not set")),
                Err(std::env::VarError::NotUnicode(_)) => return Err(self.error("is not UTF-8")),
            },
            Self::File(path) => self.read(path)?,
        };
        if text.is_empty() {
            return Err(self.error("is empty"));
        }
        if text.chars().any(char::is_control) {
            return Err(self.error("has control characters"));
        }
        Ok(Secret(text))
    }

    fn read(&self, path: &Path) -> Result<String, SecretError> {
        let file = std::fs::File::open(path).map_err(|error| self.error(error))?;
        let mut bytes = Vec::new();
        file.take(Self::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| self.error(error))?;
        if bytes.len() as u64 > Self::MAX_BYTES {
            return Err(self.error(format_args!("is more than {} bytes", Self::MAX_BYTES)));
        }
        let mut text = String::from_utf8(bytes).map_err(|_| self.error("is not UTF-8"))?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(text)
    }

    fn error(&self, why: impl fmt::Display) -> SecretError {
        SecretError { from: format!("{self:?}"), why: why.to_string() }
    }

    /// Where it comes from, for the record.
    #[must_use]
    pub fn describe(&self) -> Value {
        match self {
            Self::Plain(_) => json!("<written in the configuration>"),
            Self::Env(name) => json!({ "env": name }),
            Self::File(path) => json!({ "file": path.to_string_lossy() }),
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        if let Self::File(path) = self {
            super::rebase(path, base);
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("value written in the configuration"),
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

/// A plain string, `{ env = "NAME" }` or `{ file = "path" }`.
impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = SecretRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, { env = \"NAME\" } or { file = \"path\" }")
            }
            fn visit_str<E>(self, text: &str) -> Result<SecretRef, E> {
                Ok(SecretRef::Plain(text.to_owned()))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
                let Some((key, text)) = map.next_entry::<String, String>()? else {
                    return Err(de::Error::custom("an empty table, expected `env` or `file`"));
                };
                if let Some((extra, _)) = map.next_entry::<String, String>()? {
                    return Err(de::Error::custom(format_args!("`{extra}` beside `{key}`, expected one of them")));
                }
                match key.as_str() {
                    "env" => Ok(SecretRef::Env(text)),
                    "file" => Ok(SecretRef::File(text.into())),
                    _ => Err(de::Error::unknown_field(&key, &["env", "file"])),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A credential in memory; it prints as `<secret>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The credential itself, to hand to the other side and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// A credential that is not there or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secret from {from} {why}")]
pub struct SecretError {
    from: String,
    why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_loses_its_last_line_end_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        let check = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            SecretRef::File(path.clone()).resolve().map(|secret| secret.expose().to_owned()).map_err(|e| e.why)
        };
        assert_eq!(check(b"s3cret\n"), Ok("s3cret".into()));
        assert_eq!(check(b"s3cret\r\n"), Ok("s3cret".into()));
        assert_eq!(check(b" s3cret "), Ok(" s3cret ".into()));
        assert_eq!(check(b"a\n\n"), Err("has control characters".into()));
        assert_eq!(check(b"\n"), Err("is empty".into()));
        assert_eq!(check(b"\xff"), Err("is not UTF-8".into()));
        assert_eq!(check(&[b'a'; 65537]), Err("is more than 65536 bytes".into()));
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_else() {
        let error = SecretRef::Env("TICKMARK_TEST_NOT_SET".into()).resolve().unwrap_err();
        assert_eq!(error.to_string(), "secret from environment variable `TICKMARK_TEST_NOT_SET` is not set");
        let plain = SecretRef::Plain("hunter2".into());
        assert_eq!(format!("{plain:?} {:?}", plain.resolve().unwrap()), "value written in the configuration <secret>");
        assert_eq!(plain.describe(), "<written in the configuration>");
    }

    #[test]
    fn reads_three_spellings() {
        let check = |text| serde_json::from_str::<SecretRef>(text).map_err(|e| e.to_string());
        assert_eq!(check(r#""x""#), Ok(SecretRef::Plain("x".into())));
        assert_eq!(check(r#"{"env":"X"}"#), Ok(SecretRef::Env("X".into())));
        assert_eq!(check(r#"{"file":"x"}"#), Ok(SecretRef::File("x".into())));
        assert!(check("{}").unwrap_err().starts_with("an empty table, expected `env` or `file`"));
        assert!(check(r#"{"env":"X","file":"x"}"#).unwrap_err().starts_with("`file` beside `env`"));
        assert!(check(r#"{"vault":"X"}"#).unwrap_err().starts_with("unknown field `vault`, expected `env` or `file`"));
        assert!(check("1").unwrap_err().contains("expected a string, { env = \"NAME\" } or { file = \"path\" }"));
    }
}
