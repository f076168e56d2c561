//! One module for each format: bytes or rows in, records out. Pure: no host, no clock.
//!
//! One record that cannot be read is an [`Unread`] in its place.

pub mod agents;
pub mod answers;
pub mod eve;

/// Why one record cannot be read, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self(why)
    }
}

impl From<&str> for Unread {
    fn from(why: &str) -> Self {
        Self(why.to_owned())
    }
}
