//! Judging: the control matrix, the Cedar schema that the collectors' declarations give, and findings.
//!
//! [`matrix::load`] reads the matrix, [`Policies::compile`] checks its policies against the generated schema, and
//! [`Policies::assess`] judges what was collected. Everything that is wrong comes at once, as [`Problems`] with file,
//! place and help.
//!
//! **Invariant:** no clock, file, network or randomness that a finding depends on; texts and `as_of` are parameters.
//! **Invariant:** nothing evaluated is never a pass. Cedar skips a policy that errors, which can hide a `forbid`, so any
//! entry in its diagnostics makes that subject undecided.
//! **Absent on purpose:** reading files, collecting, storing and printing.

mod problem;
pub use problem::{Problem, Problems, SourceFile, did_you_mean};

mod builtin;
pub use builtin::BUILTIN;

pub mod matrix;

pub mod facts;

pub mod schema;

mod compile;
pub use compile::Policies;

mod recorded;
pub use recorded::{Recorded, RecordedControl, RecordedError, RecordedVersions};

mod entity;

mod assess;
pub use assess::Input;

mod explain;
pub use explain::{Answer, Explanation, NotExplained, PolicyInPlay};

/// The fixture is shared with tests outside, and names this crate as they do.
#[cfg(test)]
extern crate self as tickmark_policy;

#[cfg(test)]
#[path = "../tests/fixture/mod.rs"]
mod fixture;
