//! The operator's settings, checked before anything is read.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Scalar, Value, time};

/// The kinds of review that there are, each with its fact.
pub(crate) const KINDS: [(&str, &str); 2] = [("access", "access_review"), ("firewall", "firewall_review")];

/// How often a review is expected.
const FREQUENCIES: [&str; 3] = ["monthly", "quarterly", "annual"];

#[derive(Debug)]
pub(crate) struct Settings {
    /// At least one.
    pub expected: BTreeSet<String>,
    pub frequency: &'static str,
    /// Not negative.
    pub grace_ms: i64,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let expected: BTreeSet<String> = host.setting("expected").texts().into_iter().map(str::to_owned).collect();
        if expected.is_empty() {
            return Err(Failure::invalid("setting `expected` is empty, expected access, firewall or both"));
        }
        if let Some(other) = expected.iter().find(|word| KINDS.iter().all(|(kind, _)| kind != *word)) {
            let message = format!("setting `expected` has `{}`, expected access or firewall", other.escape_debug());
            return Err(Failure::invalid(message));
        }
        let frequency = host.setting("frequency");
        let word = frequency.as_text().unwrap_or("quarterly");
        let frequency = FREQUENCIES.into_iter().find(|known| *known == word).ok_or_else(|| {
            let word = word.escape_debug();
            Failure::invalid(format!("setting `frequency` is `{word}`, expected monthly, quarterly or annual"))
        })?;
        let grace = match host.setting("grace") {
            Value::One(Scalar::Duration(grace)) => grace,
            _ => tickmark_collector::Duration(0),
        };
        if grace.0 < 0 {
            let message = format!("setting `grace` is {}, expected 0ms or longer", time::span(grace));
            return Err(Failure::invalid(message));
        }
        Ok(Self { expected, frequency, grace_ms: grace.0 })
    }
}
