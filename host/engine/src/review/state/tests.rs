//! Reviews from their steps, against a slow and obvious reading of them.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::review::testing::{account, decide, engineer, review, said};

fn ms(number: u64) -> Instant {
    Instant::from_ms(i64::try_from(number).unwrap()).unwrap()
}

fn verdict() -> impl Strategy<Value = Verdict> {
    proptest::sample::select(Verdict::ALL.to_vec())
}

/// Decisions about four items, one of which is not there, by four people; now and then the end, or a loss.
fn act() -> impl Strategy<Value = Act> {
    let name = || proptest::sample::select(vec!["ada@example.com", " BOB@example.com", "user-1", "eve"]);
    let decision = (0_u64..4, verdict()).prop_map(|(item, verdict)| (format!("mfa/user/{item}"), verdict, None));
    let lost = Lost::Missing { name: "decisions" };
    prop_oneof![
        8 => (name(), vec(decision, 0..4))
            .prop_map(|(by, decisions)| decide(by, decisions)),
        1 => name().prop_map(|by| Act::Close(said(ms(0), 0, Some(by)))),
        1 => Just(Act::Lost(lost)),
    ]
}

/// Three accounts: of user-0 and user-1, whom ada reviews, and of user-2, whom nobody was named for.
fn opened() -> Review {
    let nobody = Item { reviewers: Vec::new(), ..engineer("2") };
    review(12, vec![engineer("0"), engineer("1"), nobody])
}

/// What counts about one item: the steps before the first end, gone through from behind.
fn model(acts: &[Act], item: &str) -> Option<(Verdict, String, u64)> {
    let end = acts.iter().position(|act| matches!(act, Act::Close(_))).unwrap_or(acts.len());
    for (index, act) in acts[..end].iter().enumerate().rev() {
        let Act::Decide { by, decisions, .. } = act else { continue };
        if let Some((_, verdict, _)) = decisions.iter().rev().find(|(id, ..)| id == item) {
            return Some((*verdict, by.clone(), index as u64));
        }
    }
    None
}

proptest! {
    #[test]
    fn what_is_known_is_what_the_steps_say(acts in vec(act(), 0..12)) {
        let mut it = opened();
        for (index, act) in (0..).zip(acts.clone()) {
            // The end is dated by its record.
            let act = match act {
                Act::Close(end) => Act::Close(said(ms(index), index, end.by.as_deref())),
                other => other,
            };
            it.take(Step { index, at: ms(index), act });
        }
        let end = acts.iter().position(|act| matches!(act, Act::Close(_)));
        prop_assert_eq!(it.closed.as_ref().map(|closed| closed.at), end.map(|end| ms(end as u64)));
        let before = &acts[..end.unwrap_or(acts.len())];
        let lost = before.iter().any(|act| matches!(act, Act::Lost(_)));
        prop_assert_eq!(it.contents.is_err(), lost);
        let Ok(contents) = &it.contents else { return Ok(()) };
        let mut counts = Counts { items: 3, without_reviewer: 1, ..Counts::default() };
        for item in ["mfa/user/0", "mfa/user/1", "mfa/user/2"] {
            let found = contents.decision(item).map(|it| (it.verdict, it.by.clone(), it.record));
            let expected = model(&acts, item);
            prop_assert_eq!(&found, &expected);
            let Some((verdict, by, _)) = expected else { continue };
            match verdict {
                Verdict::Keep => counts.kept += 1,
                Verdict::Change => counts.changed += 1,
                Verdict::Revoke => counts.revoked += 1,
            }
            match (item, by.as_str()) {
                ("mfa/user/1", "user-1") => counts.self_reviewed += 1,
                (_, "ada@example.com") | ("mfa/user/2", " BOB@example.com") => {}
                _ => counts.unauthorised += 1,
            }
        }
        prop_assert_eq!(contents.counts(), counts);
        prop_assert_eq!(contents.undecided().count() as u64, counts.items - counts.decided());
    }

    /// The clock of a demand starts with the first decision after the last one to keep.
    #[test]
    fn saying_it_again_does_not_start_the_clock_again(verdicts in vec(verdict(), 0..8)) {
        let mut it = opened();
        for (index, verdict) in (0..).zip(&verdicts) {
            let decisions = vec![("mfa/user/0".to_owned(), *verdict, None)];
            it.take(Step { index, at: ms(index), act: decide("ada@example.com", decisions) });
        }
        let kept = verdicts.iter().rposition(|verdict| *verdict == Verdict::Keep);
        let first = kept.map_or(0, |kept| kept + 1);
        let expected = (first < verdicts.len()).then(|| ms(first as u64));
        prop_assert_eq!(it.contents.unwrap().demanded_since("mfa/user/0"), expected);
    }
}

/// An account of a source that knows no email.
fn testing_account(name: &str) -> Item {
    account("arn:aws:iam::123456789012:user/x", json!({ "name": name }))
}

#[test]
fn nobody_decides_their_own_account_by_whatever_name() {
    let ada = account("7", json!({ "email": "Ada@Example.com", "name": "ada", "roles": [] }));
    let contents = review(1, vec![ada.clone()]).contents.unwrap();
    for own in ["ada@example.com", "ADA", " 7 "] {
        assert!(ada.is_own(own), "{own}");
        assert!(!contents.may_decide(own, &ada), "{own}");
    }
    let iam = testing_account("ada");
    assert!(iam.is_own("Ada@example.com") && !iam.is_own("adam@example.com"));
    let service = json!({ "login": "deploy", "owner": "ada@example.com" });
    let service = account("arn:aws:iam::123456789012:user/deploy", service);
    assert!(service.is_own("deploy") && service.is_own("Ada@example.com") && service.is_own("deploy@example.com"));
    assert!(!service.is_own("bob@example.com"));
    let other = Item { reviewers: Vec::new(), ..ada };
    assert!(contents.may_decide("bob@example.com", &other) && !contents.may_decide("eve", &other));
    assert!(!other.is_own("") && !other.is_own("  "));
}

#[test]
fn an_address_and_the_name_that_it_begins_with_are_the_same_person() {
    let is_own = |attributes: serde_json::Value, name: &str| account("a-1", attributes).is_own(name);
    for (attributes, name) in [
        (json!({ "login": "deploy", "owner": "ada" }), "ada@acme.example"),
        (json!({ "login": "deploy", "owner": "Ada@acme.example" }), "ada"),
        (json!({ "login": "ada", "email": "ada.work@acme.example" }), "Ada@acme.example"),
        (json!({ "login": "x", "name": "ada", "email": "ada.work@acme.example" }), "ada@acme.example"),
        (json!({ "login": "ada@acme.example" }), "ada"),
        (json!({ "login": "x", "email": "ada@acme.example" }), " ADA "),
    ] {
        assert!(is_own(attributes.clone(), name), "{attributes} {name}");
    }
    for (attributes, name) in [
        (json!({ "login": "deploy", "owner": "ada" }), "adam@acme.example"),
        (json!({ "login": "deploy", "owner": "ada@acme.example" }), "ada@other.example"),
        (json!({ "login": "ada@acme.example" }), "ada@other.example"),
        (json!({ "login": "deploy", "owner": "" }), "@acme.example"),
    ] {
        assert!(!is_own(attributes.clone(), name), "{attributes} {name}");
    }
}
