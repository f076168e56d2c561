//! The corridor: the only place where the rooms meet. A run is collect, assess, seal, in that order and no other.
//!
//! **Invariant:** nothing is collected before site, matrix and policies are free of problems.
//! **Invariant:** nothing is reported that was not sealed.
//! **Absent on purpose:** formats, flags and printing, which are the door's.

mod problem;
pub use problem::{Problems, known_names};

pub mod keys;
pub mod site;

mod catalog;
pub use catalog::{Catalog, Plugins};
pub use tickmark_sandbox::{CompilerProcess, Plugin, compile_for_parent};

mod plan;
pub use plan::Scope;

mod watch;
pub use watch::{Event, Silent, Watch};

pub mod clock;

mod collect;
mod run;
pub use run::{Engine, EngineOptions, RunRequest};

mod given;
mod sights;

mod explain;

mod keep;

pub mod ledger;

mod export;
mod timestamp;
pub use export::{ExportOf, ExportRequest, export};

mod acts;
pub use acts::{Acting, Lost, PersonKeys, Refused, Said, authentication};

mod evidence;
pub use evidence::{open_evidence, record_index};

pub mod programme;

mod schedule;
pub use schedule::{DueRun, seal_untried};
pub mod period;

pub mod review;

pub mod evidence_by_hand;

pub mod waivers;

pub mod remediation;

pub mod vendors;

pub mod notices;

mod replay;
pub use replay::{
    CollectorReplay, CollectorResult, FieldDifference, FindingReplay, FindingResult, NotReplayable, OtherVersion,
    ReplayFailure, ReplayOutcome, ReplayRecordError, Replayer, RowDifference, Verdict,
};

pub mod exit;
