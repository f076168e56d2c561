//! Reports over a period and as of a day: one sorted view of plain data, and one file for each format.
//!
//! [`Type2`] says how controls operated over a period, [`Type1`] what was in place at an instant, [`Summary`] what may be shown
//! to anyone. Table, Markdown and HTML are the same [`Page`](page) in three forms; JSON and CSV are written from the views.
//!
//! **Invariant:** the same data give the same bytes; no clock is read.
//! **Invariant:** a criterion has counts and never a verdict, and every report says whose the opinion is.
//! **Invariant:** a [`Summary`] is made of numbers, and of words that are tickmark's own or name the company: it has no field for
//! a subject, a system, a person, a vendor or a control.
//! **Absent on purpose:** judging, and counting operations: both are done when data come here.

mod carved_out;
mod change;
mod given;
mod line;
mod operated;
mod page;
mod summary;
mod type1;
mod type2;
mod words;

pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod table;

#[cfg(test)]
mod testing;

pub use carved_out::{CarvedOut, CarvedOutLine};
pub use change::{Change, ChangeKind, Direction, FieldChange};
pub use given::{
    Collected, Design, EvidenceGiven, Found, Given, GivenType1, Implemented, InForceGiven, PluginGiven, VersionGiven,
};
pub use line::{
    About, ActLine, CheckpointLine, CriterionLine, KeyChange, MatrixLine, PeopleLine, PopulationLine, Rates,
    RemediationLine, SampleLine, SourceLine, Stratum, VersionLine, WaiverLine,
};
pub use operated::{OperatedGiven, OperationLine, RecordId, Records};
pub use summary::Summary;
pub use type1::{ControlDesign, Implementation, Type1};
pub use type2::{ControlPart, ExceptionLine, SystemPart, Type2};
pub use words::{NOT_SOC_3, OPINION};

/// One of the reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// What was in place at an instant.
    Type1(Box<Type1>),
    /// How controls operated over a period.
    Type2(Box<Type2>),
    /// What may be shown to anyone.
    Summary(Box<Summary>),
}
