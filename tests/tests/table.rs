//! Sources without a collector of their own: mapped to a fact that is declared beside the policies, judged, sealed and
//! replayed.

use expect_test::{Expect, expect};
use tickmark_tests::Site;

const RUN: &str = "run -v --as-of 2026-11-20T09:00:00Z --control";

#[track_caller]
fn check(site: &Site, arguments: &str, expected: Expect) {
    expected.assert_eq(&site.tickmark(arguments));
}

const SITE: &str = r#"
company = "Acme Rockets (example)"

[[system]]
name = "billing"
environment = "production"

[[system.collector]]
plugin = "table"
name = "jobs"
facts = ["job_run"]
grants.files.source.path = "jobs.csv"

[system.collector.settings]
format = "csv"
key = "Run"
columns = [
    "job=Job", "status=State", "started_at=Started", "finished_at=Finished", "records_in=In", "records_out=Out",
    "rejected=Rejected", "amount_in=Sum in", "amount_out=Sum out",
]
values = ["status:OK=succeeded", "status:ERR=failed"]
time_zone = "Europe/Berlin"
decimal_separator = ","
covers_from = "as-of-7d"
covers_to = "as-of"
"#;

const JOBS: &str = "\
Run,Job,State,Started,Finished,In,Out,Rejected,Sum in,Sum out
1,orders,OK,2026-11-19 02:00,2026-11-19 02:10,1000,998,2,\"1500,25\",\"1500,25\"
2,orders,OK,2026-11-20 02:00,2026-11-20 02:11,1100,1090,3,\"1700,00\",\"1698,50\"
";

fn jobs() -> Site {
    Site::new().file("tickmark.toml", SITE).file("jobs.csv", JOBS)
}

#[test]
fn a_job_ledger_is_judged_without_code() {
    check(&jobs(), &format!("{RUN} PI1.3-job-balance"), expect![[""]]);
}

#[test]
fn a_row_that_cannot_be_read_is_no_pass() {
    let site = jobs().edit("jobs.csv", "1090,3,\"1700,00\",\"1698,50\"", "1097,3,,").edit(
        "jobs.csv",
        "2026-11-19 02:00",
        "2026-10-25 02:30",
    );
    check(&site, &format!("{RUN} PI1.3-job-balance"), expect![[""]]);
}

const CARDS: &str = r#"
[[fact]]
name = "key_card"
kind = "Doors::KeyCard"
doc = "one key card"

[[fact.column]]
name = "holder"
type = "text"
doc = "who carries it"

[[fact.column]]
name = "doors"
type = "text"
set = true
required = true
doc = "the doors that it opens"
"#;

const CARD_CONTROL: &str = r#"
[[control]]
id = "CC6.4-key-cards"
title = "Key cards to the server room have a holder"
criteria = ["CC6.4"]
frequency = "quarterly"
operation = "state"
owner = "Facilities"
evidence = "Register of key cards"
collector = "table"
fact = "key_card"
policy = "key-cards.cedar"
mode = "subject"
severity = "high"
remediation_days = 30
"#;

const CARD_POLICY: &str = r#"
@id("key-cards-scope")
permit (principal, action == Action::"CC6.4-key-cards/scope", resource)
when { resource.doors.contains("server room") };

@id("key-cards-conforms")
permit (principal, action == Action::"CC6.4-key-cards", resource);

@id("key-cards-without-holder")
@message("nobody is known to carry the card")
@severity("high")
@remediation("find the card, or lock it")
forbid (principal, action == Action::"CC6.4-key-cards", resource)
unless { resource has holder };
"#;

/// A site with a fact and a control of its own, on a JSON document.
fn cards() -> Site {
    let collector = r#"
company = "Acme Rockets (example)"
[[system]]
name = "office"
environment = "production"
[[system.collector]]
plugin = "table"
facts = ["key_card"]
settings = { format = "json", array = "cards", key = "number", total = "/count", list_separator = "," }
grants.files.source.path = "cards.json"
"#;
    let document = r#"{ "count": 3, "cards": [
        { "number": 1, "holder": "ada", "doors": ["entrance", "server room"] },
        { "number": 2, "holder": null, "doors": "entrance, server room" },
        { "number": 3, "holder": null, "doors": ["entrance"] }
    ] }"#;
    Site::new()
        .file("tickmark.toml", collector)
        .file("cards.json", document)
        .file("policies/facts.toml", CARDS)
        .file("policies/controls.toml", CARD_CONTROL)
        .file("policies/key-cards.cedar", CARD_POLICY)
}

