//! A closed period.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::record::{Period, Prev};

/// How many records each chain has in a period, so that one chain can be shown completely without the others. The chains
/// stand in the blob `chains`, an array of [`SealedChain`] sorted by chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// How many chains have a record in the period.
    pub chains: u64,
    /// SHA-256 of the blob `chains`.
    pub digest: Digest,
    /// The days, in UTC.
    pub period: Period,
    /// How many records are in the period.
    pub records: u64,
    /// Records before this one, all of which were looked at: the seal's own index.
    pub tree_size: u64,
}

/// One chain in a sealed period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedChain {
    /// The chain, such as `control/CC6.3-mfa-for-admins`.
    pub chain: String,
    /// How many of its records are in the period.
    pub count: u64,
    /// The index of the first of them.
    pub first: u64,
    /// The last of them.
    pub head: Prev,
}
