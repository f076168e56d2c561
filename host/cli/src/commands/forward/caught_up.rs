//! What was sealed for a receiver by a process that ended before it was in the spool: found in the ledger and put there.

use std::collections::BTreeMap;

use tickmark_engine::site::Site;
use tickmark_engine::{ledger, waivers};
use tickmark_forward::{CutOff, Event, Spool, event};
use tickmark_ledger::{Body, Ledger, StoredRecord};
use tickmark_model::Instant;
use tickmark_operations::WaiversInForce;
use tickmark_report::plain;

use super::plural;
use crate::args::Global;
use crate::progress::Progress;

/// Puts into the spool of `target` what was sealed since a process began that is there no more.
///
/// # Errors
/// Where the ledger cannot be opened or the spool takes it not: then it is tried again the next time.
pub(super) fn catch_up(global: &Global, site: &Site, spool: &Spool, target: &str) -> anyhow::Result<()> {
    let cut_off = spool.cut_off()?;
    if cut_off.is_empty() {
        return Ok(());
    }
    // Where nothing is there, nothing was sealed.
    if site.ledger.is_dir() {
        let progress = Progress::new(global);
        let opened = ledger::open(site, &progress);
        progress.finish();
        let events = since(&opened?.ledger, site, &cut_off)?;
        spool.put(&events)?;
        if !events.is_empty() {
            anstream::eprintln!(
                "{} for `{}` of a run that was cut off: in the spool now",
                plural(events.len()),
                plain(target)
            );
        }
    }
    for it in cut_off {
        it.end()?;
    }
    Ok(())
}

/// An event for each finding of this ledger that was sealed since. What cannot be told any more is said.
fn since(ledger: &Ledger, site: &Site, cut_off: &[CutOff]) -> anyhow::Result<Vec<Event>> {
    let first = cut_off.iter().map(|it| it.since.size).min().unwrap_or_default();
    if first > ledger.size() {
        anstream::eprintln!("warning: a run that was cut off was of another ledger, and is not forwarded");
    }
    let mut known: BTreeMap<Instant, WaiversInForce> = BTreeMap::new();
    let mut events = Vec::new();
    for stored in ledger.records() {
        let stored: StoredRecord = stored?;
        if stored.index < first || !matches!(stored.record.body, Body::Evaluation(_)) {
            continue;
        }
        let id = stored.record.head.id.clone();
        let sealed = match ledger.sealed_again(stored) {
            Ok(sealed) => sealed,
            Err(error) => {
                anstream::eprintln!("warning: {id} is not forwarded: {error}");
                continue;
            }
        };
        let as_of = sealed.finding().as_of;
        let waivers = match known.entry(as_of) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => new.insert(waivers::in_force_at(site, as_of)?),
        };
        events.push(event(&sealed, waivers)?);
    }
    Ok(events)
}
