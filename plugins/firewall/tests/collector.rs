//! The collector as a whole: settings, grants that fail, listings that are broken, and what it claims.

#![cfg(test)]

mod support;

use expect_test::{Expect, expect};
use support::{fixture, print};
use tickmark_collector::testing::{TestHost, TestRun};
use tickmark_collector::{Failure, code};
use tickmark_firewall::Firewall;

const EMPTY_NFT: &[u8] = br#"{"nftables": [{"metainfo": {"json_schema_version": 1}}]}"#;

fn host(source: &str) -> TestHost {
    TestHost::new().with_setting("source", source)
}

fn collect(host: &TestHost) -> Result<TestRun, Failure> {
    host.collect::<Firewall>()
}

fn check_failure(host: &TestHost, expected: &Expect) {
    expected.assert_eq(&collect(host).unwrap_err().to_string());
}

fn totals(run: &TestRun) -> [Option<u64>; 2] {
    ["rule", "chain"].map(|fact| run.claim(fact).unwrap().population.source_total)
}

#[test]
fn settings_are_checked() {
    check_failure(
        &TestHost::new(),
        &expect!["invalid: source is ``, expected nft, nft-file, iptables or iptables-file"],
    );
    check_failure(&host("pf"), &expect!["invalid: source is `pf`, expected nft, nft-file, iptables or iptables-file"]);
    check_failure(
        &host("nft-file").with_setting("max_rows_per_rule", 0_i64),
        &expect!["invalid: max_rows_per_rule is 0, expected 1 to 65536"],
    );
}

#[test]
fn the_command_and_the_saved_file_give_the_same() {
    let listing = fixture("server.json");
    let command = collect(&host("nft").command("nft", 0, &listing, b"")).unwrap();
    let file = collect(&host("nft-file").file("nft", "", &listing)).unwrap();
    assert_eq!(print(&command), print(&file));
    assert_eq!(command.rows("rule").len(), 111);
    assert_eq!(totals(&command), [Some(111), Some(10)]);
}

#[test]
fn rows_cite_the_listing_that_they_were_read_from() {
    let run = support::iptables(&fixture("docker.v4"), &fixture("docker.v6"));
    for row in run.rows("rule").iter().chain(run.rows("chain")) {
        let expected: &[u32] = if row.get("family") == &"ip".into() { &[0] } else { &[1] };
        assert_eq!(row.sources, expected);
    }
}

#[test]
fn a_command_that_fails_is_a_failure() {
    check_failure(&host("nft"), &expect!["denied: command `nft` is not granted"]);
    check_failure(
        &host("nft").command("nft", 1, b"", b"Operation not permitted (you must be root)\n"),
        &expect!["unavailable: `nft` ended with exit code 1, `nft` said: Operation not permitted (you must be root)"],
    );
    // Even where it printed something before.
    check_failure(
        &host("nft").command("nft", 3, EMPTY_NFT, b""),
        &expect!["unavailable: `nft` ended with exit code 3"],
    );
    check_failure(
        &host("nft").command_fails("nft", Failure::new(code::TIMEOUT, "no answer in 30s")),
        &expect!["timeout: no answer in 30s"],
    );
}

