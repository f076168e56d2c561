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

/// Two evaluations on one answer, of which `ada, cy` is erased by a tombstone that lists these records.
fn listing(records: &[u64], later: bool) -> Vec<String> {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    log.evaluation("2026-11-10", "CC6.3-mfa", Outcome::Pass, "ada, cy");
    log.evaluation("2026-11-10", "CC6.6-mfa", Outcome::Pass, "bob");
    let digest = sha256(b"ada, cy");
    let tombstone = Tombstone { blob: BlobRef { digest, size: 7 }, records: records.to_vec() };
    let blob = log.blobs.remove(&digest);
    log.push("2026-11-11", tombstone, vec![]);
    if later {
        log.evaluation("2026-11-12", "CC6.1-mfa", Outcome::Pass, "ada, cy");
        assert_eq!(log.blobs.get(&digest), blob.as_ref());
    }
    failures(&verify(&log))
}

#[test]
fn a_tombstone_lists_the_records_that_name_the_blob_and_no_others() {
    for later in [false, true] {
        let check = |records: &[u64], expected: &[&str]| {
            let file = if later { "tile/entries/000.p/6" } else { "tile/entries/000.p/5" };
            let words = |what: &&str| {
                format!("blobs: `{file}`: record 4 {what}").replace("BLOB", &sha256(b"ada, cy").to_string())
            };
            assert_eq!(listing(records, later), expected.iter().map(words).collect::<Vec<_>>());
        };
        check(&[1, 2], &[]);
        check(&[1], &["erases `BLOB` and does not list record 2, which names it"]);
        check(&[1, 2, 3], &["says that record 3 names the erased blob `BLOB`, and it does not"]);
        check(&[0, 1, 2], &["says that record 0 names the erased blob `BLOB`, and it does not"]);
        let order = "lists the records that name `BLOB` otherwise than in order, each once, before it";
        check(&[2, 1], &[order]);
        check(&[1, 1, 2], &[order]);
        check(&[1, 2, 5], &[order]);
        check(&[1, 2, (1 << 53) - 1], &[order]);
    }
}

#[test]
fn several_tombstones_may_list_the_records_together() {
    let erased = |lists: &[&[u64]]| {
        let mut log = Log::new(1);
        for _ in 1..=300 {
            log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
        }
        let digest = sha256(b"ada, cy");
        log.blobs.remove(&digest);
        for records in lists {
            log.push("2026-11-11", Tombstone { blob: BlobRef { digest, size: 7 }, records: records.to_vec() }, vec![]);
        }
        failures(&verify(&log))
    };
    let all: Vec<u64> = (1..=300).collect();
    assert_eq!(erased(&[&all[..200], &all[200..]]), [""; 0]);
    let failed = erased(&[&all[..200], &all[201..]]);
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().all(|line| line.ends_with("and does not list record 201, which names it")), "{failed:?}");
}

#[test]
fn what_an_erased_list_of_calls_named_may_be_listed_and_need_not() {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    log.evaluation("2026-11-10", "CC6.3-mfa", Outcome::Pass, "bob");
    let answer = sha256(b"ada, cy");
    let has_it = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(&answer.to_string());
    let list = *log.blobs.iter().find(|(_, bytes)| has_it(bytes)).unwrap().0;
    log.erase(list, "2026-11-11");
    log.blobs.remove(&answer);
    assert_eq!(failures(&verify(&log)), [""; 0]);
    let erased = |records: &[u64]| Tombstone { blob: BlobRef { digest: answer, size: 7 }, records: records.to_vec() };
    let tombstone = log.push("2026-11-11", erased(&[]), vec![]);
    assert_eq!(failures(&verify(&log)), [""; 0]);
    log.push("2026-11-11", erased(&[1]), vec![]);
    assert_eq!(failures(&verify(&log)), [""; 0]);
    // The same run again brings both again, and the tombstone from between is no liar for it.
    assert_eq!(tombstone, 4);
    log.evaluation("2026-11-12", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    assert_eq!(failures(&verify(&log)), [""; 0]);
    log.push("2026-11-13", erased(&[1, 2]), vec![]);
    let failed = failures(&verify(&log));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].contains("record 7 says that record 2 names the erased blob"), "{failed:?}");
}

#[test]
fn a_record_that_a_tombstone_lists_may_be_unreadable() {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    log.push_raw("2026-11-10", "x", b"{".to_vec());
    let digest = sha256(b"ada, cy");
    log.blobs.remove(&digest);
    log.push("2026-11-11", Tombstone { blob: BlobRef { digest, size: 7 }, records: vec![1, 2] }, vec![]);
    let failed = failures(&verify(&log));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].starts_with("records: "), "{failed:?}");
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
