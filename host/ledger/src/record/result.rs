//! The part of a record about what came out.

use serde::{Deserialize, Serialize};
use tickmark_model::{Counts, Digest, Outcome, ReasonCode};

/// The outcome with its counts; what may be long or personal stands in blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultPart {
    /// What became of the subjects.
    pub counts: Counts,
    /// The blob with the subjects that do not conform; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<Digest>,
    /// The answer.
    pub outcome: Outcome,
    /// The words of the reasons for doubt, sorted.
    pub reasons: Vec<ReasonCode>,
    /// The blob with the reasons in full; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons_in_full: Option<Digest>,
    /// The blob with the subjects that could not be decided; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<Digest>,
}
