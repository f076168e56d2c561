//! The kinds of record, a file each. Names of people, reasons and other sentences stand in blobs, never here.

mod attempt;
mod evaluation;
mod hold;
mod key;
mod manual_evidence;
mod matrix;
mod people;
mod population;
mod remediation;
mod review;
mod sample;
mod seal;
mod tombstone;
mod vendor_report;
mod waiver;

pub use attempt::{Attempt, AttemptOutcome};
pub use evaluation::Evaluation;
pub use hold::{Hold, HoldAct};
pub use key::Key;
pub use manual_evidence::{ManualEvidence, ManualEvidenceAct};
pub use matrix::{Commit, Matrix};
pub use people::People;
pub use population::PopulationFrozen;
pub use remediation::{Remediation, RemediationState};
pub use review::{Review, ReviewState};
pub use sample::Sample;
pub use seal::{Seal, SealedChain};
pub use tombstone::Tombstone;
pub use vendor_report::{VendorMethod, VendorReport};
pub use waiver::{Waiver, WaiverAct};
