//! The Cedar schema, generated from the collectors' descriptors and the matrix.
//!
//! - `Tickmark::System` is every principal: `environment`, optional `tier` and `owner`, the rest as entity tags.
//! - Each fact is one entity type with its columns as attributes. A kind that is only referred to (a parent, the kind
//!   of an entity column) is a type without attributes. Groups are one level deep: a parent kind has no parents.
//! - Each control is an action `Action::"<id>"` with `Action::"<id>/scope"` and, in population mode,
//!   `Action::"<id>/population"` beside it, all in the groups `Action::"criterion:<criterion>"` of its criteria. (The
//!   prefix keeps a control that is called like its criterion apart from the group.)
//! - The context of an action is `as_of` and the control's parameters, typed.
//! - `Tickmark::Population` is the resource of a population's action.
//!
//! **Invariant:** the same input gives the same bytes.

mod kinds;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tickmark_model::{CedarType, Column, Control, Fact, Mode, Scalar, Shape};

pub(crate) use kinds::{Kinds, same_declaration};

/// The kind of every principal.
pub const SYSTEM: &str = "Tickmark::System";
/// The kind that a population-mode control decides on.
pub const POPULATION: &str = "Tickmark::Population";

/// The attributes of [`POPULATION`] with their Cedar type, and whether they are always there.
pub(crate) const POPULATION_ATTRIBUTES: [(&str, CedarType, bool); 6] = [
    ("complete", CedarType::Boolean, true),
    ("conforming", CedarType::Long, true),
    ("excluded", CedarType::Long, true),
    ("in_scope", CedarType::Long, true),
    ("newest", CedarType::Datetime, false),
    ("oldest", CedarType::Datetime, false),
];

/// The attributes of [`SYSTEM`], and whether they are always there.
pub(crate) const SYSTEM_ATTRIBUTES: [(&str, bool); 3] = [("environment", true), ("owner", false), ("tier", false)];

/// Which of a control's questions a policy answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Who is in scope: `Action::"<id>/scope"`.
    Scope,
    /// Whether a subject conforms: `Action::"<id>"`.
    Subject,
    /// Whether the population conforms: `Action::"<id>/population"`.
    Population,
}

impl Part {
    /// The id of the action of this part of the control `id`.
    #[must_use]
    pub fn action(self, id: &str) -> String {
        match self {
            Self::Scope => format!("{id}/scope"),
            Self::Subject => id.to_owned(),
            Self::Population => format!("{id}/population"),
        }
    }

    /// The parts that a control of this mode may have policies for.
    pub(crate) fn of(mode: Mode) -> &'static [Self] {
        match mode {
            Mode::Subject => &[Self::Scope, Self::Subject],
            Mode::Population => &[Self::Scope, Self::Subject, Self::Population],
        }
    }
}

/// The schema as JSON in Cedar's own schema format.
pub(crate) fn generate(kinds: &Kinds, controls: &[(&Control, &Fact)]) -> Value {
    let mut namespaces: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut declare = |kind: &str, entity: Value| {
        let (namespace, name) = kind.split_once("::").unwrap_or(("", kind));
        namespaces.entry(namespace.to_owned()).or_default().insert(name.to_owned(), entity);
    };
    declare(SYSTEM, system());
    declare(POPULATION, population());
    for kind in kinds.referred() {
        declare(kind, json!({}));
    }
    for fact in kinds.facts() {
        declare(&fact.entity_kind, entity(fact));
    }
    let mut schema = serde_json::Map::new();
    schema.insert(String::new(), json!({ "actions": actions(controls), "entityTypes": {} }));
    for (namespace, entities) in namespaces {
        schema.insert(namespace, json!({ "actions": {}, "entityTypes": entities }));
    }
    sorted(Value::Object(schema))
}

