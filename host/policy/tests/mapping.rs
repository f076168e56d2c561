//! Which criteria the built-in controls of each topic serve, and which of them carry a number of a company's own list.

use std::collections::BTreeSet;

use tickmark_model::{Execution, Frequency, Operation};
use tickmark_policy::matrix;

/// Topic by topic: controls, and the criteria that they serve together.
const TOPICS: &[(&str, &[&str], &[&str])] = &[
    (
        "firewall",
        &["CC6.6-firewall-default-deny", "CC6.6-firewall-inbound", "CC6.6-firewall-review"],
        &["CC6.1", "CC6.6"],
    ),
    ("second factors", &["CC6.1-mfa-adoption"], &["CC6.1", "CC6.6"]),
    ("second factors of administrators", &["CC6.3-mfa-for-admins"], &["CC6.1", "CC6.3", "CC6.6"]),
    ("administrative roles", &["CC6.3-privileged-accounts", "CC6.3-privileged-roles"], &["CC6.1", "CC6.3"]),
    ("termination", &["CC6.2-access-termination"], &["CC6.2", "CC6.3"]),
    ("access review", &["CC6.2-access-review", "CC6.2-access-review-actions"], &["CC6.2", "CC6.3"]),
    ("failed logins", &["CC7.2-failed-logins", "CC7.2-failed-logins-ssh"], &["CC7.2"]),
    ("answers to alerts", &["CC7.3-alerts-answered"], &["CC7.3"]),
    ("vulnerability scan", &["CC7.1-vulnerability-scan"], &["CC7.1"]),
    ("intrusion detection", &["CC7.2-ids-monitoring"], &["CC7.2"]),
    (
        "changes",
        &["CC8.1-change-approved", "CC8.1-change-documented", "CC8.1-change-verified", "CC8.1-change-window"],
        &["CC8.1"],
    ),
    ("backup", &["A1.2-backup-daily", "A1.2-backup-recent"], &["A1.2"]),
    (
        "restore and exercises of recovery",
        &["A1.3-exercise-report", "A1.3-recovery-exercised", "A1.3-recovery-objectives", "A1.3-restore-test"],
        &["A1.3"],
    ),
    ("capacity", &["A1.1-capacity-headroom"], &["A1.1"]),
    ("availability", &["A1.1-uptime-objective", "A1.1-host-uptime"], &["A1.1", "CC7.2"]),
    ("encryption on the way", &["CC6.7-tls-certificates", "CC6.7-tls-endpoints"], &["CC6.7"]),
    ("encryption at rest", &["C1.1-confidential-encrypted", "CC6.1-storage-encrypted"], &["C1.1", "CC6.1"]),
    ("disposal", &["C1.2-deletion-on-time", "CC6.5-media-disposal"], &["C1.2", "CC6.5", "P4.2", "P4.3"]),
    ("remediation", &["CC4.2-remediation-on-time"], &["CC4.1", "CC4.2"]),
];

#[test]
fn the_controls_of_each_topic_serve_its_criteria() {
    let matrix = matrix::load(&[]).unwrap();
    let rows = || {
        let automated = matrix.controls().map(|it| (it.id.as_str(), it.criteria.as_slice()));
        automated.chain(matrix.manual().map(|it| (it.id.as_str(), it.criteria.as_slice())))
    };
    for (topic, controls, criteria) in TOPICS {
        let of = |id: &str| rows().find(|(found, _)| *found == id).map(|(_, criteria)| criteria).unwrap();
        let served: BTreeSet<&str> = controls.iter().flat_map(|id| of(id)).map(String::as_str).collect();
        assert_eq!(served.into_iter().collect::<Vec<_>>(), *criteria, "{topic}");
    }
}

/// The numbers of the list that the company started with are no criteria: its A1.1 is the backup, which serves A1.2.
#[test]
fn the_numbers_of_the_companys_own_list_are_kept_beside_the_criteria() {
    let matrix = matrix::load(&[]).unwrap();
    let mut numbered: Vec<(&str, &str)> =
        matrix.controls().filter_map(|it| Some((it.matrix_id.as_deref()?, it.id.as_str()))).collect();
    numbered.sort_unstable();
    assert_eq!(
        numbered,
        [
            ("A1.1", "A1.2-backup-daily"),
            ("A1.1", "A1.2-backup-recent"),
            ("A1.2", "A1.3-exercise-report"),
            ("A1.2", "A1.3-recovery-exercised"),
            ("A1.2", "A1.3-recovery-objectives"),
            ("CC6.1", "CC6.6-firewall-default-deny"),
            ("CC6.1", "CC6.6-firewall-inbound"),
            ("CC6.1", "CC6.6-firewall-review"),
            ("CC6.2", "CC6.2-access-termination"),
            ("CC6.3", "CC6.3-mfa-for-admins"),
            ("CC7.1", "CC7.1-vulnerability-scan"),
            ("CC7.2", "CC7.2-ids-monitoring"),
            ("CC8.1", "CC8.1-change-approved"),
            ("CC8.1", "CC8.1-change-documented"),
            ("CC8.1", "CC8.1-change-verified"),
            ("CC8.1", "CC8.1-change-window"),
        ]
    );
}

#[test]
fn the_firewall_has_controls_of_its_state_and_one_of_its_quarterly_review() {
    let matrix = matrix::load(&[]).unwrap();
    let terms = |id: &str| {
        let control = &matrix.entry(id).unwrap().control;
        (control.operation, control.execution, control.frequency)
    };
    let state = (Operation::State, Execution::Automated, Frequency::Continuous);
    assert_eq!([terms("CC6.6-firewall-default-deny"), terms("CC6.6-firewall-inbound")], [state; 2]);
    assert_eq!(
        terms("CC6.6-firewall-review"),
        (Operation::Human, Execution::Automated, Frequency::Quarterly),
        "people do it, and a collector reads what the ledger says of it"
    );
}

/// What is read from a source is dated by it; what people do, when they completed it.
#[test]
fn every_control_says_what_its_operation_is() {
    let matrix = matrix::load(&[]).unwrap();
    let of = |operation| matrix.controls().filter(move |it| it.operation == operation).map(|it| it.id.as_str());
    for id in [
        "A1.2-backup-daily",
        "A1.3-restore-test",
        "CC6.2-access-termination",
        "CC7.1-vulnerability-scan",
        "CC8.1-change-approved",
    ] {
        assert!(of(Operation::Event).any(|it| it == id), "{id}");
    }
    for id in ["CC6.1-mfa-adoption", "CC6.1-storage-encrypted", "CC6.3-mfa-for-admins", "CC6.6-firewall-inbound"] {
        assert!(of(Operation::State).any(|it| it == id), "{id}");
    }
    assert_eq!(of(Operation::Human).collect::<Vec<_>>(), ["CC6.2-access-review", "CC6.6-firewall-review"]);
}
