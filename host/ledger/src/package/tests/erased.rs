//! What verifying a package says of blobs that were erased.

use serde_json::json;

use super::*;
use crate::verify::{Options, verify_package};

/// The step about blobs: status and what it says, digests of answers by their words.
fn blobs(log: &TestLog, selection: &Selection) -> String {
    let (bytes, _) = export(log, selection);
    check(&bytes).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let report = verify_package(file.path(), &Options::default());
    let step = report.step("blobs").unwrap();
    let mut text = format!("{}: {}", step.status, step.detail);
    for problem in &step.problems {
        text += &format!("\n{problem}");
    }
    text.replace(&sha256(b"answer 2").to_string(), "ANSWER")
}

/// [`year`] with `answer 2` of record 2 erased by record 9, which lists these records.
fn erased(records: &[u64]) -> TestLog {
    let mut log = year();
    fs::remove_file(log.blob_path(&sha256(b"answer 2"))).unwrap();
    let blob = json!({"digest": sha256(b"answer 2"), "size": 8});
    let body = json!({"blob": blob, "kind": "tombstone", "records": records});
    log.add(body, "2026-05-01T00:00:00Z", &[("reason", "text/plain", b"asked by user 2")]);
    log
}

#[test]
fn the_tombstone_is_named() {
    let mut log = year();
    assert_eq!(blobs(&log, &all()), "ok: 19 blobs as named, 0 erased");
    log.erase(b"answer 2", "2026-05-01T00:00:00Z");
    assert_eq!(blobs(&log, &all()), "ok: 19 blobs as named, 1 erased by record 9");
    log.erase(b"answer 3", "2026-05-01T00:00:00Z");
    assert_eq!(blobs(&log, &all()), "ok: 18 blobs as named, 2 erased by the records 9 and 10");
    assert_eq!(blobs(&log, &of("CC6.3")), "ok: 14 blobs as named, 1 erased by record 10");
}

#[test]
fn a_tombstone_with_a_wrong_list_is_found() {
    let failed = |what: &str| format!("failed: {what}\n`records/9.json`: {what}");
    assert_eq!(
        blobs(&erased(&[]), &all()),
        failed("record 9 erases `ANSWER` and does not list record 2, which names it")
    );
    assert_eq!(
        blobs(&erased(&[2, 3]), &all()),
        failed("record 9 says that record 3 names the erased blob `ANSWER`, and it does not")
    );
    assert_eq!(
        blobs(&erased(&[9, 2]), &all()),
        failed("record 9 lists the records that name `ANSWER` otherwise than in order, each once, before it")
    );
    // Of a record that is not disclosed nobody can tell.
    assert_eq!(blobs(&erased(&[1, 2]), &all()), "ok: 19 blobs as named, 1 erased by record 9");
    // Nor without the lists of host calls.
    let redacted = Selection { redact: true, ..all() };
    assert!(blobs(&erased(&[]), &redacted).starts_with("not checked: "));
}

#[test]
fn readers_are_told_by_which_record_a_blob_was_erased() {
    use crate::evidence::Evidence;
    let mut log = year();
    log.erase(b"answer 2", "2026-05-01T00:00:00Z");
    log.judge(evaluation("CC6.1", "2026-05-02T00:00:00Z", "pass"), b"answer 2");
    log.erase(b"answer 2", "2026-05-03T00:00:00Z");
    let (bytes, _) = export(&log, &all());
    let reader = log.publish();
    let package = Package::read_from(Cursor::new(bytes)).unwrap();
    for evidence in [&reader as &dyn Evidence, &package] {
        for _ in 0..2 {
            assert_eq!(evidence.erased_by(&sha256(b"answer 2")).unwrap(), Some(11));
            assert_eq!(evidence.erased_by(&sha256(b"answer 3")).unwrap(), None);
        }
    }
}

#[test]
fn a_list_of_calls_that_was_erased_excuses_nothing_else() {
    let mut log = year();
    let list = {
        let record: serde_json::Value = serde_json::from_slice(&log.entries[2]).unwrap();
        let digest: tickmark_model::Digest =
            serde_json::from_value(record["collectors"][0]["transcript"]["digest"].clone()).unwrap();
        fs::read(log.blob_path(&digest)).unwrap()
    };
    log.erase(&list, "2026-05-01T00:00:00Z");
    assert_eq!(blobs(&log, &all()), "ok: 18 blobs as named, 1 erased by record 9");
}
