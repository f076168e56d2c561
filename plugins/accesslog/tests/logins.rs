//! Logins of syslog and of the journal, on a host of canned answers, judged at 2026-11-20T09:00:00Z.

mod common;

use common::{auth, report};
use tickmark_collector::Value;
use tickmark_collector::testing::TestHost;

const FAILED: &str = "web1 sshd[4711]: Failed password for root from 10.0.0.5 port 4711 ssh2\n";
const ACCEPTED: &str = "web1 sshd[4711]: Accepted publickey for root from 10.0.0.5 port 4711 ssh2: RSA SHA256:x\n";

fn log(lines: &[(&str, &str)]) -> String {
    lines.iter().map(|(at, line)| format!("{at} {line}")).collect()
}

/// A log whose times have neither year nor offset.
fn yearless(year: &str, offset: &str, log: &str) -> TestHost {
    auth(log).with_setting("year", year).with_setting("utc_offset", offset)
}

#[test]
fn logins_of_the_window_are_counted() {
    let log = log(&[
        ("2026-11-19T08:59:59Z", FAILED),
        ("2026-11-19T09:00:00Z", FAILED),
        ("2026-11-19T23:00:00+01:00", ACCEPTED),
        (
            "2026-11-19T22:30:00Z",
            "web1 CRON[1]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)\n",
        ),
        (
            "2026-11-20T01:00:00Z",
            "web1 sshd[4711]: message repeated 3 times: [ Failed password for root from 10.0.0.5 port 4711 ssh2]\n",
        ),
        ("2026-11-20T09:00:00Z", FAILED),
    ]);
    assert_eq!(
        report(&auth(&log)),
        "\
login_window sshd/1d from [0]: 5 4
login_window: 1 of 1, covers 2026-11-19T08:59:59Z to 2026-11-20T09:00:00Z
note: 1 logins after the judged instant are left aside
"
    );
}

#[test]
fn services_without_a_login_are_rows_with_zero() {
    let log = log(&[
        ("2026-11-19T08:00:00Z", "web1 systemd-logind[1]: New seat seat0.\n"),
        ("2026-11-20T08:00:00Z", "web1 su: pam_unix(su:auth): authentication failure; logname= uid=1 user=root\n"),
        ("2026-11-20T08:00:01Z", "web1 su[9]: PAM 2 more authentication failures; logname= uid=1\n"),
    ]);
    assert_eq!(
        report(&auth(&log).with_setting("login_services", vec!["sshd", "su"])),
        "\
login_window sshd/1d from [0]: 0 0
login_window su/1d from [0]: 3 3
login_window: 2 of 2, covers 2026-11-19T08:00:00Z to 2026-11-20T09:00:00Z
"
    );
    assert_eq!(
        report(&auth("")),
        "\
login_window sshd/1d from [0]: 0 0
login_window: 1 of 1
note: the log of logins is empty or not there: what it covers is not known
"
    );
}

#[test]
fn a_line_that_cannot_be_read_may_have_been_a_login() {
    let log = log(&[
        ("2026-11-18T08:00:00Z", FAILED),
        ("yesterday", FAILED),
        ("2026-11-19T08:00:00Z", FAILED),
        ("", FAILED),
        ("2026-11-20T08:00:00Z", FAILED),
    ]);
    assert_eq!(
        report(&auth(&log)),
        "\
login_window sshd/1d from [0]: 1 1
login_window: 1 of unknown, covers 2026-11-18T08:00:00Z to 2026-11-20T09:00:00Z
note: auth-log, line 2 cannot be read: it begins with `yesterday web1 s`, expected a time
note: auth-log, line 4 cannot be read: it begins with `web1 sshd[4711]`, expected a time
"
    );
    let cut = log.replace("yesterday", "2026-11-18T09:00:00Z").replace("\n web1", "\n2026-11-19T08:30:00Z web1");
    let cut = cut.trim_end();
    let said = report(&auth(cut));
    assert!(said.contains(": 1 of unknown, covers"), "{said}");
    assert!(said.contains("note: auth-log, line 5 cannot be read: it has no end"), "{said}");
}

/// Months before the last line's are in the year before where they come after December.
#[test]
fn times_without_a_year_are_dated_from_the_last_line() {
    let log = log(&[
        ("Dec 31 23:00:00", FAILED),
        ("Jan  1 00:30:00", FAILED),
        ("Nov 19 10:00:00", FAILED),
        ("Nov 20 09:30:00", FAILED),
    ]);
    let said = report(&yearless("latest", "+01:00", &log));
    assert_eq!(
        said,
        "\
login_window sshd/1d from [0]: 2 2
login_window: 1 of 1, covers 2025-12-31T22:00:00Z to 2026-11-20T09:00:00Z
"
    );
    assert_eq!(report(&yearless("2026", "+01:00", &log)), said);
    let said = report(&yearless("2025", "+01:00", &log));
    assert!(said.starts_with("login_window sshd/1d from [0]: 0 0\n"), "{said}");
    assert!(said.contains("covers 2024-12-31T22:00:00Z to"), "{said}");
}

#[test]
fn times_without_a_year_are_refused_where_the_settings_say_none() {
    let log = log(&[("Nov 19 10:00:00", FAILED)]);
    assert_eq!(
        report(&auth(&log)),
        "invalid: no syslog: auth-log, line 1 cannot be read: a time without year and offset: set `year` and `utc_offset`\n"
    );
    assert_eq!(
        report(&auth(&log).with_setting("year", "latest")),
        "invalid: setting `year` has no meaning without `utc_offset`: such times have neither\n"
    );
    let leap = report(&yearless("2026", "Z", &format!("Feb 29 10:00:00 {FAILED}Mar  1 10:00:00 {FAILED}")));
    assert!(leap.contains("note: auth-log, line 1 cannot be read: 2026 has no day 2-29\n"), "{leap}");
}

