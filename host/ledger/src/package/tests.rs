//! Whole packages: what goes in, that it is read again, and that nothing of it can change.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;

use expect_test::expect;

use super::testing::{Judged, TestLog};
use super::*;
use crate::hash::sha256;
use crate::record::Period;

mod commands;
mod erased;
mod sample;
mod tampering;

/// Path and bytes of a file.
type File = (String, Vec<u8>);
type Files = Vec<File>;

fn quarter() -> Period {
    Period { from: "2026-01-01".parse().unwrap(), to: "2026-03-31".parse().unwrap() }
}

fn all() -> Selection {
    Selection { controls: None, period: quarter(), redact: false, sample: None }
}

fn of(control: &str) -> Selection {
    Selection { controls: Some(BTreeSet::from([control.to_owned()])), ..all() }
}

fn evaluation<'a>(control: &'a str, as_of: &'a str, outcome: &'a str) -> Judged<'a> {
    Judged { control, as_of, outcome, simulated: false }
}

/// Record 0 is the key's. A quarter with five evaluations of two controls, sealed; a record before and some after it.
fn year() -> TestLog {
    let mut log = TestLog::new();
    log.judge(evaluation("CC6.1", "2025-12-31T23:59:59Z", "fail"), b"answer of last year");
    log.judge(evaluation("CC6.1", "2026-01-01T00:00:00Z", "pass"), b"answer 2");
    log.judge(evaluation("CC6.3", "2026-01-05T00:00:00Z", "pass"), b"answer 3");
    log.judge(evaluation("CC6.1", "2026-02-01T00:00:00Z", "inconclusive"), b"answer 4");
    log.judge(evaluation("CC6.3", "2026-03-31T23:59:59.999Z", "fail"), b"answer 5");
    log.judge(evaluation("CC6.1", "2026-04-01T00:00:00Z", "pass"), b"answer of the next quarter");
    log.seal(quarter(), "2026-04-02T08:00:00Z");
    log.judge(evaluation("CC6.1", "2026-03-01T00:00:00Z", "pass"), b"answer that came too late");
    log
}

fn export(log: &TestLog, selection: &Selection) -> (Vec<u8>, Exported) {
    export_with(log, selection, None, None).unwrap()
}

fn export_with(
    log: &TestLog,
    selection: &Selection,
    since: Option<&[u8]>,
    timestamp: Option<&[u8]>,
) -> Result<(Vec<u8>, Exported), ExportError> {
    let export = Export { company: "Acme", selection, signer: &log.package_key, since, timestamp };
    let mut to = Cursor::new(Vec::new());
    let exported = write_package(&log.publish(), &export, &mut to)?;
    Ok((to.into_inner(), exported))
}

fn open(bytes: &[u8]) -> Package<Cursor<&[u8]>> {
    Package::read_from(Cursor::new(bytes)).unwrap()
}

/// Opens a package and checks all that can be checked without the log.
fn check(bytes: &[u8]) -> Result<(), PackageError> {
    Package::read_from(Cursor::new(bytes))?.check()
}

/// The files of a package, as anybody can take them out.
fn unpack(bytes: &[u8]) -> Files {
    let zip = ZipReader::open(Cursor::new(bytes)).unwrap();
    zip.entries().iter().map(|it| (it.path().to_owned(), zip.read(it.path()).unwrap())).collect()
}

/// A package of these files, as anybody can make one.
fn pack(files: &[File]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    files.iter().for_each(|(path, bytes)| writer.add_bytes(path, bytes).unwrap());
    writer.finish().unwrap().into_inner()
}

