//! Reports over a period and as of a day, and what samples are drawn from: made from a ledger's folder and nothing else.
//!
//! Records are read up to a checkpoint, what is due is reckoned by `tickmark-operations`, and what a report says beside that
//! is read from the records and blobs that it rests on, each of them once.
//!
//! **Invariant:** records after the checkpoint say nothing, and the last record before it is the only clock.
//! **Invariant:** the records that were read lead to the root that the report prints, which lies under a signed checkpoint.
//! **Absent on purpose:** the site file. It says what is in force now, and a report is about then.

mod acts;
mod at;
mod basis;
mod draw;
mod evidence;
mod implemented;
mod people;
mod population;
mod type1;
mod type2;

pub use at::{At, PeriodError, open_log};
pub use draw::{Draw, Drawn, HowMany, Repeated, SampleError, repeat, sampled};
pub use population::Freeze;
pub use type1::type1;
pub use type2::{Asked, summary, type2};
