//! Items and reviews as the tests want them, without a ledger.

use std::collections::BTreeMap;

use serde_json::json;
use tickmark_ledger::Prev;
use tickmark_ledger::acts::Authentication;
use tickmark_model::{BlobRef, Digest, Instant, parse_instant};

use super::blob::{Opening, Verdict};
use super::item::Item;
use super::state::{Act, Contents, Review};
use crate::acts::Said;

pub(crate) const OPENED: &str = "2026-11-01T08:00:00Z";

pub(crate) fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

/// An account of the collector `mfa`, with the attributes of `json`.
pub(crate) fn account(subject: &str, attributes: serde_json::Value) -> Item {
    let attributes: BTreeMap<String, serde_json::Value> = serde_json::from_value(attributes).unwrap();
    Item {
        name: attributes.get("name").and_then(|name| name.as_str()).map(str::to_owned),
        attributes,
        collector: "mfa".to_owned(),
        department: None,
        fact: "user".to_owned(),
        id: format!("mfa/user/{subject}"),
        idle: None,
        keys: None,
        own_of: Vec::new(),
        reviewers: vec!["ada@example.com".to_owned()],
        subject: subject.to_owned(),
    }
}

/// An enabled engineer.
pub(crate) fn engineer(subject: &str) -> Item {
    let (name, email) = (format!("user-{subject}"), format!("user-{subject}@example.com"));
    account(subject, json!({ "admin": false, "email": email, "enabled": true, "name": name, "roles": ["engineer"] }))
}

/// A review of access that record `index` opens, of these items, reviewed by ada and bob.
pub(crate) fn review(index: u64, items: Vec<Item>) -> Review {
    let opening = Opening {
        as_of: at(OPENED),
        by: None,
        by_department: false,
        departments: Vec::new(),
        digest: Digest([1; 32]),
        inactive_after_ms: 90 * 86_400_000,
        kinds: vec!["Mfa::User".to_owned()],
        left_out: Vec::new(),
        only: Vec::new(),
        reviewers: vec!["ada@example.com".to_owned(), "bob@example.com".to_owned()],
        revoke_within_ms: 7 * 86_400_000,
        window: None,
    };
    let items = items.into_iter().map(|item| (item.id.clone(), item)).collect();
    Review {
        id: format!("review/{index}"),
        record: Prev { index, leaf: Digest([2; 32]) },
        kind: "access".to_owned(),
        system: "web".to_owned(),
        environment: Some("production".to_owned()),
        control: None,
        opened_at: at(OPENED),
        opened_by: None,
        due: at("2026-12-02"),
        window: None,
        items: BlobRef { digest: Digest([3; 32]), size: 2 },
        sources: vec![super::state::Source { collector: "mfa".to_owned(), fact: "user".to_owned() }],
        contents: Ok(Contents { opening, items, decisions: BTreeMap::new() }),
        closed: None,
    }
}

/// That `by` decides something, and signs nothing.
pub(super) fn decide(by: &str, decisions: Vec<(String, Verdict, Option<String>)>) -> Act {
    Act::Decide { by: by.to_owned(), authentication: Authentication::Asserted, decisions }
}

/// That somebody did something at `at`, in record `index`, and signed nothing.
pub(crate) fn said(at: Instant, index: u64, by: Option<&str>) -> Said {
    Said { at, by: by.map(str::to_owned), record: index, authentication: Authentication::Asserted }
}
