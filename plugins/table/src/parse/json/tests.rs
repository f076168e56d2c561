//! What a document may be, against a parser that keeps everything.

use std::io::BufReader;

use proptest::prelude::*;

use super::*;
use crate::parse::path::Path;
use crate::parse::{Broken, RECORD_BYTES};

fn wanted(array: &str, values: &[&str]) -> Wanted {
    Wanted { array: Path::new(array).unwrap(), values: values.iter().map(|path| Path::new(path).unwrap()).collect() }
}

fn read(bytes: &[u8], wanted: &Wanted, buffer: usize) -> Result<(Vec<Parsed>, Found), Broken> {
    let mut records = Vec::new();
    let found = walk(BufReader::with_capacity(buffer, bytes), wanted, &mut |parsed| -> Result<(), Broken> {
        records.push(parsed);
        Ok(())
    })?;
    Ok((records, found))
}

/// The same value as `serde_json` has it.
fn same(json: &Json) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Truth(truth) => (*truth).into(),
        Json::Number(number) => serde_json::from_str(number).unwrap(),
        Json::Text(text) => text.as_str().into(),
        Json::List(items) => items.iter().map(same).collect(),
        Json::Object(members) => members.iter().map(|(key, value)| (key.clone(), same(value))).collect(),
    }
}

