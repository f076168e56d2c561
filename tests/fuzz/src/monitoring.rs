//! The monitoring collector: saved answers of Prometheus, with targets, rules and one query.

use tickmark_monitoring::Monitoring;

use crate::collect::{self, Input};

/// Reads one part with targets, one with rules and one with the query `disk`, as far as the settings ask for them.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_systems", "replicas", "required_rules", "capacity"]);
    let host = host
        .with_setting("source", input.source)
        .file("prometheus", "targets.json", input.part(0))
        .file("prometheus", "rules.json", input.part(1))
        .file("prometheus", "capacity-disk.json", input.part(2));
    collect::check::<Monitoring>(&host)
}