/// Its files, digests cut short.
fn listing(bytes: &[u8]) -> String {
    let short = |path: String| path.split('/').map(|part| part.get(..20).unwrap_or(part)).collect::<Vec<_>>().join("/");
    open(bytes).items().iter().map(|item| short(item.path())).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_package_has_the_period_and_what_its_records_name() {
    let (bytes, exported) = export(&year(), &all());
    check(&bytes).unwrap();
    expect![[r#"
        VERIFY.md
        blobs/080a9ed428559ef60266
        blobs/11fda5eb1cbabf2d9969
        blobs/257c1be96ae69f4b01c2
        blobs/44136fa355b3678a1146
        blobs/5095fdb56454638d9be3
        blobs/542beb902d8af3fa7ea5
        blobs/578c5ef7107923cfe317
        blobs/7449ab77634e21a8f45b
        blobs/99f81516d83ca294fdd6
        blobs/a2c4b25a2bb6f63829f4
        blobs/abab8e898e978061eab8
        blobs/c55ff159f576dee35e5d
        blobs/ea44c6ae4985c0b83f5f
        blobs/f05116872230f0b18715
        checkpoint
        components/2d0c262100695eaa012c
        log.vkey
        manifest.json
        manifest.sigstore.js
        package.pub.pem
        policies/91c1402526d61849fa5d
        policies/bacfa3fab8b34a87fbe6
        policies/cc42f6739af08f163c29
        policies/cc523b63464a0183a7b2
        proofs/0.tlog-proof
        proofs/2.tlog-proof
        proofs/3.tlog-proof
        proofs/4.tlog-proof
        proofs/5.tlog-proof
        proofs/7.tlog-proof
        records/0.json
        records/2.json
        records/3.json
        records/4.json
        records/5.json
        records/7.json"#]]
    .assert_eq(&listing(&bytes));
    let package = open(&bytes);
    assert_eq!(package.indexes().collect::<Vec<_>>(), [0, 2, 3, 4, 5, 7]);
    assert_eq!(package.manifest(), &exported.manifest);
    let chains: Vec<String> = exported.manifest.chains.iter().map(|it| format!("{} {}", it.chain, it.count)).collect();
    assert_eq!(chains, ["control/CC6.1 2", "control/CC6.3 2", "key 1"]);
    assert_eq!((exported.manifest.seal, exported.manifest.size, exported.erased), (Some(7), 9, 0));
    let TestResult { passed_tests, warned_tests, failed_tests, result, .. } = exported.result;
    assert_eq!(result, TestOutcome::Failed);
    assert_eq!(passed_tests, ["CC6.1@prod-web#2", "CC6.3@prod-web#3"]);
    assert_eq!(
        (warned_tests, failed_tests),
        (vec!["CC6.1@prod-web#4".to_owned()], vec!["CC6.3@prod-web#5".to_owned()])
    );
    assert_eq!(package.blob(&sha256(b"answer 2")).unwrap().as_deref(), Some(&b"answer 2"[..]));
    assert_eq!(package.blob(&sha256(b"\0asm-component")).unwrap().as_deref(), Some(&b"\0asm-component"[..]));
    assert_eq!(package.blob(&sha256(b"answer that came too late")).unwrap(), None);
}

/// The seal's own blob says the same as the manifest: made by other code, in the test's log.
#[test]
fn the_manifest_counts_as_the_seal_does() {
    let log = year();
    let (bytes, exported) = export(&log, &all());
    let package = open(&bytes);
    let seal: crate::record::Record = serde_json::from_slice(&package.record(7).unwrap()).unwrap();
    let chains = package.blob(&seal.head.blob("chains").unwrap().digest).unwrap().unwrap();
    let chains: Vec<crate::record::SealedChain> = serde_json::from_slice(&chains).unwrap();
    assert_eq!(exported.manifest.chains, chains);
}

#[test]
fn every_record_is_proven_by_the_key_that_the_log_names() {
    let log = year();
    let (bytes, _) = export(&log, &all());
    let package = open(&bytes);
    let key = package.log_key().unwrap();
    assert_eq!(&key, log.key.verifier());
    let (note, checkpoint) = package.checkpoint().unwrap();
    assert_eq!(package.package_key().unwrap(), *log.package_key.public_key());
    for index in package.indexes() {
        let proof = package.proof(index).unwrap();
        assert_eq!((proof.index, &proof.checkpoint), (index, &note));
        assert_eq!(proof.verify(&package.record(index).unwrap(), &key).unwrap(), checkpoint);
        assert_eq!(package.record(index).unwrap(), log.entries[usize::try_from(index).unwrap()]);
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    assert_eq!(export(&year(), &all()).0, export(&year(), &all()).0);
}

#[test]
fn one_control_is_disclosed_without_the_others() {
    let (bytes, exported) = export(&year(), &of("CC6.3"));
    check(&bytes).unwrap();
    assert_eq!(open(&bytes).indexes().collect::<Vec<_>>(), [0, 3, 5, 7]);
    assert_eq!(exported.manifest.controls, Some(vec!["CC6.3".to_owned()]));
    let chains: Vec<&str> = exported.manifest.chains.iter().map(|it| it.chain.as_str()).collect();
    assert_eq!(chains, ["control/CC6.3", "key"]);
    assert_eq!(open(&bytes).blob(&sha256(b"answer 2")).unwrap(), None);
}

#[test]
fn without_a_seal_everything_of_the_period_is_there() {
    let mut log = TestLog::new();
    log.judge(evaluation("CC6.1", "2026-01-02T00:00:00Z", "pass"), b"answer");
    let (bytes, exported) = export(&log, &all());
    check(&bytes).unwrap();
    assert_eq!((exported.manifest.seal, exported.result.result), (None, TestOutcome::Passed));
    let other = Selection { period: Period { to: "2026-03-30".parse().unwrap(), ..quarter() }, ..all() };
    // Record 6 is of another day and stands between two of its chain.
    let (bytes, exported) = export(&year(), &other);
    assert_eq!(open(&bytes).indexes().collect::<Vec<_>>(), [0, 2, 3, 4, 6, 8]);
    assert_eq!(exported.result.passed_tests, ["CC6.1@prod-web#2", "CC6.1@prod-web#8", "CC6.3@prod-web#3"]);
}

#[test]
fn nothing_evaluated_is_never_passed() {
    let (bytes, exported) = export(&TestLog::new(), &all());
    check(&bytes).unwrap();
    assert_eq!(exported.result.result, TestOutcome::Warned);
    let mut log = TestLog::new();
    log.judge(Judged { simulated: true, ..evaluation("CC6.1", "2026-01-02T00:00:00Z", "pass") }, b"answer");
    assert_eq!(export(&log, &all()).1.result.warned_tests, ["CC6.1@prod-web#1"]);
}

#[test]
fn the_blobs_of_a_record_are_those_that_skimming_sees() {
    let log = year();
    let count = |bytes: &Vec<u8>| {
        let record: crate::record::Record = serde_json::from_slice(bytes).unwrap();
        let skim = crate::record::Skim::read(bytes).unwrap();
        let blobs: Vec<_> = record.blobs().map(|(blob, _)| blob).collect();
        assert_eq!(blobs, skim.blobs().collect::<Vec<_>>());
        let is_transcript = |role: crate::record::BlobRole<'_>| role == crate::record::BlobRole::Transcript;
        let transcripts = record.blobs().filter(|(_, role)| is_transcript(*role)).map(|(blob, _)| blob);
        assert!(transcripts.eq(skim.transcripts()));
        blobs.len()
    };
    assert_eq!(log.entries.iter().map(count).collect::<Vec<_>>(), [0, 10, 10, 10, 10, 10, 10, 1, 10]);
}

#[test]
fn only_the_newest_seal_of_the_period_is_taken() {
    let mut log = year();
    log.seal(quarter(), "2026-04-03T08:00:00Z");
    log.seal(Period { to: "2026-04-30".parse().unwrap(), ..quarter() }, "2026-05-01T08:00:00Z");
    let (bytes, exported) = export(&log, &all());
    check(&bytes).unwrap();
    assert_eq!(exported.manifest.seal, Some(9));
    assert_eq!(open(&bytes).indexes().collect::<Vec<_>>(), [0, 2, 3, 4, 5, 8, 9]);
}

#[test]
fn raw_evidence_is_left_out_and_all_else_stays() {
    let redacted = Selection { redact: true, ..all() };
    let (bytes, exported) = export(&year(), &redacted);
    check(&bytes).unwrap();
    assert!(exported.manifest.redacted);
    expect![[r#"
        VERIFY.md
        blobs/abab8e898e978061eab8
        checkpoint
        components/2d0c262100695eaa012c
        log.vkey
        manifest.json
        manifest.sigstore.js
        package.pub.pem
        policies/91c1402526d61849fa5d
        policies/bacfa3fab8b34a87fbe6
        policies/cc42f6739af08f163c29
        policies/cc523b63464a0183a7b2
        proofs/0.tlog-proof
        proofs/2.tlog-proof
        proofs/3.tlog-proof
        proofs/4.tlog-proof
        proofs/5.tlog-proof
        proofs/7.tlog-proof
        records/0.json
        records/2.json
        records/3.json
        records/4.json
        records/5.json
        records/7.json"#]]
    .assert_eq(&listing(&bytes));
}

#[test]
fn what_was_erased_is_not_there_and_its_record_is() {
    let mut log = year();
    log.erase(b"answer 2", "2026-05-01T00:00:00Z");
    let (bytes, exported) = export(&log, &all());
    check(&bytes).unwrap();
    assert_eq!(exported.erased, 1);
    assert_eq!(open(&bytes).indexes().collect::<Vec<_>>(), [0, 2, 3, 4, 5, 7, 9]);
    // An erasure that was recorded and not yet done counts as done.
    log.blob(b"answer 2");
    assert_eq!(export(&log, &all()).0, bytes);
}

#[test]
fn a_blob_that_is_gone_without_a_later_record_of_it_is_no_package() {
    let mut log = year();
    log.erase(b"answer 2", "2026-03-01T00:00:00Z");
    log.judge(evaluation("CC6.1", "2026-03-02T00:00:00Z", "pass"), b"answer 2");
    log.seal(quarter(), "2026-04-03T08:00:00Z");
    // It was brought again: it is there.
    let (bytes, exported) = export(&log, &all());
    check(&bytes).unwrap();
    assert_eq!((exported.erased, open(&bytes).blob_size(&sha256(b"answer 2"))), (0, Some(8)));
    fs::remove_file(log.blob_path(&sha256(b"answer 2"))).unwrap();
    let error = export_with(&log, &all(), None, None).unwrap_err();
    assert!(error.is_broken_ledger());
    expect!["the blob `sha256:f05116872230f0b18715d85cbe21e607f6fc49a8e7de8f7b7eacef1ad7dd419a` of record 10 is missing, and no record says that it was erased"].assert_eq(&error.to_string());
}

#[test]
fn logs_and_keys_that_do_not_fit_are_refused() {
    let mut log = year();
    let kept = log.publish().checkpoint_bytes().to_vec();
    let refused = |log: &TestLog, since: Option<&[u8]>| {
        let error = export_with(log, &all(), since, None).unwrap_err();
        format!("{error} ({})", error.help().unwrap_or("no help"))
    };
    let mut lines = Vec::new();
    let mut shorter = year();
    shorter.entries.pop();
    lines.push(refused(&shorter, Some(&kept)));
    let mut forked = year();
    forked.entries.pop();
    forked.seal(quarter(), "2026-04-05T08:00:00Z");
    lines.push(refused(&forked, Some(&kept)));
    lines.push(refused(&log, Some(b"checkpoint")));
    log.package_key = PackageKey::from_seed(&[6; 32]).unwrap();
    lines.push(refused(&log, None));
    log.key = crate::tlog::SigningKey::from_seed("tickmark/3f9c2a71d04be885", [8; 32]).unwrap();
    lines.push(refused(&log, None));
    log.entries[0] = b"{}".to_vec();
    lines.push(refused(&log, None));
    expect![[r#"
        the older checkpoint has 9 records, the log has 8: it was rolled back (restore the ledger that the older checkpoint is of: this one is not its continuation)
        the log does not begin with the 9 records of the older checkpoint: it was forked (restore the ledger that the older checkpoint is of: this one is not its continuation)
        the older checkpoint cannot be read (give a checkpoint that was kept of this log)
        the package key is `sha256:8bd006f9f5e9e8c61301e62dbce66ed7d11a28eacc64ce2428819c763e89ce15`, the log names `sha256:24bd4e669723bd264edfa722e21680098cbe88c74850f0d74489074dcf218c15` (give the key that the log names, or rotate the keys, which names another)
        the log's checkpoint does not verify (verify the ledger, and restore it from a copy where it is damaged)
        record 0 of the log cannot be read: missing field `kind` at line 1 column 2 (verify the ledger, and restore it from a copy where it is damaged)"#]].assert_eq(&lines.join("\n"));
}
