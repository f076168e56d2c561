//! What the operator allows one collector on one system to reach, as written in `tickmark.toml`.
//!
//! **Invariant:** what is not written is not granted; nothing here has a permissive default.
//! **Invariant:** a secret is named, not held: it is read where it is used and never serialised.
//! **Absent on purpose:** the access itself, which is in `interfaces`, and matching grants with a plugin's needs.

mod command;
mod files;
mod http;
mod network;
mod origin;
mod problem;
mod sql;
pub(crate) mod statement;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

pub use command::CommandGrant;
pub(crate) use command::{Part, template};
pub use files::{FactKind, FilesGrant, HostState, LedgerState};
pub(crate) use http::HOST_HEADERS;
pub use http::{HttpGrant, Method};
pub use network::Network;
pub use origin::Origin;
pub use problem::GrantProblem;
use problem::Problems;
pub(crate) use sql::Database;
pub use sql::SqlGrant;
pub use written::{Spelling, Timeout, Written};

pub use crate::secrets::SecretRef;

/// Everything granted to one collector, by interface and by the name of the need.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// Files and folders.
    pub files: BTreeMap<String, FilesGrant>,
    /// Programs with their arguments.
    pub command: BTreeMap<String, CommandGrant>,
    /// Web origins.
    pub http: BTreeMap<String, HttpGrant>,
    /// Queries.
    pub sql: BTreeMap<String, SqlGrant>,
}

impl Grants {
    /// Everything that is wrong with what was written, in the order of the interfaces and names.
    #[must_use]
    pub fn problems(&self) -> Vec<GrantProblem> {
        let mut all = Vec::new();
        for (name, grant) in &self.files {
            grant.check(&mut Problems::of(&mut all, "files", name));
        }
        for (name, grant) in &self.command {
            grant.check(&mut Problems::of(&mut all, "command", name));
        }
        for (name, grant) in &self.http {
            grant.check(&mut Problems::of(&mut all, "http", name));
        }
        for (name, grant) in &self.sql {
            grant.check(&mut Problems::of(&mut all, "sql", name));
        }
        all
    }

    /// Makes relative paths start at `base`, the folder of the file that they were written in.
    pub fn rebase(&mut self, base: &Path) {
        self.files.values_mut().for_each(|grant| grant.rebase(base));
        self.command.values_mut().for_each(|grant| grant.rebase(base));
        self.http.values_mut().for_each(|grant| grant.rebase(base));
        self.sql.values_mut().for_each(|grant| grant.rebase(base));
    }

    /// What of the host is granted: the ledger's states, and what others observed.
    #[must_use]
    pub fn host_states(&self) -> BTreeSet<HostState> {
        self.files.values().filter_map(FilesGrant::state).collect()
    }

    /// The same grants, where `state` reads as `bytes`.
    #[must_use]
    pub fn giving(mut self, state: &HostState, bytes: &Arc<[u8]>) -> Self {
        for grant in self.files.values_mut().filter(|grant| grant.state().as_ref() == Some(state)) {
            grant.given = Some(Arc::clone(bytes));
        }
        self
    }

    /// What was granted, for the record: every field, but of a secret only where it comes from.
    #[must_use]
    pub fn describe(&self) -> Value {
        fn each<G>(grants: &BTreeMap<String, G>, describe: impl Fn(&G) -> Value) -> Value {
            grants.iter().map(|(name, grant)| (name.clone(), describe(grant))).collect()
        }
        json!({
            "command": each(&self.command, CommandGrant::describe),
            "files": each(&self.files, FilesGrant::describe),
            "http": each(&self.http, HttpGrant::describe),
            "sql": each(&self.sql, SqlGrant::describe),
        })
    }
}

/// `path` as it is where absolute, else below `base`.
fn rebase(path: &mut std::path::PathBuf, base: &Path) {
    *path = base.join(&path);
}

#[cfg(test)]
mod tests;
