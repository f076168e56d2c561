//! The example company, judged as a whole: each of its changes, over HTTP and from saved files.
//!
//! The forms of the fixtures are those of GitHub's and Atlassian's documentation; `tests/fixtures/make-fixtures.py` names the
//! pages.

mod common;

use common::{audit, documents, files, http, jira, report, settings};
use tickmark_collector::testing::TestHost;

/// Everything but the audit export.
const CODE: &str = "\
acme/web@2f22765
  name=OPS-101: Limit refunds kind=code repository=acme/web sha=2f22765 deployment=2 author=ada author_known merged_by=boris created_at=2026-11-02T08:10:00Z merged_at=2026-11-02T10:00:00Z deployed_at=2026-11-02T13:00:00Z request=101 issue=OPS-101 approvers=boris,carla technical_approved security_approved security_required issue_approved approved_at=2026-11-02T09:40:00Z approved_before_deploy risk=medium risk_label=medium owner_team=payments author_team=payments same_team has_description has_risk_assessment has_rollback_plan testing_completed in_business_hours verification_done verification_at=2026-11-02T14:30:00Z
acme/web@6b1f533
  name=Explain refunds kind=code repository=acme/web sha=6b1f533 deployment=3 author=dave author_known merged_by=dave created_at=2026-11-03T08:05:00Z merged_at=2026-11-03T09:00:00Z deployed_at=2026-11-04T10:00:00Z request=102 issue=OPS-102 security_required risk=low owner_team=payments author_team=payments same_team standard_change has_description has_risk_assessment has_rollback_plan testing_completed in_business_hours verification_done verification_at=2026-11-04T11:00:00Z
acme/web@a625406
  name=Raise the timeout kind=code repository=acme/web sha=a625406 deployment=3 author=boris author_known created_at=2026-11-04T09:30:00Z deployed_at=2026-11-04T10:00:00Z direct_push security_required risk=medium author_team=platform in_business_hours
acme/web@e4666a6
  name=OPS-103: Cache rates kind=code repository=acme/web sha=e4666a6 deployment=4 author=ada author_known merged_by=ada created_at=2026-11-09T08:05:00Z merged_at=2026-11-10T09:00:00Z deployed_at=2026-11-10T10:00:00Z request=103 issue=OPS-103 approvers=carla security_approved security_required approval_void risk=medium owner_team=payments author_team=payments same_team has_description has_risk_assessment has_rollback_plan testing_completed in_business_hours verification_done verification_at=2026-11-10T12:00:00Z
acme/web@8dc29fc
  name=OPS-104: Reject negative amounts kind=code repository=acme/web sha=8dc29fc deployment=5 author=dave author_known merged_by=dave created_at=2026-11-14T21:35:00Z merged_at=2026-11-14T21:50:00Z deployed_at=2026-11-14T22:00:00Z request=104 issue=OPS-104 approvers=boris,carla technical_approved security_approved security_required issue_approved approved_at=2026-11-16T10:00:00Z risk=medium owner_team=payments author_team=payments same_team emergency emergency_reason=Money was paid out wrongly. emergency_approved_at=2026-11-16T10:00:00Z emergency_due=2026-11-16T23:00:00Z has_description has_risk_assessment has_rollback_plan testing_completed verification_done verification_at=2026-11-14T23:00:00Z
acme/web@555c3f9
  name=OPS-105: Move the database kind=code repository=acme/web sha=555c3f9 deployment=6 author=boris author_known merged_by=boris created_at=2026-11-16T12:05:00Z merged_at=2026-11-17T15:00:00Z deployed_at=2026-11-17T20:30:00Z request=105 issue=OPS-105 approvers=carla,dave technical_approved security_approved security_required issue_approved approved_at=2026-11-17T10:00:00Z approved_before_deploy risk=high risk_label=low owner_team=platform author_team=platform same_team has_description has_risk_assessment testing_completed in_change_window verification_done verification_at=2026-11-18T08:00:00Z
acme/web@dd61a9b
  name=OPS-106: Rename a field kind=code repository=acme/web sha=dd61a9b author=ada author_known merged_by=boris created_at=2026-11-19T08:05:00Z merged_at=2026-11-19T16:00:00Z request=106 issue=OPS-106 approvers=boris,carla technical_approved security_approved security_required issue_approved approved_at=2026-11-19T13:00:00Z approved_before_deploy risk=medium author_team=payments has_description has_risk_assessment has_rollback_plan testing_completed
acme/web/deployments/7
  name=OPS-104: Reject negative amounts kind=code repository=acme/web sha=8dc29fc deployment=7 author=dave author_known merged_by=boris created_at=2026-11-14T21:35:00Z merged_at=2026-11-14T21:50:00Z deployed_at=2026-11-18T10:00:00Z request=104 issue=OPS-104 approvers=boris,carla technical_approved security_approved security_required issue_approved approved_at=2026-11-16T10:00:00Z approved_before_deploy risk=medium owner_team=payments author_team=payments same_team has_description has_risk_assessment has_rollback_plan testing_completed in_business_hours
";

const AUDIT: &str = "\
infrastructure/tf-18
  name=Move the database kind=infrastructure repository=acme/web author=boris author_known merged_by=boris created_at=2026-11-16T12:05:00Z merged_at=2026-11-17T15:00:00Z deployed_at=2026-11-17T20:40:00Z request=105 issue=OPS-105 approvers=carla,dave technical_approved security_approved security_required issue_approved approved_at=2026-11-17T10:00:00Z approved_before_deploy risk=high risk_label=low owner_team=platform author_team=platform same_team has_description has_risk_assessment has_rollback_plan testing_completed in_change_window verification_done verification_at=2026-11-17T21:10:00Z
configuration/flag-9
  name=Turn on the limit kind=configuration author=dave author_known created_at=2026-11-12T10:00:00Z deployed_at=2026-11-12T10:10:00Z security_required self_approved risk=medium author_team=payments has_description in_business_hours
access_policy/iam-3
  name=Auditors may read invoices kind=access_policy author=ada author_known created_at=2026-11-05T09:00:00Z deployed_at=2026-11-05T10:00:00Z issue=OPS-107 approvers=boris,carla technical_approved security_approved security_required issue_approved approved_at=2026-11-05T09:30:00Z approved_before_deploy risk=medium author_team=payments has_description has_risk_assessment has_rollback_plan testing_completed in_business_hours verification_done verification_at=2026-11-05T10:20:00Z
";

#[test]
fn saved_files_and_an_audit_export() {
    let host = files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &documents("jira"));
    let host = host.with_setting("audit", "json-lines").file("audit", "", &audit());
    let population = "change: 11 of 13, 2 excluded, observed 2026-11-20T08:00:00Z, \
         covers 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z\nnote: 11 changes: 1 standard, 1 emergencies\n";
    assert_eq!(report(&host), format!("{CODE}{AUDIT}{population}"));
}

/// One element on a page, so that every list has pages; two, so that the last page is full or not; and all on one.
#[test]
fn the_same_over_http_whatever_the_size_of_a_page() {
    let population = "change: 8 of 9, 1 excluded, \
         covers 2026-10-21T09:00:00Z to 2026-11-20T09:00:00Z\nnote: 8 changes: 1 standard, 1 emergencies\n";
    for size in [1, 2, 100] {
        let host = jira(http(settings(TestHost::new()), &documents("github"), size), &documents("jira"));
        assert_eq!(report(&host), format!("{CODE}{population}"), "{size} on a page");
    }
}
