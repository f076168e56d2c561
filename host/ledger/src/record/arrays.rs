//! How many arrays a record's JSON has.
//!
//! Reading takes an array of an object's values for the object, as serde does. Whoever wants one spelling counts the arrays
//! of the JSON: one in the place of an object is one more than there can be.

use super::{Body, Record};

impl Record {
    /// How many arrays its JSON has, the empty ones among them.
    pub(crate) fn arrays(&self) -> usize {
        let blobs = usize::from(!self.head.blobs.is_empty());
        let body = match &self.body {
            // Collectors, criteria, why the population is not complete, reasons; and the principals of each collector.
            Body::Evaluation(it) => 4 + it.collectors.len(),
            // Collectors, and the principals of each.
            Body::Review(it) => usize::from(!it.collectors.is_empty()) + it.collectors.len(),
            Body::Remediation(_) | Body::Tombstone(_) => 1,
            Body::Attempt(_)
            | Body::Matrix(_)
            | Body::People(_)
            | Body::Waiver(_)
            | Body::ManualEvidence(_)
            | Body::Population(_)
            | Body::Sample(_)
            | Body::VendorReport(_)
            | Body::Seal(_)
            | Body::Key(_)
            | Body::Hold(_) => 0,
        };
        blobs + body
    }
}
