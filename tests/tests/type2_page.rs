//! The commands of `docs/type2.md`, run one after the other as they stand there, so that the page cannot go stale.
//!
//! What cannot be as it stands there is replaced: ids by those that the commands before gave, and dates, which are meant on the day of the
//! example, by as many days before or after today.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::collections::BTreeMap;
use std::process::Command;

use chrono::{NaiveDate, Utc};
use tickmark_tests::{Site, program};

const PAGE: &str = include_str!("../../docs/type2.md");

/// The day that the page is written on.
const WRITTEN: &str = "2026-11-20";

/// What each command begins with and the exit codes that it may have. One that is not here is unknown, and fails the test.
const KNOWN: [(&str, &[i32]); 13] = [
    ("tickmark -C acme schedule", &[0]),
    // Something of the example fails, and something is in doubt.
    ("tickmark -C acme run --due", &[1, 3]),
    ("tickmark -C acme evidence add ", &[0]),
    ("tickmark -C acme evidence approve ", &[0]),
    ("tickmark -C acme remediation list", &[0]),
    ("tickmark -C acme remediation plan ", &[0]),
    ("tickmark -C acme report type2 ", &[0]),
    ("tickmark -C acme population freeze ", &[0]),
    ("tickmark -C acme sample --population ", &[0]),
    ("tickmark -C acme export --sample ", &[0]),
    ("tickmark -C acme export --from ", &[0]),
    ("tickmark verify evidence.zip ", &[0]),
    ("tickmark replay evidence.zip", &[0]),
];

/// What cannot be run here, and why.
const NOT_RUN: [(&str, &str); 0] = [];

/// The lines of the page's fenced blocks for a shell that begin with a prompt, without it; one that goes on is one.
fn commands(page: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let (mut inside, mut goes_on) = (false, false);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console" || line == "```sh";
            continue;
        }
        let line = line.trim();
        match (inside, goes_on, line.strip_prefix("$ ")) {
            (true, true, _) => {
                let last = commands.last_mut().unwrap();
                last.push(' ');
                last.push_str(line.trim_end_matches('\\').trim());
            }
            (true, false, Some(command)) => commands.push(command.trim_end_matches('\\').trim().to_owned()),
            _ => {}
        }
        goes_on = inside && line.ends_with('\\') && (goes_on || line.starts_with("$ "));
    }
    commands
}

/// Whether a word is that of a record: a kind and a number.
fn kind_of(word: &str) -> Option<&str> {
    let (kind, number) = word.split_once('/')?;
    let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (is_kind && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(kind)
}

/// Whether a word is the id of an exception that is followed.
fn is_episode(word: &str) -> bool {
    word.strip_prefix("r-").is_some_and(|digits| digits.len() == 12 && digits.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// What the commands so far said, by kind: the last record of each, and the first exception.
#[derive(Default)]
struct Seen(BTreeMap<String, String>);

impl Seen {
    fn take(&mut self, output: &str) {
        for word in output.split(|c: char| !(c.is_ascii_alphanumeric() || "-/".contains(c))) {
            if let Some(kind) = kind_of(word) {
                self.0.insert(kind.to_owned(), word.to_owned());
            }
            if is_episode(word) {
                self.0.entry("r-".to_owned()).or_insert_with(|| word.to_owned());
            }
        }
    }

    /// The command with the ids and the days of now.
    fn here(&self, command: &str) -> String {
        let written: NaiveDate = WRITTEN.parse().unwrap();
        let later = Utc::now().date_naive() - written;
        let word = |word: &str| {
            let kind = if is_episode(word) { Some("r-") } else { kind_of(word) };
            match (word.parse::<NaiveDate>(), kind) {
                (Ok(day), _) => (day + later).to_string(),
                (_, Some(kind)) => self.0.get(kind).unwrap_or_else(|| panic!("nothing gave `{word}`")).clone(),
                (_, None) => word.to_owned(),
            }
        };
        command.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn every_command_of_the_page_on_type_ii_runs() {
    let site = Site::new();
    assert!(PAGE.contains("`tickmark demo acme` writes it to the folder `acme`"));
    assert_eq!(site.run("demo acme --quiet --output-file demo.txt").0, 0);
    // What people bring, and the key as the auditor got it.
    let site = site.file("acme/acknowledgements.pdf", "signed");
    let (code, key, _) = site.run("-C acme key show");
    assert_eq!(code, 0);
    let site = site.file("tickmark.vkey", key.lines().find(|line| line.contains('+')).unwrap().trim());

    let all = commands(PAGE);
    assert!(all.len() >= KNOWN.len(), "{all:?}");
    let mut unused: Vec<&str> = KNOWN.iter().map(|(start, _)| *start).collect();
    let mut seen = Seen::default();
    for command in &all {
        if let Some((_, why)) = NOT_RUN.iter().find(|(start, _)| command.starts_with(start)) {
            assert!(!why.is_empty(), "{command}");
            continue;
        }
        let known = KNOWN.iter().rfind(|(start, _)| command.starts_with(start));
        let (start, codes) = known.unwrap_or_else(|| panic!("`{command}` is not known: run it here, or say why not"));
        unused.retain(|other| other != start);
        // The package goes to the auditor, who has nothing else.
        if start.contains("evidence.zip") {
            std::fs::copy(site.path().join("acme/evidence.zip"), site.path().join("evidence.zip")).unwrap();
        }
        let here = seen.here(command);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&here).current_dir(site.path());
        for (name, value) in site.command("").get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let path = std::env::var("PATH").unwrap();
        shell.env("PATH", format!("{}:{path}", program().parent().unwrap().display()));
        let output = shell.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(codes.contains(&output.status.code().unwrap()), "{here}: {}\n{stdout}\n{stderr}", output.status);
        seen.take(&stdout);
    }
    assert_eq!(unused, [""; 0], "the page has these no more");
    // What the commands wrote is there and says something.
    let html = site.read("acme/type2.html");
    assert!(html.contains("CC6.3-mfa-for-admins") && html.contains("for the auditor to say"));
    for package in ["acme/sample.zip", "acme/evidence.zip"] {
        assert!(std::fs::metadata(site.path().join(package)).unwrap().len() > 0);
    }
}

#[test]
fn a_command_is_found_over_several_lines_and_outside_of_blocks_there_is_none() {
    let page =
        "$ no\n```console\n$ tickmark a \\\n    --b 'c d'\nits output\n$ tickmark e\n```\n```toml\n$ neither\n```\n";
    assert_eq!(commands(page), ["tickmark a --b 'c d'", "tickmark e"]);
    let mut seen = Seen::default();
    seen.take("evidence/2: x\nr-0123456789ab r-ffffffffffff evidence/13, evidence/x");
    assert_eq!(seen.here("show evidence/99 r-aaaaaaaaaaaa a/b"), "show evidence/13 r-0123456789ab a/b");
}
