//! `docs/reference/record-1.schema.json` says of every kind what the code reads: the same members, the same ones required.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::*;

/// A record of every kind with every member that it can have.
fn full() -> Vec<Value> {
    let digest = "sha256:0202020202020202020202020202020202020202020202020202020202020202";
    let (at, day) = ("2026-11-20T09:00:00Z", "2026-11-20");
    let control = json!({"id": "CC6.3-mfa", "version": digest});
    let link = json!({"index": 1, "leaf": digest});
    let period = json!({"from": day, "to": day});
    let policy = json!({"bundle": digest, "engine": "cedar 4.14.1", "schema": digest});
    let window = json!({"due": at, "end": at, "start": at});
    let blob = json!({"digest": digest, "size": 3});
    let collector = json!({
        "component": blob, "fact": "user", "fetched_at": at, "grants": blob, "instance": "mfa", "log": blob,
        "observations": blob, "outcome": "ok",
        "plugin": {"digest": digest, "name": "mfa", "version": "0.1.0", "world": "tickmark:collector@0.1.0"},
        "population": {
            "complete": true, "count": 3, "covers_from": at, "covers_to": at, "digest": digest, "excluded": 0,
            "observed_at": at, "source_total": 3, "total_source": 0
        },
        "runtime": "wasmtime 48.0.8", "settings": blob, "source": {"failed": 0, "pages": 1, "principals": ["audit"]},
        "system": "prod-web", "transcript": blob
    });
    let bodies = vec![
        json!({
            "kind": "evaluation", "as_of": at, "collectors": [collector],
            "control": {
                "criteria": ["CC6.1"], "frequency": "daily", "id": "CC6.3-mfa", "matrix_id": "CC6.3", "mode": "subject",
                "operation": "state", "version": digest
            },
            "finding": digest, "period": period, "policy": policy,
            "population": {
                "complete": true, "count": 3, "digest": digest, "excluded": 0, "in_scope": 3, "incomplete": [],
                "unit": "Mfa::User"
            },
            "result": {
                "counts": {"conforming": 2, "exceptions": 1, "excluded": 0, "in_scope": 3, "undecided": 0},
                "exceptions": digest, "happened": digest, "outcome": "fail", "reasons": [], "reasons_in_full": digest, "undecided": digest
            },
            "simulated": false, "system": {"digest": digest, "name": "prod-web"}
        }),
        json!({
            "kind": "attempt", "as_of": at, "control": control, "evaluation": link, "outcome": "failed",
            "reason": "not-scheduled", "system": "prod-web", "window": window
        }),
        json!({
            "kind": "matrix", "commit": {"dirty": false, "id": "9f3c"}, "controls": 10, "digest": digest, "policy": policy,
            "replaces": digest
        }),
        json!({
            "kind": "people", "commit": {"dirty": false, "id": "9f3c"}, "digest": digest, "keys": 2, "replaces": digest
        }),
        json!({
            "kind": "waiver", "act": "expire", "control": control, "from": day, "of": link, "system": "prod-web",
            "until": day
        }),
        json!({
            "kind": "remediation", "control": control, "due": day, "of": link, "remediates": [link], "severity": "high",
            "state": "planned", "system": "prod-web"
        }),
        json!({
            "kind": "review", "collectors": [collector], "control": control, "decided": 1, "due": at, "items": 2,
            "items_digest": digest, "of": link, "state": "decided", "subject": "access", "system": "prod-web",
            "window": window
        }),
        json!({
            "kind": "manual-evidence", "act": "add", "control": control, "covers": period, "effective": day,
            "expires": day, "of": link, "replaces": link
        }),
        json!({
            "kind": "population", "complete": true, "control": control, "count": 3, "digest": digest, "period": period,
            "tree_size": 4, "unit": "window"
        }),
        json!({
            "kind": "sample", "control": control, "digest": digest, "method": "sha256-order", "population": link,
            "seed": "x", "size": 1
        }),
        json!({
            "kind": "vendor-report", "bridged_until": day, "method": "carve-out", "of": link, "period": period,
            "report_type": "SOC 2 Type II", "vendor": "cloud"
        }),
        json!({"kind": "seal", "chains": 1, "digest": digest, "period": period, "records": 2, "tree_size": 4}),
        json!({
            "kind": "key", "package_key": "PEM", "package_key_digest": digest, "previous": "a+00000000+AA==",
            "signature_of_previous": "AA==", "signature_of_vkey": "AA==", "tree_size": 4, "vkey": "a+00000000+AA=="
        }),
        json!({"kind": "tombstone", "blob": blob, "records": [1]}),
        json!({"kind": "hold", "act": "release", "of": link, "on": control, "period": period}),
    ];
    let head = json!({
        "blobs": [{"digest": digest, "media_type": "application/json", "name": "reason", "size": 3}],
        "env": "production", "id": "x/4", "invoked_by": {"ci_job": "7", "host": "build-7", "user": "ada"},
        "nonce": "01010101010101010101010101010101", "prev": link, "tenant": "Acme",
        "times": {"clock": "system", "fetched_at": at, "performed_at": at, "recorded_at": at}, "v": 1
    });
    bodies
        .into_iter()
        .map(|body| {
            let members = head.as_object().into_iter().chain(body.as_object()).flatten();
            members.map(|(name, value)| (name.clone(), value.clone())).collect()
        })
        .collect()
}

