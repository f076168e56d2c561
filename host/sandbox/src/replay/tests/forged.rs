//! Recordings that somebody wrote with an editor, under the right digests: each is played as it stands, or refused.

use serde_json::{Value, json};

use super::*;

/// What may stand in the place of something: other types, extremes, what reads like another type.
fn json_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|n| json!(n)),
        any::<u64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        any::<bool>().prop_map(|b| json!(b)),
        "\\PC{0,6}".prop_map(|text| json!(text)),
        proptest::sample::select(vec!["null", "[]", "{}", "[[]]", "[null]", "\"9999-12-31T23:59:59.999Z\"", "1e300"])
            .prop_map(|text| text.parse().unwrap()),
    ]
}

/// Puts `by` in the place of the node that is the `at`-th from the top.
fn replace(json: &mut Value, at: &mut usize, by: &Value) -> bool {
    if *at == 0 {
        *json = by.clone();
        return true;
    }
    *at -= 1;
    match json {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, at, by)),
        Value::Object(members) => members.values_mut().any(|member| replace(member, at, by)),
        _ => false,
    }
}

/// One edit: of the summary, or of the part that is JSON; the digest follows.
#[derive(Clone, Debug)]
struct Edit {
    summary: bool,
    at: prop::sample::Index,
    by: Value,
}

fn edit() -> impl Strategy<Value = Edit> {
    (any::<bool>(), any::<prop::sample::Index>(), json_value()).prop_map(|(summary, at, by)| Edit { summary, at, by })
}

fn nodes(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(nodes).sum::<usize>(),
        Value::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    }
}

/// Records `answer`, edits it, and plays it; whether it was played.
fn forge<T: Answer>(answer: &T, edits: &[Edit]) -> bool {
    let memory = Arc::new(Memory::default());
    let recorder = || Recorder::new(memory.clone(), Arc::new(|| at(0)), u64::MAX);
    let mut first = recorder();
    first.answered(asked(), answer, "ada", 3).unwrap();
    let mut exchange = first.exchanges.remove(0);
    for edit in edits {
        let part = exchange.blobs.iter().find_map(|(name, blob)| {
            let bytes = memory.get(&blob.digest).unwrap()?;
            Some((name.clone(), serde_json::from_slice::<Value>(&bytes).ok()?))
        });
        match part.filter(|_| !edit.summary) {
            Some((name, mut json)) => {
                let mut at = edit.at.index(nodes(&json));
                replace(&mut json, &mut at, &edit.by);
                let bytes = serde_json::to_vec(&json).unwrap();
                let blob = tickmark_model::BlobRef { digest: memory.put(&bytes).unwrap(), size: bytes.len() as u64 };
                exchange.blobs.insert(name, blob);
            }
            None => {
                let mut names: Vec<String> = exchange.summary.keys().cloned().collect();
                names.push("more".to_owned());
                exchange.summary.insert(names[edit.at.index(names.len())].clone(), edit.by.clone());
            }
        }
    }
    let mut recording = Recording::new(vec![exchange.clone()], memory.clone()).unwrap();
    let Ok(played) = recording.answer::<T>(&asked()) else {
        assert!(recording.take_error().is_some(), "a refusal has a reason");
        return false;
    };
    let mut second = recorder();
    match &played.answer {
        Ok(answer) => drop(second.answered(asked(), answer, &played.principal, played.redacted)),
        Err(refusal) => drop(second.failed(asked(), refusal, &played.principal, played.redacted)),
    }
    let confirmed = recording.confirm(second.exchanges.last()).is_ok();
    assert_eq!(confirmed, second.exchanges.last() == Some(&exchange), "only what is recorded again alike is believed");
    confirmed
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 1..4)
}

proptest! {
    #[test]
    fn a_forged_table_is_played_as_it_stands_or_refused(table in table(), edits in edits()) {
        prop_assert!(forge(&table, &[]));
        forge(&table, &edits);
    }

    #[test]
    fn a_forged_response_is_played_as_it_stands_or_refused(tls in prop::option::of(tls()), edits in edits()) {
        let headers = vec![("date".to_owned(), "x".to_owned())];
        let response = Response { status: 200, headers, body: b"{\"a\":[1]}".to_vec(), elapsed_ms: 5, tls };
        prop_assert!(forge(&response, &[]));
        forge(&response, &edits);
    }

    #[test]
    fn a_forged_listing_or_output_is_played_as_it_stands_or_refused(ms in ms(), edits in edits()) {
        let entries = vec![Entry { path: "a".to_owned(), size: 7, is_dir: false, modified: at(ms) }];
        prop_assert!(forge(&entries, &[]));
        forge(&entries, &edits);
        let output = Output { exit_code: -1, stdout: b"[1]".to_vec(), stderr: vec![] };
        prop_assert!(forge(&output, &[]));
        forge(&output, &edits);
    }
}
