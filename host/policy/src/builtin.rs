//! The matrix, criteria and policies that ship with tickmark, embedded in the program.

/// The built-in files as path and text. The paths are those of the project, for messages.
pub const BUILTIN: &[(&str, &str)] = &[
    ("policies/criteria.toml", include_str!("../../../policies/criteria.toml")),
    ("policies/controls.toml", include_str!("../../../policies/controls.toml")),
    ("policies/A1.1-health-checks.cedar", include_str!("../../../policies/A1.1-health-checks.cedar")),
    ("policies/A1.1-host-uptime.cedar", include_str!("../../../policies/A1.1-host-uptime.cedar")),
    ("policies/A1.1-uptime-objective.cedar", include_str!("../../../policies/A1.1-uptime-objective.cedar")),
    ("policies/A1.2-backup-recent.cedar", include_str!("../../../policies/A1.2-backup-recent.cedar")),
    ("policies/A1.3-restore-test.cedar", include_str!("../../../policies/A1.3-restore-test.cedar")),
    ("policies/CC6.1-mfa-adoption.cedar", include_str!("../../../policies/CC6.1-mfa-adoption.cedar")),
    ("policies/CC6.3-mfa-for-admins.cedar", include_str!("../../../policies/CC6.3-mfa-for-admins.cedar")),
    ("policies/CC6.6-firewall-default-deny.cedar", include_str!("../../../policies/CC6.6-firewall-default-deny.cedar")),
    ("policies/CC6.6-firewall-inbound.cedar", include_str!("../../../policies/CC6.6-firewall-inbound.cedar")),
    ("policies/CC7.1-unknown-assets.cedar", include_str!("../../../policies/CC7.1-unknown-assets.cedar")),
    (
        "policies/CC7.1-vulnerabilities-remediated.cedar",
        include_str!("../../../policies/CC7.1-vulnerabilities-remediated.cedar"),
    ),
    ("policies/CC7.1-vulnerability-scan.cedar", include_str!("../../../policies/CC7.1-vulnerability-scan.cedar")),
    ("policies/CC7.2-access-log-complete.cedar", include_str!("../../../policies/CC7.2-access-log-complete.cedar")),
    ("policies/CC7.2-failed-logins-ssh.cedar", include_str!("../../../policies/CC7.2-failed-logins-ssh.cedar")),
    ("policies/CC7.2-failed-logins.cedar", include_str!("../../../policies/CC7.2-failed-logins.cedar")),
    ("policies/CC7.2-ids-monitoring.cedar", include_str!("../../../policies/CC7.2-ids-monitoring.cedar")),
    ("policies/CC7.3-alerts-answered.cedar", include_str!("../../../policies/CC7.3-alerts-answered.cedar")),
    ("policies/CC8.1-change-approved.cedar", include_str!("../../../policies/CC8.1-change-approved.cedar")),
    ("policies/CC8.1-change-documented.cedar", include_str!("../../../policies/CC8.1-change-documented.cedar")),
    ("policies/CC8.1-change-verified.cedar", include_str!("../../../policies/CC8.1-change-verified.cedar")),
    ("policies/CC8.1-change-window.cedar", include_str!("../../../policies/CC8.1-change-window.cedar")),
];
