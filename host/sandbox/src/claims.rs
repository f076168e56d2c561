//! A guest's summary into claims about its populations, for the host to check against what it saw.

use std::collections::BTreeMap;

use tickmark_model::{Descriptor, Instant, PopulationClaim};

use crate::bindings::exports::tickmark::collector::plugin as wp;
use crate::bound::Bound;
use crate::outcome::Stop;
use crate::recorder::Recorder;
use crate::text::plain;

/// Most notes that are kept of one run.
const MAX_NOTES: usize = 1_000;

/// The claims, by fact name.
///
/// # Errors
/// `contract-violation` for a fact that is undeclared or claimed twice, a time outside the years 0001 to 9999, a
/// coverage that ends before it starts, or a total shown by a receipt that no host call has.
pub(crate) fn populations(
    claimed: Vec<wp::Population>,
    descriptor: &Descriptor,
    recorder: &Recorder,
    max_bytes: usize,
) -> Result<BTreeMap<String, PopulationClaim>, Stop> {
    let mut claims = BTreeMap::new();
    for population in claimed {
        let fact = population.fact.clone();
        let wrong = |what: String| Stop::violation(format!("population of `{}`: {what}", plain(&fact, 64)));
        if descriptor.fact(&fact).is_none() {
            return Err(wrong("fact is not declared".to_owned()));
        }
        let time = |name: &str, ms: Option<i64>| match ms {
            None => Ok(None),
            Some(ms) => match Instant::from_ms(ms) {
                Some(at) => Ok(Some(at)),
                None => Err(wrong(format!("{name} `{ms}` ms is outside the years 0001 to 9999"))),
            },
        };
        let claim = PopulationClaim {
            count: population.count,
            covers_from: time("covers-from", population.covers_from)?,
            covers_to: time("covers-to", population.covers_to)?,
            excluded: population.excluded,
            exclusion_rule: population.exclusion_rule.map(|rule| plain(&rule, max_bytes)),
            observed_at: time("observed-at", population.observed_at)?,
            source_total: population.source_total,
            total_source: population.total_source,
        };
        if let (Some(from), Some(to)) = (claim.covers_from, claim.covers_to)
            && from > to
        {
            return Err(wrong(format!("it covers {from} to {to}, which ends before it starts")));
        }
        if let Some(receipt) = claim.total_source.filter(|receipt| !recorder.has(*receipt)) {
            return Err(wrong(format!("its total names receipt {receipt}, which no host call has")));
        }
        if claims.insert(population.fact, claim).is_some() {
            return Err(wrong("claimed twice".to_owned()));
        }
    }
    Ok(claims)
}

/// The notes, each one line of at most `max_bytes` of the guest's text.
///
/// # Errors
/// `output-limit` where there are too many.
pub(crate) fn notes(notes: Vec<String>, max_bytes: usize) -> Result<Vec<String>, Stop> {
    if notes.len() > MAX_NOTES {
        return Err(Stop::over(Bound::Notes, notes.len(), MAX_NOTES));
    }
    Ok(notes.iter().map(|note| plain(note, max_bytes)).collect())
}
