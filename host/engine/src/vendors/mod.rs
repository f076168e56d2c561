//! Vendors' own reports, and that somebody looked at each vendor within a year.
//!
//! **Invariant:** the inventory of the site file is the population; a vendor that nothing was filed about is an exception of it.
//! **Absent on purpose:** reading the reports. People do, and say so.

mod file;
mod find;
mod give;

pub use file::{AddVendorReport, ReviewVendor};
pub use find::{KnownVendor, VendorReport, vendors};
pub(crate) use give::state;
