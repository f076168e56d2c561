//! Which versions of a control were in force, and which programs observed it.

use std::collections::BTreeSet;

use tickmark_model::{Digest, Instant};

use super::Asked;
use super::history::Span;
use crate::programme::Observed;
use crate::result::Version;

/// A change of the terms, or an evaluation.
struct Step {
    record: u64,
    at: Instant,
    control: Digest,
    source: Option<Digest>,
}

/// Every version of the period in the order of the records: what was in force at its start, and each change since. An evaluation
/// counts where it was recorded in the period, or decided an operation of it later.
pub(super) fn versions(spans: &[Span], observed: &[&Observed], decided: &BTreeSet<u64>, asked: Asked) -> Vec<Version> {
    let period = asked.period;
    let in_force = spans.iter().filter_map(|span| {
        let from = span.within(period)?.from;
        Some(Step { record: span.record, at: from, control: span.terms.version, source: None })
    });
    let counts = |it: &&&Observed| {
        let recorded = it.place.recorded_at;
        recorded >= period.from && (recorded < period.to || decided.contains(&it.place.index))
    };
    let judged = observed.iter().filter(counts).map(|it| Step {
        record: it.place.index,
        at: it.place.recorded_at,
        control: *it.version,
        source: Some(*it.source),
    });
    let mut steps: Vec<Step> = in_force.chain(judged).collect();
    steps.sort_by_key(|step| (step.at, step.record));
    let mut versions: Vec<Version> = Vec::new();
    for step in steps {
        let new = Version { control: step.control, source: step.source, from: step.at, record: step.record };
        match versions.last_mut() {
            Some(last) if last.control == new.control && new.source.is_none() => {}
            Some(last) if last.control == new.control && last.source == new.source => {}
            // The first to observe what is in force already.
            Some(last) if last.control == new.control && last.source.is_none() => {
                *last = Version { from: last.from, ..new };
            }
            _ => versions.push(new),
        }
    }
    versions
}
