//! From records to facts.

pub(crate) mod endpoints;
pub(crate) mod volumes;
