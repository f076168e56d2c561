use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Mutex;

use proptest::prelude::*;
use tickmark_model::{Decimal4, Instant, Scalar};

use super::*;
use crate::body::Body;
use crate::interfaces::Code;
use crate::interfaces::Refusal;
use crate::interfaces::command::Output;
use crate::interfaces::files::Entry;
use crate::interfaces::http::{Response, Tls};
use crate::interfaces::sql::Table;
use crate::recorder::{Answer, Asked, Recorder};

/// Blobs in memory, to write to and to read from.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<Digest, Vec<u8>>>);

impl BlobSink for Memory {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        self.0.lock().unwrap().insert(sha256(bytes), bytes.to_vec());
        Ok(sha256(bytes))
    }
}

impl BlobSource for Memory {
    fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(digest).cloned())
    }
}

fn at(ms: i64) -> Instant {
    Instant::from_ms(ms).unwrap()
}

fn asked() -> Asked {
    Asked { function: "any", grant: "any".into(), request: sha256(b"{}") }
}

/// Records `told`, plays it, and records what was played.
fn round_trip<T: Answer + Debug + PartialEq>(told: Result<T, Refusal>) {
    round_trip_redacted(told, 0);
}

fn round_trip_redacted<T: Answer + Debug + PartialEq>(told: Result<T, Refusal>, redacted: u64) {
    let memory = Arc::new(Memory::default());
    let recorder = || Recorder::new(memory.clone(), Arc::new(|| at(0)), u64::MAX);
    let record = |recorder: &mut Recorder, told: &Result<T, Refusal>, principal: &str, redacted| match told {
        Ok(answer) => recorder.answered(asked(), answer, principal, redacted).unwrap(),
        Err(refusal) => recorder.failed(asked(), refusal, principal, redacted).unwrap(),
    };
    let mut first = recorder();
    record(&mut first, &told, "ada", redacted);
    let mut recording = Recording::new(first.exchanges.clone(), memory.clone()).unwrap();
    let played = recording.answer::<T>(&asked()).unwrap();
    assert_eq!((played.principal.as_str(), &played.answer, played.redacted), ("ada", &told, redacted));
    let mut second = recorder();
    record(&mut second, &played.answer, &played.principal, played.redacted);
    recording.confirm(second.exchanges.last()).unwrap();
    recording.end().unwrap();
}

/// A number of milliseconds within every bound.
fn ms() -> impl Strategy<Value = i64> {
    tickmark_model::MIN_INSTANT_MS..=tickmark_model::MAX_INSTANT_MS
}

fn cell() -> impl Strategy<Value = Option<Scalar>> {
    prop_oneof![
        Just(None),
        any::<bool>().prop_map(|b| Some(Scalar::Boolean(b))),
        ms().prop_map(|n| Some(Scalar::Long(n))),
        any::<String>().prop_map(|text| Some(Scalar::Text(text))),
        // Text that reads like another type must stay text.
        ms().prop_map(|ms| Some(Scalar::Text(at(ms).to_string()))),
        ms().prop_map(|units| Some(Scalar::Decimal(Decimal4(units)))),
        ms().prop_map(|ms| Some(Scalar::Datetime(ms))),
        ms().prop_map(|ms| Some(Scalar::Duration(ms))),
        any::<[u8; 4]>().prop_map(|it| Some(Scalar::Ip(std::net::Ipv4Addr::from(it).to_string()))),
    ]
}

fn table() -> impl Strategy<Value = Table> {
    (0_usize..4).prop_flat_map(|width| {
        prop::collection::vec(prop::collection::vec(cell(), width), 0..6)
            .prop_map(move |rows| Table { columns: (0..width).map(|at| format!("c{at}")).collect(), rows })
    })
}

fn tls() -> impl Strategy<Value = Tls> {
    (any::<String>(), ms(), any::<String>(), any::<String>()).prop_map(|(version, end, issuer, subject)| Tls {
        version,
        not_after: at(end),
        issuer,
        subject,
    })
}

