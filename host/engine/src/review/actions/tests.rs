//! What becomes of decisions, as looks at the source show it.

use std::sync::Arc;

use serde_json::json;
use tickmark_ledger::{CollectorPart, sha256};
use tickmark_model::*;

use super::*;
use crate::review::looks::Fresh;
use crate::review::state::Step;
use crate::review::testing::{account, at, decide, engineer, review};

const DECIDED: &str = "2026-11-10T12:00:00Z";
const DUE: &str = "2026-11-17T12:00:00Z";

/// A review of these items, all decided so.
fn decided(index: u64, items: Vec<Item>, verdict: Verdict, when: &str) -> Review {
    let decisions = items.iter().map(|item| (item.id.clone(), verdict, None)).collect();
    let mut it = review(index, items);
    it.take(Step { index: 20, at: at(when), act: decide("ada@example.com", decisions) });
    it
}

/// A collection at `when` of accounts written `name` or `name:role,role`, with `-` in front where disabled and `+` where an
/// administrator.
fn look(when: &str, accounts: &str) -> Collection {
    let column = |name: &str, ty, shape| Column {
        doc: String::new(),
        entity_kind: None,
        name: name.to_owned(),
        required: true,
        shape,
        ty,
    };
    let fact = Fact {
        columns: vec![
            column("admin", CedarType::Boolean, Shape::One),
            column("enabled", CedarType::Boolean, Shape::One),
            column("roles", CedarType::Text, Shape::SetOf),
        ],
        doc: String::new(),
        entity_kind: "Mfa::User".to_owned(),
        event_time: None,
        name: "user".to_owned(),
        parent_kinds: Vec::new(),
    };
    let mut table = FactTable::new(Arc::new(fact));
    let layout = table.layout(["admin", "enabled", "roles"]).unwrap();
    for text in accounts.split_whitespace() {
        let (id, role) = text.split_once(':').unwrap_or((text, "engineer"));
        let cells = vec![
            Value::One(Scalar::Boolean(id.starts_with('+'))),
            Value::One(Scalar::Boolean(!id.starts_with('-'))),
            Value::SetOf(role.split(',').map(|role| Scalar::Text(role.to_owned())).collect()),
        ];
        let id = id.trim_start_matches(['-', '+']).to_owned();
        table.push(&layout, Row { id, parents: Vec::new(), cells, receipts: vec![0] }).unwrap();
    }
    Collection {
        id: CollectorId { instance: "mfa".to_owned(), system: "web".to_owned() },
        plugin: None,
        descriptor: None,
        outcome: RunOutcome::Ok,
        detail: None,
        settings: Default::default(),
        grants: serde_json::Value::Null,
        runtime: "none".to_owned(),
        exchanges: Vec::new(),
        tables: [("user".to_owned(), table)].into(),
        populations: Default::default(),
        notes: Vec::new(),
        log: Vec::new(),
        as_of: at(when),
        fetched_at: at(when),
    }
}

/// What a record would say of such a collection.
fn part(collection: &Collection, complete: bool) -> CollectorPart {
    let digest = sha256(collection.as_of.to_string().as_bytes());
    let blob = json!({ "digest": digest, "size": 1 });
    serde_json::from_value(json!({
        "fact": "user", "fetched_at": collection.as_of, "grants": blob, "instance": "mfa", "log": blob,
        "observations": blob, "outcome": "ok",
        "population": {
            "complete": complete, "count": 1, "digest": digest, "excluded": 0, "observed_at": collection.as_of
        },
        "runtime": "none", "settings": blob, "source": { "failed": 0, "pages": 1, "principals": [] }, "system": "web",
        "transcript": blob
    }))
    .unwrap()
}

/// What the looks (when, accounts, complete) show of the first review: done, done at, looked at.
fn check(reviews: &[Review], looks: &[(&str, &str, bool)], in_detail: bool) -> Vec<String> {
    let collections: Vec<(Collection, bool)> =
        looks.iter().map(|(when, accounts, complete)| (look(when, accounts), *complete)).collect();
    let fresh: Vec<Fresh<'_>> = collections
        .iter()
        .map(|(collection, complete)| Fresh { collection, parts: vec![part(collection, *complete)] })
        .collect();
    let looks = Looks::new(None, &fresh, at("2026-01-01"), at("2027-01-01")).unwrap();
    let actions = seen(&reviews[0], reviews, None, &looks, in_detail).unwrap();
    let say = |at: Option<Instant>| at.map_or("-".to_owned(), |at| at.to_string());
    let line = |it: &Action| {
        assert_eq!((it.decided_at, it.due), (at(DECIDED), at(DUE)));
        let Seen { done, done_at, looked_at, .. } = it.seen;
        format!("{}: {} {} {}", it.subject, if done { "done" } else { "open" }, say(done_at), say(looked_at))
    };
    actions.iter().map(line).collect()
}

fn revoked() -> Vec<Review> {
    vec![decided(12, vec![engineer("1"), engineer("2")], Verdict::Revoke, DECIDED)]
}

#[test]
fn nobody_looked_and_nothing_is_done() {
    assert_eq!(check(&revoked(), &[], true), ["1: open - -", "2: open - -"]);
    // A look from before the decision says nothing, and neither does one that is not complete.
    let looks = [("2026-11-10T11:59:59Z", "", true), ("2026-11-11", "", false)];
    assert_eq!(check(&revoked(), &looks, true), ["1: open - -", "2: open - -"]);
}

