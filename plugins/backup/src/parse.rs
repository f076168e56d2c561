//! One module for each format: bytes or rows in, a [`Listing`](crate::run::Listing) out. Pure: no host, no clock.
//!
//! A response that is not of the format at all is a failure; one record that is not is counted as unreadable.

pub mod borg;
pub mod pgbackrest;
pub mod restic;
pub(crate) mod rows;

use tickmark_collector::Failure;

/// The failure of a response that is not what the command called `command` prints.
fn not_from(command: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::invalid(format!("not what `{command}` prints: {why}"))
}
