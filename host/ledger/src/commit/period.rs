//! Sealing a period: how many records each chain has in it, so that one chain can be shown completely without the others.
//!
//! **Invariant:** a seal says what can be recomputed from the records before it, and nothing else.

use chrono::{Days, NaiveTime};
use tickmark_model::Digest;

use super::{Appended, NewRecord, Scribe};
use crate::error::LedgerError;
use crate::hash::sha256;
use crate::jcs;
use crate::open::Ledger;
use crate::record::{Body, Kind, NamedBlob, Period, Seal};
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
        let (from, to) = milliseconds(period);
        let chains = self.index.between(from, to)?;
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

/// The milliseconds since 1970 of a period: the first, and the first after it.
fn milliseconds(Period { from, to }: Period) -> (i64, i64) {
    let midnight = |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    (midnight(from), to.checked_add_days(Days::new(1)).map_or(i64::MAX, midnight))
}

#[cfg(test)]
mod tests;
