//! Sources without a collector of their own: mapped to a fact that is declared beside the policies, judged, sealed and
//! replayed.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

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
    check(
        &jobs(),
        &format!("{RUN} PI1.3-job-balance"),
        expect![[r#"
            exit: 1
            --- stdout
            Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL            CRITERIA  OWNER        SYSTEM   OUTCOME  COUNTS
            PI1.3-job-balance  PI1.3     Engineering  billing  fail     1/2 conform, 1 exception
              Processing::JobRun::"2": the control totals of input and output differ, or only one of them is known
                job-balance-amounts-differ (high): find the records whose amount changed, correct the result, and record the cause
              Processing::JobRun::"2": records went in that neither came out nor were turned away, or the other way round
                job-balance-records-differ (high): find the records that are missing or there twice, correct the result, and record the cause

            criteria: PI1.3 1 fail
            1 fail; 1 record sealed
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            note: collector billing/jobs asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
            billing/jobs: note: the source does not say: due_at
        "#]],
    );
}

#[test]
fn a_row_that_cannot_be_read_is_no_pass() {
    let site = jobs().edit("jobs.csv", "1090,3,\"1700,00\",\"1698,50\"", "1097,3,,").edit(
        "jobs.csv",
        "2026-11-19 02:00",
        "2026-10-25 02:30",
    );
    check(
        &site,
        &format!("{RUN} PI1.3-job-balance"),
        expect![[r#"
            exit: 3
            --- stdout
            Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL            CRITERIA  OWNER        SYSTEM   OUTCOME       COUNTS
            PI1.3-job-balance  PI1.3     Engineering  billing  inconclusive  1/1 conform
              population-incomplete: collector `jobs`: the source has 2 items, 1 were accepted and 0 excluded

            criteria: PI1.3 1 inconclusive
            1 inconclusive; 1 record sealed
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            note: collector billing/jobs asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
            billing/jobs: note: row 2, column "Started": "2026-10-25 02:30" was there twice in Europe/Berlin, the clocks went back
            billing/jobs: note: the source does not say: due_at
        "#]],
    );
}

/// The sources of the example in the collector's own fixtures.
fn acme() -> Site {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/table/tests/fixtures/acme");
    let files = std::fs::read_dir(fixtures).unwrap().map(|file| file.unwrap().path());
    files.fold(Site::new(), |site, file| {
        site.file(file.file_name().unwrap().to_str().unwrap(), std::fs::read(&file).unwrap())
    })
}

#[test]
fn every_built_in_control_on_a_declared_fact_is_judged() {
    let controls = [
        "C1.1-confidential-encrypted",
        "C1.1-data-register",
        "C1.2-deletion-on-time",
        "P3.2-consent-first",
        "P5.1-subject-requests",
        "P8.1-complaints",
        "PI1.2-rejects-bounded",
        "PI1.3-job-balance",
        "PI1.4-job-on-time",
    ];
    let site = acme();
    check(
        &site,
        &format!("run --as-of 2026-11-20T09:00:00Z --control {}", controls.join(" --control ")),
        expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA          OWNER        SYSTEM     OUTCOME  COUNTS
        C1.1-confidential-encrypted  C1.1, CC6.1       Security     acme-prod  fail     3/4 conform, 1 exception, 1 excluded
          Register::DataAsset::"D-004" (Launch telemetry): confidential data is not known to be encrypted where it rests
            confidential-encrypted-not-known (high): encrypt the data where it rests, or record that it is
        C1.1-data-register           C1.1              Security     acme-prod  fail     3/5 conform, 2 exceptions
          Register::DataAsset::"D-003" (Press photos): the entry was last reviewed longer ago than allowed
            data-register-review-too-old (medium): have the owner review the entry, and record the date
          Register::DataAsset::"D-005" (Old wiki): nobody has looked whether the entry is right
            data-register-never-reviewed (medium): have the owner review the entry, and record the date
          Register::DataAsset::"D-005" (Old wiki): nobody has said how confidential the data is
            data-register-unclassified (high): classify the data
          Register::DataAsset::"D-005" (Old wiki): nobody answers for the data
            data-register-without-owner (medium): name an owner
        C1.2-deletion-on-time        C1.2, P4.2, P4.3  Privacy      acme-prod  fail     2/3 conform, 1 exception, 1 excluded
          Privacy::Retention::"R-18": the records are kept beyond their date
            deletion-on-time-still-there (high): delete the records, or record the legal hold that keeps them
        P3.2-consent-first           P2.1, P3.1, P3.2  Privacy      acme-prod  fail     3/4 conform, 1 exception
          Privacy::Consent::"s-a07/newsletter": data is processed for a purpose to which no consent is recorded
            consent-first-none (high): stop the processing, and ask for consent or find the record of it
        P5.1-subject-requests        P5.1, P5.2, P6.7  Privacy      acme-prod  fail     2/3 conform, 1 exception, 1 excluded
          Privacy::SubjectRequest::"304": the request is not answered, and its time is over
            subject-requests-overdue (high): answer it now, and tell the person why it took so long
        P8.1-complaints              P8.1              Privacy      acme-prod  pass     1/1 conform, 3 excluded
        PI1.2-rejects-bounded        PI1.2             Engineering  acme-prod  pass     4/4 conform, 1 excluded
        PI1.3-job-balance            PI1.3             Engineering  acme-prod  fail     3/4 conform, 1 exception, 1 excluded
          Processing::JobRun::"ledger-export/2026-11-20": the control totals of input and output differ, or only one of them is known
            job-balance-amounts-differ (high): find the records whose amount changed, correct the result, and record the cause
          Processing::JobRun::"ledger-export/2026-11-20": records went in that neither came out nor were turned away, or the other way round
            job-balance-records-differ (high): find the records that are missing or there twice, correct the result, and record the cause
        PI1.4-job-on-time            PI1.4             Engineering  acme-prod  fail     4/5 conform, 1 exception
          Processing::JobRun::"ledger-export/2026-11-20": the output was not there when it was promised
            job-on-time-late (medium): find out what slows the job down, and tell whoever waited for its output

        criteria: C1.1 2 fail; C1.2 1 fail; CC6.1 1 fail; P2.1 1 fail; P3.1 1 fail; P3.2 1 fail; P4.2 1 fail; P4.3 1 fail; P5.1 1 fail; P5.2 1 fail; P6.7 1 fail; P8.1 1 pass; PI1.2 1 pass; PI1.3 1 fail; PI1.4 1 fail
        2 pass, 7 fail; 9 records sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/job-ledger asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        note: collector acme-prod/data-register asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        note: collector acme-prod/retention asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        note: collector acme-prod/consents asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        note: collector acme-prod/requests asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
    "#]],
    );
    check(
        &site,
        "replay --all",
        expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  C1.1-confidential-encrypted on acme-prod
            same            evaluation/3  C1.1-data-register on acme-prod
            same            evaluation/4  C1.2-deletion-on-time on acme-prod
            same            evaluation/5  P3.2-consent-first on acme-prod
            same            evaluation/6  P5.1-subject-requests on acme-prod
            same            evaluation/7  P8.1-complaints on acme-prod
            same            evaluation/8  PI1.2-rejects-bounded on acme-prod
            same            evaluation/9  PI1.3-job-balance on acme-prod
            same            evaluation/10  PI1.4-job-on-time on acme-prod
            9 the same, 0 different, 0 not replayable
            --- stderr
        "#]],
    );
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
    check(
        &site,
        &format!("{RUN} CC6.4-key-cards"),
        expect![[r#"
            exit: 1
            --- stdout
            Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL          CRITERIA  OWNER       SYSTEM  OUTCOME  COUNTS
            CC6.4-key-cards  CC6.4     Facilities  office  fail     1/2 conform, 1 exception, 1 excluded
              Doors::KeyCard::"2": nobody is known to carry the card
                key-cards-without-holder (high): find the card, or lock it

            criteria: CC6.4 1 fail
            1 fail; 1 record sealed
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            note: collector office/table asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        "#]],
    );
    let inspected = site.tickmark("plugin inspect table");
    let own = inspected.split("\n\n").find(|part| part.starts_with("Fact key_card")).unwrap().to_owned();
    expect![[r#"
        Fact key_card: Doors::KeyCard, one key card
          holder               text                           who carries it
          doors                set of text     always there   the doors that it opens"#]]
    .assert_eq(&own);
}

#[test]
fn a_replay_goes_by_what_was_declared_then() {
    let site = cards();
    let (code, _, stderr) = site.run("run --as-of 2026-11-20T09:00:00Z --control CC6.4-key-cards");
    assert_eq!(code, 1, "{stderr}");
    check(
        &site,
        "replay --all",
        expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  CC6.4-key-cards on office
            1 the same, 0 different, 0 not replayable
            --- stderr
        "#]],
    );
    // Another declaration, other settings and another program today change nothing of what was.
    let site = site
        .edit("policies/facts.toml", "name = \"holder\"\ntype = \"text\"", "name = \"holder\"\ntype = \"long\"")
        .edit("policies/facts.toml", "Doors::KeyCard", "Doors::Badge")
        .edit("cards.json", "\"ada\"", "7");
    check(
        &site,
        "replay --all",
        expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  CC6.4-key-cards on office
            1 the same, 0 different, 0 not replayable
            --- stderr
        "#]],
    );
    check(
        &site,
        &format!("{RUN} CC6.4-key-cards"),
        expect![[r#"
            exit: 1
            --- stdout
            Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL          CRITERIA  OWNER       SYSTEM  OUTCOME  COUNTS
            CC6.4-key-cards  CC6.4     Facilities  office  fail     1/2 conform, 1 exception, 1 excluded
              Doors::Badge::"2": nobody is known to carry the card
                key-cards-without-holder (high): find the card, or lock it

            criteria: CC6.4 1 fail
            1 fail; 1 record sealed
            --- stderr
            note: collector office/table asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
        "#]],
    );
    let site = site.remove("policies").remove("cards.json");
    check(
        &site,
        "replay --all",
        expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  CC6.4-key-cards on office
            same            evaluation/3  CC6.4-key-cards on office
            2 the same, 0 different, 0 not replayable
            --- stderr
        "#]],
    );
}

#[test]
fn mistakes_in_declarations_and_collectors_come_at_once() {
    let site = cards().edit("policies/facts.toml", "type = \"text\"\nset", "type = \"txt\"\nset").edit(
        "policies/facts.toml",
        "kind = \"Doors::KeyCard\"",
        "kind = \"Mfa::KeyCard\"",
    );
    check(
        &site,
        "policy check",
        expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × `txt` is not a type
                ╭─[[DIR]/policies/facts.toml:14:8]
             13 │ name = "doors"
             14 │ type = "txt"
                ·        ──┬──
                ·          ╰── unknown word
             15 │ set = true
                ╰────
              help: did you mean `text`?

            error: 1 problem in the configuration, nothing was run
        "#]],
    );
    let site = cards()
        .edit("policies/facts.toml", "kind = \"Doors::KeyCard\"", "kind = \"Mfa::KeyCard\"")
        .edit("tickmark.toml", "facts = [\"key_card\"]", "")
        .edit(
            "tickmark.toml",
            "format = \"json\"",
            "format = \"json\", declared = [\"fact a A::B\"], colour = \"red\"",
        );
    check(
        &site,
        "policy check",
        expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × namespace of kind `Mfa::KeyCard` belongs to plugin `mfa`
               ╭─[[DIR]/policies/facts.toml:4:8]
             3 │ name = "key_card"
             4 │ kind = "Mfa::KeyCard"
               ·        ───────┬──────
               ·               ╰── in another's namespace
             5 │ doc = "one key card"
               ╰────
              help: a namespace has one owner; declare the kind in a namespace of your own

              × setting `declared` is the host's own
               ╭─[[DIR]/tickmark.toml:6:1]
             5 │ environment = "production"
             6 │ [[system.collector]]
               · ──────────┬─────────
               ·           ╰── here
             7 │ plugin = "table"
               ╰────
              help: leave it out; `facts` says which fact `table` emits

              × plugin `table` has no setting `colour`
               ╭─[[DIR]/tickmark.toml:6:1]
             5 │ environment = "production"
             6 │ [[system.collector]]
               · ──────────┬─────────
               ·           ╰── here
             7 │ plugin = "table"
               ╰────
              help: its settings are: declared, format, key, columns, exclude, values, null_values, true_values, false_values, list_separator, decimal_separator, thousands_separator, datetime_format,
                    datetime_formats, time_zone, delimiter, encoding, array, total, covers_from, covers_to, observed_at, path, next, cursor_parameter, page_parameter

              × plugin `table` emits one fact, and `facts` does not say which
               ╭─[[DIR]/tickmark.toml:6:1]
             5 │ environment = "production"
             6 │ [[system.collector]]
               · ──────────┬─────────
               ·           ╰── here
             7 │ plugin = "table"
               ╰────
              help: write facts = ["..."]; there is: access_request, asset, consent, data_asset, deletion, identity, job_run, key_card, person, remediation, role_change, subject_request, ticket, vendor,
                    vendor_standing

            error: 4 problems in the configuration, nothing was run
        "#]],
    );
    let site = cards().edit("tickmark.toml", "facts = [\"key_card\"]", "facts = [\"key_cards\"]");
    check(
        &site,
        "policy check",
        expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × no fact `key_cards` is declared
           ╭─[[DIR]/tickmark.toml:6:1]
         5 │ environment = "production"
         6 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         7 │ plugin = "table"
           ╰────
          help: did you mean `key_card`?

        error: 1 problem in the configuration, nothing was run
    "#]],
    );
    let site = cards().edit("policies/facts.toml", "\"key_card\"", "\"person\"");
    check(
        &site,
        "policy check",
        expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × fact `person` is built in
               ╭─[[DIR]/policies/facts.toml:3:8]
             2 │ [[fact]]
             3 │ name = "person"
               ·        ────┬───
               ·            ╰── belongs to the built-in fact `person`
             4 │ kind = "Doors::KeyCard"
               ╰────
              help: write `replaces = true` to replace it whole, or choose another

            error: 1 problem in the configuration, nothing was run
        "#]],
    );
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
        ("department", "text", "", ""),
        ("manager", "text", "", ""),
        ("access_keys", "long", "", ""),
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
    check(
        &site("provides = [\"Mfa::User\"]"),
        &format!("{RUN} CC6.3-mfa-for-admins"),
        expect![[r#"
            exit: 1
            --- stdout
            Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL               CRITERIA             OWNER     SYSTEM  OUTCOME  COUNTS
            CC6.3-mfa-for-admins  CC6.3, CC6.1, CC6.6  Security  wiki    fail     1/2 conform, 1 exception
              Mfa::User::"bob": an administrator can log in without a second factor
                mfa-for-admins-without-second-factor (critical): enrol a second factor for the account, or take its administrative role away

            criteria: CC6.1 1 fail; CC6.3 1 fail; CC6.6 1 fail
            1 fail; 1 record sealed
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            note: collector wiki/table asks for what is not granted: sql `source`, http `source`, sql `total`, files `total`
            wiki/table: note: the source does not say: name, email, password_enabled, last_login, created_at, department, manager, access_keys
        "#]],
    );
    check(
        &site(""),
        "policy check",
        expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × `Mfa::User` belongs to plugin `mfa`, and `table` declares it too
           ╭─[[DIR]/tickmark.toml:6:1]
         5 │ environment = "production"
         6 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         7 │ plugin = "table"
           ╰────
          help: say provides = ["Mfa::User"] if it is to stand in for `mfa`

        error: 1 problem in the configuration, nothing was run
    "#]],
    );
}