#[track_caller]
fn check(text: &str, array: &str, values: &[&str], expected: &str) {
    let wanted = wanted(array, values);
    for buffer in [1, 3, 4_096] {
        let shown = match read(text.as_bytes(), &wanted, buffer) {
            Err(Broken(why)) => why,
            Ok((records, found)) => {
                let records = records.iter().map(|it| {
                    let twice = it.twice.as_ref().map(|key| format!(" {key} twice")).unwrap_or_default();
                    format!("{}{twice}", same(&it.json))
                });
                let found = found.iter().map(|(path, it)| format!("{path}={}", same(&it.json)));
                records.chain(found).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(shown, expected, "in pieces of {buffer}");
    }
}

#[test]
fn the_records_of_one_array_and_values_beside_it() {
    check("[]", "", &[], "");
    check(" [ 1 , {\"a\":[]} ] ", "", &[], "1; {\"a\":[]}");
    let document =
        r#"{"skip":{"data":[9]},"data":{"people":[{"id":1},{"id":2}],"people2":[3]},"meta":{"total":2,"x":0}}"#;
    check(document, "data.people", &["/meta/total"], "{\"id\":1}; {\"id\":2}; /meta/total=2");
    check(document, "/data/people", &["/meta", "/none"], "{\"id\":1}; {\"id\":2}; /meta={\"total\":2,\"x\":0}");
    check(r#"[{"rows":[1]},{"rows":[2,3]}]"#, "/1/rows", &["/0/rows/0"], "2; 3; /0/rows/0=1");
    check("\u{feff}[true]", "", &[], "true");
}

#[test]
fn another_shape_is_broken() {
    check("{}", "", &[], "byte 0: the document is no array, `array` says where the array is");
    check(r#"{"a":{}}"#, "a", &[], "byte 5: expected an array at `/a`");
    check(r#"{"b":[]}"#, "a", &[], "there is no array at `/a`");
    check(r#"{"a":[],"a":[]}"#, "a", &[], "byte 12: key \"a\" is there twice");
    check("[1,2", "", &[], "byte 4: the document was cut off");
    check("[1,{\"a\"", "", &[], "byte 7: expected `:`, the document was cut off");
    check("[1,]", "", &[], "byte 3: expected a value behind the comma");
    check("[,1]", "", &[], "byte 1: expected a value");
    check("[1 2]", "", &[], "byte 3: expected `,` or `]`");
    check("[1]]", "", &[], "byte 3: the document goes on behind its end");
    check("<html>", "", &[], "byte 0: the document is no array, `array` says where the array is");
    check("", "", &[], "byte 0: the document is no array, `array` says where the array is");
    check("[nul]", "", &[], "byte 5: expected `null`");
    check("[01]", "", &[], "byte 3: expected a number");
    check("[\"a\nb\"]", "", &[], "byte 4: a control character in a string");
    check(r#"["\x"]"#, "", &[], "byte 4: an unknown escape in a string");
    check(r#"["\ud800"]"#, "", &[], "byte 10: half of a surrogate pair");
    check(r#"["\udc00"]"#, "", &[], "byte 8: half of a surrogate pair");
}

#[test]
fn numbers_stay_as_they_are_written() {
    let (records, _) = read(b"[9007199254740993, 0.10, -1E+2]", &wanted("", &[]), 64).unwrap();
    let numbers: Vec<Json> = records.into_iter().map(|it| it.json).collect();
    assert_eq!(numbers, ["9007199254740993", "0.10", "-1E+2"].map(|it| Json::Number(it.to_owned())));
}

#[test]
fn a_key_that_is_there_twice_is_told() {
    check(r#"[{"a":1,"b":{"c":1,"c":2}},{"a":1}]"#, "", &[], r#"{"a":1,"b":{"c":2}} c twice; {"a":1}"#);
}

#[test]
fn hostile_documents_are_bounded() {
    let deep = format!("[{}{}]", "[".repeat(100), "]".repeat(100));
    check(&deep, "", &[], "byte 66: more than 64 arrays and objects in each other");
    let skipped = format!("{{\"x\":{}{},\"a\":[]}}", "[".repeat(100), "]".repeat(100));
    check(&skipped, "a", &[], "byte 69: more than 64 arrays and objects in each other");
    let long = format!("[\"{}\"]", "x".repeat(RECORD_BYTES));
    assert_eq!(
        read(long.as_bytes(), &wanted("", &[]), 65_536).unwrap_err().0.split_once(": ").unwrap().1,
        "a record of more than 1048576 bytes"
    );
    // What nobody asks for may be of any length.
    let skipped = format!("{{\"x\":[{}0],\"a\":[7]}}", "\"y\",".repeat(RECORD_BYTES));
    assert_eq!(read(skipped.as_bytes(), &wanted("a", &[]), 65_536).unwrap().0.len(), 1);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        (-1e9..1e9_f64).prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            proptest::collection::btree_map("[a-c]|.*", inner, 0..5).prop_map(|it| it.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_writes_is_read_back(items in proptest::collection::vec(json(), 0..5), more in json(), pretty in any::<bool>(), buffer in 1_usize..9) {
        let document = serde_json::json!({ "more": more, "data": items });
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        let (records, found) = read(text.as_bytes(), &wanted("data", &["more"]), buffer).unwrap();
        let records: Vec<serde_json::Value> = records.iter().map(|it| same(&it.json)).collect();
        prop_assert_eq!(&serde_json::Value::from(records), &document["data"]);
        prop_assert_eq!(same(&found[&Path::new("more").unwrap()].json), document["more"].clone());
    }

    /// What is no JSON to the slow parser is none here, and the other way round.
    #[test]
    fn damaged_documents_are_refused_alike(items in proptest::collection::vec(json(), 0..4), edits in proptest::collection::vec((any::<proptest::sample::Index>(), proptest::sample::select(b"{}[]\",:0-9eE.tn\\u \xff".to_vec())), 1..4)) {
        let mut bytes = serde_json::to_vec(&serde_json::Value::from(items)).unwrap();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let slow: Result<Vec<serde_json::Value>, _> = serde_json::from_slice(&bytes);
        let fast = read(&bytes, &wanted("", &[]), 7);
        match (slow, fast) {
            (Ok(slow), Ok((fast, _))) => prop_assert_eq!(slow, fast.iter().map(|it| same(&it.json)).collect::<Vec<_>>()),
            (Err(_), Err(_)) => {}
            // serde gives up on numbers beyond its own.
            (Err(error), Ok(_)) if error.to_string().starts_with("number out of range") => {}
            (slow, fast) => prop_assert!(false, "{slow:?} but {fast:?}"),
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &wanted("a", &["/b/0"]), 5);
    }
}
