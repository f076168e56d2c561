//! A record has one spelling: whatever is read as one is what our own writer would write of it, byte for byte.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use tickmark_ledger::verify::readers;

use crate::log::jcs;

/// A record of each kind, with every member that the kind can have.
fn records() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/record");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| (file.display().to_string(), serde_json::from_slice(&fs::read(file).unwrap()).unwrap()))
        .collect()
}

fn index_of(record: &Value) -> u64 {
    record["id"].as_str().unwrap().rsplit_once('/').unwrap().1.parse().unwrap()
}

/// Other values that somebody may put in the place of one, which perhaps mean the same.
fn others(value: &Value) -> Vec<Value> {
    let mut others = vec![json!(null), json!([]), json!({}), json!(0), json!(""), json!(true)];
    match value {
        Value::Object(members) => {
            others.push(members.values().cloned().collect());
            let with = |name: &str, value: Value| {
                let mut members = members.clone();
                members.insert(name.to_owned(), value);
                Value::Object(members)
            };
            others
                .extend(["blobs", "env", "note", "prev", "system", "commit", "of"].map(|name| with(name, json!(null))));
            others.extend(["blobs", "note", "collectors"].map(|name| with(name, json!([]))));
            others.push(with("note", json!("")));
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                others.push(Value::Object(fewer));
            }
        }
        Value::Array(items) => {
            others.push(items.iter().cloned().chain([json!(null)]).collect());
            others.extend(items.first().cloned());
        }
        Value::String(text) => {
            others.extend(
                [format!(" {text}"), format!("{text} "), format!("+{text}"), text.to_uppercase()].map(Value::String),
            );
            others
                .extend([text.to_lowercase(), text.replace("-0", "-"), text.replace('Z', "+00:00")].map(Value::String));
            others.extend(
                [text.replace('Z', ".000Z"), text.replace('Z', ".5Z"), text.replace('Z', ".1234Z")].map(Value::String),
            );
            others.extend([text.replace('Z', "z"), text.replace('T', " "), text.replace('T', "t")].map(Value::String));
            others.extend(text.split_once('T').map(|(date, _)| Value::from(date)));
            others.extend(
                [text.replace("00Z", "60Z"), text.replace("00Z", "59Z"), format!("{text}T00:00:00Z")]
                    .map(Value::String),
            );
            others.push(json!({text: null}));
            others.push(json!([text]));
        }
        Value::Number(number) => {
            others.extend([json!(number.to_string()), json!([number]), json!(-1), json!(u64::MAX), json!(1_u64 << 53)]);
        }
        Value::Bool(_) | Value::Null => {}
    }
    others
}

/// Calls `with` for the whole with each other value in each place.
fn mutate(value: &Value, with: &mut dyn FnMut(Value)) {
    others(value).into_iter().for_each(&mut *with);
    match value {
        Value::Object(members) => {
            for name in members.keys() {
                mutate(&members[name], &mut |changed| {
                    let mut members: Map<String, Value> = members.clone();
                    members.insert(name.clone(), changed);
                    with(Value::Object(members));
                });
            }
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                mutate(&items[at], &mut |changed| {
                    let mut items = items.clone();
                    items[at] = changed;
                    with(Value::Array(items));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_is_read_is_what_would_be_written() {
    let (mut read, mut refused) = (0_u32, 0_u32);
    let mut lax = Vec::new();
    for (file, record) in records() {
        let index = index_of(&record);
        let bytes = jcs(&record);
        assert_eq!(jcs(&readers::record(index, &bytes).unwrap()), bytes, "{file}");
        mutate(&record, &mut |changed| {
            let bytes = jcs(&changed);
            match readers::record(index, &bytes) {
                Ok(record) if jcs(&record) == bytes => read += 1,
                Ok(record) => lax.push((String::from_utf8(bytes).unwrap(), String::from_utf8(jcs(&record)).unwrap())),
                Err(_) => refused += 1,
            }
        });
    }
    assert_eq!(lax.len(), 0, "{:#?}", &lax[..5.min(lax.len())]);
    assert!(read > 100 && refused > 1000, "{read} read, {refused} refused");
}
