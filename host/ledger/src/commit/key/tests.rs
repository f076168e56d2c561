//! A log's keys: the first, and those that follow it.

use std::path::Path;
use std::sync::Arc;

use tickmark_model::Digest;

use crate::disk::crash::Crash;
use crate::error::LedgerError;
use crate::open::{Ledger, OpenLedger};
use crate::package::{PackageKey, PackageSigner as _};
use crate::record::Body;
use crate::testing::{append, assert_verifies, by, key, open, scratch, with};
use crate::tlog::SigningKey;
use crate::{LogReader, PackageKeyPart};

fn opened_by(folder: &Path, n: u8) -> Result<Ledger, LedgerError> {
    Ledger::open(OpenLedger { signer: key(n), ..with(folder) })
}

fn package_key() -> PackageKeyPart {
    PackageKeyPart::of(PackageKey::from_seed(&[5; 32]).unwrap().public_key())
}

#[test]
fn the_first_record_may_come_alone_and_comes_once() {
    let dir = scratch();
    let mut ledger = Ledger::open(OpenLedger { package_key: Some(package_key()), ..with(dir.path()) }).unwrap();
    assert_eq!(ledger.verifier(), key(1).verifier());
    by(|by| ledger.introduce_key(by)).unwrap();
    let note = LogReader::open(dir.path()).unwrap().checkpoint_bytes().to_vec();
    by(|by| ledger.introduce_key(by)).unwrap();
    assert_eq!(LogReader::open(dir.path()).unwrap().checkpoint_bytes(), note);
    assert_eq!(ledger.size(), 1);
    let Body::Key(first) = ledger.records().next().unwrap().unwrap().record.body else { panic!("a key record") };
    assert_eq!((first.package_key, first.package_key_digest), (Some(package_key().pem), Some(package_key().digest)));
    append(&mut ledger, &["A"]).unwrap();
    assert_eq!(ledger.size(), 2);
    ledger.publish().unwrap();
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn each_key_follows_the_one_before_it_and_only_the_last_opens_the_log() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    // The log is empty: the key that goes is introduced before the one that comes.
    let first = by(|by| ledger.rotate(by, key(2), None)).unwrap();
    assert_eq!((first.id.as_str(), first.index), ("key/1", 1));
    // One record waits to be published, and is, by the new key.
    append(&mut ledger, &["A"]).unwrap();
    let second = by(|by| ledger.rotate(by, key(3), Some(package_key()))).unwrap();
    assert_eq!(second.index, 3);
    let Body::Key(record) = &second.record.body else { panic!("a key record") };
    assert_eq!((record.tree_size, record.previous.clone()), (3, Some(key(2).verifier().to_string())));
    assert_eq!(record.package_key_digest, Some(package_key().digest));
    assert_eq!(ledger.verifier(), key(3).verifier());
    append(&mut ledger, &["A"]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    for n in [1, 2, 3] {
        assert_verifies(dir.path(), key(n).verifier());
    }
    for n in [1, 2] {
        let Err(LedgerError::WrongKey { log, given }) = opened_by(dir.path(), n) else { panic!("key {n} opens it") };
        assert_eq!((&*log, &*given), (key(3).verifier(), key(n).verifier()));
    }
    assert_eq!(opened_by(dir.path(), 3).unwrap().size(), 5);
}

#[test]
fn a_key_that_cannot_follow_is_refused_and_nothing_is_written() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    let other = Arc::new(SigningKey::from_seed("tickmark/other", [2; 32]).unwrap());
    let error = by(|by| ledger.rotate(by, other, None)).unwrap_err();
    assert_eq!(error.to_string(), "the new key has the name `tickmark/other`, the log is `tickmark/0123456789abcdef`");
    let error = by(|by| ledger.rotate(by, key(1), None)).unwrap_err();
    assert_eq!(error.to_string(), format!("the key `{}` signs the log already", key(1).verifier()));
    assert_eq!(ledger.size(), 2);
    append(&mut ledger, &["A"]).unwrap();
}

#[test]
fn a_rotation_that_is_cut_off_is_there_or_not_and_its_key_opens_the_log() {
    let seen = scratch();
    let mut outcomes = std::collections::BTreeSet::new();
    for step in 0.. {
        let (dir, disk) = (scratch(), Crash::pretend());
        let seen = seen.path().join(format!("seen-{step}"));
        let with = |n| OpenLedger { signer: key(n), seen: Some(seen.clone()), ..with(dir.path()) };
        let mut ledger = Ledger::open_on(disk.clone(), with(1)).unwrap();
        append(&mut ledger, &["A"]).unwrap();
        ledger.publish().unwrap();
        disk.crash.at(step);
        let done = by(|by| ledger.rotate(by, key(2), None)).is_ok();
        drop(ledger);
        disk.crash.heal();
        disk.crash.lose_power(|at| at % 2 == step % 2);
        let n = if Ledger::open_on(disk.clone(), with(2)).is_ok() { 2 } else { 1 };
        assert!(n == 2 || !done, "step {step}");
        let mut ledger = Ledger::open_on(disk.clone(), with(n)).unwrap_or_else(|e| panic!("step {step}: {e}"));
        assert_eq!(ledger.size(), u64::from(n) + 1, "step {step}");
        append(&mut ledger, &["A"]).unwrap();
        ledger.publish().unwrap();
        assert_verifies(dir.path(), key(1).verifier());
        outcomes.insert((done, n));
        if done {
            break;
        }
    }
    assert_eq!(Vec::from_iter(outcomes), [(false, 1), (false, 2), (true, 2)]);
}

#[test]
fn a_package_key_is_named_by_its_pem_and_the_digest_of_its_der() {
    let key = PackageKey::from_seed(&[5; 32]).unwrap();
    let part = PackageKeyPart::of(key.public_key());
    assert!(part.pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(part.digest, key.public_key().digest());
    assert_ne!(part.digest, Digest([0; 32]));
}
