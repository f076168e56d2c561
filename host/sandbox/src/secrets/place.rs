//! Where a secret is: named in the site file, read only where it is used.
//!
//! **Invariant:** neither `Debug` nor [`SecretRef::describe`] nor an error shows a secret, and of a program only its path.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use super::program;

/// Where a credential comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretRef {
    /// Written in the file itself: for values that are no secret, such as `Accept`.
    Plain(String),
    /// The environment variable of this name.
    Env(String),
    /// The content of this file, without the line end at its end.
    File(PathBuf),
    /// What this program prints, absolute, with its arguments, without the line end at its end.
    Command(Vec<String>),
}

impl SecretRef {
    /// Longest secret, in bytes.
    const MAX_BYTES: u64 = 64 * 1024;

    /// What is wrong with it as it is written, in one line.
    pub(crate) fn problem(&self) -> Option<String> {
        let Self::Command(command) = self else { return None };
        match command.first() {
            None => Some("`command` is empty, expected a program".to_owned()),
            Some(program) if !program.starts_with('/') => Some(format!("program `{program}` is not an absolute path")),
            Some(_) if command.iter().any(|word| word.contains('\0')) => {
                Some("`command` has a NUL character".to_owned())
            }
            Some(_) => None,
        }
    }

    /// Reads the secret now; a program may take `max_ms` for it.
    ///
    /// # Errors
    /// [`SecretError`] where it is not there, empty, too long, not UTF-8 or has control characters.
    pub(super) fn read(&self, max_ms: u64) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Plain(text) => text.clone(),
            Self::Env(name) => match std::env::var(name) {
                Ok(text) => text,
                Err(std::env::VarError::NotPresent) => return Err(self.error("is not set")),
                Err(std::env::VarError::NotUnicode(_)) => return Err(self.error("is not UTF-8")),
            },
            Self::File(path) => self.line(self.content(path)?)?,
            Self::Command(command) => {
                if let Some(problem) = self.problem() {
                    return Err(self.error(format_args!("cannot be read: {problem}")));
                }
                self.line(program::print(command, max_ms, Self::MAX_BYTES).map_err(|why| self.error(why))?)?
            }
        };
        if text.is_empty() {
            return Err(self.error("is empty"));
        }
        if text.chars().any(char::is_control) {
            return Err(self.error("has control characters"));
        }
        Ok(Secret(text))
    }

    fn content(&self, path: &Path) -> Result<Vec<u8>, SecretError> {
        let failed = |error| self.error(format_args!("cannot be read: {error}"));
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(Self::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// `bytes` as text, without the line end at its end.
    fn line(&self, bytes: Vec<u8>) -> Result<String, SecretError> {
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

    pub(super) fn error(&self, why: impl fmt::Display) -> SecretError {
        SecretError { from: format!("{self:?}"), why: why.to_string() }
    }

    /// Where it comes from, for the record: of a program its path alone, because what stands after it may tell something.
    #[must_use]
    pub fn describe(&self) -> Value {
        match self {
            Self::Plain(_) => json!("<written in the configuration>"),
            Self::Env(name) => json!({ "env": name }),
            Self::File(path) => json!({ "file": path.to_string_lossy() }),
            Self::Command(command) => json!({ "command": program_of(command) }),
        }
    }

    /// What a record calls whoever was asked with it: its kind and name, where it is not written in the configuration.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::Plain(_) => None,
            Self::Env(name) => Some(format!("env {name}")),
            Self::File(path) => Some(format!("file {}", path.display())),
            Self::Command(command) => Some(format!("command {}", program_of(command))),
        }
    }

    /// Makes a relative path start at `base`, the folder of the file that it was written in.
    pub(crate) fn rebase(&mut self, base: &Path) {
        if let Self::File(path) = self {
            *path = base.join(&path);
        }
    }
}

/// The program of a command, without its arguments.
fn program_of(command: &[String]) -> &str {
    command.first().map_or("", String::as_str)
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.write_str("value written in the configuration"),
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
            Self::Command(command) => write!(f, "command `{}`", program_of(command)),
        }
    }
}

