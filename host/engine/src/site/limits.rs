//! What bounds all collectors of a site together.
//!
//! **Absent on purpose:** a bound on their memory in bytes. Which of them met it would depend on how fast the others are;
//! each one's own limits, times how many run at once, is a bound that changes no outcome.

use std::num::NonZeroUsize;

use serde::Deserialize;

/// Enough that a hundred collectors, whatever they are, wait for nobody; and few enough for the open files that a process
/// may have by default (1,024).
const COLLECTORS_AT_ONCE: NonZeroUsize = NonZeroUsize::new(128).unwrap();

/// The bounds on a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteLimits {
    /// Collectors that run at the same time; default 128.
    pub collectors_at_once: NonZeroUsize,
}

impl Default for SiteLimits {
    fn default() -> Self {
        Self { collectors_at_once: COLLECTORS_AT_ONCE }
    }
}
