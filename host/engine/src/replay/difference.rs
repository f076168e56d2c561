//! Where two results differ first. Only asked once their digests differ.

use std::fmt;

use serde_json::Value;

/// The first row in which two sorted lists of observations differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    /// Its place in the recorded list, from 0; in the replayed one, where it is not in the recorded one.
    pub row: u64,
    /// The fact's name.
    pub fact: String,
    /// The subject's id.
    pub id: String,
    /// The field in it, such as `attributes.mfa_enabled`; empty where the whole row is on one side only.
    pub field: String,
    /// As recorded; nothing where it is not there.
    pub recorded: Option<Value>,
    /// As replayed; nothing where it is not there.
    pub replayed: Option<Value>,
}

/// The first field in which two findings differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDifference {
    /// Such as `exceptions[3].subject.id`.
    pub field: String,
    /// As recorded; nothing where it is not there.
    pub recorded: Option<Value>,
    /// As replayed; nothing where it is not there.
    pub replayed: Option<Value>,
}

impl fmt::Display for RowDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} (`{}` {:?})", self.row, self.fact, self.id)?;
        let shown = |f: &mut fmt::Formatter<'_>| sides(f, self.recorded.as_ref(), self.replayed.as_ref());
        if !self.field.is_empty() {
            write!(f, ", `{}`: ", self.field)?;
            return shown(f);
        }
        match &self.recorded {
            Some(_) => f.write_str(" is recorded and not replayed"),
            None => f.write_str(" is replayed and not recorded"),
        }
    }
}

impl fmt::Display for FieldDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.field)?;
        sides(f, self.recorded.as_ref(), self.replayed.as_ref())
    }
}

/// Longest value that is shown, in characters.
const SHOWN_CHARS: usize = 200;

fn sides(f: &mut fmt::Formatter<'_>, recorded: Option<&Value>, replayed: Option<&Value>) -> fmt::Result {
    let show = |value: Option<&Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => {
            let text = value.to_string();
            let cut: String = text.chars().take(SHOWN_CHARS).collect();
            if cut.len() < text.len() { format!("{cut}...") } else { cut }
        }
    };
    write!(f, "recorded {}, replayed {}", show(recorded), show(replayed))
}

/// The first row that differs, in lists that are sorted by fact and id.
pub(super) fn first_row(recorded: &[Value], replayed: &[Value]) -> Option<RowDifference> {
    let at = (0..recorded.len().max(replayed.len())).find(|at| recorded.get(*at) != replayed.get(*at))?;
    let (mut was, mut is) = (recorded.get(at), replayed.get(at));
    let mut field = None;
    match (was.map(key), is.map(key)) {
        (Some(a), Some(b)) if a == b => field = was.zip(is).and_then(|(was, is)| first_field(was, is)),
        // The smaller of two keys stands on one side only.
        (Some(a), Some(b)) if a < b => is = None,
        (Some(_), Some(_)) => was = None,
        _ => {}
    }
    let (fact, id) = key(was.or(is)?);
    let (fact, id, row) = (fact.to_owned(), id.to_owned(), at as u64);
    Some(match field {
        Some(FieldDifference { field, recorded, replayed }) => {
            RowDifference { row, fact, id, field, recorded, replayed }
        }
        None => RowDifference { row, fact, id, field: String::new(), recorded: was.cloned(), replayed: is.cloned() },
    })
}

/// The fact and id of an observation.
fn key(row: &Value) -> (&str, &str) {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    (text("fact"), text("id"))
}

/// The first field that differs, members in the order of their names.
pub(super) fn first_field(recorded: &Value, replayed: &Value) -> Option<FieldDifference> {
    let mut field = String::new();
    let (mut was, mut is) = (Some(recorded), Some(replayed));
    if was == is {
        return None;
    }
    loop {
        match (was, is) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
                names.sort_unstable();
                let Some(name) = names.into_iter().find(|name| a.get(*name) != b.get(*name)) else { break };
                if !field.is_empty() {
                    field.push('.');
                }
                field.push_str(name);
                (was, is) = (a.get(name), b.get(name));
            }
            (Some(Value::Array(a)), Some(Value::Array(b))) => {
                let Some(at) = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at)) else { break };
                field.push_str(&format!("[{at}]"));
                (was, is) = (a.get(at), b.get(at));
            }
            _ => break,
        }
    }
    Some(FieldDifference { field, recorded: was.cloned(), replayed: is.cloned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(id: &str, attributes: Value) -> Value {
        json!({ "attributes": attributes, "fact": "user", "id": id })
    }

    #[track_caller]
    fn check(recorded: &[Value], replayed: &[Value], expected: &str) {
        let shown = first_row(recorded, replayed).map_or_else(|| "none".to_owned(), |it| it.to_string());
        assert_eq!(shown, expected);
    }

    #[test]
    fn rows_differ_in_a_field_or_as_a_whole() {
        let (a, b, c) = (row("a", json!({})), row("b", json!({ "on": true })), row("c", json!({})));
        let all = [a.clone(), b.clone(), c.clone()];
        check(&all, &all, "none");
        let off = [a.clone(), row("b", json!({ "on": false })), c.clone()];
        check(&all, &off, "row 1 (`user` \"b\"), `attributes.on`: recorded true, replayed false");
        let absent = [a.clone(), row("b", json!({})), c.clone()];
        check(&all, &absent, "row 1 (`user` \"b\"), `attributes.on`: recorded true, replayed nothing");
        check(&all, &[a.clone(), c.clone()], "row 1 (`user` \"b\") is recorded and not replayed");
        check(&[a.clone(), c.clone()], &all, "row 1 (`user` \"b\") is replayed and not recorded");
        check(&all, &[a.clone(), b.clone()], "row 2 (`user` \"c\") is recorded and not replayed");
        check(&[a, b], &all, "row 2 (`user` \"c\") is replayed and not recorded");
    }

    #[test]
    fn a_field_is_named_by_its_path() {
        let check = |recorded: Value, replayed: Value| first_field(&recorded, &replayed).map(|it| it.to_string());
        let finding =
            |id: &str| json!({ "counts": { "in_scope": 1 }, "exceptions": [{}, { "subject": { "id": id } }] });
        assert_eq!(
            check(finding("a"), finding("b")),
            Some("`exceptions[1].subject.id`: recorded \"a\", replayed \"b\"".to_owned())
        );
        assert_eq!(check(finding("a"), finding("a")), None);
        assert_eq!(
            check(json!({ "reasons": [] }), json!({ "reasons": ["x"] })),
            Some("`reasons[0]`: recorded nothing, replayed \"x\"".to_owned())
        );
        assert_eq!(
            check(json!({ "a": {} }), json!({ "a": "y".repeat(300) })),
            Some(format!("`a`: recorded {{}}, replayed \"{}...", "y".repeat(199)))
        );
    }
}
