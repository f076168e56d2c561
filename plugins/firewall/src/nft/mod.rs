//! Reads `nft --json list ruleset`, the format of libnftables-json(5), schema version 1.
//!
//! **Absent on purpose:** the command form of that format (`add`, `flush` ...). It says what to change, not what is.

mod canonical;
mod key;
mod print;
mod rule;
mod sets;
mod values;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use tickmark_collector::Failure;

use crate::model::{Base, Chain, Place, Rule, Ruleset};
use crate::text::one_line;

/// The only `json_schema_version` that there is so far.
const SCHEMA_VERSION: u64 = 1;

/// Objects of a listing that hold no rule; `set`, `map` and `element` are read by [`sets`].
const OTHER_OBJECTS: &[&str] = &[
    "metainfo",
    "table",
    "set",
    "map",
    "element",
    "flowtable",
    "counter",
    "quota",
    "limit",
    "ct helper",
    "ct timeout",
    "ct expectation",
    "secmark",
    "synproxy",
    "meter",
];

/// Reads a listing. A rule has at most `limit` branches; what says more becomes wider.
///
/// # Errors
/// `invalid` where the text is no whole listing: empty, cut off, other JSON, commands, another schema version.
pub fn parse(text: &str, limit: usize) -> Result<Ruleset, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::invalid("nft listing is empty, not even a `metainfo`"));
    }
    let root: Value = serde_json::from_str(text)
        .map_err(|error| Failure::invalid(format!("nft listing is not whole JSON: {error}")))?;
    let objects = root.get("nftables").and_then(Value::as_array);
    let objects = objects.ok_or_else(|| Failure::invalid("nft listing has no `nftables` array"))?;
    let objects = objects.iter().map(only_entry).collect::<Result<Vec<_>, _>>()?;
    check_version(&objects)?;

    let mut ruleset = Ruleset::default();
    let sets = sets::Sets::read(&objects);
    let mut names = BTreeSet::new();
    for (kind, value) in &objects {
        match *kind {
            "chain" => {
                let chain = chain(value)?;
                let Place { family, table, chain: name } = &chain.place;
                if !names.insert(chain.place.clone()) {
                    return Err(Failure::invalid(format!("nft listing has chain `{family} {table} {name}` twice")));
                }
                ruleset.chains.push(chain);
            }
            "rule" => {
                let read = rule::read(value, &sets, limit).unwrap_or_else(|| unreadable(value));
                if read.is_unreadable() {
                    let Place { family, table, chain } = &read.place;
                    ruleset
                        .notes
                        .push(format!("chain `{family} {table} {chain}`: rule cannot be read: `{}`", read.text));
                }
                ruleset.rules.push(read);
            }
            known if OTHER_OBJECTS.contains(&known) => {}
            other => ruleset.notes.push(format!("nft listing has an unknown object `{}`", one_line(other))),
        }
    }
    ruleset.settle();
    Ok(ruleset)
}

fn only_entry(object: &Value) -> Result<(&str, &Value), Failure> {
    let mut entries = object.as_object().into_iter().flatten();
    match (entries.next(), entries.next()) {
        (Some((kind, _)), None)
            if matches!(
                kind.as_str(),
                "add" | "replace" | "create" | "insert" | "delete" | "destroy" | "list" | "reset" | "flush" | "rename"
            ) =>
        {
            let message = format!("nft listing has a command `{kind}`, expected what `nft --json list ruleset` prints");
            Err(Failure::invalid(message))
        }
        (Some((kind, value)), None) => Ok((kind, value)),
        _ => Err(Failure::invalid("nft listing has an entry that is no object with one name")),
    }
}

fn check_version(objects: &[(&str, &Value)]) -> Result<(), Failure> {
    let metainfo = objects.iter().find(|(kind, _)| *kind == "metainfo");
    let (_, metainfo) = metainfo.ok_or_else(|| Failure::invalid("nft listing has no `metainfo`"))?;
    match metainfo.get("json_schema_version").and_then(Value::as_u64) {
        Some(SCHEMA_VERSION) => Ok(()),
        Some(version) => {
            Err(Failure::invalid(format!("nft listing has schema version {version}, only {SCHEMA_VERSION} is known")))
        }
        None => Err(Failure::invalid("nft listing does not say its schema version")),
    }
}

fn chain(value: &Value) -> Result<Chain, Failure> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let named = || Some(Place { family: text("family")?, table: text("table")?, chain: text("name")? });
    let place = named().ok_or_else(|| Failure::invalid("nft listing has a chain without family, table or name"))?;
    let base = text("hook").map(|hook| Base {
        kind: text("type").unwrap_or_else(|| "filter".to_owned()),
        hook,
        policy: text("policy"),
        priority: value.get("prio").and_then(Value::as_i64),
    });
    Ok(Chain { place, base, rules: 0 })
}

/// The chain of a rule; what is not said is `unknown`.
fn place(rule: &Map<String, Value>) -> Place {
    let text = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or("unknown");
    Place::new(text("family"), text("table"), text("chain"))
}

fn unreadable(value: &Value) -> Rule {
    let empty = Map::new();
    let place = place(value.as_object().unwrap_or(&empty));
    let expr = value.get("expr").unwrap_or(value);
    let content = canonical::content(expr, None);
    Rule::unreadable(place, one_line(&content), content)
}

#[cfg(test)]
mod tests;
