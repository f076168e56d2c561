//! What was seen first of each system, in the form in which a collector is given what others observed: `tickmark/facts/1`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;
use tickmark_ledger::{Kind, canonical_json};
use tickmark_model::{Digest, Instant};

use super::follow::{OfSystem, take};
use crate::acts::{each_unread, log};
use crate::site::Site;

const SCHEMA: &str = "tickmark/facts/1";

/// The kind of these rows.
const KIND: &str = "Ledger::Sight";

#[derive(Serialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line<'a> {
    Head { kind: &'a str, rows: usize, schema: &'a str, sources: [Source<'a>; 1] },
    Row { attributes: Attributes<'a>, id: String, parents: [&'a str; 0], source: usize },
}

/// The ledger itself.
#[derive(Serialize)]
struct Source<'a> {
    collector: &'a str,
    complete: bool,
    outcome: &'a str,
    rows: usize,
    system: &'a str,
    why: Vec<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Attributes<'a> {
    /// Since when an asset is seen to be scanned fully.
    Asset { asset: &'a str, scanned_since: Instant, scanner: &'a str },
    /// When an open finding was seen first, and whether an earlier look that would have shown it did not.
    Finding { finding: &'a str, first_seen: Instant, is_first: bool },
}

/// What was seen first of each of `systems`, as the ledger has it as of `as_of`. The log is read once for all of them.
///
/// # Errors
/// Where the log or a blob that is there cannot be read.
pub(crate) fn states(
    site: &Site,
    systems: &BTreeSet<&str>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<String, Arc<[u8]>>> {
    let mut known: BTreeMap<String, OfSystem> =
        systems.iter().map(|system| ((*system).to_owned(), OfSystem::default())).collect();
    if let Some(log) = log(&site.ledger)? {
        let blobs = |digest: &Digest| Ok(log.blob(digest)?);
        each_unread(&log, &[Kind::Evaluation], Some(as_of), |index, _, bytes| {
            let it = serde_json::from_slice(bytes).with_context(|| format!("record {index} cannot be read"))?;
            take(&mut known, &blobs, it)
        })?;
    }
    known.into_iter().map(|(system, it)| Ok((system.clone(), document(&system, &it, as_of)?.into()))).collect()
}

pub(super) fn document(system: &str, known: &OfSystem, as_of: Instant) -> anyhow::Result<Vec<u8>> {
    let (assets, findings) = (known.assets(), known.findings(as_of));
    let rows = assets.len() + findings.len();
    let mut bytes = Vec::new();
    let mut put = |line: &Line<'_>| -> anyhow::Result<()> {
        bytes.extend(canonical_json(line)?);
        bytes.push(b'\n');
        Ok(())
    };
    let erased = known.erased();
    let why = if erased == 0 { vec![] } else { vec![format!("{erased} sealed observations were erased")] };
    let source = Source { collector: "ledger", complete: erased == 0, outcome: "ok", rows, system, why };
    put(&Line::Head { kind: KIND, rows, schema: SCHEMA, sources: [source] })?;
    for ((asset, scanner), since) in assets {
        let id = format!("asset/{scanner}/{asset}");
        put(&row(id, Attributes::Asset { asset, scanned_since: since, scanner }))?;
    }
    for (finding, sight) in findings {
        let attributes = Attributes::Finding { finding, first_seen: sight.at, is_first: sight.is_first };
        put(&row(format!("finding/{finding}"), attributes))?;
    }
    Ok(bytes)
}

fn row(id: String, attributes: Attributes<'_>) -> Line<'_> {
    Line::Row { attributes, id, parents: [], source: 0 }
}