/// Every object of `value` beside the part of the schema that it keeps, from the outside in.
fn walk(root: &Value, schema: &Value, value: &Value, at: &str, see: &mut dyn FnMut(&Value, &str)) {
    if let Some(path) = schema["$ref"].as_str() {
        return walk(root, root.pointer(path.trim_start_matches('#')).unwrap(), value, at, see);
    }
    match value {
        Value::Object(members) => {
            see(schema, at);
            let known: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
            assert_eq!(members.keys().collect::<BTreeSet<_>>(), known, "{at} of {value}");
            assert_eq!(schema["additionalProperties"], false, "{at}");
            for (name, member) in members {
                walk(root, &schema["properties"][name], member, &format!("{at}/{name}"), see);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                walk(root, &schema["items"], item, &format!("{at}/{n}"), see);
            }
        }
        Value::String(text) => match schema["enum"].as_array() {
            Some(words) => assert!(words.contains(value), "{at}: `{text}` is not one of {words:?}"),
            None => assert!(schema["type"] == "string" || schema["const"] == *value, "{at}: {schema}"),
        },
        Value::Number(_) => assert_eq!(schema["type"], "integer", "{at}"),
        Value::Bool(_) => assert_eq!(schema["type"], "boolean", "{at}"),
        Value::Null => panic!("{at} is null"),
    }
}

#[test]
fn every_kind_is_written_as_jcs_has_it() {
    for mut record in full() {
        for text in ["x,}\"\\", "\u{1}\u{8}\n\u{7f}", "\u{e9}\u{2028}\u{ffff}\u{1f600}", "</\u{feff}"] {
            record["tenant"] = text.into();
            let read: Record = serde_json::from_value(record.clone()).unwrap();
            let canonical = crate::jcs::to_vec(&record).unwrap();
            assert_eq!(read.to_bytes().unwrap().escape_ascii().to_string(), canonical.escape_ascii().to_string());
        }
    }
}

#[test]
fn a_number_that_not_everybody_reads_alike_is_not_written() {
    let mut record: Record = serde_json::from_value(full().remove(11)).unwrap();
    let Body::Seal(seal) = &mut record.body else { panic!("{record:?}") };
    seal.records = (1 << 53) - 1;
    assert!(String::from_utf8(record.to_bytes().unwrap()).unwrap().contains("\"records\":9007199254740991,"));
    let Body::Seal(seal) = &mut record.body else { panic!("{record:?}") };
    seal.records = 1 << 53;
    let error = record.to_bytes().unwrap_err().to_string();
    assert!(error.starts_with("`x/4` cannot be written from byte "), "{error}");
}

#[test]
fn the_schema_is_what_the_code_reads() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../../docs/reference/record-1.schema.json")).unwrap();
    let records = full();
    let kinds: Vec<&str> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), kinds.len());
    for record in &records {
        let read: Record = serde_json::from_value(record.clone()).unwrap_or_else(|e| panic!("{e} in {record}"));
        assert_eq!(serde_json::to_value(&read).unwrap(), *record);
        let kind = record["kind"].as_str().unwrap();
        let mut objects = Vec::new();
        let own = schema.pointer(&format!("/$defs/kind-{kind}")).unwrap();
        walk(&schema, own, record, "", &mut |schema, at| objects.push((schema.clone(), at.to_owned())));
        for (part, at) in objects {
            for member in part["properties"].as_object().unwrap().keys() {
                let mut without = record.clone();
                without.pointer_mut(&at).unwrap().as_object_mut().unwrap().remove(member);
                let required = part["required"].as_array().unwrap().iter().any(|name| name == member);
                let refused = serde_json::from_value::<Record>(without).is_err();
                assert_eq!(refused, required, "{kind}: {at}/{member} is required: {required}, refused: {refused}");
            }
            let mut more = record.clone();
            more.pointer_mut(&at).unwrap().as_object_mut().unwrap().insert("surplus".to_owned(), 1.into());
            let refused = serde_json::from_value::<Record>(more).is_err();
            assert!(
                refused || MODEL_PARTS.iter().any(|part| at.ends_with(part)),
                "{kind}: {at} takes a surplus member"
            );
        }
    }
}

/// Parts that are types of the model, which pass over what they do not know.
const MODEL_PARTS: [&str; 8] =
    ["/blob", "/component", "/grants", "/log", "/observations", "/settings", "/transcript", "/counts"];