/// A plain string, `{ env = "NAME" }`, `{ file = "path" }` or `{ command = ["/program", ...] }`.
impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const PLACES: &[&str] = &["env", "file", "command"];
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = SecretRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, { env = \"NAME\" }, { file = \"path\" } or { command = [\"/program\"] }")
            }
            fn visit_str<E>(self, text: &str) -> Result<SecretRef, E> {
                Ok(SecretRef::Plain(text.to_owned()))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
                let Some(key) = map.next_key::<String>()? else {
                    return Err(de::Error::custom("an empty table, expected one of `env`, `file` and `command`"));
                };
                let place = match key.as_str() {
                    "env" => SecretRef::Env(map.next_value()?),
                    "file" => SecretRef::File(map.next_value()?),
                    "command" => SecretRef::Command(map.next_value()?),
                    _ => return Err(de::Error::unknown_field(&key, PLACES)),
                };
                match map.next_key::<String>()? {
                    Some(extra) => {
                        Err(de::Error::custom(format_args!("`{extra}` beside `{key}`, expected one of them")))
                    }
                    None => Ok(place),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A credential in memory; it prints as `<secret>`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The credential itself, to hand to the other side and nowhere else.
    pub(crate) fn expose(&self) -> &str {
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
pub(crate) struct SecretError {
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
            SecretRef::File(path.clone()).read(1_000).map(|secret| secret.expose().to_owned()).map_err(|e| e.why)
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
        let error = SecretRef::Env("TICKMARK_TEST_NOT_SET".into()).read(1_000).unwrap_err();
        assert_eq!(error.to_string(), "secret from environment variable `TICKMARK_TEST_NOT_SET` is not set");
        let plain = SecretRef::Plain("hunter2".into());
        assert_eq!(
            format!("{plain:?} {:?}", plain.read(1_000).unwrap()),
            "value written in the configuration <secret>"
        );
        assert_eq!(plain.describe(), "<written in the configuration>");
    }

    #[test]
    fn of_a_command_only_the_program_is_named() {
        let command = |words: &[&str]| SecretRef::Command(words.iter().map(ToString::to_string).collect());
        let pass = command(&["/usr/bin/pass", "show", "audit/token"]);
        assert_eq!(pass.describe(), json!({ "command": "/usr/bin/pass" }));
        assert_eq!(format!("{pass:?} {}", pass.name().unwrap()), "command `/usr/bin/pass` command /usr/bin/pass");
        let check = |words: &[&str]| command(words).read(1_000).unwrap_err().to_string();
        assert_eq!(check(&["/bin/false", "s3cret"]), "secret from command `/bin/false` ended with exit code 1");
        assert_eq!(check(&["/bin/echo", ""]), "secret from command `/bin/echo` is empty");
        assert_eq!(check(&["/bin/echo", "a\nb"]), "secret from command `/bin/echo` has control characters");
        assert_eq!(
            check(&["pass"]),
            "secret from command `pass` cannot be read: program `pass` is not an absolute path"
        );
        assert_eq!(check(&[]), "secret from command `` cannot be read: `command` is empty, expected a program");
        assert_eq!(command(&["/bin/echo", "a\0"]).problem().unwrap(), "`command` has a NUL character");
        assert_eq!(command(&["/bin/echo", "s3cret"]).read(1_000).unwrap().expose(), "s3cret");
    }

    #[test]
    fn reads_four_spellings() {
        let check = |text| serde_json::from_str::<SecretRef>(text).map_err(|e| e.to_string());
        assert_eq!(check(r#""x""#), Ok(SecretRef::Plain("x".into())));
        assert_eq!(check(r#"{"env":"X"}"#), Ok(SecretRef::Env("X".into())));
        assert_eq!(check(r#"{"file":"x"}"#), Ok(SecretRef::File("x".into())));
        assert_eq!(check(r#"{"command":["/x","y"]}"#), Ok(SecretRef::Command(vec!["/x".into(), "y".into()])));
        assert!(check("{}").unwrap_err().starts_with("an empty table, expected one of `env`, `file` and `command`"));
        assert!(check(r#"{"env":"X","file":"x"}"#).unwrap_err().starts_with("`file` beside `env`"));
        let unknown = check(r#"{"vault":"X"}"#).unwrap_err();
        assert!(unknown.starts_with("unknown field `vault`, expected one of `env`, `file`, `command`"), "{unknown}");
        let expected = "a string, { env = \"NAME\" }, { file = \"path\" } or { command = [\"/program\"] }";
        assert!(check("1").unwrap_err().contains(expected));
        assert!(check(r#"{"command":"/x"}"#).unwrap_err().starts_with("invalid type: string"));
    }
}
