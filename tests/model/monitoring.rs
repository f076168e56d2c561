//! The controls on monitoring and capacity.

use super::{Subject, said};

/// Whether a subject is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    match control {
        "A1.1-systems-monitored" | "A1.1-replicas-up" => subject.flag("expected") == Some(true),
        _ => true,
    }
}

/// The policies that speak against a subject.
pub(super) fn against(control: &str, subject: &Subject<'_>) -> Vec<&'static str> {
    let is = |name| subject.flag(name) == Some(true);
    let has = |name| subject.0.contains_key(name);
    let number = |name| subject.number(name).unwrap();
    match control {
        "A1.1-systems-monitored" => said(&[
            ("systems-monitored-no-target", number("targets") == 0),
            ("systems-monitored-none-up", number("targets") > 0 && number("up") == 0),
        ]),
        "A1.1-replicas-up" => {
            let required = subject.number("required");
            said(&[
                ("replicas-up-too-few", required.is_none_or(|required| number("up") < required)),
                ("replicas-up-single", required.is_none_or(|required| required < 2)),
            ])
        }
        "A1.1-capacity-headroom" => {
            let (limit, value) = (number("limit"), subject.number("value"));
            let passed = |value| if is("at_most") { value > limit } else { value < limit };
            // Below 0 the limit is passed, which the value itself says.
            let little = subject.number("headroom_percent").is_some_and(|left| (0..10).contains(&left));
            said(&[
                ("capacity-headroom-not-measured", value.is_none()),
                ("capacity-headroom-exceeded", value.is_some_and(passed)),
                ("capacity-headroom-too-little", little),
            ])
        }
        "CC7.2-targets-scraped" => match subject.text("health") {
            Some("up") => vec![],
            Some("down") => vec!["targets-scraped-down"],
            _ => vec!["targets-scraped-not-known"],
        },
        "CC7.2-alert-rules" if !is("exists") => vec!["alert-rules-missing"],
        "CC7.2-alert-rules" => said(&[
            ("alert-rules-not-evaluated", subject.text("health") != Some("ok")),
            ("alert-rules-without-severity", is("required") && !has("severity")),
            ("alert-rules-without-words", is("required") && !has("summary") && !has("runbook")),
        ]),
        other => panic!("no model of {other}"),
    }
}
