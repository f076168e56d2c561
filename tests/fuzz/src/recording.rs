//! The list of host calls that a replay answers from, as every reader of a ledger reads it.

use std::collections::BTreeMap;

use tickmark_model::Exchange;

/// Reads a list; what is read, written and read again, is the same.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(calls) = serde_json::from_slice::<Vec<Exchange>>(bytes) else { return false };
    // Beyond that a number has no one JSON form, and no ledger has such a blob.
    if calls.iter().flat_map(|call| call.blobs.values()).any(|blob| blob.size >= 1 << 53) {
        return true;
    }
    let written = serde_json_canonicalizer::to_vec(&calls).expect("it has a JSON form");
    let again: Vec<Exchange> = serde_json::from_slice(&written).expect("what is written is read");
    let twice = serde_json_canonicalizer::to_vec(&again).expect("it has a JSON form");
    assert_eq!(twice, written, "a list has one canonical form");
    // Which call asked what is kept; a number of a summary may be another one within what JSON carries.
    let key = |call: &Exchange| {
        let Exchange { blobs, failure, function, grant, request, seq, .. } = call.clone();
        (blobs.into_iter().collect::<BTreeMap<_, _>>(), failure, function, grant, request, seq)
    };
    assert_eq!(again.iter().map(key).collect::<Vec<_>>(), calls.iter().map(key).collect::<Vec<_>>());
    true
}
