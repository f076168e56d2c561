//! Exceptions that somebody accepted, until a day.
//!
//! **Invariant:** a waiver changes no outcome and no count. It says of an exception that it is accepted, and nothing else.
//! **Invariant:** what is in doubt cannot be waived.
//! **Absent on purpose:** clocks and zones. Whoever asks says which instant and which day it is.

mod ask;
mod cover;

pub use ask::{AskedWaiver, WAIVER_DAYS, WaiverProblem};
pub use cover::{Covered, WaivedSubject, Waiver, WaiversInForce};
