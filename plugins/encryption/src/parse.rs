//! One module for each format: bytes in, records out, lists one record at a time. Pure: no host, no clock.
//!
//! A response that is not of the format at all is a failure; one record that is not is an [`Unread`] in its place.

pub mod aws;
pub mod certificate;
pub mod lsblk;
pub mod name;
pub mod s_client;

use tickmark_collector::records::Fields;
use tickmark_collector::{Datetime, Failure, time};

/// Why one record cannot be read, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// A volume, as its source describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Its mount point, id or name.
    pub name: String,
    /// Whether it is encrypted; nothing where the source does not say.
    pub encrypted: Option<bool>,
    /// How.
    pub method: Option<String>,
    /// With which key.
    pub key: Option<String>,
    /// `filesystem`, `swap`, `block` or `database`.
    pub kind: &'static str,
    /// The file system or engine.
    pub format: Option<String>,
    /// What it lies on or is attached to.
    pub devices: Vec<String>,
    /// The tag `Name`.
    pub label: Option<String>,
    /// Its state.
    pub state: Option<String>,
}

/// What a list says beside its volumes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Volumes that hold nothing at rest.
    pub in_memory: u64,
    /// When it was so, where the list says.
    pub observed: Option<Datetime>,
}

/// When a list was saved, as its key `observed` says.
fn observed(fields: &mut Fields) -> Result<Option<Datetime>, Failure> {
    let Some(text) = fields.take("observed").text("observed").map_err(Failure::invalid)? else { return Ok(None) };
    let wrong = || Failure::invalid(format!("`observed` is `{}`, expected RFC 3339", text.escape_debug()));
    time::rfc3339(&text).ok_or_else(wrong).map(Some)
}

impl Volume {
    /// Longest name, in bytes: with its source it is the id of a row.
    const NAME_BYTES: usize = 1_000;
    /// Longest of the other texts: the contract's bound.
    const TEXT_BYTES: usize = 65_536;
    /// Most devices: the contract's bound for sets.
    const DEVICES: usize = 10_000;

    /// The volume, where the contract can carry it.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn checked(self) -> Result<Self, Unread> {
        let len = self.name.len();
        if !(1..=Self::NAME_BYTES).contains(&len) {
            return Err(Unread(format!("its name has {len} bytes, expected 1 to {}", Self::NAME_BYTES)));
        }
        if self.devices.len() > Self::DEVICES {
            return Err(Unread(format!("it lies on {} devices, limit is {}", self.devices.len(), Self::DEVICES)));
        }
        let texts = [&self.method, &self.key, &self.format, &self.label, &self.state].into_iter().flatten();
        let long = texts.chain(&self.devices).map(String::len).find(|len| *len > Self::TEXT_BYTES);
        match long {
            Some(len) => Err(Unread(format!("a text of it has {len} bytes, at most {} fit", Self::TEXT_BYTES))),
            None => Ok(self),
        }
    }
}