#[test]
fn a_site_declares_facts_of_its_own() {
    let site = cards();
    check(&site, &format!("{RUN} CC6.4-key-cards"), expect![[""]]);
    let inspected = site.tickmark("plugin inspect table");
    let own = inspected.split("\n\n").find(|part| part.starts_with("Fact key_card")).unwrap().to_owned();
    expect![[""]].assert_eq(&own);
}

#[test]
fn a_replay_goes_by_what_was_declared_then() {
    let site = cards();
    let (code, _, stderr) = site.run("run --as-of 2026-11-20T09:00:00Z --control CC6.4-key-cards");
    assert_eq!(code, 1, "{stderr}");
    check(&site, "replay --all", expect![[""]]);
    // Another declaration, other settings and another program today change nothing of what was.
    let site = site
        .edit("policies/facts.toml", "name = \"holder\"\ntype = \"text\"", "name = \"holder\"\ntype = \"long\"")
        .edit("policies/facts.toml", "Doors::KeyCard", "Doors::Badge")
        .edit("cards.json", "\"ada\"", "7");
    check(&site, "replay --all", expect![[""]]);
    check(&site, &format!("{RUN} CC6.4-key-cards"), expect![[""]]);
    let site = site.remove("policies").remove("cards.json");
    check(&site, "replay --all", expect![[""]]);
}

#[test]
fn mistakes_in_declarations_and_collectors_come_at_once() {
    let site = cards().edit("policies/facts.toml", "type = \"text\"\nset", "type = \"txt\"\nset").edit(
        "policies/facts.toml",
        "kind = \"Doors::KeyCard\"",
        "kind = \"Mfa::KeyCard\"",
    );
    check(&site, "policy check", expect![[""]]);
    let site = cards()
        .edit("policies/facts.toml", "kind = \"Doors::KeyCard\"", "kind = \"Mfa::KeyCard\"")
        .edit("tickmark.toml", "facts = [\"key_card\"]", "")
        .edit(
            "tickmark.toml",
            "format = \"json\"",
            "format = \"json\", declared = [\"fact a A::B\"], colour = \"red\"",
        );
    check(&site, "policy check", expect![[""]]);
    let site = cards().edit("tickmark.toml", "facts = [\"key_card\"]", "facts = [\"key_cards\"]");
    check(&site, "policy check", expect![[""]]);
    let site = cards().edit("policies/facts.toml", "\"key_card\"", "\"person\"");
    check(&site, "policy check", expect![[""]]);
}

/// The user of the collector `mfa`, in the words of the site.
fn mfa_user() -> String {
    let columns = [
        ("name", "text", "", ""),
        ("email", "text", "", ""),
        ("roles", "text", "set = true\n", "required = true\n"),
        ("admin", "boolean", "", "required = true\n"),
        ("service", "boolean", "", "required = true\n"),
        ("enabled", "boolean", "", "required = true\n"),
        ("mfa_enabled", "boolean", "", ""),
        ("factors", "text", "set = true\n", "required = true\n"),
        ("password_enabled", "boolean", "", ""),
        ("last_login", "datetime", "", ""),
        ("created_at", "datetime", "", ""),
    ];
    let head = "[[fact]]\nname = \"user\"\nkind = \"Mfa::User\"\nparents = [\"Mfa::Role\"]\ndoc = \"one account\"\n";
    let column = |(name, ty, set, must): &(&str, &str, &str, &str)| {
        format!("[[fact.column]]\nname = \"{name}\"\ntype = \"{ty}\"\n{set}{must}doc = \"{name}\"\n")
    };
    format!("{head}{}", columns.iter().map(column).collect::<String>())
}

#[test]
fn a_table_stands_in_for_another_collector() {
    let site = |provides: &str| {
        let collector = format!(
            r#"
company = "Acme Rockets (example)"
[[system]]
name = "wiki"
environment = "production"
[[system.collector]]
plugin = "table"
facts = ["user"]
{provides}
settings = {{ format = "csv", key = "login", columns = ["mfa_enabled=2FA", "service:=no"], values = ["mfa_enabled:TOTP=yes"] }}
grants.files.source.path = "users.csv"
"#
        );
        Site::new()
            .file("tickmark.toml", collector)
            .file(
                "users.csv",
                "login,roles,admin,enabled,2FA,factors\nada,admin,yes,yes,TOTP,totp\nbob,admin;ops,yes,yes,,\n",
            )
            .file("policies/facts.toml", mfa_user())
    };
    check(&site("provides = [\"Mfa::User\"]"), &format!("{RUN} CC6.3-mfa-for-admins"), expect![[""]]);
    check(&site(""), "policy check", expect![[""]]);
}
