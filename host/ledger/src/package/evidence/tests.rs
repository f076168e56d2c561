//! What a replay is given of a package.

use std::io::Cursor;

use super::*;
use crate::hash::sha256;
use crate::package::testing::{Judged, TestLog};
use crate::package::{Export, Selection, write_package};
use crate::record::Period;

fn log() -> TestLog {
    let mut log = TestLog::new();
    for (day, answer) in [("2026-01-01", &b"first"[..]), ("2026-01-02", b"second"), ("2026-02-01", b"third")] {
        let as_of = format!("{day}T00:00:00Z");
        log.judge(Judged { control: "CC6.1", as_of: &as_of, outcome: "pass", simulated: false }, answer);
    }
    log
}

fn january(log: &TestLog) -> Vec<u8> {
    let period = Period { from: "2026-01-01".parse().unwrap(), to: "2026-01-31".parse().unwrap() };
    let selection = Selection { controls: None, period, redact: false, sample: None };
    let signer = &log.package_key;
    let export = Export { company: "Acme", selection: &selection, signer, since: None, timestamp: None };
    let mut to = Cursor::new(Vec::new());
    write_package(&log.publish(), &export, &mut to).unwrap();
    to.into_inner()
}

#[test]
fn it_gives_evaluations_records_and_blobs_as_the_log_has_them() {
    let log = log();
    let bytes = january(&log);
    let package = Package::read_from(Cursor::new(&bytes)).unwrap();
    let evidence: &dyn Evidence = &package;
    // Record 0 introduces the key, record 3 is of February.
    assert_eq!(evidence.indexes().unwrap(), [1, 2]);
    assert_eq!(evidence.record(2).unwrap(), log.entries[2]);
    assert_eq!(evidence.record(3).unwrap_err().to_string(), "there is no record 3");
    assert_eq!(evidence.blob(&sha256(b"second")).unwrap().as_deref(), Some(&b"second"[..]));
    assert_eq!(evidence.blob(&sha256(b"third")).unwrap(), None);
}

#[test]
fn a_changed_record_is_damaged() {
    let log = log();
    let mut bytes = january(&log);
    let at = bytes.windows(log.entries[1].len()).position(|window| window == log.entries[1]).unwrap();
    bytes[at + 20] ^= 1;
    let package = Package::read_from(Cursor::new(&bytes)).unwrap();
    let error = Evidence::record(&package, 1).unwrap_err();
    assert!(matches!(&error, EvidenceError::Damaged { path, .. } if path == "records/1.json"), "{error}");
    assert!(matches!(Evidence::indexes(&package), Err(EvidenceError::Damaged { .. })));
    assert_eq!(Evidence::record(&package, 2).unwrap(), log.entries[2]);
}
