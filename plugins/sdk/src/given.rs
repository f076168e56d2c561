//! What other collectors of the run observed of one kind, as the host gives it in place of a file (`facts = "Hr::Person"`).
//!
//! The form is `tickmark/facts/1`: JSON Lines, a head with the sources first, then a line for each row.
//!
//! **Invariant:** what is cut off, or has more or less in it than its head says, is refused: less must not read as nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::host::{Host, Receipt};
use crate::time;
use crate::value::Datetime;

/// The form that is read.
const SCHEMA: &str = "tickmark/facts/1";

/// What was observed of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The kind, such as `Hr::Person`.
    pub kind: String,
    /// Who observed it; also those that failed.
    pub sources: Vec<Source>,
    /// The rows, in the order of the sources and of their ids.
    pub rows: Vec<Row>,
    /// The response that they stand in.
    pub receipt: Receipt,
}

/// One collector that answers for the kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The audited system.
    pub system: String,
    /// The collector's name there.
    pub collector: String,
    /// How its run ended: `ok`, or the word of what went wrong.
    pub outcome: String,
    /// How many rows of it are given.
    pub rows: u64,
    /// Whether the host found its population complete.
    pub complete: bool,
    /// Why it is not complete, in words.
    pub why: Vec<String>,
    /// When the source was so.
    #[serde(default)]
    pub observed_at: Option<String>,
    /// Start of what the source covers, inclusive.
    #[serde(default)]
    pub covers_from: Option<String>,
    /// End of what the source covers, exclusive.
    #[serde(default)]
    pub covers_to: Option<String>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Position in [`Given::sources`].
    pub source: usize,
    /// The subject's id, unique within its source.
    pub id: String,
    attributes: BTreeMap<String, Value>,
}

