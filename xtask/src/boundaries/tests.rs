//! The tables against small made-up workspaces.

use serde_json::{Value, json};

use super::{MAY_IMPORT, breaches};
use crate::boundaries::graph::Graph;

/// A graph in the shape of `cargo metadata`: every package of the table, and these edges (from, to, kinds).
fn graph(edges: &[(&str, &str, &[Option<&str>])], more_members: &[&str]) -> Graph {
    let members: Vec<&str> = MAY_IMPORT.iter().map(|(name, _)| *name).chain(more_members.iter().copied()).collect();
    let mut names: Vec<&str> =
        members.iter().copied().chain(edges.iter().flat_map(|(from, to, _)| [*from, *to])).collect();
    names.sort_unstable();
    names.dedup();
    let id = |name: &str| format!("{name} 1.0.0");
    let packages: Vec<Value> = names.iter().map(|name| json!({ "id": id(name), "name": name })).collect();
    let nodes: Vec<Value> = names
        .iter()
        .map(|name| {
            let of = edges.iter().filter(|(from, _, _)| from == name);
            let deps = of.map(|(_, to, kinds)| {
                let kinds: Vec<Value> = kinds.iter().map(|kind| json!({ "kind": kind, "target": null })).collect();
                json!({ "name": to, "pkg": id(to), "dep_kinds": kinds })
            });
            json!({ "id": id(name), "deps": deps.collect::<Vec<_>>() })
        })
        .collect();
    let ids: Vec<String> = members.iter().map(|name| id(name)).collect();
    let metadata = json!({ "packages": packages, "workspace_members": ids, "resolve": { "nodes": nodes } });
    Graph::parse(metadata.to_string().as_bytes()).unwrap()
}

const NORMAL: &[Option<&str>] = &[None];

#[test]
fn what_the_table_allows_is_no_breach() {
    let edges = [
        ("tickmark-policy", "tickmark-model", NORMAL),
        ("tickmark-sandbox", "wasmtime", NORMAL),
        ("tickmark-engine", "tickmark-sandbox", NORMAL),
        ("tickmark", "tickmark-engine", NORMAL),
        ("tickmark-bench", "regorus", NORMAL),
        ("tickmark-bench", "tickmark-builtin", NORMAL),
    ];
    assert_eq!(breaches(&graph(&edges, &[])), [] as [&str; 0]);
}

#[test]
fn an_import_through_a_wall_is_named_with_what_is_allowed() {
    let edges = [
        ("tickmark-model", "tickmark-policy", NORMAL),
        ("tickmark-report", "tickmark-policy", NORMAL),
        ("tickmark-uptime", "tickmark-model", &[Some("build")]),
    ];
    assert_eq!(
        breaches(&graph(&edges, &[])),
        [
            "`tickmark-model` imports `tickmark-policy`, it may import no other package of the workspace",
            "`tickmark-report` imports `tickmark-policy`, it may import: tickmark-model, tickmark-ledger, tickmark-operations",
            "`tickmark-uptime` imports `tickmark-model`, it may import: tickmark-collector",
        ]
    );
}

#[test]
fn tests_may_reach_anywhere_unless_the_program_does_too() {
    let dev: &[Option<&str>] = &[Some("dev")];
    assert_eq!(breaches(&graph(&[("tickmark-policy", "wasmtime", dev)], &[])), [] as [&str; 0]);
    let both: &[Option<&str>] = &[Some("dev"), Some("build")];
    let expected = ["`tickmark-policy` must not reach it: tickmark-policy -> wasmtime"];
    assert_eq!(breaches(&graph(&[("tickmark-policy", "wasmtime", both)], &[])), expected);
}

#[test]
fn a_forbidden_crate_is_found_behind_others_by_the_shortest_way() {
    let edges = [
        ("tickmark-ledger", "tickmark-model", NORMAL),
        ("tickmark-ledger", "a", NORMAL),
        ("a", "b", NORMAL),
        ("b", "a", NORMAL),
        ("b", "cedar-policy", NORMAL),
        ("tickmark-mfa", "c", NORMAL),
        ("c", "regorus", &[None, Some("dev")]),
    ];
    assert_eq!(
        breaches(&graph(&edges, &[])),
        [
            "`tickmark-ledger` must not reach it: tickmark-ledger -> a -> b -> cedar-policy",
            "`tickmark-mfa` must not reach it: tickmark-mfa -> c -> regorus",
        ]
    );
}

#[test]
fn a_package_without_a_row_fails_until_somebody_decides() {
    let expected = ["`tickmark-new` is in no table: say what it may import"];
    assert_eq!(breaches(&graph(&[], &["tickmark-new"])), expected);
}

#[test]
fn other_output_is_an_error_and_no_clean_bill() {
    for (metadata, message) in [
        ("", "`cargo metadata` printed no JSON"),
        ("{}", "`cargo metadata` printed no list at `/packages`"),
        (r#"{"packages":[{"id":7}]}"#, "`cargo metadata` printed no text at `/id`"),
        (r#"{"packages":[],"workspace_members":["x"]}"#, "`x` is no listed package"),
    ] {
        assert_eq!(Graph::parse(metadata.as_bytes()).unwrap_err().to_string(), message);
    }
}
