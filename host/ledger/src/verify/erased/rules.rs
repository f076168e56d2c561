//! Whether a blob could be erased when its tombstone says that it was, by the seals and holds before that.
//!
//! The writer refuses what is found here; somebody may have written with another program.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::record::{Body, Hold, HoldAct, Period, Record};

/// A record that names an erased blob, as far as seals and holds go.
pub(super) struct Place {
    pub(super) index: u64,
    pub(super) control: Option<String>,
    pub(super) day: NaiveDate,
}

/// Seals and holds, by the record that says so.
pub(super) struct Rules<'a> {
    seals: Vec<(u64, Period)>,
    /// Each with the record that released it.
    holds: Vec<(u64, Option<u64>, &'a Hold)>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(seals: &[(u64, Record)], holds: &'a [(u64, Record)]) -> Self {
        let seals = seals.iter().filter_map(|(index, record)| match &record.body {
            Body::Seal(seal) => Some((*index, seal.period)),
            _ => None,
        });
        let holds = holds.iter().filter_map(|(index, record)| match &record.body {
            Body::Hold(hold) => Some((*index, hold)),
            _ => None,
        });
        let released: BTreeMap<u64, u64> =
            holds.clone().filter_map(|(index, hold)| Some((hold.of?.index, index))).collect();
        let placed = holds.filter(|(_, hold)| hold.act == HoldAct::Place);
        Self {
            seals: seals.collect(),
            holds: placed.map(|(index, hold)| (index, released.get(&index).copied(), hold)).collect(),
        }
    }

    /// Why a blob of this record could not be erased by record `tombstone`.
    pub(super) fn broken(&self, tombstone: u64, place: &Place) -> Option<String> {
        let Place { index, control, day } = place;
        let sealed = |(seal, period): &(u64, Period)| (index..&tombstone).contains(&seal) && period.contains(*day);
        if !self.seals.iter().any(sealed) {
            return Some(format!("no seal before it covers record {index} of {day}"));
        }
        let in_force =
            |placed: u64, released: Option<u64>| placed < tombstone && released.is_none_or(|it| it > tombstone);
        let covers = |hold: &Hold| hold.covers(control.as_deref(), *day);
        let (hold, ..) = self.holds.iter().find(|(at, released, hold)| in_force(*at, *released) && covers(hold))?;
        Some(format!("record {hold} holds record {index} of {day}"))
    }
}
