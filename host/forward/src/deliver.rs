//! From the spool to the receiver: in order, again where it fails for now, and not beyond a deadline.
//!
//! **Invariant:** an event is removed after its receiver has taken it, never before.
//! **Absent on purpose:** sleeping and the clock; [`Pace`] has both.

use std::path::PathBuf;
use std::time::Duration;

use crate::send::{Receiver, SendError, Taken};
use crate::spool::{Spool, SpoolError};

/// Most events that are sent at once, and so most that may come twice after one failure.
const BATCH: usize = 64;

/// How often it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The first pause; each one is twice as long as the one before.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// Nothing is tried any more that would begin after this. What begins once is tried once.
    pub deadline: Duration,
}

impl Retry {
    /// From a quarter of a second to eight seconds, until `deadline`.
    #[must_use]
    pub fn until(deadline: Duration) -> Self {
        Self { first: Duration::from_millis(250), longest: Duration::from_secs(8), deadline }
    }
}

/// How time passes.
pub struct Pace<'a> {
    /// The time since sending began.
    pub elapsed: &'a dyn Fn() -> Duration,
    /// Waits for so long.
    pub pause: &'a dyn Fn(Duration),
}

/// What became of what waited.
#[derive(Debug)]
pub struct Delivered {
    /// How many events the receiver took.
    pub sent: usize,
    /// How many wait still.
    pub waiting: usize,
    /// Those that could not be read, set aside.
    pub broken: Vec<PathBuf>,
    /// Why some wait still, where it is the receiver.
    pub trouble: Option<SendError>,
}

/// Sends what waits in `spool` to `receiver`.
///
/// # Errors
/// Where the spool itself fails; that the receiver does is in [`Delivered`].
pub fn deliver(
    spool: &Spool,
    receiver: &mut dyn Receiver,
    retry: Retry,
    pace: &Pace<'_>,
) -> Result<Delivered, SpoolError> {
    let sending = spool.sending()?;
    let mut delivered = Delivered { sent: 0, waiting: 0, broken: Vec::new(), trouble: None };
    let mut pause = retry.first;
    loop {
        let batch = sending.next(BATCH)?;
        delivered.broken.extend(batch.broken);
        if batch.events.is_empty() {
            delivered.trouble = None;
            break;
        }
        let Taken { count, trouble } = receiver.take(&batch.events);
        let taken = batch.events.get(..count).unwrap_or(&batch.events);
        sending.taken(taken)?;
        delivered.sent += taken.len();
        if !taken.is_empty() {
            pause = retry.first;
        }
        let lasting = trouble.as_ref().is_some_and(SendError::is_lasting);
        let failed = trouble.is_some();
        delivered.trouble = trouble;
        let next = if failed { pause } else { Duration::ZERO };
        if lasting || (pace.elapsed)().saturating_add(next) > retry.deadline {
            break;
        }
        if failed {
            (pace.pause)(pause);
            pause = pause.saturating_mul(2).min(retry.longest);
        }
    }
    delivered.waiting = spool.waiting()?;
    Ok(delivered)
}

#[cfg(test)]
mod tests;
