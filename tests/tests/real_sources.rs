//! The whole program on real sources: a server on loopback, and the kernel's own firewall in a network namespace.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;

use expect_test::expect;
use tickmark_tests::{Site, program};

/// Answers one request on a free port of loopback.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn answer_once(status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").unwrap();
    });
    port
}

fn health_of(status: &'static str) -> String {
    let origin = format!("http://127.0.0.1:{}", answer_once(status));
    let site = Site::acme().edit("tickmark.toml", "http://127.0.0.1:9", &origin);
    site.tickmark("run --control A1.1-health-checks --as-of 2026-11-20T09:00:00Z")
}

#[test]
fn a_healthy_server_passes() {
    expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL             CRITERIA            OWNER        SYSTEM     OUTCOME  COUNTS
        A1.1-health-checks  A1.1, CC7.2, CC6.7  Engineering  acme-prod  pass     1/1 conform

        criteria: A1.1 1 pass; CC6.7 1 pass; CC7.2 1 pass
        1 pass; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/uptime-web asks for what is not granted: files `proc-stat`, files `proc-uptime`, http `prometheus`, files `prometheus`
    "#]]
    .assert_eq(&health_of("200 OK"));
}

#[test]
fn an_unhealthy_server_fails() {
    expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL             CRITERIA            OWNER        SYSTEM     OUTCOME  COUNTS
        A1.1-health-checks  A1.1, CC7.2, CC6.7  Engineering  acme-prod  fail     0/1 conform, 1 exception
          Uptime::Check::"/health": the health check failed
            health-checks-unhealthy (high): look at the status or error of the check, and restore the service

        criteria: A1.1 1 fail; CC6.7 1 fail; CC7.2 1 fail
        1 fail; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/uptime-web asks for what is not granted: files `proc-stat`, files `proc-uptime`, http `prometheus`, files `prometheus`
    "#]]
    .assert_eq(&health_of("503 Service Unavailable"));
}

#[test]
fn the_kernels_own_ruleset() {
    let site = Site::acme()
        .edit("tickmark.toml", "source = \"nft-file\"", "source = \"nft\"")
        .edit(
            "tickmark.toml",
            "grants.files.nft.path = \"ruleset.json\"",
            "grants.command.nft.argv = [\"/usr/sbin/nft\", \"--json\", \"list\", \"ruleset\"]",
        )
        .file(
            "rules.nft",
            "table inet filter {
                chain input {
                    type filter hook input priority filter; policy drop;
                    ct state established,related accept
                    tcp dport 443 accept
                }
            }",
        );
    let script = format!(
        "nft -f rules.nft && exec {} run --control CC6.6-firewall-inbound --control CC6.6-firewall-default-deny -o json",
        program().display()
    );
    let like = site.command("");
    let mut unshare = Command::new("unshare");
    unshare.args(["--net", "sh", "-c", &script]).current_dir(site.path());
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => unshare.env(name, value),
            None => unshare.env_remove(name),
        };
    }
    let output = unshare.output().expect("unshare of util-linux; `cargo xtask setup` installs what tests need");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "nft as root, in a namespace of its own: `cargo xtask setup`\n{stderr}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes: Vec<&str> =
        document["findings"].as_array().unwrap().iter().filter_map(|finding| finding["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["pass", "pass"]);
    assert_eq!(document["simulated"], false);
    assert_eq!(document["evidence"][0]["receipts"][0]["function"], "command.run");
}
