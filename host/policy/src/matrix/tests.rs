//! What a matrix may say, and that everything wrong comes at once.

use expect_test::{Expect, expect};

use super::*;

const SOUND: &str = r#"
[[control]]
id = "X1-own"
title = "Ours"
criteria = ["CC6.1"]
frequency = "per-event"
operation = "human"
owner = "Security"
evidence = "Tickets"
collector = "mfa"
fact = "user"
policy = "own.cedar"
mode = "subject"
severity = "low"
remediation_days = 90
window = { duration = "7d" }
"#;

fn site(rows: &str) -> Result<Matrix, Problems> {
    load(&[SourceFile::new("site/policies/controls.toml", rows), SourceFile::new("site/policies/own.cedar", "// own")])
}

/// Every problem as `line: message (label) help: ...`.
fn check(rows: &str, expected: Expect) {
    use miette::Diagnostic as _;
    let problems = site(rows).unwrap_err();
    let mut lines = String::new();
    for problem in problems.iter() {
        let line = problem.span().map_or(0, |span| {
            rows[..span.start].lines().count().max(1) + usize::from(rows[..span.start].ends_with('\n'))
        });
        let labels: Vec<String> = problem
            .labels()
            .into_iter()
            .flatten()
            .map(|label| {
                format!(
                    "`{}` {}",
                    &rows[label.offset()..label.offset() + label.len()].lines().next().unwrap_or(""),
                    label.label().unwrap_or("")
                )
            })
            .collect();
        let help = problem.help().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        lines += &format!("{line}: {problem}\n  {}{help}\n", labels.join("; "));
    }
    expected.assert_eq(&lines);
}

fn built_in() -> usize {
    load(&[]).unwrap().controls().count()
}

#[test]
fn the_built_in_matrix_is_sound() {
    let matrix = load(&[]).unwrap();
    assert_eq!(matrix.criteria().len(), 61);
    let ids: Vec<&str> = matrix.controls().map(|control| control.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "A1.1-capacity-headroom",
            "A1.1-health-checks",
            "A1.1-host-uptime",
            "A1.1-replicas-up",
            "A1.1-systems-monitored",
            "A1.1-uptime-objective",
            "A1.2-backup-recent",
            "A1.3-backup-checked",
            "A1.3-exercise-report",
            "A1.3-recovery-exercised",
            "A1.3-recovery-objectives",
            "A1.3-restore-test",
            "C1.1-confidential-encrypted",
            "C1.1-data-register",
            "C1.2-deletion-on-time",
            "CC6.1-access-keys",
            "CC6.1-mfa-adoption",
            "CC6.1-storage-encrypted",
            "CC6.2-access-review",
            "CC6.2-access-review-actions",
            "CC6.2-access-termination",
            "CC6.2-account-owner",
            "CC6.2-inactive-accounts",
            "CC6.2-joiner-approved",
            "CC6.2-service-account-owners",
            "CC6.3-grants-by-others",
            "CC6.3-mfa-for-admins",
            "CC6.3-mover-roles",
            "CC6.3-privileged-accounts",
            "CC6.3-privileged-roles",
            "CC6.6-firewall-default-deny",
            "CC6.6-firewall-inbound",
            "CC6.6-firewall-review",
            "CC6.7-tls-certificates",
            "CC6.7-tls-endpoints",
            "CC7.1-unknown-assets",
            "CC7.1-vulnerabilities-remediated",
            "CC7.1-vulnerability-scan",
            "CC7.2-access-log-complete",
            "CC7.2-alert-rules",
            "CC7.2-failed-logins",
            "CC7.2-failed-logins-ssh",
            "CC7.2-ids-monitoring",
            "CC7.2-targets-scraped",
            "CC7.3-alerts-answered",
            "CC8.1-change-approved",
            "CC8.1-change-documented",
            "CC8.1-change-verified",
            "CC8.1-change-window",
            "P3.2-consent-first",
            "P5.1-subject-requests",
            "P8.1-complaints",
            "PI1.2-rejects-bounded",
            "PI1.3-job-balance",
            "PI1.4-job-on-time",
        ]
    );
    assert!(matrix.entries().all(|entry| entry.origin == Origin::Builtin && !entry.control.replaces));
}

#[test]
fn a_site_adds_a_control_of_its_own() {
    let matrix = site(SOUND).unwrap();
    let entry = matrix.entry("X1-own").unwrap();
    assert_eq!((entry.origin, entry.policy.text()), (Origin::Site, "// own"));
    assert_eq!(entry.control.window_ms, Some(604_800_000));
    assert_eq!(matrix.controls().count(), built_in() + 1);
}

