//! The list of a package's files.

use tickmark_ledger::package::{Manifest, ManifestFile, PackageItem, UNLISTED};
use tickmark_ledger::{Period, Prev, SealedChain};
use tickmark_model::Digest;

/// A manifest with everything that one can have.
///
/// # Panics
/// Never: the days are days.
#[must_use]
pub fn full() -> Manifest {
    let day = |text: &str| text.parse().expect("it is a day");
    let hex = Digest([3; 32]).hex();
    let paths = [
        "VERIFY.md".to_owned(),
        format!("blobs/{hex}"),
        "checkpoint".to_owned(),
        "consistency/2.txt".to_owned(),
        format!("policies/{hex}.cedarschema"),
        "proofs/1.tlog-proof".to_owned(),
        "records/1.json".to_owned(),
        "records/3.json".to_owned(),
        "timestamp.tsr".to_owned(),
    ];
    let chain = |chain: &str, count, first, index| SealedChain {
        chain: chain.to_owned(),
        count,
        first,
        head: Prev { index, leaf: Digest([2; 32]) },
    };
    Manifest {
        chains: vec![chain("control/CC6.1", 2, 1, 2), chain("key", 1, 0, 0)],
        company: "Acme".to_owned(),
        controls: Some(vec!["CC6.1".to_owned()]),
        files: paths.map(|path| ManifestFile { path, sha256: Digest([3; 32]), size: 9 }).to_vec(),
        origin: "tickmark/3f9c2a71d04be885".to_owned(),
        period: Period { from: day("2026-01-01"), to: day("2026-03-31") },
        redacted: false,
        root: Digest([1; 32]),
        sample: None,
        seal: Some(3),
        size: 4,
    }
}

/// Reads a manifest, and the bytes as a path.
pub fn check(bytes: &[u8]) -> bool {
    if let Some((item, path)) = str::from_utf8(bytes).ok().and_then(|path| Some((PackageItem::parse(path)?, path))) {
        assert_eq!(item.path(), path, "a path has one item");
    }
    let Ok(manifest) = Manifest::parse(bytes) else { return false };
    assert_eq!(manifest.to_bytes().expect("it was read"), bytes, "a manifest is written as it was read");
    for file in &manifest.files {
        assert!(PackageItem::parse(&file.path).is_some() && !UNLISTED.contains(&file.path.as_str()));
        assert_eq!(manifest.file(&file.path), Some(file));
    }
    for chain in &manifest.chains {
        assert!(chain.first <= chain.head.index && chain.head.index < manifest.seal.unwrap_or(manifest.size));
    }
    true
}
