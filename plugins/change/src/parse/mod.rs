//! One module for each format: documents in, plain records out. Pure: no host, no clock.

pub mod audit;
pub mod body;
pub mod github;
pub mod jira;

use serde::{Deserialize, Deserializer};
use tickmark_collector::{Datetime, time};

/// An instant in RFC 3339.
fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Datetime, D::Error> {
    let text = String::deserialize(from)?;
    time::rfc3339(&text).ok_or_else(|| serde::de::Error::custom(format!("time `{text}` is not RFC 3339")))
}

/// An instant in RFC 3339, or nothing.
fn perhaps<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Datetime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let at = time::rfc3339(&text);
    at.map(Some).ok_or_else(|| serde::de::Error::custom(format!("time `{text}` is not RFC 3339")))
}
