//! Any text in the place of a site file: it gives a site or problems that point into the text, and never a panic.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// A file with everything that one can have.
const EVERYTHING: &str = r#"
company = "Acme"
ledger = "evidence"
policies = "policies"
[engagement]
boundary = "production"
categories = ["security", "availability"]
period = { from = "2026-07-01", to = "2026-12-31" }
time_zone = "Europe/Berlin"
[keys]
folder = "keys"
log = { command = ["sign", "log"], vkey = "tickmark/3f9c2a71d04be885+51a97f3e+AZ" }
package = { env = "TICKMARK_PACKAGE_KEY" }
[mail]
server = "mail.example.com:2525"
tls = "starttls"
from = "tickmark@example.com"
user = "tickmark"
password = { env = "MAIL_PASSWORD" }
ca_file = "ca.pem"
remind_days = 3
[review.access]
reviewers = { engineering = "eng@example.com", sales = ["a@example.com", "b@example.com"] }
fallback = "cto@example.com"
department_of = { root = "engineering" }
inactive_after = "90d"
due_days = 14
[review.firewall]
reviewers = ["ada@example.com"]
due_days = 14
[[vendor]]
id = "hosting"
name = "Example Hosting"
method = "carve-out"
criteria = ["CC6.4", "A1.2"]
complementary_controls = ["second factors for its console"]
[[system]]
name = "web"
environment = "production"
tier = "1"
owner = "Engineering"
tags = { region = "eu", pci = "no" }
[[system.collector]]
plugin = "devices"
name = "laptops-eu"
path = "devices.wasm"
sha256 = "sha256:93e7e7291c4d0aa9e7e01a0e4096b992a00d95d562e4040173da068bfed3f347"
facts = ["laptop"]
provides = ["Mfa::User"]
settings = { since = { duration = "26h" }, from = { ip = "10.0.0.0/8" }, at = { datetime = "2026-11-20" }, n = -1 }
limits = { fuel = 1000000000, wall_time_ms = 60000 }
[system.collector.grants.files.inventory]
path = "inventory.csv"
[system.collector.grants.command.restic]
argv = ["/usr/bin/restic", "--since={since}"]
env = { RESTIC_PASSWORD = { file = "restic.key" }, LANG = "C" }
params = { since = "datetime" }
timeout = "2m"
[system.collector.grants.http.health]
origin = "https://app.example.com:8443"
addresses = ["10.1.0.0/16", "fd00::/8"]
methods = ["GET", "POST"]
ca_file = "ca.pem"
headers = { Authorization = { env = "HEALTH_TOKEN" } }
timeout = "10s"
[system.collector.grants.sql.users]
postgres = "host=/run/postgresql user=audit dbname=app"
password = { env = "PGPASSWORD" }
query = "SELECT id FROM users WHERE at >= $1 ORDER BY id"
params = ["datetime"]
columns = { id = "text" }
[[system]]
name = "db"
environment = "test"
"#;

/// What is put somewhere: ends of structures, extremes, second spellings.
const PIECES: [&str; 36] = [
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\n",
    "\\u0000",
    "\\uD800",
    "\u{202e}",
    "é",
    "\0",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "1e999",
    "nan",
    "0x",
    "true",
    "{}",
    "[]",
    "\"\"",
    "1979-05-27T07:32:00Z",
    "[[system]]\n",
    "name = \"web\"\n",
    "\"9999999d\"",
    "{ decimal = \"0.00001\" }",
    "{ ip = \"::/129\" }",
    "\"https://a@b\\\\c\"",
];

#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, usize),
    Delete(Index, usize),
    /// Puts one line in the place of another.
    Copy(Index, Index),
    /// Puts a piece in the place of what stands after the first `=` of a line.
    Set(Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let piece = || 0..PIECES.len();
    prop_oneof![
        (any::<Index>(), piece()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (any::<Index>(), 1..9_usize).prop_map(|(at, count)| Edit::Delete(at, count)),
        any::<(Index, Index)>().prop_map(|(from, to)| Edit::Copy(from, to)),
        (any::<Index>(), piece()).prop_map(|(line, piece)| Edit::Set(line, piece)),
    ]
}

fn edited(text: String, edit: &Edit) -> String {
    if text.is_empty() {
        return text;
    }
    let mut lines: Vec<&str> = text.lines().collect();
    match edit {
        Edit::Insert(at, piece) => {
            let at = at.index(text.chars().count());
            text.chars().take(at).chain(PIECES[*piece].chars()).chain(text.chars().skip(at)).collect()
        }
        Edit::Delete(at, count) => {
            let at = at.index(text.chars().count());
            text.chars().take(at).chain(text.chars().skip(at + count)).collect()
        }
        Edit::Copy(from, to) => {
            let line = lines[from.index(lines.len())];
            let to = to.index(lines.len());
            lines[to] = line;
            lines.join("\n")
        }
        Edit::Set(line, piece) => {
            let at = line.index(lines.len());
            let set = format!("{}= {}", lines[at].split('=').next().unwrap_or_default(), PIECES[*piece]);
            lines[at] = &set;
            lines.join("\n")
        }
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let ReadSite { site, source } = parse(text);
    let said: Vec<String> = source.problems.iter().map(ToString::to_string).collect();
    prop_assert_eq!(&problems(text), &said, "the same text says the same");
    for problem in &source.problems {
        let span = problem.span().unwrap_or(0..0);
        let inside = text.is_char_boundary(span.start) && text.is_char_boundary(span.end);
        prop_assert!(span.start <= span.end && inside, "{} points to {:?}", problem, span);
    }
    let Some(site) = site.filter(|_| source.problems.is_empty()) else {
        prop_assert!(!source.problems.is_empty(), "no site, and no word why");
        return Ok(());
    };
    prop_assert!(!site.systems.is_empty());
    prop_assert!(site.engagement.period.is_none_or(|period| period.from <= period.to));
    let names: BTreeSet<&String> = site.systems.iter().map(|it| &it.system.name).collect();
    prop_assert_eq!(names.len(), site.systems.len());
    for collector in site.systems.iter().flat_map(|system| &system.collectors) {
        prop_assert!(collector.path.as_ref().is_none_or(|path| path.is_absolute()));
        prop_assert!(collector.sha256.is_none() || collector.path.is_some());
        prop_assert!(collector.grants.problems().is_empty());
        prop_assert!(collector.grants.describe().is_object());
        for command in collector.grants.command.values() {
            prop_assert!(command.argv.first().is_some_and(|program| program.starts_with('/')));
        }
    }
    Ok(())
}

#[test]
fn everything_is_sound() {
    assert_eq!(problems(EVERYTHING), [""; 0]);
    check(EVERYTHING).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, ..ProptestConfig::default() })]

    #[test]
    fn an_edited_file_gives_a_site_or_problems(edits in proptest::collection::vec(edit(), 1..5)) {
        check(&edits.iter().fold(EVERYTHING.to_owned(), edited))?;
    }

    #[test]
    fn any_text_gives_a_site_or_problems(text in any::<String>()) {
        check(&text)?;
    }
}
