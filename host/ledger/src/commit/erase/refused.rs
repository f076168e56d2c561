//! Why a blob may not be erased.

use chrono::NaiveDate;
use tickmark_model::Digest;

/// Why a blob may not be erased.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EraseRefused {
    /// The log does not know it.
    #[error("no record names the blob `{blob}`")]
    NotNamed {
        /// The blob.
        blob: Digest,
    },
    /// It is gone, and a record says so.
    #[error("the blob `{blob}` was erased, `{by}` says so")]
    Already {
        /// The blob.
        blob: Digest,
        /// The id of the tombstone.
        by: String,
    },
    /// It is no evidence of persons, and others cannot be checked without it.
    #[error("the blob `{blob}` is the `{name}` of `{record}`, which is never erased")]
    Kept {
        /// The blob.
        blob: Digest,
        /// Its name in the record.
        name: String,
        /// The record's id.
        record: String,
    },
    /// The reason would be erased with it.
    #[error("the reason that is given is the blob `{blob}` itself")]
    IsReason {
        /// The blob.
        blob: Digest,
    },
    /// It belongs to a period that is not closed.
    #[error("`{record}` of {day} names the blob `{blob}`, and no later seal covers that day")]
    Unsealed {
        /// The blob.
        blob: Digest,
        /// The first record that names it and is not sealed.
        record: String,
        /// The record's day, in UTC.
        day: NaiveDate,
    },
    /// It is under hold.
    #[error("`{hold}` holds `{record}` of {day}, which names the blob `{blob}`")]
    Held {
        /// The blob.
        blob: Digest,
        /// The id of the hold.
        hold: String,
        /// The first record that it covers.
        record: String,
        /// The record's day, in UTC.
        day: NaiveDate,
    },
    /// It may be under hold: who names it cannot be told any more.
    #[error("`{hold}` is in force, and the erased list of host calls of `{record}` may have named the blob `{blob}`")]
    PerhapsHeld {
        /// The blob.
        blob: Digest,
        /// The id of the hold.
        hold: String,
        /// A record whose list of host calls was erased.
        record: String,
    },
}

impl EraseRefused {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotNamed { .. } => "look the blob up in its record: `tickmark ledger show` prints the digests",
            Self::Already { .. } => "nothing is to be done; `tickmark ledger show` prints the record that says so",
            Self::Kept { .. } => "erase raw evidence only: programs, policies, controls, chains and reasons stay",
            Self::IsReason { .. } => "say why in words of its own",
            Self::Unsealed { .. } => "once that day is over, close its period first: `tickmark ledger seal`",
            Self::Held { .. } | Self::PerhapsHeld { .. } => {
                "wait until the hold is over; who placed it may release it: `tickmark ledger release`"
            }
        }
    }
}
