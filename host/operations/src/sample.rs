//! Samples that anyone can draw again: the frozen items of a population, and the rule `sha256-order-1` that chooses some of them.
//!
//! The rule stands in `docs/reference/sampling.md`, exactly enough to be written again in another language.
//!
//! **Invariant:** what is drawn follows from the items, the size and the seed, and from nothing else; the order in which items
//! are given is not looked at.
//! **Invariant:** every item can be drawn.
//! **Absent on purpose:** randomness. A seed that others give is one, if it is given after the items were frozen.

mod item;
mod order;
mod share;
mod size;

pub use item::Item;
pub use order::{METHOD, choose};
pub use size::{ILLUSTRATIVE, default_size};

#[cfg(test)]
mod tests;
