//! Words of `tickmark.toml` that are read leniently, so that all wrong ones can be reported at once.
//!
//! **Invariant:** a [`Written`] value that could not be read never yields a value, only its message.

use std::fmt;

use serde::{Deserialize, Deserializer};
use tickmark_model::{CedarType, parse_duration};

/// Something that is written as one string.
pub trait Spelling: Sized {
    /// Reads `text`.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    fn read(text: &str) -> Result<Self, String>;
}

/// A word as it was written, and what it means or why it means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    text: String,
    read: Result<T, String>,
}

impl<T: Spelling> Written<T> {
    /// Reads `text` and keeps both.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { read: T::read(&text), text }
    }
}

impl<T> Written<T> {
    /// The word as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it means.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn get(&self) -> Result<&T, &str> {
        self.read.as_ref().map_err(String::as_str)
    }
}

impl<T> fmt::Display for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de, T: Spelling> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl Spelling for CedarType {
    /// The scalar types that a database or a command line can hold: all of Cedar's but `entity`.
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "boolean" => Ok(Self::Boolean),
            "long" => Ok(Self::Long),
            "text" => Ok(Self::Text),
            "decimal" => Ok(Self::Decimal),
            "ip" => Ok(Self::Ip),
            "datetime" => Ok(Self::Datetime),
            "duration" => Ok(Self::Duration),
            _ => Err(format!("unknown type `{text}`, expected boolean, long, text, decimal, ip, datetime or duration")),
        }
    }
}

/// How long one access may take, in place of the general limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    ms: u64,
}

impl Timeout {
    /// The longest that may be asked for: one hour, in milliseconds.
    const MAX_MS: u64 = 3_600_000;

    /// The timeout in milliseconds.
    #[must_use]
    pub fn ms(self) -> u64 {
        self.ms
    }
}

impl Spelling for Timeout {
    fn read(text: &str) -> Result<Self, String> {
        let ms = parse_duration(text).map_err(|error| error.to_string())?;
        match u64::try_from(ms) {
            Ok(ms @ 1..=Self::MAX_MS) => Ok(Self { ms }),
            _ => Err(format!("timeout `{text}` is outside 1ms to 1h")),
        }
    }
}
