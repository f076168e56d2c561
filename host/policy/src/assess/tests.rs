//! Outcomes and reasons, one rule at a time, and that every way to judge gives the same.

use tickmark_model::*;

use super::*;
use crate::fixture::{self, *};
use crate::matrix;

fn policies() -> Policies {
    Policies::compile(&matrix::load(&[]).unwrap(), &descriptors()).unwrap()
}

fn control(id: &str) -> Control {
    matrix::load(&[]).unwrap().entry(id).unwrap().control.clone()
}

fn plugin(name: &str) -> Descriptor {
    descriptors().into_iter().find(|descriptor| descriptor.name == name).unwrap()
}

fn judged(control: &str, collections: &[&Collection]) -> Finding {
    let (policies, control, system) = (policies(), self::control(control), system());
    let input = Input { system: &system, collections, as_of: at(AS_OF) };
    let finding = policies.assess(&control, input);
    assert_eq!(finding, policies.assess_one_by_one(&control, input));
    finding
}

/// Outcome, counts, exceptions, and reasons, one line each.
fn check(control: &str, collections: &[&Collection], expected: &str) {
    let finding = judged(control, collections);
    let Counts { conforming, exceptions, excluded, in_scope, undecided } = finding.counts;
    let mut lines = vec![format!(
        "{}: {in_scope} in scope, {conforming} conforming, {exceptions} exceptions, {undecided} undecided, {excluded} excluded",
        finding.outcome
    )];
    for exception in &finding.exceptions {
        let ids: Vec<&str> = exception.policies.iter().map(|policy| policy.id.as_str()).collect();
        lines.push(format!("{}: {}", exception.subject, ids.join(" ")));
    }
    lines.extend(
        finding.undecided.iter().map(|undecided| format!("{}? {}", undecided.subject, undecided.errors.join(" "))),
    );
    lines.extend(finding.reasons.iter().map(|reason| format!("{}: {}", reason.code, reason.detail)));
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, expected);
}

/// Users written `name:` and letters: a admin, e enabled, s service, m MFA on, n MFA off (unknown otherwise).
fn users(text: &str) -> Collection {
    let rows: Vec<(String, Given)> = text
        .split_whitespace()
        .map(|user| {
            let (name, letters) = user.split_once(':').unwrap();
            let is = |letter| letters.contains(letter);
            let mut cells = vec![
                ("roles", texts(&[])),
                ("factors", texts(&[])),
                ("admin", yes(is('a'))),
                ("enabled", yes(is('e'))),
                ("service", yes(is('s'))),
            ];
            if is('m') || is('n') {
                cells.push(("mfa_enabled", yes(is('m'))));
            }
            (name.to_owned(), cells)
        })
        .collect();
    let mfa = plugin("mfa");
    collection(&mfa, vec![table(mfa.fact("user").unwrap(), &rows)])
}

#[test]
fn every_subject_in_scope_conforms() {
    check(
        "CC6.3-mfa-for-admins",
        &[&users("ann:aem bob:en bot:aes old:an")],
        "pass: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 3 excluded",
    );
}

#[test]
fn what_the_source_does_not_say_is_an_exception() {
    check(
        "CC6.3-mfa-for-admins",
        &[&users("zoe:aen ann:aem bob:ae")],
        r#"fail: 3 in scope, 1 conforming, 2 exceptions, 0 undecided, 0 excluded
           Mfa::User::"bob": mfa-for-admins-without-second-factor
           Mfa::User::"zoe": mfa-for-admins-without-second-factor"#,
    );
}

#[test]
fn a_finding_does_not_depend_on_the_order_of_its_collections() {
    let named = |instance: &str, text: &str| {
        let mut collection = users(text);
        collection.id.instance = instance.to_owned();
        collection
    };
    let (one, two) = (named("mfa-b", "ada:aen bob:en"), named("mfa-a", "cy:en"));
    let there = judged("CC6.1-mfa-adoption", &[&one, &two]);
    let whole: Vec<&str> = there
        .exceptions
        .iter()
        .filter(|exception| exception.subject.kind == POPULATION)
        .map(|exception| exception.subject.collector.as_str())
        .collect();
    assert_eq!(whole, ["mfa-a+mfa-b"]);
    assert_eq!(judged("CC6.1-mfa-adoption", &[&two, &one]), there);
}

