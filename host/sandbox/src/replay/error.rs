//! Why a recording does not replay.
//!
//! **Invariant:** each says which exchange, and both sides where two disagree.

use std::fmt;
use std::io;

use tickmark_model::{Digest, Exchange, Receipt, RunOutcome};

use crate::recorder::Asked;

/// What a guest asks a host interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Interface and function, such as `sql.query`.
    pub function: String,
    /// The grant.
    pub grant: String,
    /// SHA-256 of the canonical JSON of the request.
    pub request: Digest,
}

impl Question {
    pub(super) fn recorded(exchange: &Exchange) -> Self {
        let Exchange { function, grant, request, .. } = exchange;
        Self { function: function.clone(), grant: grant.clone(), request: *request }
    }

    pub(super) fn asked(asked: &Asked) -> Self {
        let Asked { function, grant, request } = asked;
        Self { function: (*function).to_owned(), grant: crate::text::plain(grant, 64), request: *request }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of `{}` with request {}", self.function, self.grant, self.request)
    }
}

/// Why a recording does not replay.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ReplayError {
    /// The recording is out of order before anything runs.
    #[error("exchange {place} of the recording calls itself {found}")]
    Order {
        /// Its place, from 0.
        place: usize,
        /// The ordinal that it has.
        found: Receipt,
    },
    /// The settings are not those of the plugin.
    #[error("the recorded settings do not fit the plugin: {0}")]
    Settings(String),
    /// The guest asks something else than it did.
    #[error("exchange {seq} asks {found}, recorded is {expected}")]
    Mismatch {
        /// Its ordinal.
        seq: Receipt,
        /// As recorded.
        expected: Box<Question>,
        /// As asked now.
        found: Box<Question>,
    },
    /// The guest asks more than it did.
    #[error("exchange {seq} asks {found}, but the recording has {recorded} exchanges")]
    Exhausted {
        /// The ordinal that it would have.
        seq: Receipt,
        /// As asked now.
        found: Box<Question>,
        /// How many exchanges are recorded.
        recorded: usize,
    },
    /// The guest asks less than it did.
    #[error("{count} recorded exchanges are left over, from exchange {from} on")]
    Leftover {
        /// The ordinal of the first.
        from: Receipt,
        /// How many.
        count: usize,
    },
    /// A response is not there: it was erased, or left out of what was handed over.
    #[error("response `{part}` of exchange {seq} is not there, its blob is {digest}")]
    Missing {
        /// The exchange's ordinal.
        seq: Receipt,
        /// The part's name.
        part: String,
        /// Its digest.
        digest: Digest,
    },
    /// A response has other bytes than were recorded.
    #[error("response `{part}` of exchange {seq} has digest {found}, recorded is {expected}")]
    Altered {
        /// The exchange's ordinal.
        seq: Receipt,
        /// The part's name.
        part: String,
        /// As recorded.
        expected: Digest,
        /// Of the bytes that are there.
        found: Digest,
    },
    /// A response cannot be read.
    #[error("response `{part}` of exchange {seq} cannot be read, its blob is {digest}")]
    Unreadable {
        /// The exchange's ordinal.
        seq: Receipt,
        /// The part's name.
        part: String,
        /// Its digest.
        digest: Digest,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The exchange is not one that this program records.
    #[error("exchange {seq} is no recording: {why}")]
    Recording {
        /// Its ordinal.
        seq: Receipt,
        /// What is wrong with it.
        why: String,
    },
    /// The run did not end well this time.
    #[error("the run was ok and ends as {outcome} when it is replayed: {detail}")]
    Ended {
        /// How it ends now.
        outcome: RunOutcome,
        /// Why.
        detail: String,
    },
}
