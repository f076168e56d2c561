//! What a hold says, and what is refused, with which words.

use super::*;
use crate::testing::{append, assert_verifies, by, key, open, scratch};

fn november() -> Period {
    Period { from: "2026-11-01".parse().unwrap(), to: "2026-11-30".parse().unwrap() }
}

fn control(id: &str) -> Option<ControlRef> {
    Some(ControlRef { id: id.into(), version: None })
}

/// One record of control A.
fn ledger(folder: &std::path::Path) -> Ledger {
    let mut ledger = open(folder).unwrap();
    append(&mut ledger, &["A"]).unwrap();
    ledger
}

/// The words of a refusal, after which the ledger is as it was.
fn refused(
    ledger: &mut Ledger,
    work: impl FnOnce(&mut Ledger, &mut Scribe<'_>) -> Result<Appended, LedgerError>,
) -> String {
    let size = ledger.size();
    let error = by(|by| work(ledger, by)).unwrap_err();
    assert_eq!((ledger.size(), ledger.broken), (size, false));
    assert!(!error.is_broken_ledger());
    assert!(error.help().is_some(), "{error}");
    error.to_string()
}

#[test]
fn a_hold_and_its_release_are_records_of_their_own() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    let placed = by(|by| ledger.place_hold(by, Some(november()), control("A"), "the dispute of May")).unwrap();
    assert_eq!((placed.id.as_str(), placed.index), ("hold/2", 2));
    let Body::Hold(hold) = &placed.record.body else { panic!("a hold") };
    assert_eq!(*hold, Hold { act: HoldAct::Place, on: control("A"), of: None, period: Some(november()) });
    let reason = placed.record.head.blob("reason").unwrap();
    assert_eq!((reason.media_type.as_str(), reason.size), ("text/plain", 18));
    assert_eq!(ledger.blobs().get(&reason.digest).unwrap(), b"the dispute of May");

    let released = by(|by| ledger.release_hold(by, 2, "settled")).unwrap();
    assert_eq!(released.id, "hold/3");
    let Body::Hold(hold) = &released.record.body else { panic!("a hold") };
    let of = Some(Prev { index: 2, leaf: placed.leaf });
    assert_eq!(*hold, Hold { act: HoldAct::Release, on: control("A"), of, period: Some(november()) });
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_hold_on_everything_is_the_first_record_after_the_key() {
    let dir = scratch();
    let placed = by(|by| open(dir.path()).unwrap().place_hold(by, None, None, "an investigation")).unwrap();
    assert_eq!(placed.id, "hold/1");
    assert_verifies(dir.path(), key(1).verifier());
}

#[test]
fn a_hold_that_would_hold_nothing_is_refused() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    assert_eq!(
        refused(&mut ledger, |it, by| it.place_hold(by, None, control("B"), "why")),
        "no record is about the control `B`"
    );
    let (from, to) = (november().to, november().from);
    assert_eq!(
        refused(&mut ledger, |it, by| it.place_hold(by, Some(Period { from, to }), None, "why")),
        "the period ends on 2026-11-01, before it starts on 2026-11-30"
    );
    assert_eq!(refused(&mut ledger, |it, by| it.place_hold(by, None, None, " \n")), "the reason is empty");
}

#[test]
fn what_cannot_be_released_is_refused() {
    let dir = scratch();
    let mut ledger = ledger(dir.path());
    for _ in 0..2 {
        by(|by| ledger.place_hold(by, None, None, "why")).unwrap();
    }
    by(|by| ledger.release_hold(by, 2, "over")).unwrap();
    let mut release = |index, reason| refused(&mut ledger, |it, by| it.release_hold(by, index, reason));
    assert_eq!(release(1, "over"), "`attempt/1` is no hold");
    assert_eq!(release(2, "over"), "`hold/2` was released by `hold/4`");
    assert_eq!(release(4, "over"), "`hold/4` is the release of a hold and no hold itself");
    assert_eq!(release(5, "over"), "there is no record 5, the log has 5");
    assert_eq!(release(3, ""), "the reason is empty");
    // The other one is in force, and over after this.
    by(|by| ledger.release_hold(by, 3, "over")).unwrap();
    assert_eq!(refused(&mut ledger, |it, by| it.release_hold(by, 3, "over")), "`hold/3` was released by `hold/5`");
}
