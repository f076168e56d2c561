//! Blobs out of the evidence, each checked against the digest that the record names.

use std::io;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tickmark_ledger::{Evidence, sha256};
use tickmark_model::Digest;
use tickmark_sandbox::BlobSource;

use super::outcome::{NotReplayable, ReplayFailure};

/// Why something of the evidence cannot be used.
#[derive(Debug)]
pub(super) enum Lack {
    /// It is not there.
    Missing(NotReplayable),
    /// It is there, and wrong.
    Wrong(Box<ReplayFailure>),
}

impl<E: Into<ReplayFailure>> From<E> for Lack {
    fn from(error: E) -> Self {
        match error.into() {
            ReplayFailure::Replay(tickmark_sandbox::ReplayError::Missing { seq, part, digest }) => {
                Self::Missing(NotReplayable::Missing { what: format!("response `{part}` of exchange {seq}"), digest })
            }
            wrong => Self::Wrong(Box::new(wrong)),
        }
    }
}

/// Something that should hold something else.
pub(super) fn unusable(what: &str, why: impl ToString) -> ReplayFailure {
    ReplayFailure::Unusable { what: what.to_owned(), why: why.to_string() }
}

/// The blob of `digest`, which holds `what`.
pub(super) fn blob(evidence: &dyn Evidence, what: &str, digest: Digest) -> Result<Vec<u8>, Lack> {
    let missing = || Lack::Missing(NotReplayable::Missing { what: what.to_owned(), digest });
    let bytes = evidence.blob(&digest).map_err(ReplayFailure::from)?.ok_or_else(missing)?;
    let found = sha256(&bytes);
    if found != digest {
        return Err(ReplayFailure::Altered { what: what.to_owned(), found, expected: digest }.into());
    }
    Ok(bytes)
}

/// As [`blob`], read as JSON.
pub(super) fn json<T: DeserializeOwned>(evidence: &dyn Evidence, what: &str, digest: Digest) -> Result<T, Lack> {
    let bytes = blob(evidence, what, digest)?;
    serde_json::from_slice(&bytes).map_err(|error| unusable(what, error).into())
}

/// As [`blob`], read as text.
pub(super) fn text(evidence: &dyn Evidence, what: &str, digest: Digest) -> Result<String, Lack> {
    String::from_utf8(blob(evidence, what, digest)?).map_err(|error| unusable(what, error).into())
}

/// Recorded responses, as the sandbox reads them; it checks their digests itself.
pub(super) struct Responses(pub(super) Arc<dyn Evidence>);

impl BlobSource for Responses {
    fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        self.0.blob(digest).map_err(io::Error::other)
    }
}
