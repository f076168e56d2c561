//! A hundred collectors side by side, a third of them hostile: the others find what they find alone, each hostile one ends
//! with its own word, and the process has no more memory than the limits of all of them together allow.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which are to fail at once"
)]

#[path = "../guests/assemble.rs"]
#[expect(dead_code, reason = "what a program's text says of limits and compilers is for the table of fates")]
mod assemble;
#[path = "../crowd/mod.rs"]
#[expect(dead_code, reason = "one of the crowds is for measuring")]
mod crowd;
#[path = "../guests/descriptor.rs"]
mod descriptor;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::process::Stdio;

use crowd::{HOSTILE, HOSTILE_LIMITS, HOSTILE_SYSTEM, Hostile, SOUND, SOUND_LIMITS};
use serde_json::Value;
use tickmark_ledger::{Body, LogReader, Record};
use tickmark_model::Digest;
use tickmark_tests::Site;

/// What a process has that runs no collector at all: the program, its policies, compiled code.
const BASE_BYTES: u64 = 128 << 20;

fn site(hostile: &[Hostile]) -> Site {
    let site = Site::acme();
    let files = crowd::files(&site.read("tickmark.toml"), hostile).unwrap();
    files.into_iter().fold(site, |site, (path, bytes)| site.file(&path, bytes))
}

/// Two names: a system's, and that of a control or a collector.
type Id = (String, String);

/// What a run leaves behind.
struct Seen {
    /// What it says of each control on each system, and the finding's digest.
    findings: BTreeMap<Id, (Value, Digest)>,
    /// How each collector ended, and the digest of what it observed.
    ended: BTreeMap<Id, (String, Value)>,
    /// The most memory that the process ever had, in bytes.
    peak: u64,
}

/// Runs the program on the site.
fn run(site: &Site) -> Seen {
    let mut child =
        site.command("run --as-of 2026-11-20T09:00:00Z -o json --quiet").stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut said = vec![0];
    // The report is the last that a run does, and it is larger than a pipe: while it is not read, the process stands.
    stdout.read_exact(&mut said).unwrap_or_else(|_| panic!("nothing was reported, {}", child.wait().unwrap()));
    let peak = peak(child.id());
    stdout.read_to_end(&mut said).unwrap();
    child.wait().unwrap();
    assert!(said.len() > 2 << 16, "a report of {} bytes may be written before anybody looks", said.len());

    let document: Value = serde_json::from_slice(&said).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut ended = BTreeMap::new();
    for evidence in document["evidence"].as_array().unwrap() {
        let outcome = word(&evidence["outcome"]);
        let outcome = evidence["detail"].as_str().map_or(outcome.clone(), |detail| format!("{outcome}: {detail}"));
        let id = (word(&evidence["system"]), word(&evidence["collector"]));
        ended.insert(id, (outcome, evidence["observations"].clone()));
    }
    let digests = digests(site);
    let mut findings = BTreeMap::new();
    for finding in document["findings"].as_array().unwrap() {
        let id = (word(&finding["system"]), word(&finding["control"]));
        let mut finding = finding.clone();
        // Where it is in the log.
        finding["record"].take();
        findings.insert(id.clone(), (finding, digests[&id]));
    }
    Seen { findings, ended, peak }
}

/// The digests of all findings that are in the ledger.
fn digests(site: &Site) -> BTreeMap<Id, Digest> {
    let log = LogReader::open(&site.path().join(".tickmark/ledger")).unwrap();
    let records = (0..log.size()).map(|index| serde_json::from_slice::<Record>(&log.entry(index).unwrap()).unwrap());
    let evaluations = records.filter_map(|record| match record.body {
        Body::Evaluation(it) => Some(((it.system.name.clone(), it.control.id.clone()), it.finding)),
        _ => None,
    });
    evaluations.collect()
}

/// The most memory that a process ever had (`VmHWM`), in bytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[test]
fn a_third_of_hostile_collectors_changes_nothing_that_the_others_find() {
    let sites = [site(&[]), site(HOSTILE)];
    let dir = sites[1].path().display().to_string();
    let [alone, beside] = [run(&sites[0]), run(&sites[1])];
    assert_eq!((SOUND, alone.ended.len(), beside.ended.len()), (66, 66, 100));

    for (id, ended) in &alone.ended {
        assert_eq!(ended.0, "ok", "{id:?} does not end well even alone");
        assert_eq!(beside.ended.get(id), Some(ended), "{id:?} beside hostile collectors");
    }
    for (id, finding) in &alone.findings {
        assert_eq!(beside.findings.get(id), Some(finding), "{id:?} beside hostile collectors");
    }
    let outcomes: BTreeSet<&str> =
        alone.findings.values().map(|(finding, _)| finding["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, BTreeSet::from(["fail", "inconclusive", "pass"]), "the findings say too little");

    let mut bound = BASE_BYTES + SOUND as u64 * crowd::bytes(SOUND_LIMITS);
    for Hostile { program, count, limit, fate } in HOSTILE {
        for number in 0..*count {
            let (ended, _) = &beside.ended[&(HOSTILE_SYSTEM.to_owned(), format!("{program}-{number}"))];
            assert_eq!(ended.replace(&dir, "[DIR]"), *fate, "{program}-{number}");
            bound += crowd::bytes(HOSTILE_LIMITS.iter().chain([limit]));
        }
    }
    let things = &beside.findings[&(HOSTILE_SYSTEM.to_owned(), "CC7.1-things".to_owned())].0;
    assert_eq!(things["outcome"], "inconclusive");
    assert!(beside.peak <= bound, "the process had {} bytes of memory, all limits together are {bound}", beside.peak);
}
