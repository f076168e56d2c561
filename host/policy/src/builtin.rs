//! The matrix, criteria and policies that ship with tickmark, embedded in the program.

/// The built-in files as path and text. The paths are those of the project, for messages.
pub const BUILTIN: &[(&str, &str)] = &[
    ("policies/criteria.toml", include_str!("../../../policies/criteria.toml")),
    ("policies/controls.toml", include_str!("../../../policies/controls.toml")),
    ("policies/facts.toml", include_str!("../../../policies/facts.toml")),
    ("policies/A1.1-health-checks.cedar", include_str!("../../../policies/A1.1-health-checks.cedar")),
    ("policies/A1.1-host-uptime.cedar", include_str!("../../../policies/A1.1-host-uptime.cedar")),
    ("policies/A1.1-uptime-objective.cedar", include_str!("../../../policies/A1.1-uptime-objective.cedar")),
    ("policies/A1.2-backup-recent.cedar", include_str!("../../../policies/A1.2-backup-recent.cedar")),
    ("policies/A1.3-restore-test.cedar", include_str!("../../../policies/A1.3-restore-test.cedar")),
    ("policies/C1.1-confidential-encrypted.cedar", include_str!("../../../policies/C1.1-confidential-encrypted.cedar")),
    ("policies/C1.1-data-register.cedar", include_str!("../../../policies/C1.1-data-register.cedar")),
    ("policies/C1.2-deletion-on-time.cedar", include_str!("../../../policies/C1.2-deletion-on-time.cedar")),
    ("policies/CC6.1-mfa-adoption.cedar", include_str!("../../../policies/CC6.1-mfa-adoption.cedar")),
    ("policies/CC6.3-mfa-for-admins.cedar", include_str!("../../../policies/CC6.3-mfa-for-admins.cedar")),
    ("policies/CC6.6-firewall-default-deny.cedar", include_str!("../../../policies/CC6.6-firewall-default-deny.cedar")),
    ("policies/CC6.6-firewall-inbound.cedar", include_str!("../../../policies/CC6.6-firewall-inbound.cedar")),
    ("policies/CC7.2-failed-logins.cedar", include_str!("../../../policies/CC7.2-failed-logins.cedar")),
    ("policies/P3.2-consent-first.cedar", include_str!("../../../policies/P3.2-consent-first.cedar")),
    ("policies/P5.1-subject-requests.cedar", include_str!("../../../policies/P5.1-subject-requests.cedar")),
    ("policies/P8.1-complaints.cedar", include_str!("../../../policies/P8.1-complaints.cedar")),
    ("policies/PI1.2-rejects-bounded.cedar", include_str!("../../../policies/PI1.2-rejects-bounded.cedar")),
    ("policies/PI1.3-job-balance.cedar", include_str!("../../../policies/PI1.3-job-balance.cedar")),
    ("policies/PI1.4-job-on-time.cedar", include_str!("../../../policies/PI1.4-job-on-time.cedar")),
];
