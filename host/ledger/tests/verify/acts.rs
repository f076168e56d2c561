//! Acts of people and their signatures, in logs that whoever has the log's key made as they liked.

use tickmark_ledger::acts::{Act, PersonKey, SIGNATURE, Signer};
use tickmark_ledger::tlog::{Note, NoteSignature, SigningKey};
use tickmark_ledger::verify::{Report, Status};
use tickmark_ledger::{Body, ControlRef, ManualEvidence, ManualEvidenceAct, NamedBlob, People, sha256};
use tickmark_model::Digest;

use crate::log::{Log, NAME, at, jcs};
use crate::site::{Site, failures, notes, verify};

const DAY: &str = "2026-11-10";

fn person(seed: u8) -> SigningKey {
    SigningKey::from_seed("ada@acme.example", [seed; 32]).unwrap()
}

/// Whose key is whose from here on.
fn people(log: &mut Log, people: &[(&str, u8)]) -> u64 {
    let key = |(name, seed): &(&str, u8)| PersonKey { key: person(*seed).verifier().to_string(), name: (*name).into() };
    let bytes = jcs(&people.iter().map(key).collect::<Vec<_>>());
    let blob = log.named("people", &bytes);
    let body = People { commit: None, digest: sha256(&bytes), keys: people.len() as u64, replaces: None };
    log.push(DAY, body, vec![blob])
}

fn body(control: &str) -> Body {
    Body::from(ManualEvidence {
        act: ManualEvidenceAct::Add,
        control: ControlRef { id: control.into(), version: None },
        covers: None,
        effective: DAY.parse().unwrap(),
        expires: None,
        of: None,
        replaces: None,
    })
}

/// An act in this name, and its signature by these people where there are some.
fn act(log: &mut Log, by: &str, signers: &[(&str, u8)]) -> u64 {
    let statement = log.named("statement", &jcs(&serde_json::json!({ "by": by })));
    let signature = signature(log, &statement, signers);
    let signature = (!signers.is_empty()).then(|| log.named(SIGNATURE, &signature));
    log.push(DAY, body("CC1.1"), signature.into_iter().chain([statement]).collect())
}

/// What these people make of the act that comes next.
fn signature(log: &Log, statement: &NamedBlob, signers: &[(&str, u8)]) -> Vec<u8> {
    let next = log.next(DAY, body("CC1.1"), vec![statement.clone()]);
    let signer = |(name, seed): &(&str, u8)| Signer { key: person(*seed).verifier().clone(), name: (*name).into() };
    let people: Vec<Signer> = signers.iter().map(signer).collect();
    let text = Act::of(NAME, &next).text(at("2026-11-10T09:00:00Z"), &people).unwrap();
    let sign = |(_, seed): &(&str, u8)| {
        let (key, bytes) = (person(*seed), person(*seed).sign(text.as_bytes()).to_vec());
        NoteSignature { name: key.verifier().name().into(), id: key.verifier().id(), bytes }
    };
    let signatures = signers.iter().map(sign).collect();
    Note { text, signatures }.encode().into_bytes()
}

/// Status and detail of the step, its problems and its notes.
fn said(report: &Report) -> (Status, String, Vec<String>, Vec<String>) {
    let step = report.step("acts").unwrap();
    let what = |all: &[tickmark_ledger::verify::Remark]| all.iter().map(|it| it.what.clone()).collect();
    (step.status, step.detail.clone(), what(&step.problems), what(&step.notes))
}

/// Nothing but the step on acts fails, with this.
#[track_caller]
fn fails(log: &Log, expected: &str) {
    let report = verify(log);
    let found = failures(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("acts: ") && found[0].ends_with(expected), "{found:?}");
}

#[test]
fn acts_that_nobody_signed_are_not_called_ok() {
    let mut log = Log::new(1);
    assert_eq!(said(&verify(&log)).1, "there is no act of a person");
    act(&mut log, "ada", &[]);
    let expected = "no act is signed by a person; 1 act with names that are asserted only";
    assert_eq!(said(&verify(&log)), (Status::NotChecked, expected.into(), vec![], vec![]));
}

#[test]
fn an_act_that_is_signed_is_told_from_one_that_is_not() {
    let mut log = Log::new(1);
    act(&mut log, "ada", &[]);
    people(&mut log, &[("Ada", 2)]);
    act(&mut log, "ada", &[("ada", 2)]);
    act(&mut log, "boris", &[]);
    let report = verify(&log);
    assert_eq!(failures(&report), [""; 0]);
    let expected = "1 act signed by those in whose names they are, 2 acts with names that are asserted only";
    assert_eq!(said(&report), (Status::Ok, expected.into(), vec![], vec![]));
}

#[test]
fn an_act_in_the_name_of_somebody_with_a_key_is_noted() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2), ("boris", 3)]);
    act(&mut log, "Ada", &[]);
    let (status, _, problems, notes) = said(&verify(&log));
    assert_eq!((status, problems.len()), (Status::NotChecked, 0));
    let expected = "manual-evidence/2 is in the name of `Ada`, who had a key since record 1, and is not signed with it";
    assert_eq!(notes, [expected]);
}

