//! Logins by SSH and su as rsyslog and the journal of Debian 12 kept them, recorded by `fixtures/make-fixtures.sh`; and what
//! the installed rsyslogd and journalctl write right now, so that a new version of either is noticed.
//!
//! Of root, three passwords failed by keyboard-interactive and three more by password, and one key was accepted; of a user
//! that is not there six passwords failed. One password of su failed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{at, auth, report};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, time};

const RFC_3339: &str = include_str!("fixtures/auth-rfc3339.log");
const TRADITIONAL: &str = include_str!("fixtures/auth-traditional.log");
const REDUCED: &str = include_str!("fixtures/auth-reduced.log");
const JOURNAL: &[u8] = include_bytes!("fixtures/journal.json");

const COUNTED: [&str; 2] = ["login_window sshd/1d from [0]: 13 12", "login_window su/1d from [0]: 1 1"];

fn check(host: TestHost) {
    let host = host.at(at("2026-11-28T15:00:00Z")).with_setting("login_services", vec!["sshd", "su"]);
    let said = report(&host);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.get(..2).unwrap(), COUNTED, "{said}");
    // All was read: nothing is noted.
    assert_eq!(
        (lines.len(), lines.get(2).unwrap().starts_with("login_window: 2 of 2, covers 2026-11-28T14:")),
        (3, true),
        "{said}"
    );
}

#[test]
fn rsyslog_by_its_own_format() {
    check(auth(RFC_3339));
}

#[test]
fn rsyslog_by_the_traditional_format() {
    for log in [TRADITIONAL, REDUCED] {
        check(auth(log).with_setting("year", "latest").with_setting("utc_offset", "+00:00"));
    }
    assert!(REDUCED.contains("message repeated 2 times: [ Failed password"));
}

#[test]
fn the_journal() {
    check(TestHost::new().with_setting("login_source", "journal-file").file("journal", "", JOURNAL));
}

fn missing(program: &str, error: &std::io::Error) -> ! {
    panic!("`{program}` cannot be run ({error}): type `cargo xtask setup`")
}

/// Entries in the journal's export format, made a journal and read by journalctl.
#[test]
fn the_installed_journalctl() {
    let dir = tempfile::tempdir().unwrap();
    let journal = dir.path().join("one.journal");
    let mut export = Vec::new();
    for (second, message) in [
        "Server listening.",
        "Failed password for root from ::1 port 1 ssh2",
        "Accepted publickey for a\u{1}b from ::1",
    ]
    .iter()
    .enumerate()
    {
        let us = 1_795_100_000_000_000 + second as u64 * 1_000_000;
        write!(
            export,
            "__REALTIME_TIMESTAMP={us}\n__MONOTONIC_TIMESTAMP={us}\n_BOOT_ID=5cf1a1b7a1b04ee3b6b2e7d9a4c3a6d0\n"
        )
        .unwrap();
        write!(export, "SYSLOG_IDENTIFIER=sshd\nPRIORITY=6\nMESSAGE\n").unwrap();
        export.extend((message.len() as u64).to_le_bytes());
        export.extend(message.as_bytes());
        export.extend(b"\n\n");
    }
    let remote = "/lib/systemd/systemd-journal-remote";
    let mut child = Command::new(remote)
        .arg("--output")
        .arg(&journal)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| missing(remote, &error));
    child.stdin.take().unwrap().write_all(&export).unwrap();
    assert!(child.wait().unwrap().success());
    let output = Command::new("journalctl").arg("--file").arg(&journal).arg("--output=json").output();
    let output = output.unwrap_or_else(|error| missing("journalctl", &error));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && stdout.contains("\"MESSAGE\":["), "a control character is an array: {stdout}");
    let host = TestHost::new().with_setting("login_source", "journal").command("journal", 0, &output.stdout, b"");
    assert_eq!(
        report(&host),
        "\
login_window sshd/1d from [0]: 2 1
login_window: 1 of 1, covers 2026-11-19T14:53:20Z to 2026-11-20T09:00:00Z
"
    );
}

/// Runs rsyslogd until it has written what was sent to it.
fn rsyslogd(dir: &Path, format: &str, messages: &[&str]) -> String {
    let (socket, log, config) = (dir.join("socket"), dir.join("log"), dir.join("rsyslog.conf"));
    let text = format!(
        "module(load=\"imuxsock\" SysSock.Use=\"off\")\ninput(type=\"imuxsock\" Socket=\"{}\" RateLimit.Interval=\"0\")\n*.* action(type=\"omfile\" file=\"{}\" template=\"{format}\")\n",
        socket.display(),
        log.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new("rsyslogd")
        .arg("-n")
        .arg("-f")
        .arg(&config)
        .arg("-i")
        .arg(dir.join("pid"))
        .env("TZ", "UTC")
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| missing("rsyslogd", &error));
    let sender = UnixDatagram::unbound().unwrap();
    let started = Instant::now();
    let mut until = |what: &str, done: &dyn Fn() -> bool| {
        while !done() {
            assert!(child.try_wait().unwrap().is_none(), "rsyslogd ended before it {what}");
            assert!(started.elapsed() < Duration::from_secs(60), "rsyslogd has not {what} for a minute");
            std::thread::yield_now();
        }
    };
    for message in messages {
        until("listened", &|| sender.send_to(message.as_bytes(), &socket).is_ok());
    }
    until("written", &|| std::fs::read_to_string(&log).unwrap_or_default().lines().count() >= messages.len());
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    std::fs::read_to_string(&log).unwrap()
}

#[test]
fn the_installed_rsyslogd() {
    let messages = [
        "<38>Nov 20 08:00:00 sshd[7]: Server listening.",
        "<38>Nov 20 08:00:00 sshd[7]: Failed password for root from ::1 port 1 ssh2",
        "<38>Nov 20 08:00:00 sshd-session[8]: Accepted publickey for a from ::1 port 1 ssh2",
    ];
    for format in ["RSYSLOG_FileFormat", "RSYSLOG_TraditionalFileFormat"] {
        let dir = tempfile::tempdir().unwrap();
        let log = rsyslogd(dir.path(), format, &messages);
        // It dates them by when it got them: now, and the judged instant is an hour later.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let as_of = Datetime(i64::try_from(now.as_millis()).unwrap() + 3_600_000);
        let said = report(&auth(&log).at(as_of).with_setting("year", "latest").with_setting("utc_offset", "+00:00"));
        let to = time::text(as_of);
        assert!(said.starts_with("login_window sshd/1d from [0]: 2 1\nlogin_window: 1 of 1, covers "), "{log}{said}");
        assert!(said.ends_with(&format!("to {to}\n")), "{log}{said}");
    }
}
