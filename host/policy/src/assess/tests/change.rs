//! The controls on changes, one rule at a time: a change that conforms, and what each deviation from it is called.

use super::*;

/// A change of code of Monday, 2026-11-16, approved in time, written down, deployed in business hours and verified.
fn sound() -> Given {
    let mut row: Given = vec![
        ("kind", text("code")),
        ("author", text("ada")),
        ("approvers", texts(&["boris", "carla"])),
        ("risk", text("medium")),
        ("request", long(7)),
        ("issue", text("OPS-7")),
        ("created_at", datetime("2026-11-15T09:00:00Z")),
        ("deployed_at", datetime("2026-11-16T09:00:00Z")),
        ("verification_at", datetime("2026-11-16T10:00:00Z")),
    ];
    let yeses = [
        "author_known",
        "technical_approved",
        "security_approved",
        "security_required",
        "issue_approved",
        "approved_before_deploy",
        "same_team",
        "has_description",
        "has_risk_assessment",
        "has_rollback_plan",
        "testing_completed",
        "in_business_hours",
        "verification_done",
    ];
    let noes = [
        "direct_push",
        "approval_void",
        "self_approved",
        "changes_requested",
        "standard_change",
        "emergency",
        "in_blackout",
        "in_change_window",
    ];
    row.extend(yeses.map(|name| (name, yes(true))));
    row.extend(noes.map(|name| (name, yes(false))));
    row
}

