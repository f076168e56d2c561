//! The rules of a programme over time: did each control operate, each time it should have?
//!
//! In goes a [`Programme`], all that a ledger says up to a checkpoint, as plain data in the order of its records. Out come
//! [`Operated`]s, one for each control and system, from which every report is made.
//!
//! **Invariant:** nothing here reads a clock. What is known is known until [`Programme::known_until`], and what was due later is
//! `open`.
//! **Invariant:** only `pass` is a pass. Where nobody looked, the answer is `not-evidenced`.
//! **Absent on purpose:** reading a ledger, judging, words about a criterion as a whole: those are the auditor's.

mod operate;
mod programme;
mod result;
mod schedule;
mod window;

mod remediation;
pub mod sample;
mod vendor;
mod waiver;

pub use operate::{OperateError, operate, operate_each};
pub use programme::{Brought, Calendar, Evaluations, Happened, InForce, Observed, Place, Programme, Terms};
pub use result::{
    Cause, Continuity, Gap, Interval, Operated, OperatedOutcome, Operation, Timeliness, Totals, Version, Window,
};

pub use remediation::{
    Act, Acted, Clearing, Closure, DaysToRemediate, Episode, EpisodeKey, Failing, Remediations, SAME_EPISODE_MS, Seen,
    days_to_remediate, remediation_days,
};
pub use schedule::{Scheduled, Standing, schedule};
pub use vendor::{FiledReport, UNCOVERED_DAYS, VendorException, VendorStanding, vendor_standing};
pub use waiver::{AskedWaiver, Covered, WAIVER_DAYS, WaivedSubject, Waiver, WaiverProblem, WaiversInForce};
pub use window::{UnknownTimeZone, WindowNameError, Windows, days, midnight, zone_named};
