//! A large log goes through little memory. One test alone: the process's memory is everybody's.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::cell::RefCell;

use tickmark_collector::{
    Batch, Blob, BlobSource, Collector, Datetime, Failure, Host, Level, Listing, Output, Request, Response, Rows,
    Scalar, Value, code,
};
use tickmark_recovery::Recovery;

/// One run, with errors that are all alike.
fn run() -> String {
    let errors = "pack 5b7e547cc6d5828c5bce2492c4610472ebd98cd2823b3a211dd34aa9ed43c072: does not exist\n".repeat(20);
    format!(
        "tickmark-run-1 tool=restic-check target=app started_at=2026-11-10T02:00:00Z\nread all data\n{errors}\
         Fatal: repository contains errors\ntickmark-end-1 exit_code=1 finished_at=2026-11-10T02:10:00Z\n"
    )
}

/// The same text over and over, computed while it is read.
struct Repeated {
    text: Vec<u8>,
    times: u64,
}

impl BlobSource for Repeated {
    fn size(&self) -> u64 {
        self.text.len() as u64 * self.times
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let len = u64::from(len).min(self.size() - offset) as usize;
        let from = (offset % self.text.len() as u64) as usize;
        self.text.iter().cycle().skip(from).take(len).copied().collect()
    }
}

/// A host that has one large log, and keeps what it is given.
struct Large {
    runs: u64,
    batches: RefCell<Vec<Batch>>,
}

impl Host for Large {
    fn as_of(&self) -> Datetime {
        Datetime(1_795_165_200_000)
    }

    fn setting(&self, name: &str) -> Value {
        match name {
            "check_source" => Value::from("log"),
            "expected_checks" => Value::from(vec!["restic-check/app"]),
            _ => Value::Absent,
        }
    }

    fn log(&self, _: Level, _: &str) {}

    fn open(&self, _: &str, _: &str) -> Result<Blob, Failure> {
        Ok(Blob::new(0, Box::new(Repeated { text: run().into_bytes(), times: self.runs })))
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
        self.batches.borrow_mut().push(batch);
        Ok(())
    }
}

/// The most memory that was ever held, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1_024
}

/// Collects a log of this many runs; its size.
fn collect(runs: u64) -> u64 {
    let host = Large { runs, batches: RefCell::default() };
    let summary = Recovery::collect(&host).unwrap();
    assert_eq!(summary.notes, Vec::<String>::new());
    let batches = host.batches.take();
    let row = &batches.first().unwrap().rows.first().unwrap().cells;
    let column = |name: &str| {
        let at = batches.first().unwrap().columns.iter().position(|column| column == name).unwrap();
        row.get(at).cloned().unwrap()
    };
    assert_eq!((column("runs"), column("errors")), (Value::from(runs as i64), Value::from(20)));
    host.open("checks", "").unwrap().size()
}

#[test]
fn memory_does_not_follow_the_size_of_a_log() {
    let small = collect(100);
    let before = memory();
    let large = collect(12_000);
    assert!(small < 250_000 && large > 20_000_000, "{small} {large}");
    let grown = memory() - before;
    assert!(grown < 2 * 1_024 * 1_024, "a log of {large} bytes took {grown} bytes more than one of {small}");
}
