//! Whose approval is asked for, and which words of an issue's history stand for one.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Value};

use super::read;

/// When an approval of the security reviewers is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecurityApproval {
    Always,
    HighRisk,
    Never,
}

#[derive(Debug)]
pub(crate) struct ApprovalSettings {
    /// Nothing: whoever is no security reviewer. In lower case, as people are called.
    pub technical: Option<BTreeSet<String>>,
    pub security: BTreeSet<String>,
    pub security_approval: SecurityApproval,
    /// Names of an issue's statuses, in lower case.
    pub approved: BTreeSet<String>,
    pub revoked: BTreeSet<String>,
    pub verified: BTreeSet<String>,
    /// Whether an issue may have been approved before the change's last commit.
    pub issue_before_commits: bool,
}

impl ApprovalSettings {
    pub(super) fn read(host: &dyn Host) -> Result<Self, Failure> {
        let lower = |texts: BTreeSet<String>| texts.into_iter().map(|text| text.to_lowercase()).collect();
        let words = [
            ("always", SecurityApproval::Always),
            ("high-risk", SecurityApproval::HighRisk),
            ("never", SecurityApproval::Never),
        ];
        let revoked = ["Rejected", "Declined", "Reopened", "Waiting for approval", "Pending review", "Canceled"];
        let before = host.setting("issue_approval_before_commits");
        if before != Value::Absent && before.as_boolean().is_none() {
            return Err(read::wrong("issue_approval_before_commits", "", "true or false"));
        }
        Ok(Self {
            technical: read::texts(host, "technical_reviewers")?.map(lower),
            security: lower(read::texts_or(host, "security_reviewers", &[])?),
            security_approval: read::word(host, "security_approval", &words)?.unwrap_or(SecurityApproval::Always),
            approved: lower(read::texts_or(host, "issue_approved_statuses", &["Approved"])?),
            revoked: lower(read::texts_or(host, "issue_revoked_statuses", &revoked)?),
            verified: lower(read::texts_or(host, "issue_verified_statuses", &["Verified"])?),
            issue_before_commits: before.as_boolean().unwrap_or(false),
        })
    }
}
