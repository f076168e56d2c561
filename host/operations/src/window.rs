//! Windows of the calendar: when a periodic control is to operate.
//!
//! **Invariant:** windows are half-open and begin with a day of their zone; a day begins with its first instant there, which is
//! not always 00:00 and lasts 23 to 25 hours where the clock changes.
//! **Invariant:** windows of one kind do not overlap, and apart from days off there is no instant between them.
//! **Absent on purpose:** which windows are expected: that is a matter of what was in force.

mod day;
mod name;
mod windows;

pub use day::{UnknownTimeZone, days, midnight, zone_named};
pub use name::WindowNameError;
pub use windows::Windows;