#[test]
fn a_site_replaces_row_and_file_whole() {
    let rows = SOUND.replace("X1-own", "CC6.3-mfa-for-admins").replace("mode", "replaces = true\nmode");
    let matrix = site(&rows).unwrap();
    let entry = matrix.entry("CC6.3-mfa-for-admins").unwrap();
    assert_eq!((entry.origin, entry.policy.path()), (Origin::Site, "site/policies/own.cedar"));
    assert_eq!((entry.control.title.as_str(), entry.control.max_age_ms), ("Ours", None));
    assert_eq!(matrix.controls().count(), built_in());
}

#[test]
fn replacing_must_be_said_and_be_true() {
    check(
        &SOUND.replace("X1-own", "A1.3-restore-test"),
        expect![[r#"
        3: control `A1.3-restore-test` is built in
          `"A1.3-restore-test"` has the id of a built-in control
          help: write `replaces = true` to replace its row and policy file whole, or choose another id
    "#]],
    );
    check(
        &SOUND.replace("X1-own", "A1.3-restore-tests").replace("mode", "replaces = true\nmode"),
        expect![[r#"
        3: control `A1.3-restore-tests` replaces nothing
          `"A1.3-restore-tests"` no built-in control has this id
          help: did you mean `A1.3-restore-test`?
    "#]],
    );
}

#[test]
fn everything_wrong_comes_at_once() {
    check(
        r#"
colour = "red"
[[control]]
id = "X 1"
title = ""
criteria = ["CC6.11", "CC6.1", "CC6.1"]
frequency = "dayly"
operation = "event"
ownr = "Security"
evidence = 7
collector = "mfa"
fact = "user"
policy = "owm.cedar"
mode = "subject"
severity = "low"
remediation_days = 0
max_age = "26h"
window = { duration = "26 hours" }
replaces = "yes"
[control.parameters]
as_of = 1
Limit = 2
ratio = 0.5
[control.systems]
environments = ["production"]
"#,
        expect![[r#"
            2: matrix has no key `colour`
              `colour` unknown key
              help: its keys are control
            3: control has no `owner`
              `[[control]]` in this one
              help: it is a string
            4: control id `X 1` does not match [A-Za-z0-9][A-Za-z0-9._-]*
              `"X 1"` not an id
              help: such as `CC6.3-mfa-for-admins`, at most 64 letters
            5: `title` is empty
              `""` expected some text
            6: criterion `CC6.11` does not exist
              `"CC6.11"` unknown criterion
              help: did you mean `CC6.1`?
            6: criterion `CC6.1` is named twice
              `"CC6.1"` again here
            7: `dayly` is not a frequency
              `"dayly"` unknown word
              help: did you mean `daily`?
            9: control has no key `ownr`
              `ownr` unknown key
              help: did you mean `owner`?
            10: `evidence`: invalid type: integer `7`, expected a string
              `7` here
              help: it is a string
            16: `remediation_days` is 0, expected 1 to 366
              `0` out of bounds
            17: `max_age` is `26h`, expected a duration above zero
              `"26h"` not a duration above zero
              help: it is a duration such as `{ duration = "26h" }`
            18: `window`: `26 hours` is not a duration such as `26h`, `7d` or `1d12h` (units d, h, m, s, ms, largest first)
              `{ duration = "26 hours" }` here
              help: it is a duration such as `{ duration = "26h" }`
            19: `replaces`: invalid type: string "yes", expected a boolean
              `"yes"` here
              help: it is true or false
            21: parameter `as_of` is the host's own
              `as_of` choose another name
            22: parameter name `Limit` does not match [a-z][a-z0-9_]* or is a Cedar keyword
              `Limit` not a name
            23: `ratio`: invalid type: floating point `0.5`, expected a boolean, an integer, a string or a tagged value such as { duration = "26h" }
              `0.5` here
              help: it is a boolean, an integer, a string or a tagged value such as `{ duration = "26h" }`
            25: `systems`: unknown field `environments`, expected one of `environment`, `name`, `tags`, `tier`
              `environments` here
              help: it is a table with any of `environment`, `name`, `tier` and `tags`
        "#]],
    );
}

#[test]
fn syntax_errors_point_at_their_place() {
    check(
        "[[control]]\nid = \"a\nowner = \n",
        expect![[r#"
        2: invalid basic string, expected `"`
          `` here
        3: string values must be quoted, expected literal string
          `` here
    "#]],
    );
}

#[test]
fn an_id_is_there_once() {
    check(
        &format!("{SOUND}{SOUND}"),
        expect![[r#"
        3: control `X1-own` is there twice
          `"X1-own"` first here; `"X1-own"` again here
    "#]],
    );
}
