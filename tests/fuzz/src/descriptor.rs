//! What a collector declares, and settings and rows recorded as JSON that are read back by it.

use std::collections::BTreeSet;

use tickmark_model::{CedarType, Column, Descriptor, Shape, Value};

/// A descriptor, and after a line end a JSON value that each of its columns tries to read.
pub fn check(bytes: &[u8]) -> bool {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let Ok(declared) = serde_json::from_slice::<Descriptor>(lines.next().unwrap_or_default()) else { return false };
    let written = serde_json::to_vec(&declared).expect("it has a JSON form");
    assert_eq!(serde_json::from_slice::<Descriptor>(&written).ok().as_ref(), Some(&declared));
    assert_eq!(declared.errors().is_empty(), sound(&declared), "{:?}", declared.errors());
    let columns = declared.settings.iter().chain(declared.facts.iter().flat_map(|fact| &fact.columns));
    if let Some(value) = lines.next().and_then(|json| serde_json::from_slice(json).ok()) {
        columns.for_each(|column| read_back(column, &value));
    }
    true
}

/// What is read would be written again as the same JSON, and is of the declared type.
fn read_back(column: &Column, json: &serde_json::Value) {
    let Some(value) = Value::from_recorded(column, json) else { return };
    assert_eq!(serde_json::to_value(&value).ok().as_ref(), Some(json), "a value has one spelling");
    match (&value, column.shape) {
        (Value::Absent, _) => assert!(json.is_null()),
        (Value::One(_), Shape::One) | (Value::SetOf(_), Shape::SetOf) => {}
        other => panic!("a value of another shape than declared: {other:?}"),
    }
}

/// Whether a descriptor keeps to the rules, each asked alone and slowly.
fn sound(declared: &Descriptor) -> bool {
    let columns = |columns: &[Column]| {
        columns.len() <= 128
            && distinct(columns.iter().map(|column| column.name.clone()))
            && columns.iter().all(|column| {
                name(&column.name)
                    && column.entity_kind.is_some() == (column.ty == CedarType::Entity)
                    && column.entity_kind.as_deref().is_none_or(kind)
            })
    };
    let facts = declared.facts.iter().all(|fact| {
        name(&fact.name)
            && kind(&fact.entity_kind)
            && fact.parent_kinds.iter().all(|it| kind(it))
            && columns(&fact.columns)
            && fact.event_time.as_ref().is_none_or(|time| {
                // The first of that name; a second one is refused anyway.
                let column = fact.columns.iter().find(|column| column.name == *time);
                column.is_some_and(|column| (column.ty, column.shape) == (CedarType::Datetime, Shape::One))
            })
    });
    facts
        && columns(&declared.settings)
        && plugin_name(&declared.name)
        && declared.needs.iter().all(|need| plugin_name(&need.name))
        && declared.facts.len() <= 64
        && declared.needs.len() <= 64
        && distinct(declared.facts.iter().map(|fact| fact.name.clone()))
        && distinct(declared.facts.iter().map(|fact| fact.entity_kind.clone()))
        && distinct(declared.needs.iter().map(|need| format!("{} {}", need.kind, need.name)))
}

fn distinct(names: impl Iterator<Item = String>) -> bool {
    let names: Vec<String> = names.collect();
    names.iter().collect::<BTreeSet<_>>().len() == names.len()
}

/// `[a-z][a-z0-9_]*` of at most 64 bytes that is no word of Cedar's.
fn name(name: &str) -> bool {
    let words = "true false if then else in is like has permit forbid when unless principal action resource context";
    spelt(name, 'a'..='z', |c| matches!(c, 'a'..='z' | '0'..='9' | '_')) && words.split(' ').all(|word| word != name)
}

/// `[a-z][a-z0-9-]*` of at most 64 bytes.
fn plugin_name(name: &str) -> bool {
    spelt(name, 'a'..='z', |c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}

fn spelt(name: &str, first: std::ops::RangeInclusive<char>, rest: impl Fn(char) -> bool) -> bool {
    let chars: Vec<char> = name.chars().collect();
    chars.len() <= 64 && !chars.is_empty() && first.contains(&chars[0]) && chars.into_iter().all(rest)
}

/// `Namespace::Kind`, ASCII, of at most 128 bytes, and not one that Cedar or tickmark keeps.
fn kind(kind: &str) -> bool {
    let parts: Vec<&str> = kind.split("::").collect();
    kind.len() <= 128
        && parts.len() == 2
        && parts.iter().all(|part| {
            part.chars().next().is_some_and(|c| c.is_ascii_uppercase())
                && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
        && !parts.contains(&"Action")
        && parts[0] != "Tickmark"
}
