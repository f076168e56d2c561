//! What the commands about people's acts share.

use std::io::{self, Write};

use serde_json::json;
use tickmark_engine::Said;
use tickmark_ledger::Appended;
use tickmark_report::plain;

use super::control::document;

/// What is said of every name, because nobody proves who they are.
pub const ASSERTED: &str = "name asserted, not authenticated";

/// A record that was written, for machines.
pub fn appended_document(out: &mut dyn Write, appended: &Appended) -> io::Result<()> {
    let Appended { index, leaf, record, .. } = appended;
    document(out, &json!({ "index": index, "leaf": leaf, "record": record, "schema": "tickmark/appended/1" }))
}

/// Who did something, for machines.
pub fn said(said: &Said) -> serde_json::Value {
    json!({ "at": said.at, "by": said.by, "record": said.record })
}

/// Who did something, for people; `erased` where nobody can say any more.
pub fn who(by: Option<&str>) -> String {
    by.map_or_else(|| "erased".to_owned(), plain)
}

/// A number with what it counts.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
