//! What the collector declares: one fact, the ways to read it, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    let described = Descriptor::new("change", env!("CARGO_PKG_VERSION"))
        .fact(change())
        .need(Need::http("github", "read commits, pull requests, reviews and deployments (github `http`)").optional())
        .need(Need::files("github", "read saved answers of GitHub's API (github `files`)").optional())
        .need(Need::http("jira", "read issues with their history (jira `http`)").optional())
        .need(Need::files("jira", "read saved answers of Jira's API (jira `files`)").optional())
        .need(Need::files("audit", "read the export of other changes (setting `audit`)").optional());
    settings().into_iter().fold(described, Descriptor::setting)
}

fn change() -> Fact {
    let columns = [
        Column::text("name", "the title of its pull request, or the first line of its message"),
        Column::text("kind", "code, infrastructure, configuration or access_policy").required(),
        Column::text("repository", "owner and name of the repository"),
        Column::text("sha", "the commit"),
        Column::text("deployment", "the number of the deployment that brought it into production"),
        Column::text("author", "who made it: the login in lower case, or an address or name that is no account")
            .required(),
        Column::boolean("author_known", "whether everybody who had a hand in it is an account").required(),
        Column::text("merged_by", "who merged it; of a deployment by itself, who asked for it"),
        Column::datetime("created_at", "when it was proposed").required(),
        Column::datetime("merged_at", "when its pull request was merged"),
        Column::datetime("deployed_at", "when its deployment began; absent where it is not in production"),
        Column::long("request", "the number of the pull request that was merged into the default branch"),
        Column::text("issue", "the key of the issue that it names"),
        Column::boolean("direct_push", "whether it came to the default branch without a pull request").required(),
        Column::text("approvers", "who approved it when it was deployed, or does now; never an author")
            .set()
            .required(),
        Column::boolean("technical_approved", "whether a technical reviewer approved it, then or now").required(),
        Column::boolean("security_approved", "whether a security reviewer approved it, then or now").required(),
        Column::boolean("security_required", "whether the settings ask for a security reviewer").required(),
        Column::boolean("issue_approved", "whether its issue was approved in time, by nobody who is an author")
            .required(),
        Column::datetime("approved_at", "since when all approve who must"),
        Column::boolean("approved_before_deploy", "whether all who must approved before it was deployed").required(),
        Column::boolean("approval_void", "whether approvals are missing because new commits followed them").required(),
        Column::boolean("self_approved", "whether an author approved it").required(),
        Column::boolean("changes_requested", "whether a reviewer wanted something else when it was deployed")
            .required(),
        Column::text("risk", "low, medium or high, by the paths that it touches").required(),
        Column::text("risk_label", "what its author says of the risk"),
        Column::text("owner_team", "the team that owns all that it touches"),
        Column::text("author_team", "the author's team"),
        Column::boolean("same_team", "whether all authors are in the team that owns all that it touches").required(),
        Column::boolean("standard_change", "of low risk, within one team, by a pull request: needs no approval")
            .required(),
        Column::boolean("emergency", "whether it is said that it could not wait").required(),
        Column::text("emergency_reason", "why it could not"),
        Column::datetime("emergency_approved_at", "of an emergency: since when all approve who must"),
        Column::datetime("emergency_due", "of an emergency: until when they must"),
        Column::boolean("has_description", "whether it is described").required(),
        Column::boolean("has_risk_assessment", "whether somebody wrote what could go wrong").required(),
        Column::boolean("has_rollback_plan", "whether somebody wrote how it is taken back").required(),
        Column::boolean("testing_completed", "whether it is said that testing is done").required(),
        Column::boolean("in_business_hours", "whether it was deployed within business hours").required(),
        Column::boolean("in_blackout", "whether it was deployed on a blackout day").required(),
        Column::boolean("in_change_window", "whether it was deployed within a change window").required(),
        Column::boolean("verification_done", "whether it was in place, and then seen to do what it should").required(),
        Column::datetime("verification_at", "when it was seen to"),
    ];
    let doc = "one change: a commit of the default branch, a deployment by itself, or a record of an audit log";
    columns.into_iter().fold(Fact::new("change", "Change::Change", doc), Fact::column).event_time("deployed_at")
}

fn settings() -> Vec<Column> {
    vec![
        Column::text("repositories", "repositories of GitHub such as acme/web; absent: none").set(),
        Column::text("github", "http or files; default http"),
        Column::text("api_prefix", "what stands before every path of GitHub's API, such as /api/v3; default nothing"),
        Column::text("jira", "http or files; absent: issues are not looked at"),
        Column::text("issue_projects", "keys of the projects whose issues stand for changes, such as OPS").set(),
        Column::text("audit", "json-lines or csv; absent: no export of other changes is read"),
        Column::duration("window", "how far back from the judged instant changes are placed; default 30d"),
        Column::text("deployed_by", "deployments or merge: what brings a commit into production; default deployments"),
        Column::text("environments", "names of the production environments; default production").set(),
        Column::text("baselines", "commits that were in production before deployments were recorded, as acme/web@sha").set(),
        Column::text("time_zone", "where the work is done, by its name in the IANA database").required(),
        Column::text("business_days", "Mon to Sun; default Mon, Tue, Wed, Thu, Fri").set(),
        Column::text("business_hours", "local times on those days; default 09:00-17:00"),
        Column::text("holidays", "dates or spans such as 2026-12-24..2026-12-26: no business days, and blackout days").set(),
        Column::text("blackouts", "further dates or spans on which nothing may change").set(),
        Column::long("blackout_last_days", "days at the end of each month on which nothing may change; default 3"),
        Column::text("change_windows", "windows for changes of high risk, such as Tue 20:00-23:00").set(),
        Column::long("emergency_business_days", "business days within which an emergency is approved; default 1"),
        Column::text("emergency_labels", "labels that mark an emergency; default emergency").set(),
        Column::text("high_risk_paths", "patterns of paths, any of which makes a change of high risk").set(),
        Column::text("low_risk_paths", "patterns of paths; a change of nothing else is of low risk").set(),
        Column::text("owners", "which team owns what, such as billing/=payments; the longest pattern rules").set(),
        Column::text("teams", "who is in which team, such as payments=ada,boris").set(),
        Column::text("identities", "other names of people, such as ada=ada@example.com,5b10a2844c20165700ede21g").set(),
        Column::text("technical_reviewers", "logins; default whoever is no security reviewer").set(),
        Column::text("security_reviewers", "logins; default nobody").set(),
        Column::text("security_approval", "always, high-risk or never: when one of them must approve; default always"),
        Column::text("issue_approved_statuses", "statuses that stand for an approval; default Approved").set(),
        Column::text(
            "issue_revoked_statuses",
            "statuses that take it back; default Rejected, Declined, Reopened, Waiting for approval, Pending review, Canceled",
        )
        .set(),
        Column::text("issue_verified_statuses", "statuses that stand for a verification; default Verified").set(),
        Column::boolean(
            "issue_approval_before_commits",
            "whether an issue may have been approved before the last commit; default false",
        ),
        Column::text("issue_fields", "fields of an issue, such as rollback_plan=customfield_10042").set(),
        Column::text("sections", "further headings of a pull request's text, such as rollback_plan=Backout").set(),
        Column::text(
            "verification_checks",
            "what must be confirmed after a deployment; default smoke_tests, monitoring, security_events",
        )
        .set(),
    ]
}
