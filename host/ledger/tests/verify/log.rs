//! A ledger made as simply as can be: records in a list, a root by the definition, and every file from scratch.

use std::collections::BTreeMap;

use serde::Serialize;
use tickmark_ledger::tlog::{Checkpoint, SigningKey};
use tickmark_ledger::{
    Attempt, AttemptOutcome, Body, CollectorPart, ControlPart, ControlRef, Evaluation, Head, InvokedBy, Key, NamedBlob,
    Nonce, Period, PolicyVersion, PopulationPart, Prev, Record, ResultPart, Seal, SealedChain, SourcePart, SystemPart,
    Times, Tombstone, leaf_hash, sha256,
};
use tickmark_model::{
    BlobRef, Counts, Digest, Exchange, Frequency, Instant, Mode, Operation, Outcome, RunOutcome, parse_instant,
};

pub const NAME: &str = "tickmark/3f9c2a71d04be885";

/// The files of a folder, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

pub fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub fn jcs(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap()
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(NAME, [seed; 32]).unwrap()
}

/// The records of a ledger, its blobs, and the key that signs it.
pub struct Log {
    pub entries: Vec<Vec<u8>>,
    pub blobs: BTreeMap<Digest, Vec<u8>>,
    pub key: SigningKey,
    /// Chain, day and place of each record.
    places: Vec<(String, String, Prev)>,
    /// Records of the write-ahead file.
    pub waiting: Vec<Vec<u8>>,
}

impl Log {
    /// A log without its key record.
    pub fn empty(seed: u8) -> Self {
        Self { entries: vec![], blobs: BTreeMap::new(), key: key(seed), places: vec![], waiting: vec![] }
    }

    /// A log with its key record and nothing else.
    pub fn new(seed: u8) -> Self {
        let mut log = Self::empty(seed);
        let body = log.key_record(seed, None);
        log.push("2026-11-01", body, vec![]);
        log
    }

    /// Another key signs from here on; the record is signed by the old and the new one.
    pub fn rotate(&mut self, seed: u8) {
        let previous = std::mem::replace(&mut self.key, key(seed));
        let body = self.key_record(seed, Some(&previous));
        self.push("2026-11-02", body, vec![]);
    }

    pub fn key_record(&self, seed: u8, previous: Option<&SigningKey>) -> Key {
        let own = key(seed);
        let mut record = Key {
            package_key: None,
            package_key_digest: None,
            previous: previous.map(|key| key.verifier().to_string()),
            signature_of_previous: None,
            signature_of_vkey: String::new(),
            tree_size: self.entries.len() as u64,
            vkey: own.verifier().to_string(),
        };
        let statement = record.statement();
        record.signature_of_vkey = base64(&own.sign(statement.as_bytes()));
        record.signature_of_previous = previous.map(|key| base64(&key.sign(statement.as_bytes())));
        record
    }

    pub fn blob(&mut self, bytes: &[u8]) -> BlobRef {
        let digest = sha256(bytes);
        self.blobs.insert(digest, bytes.to_vec());
        BlobRef { digest, size: bytes.len() as u64 }
    }

    pub fn named(&mut self, name: &str, bytes: &[u8]) -> NamedBlob {
        let BlobRef { digest, size } = self.blob(bytes);
        NamedBlob { digest, media_type: "application/json".into(), name: name.into(), size }
    }

    /// The next record.
    pub fn push(&mut self, day: &str, body: impl Into<Body>, blobs: Vec<NamedBlob>) -> u64 {
        let record = self.next(day, body.into(), blobs);
        let chain = record.chain();
        self.push_raw(day, &chain, jcs(&record))
    }

    /// The next record, as bytes.
    pub fn push_raw(&mut self, day: &str, chain: &str, entry: Vec<u8>) -> u64 {
        let index = self.entries.len() as u64;
        self.places.push((chain.into(), day.into(), Prev { index, leaf: leaf_hash(&entry) }));
        self.entries.push(entry);
        index
    }

    /// What the next record would be.
    pub fn next(&self, day: &str, body: Body, blobs: Vec<NamedBlob>) -> Record {
        let chain = body.chain();
        let prev = self.places.iter().rfind(|(of, ..)| *of == chain).map(|(.., place)| *place);
        self.next_after(day, body, blobs, prev)
    }

    /// What the next record would be, with this one before it in its chain.
    pub fn next_after(&self, day: &str, body: Body, blobs: Vec<NamedBlob>, prev: Option<Prev>) -> Record {
        let index = self.entries.len() as u64;
        let head = Head {
            blobs,
            env: None,
            id: body.kind().id(index),
            invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
            nonce: Nonce([7; 16]),
            prev,
            tenant: "Acme".into(),
            times: Times {
                clock: "system".into(),
                fetched_at: None,
                performed_at: None,
                recorded_at: at(&format!("{day}T09:00:02Z")),
            },
            v: 1,
        };
        Record { head, body }
    }

