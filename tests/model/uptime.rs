//! The controls on availability as it was measured.

use super::{DAY, Subject, said};

/// The policies that speak against a target, a check or a host.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let number = |name| subject.number(name).unwrap();
    match control {
        "A1.1-uptime-objective" => {
            let few = number("samples") == 0 || number("samples") * 100 < number("expected") * 95;
            said(&[
                ("uptime-objective-missed", number("availability") < 999_000),
                ("uptime-objective-too-few-samples", few),
            ])
        }
        "A1.1-health-checks" => {
            let expires = subject.number("certificate_expires").is_some_and(|at| at - as_of < 14 * DAY);
            said(&[
                ("health-checks-unhealthy", subject.flag("healthy") == Some(false)),
                ("health-checks-slow", subject.number("latency_ms").is_some_and(|ms| ms > 2_000)),
                ("health-checks-certificate-expires", expires),
            ])
        }
        "A1.1-host-uptime" => said(&[("host-uptime-recent-restart", number("uptime") < DAY)]),
        other => panic!("no model of {other}"),
    }
}
