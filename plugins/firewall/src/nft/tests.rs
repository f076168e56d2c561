//! Statements of rules, one by one, and what they make of a row.

use serde_json::json;

use super::*;
use crate::expand::{Cells, rows};

fn listing(objects: &[Value], statements: &Value) -> String {
    let mut all = vec![
        json!({"metainfo": {"json_schema_version": 1}}),
        json!({"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0}}),
        json!({"rule": {"family": "inet", "table": "t", "chain": "c", "expr": statements}}),
    ];
    all.extend(objects.iter().cloned());
    json!({"nftables": all}).to_string()
}

fn print(row: &Cells) -> String {
    let Cells { protocol, source, ports, verdict, new_connections, exact, .. } = row;
    let words = [if *new_connections { "" } else { " following" }, if *exact { "" } else { " inexact" }].concat();
    format!("{verdict} {protocol} {source} {}-{}{words}", ports.0, ports.1)
}

fn check_with(objects: &[Value], statements: &Value, expected: &[&str]) {
    let ruleset = parse(&listing(objects, statements), 16).unwrap();
    let found: Vec<_> = ruleset.rules.iter().take(1).flat_map(|rule| rows(rule, 16)).map(|row| print(&row)).collect();
    assert_eq!(found, expected, "{statements}");
}

fn check(statements: &Value, expected: &[&str]) {
    check_with(&[], statements, expected);
}

fn source() -> Value {
    json!({"payload": {"protocol": "ip", "field": "saddr"}})
}

fn is(left: &Value, right: &Value) -> Value {
    json!({"match": {"op": "==", "left": left, "right": right}})
}

const ANY: [&str; 2] = ["accept any 0.0.0.0/0 0-65535 inexact", "accept any ::/0 0-65535 inexact"];

#[test]
fn sets_that_pass_are_not_resolved() {
    let rule = json!([is(&source(), &json!("@s")), {"accept": null}]);
    let set = |more: Value| {
        let mut set = json!({"family": "inet", "table": "t", "name": "s", "elem": ["10.0.0.1"]});
        set.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"set": set})
    };
    check_with(&[set(json!({}))], &rule, &["accept any 10.0.0.1 0-65535"]);
    let wide = ["accept any 0.0.0.0/0 0-65535 inexact"];
    check_with(&[set(json!({"flags": ["timeout"]}))], &rule, &wide);
    check_with(&[set(json!({"flags": "dynamic"}))], &rule, &wide);
    check_with(&[set(json!({"timeout": 60}))], &rule, &wide);
    check_with(&[set(json!({"elem": [{"elem": {"val": "10.0.0.1", "timeout": 5}}]}))], &rule, &wide);
    check_with(&[set(json!({"elem": []}))], &rule, &wide);
    check_with(&[set(json!({"table": "other"}))], &rule, &wide);
    check_with(&[], &rule, &wide);
    let adds = json!({"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [
        {"set": {"op": "add", "elem": source(), "set": "@s"}}
    ]}});
    check_with(&[set(json!({})), adds], &rule, &wide);
    let element = json!({"element": {"family": "inet", "table": "t", "name": "s", "elem": ["10.0.0.2"]}});
    check_with(&[set(json!({})), element], &rule, &["accept any 10.0.0.1 0-65535", "accept any 10.0.0.2 0-65535"]);
}

#[test]
fn maps_that_pass_keep_their_verdicts() {
    let rule = json!([{"vmap": {"key": source(), "data": "@m"}}]);
    let map = |flags: Value, elements: Value| json!({"map": {"family": "inet", "table": "t", "name": "m", "flags": flags, "elem": elements}});
    let elements = json!([["10.0.0.1", {"accept": null}], ["10.0.0.2", {"jump": {"target": "c"}}]]);
    check_with(
        &[map(json!([]), elements.clone())],
        &rule,
        &["accept any 10.0.0.1 0-65535", "jump any 10.0.0.2 0-65535"],
    );
    check_with(
        &[map(json!(["timeout"]), elements)],
        &rule,
        &["accept any 0.0.0.0/0 0-65535 inexact", "jump any 0.0.0.0/0 0-65535 inexact"],
    );
    check_with(&[map(json!([]), json!([]))], &rule, &["continue any 0.0.0.0/0 0-65535 inexact"]);
    check_with(&[], &rule, &["unreadable any 0.0.0.0/0 0-65535 inexact"]);
    let any = json!([["*", {"drop": null}]]);
    check_with(&[map(json!([]), any)], &rule, &["drop any 0.0.0.0/0 0-65535 inexact"]);
}

