//! The step `completeness`: what a package must have by what it says that it is about.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use serde::Deserialize;

use super::Disclosed;
use crate::package::{Package, PackageItem, is_needed, strangers};
use crate::record::{Body, Record, SealedChain};
use crate::verify::report::{Finding, Step, counted};

/// That every chain in the package has as many records as the seal of the period says, and the same ends.
pub(super) fn completeness<R: Read + Seek>(package: &Package<R>, all: &Disclosed) -> Step {
    let mut finding = Finding::new(crate::verify::COMPLETENESS);
    let manifest = package.manifest();
    if let Some(index) = manifest.sample {
        return sampled(package, all, index, finding);
    }
    for index in strangers(manifest, all.records.iter().map(|(index, (_, record))| (*index, record))) {
        finding.problem(PackageItem::Record(index).path(), "is not of the period and controls that the manifest names");
    }
    let Some(index) = manifest.seal else {
        let newest = all
            .records
            .iter()
            .rfind(|(_, (_, record))| matches!(&record.body, Body::Seal(seal) if seal.period == manifest.period));
        if let Some((index, _)) = newest {
            finding.problem(PackageItem::Record(*index).path(), "seals the period, the manifest names no seal");
        }
        return finding.not_checked(
            "the period is not sealed yet, so records of it before the first and after the last ones may be missing",
        );
    };
    let file = PackageItem::Record(index).path();
    let Some((_, Record { body: Body::Seal(seal), .. })) = all.records.get(&index) else {
        finding.problem(file, "is not the seal that the manifest names");
        return finding.step("");
    };
    if seal.period != manifest.period {
        finding.problem(&file, "seals another period than the manifest names");
    }
    let sealed = match package.blob(&seal.digest) {
        Ok(Some(bytes)) => serde_json::from_slice::<Vec<SealedChain>>(&bytes).map_err(|why| why.to_string()),
        Ok(None) => Err(format!("its blob `chains` is missing: {}", seal.digest)),
        Err(error) => Err(error.to_string()),
    };
    let sealed = match sealed {
        Ok(sealed) => sealed,
        Err(why) => {
            finding.problem(file, why);
            return finding.step("");
        }
    };
    let (chains, records) =
        (sealed.len() as u64, sealed.iter().fold(0_u64, |sum, chain| sum.saturating_add(chain.count)));
    if (seal.chains, seal.records, seal.tree_size) != (chains, records, index) {
        let (its_records, its_chains) = (counted(seal.records, "record"), counted(seal.chains, "chain"));
        let what = format!(
            "says {its_records} in {its_chains} of the {} before it, its list says {records} in {chains} of {index}",
            seal.tree_size
        );
        finding.problem(&file, what);
    }
    if !sealed.is_sorted_by(|a, b| a.chain < b.chain) {
        finding.problem(&file, "has a list whose chains are not sorted, each once");
    }
    // The manifest's chains are those of the records: the package's signature step compares them.
    for chain in &manifest.chains {
        match sealed.iter().find(|it| it.chain == chain.chain) {
            Some(it) if it == chain => {}
            Some(it) if it.count == chain.count => {
                finding.problem("manifest.json", format!("has other records of `{}` than the seal says", chain.chain));
            }
            Some(it) => finding.problem(
                "manifest.json",
                format!("has {} of `{}`, the seal says {}", counted(chain.count, "record"), chain.chain, it.count),
            ),
            None => finding.problem("manifest.json", format!("has `{}`, which the seal does not know", chain.chain)),
        }
    }
    let wanted = |chain: &str| match &manifest.controls {
        None => true,
        Some(controls) => chain.strip_prefix("control/").is_some_and(|id| controls.iter().any(|control| control == id)),
    };
    for it in sealed.iter().filter(|it| wanted(&it.chain)) {
        if !manifest.chains.iter().any(|chain| chain.chain == it.chain) {
            let what = format!("has nothing of `{}`, the seal says {}", it.chain, counted(it.count, "record"));
            finding.problem("manifest.json", what);
        }
    }
    finding.step(format!("{} as the seal of the period says", counted(manifest.chains.len() as u64, "chain")))
}

/// As much of a chosen item as says what it rests on.
#[derive(Deserialize)]
struct Chosen {
    records: Vec<u64>,
}

/// That the package has the records that the sample's items rest on, the sample and its population, and no others.
fn sampled<R: Read + Seek>(package: &Package<R>, all: &Disclosed, index: u64, mut finding: Finding) -> Step {
    let file = PackageItem::Record(index).path();
    let Some((_, Record { body: Body::Sample(sample), .. })) = all.records.get(&index) else {
        finding.problem(file, "is not the sample that the manifest names");
        return finding.step("");
    };
    let bytes = match package.blob(&sample.digest) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return finding.not_checked("the items of the sample are not in the package"),
        Err(error) => {
            finding.problem(file, error.to_string());
            return finding.step("");
        }
    };
    let chosen: Vec<Chosen> = match serde_json::from_slice(&bytes) {
        Ok(chosen) => chosen,
        Err(why) => {
            finding.problem(file, format!("has a blob `chosen` that is no list of items: {why}"));
            return finding.step("");
        }
    };
    let mut expected: BTreeSet<u64> = chosen.iter().flat_map(|item| item.records.iter().copied()).collect();
    expected.extend([index, sample.population.index]);
    for missing in expected.iter().filter(|index| !all.records.contains_key(index)) {
        finding.problem("manifest.json", format!("has no record {missing}, which an item of the sample rests on"));
    }
    for (stranger, (_, record)) in &all.records {
        if !expected.contains(stranger) && !is_needed(record.kind().as_str()) {
            finding.problem(PackageItem::Record(*stranger).path(), "is not of the sample that the manifest names");
        }
    }
    finding.step(format!("{} of a sample, with what they rest on", counted(chosen.len() as u64, "item")))
}
