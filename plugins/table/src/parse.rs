//! One module for each format: bytes in, one record at a time out. Pure: no host, no clock.
//!
//! A document that is not of the format is [`Broken`]; one record that is not is left to whoever takes the records.
//!
//! **Invariant:** a reader holds one record and no more, of at most [`RECORD_BYTES`].

pub mod csv;
pub mod json;
pub mod lines;
pub mod path;

use std::io;

/// Longest record, in bytes.
pub const RECORD_BYTES: usize = 1 << 20;

/// Why a document cannot be read any further, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

impl From<String> for Broken {
    fn from(why: String) -> Self {
        Self(why)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self(format!("it cannot be read: {error}"))
    }
}
