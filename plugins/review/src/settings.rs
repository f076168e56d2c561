//! The operator's settings, checked before anything is read.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host};

/// The kinds of review that there are, each with its fact.
pub(crate) const KINDS: [(&str, &str); 2] = [("access", "access_review"), ("firewall", "firewall_review")];

#[derive(Debug)]
pub(crate) struct Settings {
    /// At least one.
    pub expected: BTreeSet<String>,
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
        Ok(Self { expected })
    }
}
