//! A long list of targets goes through little memory: what is held of each is its id.
//!
//! The answer is computed while it is read and the rows are dropped, so that what the process ever held beyond what it held
//! at the start is what the collector held. One test alone: the process's memory is everybody's.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::cell::Cell;

use tickmark_collector::{
    Batch, Blob, BlobSource, Collector as _, Datetime, Failure, Host, Level, Listing, Output, Request, Response, Rows,
    Scalar, Value, code,
};
use tickmark_monitoring::Monitoring;

const HEAD: &str = r#"{"status":"success","data":{"activeTargets":["#;
const TAIL: &str = r#"],"droppedTargets":[]}}"#;

/// An answer with this many targets, all of one length; each byte is computed when it is asked for.
struct Targets(u64);

/// A target with the labels that discovery brings, of which nothing is kept.
fn target(number: u64) -> String {
    let discovered = r#""__meta_kubernetes_pod_label_app_kubernetes_io_name":"orders","#.repeat(8);
    format!(
        r#"{}{{"discoveredLabels":{{{discovered}"n":"{number:09}"}},"labels":{{"instance":"node-{:03}:9100","job":"web","n":"{number:09}"}},"scrapePool":"web","scrapeUrl":"http://10.0.0.1:9100/metrics","lastError":"","lastScrape":"2026-11-20T08:59:30Z","health":"up","scrapeInterval":"15s"}}"#,
        if number == 0 { ' ' } else { ',' },
        number % 1_000,
    )
}

impl BlobSource for Targets {
    fn size(&self) -> u64 {
        (HEAD.len() + TAIL.len()) as u64 + self.0 * target(0).len() as u64
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let (mut out, mut at, end) = (Vec::new(), offset, (offset + u64::from(len)).min(self.size()));
        let (head, each) = (HEAD.len() as u64, target(0).len() as u64);
        while at < end {
            let (part, within) = match at.checked_sub(head) {
                None => (HEAD.to_owned(), at),
                Some(body) if body / each < self.0 => (target(body / each), body % each),
                Some(body) => (TAIL.to_owned(), body - self.0 * each),
            };
            let rest = part.as_bytes().get(within as usize..).unwrap();
            let wanted = rest.get(..rest.len().min((end - at) as usize)).unwrap();
            out.extend_from_slice(wanted);
            at += wanted.len() as u64;
        }
        out
    }
}

/// A host that has one answer, and counts the rows that it is given and forgets them.
struct Large(u64, Cell<usize>);

impl Host for Large {
    fn as_of(&self) -> Datetime {
        Datetime(1_795_165_200_000)
    }
    fn setting(&self, name: &str) -> Value {
        match name {
            "source" => "prometheus-file".into(),
            "expected_systems" => vec!["node-007"].into(),
            _ => Value::Absent,
        }
    }
    fn log(&self, _: Level, _: &str) {}
    fn open(&self, _: &str, _: &str) -> Result<Blob, Failure> {
        Ok(Blob::new(0, Box::new(Targets(self.0))))
    }
    fn list(&self, _: &str, _: &str) -> Result<Listing, Failure> {
        Err(Failure::new(code::DENIED, "not asked for"))
    }
    fn run(&self, _: &str, _: &[(String, Scalar)]) -> Result<Output, Failure> {
        Err(Failure::new(code::DENIED, "not asked for"))
    }
    fn send(&self, _: &Request) -> Result<Response, Failure> {
        Err(Failure::new(code::DENIED, "not asked for"))
    }
    fn query(&self, _: &str, _: &[Scalar]) -> Result<Rows, Failure> {
        Err(Failure::new(code::DENIED, "not asked for"))
    }
    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        self.1.set(self.1.get() + batch.rows.len());
        Ok(())
    }
}

/// The most bytes of memory that were ever held.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1_024
}

/// Reads an answer with this many targets; its size.
fn collect(targets: u64) -> u64 {
    let host = Large(targets, Cell::new(0));
    let summary = Monitoring::collect(&host).unwrap();
    assert_eq!(summary.notes, [] as [&str; 0]);
    assert_eq!(host.1.get() as u64, targets + targets.min(1_000));
    assert_eq!(summary.populations.first().unwrap().population.source_total, Some(targets));
    Targets(targets).size()
}

#[test]
fn memory_follows_the_ids_and_not_the_answer() {
    let small = collect(1_000);
    let before = memory();
    let large = collect(28_000);
    let grown = memory() - before;
    assert!(small < 1_000_000 && large > 20_000_000, "{small} {large}");
    // An id has 50 bytes here, and 24 in the tree beside it.
    assert!(grown < 6 * 1_024 * 1_024, "an answer of {large} bytes took {grown} bytes more than one of {small}");
}