#[test]
fn syslogd_says_how_often_the_last_line_was_repeated() {
    let log = log(&[
        ("Nov 19 08:00:00", "web1 last message repeated 9 times\n"),
        ("Nov 19 10:00:00", FAILED),
        ("Nov 19 10:00:30", "web1 last message repeated 2 times\n"),
        ("Nov 19 10:01:00", "web1 last message repeated 1 times\n"),
        ("Nov 19 10:02:00", "web1 cron[1]: x\n"),
        ("Nov 19 10:02:30", "web1 last message repeated 5 times\n"),
        ("Nov 19 10:03:00", ACCEPTED),
        ("Nov 19 10:03:30", "web1 last message repeated 1 times\n"),
    ]);
    let said = report(&yearless("latest", "+00:00", &log));
    assert!(said.starts_with("login_window sshd/1d from [0]: 6 4\n"), "{said}");
}

#[test]
fn rotated_files_are_one_log() {
    let host = TestHost::new()
        .with_setting("login_source", "auth-log-folder")
        .file("auth-log", "auth.log", log(&[("2026-11-20T00:00:00Z", FAILED)]).as_bytes())
        .file(
            "auth-log",
            "auth.log.1",
            log(&[("2026-11-18T00:00:00Z", FAILED), ("2026-11-19T10:00:00Z", FAILED)]).as_bytes(),
        )
        .file("auth-log", "auth.log.2.gz", b"")
        .file("auth-log", "syslog", b"x");
    assert_eq!(
        report(&host),
        "\
login_window sshd/1d from [0, 1, 2]: 2 2
login_window: 1 of 1, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
note: compressed files cannot be read, and what they cover is not shown: `auth.log.2.gz`
"
    );
}

#[test]
fn the_journal_is_read_from_the_command_or_a_file() {
    let entry = |us: u64, message: &str| {
        format!("{{\"__REALTIME_TIMESTAMP\":\"{us}\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"{message}\"}}\n")
    };
    // 2026-11-19T08:00:00Z and an hour before the judged instant.
    let journal = entry(1_795_075_200_000_000, "Server listening on 0.0.0.0 port 22.")
        + &entry(1_795_161_600_000_000, "Failed password for root from 10.0.0.5 port 4711 ssh2");
    let says = "\
login_window sshd/1d from [0]: 1 1
login_window: 1 of 1, covers 2026-11-19T08:00:00Z to 2026-11-20T09:00:00Z
";
    let host = || TestHost::new().with_setting("login_source", "journal");
    assert_eq!(report(&host().command("journal", 0, journal.as_bytes(), b"")), says);
    let file = TestHost::new().with_setting("login_source", "journal-file");
    assert_eq!(report(&file.file("journal", "", journal.as_bytes())), says);
    assert_eq!(
        report(&host().command("journal", 1, b"", b"No journal files were found.\n")),
        "unavailable: command `journal` ended with exit code 1: No journal files were found.\n"
    );
    assert_eq!(
        report(&host().command("journal", 0, b"-- Logs begin at --\n", b"")),
        "invalid: not what `journalctl --output=json` prints: journal, line 1 cannot be read: invalid number at line 1 column 2\n"
    );
}

#[test]
fn settings_are_refused_with_value_and_bound() {
    let check = |setting: &str, value: Value, message: &str| {
        assert_eq!(report(&auth("").with_setting(setting, value)), format!("invalid: {message}\n"));
    };
    check(
        "login_source",
        "mail".into(),
        "setting `login_source` is `mail`, expected auth-log, auth-log-folder, journal or journal-file",
    );
    check("login_prefix", "a".into(), "setting `login_prefix` has no meaning without login_source `auth-log-folder`");
    let none: Vec<&str> = vec![];
    check("login_services", none.into(), "setting `login_services` is empty, expected at least one name");
    check("access_prefix", "a".into(), "setting `access_prefix` has no meaning without `access_source`");
    for bad in ["0", "10000", "this"] {
        let message = format!("setting `year` is `{bad}`, expected latest, or a year from 1 to 9999");
        check("year", bad.into(), &message);
    }
    let folder = TestHost::new().with_setting("login_source", "auth-log-folder").with_setting("utc_offset", "Z");
    assert_eq!(
        report(&folder.with_setting("year", "2026")),
        "invalid: setting `year` is one year, and the files of a folder may have several: expected latest\n"
    );
    let journal = || TestHost::new().with_setting("login_source", "journal").command("journal", 0, b"", b"");
    assert_eq!(
        report(&journal().with_setting("utc_offset", "Z")),
        "invalid: setting `utc_offset` has no meaning for the journal\n"
    );
    assert_eq!(
        report(&journal().with_setting("year", "latest")),
        "invalid: setting `year` has no meaning without login_source `auth-log` or `auth-log-folder`\n"
    );
}

/// The logs of the example company.
#[test]
fn the_example_company() {
    let host = auth(include_str!("fixtures/acme-auth.log"))
        .with_setting("access_source", "file")
        .with_setting("utc_offset", "+00:00")
        .file("access-log", "", include_bytes!("fixtures/acme-access.log"));
    assert_eq!(
        report(&host),
        "\
stream access from [0]: true 31 0 1 0 0 0 0 1 0 0 0 0 1h33m9s46ms 2026-11-19T09:12:05.840Z 2026-11-20T08:30:47.344Z
stream: 1 of 1, covers 2026-11-19T07:40:00Z to 2026-11-20T09:00:00Z
login_window sshd/1d from [1]: 6 4
login_window: 1 of 1, covers 2026-11-19T06:25:01.310Z to 2026-11-20T09:00:00Z
note: access, line 10 has no `source_ip`
"
    );
}
