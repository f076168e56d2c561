//! What a seal says, against the verifier, which recomputes it from the records.

use crate::error::LedgerError;
use crate::open::Ledger;
use crate::record::{Body, Period, SealedChain};
use crate::testing::{append, assert_verifies, at, by_at, key, open, scratch};

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn november() -> Period {
    period("2026-11-01", "2026-11-30")
}

/// Of 20 November: one key, two of A, one of B.
fn ledger(folder: &std::path::Path) -> Ledger {
    let mut ledger = open(folder).unwrap();
    append(&mut ledger, &["A", "B"]).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    ledger
}

#[test]
fn every_chain_of_the_period_is_counted_and_a_reader_counts_the_same() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let sealed = by_at("2026-12-01T00:00:00Z", |by| ledger.seal_period(by, november())).unwrap();
    assert_eq!((sealed.id.as_str(), sealed.index), ("seal/4", 4));
    let Body::Seal(seal) = &sealed.record.body else { panic!("a seal") };
    assert_eq!((seal.chains, seal.records, seal.tree_size), (3, 4, 4));
    let chains: Vec<SealedChain> = serde_json::from_slice(&ledger.blobs().get(&seal.digest).unwrap()).unwrap();
    let found: Vec<_> = chains.iter().map(|it| (it.chain.as_str(), it.count, it.first, it.head.index)).collect();
    assert_eq!(found, [("control/A", 2, 1, 3), ("control/B", 1, 2, 2), ("key", 1, 0, 0)]);
    // Another period, to which only the seal belongs; and one without any record.
    let december = by_at("2027-01-01T00:00:00Z", |by| ledger.seal_period(by, period("2026-12-01", "2026-12-31")));
    let Body::Seal(seal) = december.unwrap().record.body else { panic!("a seal") };
    assert_eq!((seal.chains, seal.records), (1, 1));
    let empty = by_at("2027-01-01T00:00:00Z", |by| ledger.seal_period(by, period("2025-12-01", "2025-12-31")));
    let Body::Seal(seal) = empty.unwrap().record.body else { panic!("a seal") };
    assert_eq!((seal.chains, seal.records), (0, 0));
    for day in ["2026-11-19", "2026-11-20", "2026-11-21"] {
        by_at("2027-01-01T00:00:00Z", |by| ledger.seal_period(by, period(day, day))).unwrap();
    }
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_changed_index_does_not_reach_a_seal() {
    let dir = scratch();
    let mut before = ledger(dir.path());
    before.publish().unwrap();
    drop(before);
    let index = rusqlite::Connection::open(dir.path().join(".tickmark/index.sqlite")).unwrap();
    assert_eq!(index.execute("UPDATE record SET at = 0, chain = 0 WHERE idx = 2", []).unwrap(), 1);
    drop(index);
    let mut ledger = open(dir.path()).unwrap();
    let sealed = by_at("2026-12-01T00:00:00Z", |by| ledger.seal_period(by, november())).unwrap();
    let Body::Seal(seal) = &sealed.record.body else { panic!("a seal") };
    assert_eq!((seal.chains, seal.records), (3, 4));
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_period_is_sealed_once_until_it_has_more_records() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let seal = |ledger: &mut Ledger| by_at("2026-12-02T00:00:00Z", |by| ledger.seal_period(by, november())).unwrap();
    let first = seal(&mut ledger);
    assert_eq!(seal(&mut ledger), first);
    by_at("2026-12-02T00:00:00Z", |by| ledger.seal_period(by, period("2026-11-02", "2026-11-30"))).unwrap();
    assert_eq!(seal(&mut ledger), first);
    assert_eq!(ledger.size(), 6);
    // Judged for a day of the period after it was sealed.
    append(&mut ledger, &["C"]).unwrap();
    let second = seal(&mut ledger);
    assert_eq!((second.index, ledger.size()), (7, 8));
    assert_eq!(seal(&mut ledger), second);
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_period_that_is_not_over_is_refused_and_nothing_is_written() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let error = by_at("2026-11-30T23:59:59.999Z", |by| ledger.seal_period(by, november())).unwrap_err();
    let now = at("2026-11-30T23:59:59.999Z");
    assert!(matches!(error, LedgerError::PeriodOpen { to, now: found } if to == november().to && found == now));
    let backwards = period("2026-11-02", "2026-11-01");
    let error = by_at("2026-12-01T00:00:00Z", |by| ledger.seal_period(by, backwards)).unwrap_err();
    assert_eq!(error.to_string(), "the period ends on 2026-11-01, before it starts on 2026-11-02");
    assert_eq!(ledger.size(), 4);
    by_at("2026-12-01T00:00:00Z", |by| ledger.seal_period(by, november())).unwrap();
}

#[test]
fn an_empty_log_is_sealed_after_its_key() {
    let dir = scratch();
    let mut ledger = open(dir.path()).unwrap();
    let sealed = by_at("2026-12-01T00:00:00Z", |by| ledger.seal_period(by, november())).unwrap();
    assert_eq!(sealed.index, 1);
    assert_verifies(dir.path(), key(1).verifier());
}