#[test]
fn nobody_in_scope_is_no_pass() {
    check(
        "CC6.3-mfa-for-admins",
        &[&users("bob:em bot:aes")],
        "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 2 excluded
         nothing-in-scope: none of 2 subjects is in scope",
    );
}

#[test]
fn nothing_evaluated_is_no_pass() {
    let nobody = "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 0 excluded";
    let check = |collections: &[&Collection], reasons: &str| {
        check("CC6.3-mfa-for-admins", collections, &format!("{nobody}\n{reasons}"));
        check("CC6.1-mfa-adoption", collections, &format!("{nobody}\n{reasons}"));
    };
    let mfa = plugin("mfa");
    check(&[], "not-collected: no collector of system `prod-web` provides fact `user`");
    check(&[&users("")], "population-empty: collector `mfa` observed no subject of fact `user`");
    check(
        &[&collection(&mfa, vec![])],
        "population-empty: collector `mfa` observed no subject of fact `user`
         population-unknown: collector `mfa` said nothing about the population of fact `user`",
    );
    check(&[&broken(&mfa, RunOutcome::Fuel, None)], "fuel: collector `mfa` ended with fuel");
    check(
        &[&broken(&mfa, RunOutcome::Denied, Some("need `users` is not granted"))],
        "denied: need `users` is not granted",
    );
}

#[test]
fn doubts_keep_a_pass_back_but_not_a_fail() {
    let doubtful = |mut collection: Collection| {
        let claim = collection.populations.get_mut("user").unwrap();
        claim.source_total = None;
        claim.observed_at = Some(at("2026-11-18T09:00:00Z"));
        collection
    };
    let reasons = "population-incomplete: collector `mfa`: the source's own total is not known
        population-stale: collector `mfa`: the source is of 2026-11-18T09:00:00Z, 2d before 2026-11-20T09:00:00Z, limit is 1d";
    check(
        "CC6.3-mfa-for-admins",
        &[&doubtful(users("ann:aem"))],
        &format!("inconclusive: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded\n{reasons}"),
    );
    check(
        "CC6.3-mfa-for-admins",
        &[&doubtful(users("ann:aen"))],
        &format!(
            "fail: 1 in scope, 0 conforming, 1 exceptions, 0 undecided, 0 excluded
             Mfa::User::\"ann\": mfa-for-admins-without-second-factor\n{reasons}"
        ),
    );
}

#[test]
fn a_source_from_the_future_proves_nothing() {
    let mut collection = users("ann:aem");
    collection.populations.get_mut("user").unwrap().observed_at = Some(at("2027-01-01"));
    check(
        "CC6.3-mfa-for-admins",
        &[&collection],
        "inconclusive: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded
         population-stale: collector `mfa`: the source is dated 2027-01-01T00:00:00Z, after it was fetched at 2026-11-20T09:00:00Z",
    );
}

#[test]
fn one_of_two_collectors_that_failed_leaves_doubt() {
    let mut second = broken(&plugin("mfa"), RunOutcome::Trapped, Some("unreachable"));
    second.id.instance = "okta".into();
    check(
        "CC6.3-mfa-for-admins",
        &[&users("ann:aem"), &second],
        "inconclusive: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded
         trapped: unreachable",
    );
    let mut second = users("ann:aen");
    second.id.instance = "okta".into();
    check(
        "CC6.3-mfa-for-admins",
        &[&users("ann:aem"), &second],
        "fail: 2 in scope, 1 conforming, 1 exceptions, 0 undecided, 0 excluded
         Mfa::User::\"ann\": mfa-for-admins-without-second-factor",
    );
}

#[test]
fn a_population_decides_as_a_whole_and_lists_who_does_not_conform() {
    let nineteen: String = (0..19).map(|n| format!("u{n}:em ")).collect();
    check(
        "CC6.1-mfa-adoption",
        &[&users(&format!("{nineteen} bob:en"))],
        r#"pass: 20 in scope, 19 conforming, 1 exceptions, 0 undecided, 0 excluded
           Mfa::User::"bob": mfa-adoption-without-second-factor"#,
    );
    check(
        "CC6.1-mfa-adoption",
        &[&users("ann:em bob:en")],
        r#"fail: 2 in scope, 1 conforming, 1 exceptions, 0 undecided, 0 excluded
           Tickmark::Population::"CC6.1-mfa-adoption": mfa-adoption-below-threshold
           Mfa::User::"bob": mfa-adoption-without-second-factor"#,
    );
}