fn actions(controls: &[(&Control, &Fact)]) -> Value {
    let mut actions = BTreeMap::new();
    let groups: BTreeSet<&String> = controls.iter().flat_map(|(control, _)| &control.criteria).collect();
    for criterion in groups {
        actions.insert(format!("criterion:{criterion}"), json!({}));
    }
    for (control, fact) in controls {
        let groups: Vec<Value> =
            control.criteria.iter().map(|criterion| json!({ "id": format!("criterion:{criterion}") })).collect();
        for part in Part::of(control.mode) {
            let resource = if *part == Part::Population { POPULATION } else { &fact.entity_kind };
            let context = record(context(control));
            let applies = json!({ "context": context, "principalTypes": [SYSTEM], "resourceTypes": [resource] });
            actions.insert(part.action(&control.id), json!({ "appliesTo": applies, "memberOf": groups }));
        }
    }
    json!(actions)
}

fn context(control: &Control) -> BTreeMap<String, Value> {
    let own = ("as_of".to_owned(), required(scalar_type(CedarType::Datetime, None), true));
    let parameters = control.parameters.iter().map(|(name, value)| {
        let kind = match value {
            Scalar::Entity(entity) => Some(entity.kind.as_str()),
            _ => None,
        };
        (name.clone(), required(scalar_type(type_of(value), kind), true))
    });
    parameters.chain([own]).collect()
}

/// The type of a parameter.
pub(crate) fn type_of(value: &Scalar) -> CedarType {
    match value {
        Scalar::Boolean(_) => CedarType::Boolean,
        Scalar::Long(_) => CedarType::Long,
        Scalar::Text(_) => CedarType::Text,
        Scalar::Decimal(_) => CedarType::Decimal,
        Scalar::Ip(_) => CedarType::Ip,
        Scalar::Datetime(_) => CedarType::Datetime,
        Scalar::Duration(_) => CedarType::Duration,
        Scalar::Entity(_) => CedarType::Entity,
    }
}

fn system() -> Value {
    let text = |always| required(scalar_type(CedarType::Text, None), always);
    let attributes = SYSTEM_ATTRIBUTES.into_iter().map(|(name, always)| (name.to_owned(), text(always))).collect();
    json!({ "shape": record(attributes), "tags": scalar_type(CedarType::Text, None) })
}

fn population() -> Value {
    let attributes = POPULATION_ATTRIBUTES
        .into_iter()
        .map(|(name, ty, always)| (name.to_owned(), required(scalar_type(ty, None), always)))
        .collect();
    json!({ "shape": record(attributes) })
}

fn entity(fact: &Fact) -> Value {
    let attributes = fact
        .columns
        .iter()
        .map(|column| (column.name.clone(), required(column_type(column), column.required)))
        .collect();
    let parents: BTreeSet<&String> = fact.parent_kinds.iter().collect();
    json!({ "memberOfTypes": parents, "shape": record(attributes) })
}

fn column_type(column: &Column) -> Value {
    let scalar = scalar_type(column.ty, column.entity_kind.as_deref());
    match column.shape {
        Shape::One => scalar,
        Shape::SetOf => json!({ "element": scalar, "type": "Set" }),
    }
}

fn scalar_type(ty: CedarType, kind: Option<&str>) -> Value {
    let extension = |name: &str| json!({ "name": name, "type": "Extension" });
    match ty {
        CedarType::Boolean => json!({ "type": "Boolean" }),
        CedarType::Long => json!({ "type": "Long" }),
        CedarType::Text => json!({ "type": "String" }),
        CedarType::Decimal => extension("decimal"),
        CedarType::Ip => extension("ipaddr"),
        CedarType::Datetime => extension("datetime"),
        CedarType::Duration => extension("duration"),
        CedarType::Entity => json!({ "name": kind.unwrap_or_default(), "type": "Entity" }),
    }
}

fn required(mut ty: Value, required: bool) -> Value {
    if let Some(ty) = ty.as_object_mut() {
        ty.insert("required".to_owned(), Value::Bool(required));
    }
    ty
}

fn record(attributes: BTreeMap<String, Value>) -> Value {
    json!({ "additionalAttributes": false, "attributes": attributes, "type": "Record" })
}

/// The same value with the keys of every object in order, however the JSON library keeps them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries: BTreeMap<String, Value> = entries.into_iter().map(|(key, it)| (key, sorted(it))).collect();
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests;
