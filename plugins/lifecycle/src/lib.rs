//! The lifecycle collector: whether accounts come, change and go with the people that they belong to.
//!
//! It reads no source of its own. The host gives it what other collectors of the same run observed: employments from HR,
//! accounts from identity providers, and where they are granted events, requests, moves and a map of identities. Joining
//! them is all that it does.
//!
//! - An account belongs to the employee number that it carries. Without one, the map of identities says, and then the e-mail
//!   address, which is flagged. What matches nothing on either side is a row and not a gap.
//! - Each employment is judged by itself: somebody who was hired again has left once.
//! - Where a source is incomplete or failed, so is every population here.
//!
//! **Absent on purpose:** deadlines. How long something may take is the policies' to say.

mod accounts;
mod clock;
mod descriptor;
mod events;
mod facts;
mod matching;
mod people;
mod settings;

pub use clock::end_of_last_day;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Lifecycle;

impl Collector for Lifecycle {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        facts::emit(host, &facts::Inputs::read(host, &settings)?, &settings)
    }
}

tickmark_collector::export!(Lifecycle);
