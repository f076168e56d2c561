//! The review collector: the state of the ledger that the host gives it.

use tickmark_review::Review;

use crate::collect::{self, Input};

/// Reads the state. The first word of the input says nothing, its settings are the collector's.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected"]);
    collect::check::<Review>(&host.file("reviews", "", input.part(0)))
}
