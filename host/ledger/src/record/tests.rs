//! The shape of records: flat, strict, and the same by both ways of reading.

use expect_test::expect;
use tickmark_model::{BlobRef, Digest, parse_instant};

use super::*;

mod schema;

fn head(kind: Kind) -> Head {
    Head {
        blobs: vec![NamedBlob::json("reason", BlobRef { digest: Digest([7; 32]), size: 12 })],
        env: None,
        id: kind.id(4),
        invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
        nonce: Nonce([1; 16]),
        prev: Some(Prev { index: 2, leaf: Digest([2; 32]) }),
        tenant: "Acme".into(),
        times: Times {
            clock: "system".into(),
            fetched_at: None,
            performed_at: None,
            recorded_at: parse_instant("2026-11-20T09:00:02Z").unwrap(),
        },
        v: V,
    }
}

fn tombstone() -> Record {
    let blob = BlobRef { digest: Digest([9; 32]), size: 77 };
    Record { head: head(Kind::Tombstone), body: Tombstone { blob, records: vec![1, 3] }.into() }
}

#[test]
fn head_and_body_are_one_flat_object() {
    let text = serde_json::to_string(&tombstone()).unwrap();
    let canonical = String::from_utf8(crate::jcs::to_vec(&tombstone()).unwrap()).unwrap();
    expect![[r#"{"blob":{"digest":"sha256:0909090909090909090909090909090909090909090909090909090909090909","size":77},"blobs":[{"digest":"sha256:0707070707070707070707070707070707070707070707070707070707070707","media_type":"application/json","name":"reason","size":12}],"id":"tombstone/4","invoked_by":{"host":"build-7","user":"ada"},"kind":"tombstone","nonce":"01010101010101010101010101010101","prev":{"index":2,"leaf":"sha256:0202020202020202020202020202020202020202020202020202020202020202"},"records":[1,3],"tenant":"Acme","times":{"clock":"system","recorded_at":"2026-11-20T09:00:02Z"},"v":1}"#]]
    .assert_eq(&canonical);
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), tombstone());
}

#[test]
fn unknown_members_are_refused_in_head_and_body() {
    let check = |member: &str, value: serde_json::Value| {
        let mut record = serde_json::to_value(tombstone()).unwrap();
        record[member] = value;
        serde_json::from_value::<Record>(record).unwrap_err().to_string()
    };
    assert!(check("note", 1.into()).starts_with("unknown field `note`, expected"));
    assert!(check("kind", "tomb".into()).starts_with("unknown variant `tomb`, expected one of `evaluation`"));
    assert!(check("times", serde_json::json!({"now": 1})).starts_with("unknown field `now`"));
    assert!(check("v", serde_json::Value::Null).starts_with("invalid type: null"));
}

#[test]
fn skimming_sees_what_reading_sees() {
    let record = tombstone();
    let bytes = crate::jcs::to_vec(&record).unwrap();
    let skim = Skim::read(&bytes).unwrap();
    assert_eq!((&*skim.id, &*skim.kind, skim.v, skim.prev), ("tombstone/4", "tombstone", 1, record.head.prev));
    assert_eq!((skim.chain(), skim.control()), (record.chain(), None));
    assert_eq!(skim.at(), record.head.times.recorded_at);
    assert_eq!(skim.blobs().map(|blob| blob.size).collect::<Vec<_>>(), [12]);
}

#[test]
fn chains_are_of_a_control_or_of_a_kind() {
    let control = ControlRef { id: "CC6.3-mfa".into(), version: None };
    let hold = Hold { act: HoldAct::Place, on: Some(control.clone()), of: None, period: None };
    assert_eq!(Body::from(hold).chain(), "hold");
    let sample = Sample {
        control,
        digest: Digest([0; 32]),
        method: "sha256-order".into(),
        population: Prev { index: 1, leaf: Digest([1; 32]) },
        seed: "x".into(),
        size: 1,
    };
    assert_eq!(Body::from(sample).chain(), "control/CC6.3-mfa");
    let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(words.len(), 15);
    assert_eq!(Kind::Hold.id(3), "hold/3");
}

#[test]
fn reading_with_the_kind_known_reads_and_refuses_the_same() {
    let record = tombstone();
    let text_of = |value: &Value| String::from_utf8(crate::jcs::to_vec(value).unwrap()).unwrap();
    let text = text_of(&serde_json::to_value(&record).unwrap());
    assert_eq!(Record::read_as(Kind::Tombstone, &text).unwrap(), record);
    let check = |change: fn(&mut serde_json::Value), expected: &str| {
        let mut value = serde_json::to_value(tombstone()).unwrap();
        change(&mut value);
        let text = text_of(&value);
        assert!(serde_json::from_str::<Record>(&text).is_err(), "{value}");
        let error = Record::read_as(Kind::Tombstone, &text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(|it| it["note"] = 1.into(), "unknown field `note`, expected `blob` or `records`");
    check(|it| it["blobs"][0]["note"] = 1.into(), "unknown field `note`");
    check(|it| it["prev"] = "x".into(), "invalid type: string \"x\"");
    check(|it| drop(it.as_object_mut().unwrap().remove("blob")), "missing field `blob`");
    for name in ["id", "invoked_by", "kind", "nonce", "tenant", "times", "v"] {
        let mut value = serde_json::to_value(tombstone()).unwrap();
        value.as_object_mut().unwrap().remove(name);
        let error = Record::read_as(Kind::Tombstone, &text_of(&value)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("missing field `{name}`")), "{error}");
    }
    let error = Record::read_as(Kind::Hold, &text).unwrap_err().to_string();
    assert!(error.starts_with("unknown field `blob`"), "{error}");
    let twice = text.replace("\"v\":1", "\"v\":1,\"v\":1");
    let error = Record::read_as(Kind::Tombstone, &twice).unwrap_err().to_string();
    assert!(error.starts_with("duplicate field `v`"), "{error}");
}
