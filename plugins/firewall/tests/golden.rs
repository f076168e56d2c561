//! Recorded listings of the real tools in, rows out. `UPDATE_EXPECT=1` writes the expected files anew.

#![cfg(test)]

mod support;

use expect_test::expect_file;
use serde_json::Value;
use support::{fixture, iptables, nft, print, print_row};
use tickmark_collector::testing::{TestRow, TestRun};

#[test]
fn a_server_with_nftables() {
    expect_file!["golden/server.txt"].assert_eq(&print(&nft(&fixture("server.json"))));
}

#[test]
fn a_host_with_containers() {
    expect_file!["golden/docker.txt"].assert_eq(&print(&iptables(&fixture("docker.v4"), &fixture("docker.v6"))));
}

#[test]
fn a_host_with_containers_as_nft_sees_it() {
    expect_file!["golden/docker-nft.txt"].assert_eq(&print(&nft(&fixture("docker.json"))));
}

#[test]
fn a_workstation_behind_a_front_end() {
    expect_file!["golden/ufw.txt"].assert_eq(&print(&iptables(&fixture("ufw.v4"), &fixture("ufw.v6"))));
}

#[test]
fn an_empty_ruleset_has_no_rows_and_says_so() {
    let run = nft(&fixture("empty.json"));
    assert_eq!(print(&run), "\nrule: 0 rows, source total Some(0)\n\nchain: 0 rows, source total Some(0)\n");
}

/// The same chains through iptables-save and through nft: the two readers agree on what the kernel registered.
#[test]
fn both_readers_see_the_same_chains() {
    let saved = iptables(&fixture("docker.v4"), &fixture("docker.v6"));
    let listed = nft(&fixture("docker.json"));
    let chains = |run| {
        let mut lines: Vec<_> =
            print(run).lines().filter(|line| line.starts_with("chain ")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(chains(&saved), chains(&listed));
    assert!(chains(&saved).len() > 10);
}

#[test]
fn counters_change_nothing() {
    let plain = iptables(&fixture("docker.v4"), &fixture("docker.v6"));
    let counted = iptables(&fixture("docker-counters.v4"), &fixture("docker.v6"));
    assert_eq!(print(&plain), print(&counted));
}

/// Where nft shows a rule of iptables in full, both readers give the same rows for it.
#[test]
fn both_readers_agree_where_both_are_exact() {
    let rows = |run: &TestRun| -> Vec<String> {
        let place = |row: &TestRow, column| row.get(column).as_text().unwrap().to_owned();
        let of = |row| {
            format!("{} {} {}: {}", place(row, "family"), place(row, "table"), place(row, "chain"), print_row(row))
        };
        let mut rows: Vec<_> = run.rows("rule").iter().map(of).filter(|row| !row.ends_with("inexact")).collect();
        rows.sort();
        rows
    };
    let saved = rows(&iptables(&fixture("docker.v4"), &fixture("docker.v6")));
    let listed = rows(&nft(&fixture("docker.json")));
    assert!(listed.len() > 15);
    assert_eq!(listed.iter().filter(|row| !saved.contains(row)).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn a_reload_keeps_every_row_and_id() {
    let recorded = nft(&fixture("server.json"));
    let mut listing: Value = serde_json::from_slice(&fixture("server.json")).unwrap();
    reload(&mut listing, 1_000);
    let reloaded = nft(listing.to_string().as_bytes());
    let rows = |run: &TestRun| {
        let mut rows: Vec<_> = run.rows("rule").iter().map(|row| (row.id.clone(), print_row(row))).collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(&recorded), rows(&reloaded));
}

/// What loading the same rules again changes: handles, counters, the order of sets.
fn reload(value: &mut Value, offset: u64) {
    match value {
        Value::Object(entries) => {
            for moving in ["handle", "packets", "bytes"] {
                if let Some(number) = entries.get_mut(moving) {
                    *number = Value::from(number.as_u64().unwrap() + offset);
                }
            }
            for unordered in ["set", "elem"] {
                if let Some(Value::Array(items)) = entries.get_mut(unordered) {
                    items.reverse();
                }
            }
            entries.values_mut().for_each(|value| reload(value, offset));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| reload(value, offset)),
        _ => {}
    }
}
