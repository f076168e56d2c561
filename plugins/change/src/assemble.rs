//! Puts together what is known about one change.
//!
//! **Invariant:** what is said of approvals is said of an instant: what stood when the change was deployed, and for one that
//! is not deployed, at the judged instant. What was approved later is not what was approved before.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Receipt};

use crate::approval::{Act, Deed, Rules, Standing};
use crate::change::{Approvals, Change, Emergency, When};
use crate::issue::Issue;
use crate::request::Request;
use crate::rules::risk::Risk;
use crate::settings::{Field, SecurityApproval, Settings};
use crate::written::Written;

/// What a source knows of one change.
pub(crate) struct Known<'a> {
    pub id: String,
    pub kind: &'static str,
    pub name: Option<String>,
    pub repository: Option<String>,
    pub sha: Option<String>,
    pub deployment: Option<String>,
    /// Whether it is a commit of the default branch.
    pub on_branch: bool,
    pub author: String,
    /// Everybody who had a hand in it.
    pub authors: BTreeSet<String>,
    pub authors_known: bool,
    pub created_at: Datetime,
    pub deployed_at: Option<Datetime>,
    /// When it was in place, as the source says.
    pub succeeded_at: Option<Datetime>,
    pub paths: Vec<String>,
    pub paths_known: bool,
    pub request: Option<&'a Request>,
    /// Whether approvals of the request are approvals of this.
    pub request_is_whole: bool,
    /// The key that it names, whether or not there is such an issue.
    pub issue_key: Option<String>,
    pub issue: Option<&'a Issue>,
    /// Written parts of its own record.
    pub own: BTreeMap<Field, String>,
    /// Approvals of its own record.
    pub acts: Vec<Act>,
    /// Its own record's word that it is an emergency.
    pub emergency: bool,
    /// Whether labels of its request and its issue say that too: they do not of a later deployment of the same.
    pub labels_count: bool,
    /// Its own record's word that it was verified.
    pub verified_at: Option<Datetime>,
    pub receipts: BTreeSet<Receipt>,
}

/// Puts it together as of `as_of`.
pub(crate) fn assemble(settings: &Settings, known: Known<'_>, as_of: Datetime) -> Change {
    let written = Written { fields: &settings.fields, request: known.request, issue: known.issue, own: &known.own };
    let risk = settings.risk.risk(&known.paths, known.paths_known);
    let teams = settings.teams.of(&known.paths, &known.author, &known.authors);
    let code = known.kind == CODE;
    let is_emergency = known.emergency || (known.labels_count && written.is_emergency());
    let due = known.deployed_at.and_then(|at| settings.calendar.deadline_ms(at.0, settings.emergency_days));
    let due = due.and_then(Datetime::from_ms).filter(|_| is_emergency);
    let approvals = approvals(settings, &known, risk, due, as_of);
    let standard = code
        && risk == Risk::Low
        && teams.same
        && known.authors_known
        && !is_emergency
        && known.request.is_some_and(|request| request.pull.merged_at.is_some());
    let verified = known.succeeded_at.and_then(|from| {
        let own = known.verified_at.filter(|at| (from..=as_of).contains(at));
        own.into_iter().chain(written.verified_at(from, as_of)).min()
    });
    let calendar = &settings.calendar;
    let when = known.deployed_at.map(|at| When {
        in_business_hours: calendar.in_business_hours(at.0),
        in_blackout: calendar.in_blackout(at.0),
        in_change_window: calendar.in_change_window(at.0),
    });
    let pull = known.request.map(|request| &request.pull);
    let merged_by = pull.and_then(|pull| pull.merged_by.as_ref()).and_then(|by| by.login.as_deref());
    Change {
        risk: risk.as_str(),
        risk_label: written.risk_label(),
        owner_team: teams.owner,
        author_team: teams.author,
        same_team: teams.same,
        standard,
        emergency: is_emergency.then(|| Emergency {
            reason: written.text(Field::EmergencyReason),
            approved_at: approvals.at,
            due,
        }),
        approvals,
        has_description: written.is_filled(Field::Description),
        has_risk_assessment: written.is_filled(Field::RiskAssessment),
        has_rollback_plan: written.is_filled(Field::RollbackPlan),
        testing_completed: written.is_confirmed(Field::Testing),
        when: when.unwrap_or_default(),
        verified_at: verified,
        merged_by: merged_by.map(|login| settings.people.login(login)),
        merged_at: pull.and_then(|pull| pull.merged_at),
        request: pull.map(|pull| pull.number),
        direct_push: known.on_branch && known.request.is_none(),
        id: known.id,
        kind: known.kind,
        name: known.name,
        repository: known.repository,
        sha: known.sha,
        deployment: known.deployment,
        author: known.author,
        author_known: known.authors_known,
        created_at: known.created_at,
        deployed_at: known.deployed_at,
        issue: known.issue_key,
        receipts: known.receipts,
    }
}

/// The kind of a change of code.
pub(crate) const CODE: &str = "code";

/// The instant after `at`, in the milliseconds that everything is measured in.
fn after(at: Datetime) -> Datetime {
    Datetime(at.0.saturating_add(1))
}

/// Who approved it. Of an emergency, an approval of its issue counts up to `due`.
fn approvals(settings: &Settings, known: &Known<'_>, risk: Risk, due: Option<Datetime>, as_of: Datetime) -> Approvals {
    let rules = Rules {
        authors: &known.authors,
        technical: settings.approvals.technical.as_ref(),
        security: &settings.approvals.security,
        security_required: match settings.approvals.security_approval {
            SecurityApproval::Always => true,
            SecurityApproval::HighRisk => risk == Risk::High,
            SecurityApproval::Never => false,
        },
    };
    let of_request = request_acts(known);
    let last_commit = known.request.and_then(|request| request.last_commit);
    let of_issue = known.issue.map(|issue| issue.acts(&settings.approvals, last_commit)).unwrap_or_default();
    let standing = |instant| {
        let of_issue = Standing::before(&of_issue, instant);
        let issue = of_issue.approving.keys().any(|person| !known.authors.contains(person));
        (rules.verdict(&Standing::before(&of_request, instant).and(of_issue)), issue)
    };
    let now = after(as_of);
    let (deployed, issue_deployed) = standing(known.deployed_at.unwrap_or(now).min(now));
    let (latest, _) = standing(now);
    let (in_time, issue_in_time) = match due {
        Some(due) => standing(after(due).min(now)),
        None => (latest.clone(), issue_deployed),
    };
    Approvals {
        technical: deployed.technical_at.or(latest.technical_at).is_some(),
        security: deployed.security_at.or(latest.security_at).is_some(),
        security_required: rules.security_required,
        issue: issue_deployed || issue_in_time,
        at: deployed.complete_at.or(in_time.complete_at).or(latest.complete_at),
        before_deploy: deployed.complete_at.is_some(),
        void: deployed.void,
        by_author: deployed.by_author,
        objected: deployed.objected,
        approvers: &deployed.approvers | &latest.approvers,
    }
}

/// The acts on the request and of the change's own record. Where the request is of something else than this, its approvals
/// are.
fn request_acts(known: &Known<'_>) -> Vec<Act> {
    let of_request = known.request.map(|request| request.acts.as_slice()).unwrap_or_default();
    let of_request = of_request.iter().cloned().map(|act| match act.deed {
        Deed::Approve if !known.request_is_whole => Act { deed: Deed::ApproveOther, ..act },
        _ => act,
    });
    of_request.chain(known.acts.iter().cloned()).collect()
}
