//! Explanations of single subjects.

use expect_test::{Expect, expect};
use tickmark_model::Collection;

use super::*;
use crate::fixture::*;
use crate::matrix;

fn explain(id: &str, collections: &[&Collection], subject: &str) -> Result<Explanation, NotExplained> {
    let matrix = matrix::load(&[]).unwrap();
    let policies = Policies::compile(&matrix, &descriptors()).unwrap();
    let system = system();
    let input = Input { system: &system, collections, as_of: at(AS_OF) };
    policies.explain(&matrix.entry(id).unwrap().control, input, subject)
}

fn jobs() -> Collection {
    let backup = descriptors().remove(2);
    let job = |name: &str, expected, success: Option<&str>| {
        let mut cells: Given =
            vec![("name", text(name)), ("expected", yes(expected)), ("runs", long(1)), ("failures", long(0))];
        cells.extend(success.map(|at| ("last_success", datetime(at))));
        (name.to_owned(), cells)
    };
    let rows = [job("db", true, Some("2026-11-18T09:00:00Z")), job("etc", true, None), job("tmp", false, None)];
    collection(&backup, vec![table(backup.fact("job").unwrap(), &rows)])
}

fn check(subject: &str, expected: Expect) {
    let explained = explain("A1.2-backup-recent", &[&jobs()], subject).unwrap();
    let mut text = format!("{} {}\n", explained.subject, explained.answer.as_str());
    for (name, value) in &explained.attributes {
        text += &format!("{name} = {}\n", serde_json::to_string(value).unwrap());
    }
    for PolicyInPlay { action, decided, effect, policy, reads, .. } in &explained.policies {
        text += &format!("{} {effect} {} on {action}, reads {reads:?}\n", if *decided { "*" } else { " " }, policy.id);
    }
    expected.assert_eq(&text);
}

#[test]
fn an_exception_names_the_policy_that_decided() {
    check(
        "db",
        expect![[r#"
        Backup::Job::"db" exception
        expected = true
        last_success = "2026-11-18T09:00:00Z"
          permit backup-recent-scope on A1.2-backup-recent/scope, reads ["expected"]
          permit backup-recent-conforms on A1.2-backup-recent, reads []
          forbid backup-recent-in-the-future on A1.2-backup-recent, reads ["last_success"]
          forbid backup-recent-never-succeeded on A1.2-backup-recent, reads ["last_success"]
        * forbid backup-recent-too-old on A1.2-backup-recent, reads ["last_success"]
    "#]],
    );
}

#[test]
fn what_the_source_does_not_say_is_shown_as_absent() {
    check(
        "Backup::Job::\"etc\"",
        expect![[r#"
        Backup::Job::"etc" exception
        expected = true
        last_success = null
          permit backup-recent-scope on A1.2-backup-recent/scope, reads ["expected"]
          permit backup-recent-conforms on A1.2-backup-recent, reads []
          forbid backup-recent-in-the-future on A1.2-backup-recent, reads ["last_success"]
        * forbid backup-recent-never-succeeded on A1.2-backup-recent, reads ["last_success"]
          forbid backup-recent-too-old on A1.2-backup-recent, reads ["last_success"]
    "#]],
    );
}

#[test]
fn out_of_scope_stops_at_the_scope() {
    check(
        "backup/tmp",
        expect![[r#"
        Backup::Job::"tmp" out of scope
        expected = false
          permit backup-recent-scope on A1.2-backup-recent/scope, reads ["expected"]
    "#]],
    );
}

#[test]
fn unknown_and_ambiguous_subjects_say_so() {
    let error = |collections: &[&Collection], subject| {
        explain("A1.2-backup-recent", collections, subject).unwrap_err().to_string()
    };
    assert_eq!(error(&[&jobs()], "tmpp"), "no collector observed subject `tmpp`; did you mean `tmp`?");
    assert_eq!(error(&[], "db"), "no collector observed subject `db`");
    let mut second = jobs();
    second.id.instance = "borg".into();
    assert_eq!(
        error(&[&jobs(), &second], "db"),
        "subject `db` was observed by backup and borg; put the collector in front, such as `backup/db`"
    );
    assert!(explain("A1.2-backup-recent", &[&jobs(), &second], "borg/db").is_ok());
}
