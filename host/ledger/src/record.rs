//! Record v1: one judged control on one system, as it is sealed.
//!
//! A record is small, whatever it speaks of: exceptions, host responses, settings and anything that may be personal
//! stand in blobs, and the record holds their digests. It is JCS, written once and hashed as stored. Members that are
//! not known are left out; there is no null and no float. The fields stand in the order that JCS gives them.
//!
//! **Absent on purpose:** the record's own index other than in its id, and its own hash: both are where it stands.

mod collector;
mod control;
mod invocation;
mod link;
mod nonce;
mod population;
mod result;
mod times;

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

pub use collector::{CollectorPart, PluginPart, PopulationClaimed};
pub use control::{ControlPart, PolicyVersion, SystemPart};
pub use invocation::{InvokedBy, Period};
pub use link::{NamedBlob, Prev};
pub use nonce::Nonce;
pub use population::PopulationPart;
pub use result::ResultPart;
pub use times::{Times, Window};

/// The version of the record's shape.
pub(crate) const V: u32 = 1;

/// Most bytes of one record: an entry of a C2SP tile is not longer.
pub(crate) const RECORD_BYTES: usize = 65_535;

/// One judged control on one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// Which evaluation of its window it is; the first is 1.
    pub attempt: u32,
    /// The blobs that the record as a whole names, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blobs: Vec<NamedBlob>,
    /// The collections that it rests on, sorted by instance; empty where the system has no collector for it.
    pub collectors: Vec<CollectorPart>,
    /// What was judged.
    pub control: ControlPart,
    /// The system's environment.
    pub env: String,
    /// SHA-256 of the JCS of the finding, which has no clock, nonce, chain or index.
    pub finding: Digest,
    /// Kind and index, such as `evaluation/12`.
    pub id: String,
    /// Who ran it, and where.
    pub invoked_by: InvokedBy,
    /// What the record is about.
    pub kind: Kind,
    /// 16 random bytes, so that a leaf that is not disclosed cannot be guessed.
    pub nonce: Nonce,
    /// The engagement's period, where the site names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// What judged.
    pub policy: PolicyVersion,
    /// The subjects as a whole.
    pub population: PopulationPart,
    /// The previous record of the same control, whatever its system; nothing in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Prev>,
    /// What came out.
    pub result: ResultPart,
    /// Whether `as_of` is not the time of the run, so that it never counts as an operation.
    pub simulated: bool,
    /// On what it was judged.
    pub system: SystemPart,
    /// The company.
    pub tenant: String,
    /// The three times, never mixed.
    pub times: Times,
    /// The version of this shape: 1.
    pub v: u32,
    /// The window that the operation belongs to, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A control was judged on a system.
    Evaluation,
}

impl Kind {
    /// The id of a record of this kind at `index`.
    pub(crate) fn id(self, index: u64) -> String {
        match self {
            Self::Evaluation => format!("evaluation/{index}"),
        }
    }
}
