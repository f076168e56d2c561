//! What time it is: the system's clock, or one that somebody put in its place, in which case every record says so.
//!
//! **Invariant:** a record's `times.clock` names the clock that stamped it. Only `system` is the machine's.
//! **Absent on purpose:** a flag, a setting or a variable that changes it. Whoever links this crate can, to live through a year in a
//! minute; the program `tickmark` cannot.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use chrono::Utc;
use tickmark_model::Instant;

/// The machine's clock, in records.
pub const SYSTEM: &str = "system";
/// A clock that was put in its place, in records.
pub const SYNTHETIC: &str = "synthetic";

/// Tells the time.
pub type Tell = Arc<dyn Fn() -> Instant + Send + Sync>;

static OTHER: RwLock<Option<Tell>> = RwLock::new(None);

/// Puts another clock in the system's place, for the whole process; or takes it away again.
pub fn replace(other: Option<Tell>) {
    *OTHER.write().unwrap_or_else(PoisonError::into_inner) = other;
}

/// Now.
///
/// # Errors
/// Where the system's clock is outside the years 0001 to 9999.
pub fn now() -> anyhow::Result<Instant> {
    if let Some(other) = OTHER.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
        return Ok(other());
    }
    Instant::try_from(Utc::now()).context("the clock is outside the years 0001 to 9999")
}

/// The clock's name in records.
#[must_use]
pub fn source() -> &'static str {
    let other = OTHER.read().unwrap_or_else(PoisonError::into_inner).is_some();
    if other { SYNTHETIC } else { SYSTEM }
}