proptest! {
    #[test]
    fn tables_are_played_as_they_were(table in table()) {
        round_trip(Ok(table));
    }

    #[test]
    fn responses_are_played_as_they_were(
        status in any::<u16>(),
        headers in prop::collection::vec(any::<(String, String)>(), 0..4),
        body in any::<Vec<u8>>(),
        elapsed_ms in any::<u32>(),
        tls in prop::option::of(tls()),
    ) {
        round_trip(Ok(Response { status, headers, body, elapsed_ms: elapsed_ms.into(), tls }));
    }

    #[test]
    fn output_and_files_are_played_as_they_were(
        (exit_code, stdout, stderr) in any::<(i32, Vec<u8>, Vec<u8>)>(),
        entries in prop::collection::vec((any::<String>(), any::<u32>(), any::<bool>(), ms()), 0..4),
    ) {
        round_trip(Ok(Body::Held(stdout.clone())));
        round_trip(Ok(Output { exit_code, stdout, stderr }));
        let entry = |(path, size, is_dir, ms)| Entry { path, size: u64::from(size), is_dir, modified: at(ms) };
        round_trip(Ok(entries.into_iter().map(entry).collect::<Vec<Entry>>()));
    }

    #[test]
    fn failures_are_played_as_they_were(message in any::<String>(), retryable in any::<bool>(), at in 0_usize..7) {
        use Code::{Denied, Internal, Invalid, Limit, NotFound, Timeout, Unavailable};
        let code = [Denied, NotFound, Limit, Timeout, Unavailable, Invalid, Internal][at];
        round_trip::<Body>(Err(Refusal { code, message, retryable }));
    }

    #[test]
    fn how_often_a_secret_was_taken_out_is_played_as_it_was(body in any::<Vec<u8>>(), redacted in any::<u64>()) {
        round_trip_redacted(Ok(Body::Held(body)), redacted);
        round_trip_redacted::<Body>(Err(Refusal::unavailable("<redacted>")), redacted);
    }
}

#[test]
fn a_count_that_nobody_would_record_is_refused() {
    let check = |redacted: serde_json::Value| {
        let memory = Arc::new(Memory::default());
        let recorder = || Recorder::new(memory.clone(), Arc::new(|| at(0)), 9);
        let mut first = recorder();
        first.answered(asked(), &Body::Held(b"body".to_vec()), "ada", 0).unwrap();
        first.exchanges[0].summary.insert("redacted".to_owned(), redacted);
        let mut recording = Recording::new(first.exchanges, memory.clone()).unwrap();
        if let Ok(played) = recording.answer::<Body>(&asked()) {
            let mut second = recorder();
            second.answered(asked(), &played.answer.unwrap(), &played.principal, played.redacted).unwrap();
            recording.confirm(second.exchanges.last()).unwrap_err();
        }
        recording.end().unwrap_err().to_string()
    };
    let wrong = "exchange 0 is no recording: its summary has no whole number `redacted`";
    for forged in [serde_json::json!(-1), serde_json::json!(1.5), serde_json::json!("2"), serde_json::Value::Null] {
        assert_eq!(check(forged), wrong);
    }
    assert_eq!(check(serde_json::json!(0)), "exchange 0 is no recording: its summary is not that of its responses");
}

struct Broken;

impl BlobSource for Broken {
    fn get(&self, _: &Digest) -> io::Result<Option<Vec<u8>>> {
        Err(io::Error::other("the disk is on fire"))
    }
}

#[test]
fn a_response_that_cannot_be_read_is_neither_missing_nor_altered() {
    let mut recorder = Recorder::new(Arc::new(Memory::default()), Arc::new(|| at(0)), 9);
    recorder.answered(asked(), &Body::Held(b"body".to_vec()), "ada", 0).unwrap();
    let mut recording = Recording::new(recorder.exchanges, Arc::new(Broken)).unwrap();
    assert!(recording.answer::<Body>(&asked()).is_err());
    let error = recording.end().unwrap_err();
    assert!(
        matches!(&error, ReplayError::Unreadable { seq: 0, cause, .. } if cause.to_string() == "the disk is on fire")
    );
}

#[test]
fn the_first_thing_wrong_is_kept() {
    let mut recording = Recording::new(Vec::new(), Arc::new(Broken)).unwrap();
    for request in [b"one", b"two"] {
        let asked = Asked { request: sha256(request), ..asked() };
        assert!(recording.answer::<Body>(&asked).is_err());
    }
    let error = recording.end().unwrap_err();
    assert!(matches!(&error, ReplayError::Exhausted { found, .. } if found.request == sha256(b"one")), "{error}");
}

mod forged;