#[test]
fn broken_nft_listings_are_failures() {
    let check = |listing: &[u8], expected: Expect| check_failure(&host("nft-file").file("nft", "", listing), &expected);
    check(b"", expect!["invalid: nft listing is empty, not even a `metainfo`"]);
    check(b"\xff\xfe", expect!["invalid: `nft`: not UTF-8 at byte 0 of 2"]);
    check(
        &fixture("server.json")[..4_000],
        expect!["invalid: nft listing is not whole JSON: EOF while parsing a string at line 1 column 4000"],
    );
    check(b"{}", expect!["invalid: nft listing has no `nftables` array"]);
    check(br#"{"nftables": []}"#, expect!["invalid: nft listing has no `metainfo`"]);
    check(
        br#"{"nftables": [{"metainfo": {"json_schema_version": 2}}]}"#,
        expect!["invalid: nft listing has schema version 2, only 1 is known"],
    );
    check(
        br#"{"nftables": [{"metainfo": {"json_schema_version": 1}}, {"flush": {"ruleset": null}}]}"#,
        expect!["invalid: nft listing has a command `flush`, expected what `nft --json list ruleset` prints"],
    );
    check(
        br#"{"nftables": [{"metainfo": {"json_schema_version": 1}}, 7]}"#,
        expect!["invalid: nft listing has an entry that is no object with one name"],
    );
}

#[test]
fn broken_iptables_listings_are_failures() {
    let check = |v4: &[u8], expected: Expect| {
        check_failure(
            &host("iptables-file").file("iptables", "", v4).file("ip6tables", "", &fixture("docker.v6")),
            &expected,
        );
    };
    let whole = String::from_utf8(fixture("docker.v4")).unwrap();
    let cut = |at: &str| whole[..whole.rfind(at).unwrap() + at.len()].to_owned();
    check(
        cut("-A DOCKER -i docker0").as_bytes(),
        expect!["invalid: iptables listing is cut off: table `nat` has no COMMIT"],
    );
    check(cut("COMMIT").as_bytes(), expect!["invalid: iptables listing is cut off: 4 tables begun, 3 completed"]);
    check(b"\xff", expect!["invalid: `iptables`: not UTF-8 at byte 0 of 1"]);
    check(b"no such thing\n", expect!["invalid: iptables listing, line 1: line outside of a table: `no such thing`"]);
    check(b"*filter\n:INPUT\nCOMMIT\n", expect!["invalid: iptables listing, line 2: chain without a policy: `:INPUT`"]);
    check(
        b"*filter\nCOMMIT\n*filter\nCOMMIT\n",
        expect!["invalid: iptables listing, line 3: table is there twice: `*filter`"],
    );
    check(
        b"*filter\n:a - [0:0]\n:a - [0:0]\nCOMMIT\n",
        expect!["invalid: iptables listing has chain `a` of `filter` twice"],
    );
}

#[test]
fn one_ip_family_alone_is_emitted_and_never_complete() {
    let v4 = fixture("docker.v4");
    let without = |host: TestHost, note: &Expect| {
        let run = collect(&host).unwrap();
        assert_eq!(run.rows("rule").len(), 41);
        assert_eq!(totals(&run), [None, None]);
        note.assert_eq(run.notes().last().unwrap());
    };
    let granted = || host("iptables").command("iptables", 0, &v4, b"");
    without(
        granted(),
        &expect!["not all rules are listed: `ip6tables` was not read: denied: command `ip6tables` is not granted"],
    );
    without(
        granted().command("ip6tables", 1, b"", b"Address family not supported\n"),
        &expect![
            "not all rules are listed: `ip6tables` was not read: unavailable: `ip6tables` ended with exit code 1, `ip6tables` said: Address family not supported"
        ],
    );
    without(
        granted().command("ip6tables", 0, b"", b""),
        &expect!["not all rules are listed: ip6tables listing has no table"],
    );
    // A missing file is no failed call for the host: the claim itself must not be complete.
    without(
        host("iptables-file").file("iptables", "", &v4).file("ip6tables", "other", b""),
        &expect!["not all rules are listed: `ip6tables` was not read: not-found: no file `` in `ip6tables`"],
    );
}

#[test]
fn no_table_at_all_is_a_failure() {
    check_failure(
        &host("iptables").command("iptables", 0, b"", b"").command("ip6tables", 0, b"", b""),
        &expect!["invalid: no table is listed, neither for IPv4 nor for IPv6"],
    );
    check_failure(&host("iptables"), &expect!["denied: command `iptables` is not granted"]);
}

#[test]
fn rules_that_the_tool_does_not_show_make_it_incomplete() {
    let v6 = fixture("docker.v6");
    let both = host("iptables").command("iptables", 0, &fixture("both.v4"), &fixture("both.stderr"));
    let run = collect(&both.command("ip6tables", 0, &v6, b"")).unwrap();
    assert_eq!(totals(&run), [None, None]);
    let expected = "not all rules are listed: `iptables` said: # Warning: iptables-legacy tables present, use \
                    iptables-legacy-save to see them";
    assert!(run.notes().iter().any(|note| note == expected), "{:?}", run.notes());

    let incompatible = b"# Table `nat' is incompatible, use 'nft' tool.\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
    assert_eq!(totals(&support::iptables(incompatible, &v6)), [None, None]);
}

#[test]
fn rules_that_cannot_be_read_are_rows() {
    let listing = br#"{"nftables": [
        {"metainfo": {"json_schema_version": 1}},
        {"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
        {"rule": {"family": "ip", "table": "t"}},
        {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"warp": {"to": 9}}]}},
        {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"vmap": {"key": {"ct": {"key": "state"}}, "data": "@gone"}}]}},
        {"rule": {"family": "ip", "table": "t", "chain": "nowhere", "expr": [{"accept": null}]}},
        {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"warp": {"to": 9}}, {"accept": null}]}}
    ]}"#;
    expect![[r#"
        chain inet t c: filter input 0, policy drop, 3 rules

        ip t unknown []: {"family":"ip","table":"t"}
          dbb7e73a unreadable any 0.0.0.0/0 -> 0.0.0.0/0 ports 0-65535 inexact

        inet t c [input]: warp {"to":9}
          adbcb3d9 unreadable any 0.0.0.0/0 -> 0.0.0.0/0 ports 0-65535 inexact
          c8c5bd91 unreadable any ::/0 -> ::/0 ports 0-65535 inexact

        inet t c [input]: ct state vmap @gone
          ea31fe28 unreadable any 0.0.0.0/0 -> 0.0.0.0/0 ports 0-65535 inexact
          83ea03b0 unreadable any ::/0 -> ::/0 ports 0-65535 inexact

        ip t nowhere []: accept
          1fb2f00b unreadable any 0.0.0.0/0 -> 0.0.0.0/0 ports 0-65535 inexact

        inet t c [input]: warp {"to":9} accept
          579c7c29 accept any 0.0.0.0/0 -> 0.0.0.0/0 ports 0-65535 inexact
          e2e860e8 accept any ::/0 -> ::/0 ports 0-65535 inexact

        rule: 8 rows, source total Some(8)

        chain: 1 rows, source total Some(1)
        note: chain `ip t unknown`: rule cannot be read: `{"family":"ip","table":"t"}`
        note: chain `inet t c`: rule cannot be read: `warp {"to":9}`
        note: chain `inet t c`: rule cannot be read: `ct state vmap @gone`
        note: chain `nowhere` of table `ip t` has rules and is not in the listing
        note: chain `unknown` of table `ip t` has rules and is not in the listing
    "#]]
    .assert_eq(&print(&support::nft(listing)));
}

#[test]
fn a_cap_widens_and_never_drops() {
    let listing = fixture("server.json");
    let capped = host("nft-file").with_setting("max_rows_per_rule", 1_i64).file("nft", "", &listing);
    let run = collect(&capped).unwrap();
    let texts = |run: &TestRun| {
        run.rows("rule")
            .iter()
            .map(|row| row.get("text").as_text().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(texts(&run), texts(&support::nft(&listing)));
    let ssh: Vec<_> = run
        .rows("rule")
        .iter()
        .filter(|row| row.get("text").as_text().unwrap().starts_with("ip saddr @admins"))
        .map(support::print_row)
        .collect();
    assert_eq!(ssh, ["accept tcp 0.0.0.0/0 -> 0.0.0.0/0 ports 22-8100 inexact"]);
}