#[test]
fn statements_that_say_more_are_inexact() {
    for statement in [
        json!({"limit": {"rate": 5, "per": "second"}}),
        json!({"quota": {"val": 5, "val_unit": "mbytes"}}),
        json!({"ct count": {"val": 5}}),
        json!({"xt": {"type": "match", "name": "conntrack"}}),
        json!({"warp": 9}),
        json!({"match": {"op": "<", "left": {"meta": {"key": "length"}}, "right": 9}}),
        json!({"match": {"op": "==", "left": {"meta": {"key": "iif"}}, "right": 7}}),
        json!({"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "eth*"}}),
        json!({"match": {"op": "==", "left": {"ct": {"key": "state"}}, "right": ["new", "established"]}}),
        json!({"match": {"op": "!", "left": {"ct": {"key": "state"}}, "right": "new"}}),
        json!({"match": {}}),
        json!(null),
    ] {
        check(&json!([statement, {"accept": null}]), &ANY);
    }
}

#[test]
fn statements_that_only_do_something_are_exact() {
    let any = |verdict: &str| [format!("{verdict} any 0.0.0.0/0 0-65535"), format!("{verdict} any ::/0 0-65535")];
    for (statement, verdict) in [
        (json!({"log": null}), "log"),
        (json!({"notrack": null}), "notrack"),
        (json!({"counter": {"packets": 1, "bytes": 2}}), "continue"),
        (json!({"mangle": {"key": {"meta": {"key": "mark"}}, "value": 5}}), "mangle"),
        (json!({"queue": {"num": 3}}), "queue"),
        (json!({"xt": {"type": "target", "name": "LOG"}}), "log"),
    ] {
        check(&json!([statement]), &any(verdict).each_ref().map(String::as_str));
    }
}

#[test]
fn what_is_implied_is_put_back() {
    check(&json!([{"reject": {"type": "icmpv6"}}]), &["reject any ::/0 0-65535"]);
    check(&json!([{"dnat": {"family": "ip", "addr": "10.0.0.1"}}]), &["dnat any 0.0.0.0/0 0-65535"]);
    let looked_up = json!({"map": {"key": source(), "data": "@m"}});
    check(&json!([{"dnat": {"family": "ip", "addr": looked_up}}]), &["dnat any 0.0.0.0/0 0-65535 inexact"]);
    check(
        &json!([is(&json!({"meta": {"key": "nfproto"}}), &json!("ipv6")), {"drop": null}]),
        &["drop any ::/0 0-65535"],
    );
    let next_header = json!({"payload": {"protocol": "ip6", "field": "nexthdr"}});
    check(&json!([is(&next_header, &json!("tcp")), {"drop": null}]), &["drop tcp ::/0 0-65535 inexact"]);
    // A port of no protocol in particular.
    let port = json!({"payload": {"protocol": "th", "field": "dport"}});
    check(
        &json!([is(&port, &json!(53)), {"drop": null}]),
        &["drop any 0.0.0.0/0 53-53 inexact", "drop any ::/0 53-53 inexact"],
    );
}

#[test]
fn too_many_pairs_are_wide() {
    let pairs: Vec<_> = (0..17).map(|port| json!({"concat": ["10.0.0.1", port]})).collect();
    let keys = json!({"concat": [source(), {"payload": {"protocol": "tcp", "field": "dport"}}]});
    check(&json!([is(&keys, &json!({"set": pairs})), {"accept": null}]), &["accept tcp 0.0.0.0/0 0-65535 inexact"]);
}
