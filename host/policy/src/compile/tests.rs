//! What `policy check` refuses, with its place in the file.

use expect_test::{Expect, expect};
use miette::Diagnostic as _;

use super::*;
use crate::fixture::*;
use crate::matrix;

const ROW: &str = r#"
[[control]]
id = "X1-own"
title = "Ours"
criteria = ["CC6.1"]
frequency = "daily"
operation = "state"
owner = "Security"
evidence = "Users"
collector = "mfa"
fact = "user"
policy = "own.cedar"
mode = "subject"
severity = "low"
remediation_days = 90
[control.parameters]
limit = { duration = "1d" }
"#;

fn compile(row: &str, policies: &str) -> Result<Policies, Problems> {
    let files = [SourceFile::new("site/controls.toml", row), SourceFile::new("site/own.cedar", policies)];
    Policies::compile(&matrix::load(&files).unwrap(), &descriptors())
}

/// Every problem of the policies with the texts that it points at.
fn check(policies: &str, expected: Expect) {
    check_row(ROW, policies, expected);
}

fn check_row(row: &str, policies: &str, expected: Expect) {
    let problems = compile(row, policies).unwrap_err();
    let mut lines = String::new();
    for problem in problems.iter() {
        let text = if problem.path() == Some("site/own.cedar") { policies } else { row };
        lines += &format!("{problem}\n");
        for label in problem.labels().into_iter().flatten() {
            let there = text[label.offset()..label.offset() + label.len()].lines().next().unwrap_or_default();
            lines += &format!("  `{there}` {}\n", label.label().unwrap_or_default());
        }
        lines += &problem.help().map(|help| format!("  help: {help}\n")).unwrap_or_default();
    }
    expected.assert_eq(&lines);
}

const PERMIT: &str = "@id(\"p\") permit (principal, action == Action::\"X1-own\", resource);\n";
const NOTES: &str = "@message(\"m\") @severity(\"low\") @remediation(\"r\")";

/// The one `permit`, and a `forbid` with these conditions.
fn forbid(conditions: &str) -> String {
    format!("{PERMIT}@id(\"f\") {NOTES}\nforbid (principal, action == Action::\"X1-own\", resource)\n{conditions};\n")
}

#[test]
fn built_in_policies_are_sound() {
    let policies = Policies::compile(&matrix::load(&[]).unwrap(), &descriptors()).unwrap();
    for (id, compiled) in &policies.controls {
        assert!(compiled.reading.is_some(), "{id} would be judged one by one");
    }
    assert!(policies.engine().starts_with("cedar 4."));
}

#[test]
fn a_sound_policy_of_a_site_compiles() {
    let policies =
        compile(ROW, &forbid("when { resource.admin } unless { resource has mfa_enabled && resource.mfa_enabled }"));
    assert!(policies.is_ok());
}

