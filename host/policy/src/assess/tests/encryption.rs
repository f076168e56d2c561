//! Controls about encryption: which policies speak against a row that differs from a sound one in one thing.

use super::logs::Sound;
use super::*;

fn endpoint() -> Given {
    vec![
        ("name", text("app.example.com")),
        ("port", long(443)),
        ("connect", text("app.example.com:443")),
        ("observed", yes(true)),
        ("tls_version", decimal("1.2")),
        ("verified", yes(true)),
        ("name_matches", yes(true)),
        ("not_before", datetime("2026-10-01T00:00:00Z")),
        ("key_type", text("RSA")),
        ("key_bits", long(2_048)),
        ("chain_not_after", datetime("2026-12-11T09:00:00Z")),
    ]
}

/// What is left of an endpoint that did not answer.
fn silent() -> Vec<(&'static str, Option<Value>)> {
    let gone = ["tls_version", "verified", "name_matches", "not_before", "key_type", "key_bits", "chain_not_after"];
    gone.map(|column| (column, None)).into_iter().chain([("observed", Some(yes(false)))]).collect()
}

#[test]
fn an_endpoint_must_answer_over_tls_that_holds() {
    let sound = Sound { control: "CC6.7-tls-endpoints", plugin: "encryption", fact: "endpoint", cells: endpoint() };
    sound.check(&[], "");
    sound.check(&silent(), "tls-endpoints-not-observed");
    sound.check(&[("tls_version", Some(decimal("1.1")))], "tls-endpoints-protocol");
    sound.check(&[("tls_version", Some(decimal("0.3")))], "tls-endpoints-protocol");
    sound.check(&[("tls_version", None)], "tls-endpoints-protocol");
    sound.check(&[("legacy_accepted", Some(yes(false)))], "");
    sound.check(&[("legacy_accepted", Some(yes(true)))], "tls-endpoints-legacy");
    for verified in [Some(yes(false)), None] {
        sound.check(&[("verified", verified)], "tls-endpoints-not-verified");
    }
    for matches in [Some(yes(false)), None] {
        sound.check(&[("name_matches", matches)], "tls-endpoints-name");
    }
    let key = |kind: &str, bits| [("key_type", Some(text(kind))), ("key_bits", Some(long(bits)))];
    sound.check(&key("RSA", 2_047), "tls-endpoints-weak-key");
    sound.check(&key("EC", 256), "");
    sound.check(&key("EC", 255), "tls-endpoints-weak-key");
    sound.check(&[("key_type", Some(text("1.3.101.112"))), ("key_bits", None)], "");
}

#[test]
fn a_certificate_must_hold_for_some_time() {
    let sound = Sound { control: "CC6.7-tls-certificates", plugin: "encryption", fact: "endpoint", cells: endpoint() };
    sound.check(&[], "");
    let until = |at: &str| [("chain_not_after", Some(datetime(at)))];
    sound.check(&until("2026-12-11T08:59:59Z"), "tls-certificates-expires");
    sound.check(&until("2026-11-20T09:00:01Z"), "tls-certificates-expires");
    sound.check(&until("2026-11-20T09:00:00Z"), "tls-certificates-expired");
    sound.check(&until("2026-11-01T00:00:00Z"), "tls-certificates-expired");
    sound.check(&[("chain_not_after", None)], "tls-certificates-expired");
    sound.check(&[("not_before", Some(datetime("2026-11-20T09:00:00Z")))], "");
    sound.check(&[("not_before", Some(datetime("2026-11-20T09:00:01Z")))], "tls-certificates-not-yet");
}

#[test]
fn a_volume_must_be_there_and_encrypted() {
    let cells = vec![
        ("name", text("/srv/data")),
        ("source", text("lsblk")),
        ("expected", yes(true)),
        ("exists", yes(true)),
        ("in_scope", yes(true)),
        ("encrypted", yes(true)),
    ];
    let sound = Sound { control: "CC6.1-storage-encrypted", plugin: "encryption", fact: "volume", cells };
    sound.check(&[], "");
    sound.check(&[("expected", Some(yes(false)))], "");
    for encrypted in [Some(yes(false)), None] {
        sound.check(&[("encrypted", encrypted)], "storage-encrypted-not-known");
    }
    sound.check(&[("exists", Some(yes(false))), ("encrypted", None)], "storage-encrypted-missing");
}

#[test]
fn volumes_without_data_are_out_of_scope() {
    let plugin = plugin("encryption");
    let volume = |name: &'static str, in_scope, encrypted| {
        let cells = vec![
            ("name", text(name)),
            ("source", text("lsblk")),
            ("expected", yes(false)),
            ("exists", yes(true)),
            ("in_scope", yes(in_scope)),
            ("encrypted", yes(encrypted)),
        ];
        (format!("lsblk/{name}"), cells)
    };
    let rows = table(plugin.fact("volume").unwrap(), &[volume("/boot", false, false), volume("/", true, true)]);
    check(
        "CC6.1-storage-encrypted",
        &[&collection(&plugin, vec![rows])],
        "pass: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 1 excluded",
    );
}