#[test]
fn a_signature_that_was_moved_to_another_act_fails() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2)]);
    let statement = log.named("statement", &jcs(&serde_json::json!({ "by": "ada" })));
    let signature = signature(&log, &statement, &[("ada", 2)]);
    let signature = log.named(SIGNATURE, &signature);
    // The very same act, a place later.
    log.attempt(DAY, "CC1.1");
    log.push(DAY, body("CC1.1"), vec![signature.clone(), statement.clone()]);
    fails(&log, "is no signature of manual-evidence/3: it is of something else than the record says");
    // And once more, in another log.
    let mut other = Log::new(1);
    people(&mut other, &[("ada", 2)]);
    other.named("statement", &jcs(&serde_json::json!({ "by": "ada" })));
    other.blobs.extend(log.blobs.clone());
    other.push(DAY, body("CC1.2"), vec![signature, statement]);
    fails(&other, "is no signature of manual-evidence/2: it is of something else than the record says");
}

#[test]
fn a_statement_in_place_of_the_signed_one_fails() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2)]);
    let statement = log.named("statement", &jcs(&serde_json::json!({ "by": "ada" })));
    let signature = signature(&log, &statement, &[("ada", 2)]);
    let signature = log.named(SIGNATURE, &signature);
    let other = log.named("statement", &jcs(&serde_json::json!({ "by": "ada", "reason": "none" })));
    log.push(DAY, body("CC1.1"), vec![signature, other]);
    log.blobs.remove(&statement.digest);
    fails(&log, "is no signature of manual-evidence/2: it is of something else than the record says");
}

#[test]
fn a_key_counts_from_its_record_on_and_no_longer_than_it_is_there() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2)]);
    act(&mut log, "ada", &[("ada", 2)]);
    people(&mut log, &[("ada", 3)]);
    act(&mut log, "ada", &[("ada", 3)]);
    assert_eq!(failures(&verify(&log)), [""; 0], "each with the key of its time");
    act(&mut log, "ada", &[("ada", 2)]);
    let id = |seed: u8| format!("{:08x}", person(seed).verifier().id());
    let why = format!("it is signed with key {}, and `ada` had key {}", id(2), id(3));
    fails(&log, &format!("is no signature of manual-evidence/5: {why}"));

    let mut early = Log::new(1);
    act(&mut early, "ada", &[("ada", 2)]);
    people(&mut early, &[("ada", 2)]);
    let why = format!("it is signed with key {}, and `ada` had none", id(2));
    fails(&early, &format!("is no signature of manual-evidence/1: {why}"));
}

#[test]
fn who_signs_is_whose_name_it_is_in() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2), ("boris", 3)]);
    act(&mut log, "eve", &[("boris", 3)]);
    fails(&log, "is of `boris`, in whose name manual-evidence/2 is not");
}

#[test]
fn a_signature_without_its_statement_is_right_and_one_that_was_erased_is_no_failure() {
    let signed = || {
        let mut log = Log::new(1);
        people(&mut log, &[("ada", 2)]);
        let act = act(&mut log, "ada", &[("ada", 2)]);
        log.seal("2026-11-01", "2026-11-30", "2026-12-01");
        let record: tickmark_ledger::Record = serde_json::from_slice(&log.entries[act as usize]).unwrap();
        (log, record)
    };
    let erase = |name: &str| -> Report {
        let (mut log, record) = signed();
        let digest: Digest = record.head.blob(name).unwrap().digest;
        log.erase(digest, "2026-12-02");
        verify(&log)
    };
    let whole = verify(&signed().0);
    let without = erase("statement");
    assert_eq!(failures(&without), [""; 0]);
    assert_eq!(said(&without), said(&whole));
    let without = erase(SIGNATURE);
    assert_eq!((failures(&without), said(&without).0), (vec![], Status::NotChecked));
    assert!(notes(&without).iter().any(|note| note.contains("the signature of manual-evidence/2 is missing")));
}

#[test]
fn whose_key_it_was_nobody_can_say_once_that_was_erased() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2)]);
    act(&mut log, "ada", &[("ada", 2)]);
    log.seal("2026-11-01", "2026-11-30", "2026-12-01");
    let record: tickmark_ledger::Record = serde_json::from_slice(&log.entries[1]).unwrap();
    log.erase(record.head.blob("people").unwrap().digest, "2026-12-02");
    let (status, _, problems, notes) = said(&verify(&log));
    assert_eq!((status, problems.len()), (Status::NotChecked, 0));
    assert!(notes[0].starts_with("whose signature of manual-evidence/2 it is nobody can say"), "{notes:?}");
}

#[test]
fn a_signature_that_is_not_what_its_name_says_is_no_right_one() {
    let mut log = Log::new(1);
    people(&mut log, &[("ada", 2)]);
    let act = act(&mut log, "ada", &[("ada", 2)]);
    let record: tickmark_ledger::Record = serde_json::from_slice(&log.entries[act as usize]).unwrap();
    let digest = record.head.blob(SIGNATURE).unwrap().digest;
    log.blobs.get_mut(&digest).unwrap().push(b'\n');
    let report = Site::new(&log.files()).verify();
    let failed: Vec<_> = report.steps.iter().filter(|it| it.status == Status::Failed).map(|it| it.name).collect();
    assert_eq!((failed, said(&report).0), (vec!["blobs"], Status::NotChecked));
}
