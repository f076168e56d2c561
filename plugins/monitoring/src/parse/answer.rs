//! The envelope that every answer of Prometheus's HTTP API has, with one list in it.
//!
//! Format: "HTTP API", version v1: `status` is `success` with `data`, or `error` with `errorType` and `error`; `warnings`
//! stands where part of the data could not be had.

use std::io::BufRead;

use serde::Deserialize;
use tickmark_collector::Failure;
use tickmark_collector::records::{Fields, Leaf, List};

/// What a document says of itself.
#[derive(Debug, PartialEq)]
pub enum Reply {
    /// An answer; its records were handed over.
    Success(Envelope),
    /// The server's own reason for giving none, one line.
    Refused(String),
}

/// What stands beside the list.
#[derive(Debug, Default, PartialEq)]
pub struct Envelope {
    /// Parts of the data that could not be had.
    pub warnings: Vec<String>,
    /// What kind of result it is, for a query.
    pub result_type: Option<String>,
    /// Whether the list goes on in another answer.
    pub goes_on: bool,
}

/// Reads an answer whose `data` has the list `list`, and hands over its records.
///
/// # Errors
/// `invalid`, with line and column, where it is not such a document; otherwise what `each` returns.
pub fn read<T: for<'de> Deserialize<'de>>(
    reader: impl BufRead,
    list: &'static str,
    each: impl FnMut(T) -> Result<(), Failure>,
) -> Result<Reply, Failure> {
    let fields = ["status", "errorType", "error", "warnings", "data/resultType", "data/groupNextToken"];
    let place = List { what: "an answer of prometheus", path: &["data", list], fields: &fields };
    reply(place.read(reader, each)?, list)
}

fn reply(mut fields: Fields, list: &str) -> Result<Reply, Failure> {
    let wrong = |what: String| Failure::invalid(format!("the answer of prometheus {what}"));
    let text = |leaf: Leaf| leaf.text("").ok().flatten();
    let status = fields.take("status").some_text("status").map_err(|_| wrong("has no `status`".to_owned()))?;
    match status.as_str() {
        "success" if fields.has_list() => Ok(Reply::Success(Envelope {
            warnings: fields.take("warnings").items("warnings").map_err(|why| wrong(format!("is odd: {why}")))?,
            result_type: text(fields.take("data/resultType")),
            // Whatever stands there, unless it is nothing.
            goes_on: fields.take("data/groupNextToken").text("").map_or(true, |token| token.is_some()),
        })),
        "success" => Err(wrong(format!("has no list `{list}`"))),
        "error" => {
            let mut word = |field: &str| text(fields.take(field)).unwrap_or_default();
            Ok(Reply::Refused(format!("{}: {}", word("errorType"), word("error"))))
        }
        other => Err(wrong(format!("has status `{}`, expected `success` or `error`", other.escape_debug()))),
    }
}
