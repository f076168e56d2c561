//! Against the writer: what it writes of a value is canonical, and nothing else that reads as that value.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn kind(bytes: &[u8]) -> Result<Option<&str>, usize> {
    check(bytes).map(|it| it.kind)
}

#[test]
fn canonical_values_are_accepted() {
    for text in [
        "{}",
        "[]",
        "0",
        "-1",
        "9007199254740991",
        "true",
        r#""""#,
        r#"{"a":1,"b":[1,{"c":"\n\u001f\"\\é\u0000"}]}"#,
        r#"{"":1,"A":2,"a":3,"é":4,"\u0001":5}"#.replace(r#""":1,"A""#, r#""A""#).replace(r#","\u0001":5"#, "").as_str(),
        "{\"\u{1f600}\":1,\"\u{fb33}\":2}",
    ] {
        assert_eq!(kind(text.as_bytes()), Ok(None), "{text}");
        assert_eq!(check(text.as_bytes()).unwrap().arrays, text.matches('[').count(), "{text}");
    }
}

#[test]
fn the_kind_is_that_of_the_outermost_object() {
    assert_eq!(kind(br#"{"a":{"kind":"hold"},"kind":"seal"}"#), Ok(Some("seal")));
    assert_eq!(kind(br#"{"a":{"kind":"hold"}}"#), Ok(None));
    assert_eq!(kind(br#"{"kind":1}"#), Ok(None));
}

#[test]
fn other_ways_to_write_the_same_are_refused_where_they_begin() {
    for (text, at) in [
        ("", 0),
        (" {}", 0),
        ("{} ", 2),
        (r#"{"a": 1}"#, 5),
        (r#"{"b":1,"a":2}"#, 7),
        (r#"{"a":1,"a":1}"#, 7),
        (r#"{"a":null}"#, 5),
        ("1.0", 1),
        ("1e3", 1),
        ("01", 0),
        ("-0", 0),
        ("-", 0),
        ("9007199254740992", 0),
        ("99999999999999999999999", 0),
        (r#""\u0041""#, 1),
        (r#""\u000a""#, 1),
        (r#""\u001F""#, 1),
        (r#""\/""#, 1),
        ("\"\n\"", 1),
        (r#"{"a":1,}"#, 7),
        ("[1,]", 3),
        ("[1", 2),
        (r#""a"#, 2),
        ("tru", 0),
        ("{\"\u{fb33}\":2,\"\u{1f600}\":1}", 9),
        ("{}{}", 2),
    ] {
        assert_eq!(check(text.as_bytes()), Err(at), "{text}");
    }
    assert_eq!(check(b"\"a\xff\""), Err(2));
    assert!(check(&b"[".repeat(100_000)).is_err());
}

/// Values without null and fractions, with numbers and characters from the edges.
fn value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![0i64..3, -3i64..0, Just((1 << 53) - 1), Just(1 - (1 << 53))];
    let text = "[\u{0}-\u{1f}\"\\\\/a-c\u{7f}\u{e9}\u{fb33}\u{1f600}]{0,4}";
    let leaf =
        prop_oneof![any::<bool>().prop_map(Value::from), number.prop_map(Value::from), text.prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        let members = prop::collection::vec((text, inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_writer_writes_is_canonical(value in value()) {
        prop_assert_eq!(check(&crate::jcs::to_vec(&value).unwrap()).map(|it| it.arrays), Ok(arrays(&value)));
    }

    #[test]
    fn a_changed_byte_is_canonical_exactly_if_the_writer_would_write_it(
        value in value(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b" \"\\/{}[]:,.-+eEu0019abtfn\x00\x0a\x7f\xc3".to_vec()),
        insert in any::<bool>(),
    ) {
        let mut bytes = crate::jcs::to_vec(&value).unwrap();
        let at = at.index(bytes.len());
        if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
        let again = serde_json::from_slice::<Value>(&bytes).ok().filter(plain).map(|value| crate::jcs::to_vec(&value).unwrap());
        prop_assert_eq!(check(&bytes).is_ok(), again.as_ref() == Some(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }
}

/// Whether records may hold it: no null, no fraction, no number that is too large.
fn plain(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Number(number) => number.as_i64().is_some_and(|number| number.unsigned_abs() <= MAX_NUMBER),
        Value::Array(values) => values.iter().all(plain),
        Value::Object(members) => members.values().all(plain),
        Value::Bool(_) | Value::String(_) => true,
    }
}

fn arrays(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(arrays).sum::<usize>(),
        Value::Object(members) => members.values().map(arrays).sum(),
        _ => 0,
    }
}
