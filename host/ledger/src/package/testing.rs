//! Small logs with records of every sort, written straight from their leaves, for the tests of packages.

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tickmark_model::Digest;

use super::{PackageKey, PackageSigner as _};
use crate::hash::{leaf_hash, sha256};
use crate::layout::{Layout, blob_names};
use crate::log::LogReader;
use crate::record::{Period, Prev, Record};
use crate::tlog::{Checkpoint, HashIndex, HashReader, SigningKey, bundles, encode_entries, encode_tile, grow, root_of};

/// A log's folder, and what is in it.
pub(crate) struct TestLog {
    pub(crate) folder: TempDir,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) key: SigningKey,
    pub(crate) package_key: PackageKey,
}

/// One evaluation, from as few words as it needs.
pub(crate) struct Judged<'a> {
    pub(crate) control: &'a str,
    pub(crate) as_of: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) simulated: bool,
}

impl TestLog {
    /// A log with the record of its key.
    pub(crate) fn new() -> Self {
        let mut log = Self {
            folder: TempDir::new().unwrap(),
            entries: Vec::new(),
            key: SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).unwrap(),
            package_key: PackageKey::from_seed(&[5; 32]).unwrap(),
        };
        let public = log.package_key.public_key();
        let body = json!({
            "kind": "key", "package_key": public.pem(), "package_key_digest": public.digest(),
            "signature_of_vkey": "", "tree_size": 0, "vkey": log.key.verifier().to_string(),
        });
        log.add(body, "2026-01-01T08:00:00Z", &[]);
        log
    }

    /// Puts a blob, and gives it as a record names it.
    pub(crate) fn blob(&self, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        let path = self.blob_path(&digest);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        json!({"digest": digest, "size": bytes.len()})
    }

    pub(crate) fn blob_path(&self, digest: &Digest) -> std::path::PathBuf {
        let (below, name) = blob_names(digest);
        Layout::new(self.folder.path()).blobs.join(below).join(name)
    }

    /// Adds a record with this body and these blobs: name, media type, bytes. Gives its index.
    pub(crate) fn add(&mut self, body: Value, recorded_at: &str, blobs: &[(&str, &str, &[u8])]) -> u64 {
        let index = self.entries.len() as u64;
        let mut record = body;
        let named: Vec<Value> = blobs
            .iter()
            .map(|(name, media_type, bytes)| {
                let mut blob = self.blob(bytes);
                blob["name"] = (*name).into();
                blob["media_type"] = (*media_type).into();
                blob
            })
            .collect();
        if !named.is_empty() {
            record["blobs"] = named.into();
        }
        record["id"] = format!("{}/{index}", record["kind"].as_str().unwrap()).into();
        record["invoked_by"] = json!({"host": "build-7", "user": "ada"});
        record["nonce"] = format!("{index:032x}").into();
        record["tenant"] = "Acme".into();
        record["times"] = json!({"clock": "system", "recorded_at": recorded_at});
        record["v"] = 1.into();
        let chain = read(&record).chain();
        if let Some(prev) = self.head(&chain) {
            record["prev"] = json!(prev);
        }
        self.entries.push(crate::jcs::to_vec(&read(&record)).unwrap());
        index
    }

    /// The last record of a chain.
    pub(crate) fn head(&self, chain: &str) -> Option<Prev> {
        let of_chain = |(_, bytes): &(usize, &Vec<u8>)| {
            serde_json::from_slice::<Record>(bytes).is_ok_and(|record| record.chain() == chain)
        };
        let (index, bytes) = self.entries.iter().enumerate().rfind(of_chain)?;
        Some(Prev { index: index as u64, leaf: leaf_hash(bytes) })
    }

    /// Adds an evaluation with one collector that had one answer, whose body is `answer`.
    pub(crate) fn judge(&mut self, judged: Judged<'_>, answer: &[u8]) -> u64 {
        let Judged { control, as_of, outcome, simulated } = judged;
        let answer = self.blob(answer);
        let transcript = json!([{
            "blobs": {"body": answer}, "failure": null, "function": "files.open", "grant": "ruleset",
            "request": Digest([1; 32]), "seq": 0, "summary": {},
        }]);
        let exceptions: &[u8] = br#"[{"subject":"user 2"}]"#;
        let digest = |byte| Digest([byte; 32]);
        let body = json!({
            "as_of": as_of,
            "collectors": [{
                "component": self.blob(b"\0asm-component"), "fact": "user", "fetched_at": as_of,
                "grants": self.blob(b"{}"), "instance": "mfa", "log": self.blob(br#"{"log":[]}"#),
                "observations": self.blob(b"[1]"), "outcome": "ok", "runtime": "wasmtime 48.0.8",
                "settings": self.blob(b"{ }"), "source": {"failed": 0, "pages": 1, "principals": []},
                "system": "prod-web", "transcript": self.blob(&crate::jcs::to_vec(&transcript).unwrap()),
            }],
            "control": {
                "criteria": ["CC6.1"], "frequency": "daily", "id": control, "mode": "subject", "operation": "state",
                "version": digest(2),
            },
            "finding": digest(3), "kind": "evaluation",
            "policy": {"bundle": digest(4), "engine": "cedar 4.14.1", "schema": digest(5)},
            "population": {
                "complete": true, "count": 2, "excluded": 0, "in_scope": 2, "incomplete": [], "unit": "Mfa::User",
            },
            "result": {
                "counts": {"conforming": 1, "exceptions": 1, "excluded": 0, "in_scope": 2, "undecided": 0},
                "exceptions": sha256(exceptions), "outcome": outcome, "reasons": [],
            },
            "simulated": simulated, "system": {"digest": digest(6), "name": "prod-web"},
        });
        let row = format!(r#"{{"id":"{control}"}}"#);
        let blobs: [(&str, &str, &[u8]); 4] = [
            ("control", "application/json", row.as_bytes()),
            ("exceptions", "application/json", exceptions),
            ("policy", "text/plain", b"permit(principal, action, resource);"),
            ("schema", "application/json", b"{\"schema\":{}}"),
        ];
        self.add(body, as_of, &blobs)
    }

    /// Seals a period; the chains are those that the records before have in it, as a slow reader sees them.
    pub(crate) fn seal(&mut self, period: Period, recorded_at: &str) -> u64 {
        let days = period.from.to_string()..=period.to.to_string();
        let mut chains: Vec<Value> = Vec::new();
        let mut count = 0;
        for (index, bytes) in self.entries.iter().enumerate() {
            let record: Value = serde_json::from_slice(bytes).unwrap();
            let at = record.get("as_of").unwrap_or(&record["times"]["recorded_at"]);
            if !days.contains(&at.as_str().unwrap()[..10].to_owned()) {
                continue;
            }
            count += 1;
            let chain = read(&record).chain();
            let head = json!({"index": index, "leaf": leaf_hash(bytes)});
            match chains.iter_mut().find(|it| it["chain"] == chain.as_str()) {
                Some(it) => {
                    it["count"] = (it["count"].as_u64().unwrap() + 1).into();
                    it["head"] = head;
                }
                None => chains.push(json!({"chain": chain, "count": 1, "first": index, "head": head})),
            }
        }
        chains.sort_by_key(|it| it["chain"].as_str().unwrap().to_owned());
        let bytes = crate::jcs::to_vec(&chains).unwrap();
        let body = json!({
            "chains": chains.len(), "digest": sha256(&bytes), "kind": "seal", "period": period, "records": count,
            "tree_size": self.entries.len(),
        });
        self.add(body, recorded_at, &[("chains", "application/json", &bytes)])
    }

    /// Erases a blob, with a record that says so.
    pub(crate) fn erase(&mut self, bytes: &[u8], recorded_at: &str) -> u64 {
        let blob = json!({"digest": sha256(bytes), "size": bytes.len()});
        fs::remove_file(self.blob_path(&sha256(bytes))).unwrap();
        let has = |text: &[u8], digest: &Digest| String::from_utf8_lossy(text).contains(&digest.to_string());
        let is_list = |path: &std::path::PathBuf| has(&fs::read(path).unwrap(), &sha256(bytes));
        let blobs = crate::testing::files(self.folder.path()).into_iter().filter(|path| path.starts_with("blobs/"));
        let blobs = blobs.map(|path| self.folder.path().join(path)).filter(is_list);
        let mut named: Vec<Digest> = blobs.map(|path| sha256(&fs::read(path).unwrap())).collect();
        named.push(sha256(bytes));
        let names = |entry: &Vec<u8>| named.iter().any(|digest| has(entry, digest));
        let records: Vec<usize> = (0..self.entries.len()).filter(|at| names(&self.entries[*at])).collect();
        let body = json!({"blob": blob, "kind": "tombstone", "records": records});
        self.add(body, recorded_at, &[("reason", "text/plain", b"asked by user 2")])
    }

    /// Writes what there is, and opens it.
    pub(crate) fn publish(&self) -> LogReader {
        write(self.folder.path(), &self.entries, &self.key);
        LogReader::open(self.folder.path()).unwrap()
    }
}

fn read(record: &Value) -> Record {
    serde_json::from_value(record.clone()).unwrap()
}

/// Has nothing: a tree that begins.
struct Nothing;

impl HashReader for Nothing {
    type Error = Infallible;

    fn hashes(&mut self, _: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
        panic!("nothing is there to be read")
    }
}

fn write(folder: &Path, entries: &[Vec<u8>], key: &SigningKey) {
    let put = |path: String, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let _ = fs::remove_dir_all(folder.join("tile"));
    for grown in grow(0, &leaves, &mut Nothing).unwrap() {
        put(grown.tile.path(), &encode_tile(&grown.hashes));
    }
    for bundle in bundles(entries.len() as u64) {
        let from = usize::try_from(bundle.index() * 256).unwrap();
        put(bundle.path(), &encode_entries(&entries[from..from + usize::from(bundle.width())]).unwrap());
    }
    let (origin, size) = (key.verifier().name().to_owned(), entries.len() as u64);
    put("checkpoint".to_owned(), &Checkpoint { origin, size, root: root_of(&leaves) }.sign(key).unwrap());
}
