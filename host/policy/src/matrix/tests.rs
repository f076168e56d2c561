//! What a matrix may say, and that everything wrong comes at once.

use expect_test::{Expect, expect};

use tickmark_model::{Combine, Execution, Frequency, MonthDay, Operation};

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

/// A control that people operate.
const BY_HAND: &str = r#"
[[manual]]
id = "X2-by-hand"
title = "Ours, by hand"
criteria = ["CC1.1"]
frequency = "annual"
anchor = "04-01"
owner = "HR"
evidence = "Signed forms"
severity = "low"
remediation_days = 90
grace = { duration = "14d" }
time_zone = "europe/berlin"
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
            "A1.2-backup-daily",
            "A1.2-backup-recent",
            "A1.3-backup-checked",
            "A1.3-exercise-report",
            "A1.3-recovery-exercised",
            "A1.3-recovery-objectives",
            "A1.3-restore-test",
            "C1.1-confidential-encrypted",
            "C1.1-data-register",
            "C1.2-deletion-on-time",
            "CC4.2-remediation-on-time",
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
            "CC9.2-vendor-reports",
            "P3.2-consent-first",
            "P5.1-subject-requests",
            "P8.1-complaints",
            "PI1.2-rejects-bounded",
            "PI1.3-job-balance",
            "PI1.4-job-on-time",
        ]
    );
    assert!(matrix.entries().all(|entry| entry.origin == Origin::Builtin && !entry.control.replaces));
    assert!(matrix.manual_entries().all(|entry| entry.origin == Origin::Builtin && !entry.control.replaces));
}

#[test]
fn every_criterion_has_a_control_built_in() {
    let matrix = load(&[]).unwrap();
    let served: Vec<&String> =
        matrix.controls().flat_map(|it| &it.criteria).chain(matrix.manual().flat_map(|it| &it.criteria)).collect();
    let unserved: Vec<&str> =
        matrix.criteria().iter().map(|it| it.id.as_str()).filter(|id| !served.iter().any(|it| it == id)).collect();
    assert_eq!(unserved, [] as [&str; 0]);
}

/// Where several events fall into one window, the default would let one success stand for all: the built-in rows say what
/// they mean.
#[test]
fn every_built_in_event_says_how_it_combines() {
    for entry in load(&[]).unwrap().entries().filter(|entry| entry.control.operation == Operation::Event) {
        assert_ne!(entry.control.combine, Combine::Any, "{}", entry.control.id);
    }
}

