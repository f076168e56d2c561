//! What the tests of this folder share.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tickmark_collector::testing::{TestHost, TestRow, TestRun};
use tickmark_collector::{Scalar, Value};
use tickmark_firewall::Firewall;

/// The folder of recorded listings.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A recorded listing.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = fixtures().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the collector emits for a saved nft listing.
pub fn nft(listing: &[u8]) -> TestRun {
    TestHost::new().with_setting("source", "nft-file").file("nft", "", listing).collect::<Firewall>().unwrap()
}

/// What the collector emits for saved iptables listings.
pub fn iptables(v4: &[u8], v6: &[u8]) -> TestRun {
    let host = TestHost::new().with_setting("source", "iptables-file");
    host.file("iptables", "", v4).file("ip6tables", "", v6).collect::<Firewall>().unwrap()
}

/// Every chain and row, one a line, and the claims.
pub fn print(run: &TestRun) -> String {
    let mut out = String::new();
    for row in run.rows("chain") {
        let kind = format!("{} {} {}", cell(row, "kind"), cell(row, "hook"), cell(row, "priority"));
        let kind = if row.get("base") == &true.into() { kind } else { "not base".to_owned() };
        writeln!(out, "chain {}: {kind}, policy {}, {} rules", row.id, cell(row, "policy"), cell(row, "rules"))
            .unwrap();
    }
    let mut last = String::new();
    for row in run.rows("rule") {
        let place = ["family", "table", "chain"].map(|column| cell(row, column)).join(" ");
        let rule = format!("{place} [{}]: {}", cell(row, "hooks"), cell(row, "text"));
        if rule != last {
            writeln!(out, "\n{rule}").unwrap();
            last = rule;
        }
        writeln!(out, "  {} {}", &row.id.chars().take(8).collect::<String>(), print_row(row)).unwrap();
    }
    for fact in ["rule", "chain"] {
        let claim = run.claim(fact).unwrap();
        writeln!(out, "\n{fact}: {} rows, source total {:?}", claim.count, claim.population.source_total).unwrap();
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

/// The cells of a rule's row that come from the rule.
pub fn print_row(row: &TestRow) -> String {
    let interface = |column: &str, word: &str| match row.get(column) {
        Value::Absent => String::new(),
        _ => format!(" {word} {}", cell(row, column)),
    };
    format!(
        "{} {}{}{} {} -> {} ports {}-{}{}{}",
        cell(row, "verdict"),
        cell(row, "protocol"),
        interface("interface_in", "in"),
        interface("interface_out", "out"),
        cell(row, "source"),
        cell(row, "destination"),
        cell(row, "port_from"),
        cell(row, "port_to"),
        if row.get("new_connections") == &true.into() { "" } else { " following" },
        if row.get("exact") == &true.into() { "" } else { " inexact" },
    )
}

fn cell(row: &TestRow, column: &str) -> String {
    match row.get(column) {
        Value::Absent => "-".to_owned(),
        Value::One(scalar) => scalar_text(scalar),
        Value::SetOf(items) => items.iter().map(scalar_text).collect::<Vec<_>>().join(" "),
    }
}

fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Ip(ip) => ip.0.clone(),
        Scalar::Long(n) => n.to_string(),
        Scalar::Boolean(b) => b.to_string(),
        other => format!("{other:?}"),
    }
}
