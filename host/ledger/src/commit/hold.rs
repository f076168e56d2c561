//! Holds: evidence that may not be erased until somebody says that it is over.
//!
//! **Invariant:** a hold is a record and so is its release. Whoever reads the log sees both, with who and when.
//! **Absent on purpose:** changing a hold. Place another, then release the first.

use super::period::check_order;
use super::{Appended, NewRecord, Scribe, check_reason};
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::record::{Body, ControlRef, Hold, HoldAct, Kind, Period, Prev};

/// Why a hold cannot be placed or released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoldRefused {
    /// A control that no record is about: a hold on it would hold nothing.
    #[error("no record is about the control `{control}`")]
    UnknownControl {
        /// The control's id.
        control: String,
    },
    /// A record of another kind.
    #[error("`{record}` is no hold")]
    NotAHold {
        /// The record's id.
        record: String,
    },
    /// A record that ends a hold.
    #[error("`{record}` is the release of a hold and no hold itself")]
    IsRelease {
        /// The record's id.
        record: String,
    },
    /// A hold that is over.
    #[error("`{record}` was released by `{by}`")]
    AlreadyReleased {
        /// The hold's id.
        record: String,
        /// The id of its release.
        by: String,
    },
}

impl HoldRefused {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::UnknownControl { .. } => "give the id of a control as `tickmark control list` has it, or hold all",
            Self::NotAHold { .. } => "give the record that placed the hold, such as `hold/12`",
            Self::IsRelease { .. } => "give the record that placed the hold; it is the one that this record names",
            Self::AlreadyReleased { .. } => "nothing is to be done; place another hold where one is needed again",
        }
    }
}

impl Ledger {
    /// Places a hold and publishes it: from here on nothing may be erased of the records of these days and of this control;
    /// without days of any day, without a control of all.
    ///
    /// # Errors
    /// [`LedgerError::NoReason`], [`LedgerError::PeriodOrder`], [`HoldRefused::UnknownControl`]; otherwise as
    /// [`Ledger::append`] and [`Ledger::publish`].
    pub fn place_hold(
        &mut self,
        by: &mut Scribe<'_>,
        period: Option<Period>,
        control: Option<ControlRef>,
        reason: &str,
    ) -> Result<Appended, LedgerError> {
        check_reason(reason)?;
        period.map_or(Ok(()), check_order)?;
        if let Some(control) = &control
            && !self.heads.contains_key(&format!("control/{}", control.id))
        {
            return Err(HoldRefused::UnknownControl { control: control.id.clone() }.into());
        }
        self.write_hold(by, Hold { act: HoldAct::Place, on: control, of: None, period }, reason)
    }

    /// Releases the hold that record `index` placed, and publishes that.
    ///
    /// # Errors
    /// [`LedgerError::NoReason`], [`LedgerError::NoRecord`], [`HoldRefused`]; otherwise as [`Ledger::append`] and
    /// [`Ledger::publish`].
    pub fn release_hold(&mut self, by: &mut Scribe<'_>, index: u64, reason: &str) -> Result<Appended, LedgerError> {
        check_reason(reason)?;
        if index >= self.size() {
            return Err(LedgerError::NoRecord { value: index, bound: self.size() });
        }
        let placed = self.appended(&self.files(), index)?;
        let Body::Hold(hold) = placed.record.body else {
            return Err(HoldRefused::NotAHold { record: placed.id }.into());
        };
        if hold.act == HoldAct::Release {
            return Err(HoldRefused::IsRelease { record: placed.id }.into());
        }
        if let Some(by) = self.release_of(index)? {
            return Err(HoldRefused::AlreadyReleased { record: placed.id, by }.into());
        }
        let of = Some(Prev { index, leaf: placed.leaf });
        self.write_hold(by, Hold { act: HoldAct::Release, of, ..hold }, reason)
    }

    fn write_hold(&mut self, by: &mut Scribe<'_>, hold: Hold, reason: &str) -> Result<Appended, LedgerError> {
        self.unless_broken(|it| {
            let blobs = vec![it.reason(reason)?];
            it.write_once(by, NewRecord { blobs, ..NewRecord::new(hold) })
        })
    }

    /// The id of the record that releases the hold at `index`: the chain of holds, gone back to there.
    fn release_of(&self, index: u64) -> Result<Option<String>, LedgerError> {
        let files = self.files();
        let mut next = self.heads.get(Kind::Hold.as_str()).copied();
        while let Some(at) = next.filter(|at| at.index > index) {
            let record = self.stored(&files, at.index)?;
            if matches!(&record.body, Body::Hold(hold) if hold.of.is_some_and(|of| of.index == index)) {
                return Ok(Some(record.head.id));
            }
            next = record.head.prev.filter(|prev| prev.index < at.index);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
