//! The words of tickmark as plain data: what a collector claims, what a control asks, what was found.
//!
//! **Invariant:** no file, network, clock or randomness here; every instant is a parameter.
//! **Invariant:** `Outcome` has no default, so nothing becomes a pass by being forgotten.
//! **Absent on purpose:** judging, storing and printing. Those are the rooms that import this one.

mod value;
pub use value::{
    Decimal4, DurationError, EntityRef, IpError, Scalar, Value, ValueError, canonical_ip, format_duration,
    parse_duration,
};

mod time;
pub use time::{Instant, MAX_INSTANT_MS, MIN_INSTANT_MS, TimeError, parse_instant};

mod descriptor;
pub use descriptor::{CedarType, Column, Descriptor, DescriptorError, Fact, Need, NeedKind, Shape, is_name};

mod table;
pub use table::{Cells, FactTable, Layout, Row, RowError, limits};

mod recorded;

mod observation;
pub use observation::Observation;

mod collection;
pub use collection::{
    BlobRef, Collection, CollectorId, Exchange, LogLevel, LogLine, PluginIdentity, PopulationClaim, Receipt, RunOutcome,
};

mod population;
pub use population::{Incompleteness, Population};

mod system;
pub use system::System;

mod criterion;
pub use criterion::{Category, Criterion};

mod control;
pub use control::{
    Combine, Control, Execution, Frequency, ManualControl, Mode, MonthDay, Operation, Severity, SystemSelector,
};

mod finding;
pub use finding::{
    Counts, DecidingPolicy, Exception, Finding, Happened, Outcome, Reason, ReasonCode, Subject, Undecided,
};

mod digest;
pub use digest::{Digest, DigestError};

mod person;
pub use person::same_person;
