//! A loaded plugin, ready to run any number of times.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tickmark_model::{Descriptor, PluginIdentity};

use crate::bindings::CollectorPre;
use crate::state::HostState;
use crate::usual::Usual;

/// Where a plugin's native code came from.
#[derive(Debug)]
pub enum CodeSource {
    /// The folder for compiled code.
    Cache,
    /// It was compiled now.
    Compiler {
        /// Why the result could not be kept for the next time, where a folder was given.
        not_kept: Option<io::Error>,
    },
}

/// How long each step of loading took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadTimes {
    /// Looking the component over and hashing it.
    pub admitted: Duration,
    /// Having its native code, from the folder or from the compiler.
    pub compiled: Duration,
    /// Linking it with the contract.
    pub linked: Duration,
    /// Asking it twice what it declares, in an instance of its own.
    pub described: Duration,
}

/// A component that was admitted, compiled and asked to describe itself. A clone is the same program.
#[derive(Clone)]
pub struct Plugin {
    pub(crate) bytes: Arc<Cow<'static, [u8]>>,
    pub(crate) identity: PluginIdentity,
    pub(crate) descriptor: Arc<Descriptor>,
    pub(crate) imports: Vec<String>,
    pub(crate) code: Arc<CodeSource>,
    pub(crate) times: LoadTimes,
    /// How much processor time it usually takes.
    pub(crate) usual: Arc<Usual>,
    /// Whether its facts are declared outside of it.
    pub(crate) outside: bool,
    pub(crate) pre: CollectorPre<HostState>,
}

impl Plugin {
    /// Which program it is.
    #[must_use]
    pub fn identity(&self) -> &PluginIdentity {
        &self.identity
    }

    /// Whether it is known how long it usually computes: a run of it ended well before, on this machine.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.usual.is_known()
    }

    /// The component, whose SHA-256 is the identity's digest.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it declares, and what is declared for it.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The interfaces that it imports, sorted.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// Where its native code came from.
    #[must_use]
    pub fn code(&self) -> &CodeSource {
        &self.code
    }

    /// How long each step of loading it took.
    #[must_use]
    pub fn times(&self) -> LoadTimes {
        self.times
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("identity", &self.identity).field("code", &self.code).finish_non_exhaustive()
    }
}
