//! The open exceptions of each system, as a collector reads them: one JSON document.
//!
//! **Invariant:** the same ledger and instant give the same bytes.
//! **Invariant:** it says how many evaluations it rests on, also where nothing is open. Its total counts those that nobody can
//! follow any more, and no row stands for them: whoever reads it knows that it is not the whole.
//! **Absent on purpose:** what is closed, and what people say. Judging needs when each is overdue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tickmark_ledger::canonical_json;
use tickmark_model::{Instant, Severity};
use tickmark_operations::Episode;

use super::find::{Evaluations, episode_id, remediations};
use crate::acts::log;
use crate::site::Site;

/// The id of the row about the ledger itself.
const LEDGER: &str = "ledger";

#[derive(Serialize)]
struct Document {
    as_of: Instant,
    remediations: Vec<Row>,
    total: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Ledger(LedgerRow),
    Open(Box<OpenRow>),
}

#[derive(Serialize)]
struct LedgerRow {
    evaluations: u64,
    id: &'static str,
}

#[derive(Serialize)]
struct OpenRow {
    control: String,
    due_at: Instant,
    historical: bool,
    id: String,
    name: String,
    severity: Severity,
    since: Instant,
    state: &'static str,
    subject: String,
}

/// The open exceptions of each of `systems` as of `as_of`. The log is read once for all of them.
///
/// # Errors
/// Where the log or a blob that is there cannot be read.
pub(crate) fn states(
    site: &Site,
    systems: &BTreeSet<&str>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<String, Arc<[u8]>>> {
    let log = log(&site.ledger)?;
    let known = log.map(|log| remediations(&log, &site.engagement.time_zone, Some(as_of))).transpose()?;
    let mut open: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for episode in known.iter().flat_map(|known| known.remediations.episodes()).filter(|it| it.closed.is_none()) {
        if systems.contains(episode.key.system.as_str()) {
            open.entry(episode.key.system.as_str()).or_default().push(Row::Open(Box::new(row(episode)?)));
        }
    }
    let mut states = BTreeMap::new();
    for system in systems {
        let evaluations = known.as_ref().and_then(|known| known.evaluations.get(*system)).copied();
        let Evaluations { followed, lost } = evaluations.unwrap_or_default();
        let mut remediations = vec![Row::Ledger(LedgerRow { evaluations: followed, id: LEDGER })];
        remediations.extend(open.remove(system).unwrap_or_default());
        let total = remediations.len() as u64 + lost;
        let bytes = canonical_json(&Document { as_of, remediations, total })?;
        states.insert((*system).to_owned(), bytes.into());
    }
    Ok(states)
}

fn row(episode: &Episode) -> anyhow::Result<OpenRow> {
    let (control, subject) = (episode.key.control.clone(), episode.key.subject.to_string());
    Ok(OpenRow {
        due_at: episode.due_end,
        historical: episode.historical,
        id: episode_id(episode)?,
        name: format!("{subject} of {control}"),
        severity: episode.severity,
        since: episode.since,
        state: match episode.acts.is_empty() {
            _ if episode.corrected().is_some() => "corrected",
            true => "open",
            false => "planned",
        },
        control,
        subject,
    })
}
