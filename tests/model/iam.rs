//! The controls on accounts, keys, roles and grants.

use super::{DAY, MINUTE, Subject};

/// Whether a subject is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    let is = |name| subject.flag(name) == Some(true);
    let root = subject.text("kind") == Some("root");
    match control {
        "CC6.2-inactive-accounts" => is("enabled") && !root,
        "CC6.2-service-account-owners" => is("enabled"),
        "CC6.3-privileged-accounts" => is("enabled") && is("privileged") && !root,
        "CC6.3-privileged-roles" => is("privileged"),
        "CC6.3-grants-by-others" => is("grants") && is("succeeded"),
        _ => true,
    }
}

/// The policies that speak against a subject.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let is = |name| subject.flag(name) == Some(true);
    let has = |name| subject.0.contains_key(name);
    let age = |name| subject.number(name).map(|at| as_of - at);
    let ahead = |name| age(name).is_some_and(|age| age < -5 * MINUTE);
    let unowned = subject.text("kind") == Some("service") && !(is("registered") && has("owner"));
    // What was never used counts from its creation, and what is undated is too old.
    let over = |used, limit| age(used).or(age("created_at")).is_none_or(|age| age > limit);
    let rules = match control {
        "CC6.1-access-keys" => {
            let active = subject.text("state") == Some("active");
            vec![
                ("access-keys-of-root", active && subject.text("kind") == Some("root")),
                ("access-keys-too-old", active && age("created_at").is_none_or(|age| age > 90 * DAY)),
                ("access-keys-unused", active && over("last_used", 90 * DAY)),
                ("access-keys-in-the-future", active && (ahead("created_at") || ahead("last_used"))),
            ]
        }
        "CC6.2-inactive-accounts" => {
            let over = over("last_active", 90 * DAY);
            vec![
                ("inactive-accounts-unused", has("last_active") && over),
                ("inactive-accounts-never-used", !has("last_active") && over),
                ("inactive-accounts-in-the-future", ahead("created_at") || ahead("last_active")),
            ]
        }
        "CC6.2-service-account-owners" => vec![("service-account-owners-unregistered", unowned)],
        "CC6.3-privileged-accounts" => vec![
            ("privileged-accounts-not-approved", !is("approved")),
            ("privileged-accounts-unregistered-service", unowned),
        ],
        "CC6.3-privileged-roles" => vec![
            ("privileged-roles-anyone", is("trusts_anyone")),
            ("privileged-roles-outside", subject.has_text("outside_accounts", "x")),
        ],
        "CC6.3-grants-by-others" => vec![
            ("grants-by-others-oneself", is("by_oneself")),
            ("grants-by-others-nobody-known", !(has("actor") && has("target"))),
        ],
        other => panic!("no model of {other}"),
    };
    rules.into_iter().filter(|(_, hit)| *hit).map(|(id, _)| id).collect()
}
