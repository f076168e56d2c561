//! Elements of sets and maps, named or written in the rule.
//!
//! **Invariant:** a named set is resolved only where its elements are in the listing and stay: one with timeouts, or that
//! some rule adds to, has other elements a moment later. (Listings of nft 1.0 do not print the flag `dynamic`, so the
//! rules are searched for it.)

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Place;

type Name<'v> = (&'v str, &'v str, &'v str);

/// The named sets and maps of a listing.
#[derive(Debug, Default)]
pub struct Sets<'v> {
    elements: BTreeMap<Name<'v>, Vec<&'v Value>>,
    passing: BTreeSet<Name<'v>>,
}

/// Elements, and whether they are all and stay.
pub struct Elements<'v> {
    /// What the listing holds.
    pub items: Vec<&'v Value>,
    /// Whether that is for good.
    pub lasting: bool,
}

impl<'v> Sets<'v> {
    /// Gathers the sets, maps and elements of a listing's objects.
    #[must_use]
    pub fn read(objects: &[(&'v str, &'v Value)]) -> Self {
        let mut sets = Self::default();
        for (kind, value) in objects {
            match *kind {
                "set" | "map" | "element" => sets.add(value),
                "rule" => sets.find_changes(value),
                _ => {}
            }
        }
        sets
    }

    fn add(&mut self, set: &'v Value) {
        let text = |name: &str| set.get(name).and_then(Value::as_str);
        let (Some(family), Some(table), Some(name)) = (text("family"), text("table"), text("name")) else { return };
        let name = (family, table, name);
        let flags = set.get("flags").map(items).unwrap_or_default();
        let flagged = flags.iter().any(|flag| matches!(flag.as_str(), Some("timeout" | "dynamic") | None));
        let only_counts = |statement: &&Value| statement.get("counter").is_some();
        let conditional = set.get("stmt").is_some_and(|statements| !items(statements).iter().all(only_counts));
        if flagged || conditional || set.get("timeout").is_some() {
            self.passing.insert(name);
        }
        self.elements.entry(name).or_default().extend(set.get("elem").map(items).unwrap_or_default());
    }

    /// A statement that changes a set or a map names it under `set` or `map`.
    fn find_changes(&mut self, rule: &'v Value) {
        let text = |name: &str| rule.get(name).and_then(Value::as_str);
        let (Some(family), Some(table)) = (text("family"), text("table")) else { return };
        let mut next: Vec<&'v Value> = rule.get("expr").into_iter().collect();
        while let Some(value) = next.pop() {
            match value {
                Value::Array(items) => next.extend(items),
                Value::Object(entries) => {
                    for (key, value) in entries {
                        match value.as_str().and_then(|text| text.strip_prefix('@')) {
                            Some(name) if key == "set" || key == "map" => {
                                self.passing.insert((family, table, name));
                            }
                            _ => next.push(value),
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The elements that a right side stands for: those of a named set, of a set in the rule, or the value itself.
    /// Nothing where it is a named set that the listing does not have.
    #[must_use]
    pub fn elements<'a>(&'a self, place: &'a Place, right: &'a Value) -> Option<Elements<'a>> {
        if let Some(name) = right.as_str().and_then(|text| text.strip_prefix('@')) {
            let name = (place.family.as_str(), place.table.as_str(), name);
            let items = self.elements.get(&name)?.clone();
            return Some(Elements { items, lasting: !self.passing.contains(&name) });
        }
        let items = right.get("set").map_or_else(|| vec![right], items);
        Some(Elements { items, lasting: true })
    }
}

fn items(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}
