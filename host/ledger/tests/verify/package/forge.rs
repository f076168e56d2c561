//! What somebody makes of a package who has every tool: the container, the manifest and its signature are made anew.

use std::fs;
use std::io::Cursor;

use expect_test::Expect;
use tickmark_ledger::package::{
    Bundle, Manifest, ManifestFile, PackageKey, PackageSigner as _, Resource, Statement, Test, TestResult, ZipReader,
    ZipWriter,
};
use tickmark_ledger::verify::{Options, Report, Status, verify_package};
use tickmark_ledger::{Body, Prev, Record, SealedChain, leaf_hash, sha256};
use tickmark_model::Digest;

use super::history::{own_key, package_key};
use crate::log::{Files, jcs};
use crate::site::pinned;

/// A package that is taken apart.
#[derive(Clone)]
pub struct Forged {
    /// All files but manifest and signature.
    pub files: Files,
    /// What it will say, but for files, chains and results, which are made to fit.
    pub manifest: Manifest,
    /// Whether the manifest's chains stay as they are.
    pub keep_chains: bool,
}

impl Forged {
    /// Of a package's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut files = unpack(bytes);
        let manifest = Manifest::parse(&files.remove("manifest.json").unwrap()).unwrap();
        files.remove("manifest.sigstore.json").unwrap();
        Self { files, manifest, keep_chains: false }
    }

    pub fn file(&mut self, path: &str) -> &mut Vec<u8> {
        self.files.get_mut(path).unwrap()
    }

    /// Leaves a record out, with its proof and whatever nothing else names.
    pub fn drop_record(&mut self, index: u64) {
        self.files.remove(&format!("records/{index}.json")).unwrap();
        self.files.remove(&format!("proofs/{index}.tlog-proof")).unwrap();
        self.tidy();
    }

    /// Leaves out whatever blobs nothing names.
    pub fn tidy(&mut self) {
        while self.files.len() != self.tidied().len() {
            self.files = self.tidied();
        }
    }

    /// The files without those blobs whose digests stand in no other file.
    fn tidied(&self) -> Files {
        let texts: Vec<String> = self.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        let named = |path: &str| {
            let hex = path.split(['/', '.']).find(|part| part.len() == 64);
            hex.is_none_or(|hex| texts.iter().any(|text| text.contains(hex)))
        };
        self.files.clone().into_iter().filter(|(path, _)| named(path)).collect()
    }

    /// Exchanges the contents of two files.
    pub fn swap(&mut self, one: &str, other: &str) {
        let bytes = std::mem::take(self.file(one));
        let bytes = std::mem::replace(self.file(other), bytes);
        *self.file(one) = bytes;
    }

    /// The package, signed by `key`, which stands in it.
    pub fn signed_by(&self, key: &PackageKey) -> Vec<u8> {
        let mut files = self.files.clone();
        files.insert("package.pub.pem".into(), key.public_key().pem().into());
        let (chains, tests) = tally(&files, &self.manifest);
        let chains = if self.keep_chains { self.manifest.chains.clone() } else { chains };
        let listed = files.iter().map(|(path, bytes)| ManifestFile {
            path: path.clone(),
            sha256: sha256(bytes),
            size: bytes.len() as u64,
        });
        let manifest = Manifest { chains, files: listed.collect(), ..self.manifest.clone() };
        let manifest = encode(&manifest);
        let configuration = files.keys().filter_map(|path| {
            let hex = path.strip_prefix("components/").or_else(|| path.strip_prefix("policies/"))?.split('.').next()?;
            Some(Resource::new(path, &format!("sha256:{hex}").parse::<Digest>().unwrap()))
        });
        let result = TestResult::new(configuration.collect(), &tests);
        let statement = Statement::new(&manifest, result).to_bytes().unwrap();
        let signature = Bundle::sign(statement, key).unwrap().to_bytes().unwrap();
        files.insert("manifest.json".into(), manifest);
        files.insert("manifest.sigstore.json".into(), signature);
        pack(&files)
    }
}

/// The bytes of a manifest, whatever it says: our own encoder would not write some of it.
fn encode(manifest: &Manifest) -> Vec<u8> {
    let Manifest { chains, company, controls, files, origin, period, redacted, root, sample, seal, size } = manifest;
    let mut bytes = serde_json::json!({
        "chains": chains, "company": company, "files": files, "from": period.from, "origin": origin,
        "redacted": redacted, "root": root, "schema": "tickmark/package/1", "size": size, "to": period.to,
    });
    if let Some(controls) = controls {
        bytes["controls"] = controls.clone().into();
    }
    if let Some(sample) = sample {
        bytes["sample"] = (*sample).into();
    }
    if let Some(seal) = seal {
        bytes["seal"] = (*seal).into();
    }
    jcs(&bytes)
}