impl Row {
    /// The text in `column`; nothing where it is absent or no text.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        self.attributes.get(column)?.as_str()
    }

    /// The truth value in `column`.
    #[must_use]
    pub fn boolean(&self, column: &str) -> Option<bool> {
        self.attributes.get(column)?.as_bool()
    }

    /// The number in `column`.
    #[must_use]
    pub fn long(&self, column: &str) -> Option<i64> {
        self.attributes.get(column)?.as_i64()
    }

    /// The instant in `column`.
    #[must_use]
    pub fn datetime(&self, column: &str) -> Option<Datetime> {
        time::rfc3339(self.text(column)?)
    }

    /// The texts of the set in `column`; empty where it is absent.
    #[must_use]
    pub fn texts(&self, column: &str) -> Vec<&str> {
        self.attributes.get(column).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

#[derive(Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line {
    Head(Head),
    Row(RowLine),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    kind: String,
    rows: u64,
    schema: String,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowLine {
    attributes: BTreeMap<String, Value>,
    id: String,
    #[expect(dead_code, reason = "it is part of the form, and nobody asks for it")]
    parents: Vec<Value>,
    source: usize,
}

/// Asks the files grant `name` for what was observed, and reads it.
///
/// # Errors
/// The host's refusal, or `invalid` with the line where the text is not of the form.
pub fn open(host: &dyn Host, name: &str) -> Result<Given, Failure> {
    let blob = host.open(name, "")?;
    read(&blob.bytes(), blob.receipt()).map_err(|failure| failure.shown_by(blob.receipt()))
}

/// Reads what `receipt` shows.
///
/// # Errors
/// `invalid`, with the line, where it is not of the form.
pub fn read(bytes: &[u8], receipt: Receipt) -> Result<Given, Failure> {
    let invalid = |why: String| Failure::invalid(format!("what was observed {why}"));
    let text =
        std::str::from_utf8(bytes).map_err(|error| invalid(format!("is not UTF-8 at byte {}", error.valid_up_to())))?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(invalid("is cut off: its last line does not end".to_owned()));
    }
    let line = |(at, text): (u64, &str)| {
        serde_json::from_str::<Line>(text)
            .map(|line| (at, line))
            .map_err(|error| invalid(format!("cannot be read in line {at}: {error}")))
    };
    let mut lines = (1_u64..).zip(text.lines()).map(line);
    let Some((_, Line::Head(Head { kind, rows: count, schema, sources }))) = lines.next().transpose()? else {
        return Err(invalid("does not start with its head".to_owned()));
    };
    if schema != SCHEMA {
        return Err(invalid(format!("is of schema `{}`, expected `{SCHEMA}`", schema.escape_debug())));
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut of_source = vec![0_u64; sources.len()];
    for line in lines {
        let (at, line) = line?;
        let Line::Row(RowLine { attributes, id, source, .. }) = line else {
            return Err(invalid(format!("has another head in line {at}")));
        };
        let Some(counted) = of_source.get_mut(source) else {
            return Err(invalid(format!("names source {source} in line {at}, and has {}", sources.len())));
        };
        *counted += 1;
        if rows.last().is_some_and(|last| (last.source, last.id.as_str()) >= (source, id.as_str())) {
            return Err(invalid(format!("has rows out of order in line {at}")));
        }
        rows.push(Row { source, id, attributes });
    }
    if rows.len() as u64 != count {
        return Err(invalid(format!("has {} rows, its head says {count}", rows.len())));
    }
    for (source, found) in sources.iter().zip(of_source) {
        if source.rows != found {
            let name = format!("{}/{}", source.system, source.collector);
            return Err(invalid(format!("has {found} rows of `{name}`, its head says {}", source.rows)));
        }
    }
    Ok(Given { kind, sources, rows, receipt })
}

/// What the host would give of one complete source, for tests: rows by id, with their attributes as a JSON object.
#[must_use]
pub fn of_one_source(kind: &str, rows: &[(&str, Value)]) -> Vec<u8> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|(id, _)| *id);
    let source = serde_json::json!({
        "collector": "it", "complete": true, "outcome": "ok", "rows": rows.len(), "system": "web", "why": [],
    });
    let head = serde_json::json!({
        "kind": kind, "line": "head", "rows": rows.len(), "schema": SCHEMA, "sources": [source],
    });
    let row = |(id, attributes): &(&str, Value)| serde_json::json!({ "attributes": attributes, "id": id, "line": "row", "parents": [], "source": 0 });
    let lines = std::iter::once(head).chain(rows.iter().map(row));
    lines.flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"kind":"Hr::Person","line":"head","rows":2,"schema":"tickmark/facts/1","sources":[{"collector":"hr","complete":true,"outcome":"ok","rows":2,"system":"web","why":[]}]}"#;
    const ADA: &str = r#"{"attributes":{"ended_at":"2026-11-01T00:00:00Z","name":"Ada","roles":["a","b"]},"id":"1","line":"row","parents":[],"source":0}"#;
    const BOB: &str = r#"{"attributes":{"long":7,"open":true},"id":"2","line":"row","parents":[],"source":0}"#;

    fn check(text: &str) -> Result<Given, String> {
        read(text.as_bytes(), 0).map_err(|failure| failure.message)
    }

    #[test]
    fn rows_have_cells_by_column() {
        let given = check(&format!("{HEAD}\n{ADA}\n{BOB}\n")).unwrap();
        let [ada, bob] = given.rows.as_slice() else { panic!("{given:?}") };
        assert_eq!((ada.text("name"), ada.texts("roles")), (Some("Ada"), vec!["a", "b"]));
        assert_eq!(ada.datetime("ended_at"), time::rfc3339("2026-11-01T00:00:00Z"));
        assert_eq!((bob.long("long"), bob.boolean("open"), bob.text("name")), (Some(7), Some(true), None));
        assert_eq!(given.sources[0].collector, "hr");
    }

    #[test]
    fn less_or_more_than_the_head_says_is_refused() {
        let refused = |text: String| check(&text).unwrap_err();
        assert_eq!(refused(format!("{HEAD}\n{ADA}")), "what was observed is cut off: its last line does not end");
        assert_eq!(refused(format!("{HEAD}\n{ADA}\n")), "what was observed has 1 rows, its head says 2");
        assert_eq!(refused(format!("{HEAD}\n{BOB}\n{ADA}\n")), "what was observed has rows out of order in line 3");
        assert_eq!(refused(format!("{HEAD}\n{ADA}\n{ADA}\n")), "what was observed has rows out of order in line 3");
        assert_eq!(refused(format!("{HEAD}\n{HEAD}\n")), "what was observed has another head in line 2");
        assert_eq!(refused(format!("{ADA}\n")), "what was observed does not start with its head");
        assert_eq!(refused(String::new()), "what was observed does not start with its head");
        let other = BOB.replace("\"source\":0", "\"source\":1");
        assert_eq!(
            refused(format!("{HEAD}\n{ADA}\n{other}\n")),
            "what was observed names source 1 in line 3, and has 1"
        );
        let short = HEAD.replace("\"outcome\":\"ok\",\"rows\":2", "\"outcome\":\"ok\",\"rows\":3");
        assert_eq!(
            refused(format!("{short}\n{ADA}\n{BOB}\n")),
            "what was observed has 2 rows of `web/hr`, its head says 3"
        );
        let of_another = HEAD.replace("facts/1", "facts/2");
        assert_eq!(
            refused(format!("{of_another}\n")),
            "what was observed is of schema `tickmark/facts/2`, expected `tickmark/facts/1`"
        );
    }
}
