//! The review collector: reviews by named people, the expected ones that are not there, and what came of their decisions.
//!
//! Its source is what the ledger says, which the host gives as a file. So a review counts as it was sealed, step by step,
//! and not as somebody tells it.
//!
//! - A window of the calendar in which a review is expected and none was closed is a row and not a gap. One that was over
//!   before the ledger began is no row and counts in the total: nobody can say.
//! - A review from which nothing followed is a row of the fact `follow_up` too, so that zero is not mistaken for nothing.
//!
//! **Absent on purpose:** time zones and frequencies. The host writes down when each window of a control begins, ends and is due.

mod descriptor;
mod facts;
pub mod parse;
mod settings;
pub mod windows;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Review;

impl Collector for Review {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let blob = host.open("reviews", "")?;
        let receipt = blob.receipt();
        let state = parse::state(&blob.bytes()).map_err(|failure| failure.shown_by(receipt))?;
        facts::emit(host, &settings, state, receipt)
    }
}

tickmark_collector::export!(Review);
