//! JSON, read piece by piece: the records of one array, and single values beside it.
//!
//! Numbers stay the text that they are written as. A key that is there twice within a record makes that record unreadable;
//! one on the way to what is asked for breaks the document.
//!
//! **Invariant:** memory and time are linear in the longest record: what nobody asks for is read over.
//! **Invariant:** a document that ends early is broken, and so is one that goes on behind its end.

mod lexer;
mod walk;

pub use lexer::Reader;
pub use walk::{Found, Wanted, walk};

use std::collections::BTreeMap;

use crate::given::Given;

/// How deep arrays and objects may stand in each other.
pub(crate) const DEPTH: usize = 64;

/// One JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(BTreeMap<String, Json>),
}

/// One value of a document, and the first key in it that an object has twice.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value; of a key that is there twice it has one.
    pub json: Json,
    /// The key.
    pub twice: Option<String>,
}

impl Json {
    /// What it holds, as any record would.
    #[must_use]
    pub fn given(&self) -> Given<'_> {
        match self {
            Self::Null => Given::Nothing,
            Self::Truth(truth) => Given::Truth(*truth),
            Self::Number(number) => Given::Number(number.as_str().into()),
            Self::Text(text) => Given::Text(text.as_str().into()),
            Self::List(items) => Given::List(items.iter().map(Self::given).collect()),
            Self::Object(_) => Given::Object,
        }
    }
}

#[cfg(test)]
mod tests;