#[test]
fn syntax_errors_come_from_cedar() {
    check(
        "permit (principal, action resource);",
        expect![[r#"
        unexpected token `resource`
          `resource` expected `!=`, `)`, `,`, `:`, `<`, `<=`, `==`, `>`, `>=`, `in`, or `is`
    "#]],
    );
}

#[test]
fn the_shape_is_one_permit_and_forbids_with_reasons() {
    check(
        "",
        expect![[r#"
        action `X1-own` has 0 `permit` policies, expected one
          help: one unconditional `permit` says that a subject conforms unless a `forbid` speaks against it
        action `X1-own` has no `forbid` policy, so nothing could ever fail
          help: add a `forbid` with `@message`, `@severity` and `@remediation`
    "#]],
    );
    check(
        PERMIT,
        expect![[r#"
        action `X1-own` has no `forbid` policy, so nothing could ever fail
          help: add a `forbid` with `@message`, `@severity` and `@remediation`
    "#]],
    );
    check(
        &forbid(""),
        expect![[r#"
        the `forbid` has no condition, so no subject could ever conform
          `forbid` expected `when` or `unless`
          help: add `when { ... }` or `unless { ... }`
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("resource);", "resource) when { resource.enabled };"),
        expect![[r#"
        the `permit` has conditions
          `permit` expected `permit (principal, action == ..., resource);`
          help: state each condition as the `forbid` of its opposite, so that an exception can say why
    "#]],
    );
}

#[test]
fn annotations_are_needed_and_ids_unique() {
    let bare = forbid("when { resource.admin }").replace(NOTES, "@severity(\"hihg\") @message(\" \")");
    check(
        &bare,
        expect![[r#"
        `hihg` is not a severity
          `@severity("hihg")` on this policy
          help: did you mean `high`?
        annotation `@message` is empty
          `@message(" ")` on this policy
          help: the `@message` says in plain words what is wrong with the subject
        annotation `@remediation` is missing
          `forbid` on this policy
          help: the `@remediation` says in plain words what to do about it
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("\"f\"", "\"p\""),
        expect![[r#"
        policy id `p` is there twice, first in this file
          `@id("p")` again here
          help: choose another `@id`
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("@id(\"p\")", ""),
        expect![[r#"
        annotation `@id` is missing
          `permit` on this policy
          help: the `@id` names the policy in findings, such as `mfa-for-admins-without-second-factor`
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("\"f\"", "\"mfa-for-admins-scope\""),
        expect![[r#"
        policy id `mfa-for-admins-scope` is there twice, first in `policies/CC6.3-mfa-for-admins.cedar`
          `@id("mfa-for-admins-scope")` again here
          help: choose another `@id`
    "#]],
    );
}

#[test]
fn policies_are_for_their_own_control_alone() {
    check(
        &forbid("when { resource.admin }").replace("action ==", "action in"),
        expect![[r#"
        action `X1-own` has 0 `permit` policies, expected one
          help: one unconditional `permit` says that a subject conforms unless a `forbid` speaks against it
        action `X1-own` has no `forbid` policy, so nothing could ever fail
          help: add a `forbid` with `@message`, `@severity` and `@remediation`
        the policy is not for control `X1-own` alone
          `permit (principal, action in Action::"X1-own", resource)` judges another action
          help: write `action == Action::"..."` with one of `X1-own/scope`, `X1-own`
        the policy is not for control `X1-own` alone
          `forbid (principal, action in Action::"X1-own", resource)` judges another action
          help: write `action == Action::"..."` with one of `X1-own/scope`, `X1-own`
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("X1-own\", resource)\n", "CC6.3-mfa-for-admins\", resource)\n"),
        expect![[r#"
        action `X1-own` has no `forbid` policy, so nothing could ever fail
          help: add a `forbid` with `@message`, `@severity` and `@remediation`
        the policy is not for control `X1-own` alone
          `forbid (principal, action == Action::"CC6.3-mfa-for-admins", resource)` judges another action
          help: write `action == Action::"..."` with one of `X1-own/scope`, `X1-own`
    "#]],
    );
    check(
        &forbid("when { resource.admin }").replace("forbid (principal,", "forbid (principal == ?principal,"),
        expect![[r#"
        action `X1-own` has no `forbid` policy, so nothing could ever fail
          help: add a `forbid` with `@message`, `@severity` and `@remediation`
        a template judges nothing by itself
          `forbid (principal == ?principal, action == Action::"X1-own", resource)` has a slot
          help: write the policy out for the control's own action
    "#]],
    );
}

#[test]
fn has_stands_in_unless_and_names_what_is_declared() {
    check(
        &forbid("when { !(resource has mfa_enabled) }"),
        expect![[r#"
        `has mfa_enabled` stands in a `when`
          `has mfa_enabled` silently false where it is absent
          help: write the opposite as an `unless`, so that a subject is judged where the attribute is absent
    "#]],
    );
    check(
        &forbid("unless { resource has mfa_enable && resource.admin }"),
        expect![[r#"
        kind `Mfa::User` has no attribute `mfa_enable`
          `has mfa_enable` not declared
          help: did you mean `mfa_enabled`?
    "#]],
    );
    check(
        &forbid("unless { principal has teir || context has \"limits\" }"),
        expect![[r#"
        `principal`, a system, has no attribute `teir`
          `has teir` not declared
          help: did you mean `tier`?
        `context` has no attribute `limits`
          `has "limits"` not declared
          help: did you mean `limit`?
    "#]],
    );
}

#[test]
fn a_scope_is_said_by_permits() {
    let scope = format!(
        "{}@id(\"s\") forbid (principal, action == Action::\"X1-own/scope\", resource) unless {{ resource.admin }};",
        forbid("when { resource.admin }")
    );
    check(
        &scope,
        expect![[r#"
        a `forbid` decides who is in scope
          `forbid` expected `permit`
          help: say who is in scope with `permit ... when { ... } unless { ... }`
    "#]],
    );
}

#[test]
fn validation_is_strict_and_warnings_count() {
    check(
        &forbid("when { resource.adimn }"),
        expect![[r#"
        for policy `f`, attribute `adimn` on entity type `Mfa::User` not found
          `resource.adimn` 
          help: did you mean `admin`?
    "#]],
    );
    check(
        &forbid("when { resource.mfa_enabled }"),
        expect![[r#"
        for policy `f`, unable to guarantee safety of access to optional attribute `mfa_enabled` on entity type `Mfa::User`
          `resource.mfa_enabled` 
          help: try testing for the attribute's presence with `e has mfa_enabled && ..`
    "#]],
    );
    check(
        &forbid("when { resource.last_login > context.as_of }"),
        expect![[r#"
        for policy `f`, unable to guarantee safety of access to optional attribute `last_login` on entity type `Mfa::User`
          `resource.last_login` 
          help: try testing for the attribute's presence with `e has last_login && ..`
    "#]],
    );
    check(
        &forbid("when { resource.admin && resource.name == 1 }"),
        expect![[r#"
            for policy `f`, unable to guarantee safety of access to optional attribute `name` on entity type `Mfa::User`
              `resource.name` 
              help: try testing for the attribute's presence with `e has name && ..`
            the types Long and String are not compatible
              `resource.name == 1` 
              help: for policy `f`, both operands to a `==` expression must have compatible types. Types must be exactly equal to be compatible
        "#]],
    );
    check(
        &forbid("when { false }"),
        expect![[r#"
        for policy `f`, policy is impossible: the policy expression evaluates to false for all valid requests
          `@id("f") @message("m") @severity("low") @remediation("r")` 
    "#]],
    );
}

#[test]
fn a_control_names_a_plugin_and_a_fact_that_exist() {
    check_row(
        &ROW.replace("\"mfa\"", "\"mfaa\""),
        &forbid("when { resource.admin }"),
        expect![[r#"
        no plugin is called `mfaa`
          `"mfaa"` unknown plugin
          help: did you mean `mfa`?
    "#]],
    );
    check_row(
        &ROW.replace("\"user\"", "\"users\""),
        &forbid("when { resource.admin }"),
        expect![[r#"
        plugin `mfa` has no fact `users`
          `"users"` unknown fact
          help: did you mean `user`?
    "#]],
    );
}

#[test]
fn what_an_event_is_one_of_stands_in_every_row() {
    let row = |each: &str| {
        ROW.replace("operation = \"state\"", &format!("operation = \"event\"\ncombine = \"each\"\neach = \"{each}\""))
            .replace("collector = \"mfa\"\nfact = \"user\"", "collector = \"backup\"\nfact = \"run\"")
    };
    let policies = forbid("unless { resource.success }");
    assert!(compile(&row("job"), &policies).is_ok());
    check_row(
        &row("jobs"),
        &policies,
        expect![[r#"
        fact `run` has no column `jobs`
          `"jobs"` unknown column
          help: did you mean `job`?
    "#]],
    );
    check_row(
        &row("success"),
        &policies,
        expect![[r#"
        column `success` of fact `run` is not a text or entity that is always there
          `"success"` not of this type
          help: it is one of job
    "#]],
    );
    // It may be absent, and what such an event is one of nobody could say.
    let users = |each: &str| {
        row(each).replace("collector = \"backup\"\nfact = \"run\"", "collector = \"mfa\"\nfact = \"user\"")
    };
    check_row(
        &users("department"),
        &forbid("when { resource.admin }"),
        expect![[r#"
        column `department` of fact `user` is not a text or entity that is always there
          `"department"` not of this type
          help: fact `user` has no such column; without `each` it is the subject's id
    "#]],
    );
}

#[test]
fn what_sets_events_apart_is_a_truth_value() {
    let row = |stratum: &str| {
        ROW.replace("frequency = \"daily\"", "frequency = \"per-event\"")
            .replace("operation = \"state\"", &format!("operation = \"event\"\nstratum = \"{stratum}\""))
            .replace("collector = \"mfa\"\nfact = \"user\"", "collector = \"backup\"\nfact = \"run\"")
    };
    let policies = forbid("unless { resource.success }");
    assert!(compile(&row("success"), &policies).is_ok());
    check_row(
        &row("succes"),
        &policies,
        expect![[r#"
        fact `run` has no column `succes`
          `"succes"` unknown column
          help: did you mean `success`?
    "#]],
    );
    check_row(
        &row("job"),
        &policies,
        expect![[r#"
        column `job` of fact `run` is no truth value
          `"job"` not of this type
          help: it is one of success
    "#]],
    );
}
