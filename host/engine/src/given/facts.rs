//! What the collectors of a run observed of one kind, as another collector reads it: JSON Lines, a head first.
//!
//! **Invariant:** the same collections give the same bytes, in the order of systems, collectors and subjects.
//! **Invariant:** every collector that answers for the kind is a source in the head, also one that failed: what it would have
//! shown is missing, and whoever reads this has to say so.

use std::collections::BTreeMap;

use serde::Serialize;
use tickmark_ledger::canonical_json;
use tickmark_model::{Collection, EntityRef, Fact, Instant, Population, RunOutcome, Value};

const SCHEMA: &str = "tickmark/facts/1";

#[derive(Serialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line<'a> {
    Head(Head<'a>),
    Row(Row<'a>),
}

#[derive(Serialize)]
struct Head<'a> {
    kind: &'a str,
    rows: usize,
    schema: &'a str,
    sources: Vec<Source<'a>>,
}

/// One collector's fact of the kind.
#[derive(Serialize)]
struct Source<'a> {
    collector: &'a str,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    covers_from: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    covers_to: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed_at: Option<Instant>,
    outcome: RunOutcome,
    rows: usize,
    system: &'a str,
    /// Why it is not complete, in words.
    why: Vec<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    attributes: BTreeMap<&'a str, Value>,
    id: &'a str,
    parents: &'a [EntityRef],
    /// Position in the head's list.
    source: usize,
}

/// What `collections` say of `kind`; each with the fact of that kind that it answers for.
///
/// # Errors
/// Where a row has no JSON form, which none has that was taken.
pub(super) fn of_kind(kind: &str, mut found: Vec<(&Collection, &Fact)>) -> anyhow::Result<Vec<u8>> {
    found.sort_by(|(a, _), (b, _)| (&a.id.system, &a.id.instance).cmp(&(&b.id.system, &b.id.instance)));
    let sources: Vec<Source<'_>> = found.iter().map(|(collection, fact)| source(collection, fact)).collect();
    let rows = sources.iter().map(|source| source.rows).sum();
    let mut bytes = Vec::new();
    let mut put = |line: &Line<'_>| -> anyhow::Result<()> {
        bytes.extend(canonical_json(line)?);
        bytes.push(b'\n');
        Ok(())
    };
    put(&Line::Head(Head { kind, rows, schema: SCHEMA, sources }))?;
    for (source, (collection, fact)) in found.iter().enumerate() {
        let Some(table) = collection.tables.get(&fact.name) else { continue };
        for row in table.sorted().iter() {
            let Some(it) = table.observation(row) else { continue };
            put(&Line::Row(Row { attributes: it.attributes, id: it.id, parents: it.parents, source }))?;
        }
    }
    Ok(bytes)
}

fn source<'a>(collection: &'a Collection, fact: &Fact) -> Source<'a> {
    let population = Population::establish(collection, &fact.name);
    let mut why: Vec<String> = Vec::new();
    if collection.outcome != RunOutcome::Ok {
        why.push(format!("the run ended as {}", collection.outcome));
    }
    match &population {
        Some(population) => why.extend(population.incomplete.iter().map(ToString::to_string)),
        None => why.push("nothing was said of its population".to_owned()),
    }
    let claim = population.as_ref().map(|population| &population.claim);
    Source {
        collector: &collection.id.instance,
        complete: why.is_empty(),
        covers_from: claim.and_then(|claim| claim.covers_from),
        covers_to: claim.and_then(|claim| claim.covers_to),
        // Its own word only: when the host read it differs from run to run, and nothing is judged by that here.
        observed_at: claim.and_then(|claim| claim.observed_at),
        outcome: collection.outcome,
        rows: collection.tables.get(&fact.name).map_or(0, tickmark_model::FactTable::len),
        system: &collection.id.system,
        why,
    }
}

#[cfg(test)]
mod tests;
