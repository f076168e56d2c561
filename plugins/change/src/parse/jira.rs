//! What Jira's REST API answers about an issue.
//!
//! Form: "The Jira Cloud platform REST API", version 3, group "Issues": the operations "Get issue" (with
//! `expand=changelog`) and "Get changelogs". Texts may be plain or in the Atlassian Document Format.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tickmark_collector::{Datetime, time};

/// `/rest/api/3/issue/{key}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Issue {
    /// Such as `OPS-12`.
    pub key: String,
    /// Its fields, of any form.
    pub fields: BTreeMap<String, Value>,
    /// Its history, where it was asked for.
    pub changelog: Option<Changelog>,
}

/// The history within an issue.
#[derive(Clone, Debug, Deserialize)]
pub struct Changelog {
    /// How many entries there are.
    pub total: u64,
    /// Those that are given here.
    pub histories: Vec<History>,
}

/// A page of `/rest/api/3/issue/{key}/changelog`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// How many entries there are on all pages.
    pub total: u64,
    /// Those of this page.
    pub values: Vec<History>,
}

/// What somebody changed at one moment.
#[derive(Clone, Debug, Deserialize)]
pub struct History {
    /// Its number.
    pub id: String,
    /// Who; nothing where Jira itself did.
    pub author: Option<User>,
    /// When.
    #[serde(deserialize_with = "instant")]
    pub created: Datetime,
    /// What.
    #[serde(default)]
    pub items: Vec<Item>,
}

/// One changed field.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The field's name.
    pub field: String,
    /// The field's id.
    pub field_id: Option<String>,
    /// What it became, for people.
    #[serde(rename = "toString")]
    pub to: Option<String>,
}

/// A person. Jira gives an address only where its owner shows it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The account's id.
    pub account_id: Option<String>,
    /// The name to log in with; of Jira Data Center only.
    pub name: Option<String>,
    /// The address.
    pub email_address: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
}

/// Jira writes offsets without a colon: `2026-11-19T10:00:00.000+0000`.
fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<Datetime, D::Error> {
    let text = String::deserialize(from)?;
    datetime(&text).ok_or_else(|| serde::de::Error::custom(format!("time `{text}` is not one of Jira's")))
}

/// An instant as Jira writes it.
#[must_use]
pub fn datetime(text: &str) -> Option<Datetime> {
    let at = text.len().checked_sub(5)?;
    match (text.get(..at), text.get(at..)) {
        (Some(local), Some(offset)) if offset.starts_with(['+', '-']) => {
            let (hours, minutes) = (offset.get(..3)?, offset.get(3..)?);
            time::rfc3339(&format!("{local}{hours}:{minutes}"))
        }
        _ => time::rfc3339(text),
    }
}

/// The text of a field: a plain one, a number, a choice, several of them, or a document.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out.trim().to_owned()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(truth) => out.push_str(if *truth { "yes" } else { "no" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            for item in items {
                write(item, out);
                out.push('\n');
            }
        }
        Value::Object(fields) => {
            // A document's node, or a choice; the state of a document's check box is one of its attributes.
            let attribute = |name: &str| fields.get("attrs").and_then(|attrs| attrs.get(name)).and_then(Value::as_str);
            if fields.get("type").and_then(Value::as_str) == Some("taskItem") {
                out.push_str(if attribute("state") == Some("DONE") { "- [x] " } else { "- [ ] " });
            }
            for name in ["text", "value", "name"] {
                if let Some(Value::String(text)) = fields.get(name) {
                    out.push_str(text);
                    break;
                }
            }
            if let Some(content) = fields.get("content") {
                let inline = matches!(content, Value::Array(nodes) if nodes.iter().all(is_inline));
                match content {
                    Value::Array(nodes) if inline => nodes.iter().for_each(|node| write(node, out)),
                    content => write(content, out),
                }
            }
        }
    }
}

fn is_inline(node: &Value) -> bool {
    matches!(node.get("type").and_then(Value::as_str), Some("text" | "mention" | "emoji" | "inlineCard" | "hardBreak"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_have_an_offset_without_a_colon() {
        let check = |text: &str| datetime(text).map(time::text).unwrap_or_default();
        assert_eq!(check("1970-01-18T06:27:50.429+0000"), "1970-01-18T06:27:50.429Z");
        assert_eq!(check("2026-11-19T22:00:01.000-0530"), "2026-11-20T03:30:01Z");
        assert_eq!(check("2026-11-19T22:00:01Z"), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-11-19T22:00:01+01:00"), "2026-11-19T21:00:01Z");
        for bad in ["", "x", "2026-11-19", "+0000", "2026-11-19T22:00:01.000+00é"] {
            assert_eq!(check(bad), "", "{bad}");
        }
    }

    /// The document is the example of "Atlassian Document Format", "Document structure":
    /// <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>.
    #[test]
    fn fields_of_every_form_have_a_text() {
        let document = json!({"version": 1, "type": "doc", "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "Hello "}, {"type": "text", "text": "world", "marks": [{"type": "strong"}]}]},
        ]});
        assert_eq!(text(&document), "Hello world");
        assert_eq!(text(&json!({"type": "doc", "version": 1, "content": []})), "");
        assert_eq!(text(&json!("plain")), "plain");
        assert_eq!(text(&json!({"self": "https://x", "value": "High", "id": "10020"})), "High");
        assert_eq!(text(&json!([{"value": "a"}, {"value": "b"}])), "a\nb");
        assert_eq!((text(&json!(null)), text(&json!(3)), text(&json!(true))), ("".into(), "3".into(), "yes".into()));
        let tasks = json!({"type": "doc", "content": [{"type": "taskList", "content": [
            {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "unit"}]},
            {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [{"type": "text", "text": "load"}]},
        ]}]});
        assert_eq!(text(&tasks), "- [x] unit\n- [ ] load");
    }
}
