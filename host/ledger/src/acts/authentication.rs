//! What is known of who acted.

use std::fmt;

use serde::{Serialize, Serializer};
use tickmark_model::same_person;

use super::check::SignedAct;
use super::keys::KeysInForce;
use crate::tlog::VerifierKey;

/// The signature of an act, as it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActSignature {
    /// It has none.
    Missing,
    /// It has one, which is of it.
    Right(SignedAct),
    /// It has one that is none of it.
    Wrong(String),
    /// It had one, which is not there any more.
    Lost(String),
}

impl ActSignature {
    /// Whether it is there and of its act.
    #[must_use]
    pub fn is_right(&self) -> bool {
        matches!(self, Self::Right(_))
    }
}

/// What is known of one person in whose name an act is. Only [`Authentication::Signed`] is more than somebody's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Authentication {
    /// They had no key, and the act has no signature of theirs.
    Asserted,
    /// They signed it.
    Signed {
        /// With this key.
        #[serde(serialize_with = "as_text")]
        key: VerifierKey,
        /// The record since when it was theirs.
        since: u64,
    },
    /// They had a key, and did not sign it.
    Unsigned {
        /// The key.
        #[serde(serialize_with = "as_text")]
        key: VerifierKey,
        /// The record since when it was theirs.
        since: u64,
    },
    /// The act has a signature that is none of it, or is said to be theirs and is not.
    Wrong {
        /// Why.
        why: String,
    },
    /// Nobody can say any more.
    Lost {
        /// Why.
        why: String,
    },
}

fn as_text<S: Serializer>(key: &VerifierKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}

impl Authentication {
    /// What is known of `name` in an act with this signature, where these keys were in force.
    #[must_use]
    pub fn of(name: &str, signature: &ActSignature, keys: &KeysInForce) -> Self {
        let (signed, gone) = match signature {
            ActSignature::Wrong(why) => return Self::Wrong { why: why.clone() },
            ActSignature::Right(signed) => (Some(signed), None),
            ActSignature::Missing => (None, None),
            ActSignature::Lost(why) => (None, Some(why.clone())),
        };
        let own = signed.and_then(|signed| signed.people.iter().find(|it| same_person(&it.name, name)));
        match (keys.of(name), own, gone) {
            (_, _, Some(why)) | (Err(why), ..) => Self::Lost { why },
            (Ok(Some((key, since))), Some(own), None) if own.key == *key => Self::Signed { key: key.clone(), since },
            (Ok(Some((key, _))), Some(own), None) => {
                let (own, key) = (own.key.id(), key.id());
                Self::Wrong { why: format!("it is signed with key {own:08x}, and `{name}` had key {key:08x}") }
            }
            (Ok(Some((key, since))), None, None) => Self::Unsigned { key: key.clone(), since },
            (Ok(None), Some(own), None) => {
                let own = own.key.id();
                Self::Wrong { why: format!("it is signed with key {own:08x}, and `{name}` had none") }
            }
            (Ok(None), None, None) => Self::Asserted,
        }
    }

    /// Whether they signed it with a key that was theirs.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        matches!(self, Self::Signed { .. })
    }

    /// Their key at the time, whether they signed with it or not.
    #[must_use]
    pub fn key(&self) -> Option<&VerifierKey> {
        match self {
            Self::Signed { key, .. } | Self::Unsigned { key, .. } => Some(key),
            Self::Asserted | Self::Wrong { .. } | Self::Lost { .. } => None,
        }
    }

    /// Whether two people had the same key: they are one.
    #[must_use]
    pub fn same_key(&self, other: &Self) -> bool {
        self.key().zip(other.key()).is_some_and(|(own, other)| own.to_bytes() == other.to_bytes())
    }
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asserted => f.write_str("name asserted, not authenticated"),
            Self::Signed { key, since } => write!(f, "signed with key {:08x}, theirs since record {since}", key.id()),
            Self::Unsigned { key, since } => {
                write!(f, "name asserted, NOT SIGNED with key {:08x}, theirs since record {since}", key.id())
            }
            Self::Wrong { why } => write!(f, "name asserted, WRONG SIGNATURE: {why}"),
            Self::Lost { why } => write!(f, "name asserted, whether it was signed nobody can say any more: {why}"),
        }
    }
}