/// What manifest and statement have to say of the records that can be read.
fn tally(files: &Files, manifest: &Manifest) -> (Vec<SealedChain>, Vec<Test>) {
    let index_of = |path: &str| path.strip_prefix("records/")?.strip_suffix(".json")?.parse::<u64>().ok();
    let mut records: Vec<(u64, &Vec<u8>)> =
        files.iter().filter_map(|(path, bytes)| Some((index_of(path)?, bytes))).collect();
    records.sort();
    let (mut chains, mut tests) = (Vec::<SealedChain>::new(), Vec::new());
    for (index, bytes) in records {
        let Ok(record) = serde_json::from_slice::<Record>(bytes) else { continue };
        let at = match &record.body {
            Body::Evaluation(it) => it.as_of,
            Body::Attempt(it) => it.as_of,
            _ => record.head.times.recorded_at,
        };
        let (day, period) = (at.utc().date_naive(), manifest.period);
        if day < period.from || day > period.to || manifest.seal.is_some_and(|seal| index >= seal) {
            continue;
        }
        let head = Prev { index, leaf: leaf_hash(bytes) };
        match chains.iter_mut().find(|it| it.chain == record.chain()) {
            Some(it) => {
                it.count += 1;
                it.head = head;
            }
            None => chains.push(SealedChain { chain: record.chain(), count: 1, first: index, head }),
        }
        if let Body::Evaluation(it) = &record.body {
            let (control, system) = (it.control.id.clone(), it.system.name.clone());
            tests.push(Test { control, system, index, outcome: Some(it.result.outcome) });
        }
    }
    chains.sort_by(|a, b| a.chain.cmp(&b.chain));
    (chains, tests)
}

/// The files of a package, as anybody can take them out.
pub fn unpack(bytes: &[u8]) -> Files {
    let zip = ZipReader::open(Cursor::new(bytes)).unwrap();
    zip.entries().iter().map(|it| (it.path().to_owned(), zip.read(it.path()).unwrap())).collect()
}

/// A package of these files, as anybody can make one.
pub fn pack(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    files.iter().for_each(|(path, bytes)| writer.add_bytes(path, bytes).unwrap());
    writer.finish().unwrap().into_inner()
}

/// Verifies a package.
pub fn verify_with(bytes: &[u8], options: &Options<'_>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.zip");
    fs::write(&path, bytes).unwrap();
    verify_package(&path, options)
}

/// What is wrong with a package for somebody with these options, and of a step that has much against it the first; digests
/// are cut short.
pub fn wrong_with(bytes: &[u8], options: &Options<'_>) -> Vec<String> {
    let report = verify_with(bytes, options);
    let failed = report.steps.into_iter().filter(|step| step.status == Status::Failed);
    let lines = failed.flat_map(|step| {
        let (name, count, few) = (step.name, step.problems.len(), step.problems.len() <= 5);
        let more = (!few).then(|| format!("{name}: {count} problems, the first of which stands here"));
        let listed = step.problems.into_iter().take(if few { 5 } else { 1 });
        listed.map(move |problem| short(&format!("{name}: {problem}"))).chain(more)
    });
    lines.collect()
}

/// Only the first eight of each digest's 64 hexadecimal digits.
pub fn short(text: &str) -> String {
    let is_digit = |it: char| matches!(it, '0'..='9' | 'a'..='f');
    let (mut short, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let digits = rest.chars().take_while(|it| is_digit(*it)).count();
        let (run, after) = rest.split_at(digits.max(first.len_utf8()));
        short.push_str(if digits == 64 { &run[..8] } else { run });
        rest = after;
    }
    short
}

/// Changes a package and signs it anew, once with the company's own package key: what is found then is `expected`. By
/// somebody with another key the same is done, and that is found as well.
pub fn found(package: &[u8], change: impl Fn(&mut Forged), expected: &Expect) {
    found_with(package, change, &pinned(), expected);
}

/// The same, for somebody with these options.
pub fn found_with(package: &[u8], change: impl Fn(&mut Forged), options: &Options<'_>, expected: &Expect) {
    let mut forged = Forged::of(package);
    assert_eq!(forged.signed_by(&package_key()), package, "what is not changed is made again as it was");
    change(&mut forged);
    let by_company = wrong_with(&forged.signed_by(&package_key()), options);
    assert_ne!(by_company, [""; 0]);
    expected.assert_eq(&by_company.join("\n"));
    let others = wrong_with(&forged.signed_by(&own_key()), options);
    let unsigned = |line: &&String| !line.starts_with("package signature: `package.pub.pem`: is not the key");
    assert!(by_company.iter().filter(unsigned).eq(others.iter().filter(unsigned)), "{others:#?}");
    assert_ne!(others, [""; 0]);
}
