//! The one record that all sources are read into: a change, with everything that a policy needs to judge it.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Receipt};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub id: String,
    pub kind: &'static str,
    pub name: Option<String>,
    pub repository: Option<String>,
    pub sha: Option<String>,
    pub deployment: Option<String>,
    pub author: String,
    pub author_known: bool,
    pub merged_by: Option<String>,
    pub created_at: Datetime,
    pub merged_at: Option<Datetime>,
    pub deployed_at: Option<Datetime>,
    pub request: Option<u64>,
    pub issue: Option<String>,
    pub direct_push: bool,
    pub approvals: Approvals,
    pub risk: &'static str,
    pub risk_label: Option<String>,
    pub owner_team: Option<String>,
    pub author_team: Option<String>,
    pub same_team: bool,
    pub standard: bool,
    pub emergency: Option<Emergency>,
    pub has_description: bool,
    pub has_risk_assessment: bool,
    pub has_rollback_plan: bool,
    pub testing_completed: bool,
    pub when: When,
    pub verified_at: Option<Datetime>,
    pub receipts: BTreeSet<Receipt>,
}

/// Who approved it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Approvals {
    pub approvers: BTreeSet<String>,
    pub technical: bool,
    pub security: bool,
    pub security_required: bool,
    pub issue: bool,
    pub at: Option<Datetime>,
    pub before_deploy: bool,
    pub void: bool,
    pub by_author: bool,
    pub objected: bool,
}

/// What holds of a change that could not wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Emergency {
    pub reason: Option<String>,
    pub approved_at: Option<Datetime>,
    pub due: Option<Datetime>,
}

/// What the calendar says of the instant at which it was deployed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub in_business_hours: bool,
    pub in_blackout: bool,
    pub in_change_window: bool,
}
