//! Ways to harm the host, and calls that the SDK does not offer.

use std::hint::black_box;

use tickmark_collector::__private::bindings::tickmark::collector::{run, types};
use tickmark_collector::{Failure, Host, Level, Summary};

/// Does what `mode` says, until the host stops it; nothing where it is none of these.
pub fn run(mode: &str, host: &dyn Host, count: i64) -> Option<Result<Summary, Failure>> {
    match mode {
        "calls" => loop {
            host.as_of();
        },
        "hoard" => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(black_box(vec![1_u8; 1 << 20]));
            }
        }
        "handles" => {
            let mut blobs = Vec::new();
            loop {
                match host.open("vital", "data") {
                    Ok(blob) => blobs.push(blob),
                    Err(failure) => return Some(Err(failure)),
                }
            }
        }
        "panic" => fail(),
        "deep" => Some(Ok(Summary::new().note(deep(count.unsigned_abs()).to_string()))),
        "flood" => loop {
            host.log(Level::Debug, "again");
        },
        "log" => {
            host.log(Level::Warn, "first\nforged \u{1b}[31mline");
            host.log(Level::Error, &"x".repeat(10_000));
            Some(Ok(Summary::new().note("tab\there")))
        }
        "notes" => {
            let notes = (0..count).map(|n| n.to_string());
            Some(Ok(notes.fold(Summary::new(), |summary, note| summary.note(note))))
        }
        "big-call" => {
            host.log(Level::Debug, &"x".repeat(17 << 20));
            Some(Ok(Summary::new()))
        }
        "bad-utf8" => {
            raw_bad_utf8();
            Some(Ok(Summary::new()))
        }
        "emit-then-spin" => {
            let _ = raw_emit("Test::Other", 0);
            loop {
                host.as_of();
            }
        }
        _ => None,
    }
}

/// Panics.
#[expect(clippy::panic, reason = "told to")]
pub fn fail() -> ! {
    panic!("told to")
}

/// Uses one stack frame for each level.
fn deep(levels: u64) -> u64 {
    let frame = black_box([levels; 32]);
    if levels == 0 { 0 } else { deep(levels - 1) + frame.iter().sum::<u64>() }
}

/// Asks for the time without a [`Host`].
pub fn raw_as_of() -> i64 {
    run::as_of()
}

/// Emits one row of fact `thing` whose entity is of another kind.
pub fn raw_emit(kind: &str, receipt: u32) -> Result<(), Failure> {
    let name = types::Value::One(types::Scalar::Text("a".into()));
    let row = run::Row {
        entity: types::EntityRef { kind: kind.into(), id: "a".into() },
        parents: vec![],
        cells: vec![name],
        sources: vec![receipt],
    };
    let batch = run::Batch { fact: "thing".into(), columns: vec!["name".into()], rows: vec![row] };
    run::emit(&batch).map_err(|failure| Failure::new(&failure.code, failure.message))
}

/// Logs bytes that are no UTF-8.
#[expect(unsafe_code, reason = "safe Rust cannot break the ABI")]
fn raw_bad_utf8() {
    let bytes = black_box([0xff_u8, 0xfe]);
    // SAFETY: not sound at all, which is the point: the text only travels to the host, which must refuse it.
    let text = unsafe { std::str::from_utf8_unchecked(&bytes) };
    run::log(run::Level::Info, text);
}
