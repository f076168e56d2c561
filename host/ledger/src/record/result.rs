//! The part of a record about what came out.

use std::io;

use serde::{Deserialize, Serialize};
use tickmark_model::{Counts, Digest, Finding, Outcome, ReasonCode};

use crate::hash::sha256;
use crate::jcs;

/// The outcome with its counts; what may be long or personal stands in blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultPart {
    /// What became of the subjects.
    pub counts: Counts,
    /// The blob with the subjects that do not conform; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<Digest>,
    /// The blob with what happened, of a control on events or on what people do; left out where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Digest>,
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

impl ResultPart {
    /// What a record says of `finding`. Whoever has a finding again can hold it against the record with this.
    ///
    /// # Errors
    /// None that a finding's types allow; the signature keeps the serialiser's.
    pub fn of(finding: &Finding) -> io::Result<Self> {
        let mut reasons: Vec<ReasonCode> = finding.reasons.iter().map(|reason| reason.code.clone()).collect();
        reasons.sort();
        reasons.dedup();
        Ok(Self {
            counts: finding.counts,
            exceptions: list(&finding.exceptions)?,
            happened: list(&finding.happened)?,
            outcome: finding.outcome,
            reasons,
            reasons_in_full: list(&finding.reasons)?,
            undecided: list(&finding.undecided)?,
        })
    }
}

/// SHA-256 of the JCS of a list, unless it is empty.
fn list(items: &[impl Serialize]) -> io::Result<Option<Digest>> {
    if items.is_empty() { Ok(None) } else { Ok(Some(sha256(&jcs::to_vec(&items)?))) }
}
