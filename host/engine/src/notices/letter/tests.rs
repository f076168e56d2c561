//! Who is told what, and when.

use super::*;
use crate::review::testing::{at, engineer, review, said};
use crate::review::{Decided, Verdict};

/// The notices at `now` about these reviews, reminders three days before they are due.
fn check(reviews: &[Review], now: &str) -> Vec<String> {
    let (letters, unreachable) = due(reviews, 3, at(now), &TimeZone::UTC).unwrap();
    letters.iter().map(|letter| format!("{}: {}", letter.key(), letter.left)).chain(unreachable).collect()
}

#[test]
fn each_reviewer_is_told_of_what_is_theirs_to_decide() {
    let mut it = review(12, vec![engineer("1"), engineer("2")]);
    let contents = it.contents.as_mut().unwrap();
    contents.opening.reviewers.push("the board".to_owned());
    let told = ["review/12 ada@example.com opened: 2", "the board"];
    assert_eq!(check(&[it.clone()], "2026-11-02"), told, "bob has nothing to decide");
    let closed = Review { closed: Some(said(at("2026-11-03"), 20, None)), ..it };
    assert_eq!(check(&[closed], "2026-11-04"), [""; 0]);
}

#[test]
fn a_reminder_comes_before_it_is_due_and_then_a_notice_each_day() {
    let it = [review(12, vec![engineer("1")])];
    for (now, expected) in [
        ("2026-11-28T23:59:59Z", "review/12 ada@example.com opened: 1"),
        ("2026-11-29T00:00:00Z", "review/12 ada@example.com reminder: 1"),
        ("2026-12-02T00:00:00Z", "review/12 ada@example.com reminder: 1"),
        ("2026-12-02T00:00:01Z", "review/12 ada@example.com overdue 2026-12-02: 1"),
        ("2026-12-05T08:00:00Z", "review/12 ada@example.com overdue 2026-12-05: 1"),
    ] {
        assert_eq!(check(&it, now), [expected], "{now}");
    }
}

#[test]
fn everybody_is_told_that_what_is_decided_is_to_be_closed() {
    let mut it = review(12, vec![engineer("1")]);
    let decided = Decided {
        at: at("2026-11-03"),
        by: "ada@example.com".to_owned(),
        comment: None,
        record: 13,
        verdict: Verdict::Keep,
        authentication: tickmark_ledger::acts::Authentication::Asserted,
    };
    it.contents.as_mut().unwrap().decisions.insert("mfa/user/1".to_owned(), vec![decided]);
    assert_eq!(check(&[it.clone()], "2026-11-04"), [""; 0]);
    let told = ["review/12 ada@example.com reminder: 0", "review/12 bob@example.com reminder: 0"];
    assert_eq!(check(&[it.clone()], "2026-12-01"), told);
    let (letters, _) = due(&[it], 3, at("2026-12-01"), &TimeZone::UTC).unwrap();
    assert_eq!(letters[0].subject(), "review of access on web is due soon: 0 items to decide");
    assert!(letters[0].body().contains("Everything is decided; it can be closed, by 2026-12-02T00:00:00Z."));
    assert!(!letters[0].body().contains("user-1"), "no account is named");
}
