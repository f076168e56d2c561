//! What Okta says: its users with roles and groups, and its System Log.

pub mod log;
pub mod user;

use serde::Deserialize;
use serde_json::Value;

/// What Okta answers instead of what was asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refusal {
    error_code: String,
    error_summary: String,
}

/// Okta's own words, where the document is an error of its.
#[must_use]
pub fn refusal(document: &Value) -> Option<String> {
    let Refusal { error_code, error_summary } = Refusal::deserialize(document).ok()?;
    Some(format!("{error_code}, {error_summary}").chars().take(300).collect())
}
