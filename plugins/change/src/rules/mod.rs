//! What follows from the operator's rules alone: who somebody is, which team owns a path, how risky a change is.
//!
//! **Absent on purpose:** the author's own label of the risk. It is reported beside, and decides nothing.

pub mod glob;
pub mod people;
pub mod risk;
pub mod teams;
