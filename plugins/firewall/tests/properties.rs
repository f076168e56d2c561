//! Properties that hold for every ruleset: against the slow model, on broken listings, and after reloads.

#![cfg(test)]

mod support {
    pub mod model;
}

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use support::model::{Condition, Packet, condition, holds, packets};
use tickmark_firewall::digest::Ids;
use tickmark_firewall::expand::{Cells, rows};
use tickmark_firewall::model::Ruleset;
use tickmark_firewall::net::IpFamily;
use tickmark_firewall::{iptables, nft};

const LIMIT: usize = 1_024;
const SERVER: &str = include_str!("fixtures/server.json");
const DOCKER: &str = include_str!("fixtures/docker.v4");
const UFW6: &str = include_str!("fixtures/ufw.v6");

fn listing(statements: &[Value]) -> String {
    let chain = json!({"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0});
    let rule = json!({"family": "inet", "table": "t", "chain": "c", "expr": statements});
    json!({"nftables": [{"metainfo": {"json_schema_version": 1}}, {"chain": chain}, {"rule": rule}]}).to_string()
}

fn only_rule(ruleset: &Ruleset, limit: usize) -> Vec<Cells> {
    assert_eq!(ruleset.rules.len(), 1, "{ruleset:?}");
    rows(&ruleset.rules[0], limit)
}

/// Rows of an exact rule hold what it matches and nothing else; other rows hold at least that.
fn check(conditions: &[Condition], rows: &[Cells], packets: &[Packet]) -> Result<(), TestCaseError> {
    prop_assert!(!rows.is_empty());
    let exact = rows.iter().all(|row| row.exact);
    for packet in packets {
        let matched = conditions.iter().all(|condition| condition.matches(packet));
        let held = rows.iter().any(|row| holds(row, packet));
        prop_assert!(held || !matched, "narrower than the rule: {packet:?} in {rows:?}");
        // Rows of new connections do not say whether later packets match.
        if exact && packet.new {
            prop_assert!(matched || !held, "wider than an exact rule: {packet:?} in {rows:?}");
        }
    }
    Ok(())
}

fn can_match(conditions: &[Condition]) -> bool {
    // New and following exclude each other; an empty intersection of others shows as an inexact row.
    !(conditions.iter().any(|it| matches!(it, Condition::New))
        && conditions.iter().any(|it| matches!(it, Condition::Following)))
}

proptest! {
    #[test]
    fn nft_rows_cover_exactly_the_rule(conditions in proptest::collection::vec(condition(), 0..4), packets in packets()) {
        let mut statements: Vec<_> = conditions.iter().map(|condition| condition.nft("==")).collect();
        statements.push(json!({"accept": null}));
        let rows = only_rule(&nft::parse(&listing(&statements), LIMIT).unwrap(), usize::MAX);
        check(&conditions, &rows, &packets)?;
        if packets.iter().any(|packet| conditions.iter().all(|condition| condition.matches(packet))) && can_match(&conditions) {
            prop_assert!(rows.iter().all(|row| row.exact), "{rows:?}");
        }
    }

    #[test]
    fn negation_is_never_narrower_and_never_exact(
        conditions in proptest::collection::vec(condition(), 0..3),
        negated in condition(),
        packets in packets(),
    ) {
        let mut all = conditions;
        all.push(Condition::Not(Box::new(negated)));
        let mut statements: Vec<_> = all.iter().map(|condition| condition.nft("==")).collect();
        statements.push(json!({"drop": null}));
        let rows = only_rule(&nft::parse(&listing(&statements), LIMIT).unwrap(), LIMIT);
        check(&all, &rows, &packets)?;
        prop_assert!(rows.iter().all(|row| !row.exact));
    }

    #[test]
    fn a_cap_is_never_narrower(
        conditions in proptest::collection::vec(condition(), 0..4),
        limit in 1usize..8,
        packets in packets(),
    ) {
        let mut statements: Vec<_> = conditions.iter().map(|condition| condition.nft("==")).collect();
        statements.push(json!({"accept": null}));
        let rows = only_rule(&nft::parse(&listing(&statements), limit).unwrap(), limit);
        check(&conditions, &rows, &packets)?;
        prop_assert!(rows.len() <= limit.max(2));
    }

    #[test]
    fn iptables_rows_cover_exactly_the_rule(
        conditions in proptest::collection::vec(condition(), 0..4),
        negated in proptest::option::of(condition()),
        packets in packets(),
    ) {
        let mut conditions = conditions;
        conditions.extend(negated.map(|condition| Condition::Not(Box::new(condition))));
        conditions.retain(|condition| condition.iptables().is_some());
        let options: Vec<_> = conditions.iter().filter_map(Condition::iptables).collect();
        let text = format!("*filter\n:INPUT DROP [0:0]\n-A INPUT {} -j ACCEPT\nCOMMIT\n", options.join(" "));
        let rows = only_rule(&iptables::parse(&text, IpFamily::V4).unwrap(), usize::MAX);
        let packets: Vec<_> = packets.into_iter().filter(|packet| packet.family == IpFamily::V4).collect();
        check(&conditions, &rows, &packets)?;
        prop_assert!(rows.iter().all(|row| row.verdict == "accept"));
        if conditions.iter().any(|condition| matches!(condition, Condition::Not(_))) {
            prop_assert!(rows.iter().all(|row| !row.exact));
        }
    }

    #[test]
    fn broken_bytes_never_panic(edits in proptest::collection::vec((any::<Index>(), 0usize..40, ".{0,6}"), 1..6)) {
        for text in [SERVER, DOCKER, UFW6] {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, removed, inserted) in &edits {
                let at = at.index(chars.len());
                let end = (at + removed).min(chars.len());
                chars.splice(at..end, inserted.chars());
            }
            let text: String = chars.into_iter().collect();
            expand_all(nft::parse(&text, LIMIT).ok());
            expand_all(iptables::parse(&text, IpFamily::V4).ok());
            expand_all(iptables::parse(&text, IpFamily::V6).ok());
        }
    }

    #[test]
    fn broken_values_never_panic_and_never_lose_a_rule(edits in proptest::collection::vec((any::<Index>(), 0usize..8), 1..6)) {
        let mut listing: Value = serde_json::from_str(SERVER).unwrap();
        for (at, kind) in edits {
            let size = nodes(&mut listing, &mut |_| ());
            let (mut seen, at) = (0, at.index(size));
            nodes(&mut listing, &mut |value| {
                if seen == at {
                    *value = spoiled(kind);
                }
                seen += 1;
            });
        }
        let kept = listing["nftables"].as_array().map_or(0, |objects| objects.iter().filter(|it| it.get("rule").is_some()).count());
        if let Ok(ruleset) = nft::parse(&listing.to_string(), LIMIT) {
            prop_assert_eq!(ruleset.rules.len(), kept);
            expand_all(Some(ruleset));
        }
    }

    #[test]
    fn ids_do_not_depend_on_positions(order in Just((0..51).collect::<Vec<usize>>()).prop_shuffle()) {
        let listing: Value = serde_json::from_str(SERVER).unwrap();
        let (rules, others): (Vec<_>, Vec<_>) =
            listing["nftables"].as_array().unwrap().iter().cloned().partition(|object| object.get("rule").is_some());
        prop_assert_eq!(rules.len(), order.len());
        let shuffled: Vec<_> = others.into_iter().chain(order.iter().map(|at| rules[*at].clone())).collect();
        prop_assert_eq!(ids(&json!({"nftables": shuffled})), ids(&listing));
    }

    #[test]
    fn generated_listings_round_trip(tables in tables()) {
        let ruleset = iptables::parse(&print(&tables), IpFamily::V6).unwrap();
        let mut chains = ruleset.chains.iter();
        let mut rules = ruleset.rules.iter();
        for (table, own, lines) in &tables {
            for (name, policy) in own {
                let chain = chains.next().unwrap();
                prop_assert_eq!((&chain.place.table, &chain.place.chain), (table, name));
                prop_assert_eq!(chain.base.as_ref().and_then(|base| base.policy.clone()), policy.as_ref().map(|it| it.to_ascii_lowercase()));
                prop_assert_eq!(chain.rules, lines.iter().filter(|(at, _, _)| &own[at.index(own.len())].0 == name).count() as u64);
            }
            for (at, comment, target) in lines {
                let rule = rules.next().unwrap();
                prop_assert_eq!(&rule.place.chain, &own[at.index(own.len())].0);
                prop_assert_eq!(&rule.branches[0].verdict.name, &target.to_ascii_lowercase());
                prop_assert!(rule.branches[0].exact);
                prop_assert_eq!(rule.content.split('\u{1f}').nth(5), Some(comment.as_str()));
            }
        }
        prop_assert!(chains.next().is_none() && rules.next().is_none());
    }
}

fn expand_all(ruleset: Option<Ruleset>) {
    for rule in ruleset.iter().flat_map(|ruleset| &ruleset.rules) {
        assert!(!rows(rule, 64).is_empty(), "{rule:?}");
    }
}

/// Visits every value, and says how many there are.
fn nodes(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) -> usize {
    visit(value);
    let inner: Vec<&mut Value> = match value {
        Value::Object(entries) => entries.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => vec![],
    };
    1 + inner.into_iter().map(|value| nodes(value, visit)).sum::<usize>()
}

fn spoiled(kind: usize) -> Value {
    match kind {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(u64::MAX),
        3 => json!("@admins"),
        4 => json!([]),
        5 => json!({}),
        6 => json!({"range": [7, 3]}),
        _ => json!({"prefix": {"addr": "::1", "len": 200}}),
    }
}

fn ids(listing: &Value) -> BTreeSet<String> {
    let ruleset = nft::parse(&listing.to_string(), LIMIT).unwrap();
    let mut ids = Ids::default();
    ruleset
        .rules
        .iter()
        .flat_map(|rule| rows(rule, LIMIT).into_iter().map(|cells| (rule, cells)).collect::<Vec<_>>())
        .map(|(rule, cells)| ids.next(rule, &cells))
        .collect()
}

type Line = (Index, String, &'static str);
type Table = (String, Vec<(String, Option<String>)>, Vec<Line>);

/// Tables with built-in and own chains, and rules with any comment.
fn tables() -> impl Strategy<Value = Vec<Table>> {
    let policy = proptest::sample::select(vec!["ACCEPT", "DROP"]);
    let own = proptest::collection::btree_set("[a-z][a-z0-9-]{0,12}", 0..3);
    let chains = (policy, own).prop_map(|(policy, own)| {
        let own = own.into_iter().map(|name| (name, None));
        std::iter::once(("INPUT".to_owned(), Some(policy.to_owned()))).chain(own).collect::<Vec<_>>()
    });
    let target = proptest::sample::select(vec!["ACCEPT", "DROP", "RETURN", "REJECT"]);
    let line = (any::<Index>(), "[ -~]{1,20}", target);
    let table = (chains, proptest::collection::vec(line, 0..5));
    proptest::collection::vec(table, 1..4).prop_map(|tables| {
        let name = |at: usize| ["filter", "nat", "mangle"][at].to_owned();
        tables.into_iter().enumerate().map(|(at, (chains, lines))| (name(at), chains, lines)).collect()
    })
}

fn print(tables: &[Table]) -> String {
    let mut out = String::new();
    for (table, chains, lines) in tables {
        out.push_str(&format!("# Generated by ip6tables-save v1.8.9 on a day\n*{table}\n"));
        for (name, policy) in chains {
            out.push_str(&format!(":{name} {} [12:3456]\n", policy.as_deref().unwrap_or("-")));
        }
        for (at, comment, target) in lines {
            let chain = &chains[at.index(chains.len())].0;
            let comment = comment.replace('\\', "\\\\").replace('"', "\\\"");
            out.push_str(&format!("[7:8] -A {chain} -m comment --comment \"{comment}\" -j {target}\n"));
        }
        out.push_str("COMMIT\n# Completed on a day\n");
    }
    out
}
