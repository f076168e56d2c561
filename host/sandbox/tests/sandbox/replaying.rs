//! A recorded run is run again, and gives the same without anything live; one that was tampered with does not.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tickmark_model::{Collection, Digest, Exchange, Scalar, Value};
use tickmark_sandbox::{
    BlobSource, CodeSource, Limits, ReplayError, ReplayJob, Sandbox, SandboxConfig, recorded_settings,
};

use crate::fixture::{Blobs, Fixture, GUEST, LOADED};

/// Blobs to replay from.
#[derive(Clone)]
struct Stored(BTreeMap<Digest, Vec<u8>>);

impl BlobSource for Stored {
    fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.get(digest).cloned())
    }
}

/// What a run left behind.
#[derive(Clone)]
pub struct Tape {
    pub collection: Collection,
    pub blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Tape {
    pub fn of(fixture: Fixture) -> Self {
        let collection = fixture.check("ok");
        let Fixture { blobs, dir, .. } = fixture;
        dir.close().unwrap();
        let Blobs(blobs) = &*blobs;
        let blobs = blobs.lock().unwrap().clone();
        Self { collection, blobs }
    }

    fn job(&self) -> ReplayJob {
        let it = &self.collection;
        let (_, plugin) = &*LOADED;
        // The settings as a ledger keeps them.
        let settings = serde_json::to_value(&it.settings).unwrap();
        ReplayJob {
            id: it.id.clone(),
            settings: recorded_settings(plugin.descriptor(), &settings).unwrap(),
            as_of: it.as_of,
            limits: Limits::for_replay(&it.grants).unwrap(),
            exchanges: it.exchanges.clone(),
            blobs: Arc::new(Stored(self.blobs.clone())),
            fetched_at: it.fetched_at,
            grants: it.grants.clone(),
        }
    }

    pub fn replay(&self) -> Result<Collection, ReplayError> {
        let (sandbox, plugin) = &*LOADED;
        sandbox.replay(plugin, self.job())
    }

    fn error(&self) -> String {
        self.replay().unwrap_err().to_string()
    }

    /// Keeps `bytes` in place of the part of exchange `seq`, as whoever changes a recording with its digests would.
    fn replace(&mut self, seq: usize, part: &str, bytes: &[u8]) {
        let digest = Digest(Sha256::digest(bytes).into());
        self.blobs.insert(digest, bytes.to_vec());
        let blob = self.collection.exchanges[seq].blobs.get_mut(part).unwrap();
        (blob.digest, blob.size) = (digest, bytes.len() as u64);
    }
}

/// Everything that two collections could differ in.
pub fn seen(it: &Collection) -> String {
    let rows: BTreeMap<&String, Vec<_>> = it
        .tables
        .iter()
        .map(|(name, table)| (name, (0..table.len()).map(|row| table.observation(row)).collect()))
        .collect();
    let Collection { id, plugin, outcome, detail, settings, grants, runtime, exchanges, .. } = it;
    let Collection { populations, notes, log, as_of, fetched_at, descriptor, .. } = it;
    serde_json::to_string_pretty(&json!({
        "id": id, "plugin": plugin, "outcome": outcome, "detail": detail, "settings": settings, "grants": grants,
        "runtime": runtime, "exchanges": exchanges, "populations": populations, "notes": notes, "log": log,
        "as_of": as_of, "fetched_at": fetched_at, "descriptor": descriptor, "rows": rows,
    }))
    .unwrap()
}

/// Answers `/health` and breaks off everything else, for as long as the process lives.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            if first.starts_with("GET /health ") {
                stream.write_all(b"HTTP/1.1 200 OK\r\nX-B: 2\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nup").unwrap();
            }
        }
    });
    origin
}

