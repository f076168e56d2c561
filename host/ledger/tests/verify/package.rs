//! Verifying packages: a real one is exported from a small ledger, and then somebody changes it.

mod bits;
mod forge;
mod fraud;
mod history;
mod since;
mod timestamp;
mod whole;
