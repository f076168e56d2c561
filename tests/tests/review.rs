//! Reviews by named people from the command line: opening, deciding, closing, judging, and what follows.
//!
//! People act when they act, so that these tests run by the clock. What depends on it is replaced by a word.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use expect_test::expect;
use tickmark_tests::Site;

/// The example company without a period, with the collector of reviews, and with two departments and their reviewers.
fn company() -> Site {
    let text = "
[[system.collector]]
plugin = \"review\"
settings = { expected = [\"access\", \"firewall\"] }
grants.files.reviews.ledger = \"reviews\"

[review.access]
reviewers = { engineering = \"ada@acme.example\", sales = \"farid@acme.example\" }
fallback = \"elena@acme.example\"
department_of = { deploy-bot = \"engineering\" }

[review.firewall]
reviewers = [\"ada@acme.example\", \"boris@acme.example\"]
";
    let site = Site::acme().sql(
        "ALTER TABLE users ADD COLUMN department TEXT;
         UPDATE users SET department = 'engineering' WHERE id IN (1, 2, 3, 4);
         UPDATE users SET department = 'sales' WHERE id IN (5, 6, 7);",
    );
    let site = site.edit("tickmark.toml", "period = { from = \"2026-07-01\", to = \"2026-12-31\" }\n", "").edit(
        "tickmark.toml",
        "enabled, created_at, last_login\n",
        "enabled, created_at, last_login, department\n",
    );
    let toml = format!("{}{text}", site.read("tickmark.toml"));
    site.file("tickmark.toml", toml)
}

/// The quarter of a day, such as `2026-Q3`.
fn quarter(day: NaiveDate) -> String {
    format!("{}-Q{}", day.year(), day.month0() / 3 + 1)
}

/// The quarter that is over, and the one that is not.
fn quarters() -> [String; 2] {
    let today = Utc::now().date_naive();
    let first = today.with_day(1).unwrap().checked_sub_months(Months::new(today.month0() % 3)).unwrap();
    [quarter(first.pred_opt().unwrap()), quarter(today)]
}

fn in_days(days: i64) -> String {
    (Utc::now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Replaces what depends on the clock and on the ledger's key.
fn steady(text: &str) -> String {
    let [before, now] = quarters();
    let text = text.replace(&before, "[LAST QUARTER]").replace(&now, "[THIS QUARTER]");
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let word = |at: usize, word: &str| {
            let bare = word.trim_matches([',', ';', '.', '`', ')', '(', '"']);
            let replaced = match bare {
                _ if bare.starts_with("sha256:") => "[DIGEST]",
                _ if bare.parse::<u64>().is_ok() && words.get(at + 1).is_some_and(|it| it.starts_with("day")) => "[N]",
                _ if bare.parse::<u64>().is_ok() && words.get(at + 1) == Some(&"bytes") => "[SIZE]",
                _ if bare.starts_with("2100-") || bare.starts_with("2099-") => return word.to_owned(),
                _ if DateTime::parse_from_rfc3339(bare).is_ok() => "[TIME]",
                _ => return word.to_owned(),
            };
            word.replace(bare, replaced)
        };
        let words: Vec<String> = words.iter().enumerate().map(|(at, it)| word(at, it)).collect();
        out.push_str(words.join(" ").trim_end());
        out.push('\n');
    }
    out
}

#[track_caller]
fn check(site: &Site, arguments: &str, expected: &expect_test::Expect) {
    expected.assert_eq(&steady(&site.tickmark(arguments)));
}

/// Runs what has to end well.
#[track_caller]
fn done(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

const REVIEWS: &str =
    "--control CC6.2-access-review --control CC6.2-access-review-actions --control CC6.6-firewall-review";

/// Opens a review of access for the quarter that is over, and decides all of it but for what `decide` decides otherwise.
fn decided(site: &Site, otherwise: &[(&str, &str)]) {
    let [last, _] = quarters();
    done(site, &format!("review open --quiet --kind access --system acme-prod --due 2099-12-31 --for {last}"));
    for name in ["ada", "farid", "elena"] {
        let by = format!("{name}@acme.example");
        let csv = done(site, &format!("review show review/1 --undecided --reviewer {by} -o csv"));
        let decide = |line: &str| match otherwise.iter().find(|(item, _)| line.starts_with(&format!("{item},"))) {
            Some((_, decision)) => line.replacen(",,,", &format!(",{decision},why not,"), 1),
            None => line.replacen(",,,", ",keep,,", 1),
        };
        let csv: Vec<String> = csv.lines().map(decide).collect();
        std::fs::write(site.path().join("decisions.csv"), csv.join("\n")).unwrap();
        done(site, &format!("review decide review/1 --file decisions.csv --by {by}"));
    }
}

#[test]
fn accounts_are_reviewed_by_their_departments_and_nobody_reviews_themselves() {
    let site = company();
    check(&site, "review list", &expect![[""]]);
    check(&site, "review open --quiet --kind access --system acme-prod --due 2099-12-31", &expect![[""]]);
    check(&site, "review show review/1", &expect![[""]]);
    check(&site, "review show review/1 --reviewer farid@acme.example -o csv", &expect![[""]]);
    check(&site, "review decide review/1 --item 1 --decision keep --by ada@acme.example", &expect![[""]]);
    check(&site, "review decide review/1 --item 5 --decision keep --by ada@acme.example", &expect![[""]]);
    check(&site, "review decide review/1 --item 2 --decision keep --by mallory", &expect![[""]]);
    check(
        &site,
        "review decide review/1 --item 2 --decision revoke --comment 'left in May' --by Ada@acme.example",
        &expect![[""]],
    );
    check(&site, "review decide review/1 --item 2 --decision keep --by ada@acme.example", &expect![[""]]);
    check(&site, "review close review/1 --by ada@acme.example", &expect![[""]]);
    check(&site, "review close review/1 --by mallory", &expect![[""]]);
    check(&site, "review list", &expect![[""]]);
}

#[test]
fn everything_wrong_with_a_file_of_decisions_is_said_at_once_and_none_is_taken() {
    let site = company().file(
        "decisions.csv",
        "\u{feff}name,id,comment,decision\n\
         ada,mfa/user/1,,keep\n\
         boris,mfa/user/2,,revok\n\
         \"two\nlines\",mfa/user/3,,change\n\
         chioma,3,,keep\n\
         ,mfa/user/99,,keep\n\
         later,mfa/user/4,,\n\
         short,mfa/user/4\n\
         nobody,,,keep\n\
         farid,mfa/user/6,,keep\n",
    );
    done(&site, "review open --quiet --kind access --system acme-prod");
    check(&site, "review decide review/1 --file decisions.csv --by ada@acme.example", &expect![[""]]);
    let site = site.edit("decisions.csv", "short,mfa/user/4\n", "").edit("decisions.csv", "nobody,,,keep\n", "");
    check(&site, "review decide review/1 --file decisions.csv --by ada@acme.example", &expect![[""]]);
    let site = site.file("decisions.csv", "item,decision\nmfa/user/1,keep\n");
    check(&site, "review decide review/1 --file decisions.csv --by ada@acme.example", &expect![[""]]);
    let shown = done(&site, "review show review/1");
    assert!(shown.contains("0 of 8 items decided"), "{shown}");
}

#[test]
fn what_is_not_all_there_or_nobody_could_review_is_not_opened() {
    let site = company();
    check(&site, "review open --kind access --system acme", &expect![[""]]);
    check(&site, "review open --kind firewall --system acme-prod --department sales", &expect![[""]]);
    check(&site, "review open --quiet --kind access --system acme-prod --department legal", &expect![[""]]);
    check(&site, "review open --kind access --system acme-prod --due 2026-01-01", &expect![[""]]);
    check(&site, "review open --kind access --system acme-prod --for Q3", &expect![[""]]);
    check(&site, "review open --kind access --system acme-prod --for 2020-Q3", &expect![[""]]);
    check(&site, "review open --kind access --system acme-prod --for 2099", &expect![[""]]);
    let nobody = company().edit("tickmark.toml", "reviewers = [\"ada@acme.example\", \"boris@acme.example\"]\n", "");
    check(&nobody, "review open --quiet --kind firewall --system acme-prod", &expect![[""]]);
    let incomplete = company().edit("tickmark.toml", "SELECT id, name", "SELECT nullif(id, 8) AS id, name");
    check(&incomplete, "review open --quiet --kind access --system acme-prod", &expect![[""]]);
    let broken = company().edit("ruleset.json", "{", "[");
    check(&broken, "review open --quiet --kind firewall --system acme-prod", &expect![[""]]);
    let empty = company().sql("DELETE FROM users");
    check(&empty, "review open --quiet --kind access --system acme-prod", &expect![[""]]);
    let none = site.edit("tickmark.toml", "plugin = \"mfa\"", "plugin = \"mfa\"\nfacts = [\"login_window\"]");
    check(&none, "review open --quiet --kind access --system acme-prod", &expect![[""]]);
    assert_eq!(done(&none, "review list").lines().count(), 1, "nothing was sealed");
}

#[test]
fn a_quarter_without_a_review_is_never_a_pass() {
    let site = company();
    check(&site, &format!("run --quiet {REVIEWS}"), &expect![[""]]);
    check(&site, &format!("run --quiet {REVIEWS} --as-of {}", in_days(95)), &expect![[""]]);
}

#[test]
fn a_review_that_is_closed_in_time_passes_and_what_it_decided_is_seen_at_the_source() {
    let site = company();
    decided(&site, &[("mfa/user/2", "revoke"), ("mfa/user/8", "change")]);
    check(&site, "review actions review/1", &expect![[""]]);
    check(&site, &format!("run --quiet {REVIEWS}"), &expect![[""]]);
    check(&site, "review close review/1 --by elena@acme.example", &expect![[""]]);
    check(&site, "review decide review/1 --item 3 --decision keep --by ada@acme.example", &expect![[""]]);
    check(&site, "review close review/1 --by elena@acme.example", &expect![[""]]);
    check(&site, &format!("run --quiet {REVIEWS}"), &expect![[""]]);
    check(&site, &format!("run --quiet --control CC6.2-access-review-actions --as-of {}", in_days(8)), &expect![[""]]);
    // Somebody does what was decided, and the next run that looks at the accounts sees it, in the same run.
    let site = site.sql("UPDATE users SET enabled = 0 WHERE id = 2; UPDATE users SET roles = 'engineer' WHERE id = 8");
    let run = "run --quiet --control CC6.2-access-review-actions --control CC6.1-mfa-adoption --exit-zero";
    check(&site, run, &expect![[""]]);
    check(&site, "review actions review/1", &expect![[""]]);
    check(&site, "verify", &expect![[""]]);
    check(&site, "replay --all", &expect![[""]]);
}

#[test]
fn a_review_that_is_overdue_or_closed_late_fails() {
    let site = company();
    let today = Utc::now().date_naive();
    done(
        &site,
        &format!("review open --quiet --kind firewall --system acme-prod --due {today} --reviewer boris@acme.example"),
    );
    check(&site, &format!("run --quiet --control CC6.6-firewall-review --as-of {}", in_days(2)), &expect![[""]]);
}

#[test]
fn rules_are_frozen_with_their_digest_and_a_change_of_them_shows() {
    let site = company();
    let [last, _] = quarters();
    check(
        &site,
        &format!("review open --quiet --kind firewall --system acme-prod --due 2099-12-31 --for {last}"),
        &expect![[""]],
    );
    let csv = done(&site, "review show review/1 -o csv").replace(",,,", ",keep,,");
    let site = site.file("f.csv", csv);
    done(&site, "review decide review/1 --file f.csv --by boris@acme.example");
    done(&site, "review close review/1 --by ada@acme.example");
    check(&site, "run --quiet --control CC6.6-firewall-review", &expect![[""]]);
    let digests = |site: &Site| -> [String; 2] {
        let controls =
            "--control CC6.6-firewall-review --control CC6.6-firewall-inbound --control CC6.6-firewall-default-deny";
        let report = done(site, &format!("run --quiet {controls} --exit-zero -o json"));
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let evidence = report["evidence"].as_array().unwrap();
        let reviews = evidence.iter().find(|it| it["collector"] == "review").unwrap();
        let digest = reviews["observations"]["digest"].as_str().unwrap().trim_start_matches("sha256:");
        let rows = site.read(&format!(".tickmark/ledger/blobs/sha256/{}/{digest}", &digest[..2]));
        let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
        let review = rows.as_array().unwrap().iter().find(|row| row["id"] == "review/1").unwrap();
        ["digest", "in_force"].map(|name| review["attributes"][name].as_str().unwrap().to_owned())
    };
    let before = digests(&site);
    assert_eq!(before[0], before[1]);
    let site = site.edit("ruleset.json", "\"right\": 22}", "\"right\": 2222}");
    let after = digests(&site);
    assert_eq!(after[0], before[0], "what was reviewed stays");
    assert_ne!(after[1], before[1], "what is in force does not");
}

#[test]
fn a_package_of_the_control_has_the_review_and_verifies() {
    let site = company();
    decided(&site, &[]);
    done(&site, "review close review/1 --by elena@acme.example");
    done(&site, "run --quiet --control CC6.2-access-review");
    let today = Utc::now().date_naive();
    done(&site, &format!("export --from {today} --to {today} --control CC6.2-access-review --output-file reviews.zip"));
    let report = done(&site, "verify reviews.zip");
    assert!(report.contains(" 0 failed"), "{report}");
    let replayed = done(&site, "replay reviews.zip");
    assert!(replayed.contains("1 the same, 0 different, 0 not replayable"), "{replayed}");
    let records = done(&site, "ledger show review/1");
    let record: serde_json::Value = serde_json::from_str(&records).unwrap();
    assert_eq!(record["control"]["id"], "CC6.2-access-review");
    assert_eq!((&record["items"], &record["decided"], &record["system"]), (&8.into(), &0.into(), &"acme-prod".into()));
    let people = ["ada@acme", "farid", "elena"];
    assert!(people.iter().all(|name| !records.contains(name)), "people stand in blobs, never in a record: {records}");
}

/// A real mail server on this machine, which keeps what it is given in a folder.
struct MailServer {
    process: std::process::Child,
    port: u16,
}

impl MailServer {
    /// With a certificate for STARTTLS, which it then asks for.
    fn start(site: &Site, certificate: bool) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = std::process::Command::new("aiosmtpd");
        command.args(["-n", "-l", &format!("127.0.0.1:{port}")]).current_dir(site.path());
        if certificate {
            command.args(["--tlscert", "mail.crt", "--tlskey", "mail.key"]);
        }
        command.args(["-c", "aiosmtpd.handlers.Mailbox", "inbox"]);
        let process = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        let server = Self { process, port };
        let started = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed().as_secs() < 60, "the mail server does not answer");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        server
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What the server was given, sorted.
fn inbox(site: &Site) -> Vec<String> {
    let files = std::fs::read_dir(site.path().join("inbox/new")).into_iter().flatten().flatten();
    let mut mails: Vec<String> = files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    mails.sort();
    mails
}

#[test]
fn reviewers_are_told_once_by_mail_and_never_without_the_tls_that_was_asked_for() {
    let site = company().edit("tickmark.toml", "fallback = \"elena@acme.example\"", "fallback = \"the board\"");
    let request = "req -x509 -newkey rsa:2048 -nodes -keyout mail.key -out mail.crt -days 2 -subj /CN=mail";
    let names = ["-addext", "subjectAltName=IP:127.0.0.1"];
    let mut openssl = std::process::Command::new("openssl");
    let made = openssl.args(request.split(' ')).args(names).current_dir(site.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    done(&site, "review open --quiet --kind access --system acme-prod --due 2099-12-31");
    check(&site, "review notify", &expect![[""]]);

    let server = MailServer::start(&site, true);
    let mail = |tls: &str, port: u16| {
        format!(
            "\n[mail]\nserver = \"127.0.0.1:{port}\"\ntls = \"{tls}\"\nca_file = \"mail.crt\"\nfrom = \"tickmark@acme.example\"\n"
        )
    };
    let toml = site.read("tickmark.toml");
    let site = site.file("tickmark.toml", format!("{toml}{}", mail("starttls", server.port)));
    check(&site, "review notify --dry-run", &expect![[""]]);
    assert_eq!(inbox(&site), [""; 0]);
    check(&site, "review notify", &expect![[""]]);
    let mails = inbox(&site);
    let headers = |mail: &String| {
        let lines =
            mail.lines().filter(|line| !["Date: ", "Message-ID: ", "X-Peer: "].iter().any(|it| line.starts_with(it)));
        lines.collect::<Vec<_>>().join("\n").replace("\n\n", "\n")
    };
    assert_eq!(mails.len(), 2, "{mails:?}");
    expect![[""]].assert_eq(&headers(&mails[0]));
    check(&site, "review notify", &expect![[""]]);
    assert_eq!(inbox(&site), mails);
    drop(server);

    // Somebody stands in for the server and offers no TLS: nothing is sent.
    let other = company();
    done(&other, "review open --quiet --kind firewall --system acme-prod --due 2099-12-31");
    let server = MailServer::start(&other, false);
    let toml = other.read("tickmark.toml");
    let other = other
        .file("mail.crt", site.read("mail.crt"))
        .file("tickmark.toml", format!("{toml}{}", mail("starttls", server.port)));
    let (code, _, stderr) = other.run("review notify");
    assert!(code == 2 && stderr.contains("cannot send mail to `ada@acme.example`"), "{stderr}");
    assert_eq!(inbox(&other), [""; 0]);
    let other = other.file("tickmark.toml", format!("{toml}{}", mail("none", server.port)));
    done(&other, "review notify");
    assert_eq!(inbox(&other).len(), 2, "what could not be sent is sent later");
}