/// A run that asks every interface, with every type of cell and two failures.
fn witness(extra_reads: i64) -> Fixture {
    let mut fixture = Fixture::new("witness").count(extra_reads);
    let database = fixture.dir.path().join("table.db");
    rusqlite::Connection::open(&database)
        .and_then(|db| {
            db.execute_batch(
                "create table t (id text, n integer, share real, yes integer, at text, took, net text, mixed);
                 insert into t values
                    ('a', 1, 99.5, 1, '2026-11-20 09:00:00.25', '26h', '10.0.0.0/8', 1),
                    ('b', null, 0.1, 0, '2026-11-19', 90, '::1', 'x'),
                    ('c', 3, null, null, null, null, null, null)",
            )
        })
        .unwrap();
    let folder = fixture.dir.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("one"), "1").unwrap();
    std::fs::write(folder.join("two"), "22").unwrap();
    fixture.job.settings.insert("words".to_owned(), Value::SetOf(vec![Scalar::Text("b".into())]));
    fixture.granting(json!({
        "files": { "vital": { "path": folder } },
        "command": { "tool": { "argv": ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"] } },
        "http": { "site": { "origin": serve(), "headers": { "Accept": "*/*", "X-Token": { "env": "PATH" } } } },
        "sql": { "table": {
            "sqlite": database,
            "query": "select * from t order by id",
            "columns": {
                "share": "decimal", "yes": "boolean", "at": "datetime", "took": "duration", "net": "ip",
            },
        } },
    }))
}

/// One recorded run of [`witness`] with one extra read; its files and folders are gone.
static TAPE: LazyLock<Tape> = LazyLock::new(|| Tape::of(witness(1)));

#[test]
fn a_replay_gives_what_was_recorded_of_every_interface() {
    let tape = &*TAPE;
    let functions: Vec<String> = tape
        .collection
        .exchanges
        .iter()
        .map(|exchange| format!("{} {}", exchange.function, exchange.failure.as_deref().unwrap_or("ok")))
        .collect();
    assert_eq!(
        functions,
        [
            "files.list ok",
            "files.open ok",
            "files.open ok",
            "files.open ok",
            "command.run ok",
            "sql.query ok",
            "http.send ok",
            "http.send unavailable",
            "files.open not-found",
        ]
    );
    let table = &tape.collection.tables["thing"];
    let names: Vec<String> = ["tool", "row-0", "row-1", "row-2"]
        .iter()
        .map(|id| {
            table.display_name((0..table.len()).find(|row| table.id(*row) == Some(id)).unwrap()).unwrap().to_owned()
        })
        .collect();
    assert_eq!(names[0], "out\n/err\n");
    assert_eq!(
        names[1],
        "[Some(Text(\"a\")), Some(Long(1)), Some(Decimal(Decimal(995000))), Some(Boolean(true)), \
         Some(Datetime(Datetime(1795165200250))), Some(Duration(Duration(93600000))), Some(Ip(Ip(\"10.0.0.0/8\"))), \
         Some(Long(1))]"
    );
    assert!(names[2].ends_with("Some(Ip(Ip(\"::1\"))), Some(Text(\"x\"))]"), "{}", names[2]);
    assert_eq!(names[3], "[Some(Text(\"c\")), Some(Long(3)), None, None, None, None, None, None]");
    let again = tape.replay().unwrap();
    assert_eq!(seen(&again), seen(&tape.collection));
}

#[test]
fn every_exchange_says_whom_the_source_saw() {
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(id.stdout).unwrap().trim().to_owned();
    let seen: Vec<&str> =
        TAPE.collection.exchanges.iter().map(|exchange| exchange.summary["principal"].as_str().unwrap()).collect();
    assert_eq!(seen[..6], [user.as_str(); 6]);
    assert_eq!(seen[6..8], ["env PATH", "env PATH"]);
    let ungranted = Fixture::new("swallow").run();
    assert_eq!(ungranted.exchanges[0].summary["principal"], "none");
}

#[test]
fn a_replay_reaches_nothing_live() {
    // Files, database and folders were removed with the tape; what the command would say now is something else.
    let mut tape = TAPE.clone();
    tape.replace(4, "stdout", b"other\n");
    let again = tape.replay().unwrap();
    let table = &again.tables["thing"];
    let tool = (0..table.len()).find(|row| table.id(*row) == Some("tool")).unwrap();
    assert_eq!(table.display_name(tool), Some("other\n/err\n"));
}

#[test]
fn replay_needs_no_fuel_and_no_grant() {
    let fixture = witness(0).limits(|limits| limits.fuel = 200_000_000);
    let tape = Tape::of(fixture);
    assert_eq!(tape.collection.grants["limits"]["fuel"], 200_000_000);
    assert_eq!(tape.job().limits.fuel, u64::MAX);
    assert_eq!(seen(&tape.replay().unwrap()), seen(&tape.collection));
}

#[test]
fn lines_are_cut_as_they_were() {
    let tape = Tape::of(Fixture::new("log").limits(|limits| limits.log_line_bytes = 9));
    assert_eq!(tape.collection.log[1].message, "xxxxxxxxx [cut, 10000 bytes]");
    assert_eq!(seen(&tape.replay().unwrap()), seen(&tape.collection));
}

#[test]
fn replays_are_equal_from_the_compiler_and_from_the_cache() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("code");
    let mut cached = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::new(SandboxConfig { cache_dir: Some(dir.clone()), compiler: None }).unwrap();
        let plugin = sandbox.load(GUEST.as_slice(), "test").unwrap();
        cached.push(matches!(plugin.code(), CodeSource::Cache));
        assert_eq!(seen(&sandbox.replay(&plugin, TAPE.job()).unwrap()), seen(&TAPE.collection));
    }
    assert_eq!(cached, [false, true]);
}

