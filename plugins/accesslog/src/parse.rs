//! One module for each format: a line in, what it says out. Pure: no host, no clock.
//!
//! One line that cannot be read is an [`Unread`] in its place.

pub mod access;
pub mod journal;
pub mod message;
pub mod syslog;
pub mod year;

/// Why one line cannot be read, for people.
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

/// At most the first 40 characters, for messages.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
