//! A whole year of the example company, lived through the engine with a clock that the test sets.
//!
//! `docs/synthetic-year.md` says what happens in it. The numbers over a period are worked out a second time, minute by minute,
//! from the plan and the rules alone, and are equal.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code, which is to fail at once")]

mod calendar;
mod live;
mod numbers;
mod people;
mod plan;
mod proof;
mod site;
mod slow;
