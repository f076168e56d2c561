//! Records and the blobs that they name, by somebody who has the key and gets them wrong.

use std::fs;

use tickmark_ledger::{Record, Tombstone, sha256};
use tickmark_model::{BlobRef, Outcome};

use crate::log::{Log, blob_path, jcs};
use crate::site::{Site, failures, names, notes, small, verify};

/// A log whose record 1 is an attempt, changed.
fn with_record(change: impl FnOnce(&mut serde_json::Value)) -> Vec<String> {
    let mut log = Log::new(1);
    let record = log.next("2026-11-10", log.attempt_body("2026-11-10", "CC7.2-scan").into(), vec![]);
    let mut value = serde_json::to_value(&record).unwrap();
    change(&mut value);
    log.push_raw("2026-11-10", "control/CC7.2-scan", jcs(&value));
    failures(&verify(&log))
}

#[test]
fn a_record_says_where_it_stands() {
    assert_eq!(with_record(|_| {}), [""; 0]);
    assert_eq!(
        with_record(|record| record["id"] = "attempt/2".into()),
        ["records: `tile/entries/000.p/2`: record 1 says that it is `attempt/2`, expected `attempt/1`"]
    );
    assert_eq!(
        with_record(|record| record["v"] = 2.into()),
        ["records: `tile/entries/000.p/2`: record 1 is of version 2, this program reads 1"]
    );
}

#[test]
fn a_record_has_what_its_kind_has_and_nothing_else() {
    let failed = with_record(|record| record["comment"] = "all good".into());
    assert!(failed[0].contains("record 1 is not of the kind `attempt`: unknown field `comment`"), "{failed:?}");
    let failed = with_record(|record| record["kind"] = "guess".into());
    assert!(failed[0].contains("record 1 is of no kind that this program knows"), "{failed:?}");
    let failed = with_record(|record| drop(record.as_object_mut().unwrap().remove("kind")));
    assert!(failed[0].contains("record 1 has no kind"), "{failed:?}");
    let failed = with_record(|record| record["kind"] = "sample".into());
    assert!(failed[0].contains("record 1 is not of the kind `sample`: unknown field `as_of`"), "{failed:?}");
    let failed = with_record(|record| drop(record.as_object_mut().unwrap().remove("nonce")));
    assert!(failed[0].contains("missing field `nonce`"), "{failed:?}");
}

#[test]
fn what_is_no_record_is_refused_and_the_others_are_looked_at() {
    let mut log = Log::new(1);
    log.push_raw("2026-11-10", "x", b"{".to_vec());
    log.push_raw("2026-11-10", "x", vec![]);
    log.attempt("2026-11-10", "CC7.2-scan");
    let failed = failures(&verify(&log));
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().all(|line| line.starts_with("records: ")));
}

#[test]
fn a_record_whose_members_stand_twice_or_out_of_order_is_refused() {
    let check = |from: &str, to: &str| {
        let mut log = Log::new(1);
        let record = log.next("2026-11-10", log.attempt_body("2026-11-10", "CC7.2-scan").into(), vec![]);
        let text = String::from_utf8(jcs(&record)).unwrap();
        assert!(text.contains(from), "{text}");
        log.push_raw("2026-11-10", "control/CC7.2-scan", text.replacen(from, to, 1).into_bytes());
        failures(&verify(&log))
    };
    for (from, to) in [
        (r#""system":"prod-web""#, r#""system":"prod-db","system":"prod-web""#),
        (r#""v":1"#, r#""v": 1"#),
        (r#""tenant":"Acme""#, r#""tenant":"\u0041cme""#),
    ] {
        let failed = check(from, to);
        assert_eq!(failed.len(), 1, "{failed:?}");
        let expected = "records: `tile/entries/000.p/2`: record 1 is not canonical JSON from byte ";
        assert!(failed[0].starts_with(expected), "{failed:?}");
    }
}

#[test]
fn a_missing_blob_is_found() {
    let log = small();
    for named in [&b"ada, bob, cy"[..], b"[\"bob\"]", b"{}", b"ADA, BOB, CY"] {
        let path = blob_path(&sha256(named));
        let site = Site::new(&log.files());
        site.remove(&path);
        let report = site.verify();
        let failed = failures(&report);
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert!(names(&report, &path) && failed[0].contains("is missing; record "), "{failed:?}");
    }
}

#[test]
fn an_erased_blob_is_ok_only_for_records_before_the_tombstone() {
    let mut log = small();
    assert_eq!(failures(&verify(&log)), [""; 0]);
    // The same answer again: it must be there again.
    log.evaluation("2026-11-14", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    assert_eq!(failures(&verify(&log)), [""; 0]);
    let path = blob_path(&sha256(b"ada, cy"));
    log.blobs.remove(&sha256(b"ada, cy"));
    let report = verify(&log);
    assert_eq!(failures(&report), [format!("blobs: `{path}`: is missing; record 1 names it")]);
}

#[test]
fn a_tombstone_of_another_size_is_found() {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    let digest = sha256(b"ada, cy");
    log.blobs.remove(&digest);
    log.push("2026-11-11", Tombstone { blob: BlobRef { digest, size: 1 }, records: vec![1] }, vec![]);
    let failed = failures(&verify(&log));
    assert_eq!(failed, [format!("blobs: `{}`: has 1 bytes, record 1 says 7", blob_path(&digest))]);
}

#[test]
fn an_erasure_that_was_interrupted_is_named() {
    let mut log = small();
    log.blob(b"ada, cy");
    let report = verify(&log);
    assert_eq!(failures(&report), [""; 0]);
    let path = blob_path(&sha256(b"ada, cy"));
    assert_eq!(notes(&report), [format!("blobs: `{path}`: record 6 says that it is erased, and it is still there")]);
}

#[test]
fn a_blob_of_another_size_than_its_record_says_is_found() {
    let mut log = Log::new(1);
    let mut blob = log.named("detail", b"why");
    blob.size = 4;
    let body = log.attempt_body("2026-11-10", "CC7.2-scan");
    log.push("2026-11-10", body, vec![blob]);
    let failed = failures(&verify(&log));
    assert_eq!(failed, [format!("blobs: `{}`: has 3 bytes, record 1 says 4", blob_path(&sha256(b"why")))]);
}

#[test]
fn a_blob_that_nobody_names_is_looked_at_too() {
    let mut log = small();
    log.blob(b"an orphan");
    let report = verify(&log);
    assert_eq!(failures(&report), [""; 0]);
    assert!(report.step("blobs").unwrap().detail.ends_with("1 that no record names"), "{report:?}");
    let site = Site::new(&log.files());
    let path = blob_path(&sha256(b"an orphan"));
    site.write(&path, b"An orphan");
    assert!(names(&site.verify(), &path));
}

#[test]
fn a_list_of_calls_that_cannot_be_read_is_found() {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    let mut record: Record = serde_json::from_slice(&log.entries.pop().unwrap()).unwrap();
    let broken = log.blob(b"not a list");
    if let tickmark_ledger::Body::Evaluation(it) = &mut record.body {
        it.collectors[0].transcript = broken;
    }
    log.entries.push(jcs(&record));
    let failed = failures(&verify(&log));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].contains("is not a list of host calls"), "{failed:?}");
}

#[test]
fn what_is_not_a_file_is_refused() {
    let site = Site::new(&small().files());
    let path = site.path(&blob_path(&sha256(b"{}")));
    let elsewhere = site.path("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let report = site.verify();
    assert!(names(&report, "elsewhere") && names(&report, &blob_path(&sha256(b"{}"))), "{:?}", failures(&report));
}