    /// A control was tried.
    pub fn attempt(&mut self, day: &str, control: &str) -> u64 {
        let body = self.attempt_body(day, control);
        self.push(day, body, vec![])
    }

    pub fn attempt_body(&self, day: &str, control: &str) -> Attempt {
        Attempt {
            as_of: at(&format!("{day}T09:00:00Z")),
            control: ControlRef { id: control.into(), version: None },
            evaluation: None,
            outcome: AttemptOutcome::Skipped,
            reason: Some("not-scheduled".into()),
            system: "prod-web".into(),
            window: None,
        }
    }

    /// A control was judged, on one host call whose answer is the blob `answer`.
    pub fn evaluation(&mut self, day: &str, control: &str, outcome: Outcome, answer: &str) -> u64 {
        let (body, blobs) = self.evaluation_body(day, control, outcome, answer);
        self.push(day, body, blobs)
    }

    /// What its record says, and the blobs that it names.
    pub fn evaluation_body(
        &mut self,
        day: &str,
        control: &str,
        outcome: Outcome,
        answer: &str,
    ) -> (Evaluation, Vec<NamedBlob>) {
        let body = self.blob(answer.as_bytes());
        let call = Exchange {
            blobs: BTreeMap::from([("rows".to_owned(), body)]),
            failure: None,
            function: "sql.query".into(),
            grant: "users".into(),
            request: Digest([0xdd; 32]),
            seq: 0,
            summary: BTreeMap::new(),
        };
        let transcript = self.blob(&jcs(&[call]));
        let nothing = self.blob(b"{}");
        let observations = self.blob(answer.to_uppercase().as_bytes());
        let exceptions = (outcome == Outcome::Fail).then(|| self.named("exceptions", b"[\"bob\"]"));
        let counts = Counts {
            conforming: 2,
            exceptions: u64::from(outcome == Outcome::Fail),
            excluded: 0,
            in_scope: 3,
            undecided: 0,
        };
        let collector = CollectorPart {
            component: None,
            fact: "user".into(),
            fetched_at: at("2026-11-20T09:00:01Z"),
            grants: nothing,
            instance: "mfa".into(),
            log: nothing,
            observations,
            outcome: RunOutcome::Ok,
            plugin: None,
            population: None,
            runtime: "wasmtime 48.0.8".into(),
            settings: nothing,
            source: SourcePart { failed: 0, pages: 1, principals: vec![] },
            system: "prod-web".into(),
            transcript,
        };
        let body = Evaluation {
            as_of: at(&format!("{day}T09:00:00Z")),
            collectors: vec![collector],
            control: ControlPart {
                criteria: vec!["CC6.1".into()],
                frequency: Frequency::Daily,
                id: control.into(),
                matrix_id: None,
                mode: Mode::Subject,
                operation: Operation::State,
                version: Digest([1; 32]),
            },
            finding: Digest([2; 32]),
            period: None,
            policy: PolicyVersion { bundle: Digest([3; 32]), engine: "cedar 4.14.1".into(), schema: Digest([4; 32]) },
            population: PopulationPart {
                complete: true,
                count: 3,
                digest: None,
                excluded: 0,
                in_scope: 3,
                incomplete: vec![],
                unit: "Mfa::User".into(),
            },
            result: ResultPart {
                counts,
                exceptions: exceptions.as_ref().map(|blob| blob.digest),
                outcome,
                reasons: vec![],
                reasons_in_full: None,
                happened: None,
                undecided: None,
            },
            simulated: false,
            system: SystemPart { digest: Digest([5; 32]), name: "prod-web".into() },
        };
        (body, exceptions.into_iter().collect())
    }

    /// What a seal of the period says now.
    pub fn sealed(&self, from: &str, to: &str) -> (Seal, Vec<SealedChain>) {
        let mut chains: Vec<SealedChain> = vec![];
        for (chain, day, place) in &self.places {
            if day.as_str() < from || day.as_str() > to {
                continue;
            }
            match chains.iter_mut().find(|known| known.chain == *chain) {
                Some(known) => {
                    known.count += 1;
                    known.head = *place;
                }
                None => chains.push(SealedChain { chain: chain.clone(), count: 1, first: place.index, head: *place }),
            }
        }
        chains.sort_by(|a, b| a.chain.cmp(&b.chain));
        let seal = Seal {
            chains: chains.len() as u64,
            digest: sha256(&jcs(&chains)),
            period: Period { from: from.parse().unwrap(), to: to.parse().unwrap() },
            records: chains.iter().map(|chain| chain.count).sum(),
            tree_size: self.entries.len() as u64,
        };
        (seal, chains)
    }

    /// The period is sealed, on the day after.
    pub fn seal(&mut self, from: &str, to: &str, day: &str) -> u64 {
        let (seal, chains) = self.sealed(from, to);
        let blob = self.named("chains", &jcs(&chains));
        self.push(day, seal, vec![blob])
    }