#[test]
fn it_is_done_at_the_earliest_look_that_shows_it() {
    let looks = [("2026-11-11", "1 2", true), ("2026-11-12", "-1 2", true), ("2026-11-13", "-1", true)];
    let expected =
        ["1: done 2026-11-12T00:00:00Z 2026-11-13T00:00:00Z", "2: done 2026-11-13T00:00:00Z 2026-11-13T00:00:00Z"];
    assert_eq!(check(&revoked(), &looks, true), expected);
}

#[test]
fn what_is_only_seen_later_was_done_later() {
    let looks = [("2026-11-17T12:00:00Z", "1 -2", true), ("2026-11-20", "-1 -2", true), ("2026-11-25", "-1 -2", true)];
    let expected =
        ["1: done 2026-11-25T00:00:00Z 2026-11-25T00:00:00Z", "2: done 2026-11-17T12:00:00Z 2026-11-25T00:00:00Z"];
    assert_eq!(check(&revoked(), &looks, true), expected);
    let expected =
        ["1: done 2026-11-25T00:00:00Z 2026-11-25T00:00:00Z", "2: done 2026-11-25T00:00:00Z 2026-11-25T00:00:00Z"];
    assert_eq!(check(&revoked(), &looks, false), expected, "without detail the last look counts");
}

#[test]
fn what_was_undone_again_is_not_done() {
    let looks = [("2026-11-12", "-1 -2", true), ("2026-11-25", "1 -2", true)];
    let expected = ["1: open - 2026-11-25T00:00:00Z", "2: done 2026-11-12T00:00:00Z 2026-11-25T00:00:00Z"];
    assert_eq!(check(&revoked(), &looks, true), expected);
}

#[test]
fn after_a_later_review_decided_about_it_looks_say_nothing_any_more() {
    let mut reviews = revoked();
    reviews.push(decided(30, vec![engineer("1")], Verdict::Keep, "2026-11-20"));
    let looks = [("2026-11-12", "-1 2", true), ("2026-11-25", "1 2", true)];
    let expected = ["1: done 2026-11-12T00:00:00Z 2026-11-12T00:00:00Z", "2: open - 2026-11-25T00:00:00Z"];
    assert_eq!(check(&reviews, &looks, true), expected);
}

/// Decided to be changed: whether the look `accounts` shows that it was done.
fn changed(items: Vec<Item>, accounts: &str) -> Vec<String> {
    let lines =
        check(&[decided(12, items, Verdict::Change, DECIDED)], &[("2026-11-12T00:00:00Z", accounts, true)], true);
    lines.iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_change_is_done_once_something_was_taken_away() {
    let items = vec![engineer("1"), engineer("2"), engineer("3"), engineer("4")];
    assert_eq!(changed(items, "1 2:support -3"), ["1: open", "2: done", "3: done", "4: done"]);
    let both = || account("1", json!({ "admin": true, "enabled": true, "roles": ["engineer", "support"] }));
    assert_eq!(changed(vec![both()], "+1:support"), ["1: done"], "a role less");
    assert_eq!(changed(vec![both()], "1:engineer,support"), ["1: done"], "no administrator any more");
    assert_eq!(changed(vec![both()], "+1:support,engineer"), ["1: open"], "the same in another order");
    // A login is no change.
    let login = json!({ "admin": false, "enabled": true, "last_login": "2026-10-01", "roles": ["engineer"] });
    assert_eq!(changed(vec![account("1", login)], "1"), ["1: open"]);
}

#[test]
fn an_account_that_is_enabled_again_was_not_changed() {
    let off = || account("1", json!({ "admin": false, "enabled": false, "roles": ["engineer"] }));
    assert_eq!(changed(vec![off()], "1"), ["1: open"]);
    assert_eq!(changed(vec![off()], "1:support"), ["1: done"], "with other rights");
}

#[test]
fn what_an_account_gained_is_no_change_that_was_asked_for() {
    assert_eq!(changed(vec![engineer("1")], "1:engineer,support"), ["1: open"], "one role more");
    assert_eq!(changed(vec![engineer("1")], "+1"), ["1: open"], "an administrator since");
    // The source says less than before.
    let privileged =
        account("1", json!({ "enabled": true, "groups": ["ops"], "privileged": true, "roles": ["engineer"] }));
    assert_eq!(changed(vec![privileged], "1"), ["1: open"], "nobody says that its groups are gone");
}

#[test]
fn each_attribute_counts_in_the_direction_of_less_access() {
    let attributes = |json: serde_json::Value| serde_json::from_value::<Attributes>(json).unwrap();
    for (then, now, less) in [
        (json!({ "groups": ["ops"] }), json!({ "groups": ["ops", "web"] }), false),
        (json!({ "groups": ["ops", "web"] }), json!({ "groups": ["web"] }), true),
        (json!({ "groups": ["ops"] }), json!({ "groups": [] }), true),
        (json!({ "privileged": false }), json!({ "privileged": true }), false),
        (json!({ "privileged": true }), json!({ "privileged": false }), true),
        (json!({ "admin": true }), json!({}), false),
        (json!({ "enabled": true }), json!({ "enabled": false }), false),
        (json!({ "enabled": false }), json!({ "enabled": true }), false),
    ] {
        let found = ReviewKind::Access.is_changed(&attributes(then.clone()), &attributes(now.clone()));
        assert_eq!(found, less, "{then} {now}");
    }
    let rule = |text: &str| attributes(json!({ "expression": text }));
    assert!(ReviewKind::Firewall.is_changed(&rule("accept"), &rule("drop")));
    assert!(!ReviewKind::Firewall.is_changed(&rule("accept"), &rule("accept")));
}
