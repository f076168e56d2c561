//! Every wrong setting is an error with its value and with what it may be, before anything is read.

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use common::report;
use tickmark_change::Change;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{CedarType, Collector as _, Duration, Value};

/// Settings that are sound, but for one.
fn check(setting: &str, value: impl Into<Value>, message: &str) {
    let host = TestHost::new()
        .with_setting("time_zone", "Europe/Berlin")
        .with_setting("repositories", vec!["acme/web"])
        .with_setting(setting, value);
    assert_eq!(report(&host), format!("invalid: setting `{setting}` {message}\n"));
}

#[test]
fn something_must_be_read() {
    let host = TestHost::new().with_setting("time_zone", "UTC");
    assert_eq!(report(&host), "invalid: settings `repositories` and `audit` name nothing to read\n");
    let host = host.with_setting("repositories", vec!["acme/web"]).with_setting("jira", "http");
    assert_eq!(report(&host), "invalid: setting `issue_projects` is empty, expected at least one project's key\n");
}

#[test]
fn sources_are_named_by_their_words() {
    for name in ["web", "acme/", "/web", "acme/web/x", "acme/..", "acme/w b", "https://x/y"] {
        check("repositories", vec![name], &format!("has `{name}`, expected an owner and a name such as `acme/web`"));
    }
    check("github", "ssh", "is `ssh`, expected http or files");
    check("jira", "cloud", "is `cloud`, expected http or files");
    check("audit", "xml", "is `xml`, expected json-lines or csv");
    check("deployed_by", "hope", "is `hope`, expected deployments or merge");
    check("api_prefix", "/api/v3/", "is `/api/v3/`, expected nothing, or a path such as `/api/v3`");
    check("api_prefix", "api", "is `api`, expected nothing, or a path such as `/api/v3`");
    check("issue_projects", vec!["ops"], "has `ops`, expected a project's key such as `OPS`");
    check("baselines", vec!["acme/web@12"], "has `acme/web@12`, expected a commit such as `acme/web@<40 digits>`");
    check("window", Duration(0), "is `0ms`, expected more than 0ms and at most 3660d");
    check("window", Duration(i64::MAX), "is `106751991167d7h12m55s807ms`, expected more than 0ms and at most 3660d");
}

#[test]
fn the_calendar_is_checked() {
    for zone in ["", "Berlin", "Mars/Olympus"] {
        check("time_zone", zone, &format!("is `{zone}`, expected a name of the IANA database such as `Europe/Berlin`"));
    }
    check("business_days", vec!["Monday"], "is `Monday`, expected at least one of Mon, Tue, Wed, Thu, Fri, Sat, Sun");
    check("business_days", Value::SetOf(vec![]), "is ``, expected at least one of Mon, Tue, Wed, Thu, Fri, Sat, Sun");
    check("business_hours", "9-17", "is `9-17`, expected times of one day such as `09:00-17:00`");
    check("business_hours", "22:00-06:00", "is `22:00-06:00`, expected times of one day such as `09:00-17:00`");
    for setting in ["holidays", "blackouts"] {
        check(
            setting,
            vec!["24.12.2026"],
            "is `24.12.2026`, expected dates such as `2026-12-24` or spans such as `2026-12-24..2027-01-02`",
        );
    }
    check("blackout_last_days", 32, "is `32`, expected 0 to 31");
    check("blackout_last_days", -1, "is `-1`, expected 0 to 31");
    check("emergency_business_days", 32, "is `32`, expected 0 to 31");
    check(
        "change_windows",
        vec!["20:00-23:00"],
        "has `20:00-23:00`, expected a weekday and times such as `Tue 20:00-23:00`",
    );
}

#[test]
fn rules_are_checked() {
    let pattern = "expected a pattern of paths such as `infra/` or `**/*.md`, without `/` at its start";
    check("high_risk_paths", vec!["/infra"], &format!("has `/infra`, {pattern}"));
    check("low_risk_paths", vec!["/docs"], &format!("has `/docs`, {pattern}"));
    for owner in ["billing/", "=payments", "billing/=", "/billing=payments"] {
        check(
            "owners",
            vec![owner],
            &format!("has `{owner}`, expected a pattern and a team such as `billing/=payments`"),
        );
    }
    check(
        "teams",
        vec!["payments=ada,,b"],
        "has `payments=ada,,b`, expected a team and its members such as `payments=ada,boris`",
    );
    check("identities", vec!["ada"], "has `ada`, expected a login and its other names such as `ada=ada@example.com`");
    check("security_approval", "sometimes", "is `sometimes`, expected always or high-risk or never");
    check("issue_approval_before_commits", "yes", "is ``, expected true or false");
    let part = "expected a part and its name such as `rollback_plan=Backout`; parts are description, risk_assessment, rollback_plan, testing, emergency, emergency_reason, risk_label, smoke_tests, monitoring, security_events";
    check("sections", vec!["rollback=Backout"], &format!("has `rollback=Backout`, {part}"));
    check("sections", vec!["rollback_plan=##"], &format!("has `rollback_plan=##`, {part}"));
    check("issue_fields", vec!["x=customfield_1"], &format!("has `x=customfield_1`, {part}"));
    check("verification_checks", vec!["luck"], "is `luck`, expected smoke_tests, monitoring or security_events");
    for setting in ["environments", "security_reviewers", "emergency_labels", "issue_approved_statuses"] {
        check(setting, vec![""], "is no set of texts of at least 1 byte");
    }
}

#[test]
fn every_need_is_optional_and_every_default_is_said() {
    let descriptor = Change::describe();
    assert!(descriptor.needs.iter().all(|need| !need.required));
    let names: Vec<&str> = descriptor.needs.iter().map(|need| need.name.as_str()).collect();
    assert_eq!(names, ["github", "github", "jira", "jira", "audit"]);
    let required: Vec<&str> =
        descriptor.settings.iter().filter(|setting| setting.required).map(|setting| setting.name.as_str()).collect();
    assert_eq!(required, ["time_zone"]);
    assert!(descriptor.settings.iter().all(|setting| setting.ty != CedarType::Decimal));
    let fact = &descriptor.facts[0];
    assert_eq!((fact.columns.len(), fact.event_time.as_deref()), (43, Some("deployed_at")));
}