#[test]
fn one_call_more_exhausts_the_recording() {
    // The calls that are left out stand at the end, so that what comes before is asked as recorded.
    let mut tape = TAPE.clone();
    tape.collection.exchanges.pop();
    let error = tape.replay().unwrap_err();
    assert!(matches!(error, ReplayError::Exhausted { seq: 8, recorded: 8, .. }), "{error}");
    let message = error.to_string();
    assert!(message.starts_with("exchange 8 asks `files.open` of `vital` with request sha256:"), "{message}");
    assert!(message.ends_with(", but the recording has 8 exchanges"), "{message}");
}

#[test]
fn one_call_fewer_leaves_the_recording_over() {
    let mut tape = TAPE.clone();
    let mut more = tape.collection.exchanges[8].clone();
    more.seq = 9;
    tape.collection.exchanges.push(more);
    assert_eq!(tape.error(), "1 recorded exchanges are left over, from exchange 9 on");
}

#[test]
fn another_setting_asks_another_question() {
    let with = |count| {
        let mut tape = TAPE.clone();
        tape.collection.settings.insert("count".to_owned(), Value::One(Scalar::Long(count)));
        tape.replay().unwrap_err()
    };
    // One read more where the recording has the command, and one fewer.
    let more = with(2);
    let ReplayError::Mismatch { seq: 4, expected, found } = more else { panic!("{more}") };
    assert_eq!((expected.function.as_str(), found.function.as_str()), ("command.run", "files.open"));
    let fewer = with(0);
    let ReplayError::Mismatch { seq: 3, expected, found } = fewer else { panic!("{fewer}") };
    assert_eq!((expected.function.as_str(), found.function.as_str()), ("files.open", "command.run"));
}

#[test]
fn a_guest_cannot_swallow_a_mismatch() {
    // It throws away what its extra read gives, and whatever failure that might be.
    let mut tape = TAPE.clone();
    tape.collection.exchanges[3].request = Digest([7; 32]);
    assert!(matches!(tape.replay(), Err(ReplayError::Mismatch { seq: 3, .. })));
    // Where the extra read is the last call, nothing after it could notice either.
    let mut tape = Tape::of(Fixture::new("swallow-last"));
    tape.collection.exchanges.clear();
    assert!(matches!(tape.replay(), Err(ReplayError::Exhausted { seq: 0, .. })));
}

