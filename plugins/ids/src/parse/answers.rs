//! Who answered which alert: the SQL query `responses`, or a file with one JSON object in each line.
//!
//! Both have the same fields: `alert` (the id of an alert), `answered_at`, and optionally `answered_by` and `closed_at`. A
//! row whose `answered_at` is NULL says that nobody did yet. NULL in `alert` cannot be read.

use serde::Deserialize;
use tickmark_collector::cells::{Line, Lines};
use tickmark_collector::time::iso8601;
use tickmark_collector::{Datetime, Failure, Rows};

use super::Unread;

/// Longest name of somebody who answered, in bytes.
const BY_BYTES: usize = 512;

/// One answer to one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The id of the alert.
    pub alert: String,
    /// When it was answered; nothing where it was not yet.
    pub answered_at: Option<Datetime>,
    /// Who did.
    pub answered_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Datetime>,
}

/// The rows of the query `responses`.
///
/// # Errors
/// `invalid`, where a column is missing, not known or there twice.
pub(crate) fn lines(rows: &Rows) -> Result<Lines<'_>, Failure> {
    Lines::of("responses", rows, &["alert", "answered_at"], &["answered_by", "closed_at"])
}

/// Reads one row.
///
/// # Errors
/// `invalid`, where a cell has another type than its column should have.
pub(crate) fn row(line: &Line<'_>) -> Result<Result<Answer, Unread>, Failure> {
    let (alert, answered_at) = (line.text("alert")?, line.datetime("answered_at")?);
    let (answered_by, closed_at) = (line.text("answered_by")?, line.datetime("closed_at")?);
    Ok(match alert {
        Some(alert) => checked(Answer { alert, answered_at, answered_by, closed_at }),
        None => Err("column `alert` is NULL".into()),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an answer")]
struct Object {
    alert: String,
    answered_at: Option<String>,
    answered_by: Option<String>,
    closed_at: Option<String>,
}

/// Reads one line of a file.
///
/// # Errors
/// Says why it cannot be read.
pub fn object(line: &[u8]) -> Result<Answer, Unread> {
    let Object { alert, answered_at, answered_by, closed_at } =
        serde_json::from_slice(line).map_err(|error| Unread(error.to_string()))?;
    let time = |text: Option<String>| match text {
        None => Ok(None),
        Some(text) => iso8601(text.as_bytes(), None).map(Some).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            Unread(format!("`{shown}` is no time with an offset"))
        }),
    };
    checked(Answer { alert, answered_at: time(answered_at)?, answered_by, closed_at: time(closed_at)? })
}

fn checked(answer: Answer) -> Result<Answer, Unread> {
    match answer.answered_by.as_ref().map(String::len) {
        Some(len) if len > BY_BYTES => Err(Unread(format!("answered_by of {len} bytes, limit is {BY_BYTES}"))),
        _ => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_file_are_answers() {
        let read = |line: &str| object(line.as_bytes());
        let answer = read(r#"{"alert":"s/1:7/2026-11-19","answered_at":"2026-11-19T22:00:00Z","answered_by":"ada"}"#);
        let answer = answer.unwrap();
        assert_eq!((answer.alert.as_str(), answer.answered_by.as_deref()), ("s/1:7/2026-11-19", Some("ada")));
        assert_eq!((answer.answered_at.is_some(), answer.closed_at), (true, None));
        assert_eq!(read(r#"{"alert":"a"}"#).unwrap().answered_at, None);
        for (bad, why) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            (r#"{"answered_at":null}"#, "missing field `alert` at line 1 column 20"),
            (r#"{"alert":"a","answered_at":"yesterday"}"#, "`yesterday` is no time with an offset"),
            (
                r#"{"alert":"a","anwsered_at":null}"#,
                "unknown field `anwsered_at`, expected one of `alert`, `answered_at`, `answered_by`, `closed_at` at line 1 column 26",
            ),
        ] {
            assert_eq!(read(bad).unwrap_err().0, why);
        }
    }
}
