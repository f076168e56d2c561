//! Changes out of GitHub: the commits of the default branch, and deployments that carry none of them.

mod branch;
mod deployments;
mod run;
mod subjects;

pub(crate) use run::{collect, exported_at};
