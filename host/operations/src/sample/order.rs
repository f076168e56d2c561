//! The rule: items in the order of a hash with the seed, the first of each stratum.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use tickmark_model::Digest;

use super::item::{Item, Stratum};
use super::share::shares;

/// The name of the rule in records. Another rule has another name.
pub const METHOD: &str = "sha256-order-1";

/// The sample of so many items that this seed draws, sorted. Of equal items one is drawn from.
///
/// # Errors
/// As [`Item::canonical`].
pub fn choose(items: &[Item], size: usize, seed: &str) -> serde_json::Result<Vec<Item>> {
    let mut items: Vec<&Item> = items.iter().collect();
    items.sort();
    items.dedup();
    let mut strata: BTreeMap<Stratum<'_>, Vec<(Digest, &Item)>> = BTreeMap::new();
    for item in &items {
        strata.entry(item.stratum()).or_default().push((place(seed, item)?, item));
    }
    // Too few for one of each: then they are drawn from all as one, so that every item can be drawn.
    let groups: Vec<Vec<(Digest, &Item)>> = if size < strata.len() {
        vec![strata.into_values().flatten().collect()]
    } else {
        strata.into_values().collect()
    };
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut chosen: Vec<Item> = Vec::new();
    for (mut group, share) in groups.into_iter().zip(shares(&sizes, size)) {
        group.sort();
        chosen.extend(group.into_iter().take(share).map(|(_, item)| item.clone()));
    }
    chosen.sort();
    Ok(chosen)
}

/// SHA-256 of the seed, a zero byte and the item.
fn place(seed: &str, item: &Item) -> serde_json::Result<Digest> {
    let hash = Sha256::new().chain_update(seed).chain_update([0]).chain_update(item.canonical()?);
    Ok(Digest(hash.finalize().into()))
}
