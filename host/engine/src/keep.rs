//! Keeps what a replay needs beside the host responses: the collectors' programs and everything that judges.
//!
//! **Invariant:** a record names by digest what judged it, so that it can be judged again from the ledger alone.

use std::collections::BTreeMap;

use anyhow::Context as _;
use tickmark_ledger::{BlobStore, NamedBlob};
use tickmark_policy::{Policies, Recorded};

use crate::plan::Plan;

/// The names in a record of what judged it.
pub(crate) const CONTROL: &str = "control";
pub(crate) const FACT: &str = "fact";
pub(crate) const POLICY: &str = "policy";
pub(crate) const SCHEMA: &str = "schema";

/// What judges each control, by the control's id.
pub(crate) type JudgedWith = BTreeMap<String, Vec<NamedBlob>>;

/// Keeps the component of every planned collector, under the digest that its collection names.
///
/// # Errors
/// What the disk says.
pub(crate) fn components(plan: &Plan<'_>, blobs: &BlobStore) -> anyhow::Result<()> {
    let components: BTreeMap<_, _> = plan
        .collectors
        .iter()
        .map(|collector| (collector.plugin.identity().digest, collector.plugin.bytes()))
        .collect();
    for bytes in components.values() {
        blobs.put(bytes).context("cannot keep the collectors' programs")?;
    }
    Ok(())
}

/// Keeps what judges every planned control, each text once.
///
/// # Errors
/// What the disk says.
pub(crate) fn judges(plan: &Plan<'_>, policies: &Policies, blobs: &BlobStore) -> anyhow::Result<JudgedWith> {
    let mut kept = JudgedWith::new();
    for planned in &plan.findings {
        let id = &planned.control.id;
        if kept.contains_key(id) {
            continue;
        }
        // A control that was not compiled is judged by nothing, and its finding says so.
        let Some(recorded) = policies.recorded(id) else { continue };
        kept.insert(id.clone(), judge(&recorded, blobs).context("cannot keep the policies")?);
    }
    Ok(kept)
}

fn judge(recorded: &Recorded<'_>, blobs: &BlobStore) -> std::io::Result<Vec<NamedBlob>> {
    let Recorded { control, fact, policy, schema } = recorded;
    let json = "application/json";
    [(CONTROL, control, json), (FACT, fact, json), (POLICY, policy, "text/plain"), (SCHEMA, schema, json)]
        .into_iter()
        .map(|(name, text, media_type)| {
            let digest = blobs.put(text.as_bytes())?;
            let (media_type, name) = (media_type.to_owned(), name.to_owned());
            Ok(NamedBlob { digest, media_type, name, size: text.len() as u64 })
        })
        .collect()
}
