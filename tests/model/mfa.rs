//! The controls on second factors and on failed logins.

use super::{DAY, Subject, said};

/// Whether a user or a source of logins is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    let is = |name| subject.flag(name) == Some(true);
    let person = is("enabled") && !is("service");
    match control {
        "CC6.3-mfa-for-admins" => person && is("admin"),
        "CC6.1-mfa-adoption" => person,
        _ => true,
    }
}

/// The policies that speak against a user or a source of logins.
pub(super) fn against(control: &str, subject: &Subject<'_>) -> Vec<&'static str> {
    let without = subject.flag("mfa_enabled") != Some(true);
    let number = |name| subject.number(name).unwrap();
    match control {
        "CC6.3-mfa-for-admins" => said(&[("mfa-for-admins-without-second-factor", without)]),
        "CC6.1-mfa-adoption" => said(&[("mfa-adoption-without-second-factor", without)]),
        "CC7.2-failed-logins" => said(&[
            ("failed-logins-too-many", number("failures") > 100),
            ("failed-logins-window-too-short", number("window_to") - number("window_from") < DAY),
        ]),
        other => panic!("no model of {other}"),
    }
}