#[test]
fn coverage_of_the_window_is_established() {
    let mfa = plugin("mfa");
    let row = vec![
        ("source", text("auth_log")),
        ("window_from", datetime("2026-11-19T09:00:00Z")),
        ("window_to", datetime(AS_OF)),
        ("attempts", long(0)),
        ("failures", long(0)),
    ];
    let mut collection =
        collection(&mfa, vec![table(mfa.fact("login_window").unwrap(), &[("auth_log/1d".to_owned(), row)])]);
    check(
        "CC7.2-failed-logins",
        &[&collection],
        "pass: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded",
    );
    collection.populations.get_mut("login_window").unwrap().covers_from = Some(at("2026-11-19T10:00:00Z"));
    check(
        "CC7.2-failed-logins",
        &[&collection],
        "inconclusive: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded
         population-incomplete: collector `mfa`: the source covers 2026-11-19T10:00:00Z to 2026-11-20T09:00:00Z, the control asks for 2026-11-19T09:00:00Z to 2026-11-20T09:00:00Z",
    );
}

#[test]
fn a_control_that_was_not_compiled_is_no_pass() {
    let mut control = control("CC6.3-mfa-for-admins");
    control.id = "other".into();
    let (collection, system) = (users("ann:aem"), system());
    let input = Input { system: &system, collections: &[&collection], as_of: at(AS_OF) };
    let finding = policies().assess(&control, input);
    assert_eq!(finding.outcome, Outcome::Inconclusive);
    assert_eq!(finding.reasons[0].code.0, ReasonCode::EVALUATION_ERROR);
}

#[test]
fn another_declaration_than_the_one_compiled_for_is_not_judged() {
    let mut collection = users("ann:aem");
    let mut fact = plugin("mfa").fact("user").unwrap().clone();
    fact.columns.retain(|column| column.name != "mfa_enabled");
    let cells: Given = vec![
        ("roles", texts(&[])),
        ("factors", texts(&[])),
        ("admin", yes(true)),
        ("enabled", yes(true)),
        ("service", yes(false)),
    ];
    collection.tables.insert("user".into(), fixture::table(&fact, &[("ann".to_owned(), cells)]));
    check(
        "CC6.3-mfa-for-admins",
        &[&collection],
        "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 0 excluded
         population-unknown: collector `mfa` declares fact `user` otherwise than the policies were checked for",
    );
}

/// What nobody left shows of leavers: no row, and what the source says that it covers.
fn nobody_left(covers: bool) -> Collection {
    let plugin = plugin("lifecycle");
    let mut collection = collection(&plugin, vec![table(plugin.fact("leaver").unwrap(), &[])]);
    if !covers {
        let claim = collection.populations.get_mut("leaver").unwrap();
        (claim.covers_from, claim.covers_to) = (None, None);
    }
    collection
}

#[test]
fn a_complete_source_without_events_is_neither_a_pass_nor_in_doubt() {
    check(
        "CC6.2-access-termination",
        &[&nobody_left(true)],
        "no-occurrence: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 0 excluded
         no-occurrence: collector `lifecycle` observed no subject of fact `leaver`, and its source covers \
         2026-01-01T00:00:00Z to 2026-11-20T09:00:00Z",
    );
}

#[test]
fn a_source_without_events_that_says_too_little_leaves_doubt() {
    let empty = "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 0 excluded
         population-empty: collector `lifecycle` observed no subject of fact `leaver`";
    check("CC6.2-access-termination", &[&nobody_left(false)], empty);
    let mut incomplete = nobody_left(true);
    incomplete.populations.get_mut("leaver").unwrap().source_total = None;
    let judged = judged("CC6.2-access-termination", &[&incomplete]);
    assert_eq!(judged.outcome, Outcome::Inconclusive);
    // A state that nobody has is nothing that did not happen.
    let plugin = plugin("mfa");
    let nobody = collection(&plugin, vec![table(plugin.fact("user").unwrap(), &[])]);
    assert_eq!(self::judged("CC6.3-mfa-for-admins", &[&nobody]).outcome, Outcome::Inconclusive);
}

mod backup;
mod change;
mod complete;
mod declared;
mod encryption;
mod extremes;
mod iam;
mod lifecycle;
mod logs;
mod monitoring;
mod recovery;
mod reviews;
mod vulnerability;
mod ways;
