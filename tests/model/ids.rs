//! The controls on sensors and on their alerts.

use super::{DAY, HOUR, MINUTE, Subject, said};

/// The policies that speak against a sensor, or against a group of alerts.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let number = |name| subject.number(name).unwrap();
    match control {
        "CC7.2-ids-monitoring" => {
            // More than one packet of twenty. Where packets are not counted, nobody can say.
            let share = subject.number("packets").zip(subject.number("dropped"));
            said(&[
                ("ids-monitoring-silent", number("heartbeats") == 0),
                ("ids-monitoring-gap", number("longest_gap") > 10 * MINUTE),
                ("ids-monitoring-coverage", number("covered_percent") < 990_000),
                ("ids-monitoring-window-too-short", number("window_to") - number("window_from") < DAY),
                ("ids-monitoring-dropped", share.is_some_and(|(packets, dropped)| dropped * 20 > packets)),
            ])
        }
        "CC7.3-alerts-answered" => {
            let (answered, seen) = (subject.number("answered_at"), number("first_seen"));
            let took = answered.unwrap_or(as_of) - seen;
            let severity = number("severity");
            said(&[
                ("alerts-answered-high-late", severity <= 1 && took > 4 * HOUR),
                ("alerts-answered-medium-late", severity == 2 && took > DAY),
                ("alerts-answered-low-late", severity >= 3 && took > DAY),
                ("alerts-answered-before-seen", answered.is_some_and(|answered| answered < seen)),
            ])
        }
        other => panic!("no model of {other}"),
    }
}
