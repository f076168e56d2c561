//! Sends the findings of a sealed run elsewhere: OCSF events to syslog, to an HTTP endpoint or to a file.
//!
//! ```text
//! SPOOL/<index>-<leaf>.event      one event that its receiver has not taken yet
//! SPOOL/<index>-<leaf>.broken     one that could not be read, set aside
//! SPOOL/<records>-<n>.begun      a run that began and whose events are not in the spool yet
//! SPOOL/write.lock, send.lock     held by the one who puts, by the one who sends
//! ```
//!
//! **Invariant:** an event is durable in the spool before it is sent, and goes from there only when its receiver has taken
//! it. A crash in between sends it twice, under the same uid, and never not at all.
//! **Invariant:** a run is known in the spool before it seals, so that what it sealed is found in the ledger where it was cut off.
//! **Invariant:** events are made of sealed findings alone, so that nothing is told that the ledger does not hold.
//! **Invariant:** no event is longer than [`EVENT_BYTES`], and what was left out of it is said in it.
//! **Absent on purpose:** a clock. How long sending may take and how it waits are parameters.

mod target;
pub use target::{Address, Target, TargetError};

mod event;
pub use event::{Event, Level};

mod text;

mod ocsf;
pub use ocsf::{EVENT_BYTES, event, events};

mod syslog;

mod spool;
pub use spool::{Begun, Bounds, CutOff, Since, Spool, SpoolError};

mod send;
pub use send::{Authorization, AuthorizationError, Receiver, SendError, Taken, TrustError, receiver};

mod deliver;
pub use deliver::{Delivered, Pace, Retry, deliver};

#[cfg(test)]
mod testing;
