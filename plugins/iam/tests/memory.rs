//! A large log goes through little memory.
//!
//! It is computed while it is read and the rows are counted and dropped, so that what the process ever held beyond what it
//! held at the start is what the collector held. One test alone: the process's memory is everybody's.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::cell::Cell;

use tickmark_collector::{
    Batch, Blob, BlobSource, Collector, Datetime, Failure, Host, Level, Listing, Output, Request, Response, Rows,
    Scalar, Value, code,
};
use tickmark_iam::Iam;

/// A log of this many events, each as long as the others.
struct Log(u64);

impl Log {
    const HEAD: &str = r#"{"since":"2026-10-01T00:00:00Z","until":"2026-11-20T09:00:00Z","exported_at":"2026-11-20T09:00:00Z","events":["#;

    fn event(number: u64) -> String {
        let event = format!(
            r#"{{"uuid":"f790999f-fe87-11ef-9880-{number:012x}","published":"2026-11-01T00:00:00.000Z","eventType":"group.user_membership.add","outcome":{{"result":"SUCCESS"}},"actor":{{"id":"00u1","type":"User","alternateId":"ada@acme.example"}},"target":[{{"id":"00u{number:09}","type":"User"}},{{"id":"00g1","type":"UserGroup","displayName":"Everyone"}}],"padding":"{}"}}"#,
            "x".repeat(600)
        );
        format!("{event},")
    }
}

impl BlobSource for Log {
    fn size(&self) -> u64 {
        Self::HEAD.len() as u64 + self.0 * Self::event(0).len() as u64 + 1
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let (head, each) = (Self::HEAD.len() as u64, Self::event(0).len() as u64);
        let end = (offset + u64::from(len)).min(self.size());
        let mut out = Vec::new();
        let mut at = offset;
        while at < end {
            let (text, skip) = if at < head {
                (Self::HEAD.to_owned(), at)
            } else {
                let number = (at - head) / each;
                let last = number + 1 == self.0;
                let event = Self::event(number);
                // Behind the last one the list and the object end.
                let event = if last { event.trim_end_matches(',').to_owned() + "]}" } else { event };
                if number >= self.0 { ("}".to_owned(), 0) } else { (event, (at - head) % each) }
            };
            let rest = text.get(skip as usize..).unwrap().as_bytes();
            let take = rest.len().min((end - at) as usize);
            out.extend_from_slice(rest.get(..take).unwrap());
            at += take as u64;
        }
        out
    }
}

struct Large {
    events: u64,
    rows: Cell<u64>,
}

fn denied<T>() -> Result<T, Failure> {
    Err(Failure::new(code::DENIED, "not asked for"))
}

impl Host for Large {
    fn as_of(&self) -> Datetime {
        Datetime(1_795_165_200_000)
    }

    fn setting(&self, name: &str) -> Value {
        match name {
            "source" | "event_source" => Value::from("okta"),
            _ => Value::Absent,
        }
    }

    fn log(&self, _: Level, _: &str) {}

    fn open(&self, grant: &str, _: &str) -> Result<Blob, Failure> {
        Ok(if grant == "okta-log" { Blob::new(0, Box::new(Log(self.events))) } else { Blob::new(1, Box::new(Empty)) })
    }

    fn list(&self, _: &str, _: &str) -> Result<Listing, Failure> {
        denied()
    }

    fn run(&self, _: &str, _: &[(String, Scalar)]) -> Result<Output, Failure> {
        denied()
    }

    fn send(&self, _: &Request) -> Result<Response, Failure> {
        denied()
    }

    fn query(&self, _: &str, _: &[Scalar]) -> Result<Rows, Failure> {
        denied()
    }

    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        self.rows.set(self.rows.get() + batch.rows.len() as u64);
        Ok(())
    }
}

struct Empty;

impl BlobSource for Empty {
    fn size(&self) -> u64 {
        2
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        b"[]".iter().skip(offset as usize).take(len as usize).copied().collect()
    }
}

/// Bytes of memory: the most that were ever held.
fn most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1_024
}

/// Collects a log of this many events; its size.
fn collect(events: u64) -> u64 {
    let host = Large { events, rows: Cell::new(0) };
    let summary = Iam::collect(&host).unwrap();
    assert_eq!(summary.populations.first().unwrap().population.source_total, Some(events));
    assert_eq!(host.rows.get(), events);
    host.open("okta-log", "").unwrap().size()
}

#[test]
fn memory_does_not_follow_the_size_of_a_log() {
    let small = collect(2_000);
    let before = most();
    let large = collect(40_000);
    let grown = most() - before;
    assert!(small < 3_000_000 && large > 30_000_000, "{small} {large}");
    assert!(grown < 4 * 1_024 * 1_024, "a log of {large} bytes took {grown} bytes more than one of {small}");
}
