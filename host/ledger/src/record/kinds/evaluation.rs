//! One judged control on one system.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

use crate::record::{
    CollectorPart, ControlPart, Period, PolicyVersion, PopulationPart, ResultPart, SystemPart, Window,
};

/// One judged control on one system. The fields stand in the order that JCS gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// Which evaluation of its window it is; the first is 1.
    pub attempt: u32,
    /// The collections that it rests on, sorted by instance; empty where the system has no collector for it.
    pub collectors: Vec<CollectorPart>,
    /// What was judged.
    pub control: ControlPart,
    /// SHA-256 of the JCS of the finding, which has no clock, nonce, chain or index.
    pub finding: Digest,
    /// The engagement's period, where the site names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// What judged.
    pub policy: PolicyVersion,
    /// The subjects as a whole.
    pub population: PopulationPart,
    /// What came out.
    pub result: ResultPart,
    /// Whether `as_of` is not the time of the run, so that it never counts as an operation.
    pub simulated: bool,
    /// On what it was judged.
    pub system: SystemPart,
    /// The window that the operation belongs to, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}
