//! The ledger from the command line: keys, verifying, periods, holds, erasure, packages and replays.

use expect_test::expect;
use tickmark_tests::Site;

const AS_OF: &str = "--as-of 2026-11-20T09:00:00Z";

/// The example company after one run.
fn sealed() -> Site {
    let site = Site::acme();
    let (code, _, stderr) = site.run(&format!("run --quiet {AS_OF}"));
    assert_eq!(code, 1, "{stderr}");
    site
}

/// Standard output of a command that has to end well.
fn stdout(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

/// Replaces what is random in every ledger: keys, and what a digest or a time of recording goes into.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words = line.split(' ').map(|word| {
            let bare = word.trim_end_matches([',', ';', '.', '`', ')']);
            let tail = &word[bare.len()..];
            let start = bare.find(|c: char| c != '`' && c != '(').unwrap_or(0);
            let (open, bare) = bare.split_at(start);
            let kind = if bare.starts_with("tickmark/") && bare.contains('+') {
                "[VKEY]"
            } else if bare.starts_with("tickmark/") && bare.len() == 25 {
                "[ORIGIN]"
            } else if bare.starts_with("sha256:") {
                "[DIGEST]"
            } else {
                bare
            };
            format!("{open}{kind}{tail}")
        });
        out.push_str(words.collect::<Vec<_>>().join(" ").trim_end());
        out.push('\n');
    }
    out
}

fn check(site: &Site, arguments: &str, expected: &expect_test::Expect) {
    expected.assert_eq(&steady(&site.tickmark(arguments)));
}

#[test]
fn a_key_is_made_on_first_use_and_the_ledger_verifies_by_it() {
    let site = Site::acme();
    check(&site, "key show", &expect![[r#""#]]);
    check(&site, &format!("run --control A1.3-restore-test {AS_OF}"), &expect![[r#""#]]);
    let vkey = stdout(&site, "key show");
    assert!(vkey.starts_with("tickmark/"), "{vkey}");
    check(&site, "verify", &expect![[r#""#]]);
    check(&site, &format!("verify --key {}", vkey.trim_end()), &expect![[r#""#]]);
    let other = Site::acme();
    assert_eq!(other.run("key generate --quiet").0, 0);
    let (code, ..) = site.run(&format!("verify --key {}", stdout(&other, "key show").trim_end()));
    assert_eq!(code, 4, "it verifies by somebody else's key");
}

#[test]
fn a_changed_record_is_exit_4_and_the_next_run_refuses_the_ledger() {
    let site = sealed();
    let bundle = site.path().join(".tickmark/ledger/tile/entries/000.p/11");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.windows(14).position(|it| it == b"\"outcome\":\"fai").unwrap();
    bytes[at + 11..at + 15].copy_from_slice(b"pass");
    std::fs::write(&bundle, bytes).unwrap();
    check(&site, "verify", &expect![[r#""#]]);
}

#[test]
fn keys_are_rotated_and_auditors_who_have_the_old_one_can_follow() {
    let site = sealed();
    let old = stdout(&site, "key show");
    check(&site, "key rotate", &expect![[r#""#]]);
    let new = stdout(&site, "key show");
    assert_ne!(old, new);
    let (code, ..) = site.run(&format!("run --quiet {AS_OF}"));
    assert_eq!(code, 1);
    for key in [&old, &new] {
        stdout(&site, &format!("verify --key {}", key.trim_end()));
    }
}

#[test]
fn every_evaluation_of_the_example_replays_to_the_same_bytes() {
    let site = sealed();
    check(&site, "replay --all", &expect![[r#""#]]);
    check(&site, "replay evaluation/7 -o json", &expect![[r#""#]]);
    check(&site, "replay key/0", &expect![[r#""#]]);
}

#[test]
fn a_response_that_was_exchanged_for_another_does_not_replay() {
    let site = sealed();
    let record: serde_json::Value = serde_json::from_str(&stdout(&site, "ledger show evaluation/7")).unwrap();
    let transcript = record["collectors"][0]["transcript"]["digest"].as_str().unwrap();
    let hex = transcript.strip_prefix("sha256:").unwrap();
    let path = site.path().join(format!(".tickmark/ledger/blobs/sha256/{}/{hex}", &hex[..2]));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"seq\":0", "\"seq\":1", 1)).unwrap();
    assert_eq!(site.run("replay evaluation/7").0, 4);
    assert_eq!(site.run("verify").0, 4);
}

#[test]
fn a_period_is_sealed_once_and_the_index_is_built_anew() {
    let site = sealed();
    check(&site, "ledger seal --from 2026-11-20 --to 2026-11-20", &expect![[r#""#]]);
    check(&site, "ledger seal --from 2026-11-20 --to 2026-11-20", &expect![[r#""#]]);
    check(&site, "ledger seal --from 2026-11-20 --to 2199-12-31", &expect![[r#""#]]);
    check(&site, "ledger reindex", &expect![[r#""#]]);
    check(&site, "verify", &expect![[r#""#]]);
}

#[test]
fn a_package_verifies_and_replays_without_the_site() {
    let site = sealed();
    let vkey = stdout(&site, "key show");
    check(&site, "export --from 2026-11-20 --to 2026-11-20", &expect![[r#""#]]);
    let again = "export --quiet --from 2026-11-20 --to 2026-11-20 --output-file again.zip";
    stdout(&site, again);
    let read = |name: &str| std::fs::read(site.path().join(name)).unwrap();
    assert!(read("evidence.zip") == read("again.zip"), "the same selection gives other bytes");

    let auditor = Site::new().file("evidence.zip", read("evidence.zip"));
    check(&auditor, &format!("verify evidence.zip --key {}", vkey.trim_end()), &expect![[r#""#]]);
    check(&auditor, "replay evidence.zip", &expect![[r#""#]]);
    stdout(
        &site,
        "export --quiet --from 2026-11-20 --to 2026-11-20 --redact --control CC6.3-mfa-for-admins --output-file small.zip",
    );
    let auditor = auditor.file("small.zip", read("small.zip"));
    check(&auditor, &format!("verify small.zip --key {}", vkey.trim_end()), &expect![[r#""#]]);
    check(&auditor, "replay small.zip", &expect![[r#""#]]);
}

#[test]
fn a_ledger_that_went_back_or_another_way_is_refused_by_the_next_run() {
    let site = sealed();
    let ledger = site.path().join(".tickmark/ledger");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        assert!(std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
    };
    let old = site.path().join("old");
    copy(&ledger, &old);
    let checkpoint = std::fs::read(ledger.join("checkpoint")).unwrap();
    assert_eq!(site.run(&format!("run --quiet {AS_OF}")).0, 1);
    let site = site.file("last-year", &checkpoint);
    stdout(&site, "verify --since last-year");
    let newest = std::fs::read(ledger.join("checkpoint")).unwrap();
    let site = site.file("newest", &newest).remove(".tickmark/ledger");
    copy(&old, &ledger);
    check(&site, &format!("run {AS_OF}"), &expect![[r#""#]]);
    check(&site, "verify --since newest", &expect![[r#""#]]);
    // Another history from the same point on, by somebody who has the key and took the site's memory away.
    let site = site.remove(".tickmark/last-checkpoint");
    assert_eq!(site.run(&format!("run --quiet {AS_OF}")).0, 1);
    assert_eq!(site.run("verify").0, 0);
    check(&site, "verify --since newest", &expect![[r#""#]]);
}
