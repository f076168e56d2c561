//! Keys follow from each other, or they do not count.

use tickmark_ledger::{Key, Seal};

use crate::log::{Log, key};
use crate::site::{failures, verify};

/// A log whose second key record is the honest one, changed.
fn rotated(change: impl FnOnce(&mut Key)) -> Log {
    let mut log = Log::new(1);
    log.attempt("2026-11-10", "CC7.2-scan");
    let old = std::mem::replace(&mut log.key, key(2));
    let mut record = log.key_record(2, Some(&old));
    change(&mut record);
    log.push("2026-11-11", record, vec![]);
    log
}

/// What the step `key rotations` says is wrong.
fn wrong(log: &Log) -> String {
    let report = verify(log);
    assert!(report.step("checkpoint signature").unwrap().status.as_str() == "failed", "an untrusted key must not sign");
    let mut failures = failures(&report);
    failures.retain(|line| line.starts_with("key rotations: "));
    assert_eq!(failures.len(), 1, "{failures:?}");
    failures.remove(0).split_once("`: ").unwrap().1.to_owned()
}

#[test]
fn an_honest_rotation_is_ok() {
    assert_eq!(failures(&verify(&rotated(|_| {}))), [""; 0]);
}

#[test]
fn a_key_that_the_old_one_has_not_signed_does_not_count() {
    let by_another = |record: &mut Key| {
        let forger = Log::new(9);
        let forged = Key { tree_size: 2, ..forger.key_record(2, Some(&key(1))) };
        let statement = Key { previous: record.previous.clone(), ..forged }.statement();
        record.signature_of_previous = Some(base64(&key(9).sign(statement.as_bytes())));
    };
    let why = wrong(&rotated(by_another));
    assert!(why.starts_with("the key record 2 is not signed by the key before it: the signature is not of"), "{why}");
    let why = wrong(&rotated(|record| record.signature_of_previous = None));
    assert!(why.starts_with("the key record 2 is not signed by the key before it, `tickmark/3f9c"), "{why}");
    let why = wrong(&rotated(|record| record.previous = None));
    assert!(why.starts_with("the key record 2 is not signed by its own key"), "{why}");
}

#[test]
fn a_key_that_has_not_signed_itself_does_not_count() {
    let why = wrong(&rotated(|record| record.signature_of_vkey = "AAAA".into()));
    assert_eq!(why, "the key record 2 is not signed by its own key: it has 3 bytes, expected 64");
    let why = wrong(&rotated(|record| record.signature_of_vkey = "not base64".into()));
    assert_eq!(why, "the key record 2 is not signed by its own key: `not base64` is not base64");
}

#[test]
fn a_rotation_signed_for_another_place_does_not_count() {
    let why = wrong(&rotated(|record| record.tree_size = 1));
    assert_eq!(why, "the key record 2 says that there are 1 records before it");
}

#[test]
fn a_package_key_is_the_one_that_is_signed() {
    let why = wrong(&rotated(|record| record.package_key = Some("no key".into())));
    assert_eq!(why, "the key record 2 names a package key without its digest, or the digest alone");
}

#[test]
fn a_rotation_back_to_nothing_known_is_refused() {
    // The second rotation is signed by the first key instead of the second.
    let mut log = Log::new(1);
    log.rotate(2);
    log.key = key(1);
    log.rotate(3);
    let report = verify(&log);
    let failed = failures(&report);
    assert!(
        failed.iter().any(|line| line.contains("the key record 2 is not signed by the key before it")),
        "{failed:?}"
    );
}

#[test]
fn a_log_that_does_not_begin_with_its_key_is_refused() {
    let mut log = Log::empty(1);
    log.attempt("2026-11-10", "CC7.2-scan");
    let failed = failures(&verify(&log));
    let expected = "key rotations: `tile/entries/000.p/1`: record 0 does not introduce the key of the log";
    assert!(failed.contains(&expected.to_owned()), "{failed:?}");
}

#[test]
fn a_seal_of_a_period_that_runs_backwards_is_refused() {
    let mut log = Log::new(1);
    let (seal, chains) = log.sealed("2026-11-11", "2026-11-10");
    let blob = log.named("chains", &crate::log::jcs(&chains));
    log.push("2026-11-12", Seal { ..seal }, vec![blob]);
    assert_eq!(
        failures(&verify(&log)),
        ["seals: `tile/entries/000.p/2`: the seal in record 1 is of a period from 2026-11-11 to 2026-11-10"]
    );
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
