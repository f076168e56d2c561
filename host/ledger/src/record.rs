//! Record v1: what one entry of the ledger says.
//!
//! A record is small, whatever it speaks of: exceptions, host responses, settings, and anything that may be personal
//! stand in blobs, and the record holds their digests. It is JCS, written once and hashed as stored. Members that are
//! not known are left out; there is no null and no float. Head and body are one flat JSON object: the head is what every
//! kind has, the body what its kind adds.
//!
//! **Invariant:** an unknown member is refused, in the head and in every kind of body.
//! **Absent on purpose:** the record's own index other than in its id, and its own hash: both are where it stands.

mod arrays;
mod body;
pub(crate) mod canonical;
mod collector;
mod control;
mod day;
mod head;
mod invocation;
mod kinds;
mod link;
mod names;
mod nonce;
mod population;
mod result;
mod skim;
mod strict;
mod times;
#[cfg(feature = "write")]
mod write;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub use body::{Body, Kind};
pub use collector::{CollectorPart, PluginPart, PopulationClaimed, SourcePart};
pub use control::{ControlPart, ControlRef, PolicyVersion, SystemPart};
pub use head::Head;
pub use invocation::{InvokedBy, Period};
pub use kinds::*;
pub use link::{NamedBlob, Prev};
pub(crate) use names::BlobRole;
pub use nonce::Nonce;
pub use population::PopulationPart;
pub use result::ResultPart;
pub use skim::Skim;
pub use times::{Times, Window};

/// The version of the record's shape.
pub(crate) const V: u32 = 1;

/// Most bytes of one record: an entry of a C2SP tile is not longer.
pub(crate) const RECORD_BYTES: usize = 65_535;

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// What every kind has.
    #[serde(flatten)]
    pub head: Head,
    /// What its kind adds.
    #[serde(flatten)]
    pub body: Body,
}

impl Record {
    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// The chain that it belongs to: `control/<id>` where it is about a control, otherwise its kind.
    #[must_use]
    pub fn chain(&self) -> String {
        self.body.chain()
    }
}

/// As serde's own `flatten` would do it, but strict: it cannot refuse an unknown member.
impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut body = Map::deserialize(deserializer)?;
        let head: Map<String, Value> = Head::MEMBERS.iter().filter_map(|name| body.remove_entry(*name)).collect();
        let head = serde_json::from_value(Value::Object(head)).map_err(D::Error::custom)?;
        let body = serde_json::from_value(Value::Object(body)).map_err(D::Error::custom)?;
        Ok(Self { head, body })
    }
}

#[cfg(test)]
mod tests;
