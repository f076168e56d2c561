//! The controls on access logs and on logins in logs.

use super::{DAY, HOUR, Subject, said};

/// The policies that speak against a log, or against the logins of one service.
pub(super) fn against(control: &str, log: &Subject<'_>) -> Vec<&'static str> {
    let number = |name| log.number(name).unwrap();
    let short = number("window_to") - number("window_from") < DAY;
    match control {
        "CC7.2-access-log-complete" => said(&[
            ("access-log-complete-empty", number("lines") == 0),
            ("access-log-complete-unreadable", number("unreadable") > 0),
            ("access-log-complete-fields", number("incomplete") > 0),
            ("access-log-complete-gap", number("longest_gap") > 4 * HOUR),
            ("access-log-complete-order", number("out_of_order") > 0),
            ("access-log-complete-truncated", log.flag("truncated") == Some(true)),
            ("access-log-complete-window-too-short", short),
        ]),
        "CC7.2-failed-logins-ssh" => said(&[
            ("failed-logins-ssh-too-many", number("failures") > 100),
            ("failed-logins-ssh-window-too-short", short),
        ]),
        other => panic!("no model of {other}"),
    }
}
