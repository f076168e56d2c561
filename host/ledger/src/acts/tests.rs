//! What a signature binds, and what is known of who acted.

use proptest::prelude::*;
use serde_json::json;
use tickmark_model::{Digest, parse_instant};

use super::*;
use crate::record::{NamedBlob, Record};
use crate::tlog::{Note, NoteSignature, SigningKey, VerifierKey};

const ORIGIN: &str = "tickmark/0123456789abcdef";
const AT: &str = "2026-11-20T09:00:00Z";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("ada@acme.example", [seed; 32]).unwrap()
}

fn blob(name: &str, byte: u8) -> NamedBlob {
    NamedBlob { digest: Digest([byte; 32]), media_type: "application/json".into(), name: name.into(), size: 3 }
}

/// A file that somebody brought, as record 12.
fn record() -> Record {
    let digest = "sha256:0202020202020202020202020202020202020202020202020202020202020202";
    let record = json!({
        "kind": "manual-evidence", "act": "add", "control": {"id": "CC1.1"}, "effective": "2026-11-20",
        "id": "manual-evidence/12", "invoked_by": {"host": "build-7", "user": "ada"},
        "nonce": "01010101010101010101010101010101", "prev": {"index": 1, "leaf": digest}, "tenant": "Acme",
        "times": {"clock": "system", "recorded_at": AT}, "v": 1
    });
    let mut record: Record = serde_json::from_value(record).unwrap();
    record.head.blobs = vec![blob("file", 3), blob("statement", 4)];
    record
}

/// What these people make of an act, signed at `at`.
fn signed(origin: &str, record: &Record, at: &str, people: &[(u8, &str)]) -> Vec<u8> {
    let signer = |(seed, name): &(u8, &str)| Signer { key: key(*seed).verifier().clone(), name: (*name).to_owned() };
    let signers: Vec<Signer> = people.iter().map(signer).collect();
    let text = Act::of(origin, record).text(parse_instant(at).unwrap(), &signers).unwrap();
    let signature = |(seed, _): &(u8, &str)| NoteSignature {
        name: "ada@acme.example".to_owned(),
        id: key(*seed).verifier().id(),
        bytes: key(*seed).sign(text.as_bytes()).to_vec(),
    };
    let signatures = people.iter().map(signature).collect();
    Note { text, signatures }.encode().into_bytes()
}

fn check(origin: &str, record: &Record, signature: &[u8]) -> Result<SignedAct, String> {
    let act = Act::of(origin, record);
    SignedAct::check(&act, record.head.times.recorded_at, signature).map_err(|why| why.to_string())
}

