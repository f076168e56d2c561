//! One judged control on one system.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

use crate::record::{CollectorPart, ControlPart, Period, PolicyVersion, PopulationPart, ResultPart, SystemPart};

/// One judged control on one system. It names no window: which windows it says something of follows from what happened and from
/// the calendar that was in force. The fields stand in the order that JCS gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The instant that it was judged at.
    pub as_of: Instant,
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
}
