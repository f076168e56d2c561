//! Freezing what a sample is drawn from: the windows that were expected, missed ones too; the events of a source; the days of a
//! continuous control.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use chrono::NaiveDate;
use jiff::tz::TimeZone;
use tickmark_ledger::{
    Appended, ControlRef, InvokedBy, Ledger, LogReader, NamedBlob, NewRecord, Period, PopulationFrozen, canonical_json,
    sha256,
};
use tickmark_model::{Digest, Frequency};
use tickmark_operations::sample::Item;
use tickmark_operations::{Cause, Operated, OperatedOutcome, days};

use super::at::{At, open_log};
use super::basis::Basis;
use super::draw::SampleError;
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// The blob of a population record.
pub(super) const ITEMS: &str = "items";

/// What to freeze.
#[derive(Clone, Debug)]
pub struct Freeze {
    /// The control.
    pub control: String,
    /// The first day; without it that of the engagement.
    pub from: Option<NaiveDate>,
    /// The last day, inclusive; without it that of the engagement.
    pub to: Option<NaiveDate>,
    /// The only system.
    pub system: Option<String>,
}

impl Freeze {
    /// Seals the population, as the ledger knows it now.
    ///
    /// # Errors
    /// [`PeriodError`](super::PeriodError); [`SampleError`] where there is nothing to freeze; where the ledger cannot be
    /// written.
    pub fn seal(&self, site: &Site, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<Appended> {
        open_log(&site.ledger)?;
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let basis = Basis::read(&LogReader::open(&site.ledger)?, &At::Now)?;
        let frozen = self.frozen(&basis)?;
        let bytes = canonical_json(&frozen.items)?;
        let body = PopulationFrozen {
            complete: frozen.complete,
            control: ControlRef { id: self.control.clone(), version: frozen.version },
            count: frozen.items.len() as u64,
            digest: sha256(&bytes),
            period: frozen.period,
            tree_size: basis.at.size,
            unit: frozen.unit.to_owned(),
        };
        let blobs = vec![named(&ledger, ITEMS, &bytes)?];
        append(&mut ledger, &site.company, invoked_by, NewRecord { blobs, ..NewRecord::new(body) })
    }

    pub(super) fn frozen(&self, basis: &Basis) -> anyhow::Result<Frozen> {
        basis.know(std::slice::from_ref(&self.control))?;
        let (period, interval) = basis.period(self.from, self.to)?;
        let mut operated = basis.operate(interval)?;
        operated.retain(|it| it.control == self.control);
        if let Some(system) = &self.system {
            let systems: BTreeSet<&str> = operated.iter().map(|it| it.system.as_str()).collect();
            if !systems.contains(system.as_str()) {
                let known = crate::problem::known_names(system, systems.iter().copied());
                return Err(SampleError::UnknownSystem { system: system.clone(), known }.into());
            }
            operated.retain(|it| it.system == *system);
        }
        let zone = basis.zone()?;
        let mut items = Vec::new();
        for it in &operated {
            if it.frequency == Frequency::Continuous {
                items.extend(by_day(it, basis, period, &zone)?);
            } else {
                items.extend(of_operations(it));
            }
        }
        items.sort();
        items.dedup();
        if items.is_empty() {
            return Err(SampleError::Empty { control: self.control.clone() }.into());
        }
        let version = basis.read.programme.in_force.iter().rev().find_map(|it| it.controls.get(&self.control));
        Ok(Frozen {
            complete: operated.iter().all(is_complete),
            period,
            unit: unit(&items),
            version: version.map(|terms| terms.version),
            items,
        })
    }
}

/// A population before it is sealed.
pub(super) struct Frozen {
    pub(super) complete: bool,
    pub(super) items: Vec<Item>,
    pub(super) period: Period,
    pub(super) unit: &'static str,
    pub(super) version: Option<Digest>,
}

fn unit(items: &[Item]) -> &'static str {
    match items.first() {
        Some(item) if item.day.is_some() => "day",
        Some(item) if item.subject.is_some() => "event",
        _ => "window",
    }
}

/// Windows follow from the calendar, so that they are all there once none is open; events are, where no time is without a complete
/// source.
fn is_complete(it: &Operated) -> bool {
    let open = it.operations.iter().any(|operation| operation.result == OperatedOutcome::Open);
    let events = matches!(it.frequency, Frequency::PerEvent | Frequency::Within);
    let uncovered =
        it.gaps.iter().any(|gap| matches!(gap.cause, Cause::NotRun | Cause::Inconclusive | Cause::NotCovered));
    !(open || events && uncovered)
}

/// A window or an event each. That nothing happened is no item.
fn of_operations(it: &Operated) -> impl Iterator<Item = Item> {
    let items = it.operations.iter().filter(|operation| operation.window.is_some() || operation.subject.is_some());
    items.map(|operation| {
        let records: BTreeSet<u64> = operation.records.iter().chain(&operation.others).copied().collect();
        let window = operation.window.filter(|_| operation.subject.is_none());
        Item {
            at: operation.performed_at.filter(|_| operation.subject.is_some()),
            day: None,
            end: window.map(|window| window.end),
            records: records.into_iter().collect(),
            start: window.map(|window| window.start),
            stratum: operation.stratum.clone(),
            subject: operation.subject.clone(),
            system: it.system.clone(),
            version: operation.version,
        }
    })
}

/// The days of the period that the log reaches, each with the evaluations of it and the version that was in force at its end.
fn by_day(it: &Operated, basis: &Basis, period: Period, zone: &TimeZone) -> anyhow::Result<Vec<Item>> {
    let observed = basis.read.programme.observed.of(&it.control, &it.system);
    let mut versions = BTreeMap::new();
    for in_force in &basis.read.programme.in_force {
        if let Some(terms) = in_force.controls.get(&it.control) {
            versions.insert((in_force.place.recorded_at, in_force.place.index), terms.version);
        }
    }
    let mut items = Vec::new();
    for day in period.from.iter_days().take_while(|day| *day <= period.to) {
        let span = days(day, day, zone).with_context(|| format!("{day} is outside the years 0001 to 9999"))?;
        if span.from > basis.known_until {
            break;
        }
        let by_then = versions.iter().rev().find(|((from, _), _)| *from < span.to);
        let Some((_, version)) = by_then.or_else(|| versions.first_key_value()) else { continue };
        let records = observed.iter().filter(|it| span.from <= it.as_of && it.as_of < span.to);
        items.push(Item {
            at: None,
            day: Some(day),
            end: None,
            records: records.map(|it| it.place.index).collect(),
            start: None,
            stratum: None,
            subject: None,
            system: it.system.clone(),
            version: *version,
        });
    }
    Ok(items)
}

pub(super) fn named(ledger: &Ledger, name: &str, bytes: &[u8]) -> anyhow::Result<NamedBlob> {
    let digest = ledger.blobs().put(bytes)?;
    let (media_type, name) = ("application/json".to_owned(), name.to_owned());
    Ok(NamedBlob { digest, media_type, name, size: bytes.len() as u64 })
}

/// Appends one record, and publishes it.
pub(super) fn append(
    ledger: &mut Ledger,
    company: &str,
    invoked_by: InvokedBy,
    new: NewRecord,
) -> anyhow::Result<Appended> {
    ledger::with_scribe(company, invoked_by, |by| {
        let appended = ledger.append(by, vec![new])?.pop();
        ledger.publish()?;
        appended.context("the ledger gave no record back")
    })
}

#[cfg(test)]
mod tests;
