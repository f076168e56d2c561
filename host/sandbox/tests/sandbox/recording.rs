//! What is written down of a run, and that two equal runs write down the same.

use serde_json::json;
use tickmark_model::{Scalar, Value};

use crate::fixture::Fixture;

/// A run that uses every interface; the site is a closed port, which is evidence too.
fn everything() -> Fixture {
    let mut fixture = Fixture::new("interfaces");
    let database = fixture.dir.path().join("table.db");
    rusqlite::Connection::open(&database)
        .and_then(|db| {
            db.execute_batch("create table t (id text, n integer); insert into t values ('a', 1), ('b', null)")
        })
        .unwrap();
    let folder = fixture.dir.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("one"), "1").unwrap();
    std::fs::write(folder.join("two"), "22").unwrap();
    fixture = fixture.granting(json!({
        "files": { "vital": { "path": folder } },
        "command": { "tool": { "argv": ["/bin/echo", "hello"] } },
        "sql": { "table": { "sqlite": database, "query": "select id, n from t order by id" } },
    }));
    let words = ["b", "a"].map(|word| Scalar::Text(word.into()));
    fixture.job.settings.insert("words".to_owned(), Value::SetOf(words.to_vec()));
    fixture
}

#[test]
fn every_call_is_recorded_with_its_bytes() {
    let fixture = everything();
    let collection = fixture.check("ok");
    assert_eq!(
        collection.notes,
        [
            "files one:1 two:2",
            "tool 0 hello\\n",
            "table id,n [Some(Text(\"a\")), Some(Long(1))] [Some(Text(\"b\")), None]",
            "site denied",
            "as of 1700000000000 words [\"b\", \"a\"]",
        ]
    );
    let seen: Vec<String> = collection
        .exchanges
        .iter()
        .map(|exchange| {
            let parts: Vec<&str> = exchange.blobs.keys().map(String::as_str).collect();
            let failure = exchange.failure.as_deref().unwrap_or("-");
            format!("{} {} {} {failure} {}", exchange.seq, exchange.function, exchange.grant, parts.join("+"))
        })
        .collect();
    assert_eq!(
        seen,
        [
            "0 files.list vital - listing",
            "1 command.run tool - stderr+stdout",
            "2 sql.query table - rows",
            "3 http.send site denied ",
        ]
    );
    let blob = |seq: usize, part: &str| fixture.blobs.text(collection.exchanges[seq].blobs[part].digest);
    assert_eq!(blob(1, "stdout"), "hello\n");
    assert_eq!(blob(1, "stderr"), "");
    assert_eq!(blob(2, "rows"), r#"{"columns":["id","n"],"rows":[["a",1],["b",null]],"types":["text","long"]}"#);
    assert_eq!(collection.exchanges[1].summary["exit_code"], 0);
    assert_eq!(collection.exchanges[2].summary["rows"], 2);
    assert_eq!(collection.fetched_at.to_string(), "2023-11-14T22:13:21Z");
    assert_eq!(collection.runtime, "wasmtime 48.0.8");
    assert_eq!(collection.grants["command"]["tool"]["argv"], json!(["/bin/echo", "hello"]));
}

#[test]
fn a_request_is_known_by_the_digest_of_its_canonical_json() {
    use sha2::{Digest as _, Sha256};
    let collection = Fixture::new("ok").check("ok");
    let request: [u8; 32] = Sha256::digest(r#"{"grant":"vital","path":"data"}"#).into();
    assert_eq!(collection.exchanges[0].request.0, request);
}

#[test]
fn equal_runs_are_recorded_equally() {
    let fixture = everything();
    let (one, two) = (fixture.run(), fixture.run());
    assert_eq!(one.exchanges, two.exchanges);
    assert_eq!((one.notes, one.log, one.settings, one.grants), (two.notes, two.log, two.settings, two.grants));
    let rows = |collection: &tickmark_model::Collection| {
        let table = &collection.tables["thing"];
        let rows: Vec<_> = (0..table.len()).map(|row| table.observation(row)).collect();
        serde_json::to_string(&rows).unwrap()
    };
    let fixture = Fixture::new("many").count(1_500);
    assert_eq!(rows(&fixture.run()), rows(&fixture.run()));
}

#[test]
fn runs_side_by_side_do_not_disturb_each_other() {
    std::thread::scope(|scope| {
        let modes = ["ok", "spin", "duplicate", "ok", "panic", "ok"];
        let runs: Vec<_> = modes.map(|mode| scope.spawn(move || Fixture::new(mode).run().outcome.as_str())).into();
        let outcomes: Vec<&str> = runs.into_iter().map(|run| run.join().unwrap()).collect();
        assert_eq!(outcomes, ["ok", "fuel", "contract-violation", "ok", "trapped", "ok"]);
    });
}
