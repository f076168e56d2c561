//! The chains of a log, followed record by record, and what a seal of a period must say of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::bundle::{Said, Seen};
use super::report::Finding;
use crate::hash::sha256;
use crate::jcs;
use crate::record::{Period, Prev, Record, Seal, SealedChain};

/// The chains of the records so far.
pub(super) struct Chains {
    chains: BTreeMap<String, Chain>,
    /// Records that could not be read, as ranges of indexes `from..to`, in order.
    lost: Vec<(u64, u64)>,
    /// The step `chains`.
    pub(super) finding: Finding,
}

/// One chain so far.
struct Chain {
    head: Prev,
    days: BTreeMap<NaiveDate, Day>,
}

/// The records of a chain that belong to one day.
#[derive(Clone, Copy)]
struct Day {
    count: u64,
    first: u64,
    last: Prev,
}

impl Chains {
    pub(super) fn new() -> Self {
        Self { chains: BTreeMap::new(), lost: Vec::new(), finding: Finding::new(super::CHAINS) }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.chains.len() as u64
    }

    /// The last record of a chain.
    pub(super) fn head(&self, chain: &str) -> Option<u64> {
        self.chains.get(chain).map(|chain| chain.head.index)
    }

    /// Records `from..to` cannot be read, so no chain can be followed through them.
    pub(super) fn lose(&mut self, from: u64, to: u64) {
        match self.lost.last_mut() {
            Some((_, end)) if *end == from => *end = to,
            _ => self.lost.push((from, to)),
        }
    }

    /// The next record, which stands in `file`.
    pub(super) fn push(&mut self, seen: &Seen, said: &Said, file: &str) {
        let Seen { index, leaf, .. } = *seen;
        let here = Prev { index, leaf };
        let chain = self.chains.get_mut(&said.chain);
        let expected = chain.as_ref().map(|chain| chain.head);
        let through_lost =
            said.prev.is_some_and(|prev| self.lost.iter().any(|(from, to)| (*from..*to).contains(&prev.index)));
        if said.prev != expected && !through_lost {
            let why = broken(said.prev, expected);
            self.finding.problem(file, format!("record {index} of the chain `{}` {why}", said.chain));
        }
        let one = Day { count: 1, first: index, last: here };
        match chain {
            None => {
                let chain = Chain { head: here, days: BTreeMap::from([(said.day, one)]) };
                self.chains.insert(said.chain.clone(), chain);
            }
            Some(chain) => {
                chain.head = here;
                let day = chain.days.entry(said.day).and_modify(|day| {
                    day.count += 1;
                    day.last = here;
                });
                day.or_insert(one);
            }
        }
    }

    /// What a seal of `period` says if it comes next.
    fn sealed(&self, period: Period) -> Vec<SealedChain> {
        if period.from > period.to {
            return Vec::new();
        }
        let of_period = |(name, chain): (&String, &Chain)| {
            let days = || chain.days.range(period.from..=period.to).map(|(_, day)| day);
            Some(SealedChain {
                chain: name.clone(),
                count: days().map(|day| day.count).sum(),
                first: days().map(|day| day.first).min()?,
                head: days().map(|day| day.last).max_by_key(|last| last.index)?,
            })
        };
        self.chains.iter().filter_map(of_period).collect()
    }

    /// Checks a seal, which is the record `index` and comes next.
    pub(super) fn check_seal(&self, index: u64, record: &Record, seal: &Seal, file: &str, finding: &mut Finding) {
        let mut wrong = |what: String| finding.problem(file, format!("the seal in record {index} {what}"));
        let Period { from, to } = seal.period;
        if from > to {
            wrong(format!("is of a period from {from} to {to}"));
        }
        if seal.tree_size != index {
            wrong(format!("says that it looked at {} records, there are {index} before it", seal.tree_size));
        }
        let named = record.head.blob("chains");
        if named.is_none_or(|blob| blob.digest != seal.digest) {
            wrong("does not name its blob `chains`".to_owned());
        }
        if !self.lost.is_empty() {
            return wrong("cannot be recomputed, as records before it cannot be read".to_owned());
        }
        let chains = self.sealed(seal.period);
        let records: u64 = chains.iter().map(|chain| chain.count).sum();
        if (seal.chains, seal.records) != (chains.len() as u64, records) {
            wrong(format!(
                "says {} records in {} chains from {from} to {to}, there are {records} in {}",
                seal.records,
                seal.chains,
                chains.len()
            ));
        }
        match jcs::to_vec(&chains).map(|bytes| sha256(&bytes)) {
            Ok(digest) if digest == seal.digest => {}
            Ok(digest) => wrong(format!("says that its chains have the digest {}, they have {digest}", seal.digest)),
            Err(why) => wrong(format!("cannot be recomputed: {why}")),
        }
    }
}

/// What is wrong with a link.
fn broken(found: Option<Prev>, expected: Option<Prev>) -> String {
    match (found, expected) {
        (None, Some(expected)) => format!("names no record before it, expected record {}", expected.index),
        (Some(found), None) => format!("names record {} before it, it is the first of its chain", found.index),
        (Some(found), Some(expected)) if found.index != expected.index => {
            format!("names record {} before it, expected record {}", found.index, expected.index)
        }
        (Some(found), Some(expected)) => {
            format!("says that record {} before it has the leaf {}, it has {}", found.index, found.leaf, expected.leaf)
        }
        (None, None) => String::new(),
    }
}