#[test]
fn erased_and_altered_responses_are_told_apart() {
    let blob = TAPE.collection.exchanges[5].blobs["rows"].digest;
    let mut erased = TAPE.clone();
    erased.blobs.remove(&blob);
    assert_eq!(erased.error(), format!("response `rows` of exchange 5 is not there, its blob is {blob}"));
    assert!(matches!(erased.replay(), Err(ReplayError::Missing { seq: 5, .. })));
    let mut altered = TAPE.clone();
    altered.blobs.insert(blob, b"[]".to_vec());
    assert!(matches!(altered.replay(), Err(ReplayError::Altered { seq: 5, expected, .. }) if expected == blob));
}

#[test]
fn a_recording_that_nobody_would_make_is_refused() {
    let check = |change: &dyn Fn(&mut Tape)| {
        let mut tape = TAPE.clone();
        change(&mut tape);
        tape.error()
    };
    let summary = |seq: usize, name: &'static str, value: serde_json::Value| {
        check(&move |tape: &mut Tape| {
            tape.collection.exchanges[seq].summary.insert(name.to_owned(), value.clone());
        })
    };
    let differs = "its summary is not that of its responses";
    assert_eq!(summary(0, "entries", json!(3)), format!("exchange 0 is no recording: {differs}"));
    assert_eq!(summary(6, "status", json!(500)), format!("exchange 6 is no recording: {differs}"));
    let principal = "exchange 1 is no recording: its summary has no text `principal`";
    assert_eq!(summary(1, "principal", json!(0)), principal);
    let retryable = "exchange 7 is no recording: its summary has no boolean `retryable`";
    assert_eq!(summary(7, "retryable", json!("yes")), retryable);
    let rows = |text: &'static str| check(&move |tape: &mut Tape| tape.replace(5, "rows", text.as_bytes()));
    assert_eq!(
        rows(r#"{"columns":["a"],"rows":[[1]],"types":["text"]}"#),
        "exchange 5 is no recording: cell `1` of row 0 is not of its type"
    );
    assert_eq!(
        rows(r#"{"columns":["a"],"rows":[[1,2]],"types":["long"]}"#),
        "exchange 5 is no recording: row 0 has 2 cells of 1 types, expected 1"
    );
    let spaced = "exchange 5 is no recording: its responses would be written with other bytes";
    assert_eq!(rows(r#"{ "columns":["a"],"rows":[[1]],"types":["long"]}"#), spaced);
    let failure = check(&|tape: &mut Tape| tape.collection.exchanges[7].failure = Some("sulking".to_owned()));
    assert_eq!(failure, "exchange 7 is no recording: no failure is called `sulking`");
    let order = check(&|tape: &mut Tape| tape.collection.exchanges.swap(1, 2));
    assert_eq!(order, "exchange 1 of the recording calls itself 2");
}

#[test]
fn a_replay_that_does_not_end_well_says_how() {
    let mut tape = TAPE.clone();
    tape.collection.settings.insert("mode".to_owned(), Value::One(Scalar::Text("panic".into())));
    let ended = "the run was ok and ends as trapped when it is replayed: \
                 unreachable-code-reached: wasm `unreachable` instruction executed";
    assert_eq!(tape.error(), ended);
    tape.collection.settings.insert("mode".to_owned(), Value::One(Scalar::Long(1)));
    let (sandbox, plugin) = &*LOADED;
    let mut job = TAPE.job();
    job.settings = tape.collection.settings.clone();
    assert!(matches!(sandbox.replay(plugin, job), Err(ReplayError::Settings(_))));
}

/// One way to change a recording.
#[derive(Clone, Debug)]
enum Change {
    Request,
    Function,
    Grant,
    Drop,
    Duplicate,
    SwapWithNext,
    Erase(prop::sample::Index),
    Alter(prop::sample::Index, prop::sample::Index, u8),
}

fn changes() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        Just(Change::Request),
        Just(Change::Function),
        Just(Change::Grant),
        Just(Change::Drop),
        Just(Change::Duplicate),
        Just(Change::SwapWithNext),
        index().prop_map(Change::Erase),
        (index(), index(), 1..=u8::MAX).prop_map(|(part, byte, bits)| Change::Alter(part, byte, bits)),
    ]
}

/// The ordinals that the exchanges would have had, had they been recorded so.
fn renumber(exchanges: &mut [Exchange]) {
    for (seq, exchange) in (0..).zip(exchanges) {
        exchange.seq = seq;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Exchanges 1 and 3 ask the same, so that dropping, doubling and swapping meets equal questions too.
    #[test]
    fn one_change_is_found_where_it_is(seq in 0_usize..9, change in changes()) {
        let mut tape = TAPE.clone();
        let exchanges = &mut tape.collection.exchanges;
        let parts: Vec<String> = exchanges[seq].blobs.keys().cloned().collect();
        let last = seq == exchanges.len() - 1;
        let same = |a: &Exchange, b: Option<&Exchange>| {
            b.is_some_and(|b| (&a.function, &a.grant, a.request) == (&b.function, &b.grant, b.request))
        };
        let same_as_next = same(&exchanges[seq], exchanges.get(seq + 1));
        prop_assert!(!same_as_next, "neighbours of this tape ask different things");
        let at = u32::try_from(seq).unwrap();
        match change {
            Change::Request => exchanges[seq].request = Digest([9; 32]),
            Change::Function => exchanges[seq].function.push('x'),
            Change::Grant => exchanges[seq].grant.push('x'),
            Change::Drop => {
                exchanges.remove(seq);
                renumber(exchanges);
            }
            Change::Duplicate => {
                exchanges.insert(seq, exchanges[seq].clone());
                renumber(exchanges);
            }
            Change::SwapWithNext => {
                let other = if last { seq - 1 } else { seq + 1 };
                exchanges.swap(seq, other);
                renumber(exchanges);
            }
            Change::Erase(_) | Change::Alter(..) if parts.is_empty() => return Ok(()),
            Change::Erase(part) => {
                let digest = exchanges[seq].blobs[part.get(&parts)].digest;
                tape.blobs.remove(&digest);
            }
            Change::Alter(part, byte, bits) => {
                let digest = exchanges[seq].blobs[part.get(&parts)].digest;
                let blob = tape.blobs.get_mut(&digest).unwrap();
                if blob.is_empty() {
                    return Ok(());
                }
                let byte = byte.index(blob.len());
                blob[byte] ^= bits;
            }
        }
        let error = tape.replay().unwrap_err();
        // Equal blobs are one blob: whoever asks for it first meets the change.
        let right = match (&change, &error) {
            (Change::Request | Change::Function | Change::Grant, ReplayError::Mismatch { seq, .. }) => *seq == at,
            (Change::Drop, ReplayError::Exhausted { seq, .. }) => last && *seq == at,
            (Change::Drop, ReplayError::Mismatch { seq, .. }) => !last && *seq == at,
            (Change::Duplicate, ReplayError::Leftover { from, count }) => last && (*from, *count) == (at + 1, 1),
            (Change::Duplicate, ReplayError::Mismatch { seq, .. }) => !last && *seq == at + 1,
            (Change::SwapWithNext, ReplayError::Mismatch { seq, .. }) => *seq == if last { at - 1 } else { at },
            (Change::Erase(_), ReplayError::Missing { seq, .. }) => *seq <= at,
            (Change::Alter(..), ReplayError::Altered { seq, .. }) => *seq <= at,
            _ => false,
        };
        prop_assert!(right, "{change:?} of exchange {seq} gives {error:?}");
    }
}
