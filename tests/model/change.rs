//! The controls on changes.

use tickmark_model::Control;

use super::{DAY, Subject, asks};

/// Whether a change is in the scope of `control`.
pub(super) fn in_scope(control: &str, change: &Subject<'_>) -> bool {
    let deployed = change.number("deployed_at").is_some();
    match control {
        "CC8.1-change-window" => deployed && change.flag("emergency") == Some(false),
        "CC8.1-change-verified" => deployed,
        _ => true,
    }
}

/// The policies that speak against a change.
pub(super) fn against(control: &Control, change: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let is = |name| change.flag(name) == Some(true);
    let has = |name| change.0.contains_key(name);
    let at = |name| change.number(name);
    let rules = match control.id.as_str() {
        "CC8.1-change-documented" => vec![
            ("change-documented-description", !is("has_description")),
            ("change-documented-risk-assessment", !is("has_risk_assessment")),
            ("change-documented-rollback-plan", !is("has_rollback_plan")),
            ("change-documented-testing", !is("testing_completed")),
            ("change-documented-emergency-reason", is("emergency") && !has("emergency_reason")),
        ],
        "CC8.1-change-window" => {
            let (high, window) = (change.text("risk") == Some("high"), is("in_change_window"));
            vec![
                ("change-window-blackout", is("in_blackout")),
                ("change-window-high-risk", high && !window),
                ("change-window-business-hours", !high && !window && !is("in_business_hours")),
            ]
        }
        "CC8.1-change-verified" => {
            let deployed = at("deployed_at").unwrap();
            let late = at("verification_at").is_some_and(|at| at - deployed > 3 * DAY);
            let open = !is("verification_done") && as_of - deployed > 3 * DAY;
            vec![("change-verified-not", open), ("change-verified-late", late)]
        }
        "CC8.1-change-approved" => approved(change, as_of, asks(control, "require_issue_approval")),
        other => panic!("no model of {other}"),
    };
    rules.into_iter().filter(|(_, hit)| *hit).map(|(id, _)| id).collect()
}

fn approved(change: &Subject<'_>, as_of: i128, by_issue: bool) -> Vec<(&'static str, bool)> {
    let is = |name| change.flag(name) == Some(true);
    let has = |name| change.0.contains_key(name);
    let due = change.number("emergency_due");
    // Nobody needs to have approved yet, or ever.
    let may_wait = is("emergency") && due.is_some_and(|due| as_of <= due);
    let excused = is("standard_change") || may_wait;
    let rests = has("request") || (change.text("kind") != Some("code") && has("issue"));
    let in_time = match (change.number("emergency_approved_at"), due) {
        (Some(approved), Some(due)) => approved <= due,
        _ => is("approved_before_deploy"),
    };
    let late_emergency = is("emergency") && due.is_none_or(|due| as_of > due) && !in_time;
    vec![
        ("change-approved-direct-push", is("direct_push")),
        ("change-approved-no-request", !is("direct_push") && !rests),
        ("change-approved-technical", !is("technical_approved") && !excused),
        ("change-approved-security", is("security_required") && !is("security_approved") && !excused),
        ("change-approved-issue", by_issue && !is("issue_approved") && !excused),
        ("change-approved-late", !is("approved_before_deploy") && !is("standard_change") && !is("emergency")),
        ("change-approved-void", is("approval_void") && !is("standard_change")),
        ("change-approved-by-author", is("self_approved") && !is("technical_approved") && !is("standard_change")),
        ("change-approved-objection", is("changes_requested")),
        ("change-approved-unknown-author", !is("author_known")),
        ("change-approved-emergency-late", late_emergency),
    ]
}