/// The sound change but for `deviations`; a column without a value is not there.
fn change(deviations: &[(&'static str, Option<Value>)]) -> Collection {
    let mut row = sound();
    for (name, value) in deviations {
        row.retain(|(there, _)| there != name);
        row.extend(value.clone().map(|value| (*name, value)));
    }
    let plugin = plugin("change");
    collection(&plugin, vec![table(plugin.fact("change").unwrap(), &[("acme/web@1".to_owned(), row)])])
}

/// The policies that speak against the sound change with these deviations; `out of scope`, or nothing.
fn against(control: &str, deviations: &[(&'static str, Option<Value>)]) -> String {
    let finding = judged(control, &[&change(deviations)]);
    let ids = finding.exceptions.iter().flat_map(|exception| &exception.policies).map(|policy| policy.id.as_str());
    if finding.counts.excluded > 0 { "out of scope".to_owned() } else { ids.collect::<Vec<_>>().join(" ") }
}

const NO: Option<Value> = Some(Value::One(Scalar::Boolean(false)));
const YES: Option<Value> = Some(Value::One(Scalar::Boolean(true)));

#[test]
fn a_change_is_approved_before_it_is_deployed() {
    let check = |deviations: &[(&'static str, Option<Value>)], expected: &str| {
        assert_eq!(against("CC8.1-change-approved", deviations), expected);
    };
    check(&[], "");
    check(
        &[("technical_approved", NO), ("approved_before_deploy", NO)],
        "change-approved-late change-approved-technical",
    );
    check(
        &[("security_approved", NO), ("approved_before_deploy", NO)],
        "change-approved-late change-approved-security",
    );
    check(&[("security_approved", NO), ("security_required", NO)], "");
    check(&[("issue_approved", NO)], "change-approved-issue");
    check(&[("approved_before_deploy", NO)], "change-approved-late");
    check(&[("approval_void", YES)], "change-approved-void");
    check(&[("changes_requested", YES)], "change-approved-objection");
    check(&[("author_known", NO)], "change-approved-unknown-author");
    check(&[("self_approved", YES)], "");
    check(
        &[("self_approved", YES), ("technical_approved", NO), ("approved_before_deploy", NO)],
        "change-approved-by-author change-approved-late change-approved-technical",
    );
}

#[test]
fn a_change_without_a_pull_request_is_an_exception() {
    let check = |deviations: &[(&'static str, Option<Value>)], expected: &str| {
        assert_eq!(against("CC8.1-change-approved", deviations), expected);
    };
    check(&[("request", None), ("direct_push", YES)], "change-approved-direct-push");
    check(&[("request", None)], "change-approved-no-request");
    // What is no code may rest on an issue.
    check(&[("request", None), ("kind", Some(text("access_policy")))], "");
    check(&[("request", None), ("issue", None), ("kind", Some(text("access_policy")))], "change-approved-no-request");
}

#[test]
fn a_standard_change_needs_a_pull_request_and_no_approval() {
    let unapproved = [
        ("standard_change", YES),
        ("technical_approved", NO),
        ("security_approved", NO),
        ("issue_approved", NO),
        ("approved_before_deploy", NO),
    ];
    assert_eq!(against("CC8.1-change-approved", &unapproved), "");
    // Its author's own approval is none that it needs, and none that it is held against.
    let mut own = unapproved.to_vec();
    own.push(("self_approved", YES));
    assert_eq!(against("CC8.1-change-approved", &own), "");
    let mut pushed = unapproved.to_vec();
    pushed.extend([("request", None), ("direct_push", YES)]);
    assert_eq!(against("CC8.1-change-approved", &pushed), "change-approved-direct-push");
}

#[test]
fn what_happened_keeps_what_sets_it_apart() {
    let apart = |standard: Option<Value>| {
        let finding = judged("CC8.1-change-approved", &[&change(&[("standard_change", standard)])]);
        finding.happened.iter().map(|it| it.stratum.clone()).collect::<Vec<_>>()
    };
    assert_eq!(apart(YES), [Some("standard_change".to_owned())]);
    assert_eq!(apart(NO), [None]);
}

#[test]
fn an_emergency_is_approved_by_its_deadline() {
    let emergency = |approved: Option<&str>, due: Option<&str>| {
        let given = if approved.is_some() { YES } else { NO };
        vec![
            ("emergency", YES),
            ("emergency_approved_at", approved.map(datetime)),
            ("emergency_due", due.map(datetime)),
            ("technical_approved", given.clone()),
            ("security_approved", given.clone()),
            ("issue_approved", given),
            ("approved_before_deploy", NO),
        ]
    };
    let check = |deviations: Vec<(&'static str, Option<Value>)>, expected: &str| {
        assert_eq!(against("CC8.1-change-approved", &deviations), expected);
    };
    let (past, ahead) = (Some("2026-11-18T00:00:00Z"), Some("2026-11-21T00:00:00Z"));
    check(emergency(Some("2026-11-17T23:59:59Z"), past), "");
    check(emergency(Some("2026-11-18T00:00:01Z"), past), "change-approved-emergency-late");
    let all = "change-approved-emergency-late change-approved-issue change-approved-security change-approved-technical";
    check(emergency(None, past), all);
    check(emergency(None, ahead), "");
    check(emergency(None, None), all);
    // The deadline of the judged instant is still within it.
    check(emergency(None, Some(AS_OF)), "");
}

#[test]
fn a_change_is_written_down() {
    for (column, policy) in [
        ("has_description", "change-documented-description"),
        ("has_risk_assessment", "change-documented-risk-assessment"),
        ("has_rollback_plan", "change-documented-rollback-plan"),
        ("testing_completed", "change-documented-testing"),
    ] {
        assert_eq!(against("CC8.1-change-documented", &[(column, NO)]), policy);
    }
    let check = |deviations: &[(&'static str, Option<Value>)], expected: &str| {
        assert_eq!(against("CC8.1-change-documented", deviations), expected);
    };
    check(&[], "");
    check(&[("emergency", YES)], "change-documented-emergency-reason");
    check(&[("emergency", YES), ("emergency_reason", Some(text("money was lost")))], "");
}

#[test]
fn a_change_has_its_hours() {
    let check = |deviations: &[(&'static str, Option<Value>)], expected: &str| {
        assert_eq!(against("CC8.1-change-window", deviations), expected);
    };
    let high = ("risk", Some(text("high")));
    check(&[], "");
    check(&[("in_business_hours", NO)], "change-window-business-hours");
    check(&[("in_business_hours", NO), ("in_change_window", YES)], "");
    check(std::slice::from_ref(&high), "change-window-high-risk");
    check(&[high.clone(), ("in_business_hours", NO), ("in_change_window", YES)], "");
    check(&[high, ("in_change_window", YES), ("in_blackout", YES)], "change-window-blackout");
    check(&[("in_blackout", YES), ("emergency", YES)], "out of scope");
    check(&[("deployed_at", None)], "out of scope");
}

#[test]
fn a_change_is_verified_in_time() {
    let check = |deviations: &[(&'static str, Option<Value>)], expected: &str| {
        assert_eq!(against("CC8.1-change-verified", deviations), expected);
    };
    let open = [("verification_done", NO), ("verification_at", None)];
    check(&[], "");
    check(&open, "change-verified-not");
    let deployed = |at: &str| [open.to_vec(), vec![("deployed_at", Some(datetime(at)))]].concat();
    check(&deployed("2026-11-17T09:00:00Z"), "");
    check(&deployed("2026-11-17T08:59:59Z"), "change-verified-not");
    check(&[("verification_at", Some(datetime("2026-11-19T09:00:00Z")))], "");
    check(&[("verification_at", Some(datetime("2026-11-19T09:00:01Z")))], "change-verified-late");
    check(&[("deployed_at", None)], "out of scope");
}
