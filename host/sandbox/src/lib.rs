//! Runs collectors as sandboxed WebAssembly components: loads them, bounds them, answers what they ask, and writes down
//! every answer.
//!
//! **Invariant:** a guest reaches what its operator grants under a name that it declares, and nothing else. WASI is not
//! there at all.
//! **Invariant:** a run ends in exactly one [`RunOutcome`](tickmark_model::RunOutcome); nothing that a guest does makes
//! the host fail, and a failed run leaves no rows.
//! **Invariant:** what is recorded of an ok run is all that [`Sandbox::replay`] needs to give the same collection again.
//! **Absent on purpose:** judging and sealing. A [`Collection`](tickmark_model::Collection) is what leaves this room.

mod sandbox;
pub use sandbox::{Sandbox, SandboxConfig, SandboxError};

mod load;
pub use load::LoadError;

mod component_file;
pub use component_file::read_component;

mod compiler;
pub use compiler::{CompileLimits, CompilerProcess, compile_for_parent};

mod describe;
pub use describe::DescriptorProblem;

mod plugin;
pub use plugin::{CodeSource, LoadTimes, Plugin};

mod declared;
pub use declared::DECLARED;

mod collect;
pub use collect::{Job, rejected};

mod replay;
pub use replay::{BlobSource, Question, RecordedSettingError, ReplayError, ReplayJob, recorded_settings};

mod grants;
pub use grants::{
    CommandGrant, FactKind, FilesGrant, GrantProblem, Grants, HostState, HttpGrant, LedgerState, Method, Network,
    Origin, SecretRef, Spelling, SqlGrant, Timeout, Written,
};

mod limits;
pub use limits::Limits;

mod check;
pub use check::{GrantError, SettingError, check_grants, check_settings, ungranted};

mod part;
mod turns;

mod recorder;
pub use recorder::{BlobSink, Clock};

mod cache;
pub use cache::CacheDirError;

mod engine;
pub use engine::RUNTIME;

mod address;
mod bindings;
mod body;
mod bound;
mod claims;
mod convert;
mod digest;
mod emit;
mod host_command;
mod host_files;
mod host_http;
mod host_run;
mod host_sql;
mod interfaces;
mod limiter;
mod log;
mod outcome;
mod outline;
mod principal;
mod process;
mod resources;
mod run;
mod secrets;
mod state;
mod store;
mod text;
mod usual;
