//! Sealing a period: how many records each chain has in it, so that one chain can be shown completely without the others.
//!
//! **Invariant:** a seal says what can be recomputed from the records before it, and nothing else. The log is gone over for
//! it, never the index.

use std::collections::BTreeMap;

use tickmark_model::Digest;

use super::{Appended, NewRecord, Scribe};
use crate::error::LedgerError;
use crate::hash::sha256;
use crate::jcs;
use crate::log::checked_entries;
use crate::open::Ledger;
use crate::record::{Body, Kind, NamedBlob, Period, Prev, Seal, SealedChain, Skim};
use crate::seal::blob_error;

impl Ledger {
    /// Seals a period and publishes it. Where the newest seal of exactly this period still says what is true, that one is
    /// given and nothing is written.
    ///
    /// # Errors
    /// [`LedgerError::PeriodOrder`]; [`LedgerError::PeriodOpen`] before the midnight in UTC that ends its last day;
    /// otherwise as [`Ledger::append`] and [`Ledger::publish`].
    pub fn seal_period(&mut self, by: &mut Scribe<'_>, period: Period) -> Result<Appended, LedgerError> {
        self.refuse_if_broken()?;
        check_order(period)?;
        let now = (by.clock.now)();
        if now.utc().date_naive() <= period.to {
            return Err(LedgerError::PeriodOpen { to: period.to, now });
        }
        self.unless_broken(|it| it.seal_period_once(by, period))
    }

    fn seal_period_once(&mut self, by: &mut Scribe<'_>, period: Period) -> Result<Appended, LedgerError> {
        self.introduce_once(by)?;
        // The index knows what is published.
        self.publish_once()?;
        let chains = self.chains_of(period)?;
        let bytes = jcs::to_vec(&chains).map_err(LedgerError::Json)?;
        if let Some(sealed) = self.newest_seal(period, sha256(&bytes))? {
            return Ok(sealed);
        }
        let blob = self.blobs.put_ref(&bytes).map_err(blob_error)?;
        let seal = Seal {
            chains: chains.len() as u64,
            digest: blob.digest,
            period,
            records: chains.iter().map(|chain| chain.count).sum(),
            tree_size: self.log.size(),
        };
        let new = NewRecord { blobs: vec![NamedBlob::json("chains", blob)], ..NewRecord::new(seal) };
        self.write_once(by, new)
    }

    /// The chains that have a record of the period, sorted, as the log itself has them.
    fn chains_of(&self, period: Period) -> Result<Vec<SealedChain>, LedgerError> {
        let files = self.files();
        let mut chains: BTreeMap<String, SealedChain> = BTreeMap::new();
        for entry in checked_entries(&files) {
            let (index, entry) = entry?;
            let skim = Skim::read(&entry.bytes).map_err(|why| self.damaged(index, why.to_string()))?;
            if !period.contains(skim.at().utc().date_naive()) {
                continue;
            }
            let head = Prev { index, leaf: entry.leaf };
            let chain = skim.chain();
            let new = || SealedChain { chain: chain.clone(), count: 0, first: index, head };
            let sealed = chains.entry(chain.clone()).or_insert_with(new);
            (sealed.count, sealed.head) = (sealed.count + 1, head);
        }
        Ok(chains.into_values().collect())
    }

    /// The newest seal of a period, if its chains are these.
    fn newest_seal(&self, period: Period, chains: Digest) -> Result<Option<Appended>, LedgerError> {
        let files = self.files();
        for index in self.index.of_kind(Kind::Seal)? {
            let found = self.stored(&files, index)?;
            match &found.body {
                Body::Seal(seal) if seal.period != period => {}
                Body::Seal(seal) if seal.digest == chains => return self.appended(&files, index).map(Some),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// That the period does not end before it starts.
pub(super) fn check_order(period: Period) -> Result<(), LedgerError> {
    let Period { from, to } = period;
    if from > to { Err(LedgerError::PeriodOrder { from, to }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