#[test]
fn the_text_of_an_act_has_all_of_it() {
    let text = Act::of(ORIGIN, &record()).text(parse_instant(AT).unwrap(), &[]).unwrap();
    expect_test::expect![[r#"
        tickmark/act/1
        log tickmark/0123456789abcdef
        record manual-evidence/12
        signed 2026-11-20T09:00:00Z
        performed -
        environment -
        body {"act":"add","control":{"id":"CC1.1"},"effective":"2026-11-20","kind":"manual-evidence"}
        blobs [{"digest":"sha256:0303030303030303030303030303030303030303030303030303030303030303","media_type":"application/json","name":"file","size":3},{"digest":"sha256:0404040404040404040404040404040404040404040404040404040404040404","media_type":"application/json","name":"statement","size":3}]
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_signature_is_of_one_act_in_one_place_of_one_log() {
    let record = record();
    let signature = signed(ORIGIN, &record, AT, &[(1, "ada"), (2, "boris")]);
    let found = check(ORIGIN, &record, &signature).unwrap();
    assert_eq!(found.people.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["ada", "boris"]);
    // The record names it, and it does not sign itself.
    let mut naming = record.clone();
    naming.head.blobs.insert(1, blob(SIGNATURE, 9));
    assert!(check(ORIGIN, &naming, &signature).is_ok());

    let other = "it is of something else than the record says";
    assert_eq!(check("tickmark/fedcba9876543210", &record, &signature).unwrap_err(), other);
    let mut elsewhere = record.clone();
    elsewhere.head.id = "manual-evidence/13".to_owned();
    assert_eq!(check(ORIGIN, &elsewhere, &signature).unwrap_err(), other);
}

#[test]
fn whatever_is_changed_of_an_act_its_signature_is_wrong() {
    let signature = signed(ORIGIN, &record(), AT, &[(1, "ada")]);
    let changes: [&dyn Fn(&mut Record); 7] = [
        &|it| it.head.blobs[1].digest = Digest([5; 32]),
        &|it| it.head.blobs[0].size = 4,
        &|it| drop(it.head.blobs.remove(0)),
        &|it| it.head.blobs.push(blob("more", 6)),
        &|it| it.head.env = Some("production".to_owned()),
        &|it| it.head.times.performed_at = Some(parse_instant(AT).unwrap()),
        &|it| {
            let crate::record::Body::ManualEvidence(body) = &mut it.body else { panic!("evidence") };
            body.effective = "2026-11-21".parse().unwrap();
        },
    ];
    for (n, change) in changes.iter().enumerate() {
        let mut changed = record();
        change(&mut changed);
        assert_eq!(check(ORIGIN, &changed, &signature).unwrap_err(), WrongSignature::Other.to_string(), "change {n}");
    }
    // Names and keys are part of the text, so that another one is no longer what was signed.
    let text = String::from_utf8(signature).unwrap();
    let renamed = text.replace(" ada\n", " eve\n");
    assert_ne!(text, renamed);
    assert!(check(ORIGIN, &record(), renamed.as_bytes()).unwrap_err().contains("is not of the key"));
}

#[test]
fn nobody_signs_for_another_and_nobody_is_left_out() {
    let record = record();
    let whole = String::from_utf8(signed(ORIGIN, &record, AT, &[(1, "ada"), (2, "boris")])).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    // Without the signature of boris, and with that of ada in its place.
    let without = format!("{}\n", lines[..lines.len() - 1].join("\n"));
    assert_eq!(check(ORIGIN, &record, without.as_bytes()).unwrap_err(), "it names 2 keys and has 1 signatures");
    let twice = format!("{without}{}\n", lines[lines.len() - 2]);
    assert!(check(ORIGIN, &record, twice.as_bytes()).unwrap_err().contains("no signature of the key"));
    let nobody = format!("{}\n\n{}\n", lines[..8].join("\n"), lines[lines.len() - 1]);
    assert_eq!(check(ORIGIN, &record, nobody.as_bytes()).unwrap_err(), "it names 0 keys and has 1 signatures");
}

#[test]
fn a_signature_is_of_the_time_of_its_record() {
    let check = |at: &str| check(ORIGIN, &record(), &signed(ORIGIN, &record(), at, &[(1, "ada")]));
    for fine in ["2026-11-20T08:00:00Z", "2026-11-20T09:05:00Z"] {
        assert!(check(fine).is_ok(), "{fine}");
    }
    for bad in ["2026-11-20T07:59:59.999Z", "2026-11-20T09:05:00.001Z"] {
        let error = check(bad).unwrap_err();
        assert_eq!(error, format!("it was signed at {bad}, and the record was written at {AT}"));
    }
}

proptest! {
    /// A note has one spelling, and everything in it is signed or a signature.
    #[test]
    fn no_bit_of_a_signature_can_be_other(at in 0_usize..4_000, bit in 0_u8..8) {
        let mut signature = signed(ORIGIN, &record(), AT, &[(1, "ada")]);
        let at = at % signature.len();
        signature[at] ^= 1 << bit;
        prop_assert!(check(ORIGIN, &record(), &signature).is_err());
    }
}

/// The bytes of a blob `people`.
fn people(people: &[(&str, u8)]) -> Vec<u8> {
    let key = |(name, seed): &(&str, u8)| json!({ "key": key(*seed).verifier().to_string(), "name": name });
    serde_json::to_vec(&people.iter().map(key).collect::<Vec<_>>()).unwrap()
}

/// Whose key it is, and since when.
fn of(keys: &KeysInForce, name: &str) -> Option<(VerifierKey, u64)> {
    keys.of(name).unwrap().map(|(key, since)| (key.clone(), since))
}

#[test]
fn a_key_is_its_persons_since_the_record_that_began_it() {
    let (one, two) = (key(1).verifier().clone(), key(2).verifier().clone());
    let mut keys = KeysInForce::default();
    assert!(keys.is_empty());
    keys.take(3, Ok(&people(&[("Ada", 1)])));
    keys.take(7, Ok(&people(&[("ada", 1), ("boris", 2)])));
    assert_eq!(of(&keys, " ADA "), Some((one.clone(), 3)));
    assert_eq!(of(&keys, "boris"), Some((two.clone(), 7)));
    keys.take(9, Ok(&people(&[("ada", 2)])));
    assert_eq!((of(&keys, "ada"), of(&keys, "boris")), (Some((two, 9)), None));
    keys.take(11, Ok(&people(&[("ada", 1)])));
    assert_eq!(of(&keys, "ada"), Some((one, 11)), "a key that comes back is theirs from then on");
    keys.take(12, Err("it was erased".to_owned()));
    assert_eq!(keys.of("ada").unwrap_err(), "whose key was whose from people/12 on: it was erased");
    assert!(!keys.is_empty());
    keys.take(13, Ok(b"[{}]"));
    assert!(keys.of("eve").is_err());
    keys.take(14, Ok(b"[]"));
    assert!(keys.is_empty());
}

#[test]
fn only_the_persons_own_key_of_then_is_more_than_a_word() {
    let mut keys = KeysInForce::default();
    keys.take(3, Ok(&people(&[("ada", 1), ("boris", 2)])));
    let signature = |people: &[(u8, &str)]| {
        ActSignature::Right(check(ORIGIN, &record(), &signed(ORIGIN, &record(), AT, people)).unwrap())
    };
    let said = |name: &str, signature: &ActSignature, keys: &KeysInForce| {
        let found = Authentication::of(name, signature, keys);
        let (one, two) = (key(1).verifier().id(), key(2).verifier().id());
        found.to_string().replace(&format!("{one:08x}"), "ONE").replace(&format!("{two:08x}"), "TWO")
    };
    let check = |name: &str, signature: &ActSignature, expected: &str| {
        assert_eq!(said(name, signature, &keys), expected, "{name}");
    };
    check("ada", &signature(&[(1, "Ada")]), "signed with key ONE, theirs since record 3");
    check("ada", &ActSignature::Missing, "name asserted, NOT SIGNED with key ONE, theirs since record 3");
    check("boris", &signature(&[(1, "Ada")]), "name asserted, NOT SIGNED with key TWO, theirs since record 3");
    check("eve", &signature(&[(1, "Ada")]), "name asserted, not authenticated");
    check("eve", &ActSignature::Missing, "name asserted, not authenticated");
    let as_boris = "name asserted, WRONG SIGNATURE: it is signed with key ONE, and `boris` had key TWO";
    check("boris", &signature(&[(1, "boris")]), as_boris);
    let as_eve = "name asserted, WRONG SIGNATURE: it is signed with key ONE, and `eve` had none";
    check("eve", &signature(&[(1, "eve")]), as_eve);
    check("ada", &ActSignature::Wrong("it is torn".to_owned()), "name asserted, WRONG SIGNATURE: it is torn");
    let lost = "name asserted, whether it was signed nobody can say any more: it was erased";
    check("ada", &ActSignature::Lost("it was erased".to_owned()), lost);
    let mut gone = keys.clone();
    gone.take(5, Err("erased".to_owned()));
    let nobody =
        "name asserted, whether it was signed nobody can say any more: whose key was whose from people/5 on: erased";
    assert_eq!(said("ada", &signature(&[(1, "ada")]), &gone), nobody);
}

#[test]
fn one_key_is_one_person_by_whatever_name_and_whether_they_signed_or_not() {
    let mut keys = KeysInForce::default();
    keys.take(3, Ok(&people(&[("Ada Park", 1), ("ada", 1), ("boris", 2)])));
    let of = |name: &str| Authentication::of(name, &ActSignature::Missing, &keys);
    assert!(of("ada").same_key(&of("Ada Park")) && !of("ada").same_key(&of("boris")));
    assert!(!of("eve").same_key(&of("mallory")), "nobody knows a key of either");
}
