//! The controls on volumes, and on endpoints that are reached over TLS.

use super::{DAY, Subject, said};

/// Whether a volume or an endpoint is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    match control {
        "CC6.1-storage-encrypted" => subject.flag("in_scope") == Some(true),
        "CC6.7-tls-certificates" => subject.flag("observed") == Some(true),
        _ => true,
    }
}

/// The policies that speak against a volume or an endpoint.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    // What is not known is not so.
    let is = |name| subject.flag(name) == Some(true);
    match control {
        "CC6.1-storage-encrypted" => said(&[
            ("storage-encrypted-missing", !is("exists")),
            ("storage-encrypted-not-known", is("exists") && !is("encrypted")),
        ]),
        "CC6.7-tls-endpoints" => {
            let old = subject.number("tls_version").is_none_or(|version| version < 12_000);
            let least = if subject.text("key_type") == Some("RSA") { 2048 } else { 256 };
            let bits = subject.text("key_type").and(subject.number("key_bits"));
            said(&[
                ("tls-endpoints-not-observed", !is("observed")),
                ("tls-endpoints-protocol", is("observed") && old),
                ("tls-endpoints-legacy", is("legacy_accepted")),
                ("tls-endpoints-not-verified", is("observed") && !is("verified")),
                ("tls-endpoints-name", is("observed") && !is("name_matches")),
                ("tls-endpoints-weak-key", bits.is_some_and(|bits| bits < least)),
            ])
        }
        "CC6.7-tls-certificates" => {
            let left = subject.number("chain_not_after").map(|end| end - as_of);
            said(&[
                ("tls-certificates-expired", left.is_none_or(|left| left <= 0)),
                ("tls-certificates-expires", left.is_some_and(|left| left > 0 && left < 21 * DAY)),
                ("tls-certificates-not-yet", subject.number("not_before").is_none_or(|start| start > as_of)),
            ])
        }
        other => panic!("no model of {other}"),
    }
}