    /// The blob is erased: a record says so, and its bytes go.
    pub fn erase(&mut self, digest: Digest, day: &str) -> u64 {
        let bytes = self.blobs.remove(&digest).unwrap();
        let reason = self.named("reason", b"{\"reason\":\"asked for by the data subject\"}");
        let blob = BlobRef { digest, size: bytes.len() as u64 };
        let records = self.naming(&digest);
        self.push(day, Tombstone { blob, records }, vec![reason])
    }

    /// The records that name a blob, themselves or through a blob that they name: its digest stands there.
    pub fn naming(&self, digest: &Digest) -> Vec<u64> {
        let has = |bytes: &[u8], digest: &Digest| String::from_utf8_lossy(bytes).contains(&digest.to_string());
        let lists: Vec<&Digest> = self.blobs.iter().filter(|(_, it)| has(it, digest)).map(|(list, _)| list).collect();
        let names = |entry: &Vec<u8>| has(entry, digest) || lists.iter().any(|list| has(entry, list));
        (0..).zip(&self.entries).filter(|(_, entry)| names(entry)).map(|(index, _)| index).collect()
    }

    pub fn leaves(&self) -> Vec<Digest> {
        self.entries.iter().map(|entry| leaf_hash(entry)).collect()
    }

    /// The signed checkpoint of the first `size` records.
    pub fn checkpoint_at(&self, size: usize) -> Vec<u8> {
        let root = root(&self.leaves()[..size]);
        Checkpoint { origin: NAME.into(), size: size as u64, root }.sign(&self.key).unwrap()
    }

    /// The signed checkpoint.
    pub fn checkpoint(&self) -> Vec<u8> {
        self.checkpoint_at(self.entries.len())
    }

    /// All files of the ledger.
    pub fn files(&self) -> Files {
        let leaves = self.leaves();
        let mut files = tree_files(&self.entries, &leaves);
        let state = serde_json::json!({"root": root(&leaves).to_string(), "size": leaves.len()});
        files.insert("checkpoint".into(), self.checkpoint());
        files.insert(".tickmark/version".into(), b"tickmark-ledger 2\n".to_vec());
        files.insert(".tickmark/lock".into(), vec![]);
        files.insert(".tickmark/state.json".into(), jcs(&state));
        files.insert(".tickmark/log.vkey".into(), format!("{}\n", self.key.verifier()).into_bytes());
        files.insert(".tickmark/index.sqlite".into(), b"not a database".to_vec());
        if !self.waiting.is_empty() {
            files.insert(".tickmark/wal".into(), wal(leaves.len() as u64, &[&self.waiting]));
        }
        for (digest, bytes) in &self.blobs {
            files.insert(blob_path(digest), bytes.clone());
        }
        files
    }
}

pub fn blob_path(digest: &Digest) -> String {
    let hex = digest.hex();
    format!("blobs/sha256/{}/{hex}", &hex[..2])
}

/// A write-ahead file with a frame for each append.
pub fn wal(first: u64, appends: &[&[Vec<u8>]]) -> Vec<u8> {
    let mut bytes = b"tickmark-wal 1\n".to_vec();
    let mut next = first;
    for entries in appends {
        let mut payload = next.to_be_bytes().to_vec();
        for entry in *entries {
            payload.extend((entry.len() as u16).to_be_bytes());
            payload.extend(entry);
        }
        bytes.extend((payload.len() as u32).to_be_bytes());
        bytes.extend(crc32c::crc32c(&payload).to_be_bytes());
        bytes.extend(payload);
        next = next.wrapping_add(entries.len() as u64);
    }
    bytes
}

/// Tiles and bundles of these records.
pub fn tree_files(entries: &[Vec<u8>], leaves: &[Digest]) -> Files {
    let mut files = Files::new();
    for (n, some) in entries.chunks(256).enumerate() {
        let bytes = some.iter().flat_map(|entry| [&(entry.len() as u16).to_be_bytes()[..], entry].concat()).collect();
        files.insert(format!("tile/entries/{}", place(n, some.len())), bytes);
    }
    let mut level = 0;
    let mut row = leaves.to_vec();
    while !row.is_empty() {
        for (n, some) in row.chunks(256).enumerate() {
            let bytes = some.iter().flat_map(|hash| hash.0).collect();
            files.insert(format!("tile/{level}/{}", place(n, some.len())), bytes);
        }
        row = row.chunks_exact(256).map(root).collect();
        level += 1;
    }
    files
}

fn place(n: usize, width: usize) -> String {
    assert!(n < 1000, "a test has not that many records");
    if width == 256 { format!("{n:03}") } else { format!("{n:03}.p/{width}") }
}

/// The root as RFC 6962 defines it.
pub fn root(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => sha256(b""),
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            sha256(&[&[1][..], &root(left).0, &root(right).0].concat())
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