#[test]
fn nothing_built_in_may_be_late() {
    let matrix = load(&[]).unwrap();
    assert!(matrix.controls().all(|control| control.grace_ms.is_none()));
    assert!(matrix.manual().all(|control| control.grace_ms.is_none()));
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
              help: its keys are control, manual
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

#[test]
fn a_row_says_what_its_operations_are() {
    let terms = r#"frequency = "monthly"
combine = "each"
each = "job"
execution = "both"
grace = { duration = "5d" }
time_zone = "Europe/Berlin""#;
    let control =
        site(&SOUND.replace("frequency = \"per-event\"", terms)).unwrap().entry("X1-own").unwrap().control.clone();
    assert_eq!((control.combine, control.each.as_deref()), (Combine::Each, Some("job")));
    assert_eq!((control.execution, control.grace_ms), (Execution::Both, Some(432_000_000)));
    assert_eq!((control.time_zone.as_deref(), control.anchor, control.max_gap_ms), (Some("Europe/Berlin"), None, None));

    let terms = "frequency = \"continuous\"\nmax_gap = { duration = \"12h\" }";
    let control =
        site(&SOUND.replace("frequency = \"per-event\"", terms)).unwrap().entry("X1-own").unwrap().control.clone();
    assert_eq!(control.max_gap_ms, Some(43_200_000));

    for (text, day, month) in [("04-01", 1, 4), ("02-29", 29, 2), ("12-31", 31, 12), ("06-30", 30, 6)] {
        let terms = format!("frequency = \"annual\"\nanchor = \"{text}\"");
        let matrix = site(&SOUND.replace("frequency = \"per-event\"", &terms)).unwrap();
        assert_eq!(matrix.entry("X1-own").unwrap().control.anchor, Some(MonthDay { day, month }));
    }
}

#[test]
fn a_row_at_events_may_say_what_sets_some_of_them_apart() {
    let with = |frequency: &str| {
        SOUND.replace("frequency = \"per-event\"", &format!("frequency = \"{frequency}\"\nstratum = \"standard\""))
    };
    for frequency in ["per-event", "within"] {
        let control = site(&with(frequency)).unwrap().entry("X1-own").unwrap().control.clone();
        assert_eq!(control.stratum.as_deref(), Some("standard"));
    }
    // A window has no event that could be another than the rest.
    check(
        &with("monthly"),
        expect![[r#"
            7: `stratum` is `standard`, and the control has windows
              `"standard"` has no meaning here
              help: only a control of `frequency = "per-event"` or `"within"` counts its events
        "#]],
    );
}

#[test]
fn a_key_without_effect_is_refused() {
    check(
        &SOUND.replace(
            "frequency = \"per-event\"\noperation = \"human\"",
            "frequency = \"monthly\"\noperation = \"state\"\nanchor = \"04-01\"\ncombine = \"any\"\neach = \"job\"\n\
             execution = \"manual\"\nmax_gap = { duration = \"12h\" }\ngrace = { duration = \"29d\" }\n\
             time_zone = \"Europe/Berlim\"",
        ),
        expect![[r#"
            8: `anchor` is `04-01`, and the control is not annual
              `"04-01"` has no meaning here
              help: only a control of `frequency = "annual"` has one
            9: `combine` is there, and the operation is `state`
              `"any"` has no meaning here
              help: any failing observation fails a state's window; only `event` and `human` combine
            10: `each` is `job`, and `combine` is not `each`
              `"job"` has no meaning here
              help: write `combine = "each"`, or leave it out
            11: `execution` is `manual`, expected `automated` or `both`
              `"manual"` not of a control with a collector
              help: a control that people operate alone is a `[[manual]]`, without collector and policy
            12: `max_gap` is 12h, and the control is not continuous
              `{ duration = "12h" }` has no meaning here
              help: only a control of `frequency = "continuous"` has one; its windows say when another is looked at
            13: `grace` is 29d, expected at most 28d
              `{ duration = "29d" }` out of bounds
              help: by then the next window may have ended too
            14: there is no time zone `Europe/Berlim`
              `"Europe/Berlim"` unknown time zone
              help: write a name of the IANA database, such as `Europe/Berlin` or `UTC`
        "#]],
    );
    check(
        &SOUND
            .replace("operation =", "grace = { duration = \"1d\" }\ncombine = \"some\"\nexecution = \"\"\noperation ="),
        expect![[r#"
            7: `grace` is 1d, and the control has no windows to be late for
              `{ duration = "1d" }` has no meaning here
              help: a control that is continuous or follows events has none; leave it out
            8: `some` is not a combine
              `"some"` unknown word
              help: it is one of any, each, all
            9: `execution` is empty
              `""` expected some text
        "#]],
    );
    check(
        &SOUND
            .replace("operation =", "combine = \"all\"\neach = \"job\"\nmax_gap = \"1d\"\ntime_zone = 1\noperation ="),
        expect![[r#"
            8: `each` is `job`, and `combine` is not `each`
              `"job"` has no meaning here
              help: write `combine = "each"`, or leave it out
            9: `max_gap` is `1d`, expected a duration above zero
              `"1d"` not a duration above zero
              help: it is a duration such as `{ duration = "26h" }`
            10: `time_zone`: invalid type: integer `1`, expected a string
              `1` here
              help: it is a string
        "#]],
    );
}

#[test]
fn an_annual_control_says_when_its_year_starts() {
    check(
        &SOUND.replace("per-event", "annual"),
        expect![[r#"
        2: control has no `anchor`
          `[[control]]` in this one
          help: it is the month and day on which its year starts, such as `"04-01"`
    "#]],
    );
    for bad in ["02-30", "4-1", "13-01", "00-10", "04-31", "04-00", "2026-04-01", "04-+1", "spring"] {
        let rows = SOUND.replace("frequency = \"per-event\"", &format!("frequency = \"annual\"\nanchor = \"{bad}\""));
        let problems = site(&rows).unwrap_err();
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, [format!("`anchor` is `{bad}`, expected a day from 01-01 to 12-31")]);
    }
}

/// By the time the bound says, the window after has ended too.
#[test]
fn grace_ends_before_the_next_window_does() {
    for (frequency, longest) in
        [("daily", 1), ("business-daily", 1), ("weekly", 7), ("monthly", 28), ("quarterly", 90), ("annual", 365)]
    {
        let anchor = if frequency == "annual" { "anchor = \"01-01\"\n" } else { "" };
        let rows = |grace: &str| {
            let terms = format!("frequency = \"{frequency}\"\n{anchor}grace = {{ duration = \"{grace}\" }}");
            SOUND.replace("frequency = \"per-event\"", &terms)
        };
        let matrix = site(&rows(&format!("{longest}d"))).unwrap();
        assert_eq!(matrix.entry("X1-own").unwrap().control.grace_ms, Some(longest * 86_400_000));
        let problems = site(&rows(&format!("{longest}d1ms"))).unwrap_err();
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, [format!("`grace` is {longest}d1ms, expected at most {longest}d")]);
    }
}

#[test]
fn a_site_adds_a_control_by_hand() {
    let matrix = site(BY_HAND).unwrap();
    let entry = matrix.manual_entry("X2-by-hand").unwrap();
    assert_eq!((entry.origin, entry.control.frequency), (Origin::Site, Frequency::Annual));
    assert_eq!(entry.control.anchor, Some(MonthDay { day: 1, month: 4 }));
    assert_eq!(
        (entry.control.grace_ms, entry.control.time_zone.as_deref()),
        (Some(1_209_600_000), Some("Europe/Berlin"))
    );
    assert_eq!(matrix.controls().count(), built_in(), "it has no policy and no collector");
    assert!(matrix.entry("X2-by-hand").is_none());
    assert_eq!(matrix.did_you_mean("X2-by-hnd").as_deref(), Some("did you mean `X2-by-hand`?"));
}

#[test]
fn a_row_of_one_kind_replaces_one_of_the_other() {
    let by_hand = BY_HAND.replace("X2-by-hand", "A1.3-restore-test").replace("owner", "replaces = true\nowner");
    let matrix = site(&by_hand).unwrap();
    assert!(matrix.entry("A1.3-restore-test").is_none());
    assert_eq!(matrix.manual_entry("A1.3-restore-test").unwrap().control.title, "Ours, by hand");

    let automated = SOUND.replace("X1-own", "CC1.1-code-of-conduct").replace("mode", "replaces = true\nmode");
    let matrix = site(&automated).unwrap();
    assert!(matrix.manual_entry("CC1.1-code-of-conduct").is_none());
    assert_eq!(matrix.entry("CC1.1-code-of-conduct").unwrap().origin, Origin::Site);
}

#[test]
fn an_id_is_there_once_over_both_kinds() {
    check(
        &format!("{SOUND}{}", BY_HAND.replace("X2-by-hand", "X1-own")),
        expect![[r#"
        3: control `X1-own` is there twice
          `"X1-own"` first here; `"X1-own"` again here
    "#]],
    );
    check(
        &BY_HAND.replace("X2-by-hand", "A1.3-restore-test"),
        expect![[r#"
        3: control `A1.3-restore-test` is built in
          `"A1.3-restore-test"` has the id of a built-in control
          help: write `replaces = true` to replace its row and policy file whole, or choose another id
    "#]],
    );
    check(
        &SOUND.replace("X1-own", "CC1.1-code-of-conduct"),
        expect![[r#"
        3: control `CC1.1-code-of-conduct` is built in
          `"CC1.1-code-of-conduct"` has the id of a built-in control
          help: write `replaces = true` to replace its row and policy file whole, or choose another id
    "#]],
    );
}

#[test]
fn a_control_by_hand_has_no_collector() {
    check(
        &BY_HAND
            .replace("annual", "continuous")
            .replace("X2-by-hand", "X 2")
            .replace("evidence = \"Signed forms\"", "collector = \"mfa\"\ncombine = \"all\"")
            .replace("= 90", "= 400"),
        expect![[r#"
            2: manual has no `evidence`
              `[[manual]]` in this one
              help: it is a string
            3: control id `X 2` does not match [A-Za-z0-9][A-Za-z0-9._-]*
              `"X 2"` not an id
              help: such as `CC6.3-mfa-for-admins`, at most 64 letters
            6: `frequency` is `continuous`, and people do nothing all the time
              `"continuous"` not of a control by hand
              help: say how often they do it, such as `quarterly` or `per-event`
            9: manual has no key `collector`
              `collector` unknown key
              help: its keys are id, matrix_id, title, criteria, frequency, anchor, grace, time_zone, owner, evidence, severity, remediation_days, replaces
            10: manual has no key `combine`
              `combine` unknown key
              help: its keys are id, matrix_id, title, criteria, frequency, anchor, grace, time_zone, owner, evidence, severity, remediation_days, replaces
            12: `remediation_days` is 400, expected 1 to 366
              `400` out of bounds
        "#]],
    );
}

/// The rows that the guide shows, each as it stands there.
#[test]
fn the_rows_of_the_guide_are_sound() {
    let guide = include_str!("../../../../docs/writing-policies.md");
    let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let rows: Vec<&str> =
        blocks.filter(|block| block.contains("[[control]]") || block.contains("[[manual]]")).collect();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let policy =
            row.lines().find_map(|line| line.strip_prefix("policy = \"")?.strip_suffix('"')).unwrap_or("own.cedar");
        let files = [SourceFile::new("controls.toml", row), SourceFile::new(policy, "// own")];
        let problems: Vec<String> = load_partly(&files).1.iter().map(ToString::to_string).collect();
        assert_eq!(problems, [] as [&str; 0], "{row}");
    }
}

#[test]
fn a_criterion_says_its_category_by_its_id() {
    let (matrix, problems) = load_partly(&[]);
    assert!(problems.is_empty(), "{problems:?}");
    for criterion in matrix.criteria() {
        assert_eq!(tickmark_model::Category::of_criterion(&criterion.id), Some(criterion.category), "{}", criterion.id);
    }
}
