//! The whole program on real sources: a server on loopback, a name that the system's own resolver knows, and the kernel's
//! own firewall in a network namespace.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output};

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

/// Runs a script in a namespace of its own, in the folder and the environment of the program.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn unshared(site: &Site, namespace: &str, script: &str) -> Output {
    let like = site.command("");
    let mut unshare = Command::new("unshare");
    unshare.args([namespace, "sh", "-c", script]).current_dir(site.path());
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => unshare.env(name, value),
            None => unshare.env_remove(name),
        };
    }
    unshare.output().expect("unshare of util-linux; `cargo xtask setup` installs what tests need")
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
    let output = unshared(&site, "--net", &script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "nft as root, in a namespace of its own: `cargo xtask setup`\n{stderr}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes: Vec<&str> =
        document["findings"].as_array().unwrap().iter().filter_map(|finding| finding["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["pass", "pass"]);
    assert_eq!(document["simulated"], false);
    assert_eq!(document["evidence"][0]["receipts"][0]["function"], "command.run");
}

/// How a run ends on the health of `app.example.com`, a name that leads to `port` of this machine.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn health_by_name(port: u16, addresses: &str) -> String {
    let grant = format!(
        "grants.http.health.origin = \"http://app.example.com:{port}\"\ngrants.http.health.addresses = [{addresses}]"
    );
    let site = Site::acme()
        .edit("tickmark.toml", "grants.http.health.origin = \"http://127.0.0.1:9\"", &grant)
        .file("hosts", "127.0.0.1 localhost app.example.com\n");
    let script = format!(
        "mount --bind hosts /etc/hosts && exec {} run --control A1.1-health-checks -o json",
        program().display()
    );
    let output = unshared(&site, "--mount", &script);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(code == Some(0) || code == Some(3), "root, for a mount namespace of its own: {stderr}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let said = |pointer: &str| document.pointer(pointer).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let finding = said("/findings/0/outcome");
    let (run, detail) = (said("/evidence/0/outcome"), said("/evidence/0/detail"));
    format!("{} {finding}, {run}: {detail}", code.unwrap()).replace(&port.to_string(), "PORT")
}

#[test]
fn a_name_that_leads_to_this_machine_is_reached_only_where_the_grant_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(
        health_by_name(port, ""),
        "3 inconclusive, denied: `http://app.example.com:PORT` leads to 127.0.0.1 (loopback), which the grant does not name, \
         add `addresses = [\"127.0.0.1\"]`"
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "nothing connected");

    assert_eq!(health_by_name(answer_once("200 OK"), "\"127.0.0.0/8\""), "0 pass, ok: ");
}
