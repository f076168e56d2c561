//! The newest evidence that a control is implemented, dated not after an instant.

use std::collections::BTreeMap;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _, Zoned};
use tickmark_ledger::{Body, Kind, LogReader, Record};
use tickmark_model::{Execution, Frequency, Instant, Operation, Outcome};
use tickmark_operations::{Brought, Calendar, InForce, Observed, Terms, midnight, zone_named};
use tickmark_report::period::Implemented;

use super::basis::Basis;

/// For each control and system, what shows best that it was implemented at `as_of`.
pub(super) fn implemented(
    log: &LogReader,
    basis: &Basis,
    in_force: &InForce,
    as_of: Instant,
    lost: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<(String, String), Implemented>> {
    let programme = &basis.read.programme;
    let mut found = BTreeMap::new();
    for (id, terms) in &in_force.controls {
        let zone = zone_named(terms.time_zone.as_ref().unwrap_or(&in_force.calendar.time_zone))?;
        let not_before = not_before(terms, as_of, &zone, &in_force.calendar)?;
        let brought = newest(programme.brought.iter().filter(|it| it.control == *id), as_of, &zone);
        let mut put = |system: &str, seen: Option<Seen>| {
            if let Some(Seen { outcome, dated, record, .. }) = seen {
                let it = Implemented { outcome, dated, not_before, record, policy: None };
                found.insert((id.clone(), system.to_owned()), it);
            }
        };
        if terms.execution == Execution::Manual {
            put("", brought);
            continue;
        }
        for system in in_force.systems.values().filter(|system| terms.systems.selects(system)) {
            let own = programme.observed.of(id, &system.name);
            let seen = best(own.iter().filter_map(|it| dated(it, terms.operation, as_of)), not_before);
            put(
                &system.name,
                match terms.execution {
                    // Either alone is not enough: the older of the two is how old both are.
                    Execution::Both => seen.zip(brought.clone()).map(|(seen, brought)| {
                        let outcome = seen.outcome.worst(brought.outcome);
                        let older = if seen.dated <= brought.dated { seen } else { brought };
                        Seen { outcome, ..older }
                    }),
                    Execution::Automated | Execution::Manual => seen,
                },
            );
        }
    }
    policies(log, &mut found, lost)?;
    Ok(found)
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    outcome: Outcome,
    dated: Instant,
    index: u64,
    record: String,
}

/// Conclusive evidence that is not too old before all other, then the newest, then what was sealed last.
fn best(seen: impl Iterator<Item = Seen>, not_before: Instant) -> Option<Seen> {
    let conclusive = |it: &Seen| matches!(it.outcome, Outcome::Pass | Outcome::Fail) && it.dated >= not_before;
    seen.max_by_key(|it| (conclusive(it), it.dated, it.index))
}

/// What an evaluation shows by `as_of`, dated by the source. A state that was judged as of another time than its own shows
/// nothing.
fn dated(it: &Observed, operation: Operation, as_of: Instant) -> Option<Seen> {
    let seen =
        |outcome, dated| Seen { outcome, dated, index: it.place.index, record: Kind::Evaluation.id(it.place.index) };
    if operation == Operation::State {
        let dated = it.performed_at.unwrap_or(it.as_of);
        return (!it.simulated && dated <= as_of).then(|| seen(it.outcome, dated));
    }
    let events = it.happened.iter().filter_map(|event| Some((event.at?, event.conforms)));
    let newest = events.filter(|(at, _)| *at <= as_of).max();
    if let Some((at, conforms)) = newest {
        let outcome = match conforms {
            Some(true) => Outcome::Pass,
            Some(false) => Outcome::Fail,
            None => Outcome::Inconclusive,
        };
        return Some(seen(outcome, at));
    }
    // Nothing happened by then that this evaluation knows of.
    let dated = it.performed_at.unwrap_or(it.as_of);
    (it.happened.is_empty() && dated <= as_of).then(|| seen(it.outcome, dated))
}

/// The newest file that another person approved by then, and that still counted.
fn newest<'a>(brought: impl Iterator<Item = &'a Brought>, as_of: Instant, zone: &TimeZone) -> Option<Seen> {
    let by_then = |place: Option<tickmark_operations::Place>| place.is_some_and(|it| it.recorded_at <= as_of);
    let seen = |it: &Brought| {
        let dated = midnight(it.effective, zone)?;
        let expired = it.expires.and_then(|day| midnight(day.succ_opt()?, zone)).is_some_and(|end| end <= as_of);
        let counts = by_then(it.approved) && !by_then(it.ended) && !expired && dated <= as_of;
        let (index, record) = (it.place.index, Kind::ManualEvidence.id(it.place.index));
        counts.then_some(Seen { outcome: Outcome::Pass, dated, index, record })
    };
    brought.filter_map(seen).max_by_key(|it| (it.dated, it.index))
}

/// Before when evidence is older than one window of the frequency, at most 12 months.
fn not_before(terms: &Terms, as_of: Instant, zone: &TimeZone, calendar: &Calendar) -> anyhow::Result<Instant> {
    let at = Timestamp::from_millisecond(as_of.ms())?.to_zoned(zone.clone());
    let back = |span: Span| at.checked_sub(span).with_context(|| format!("{as_of} is outside of the calendar"));
    let from = match terms.frequency {
        Frequency::Continuous => back(Span::new().try_milliseconds(terms.max_gap_ms)?)?,
        Frequency::Daily => back(1.day())?,
        Frequency::BusinessDaily => business_day_before(&at, calendar)?,
        Frequency::Weekly => back(1.week())?,
        Frequency::Monthly => back(1.month())?,
        Frequency::Quarterly => back(3.months())?,
        Frequency::Annual | Frequency::PerEvent | Frequency::Within => back(1.year())?,
    };
    let from = from.max(back(1.year())?);
    Instant::from_ms(from.timestamp().as_millisecond()).context("outside the years 0001 to 9999")
}

/// The same time on the last day before that is worked on.
fn business_day_before(at: &Zoned, calendar: &Calendar) -> anyhow::Result<Zoned> {
    let mut day = at.clone();
    // A calendar without a working day in a year has none.
    for _ in 0..366 {
        day = day.checked_sub(1.day())?;
        let weekday = u8::try_from(day.weekday().to_monday_one_offset())?;
        let holiday = calendar.holidays.iter().any(|it| it.to_string() == day.date().to_string());
        if !calendar.weekend.contains(&weekday) && !holiday {
            break;
        }
    }
    Ok(day)
}

/// The policies that judged each of them, from its record.
fn policies(
    log: &LogReader,
    found: &mut BTreeMap<(String, String), Implemented>,
    lost: &mut Vec<String>,
) -> anyhow::Result<()> {
    let mut bundles: BTreeMap<u64, Vec<&mut Implemented>> = BTreeMap::new();
    for it in found.values_mut() {
        let index = crate::evidence::record_index(&it.record)?;
        bundles.entry(index / 256).or_default().push(it);
    }
    for (bundle, all) in bundles {
        let entries = log.bundle(bundle)?;
        for it in all {
            let index = crate::evidence::record_index(&it.record)?;
            let bytes = usize::try_from(index % 256).ok().and_then(|at| entries.get(at));
            match bytes.map(|bytes| serde_json::from_slice::<Record>(bytes)).transpose()? {
                Some(Record { body: Body::Evaluation(evaluation), .. }) => it.policy = Some(evaluation.policy.bundle),
                Some(_) => {}
                None => lost.push(format!("record {index} is missing")),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
