//! What a collector declares about itself: its facts, what it needs, and its settings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A collector's own description; equal at every call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The facts that it may emit.
    pub facts: Vec<Fact>,
    /// The plugin's name, such as `mfa`.
    pub name: String,
    /// What it asks the operator for, by name.
    pub needs: Vec<Need>,
    /// What the operator may set; a column's `required` means that there is no default.
    pub settings: Vec<Column>,
    /// The plugin's version, semantic.
    pub version: String,
}

/// One kind of fact: one Cedar entity type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The attributes of the entity type.
    pub columns: Vec<Column>,
    /// One sentence for people.
    pub doc: String,
    /// The Cedar entity type, `Namespace::Kind`.
    pub entity_kind: String,
    /// The column with the source's own time of the operation.
    pub event_time: Option<String>,
    /// The name by which batches and controls refer to it, such as `user`.
    pub name: String,
    /// The kinds that its rows may have as parents.
    pub parent_kinds: Vec<String>,
}

impl Fact {
    /// The position of the column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// One attribute of a fact, or one setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// One sentence for people, with the unit.
    pub doc: String,
    /// For type `entity`: the kind that it refers to.
    pub entity_kind: Option<String>,
    /// The name, `[a-z][a-z0-9_]*`.
    pub name: String,
    /// Whether every row has it.
    pub required: bool,
    /// One scalar or a set of them.
    pub shape: Shape,
    /// The type of its scalars.
    pub ty: CedarType,
}

/// The types that Cedar and the contract share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are Cedar's own names")]
pub enum CedarType {
    Boolean,
    Long,
    Text,
    Decimal,
    Ip,
    Datetime,
    Duration,
    Entity,
}

/// One scalar or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// One scalar.
    One,
    /// A set of scalars of the declared type.
    SetOf,
}

/// One thing that a collector asks the operator for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Which host interface.
    pub kind: NeedKind,
    /// The name under which it is granted, such as `ruleset`.
    pub name: String,
    /// One sentence that an operator can decide on.
    pub reason: String,
    /// Whether a run without it is `denied` before it starts.
    pub required: bool,
}

/// The host interfaces that need a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the interfaces' own names")]
pub enum NeedKind {
    Files,
    Command,
    Http,
    Sql,
}

impl NeedKind {
    /// The interface's name in the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Command => "command",
            Self::Http => "http",
            Self::Sql => "sql",
        }
    }
}

impl std::fmt::Display for NeedKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a descriptor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// A name that policies could not use.
    #[error("{what} name `{name}` does not match [a-z][a-z0-9_]* or is a Cedar keyword")]
    Name {
        /// `fact`, `column` or `setting`.
        what: &'static str,
        /// As declared.
        name: String,
    },
    /// The plugin's own name, or a need's.
    #[error("{what} name `{name}` does not match [a-z][a-z0-9-]*")]
    PluginName {
        /// `plugin` or `need`.
        what: &'static str,
        /// As declared.
        name: String,
    },
    /// A kind that is not `Namespace::Kind`.
    #[error("entity kind `{0}` is not of the form `Namespace::Kind`")]
    Kind(String),
    /// A kind that belongs to tickmark itself.
    #[error("entity kind `{0}` is reserved")]
    ReservedKind(String),
    /// The same name twice.
    #[error("{what} `{name}` is declared twice")]
    Twice {
        /// What has the name.
        what: &'static str,
        /// As declared.
        name: String,
    },
    /// An entity column without a kind, or a kind on another column.
    #[error("column `{0}` must name an entity kind if and only if its type is entity")]
    EntityColumn(String),
    /// `event_time` names no datetime column.
    #[error("event time `{name}` of fact `{fact}` is no datetime column of shape one")]
    EventTime {
        /// The fact.
        fact: String,
        /// As declared.
        name: String,
    },
    /// More than a bound allows.
    #[error("{what} {value}, limit is {bound}")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        value: usize,
        /// How many there may be.
        bound: usize,
    },
}

/// Words that Cedar's grammar keeps for itself.
const KEYWORDS: [&str; 14] = [
    "true",
    "false",
    "if",
    "then",
    "else",
    "in",
    "is",
    "like",
    "has",
    "permit",
    "forbid",
    "when",
    "unless",
    "principal",
];

/// Whether `name` may be a column, fact or setting: `[a-z][a-z0-9_]*`, at most 64 bytes, no Cedar keyword.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 64
        && bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !KEYWORDS.contains(&name)
        && !["action", "resource", "context"].contains(&name)
}

fn is_plugin_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 64
        && bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn check_kind(kind: &str, errors: &mut Vec<DescriptorError>) {
    let part = |text: &str| {
        let mut bytes = text.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_uppercase()) && bytes.all(|b| b.is_ascii_alphanumeric())
    };
    match kind.split_once("::") {
        Some((namespace, name)) if part(namespace) && part(name) && kind.len() <= 128 => {
            if namespace == "Tickmark" || name == "Action" || namespace == "Action" {
                errors.push(DescriptorError::ReservedKind(kind.to_owned()));
            }
        }
        _ => errors.push(DescriptorError::Kind(kind.to_owned())),
    }
}

impl Descriptor {
    /// The fact called `name`.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.name == name)
    }

    /// Everything that is wrong with it, at once; empty where nothing is.
    #[must_use]
    pub fn errors(&self) -> Vec<DescriptorError> {
        let mut errors = Vec::new();
        if !is_plugin_name(&self.name) {
            errors.push(DescriptorError::PluginName { what: "plugin", name: self.name.clone() });
        }
        let mut bound = |what, value: usize, bound| {
            if value > bound {
                errors.push(DescriptorError::TooMany { what, value, bound });
            }
        };
        bound("facts", self.facts.len(), 64);
        bound("needs", self.needs.len(), 64);
        bound("settings", self.settings.len(), 128);
        for fact in &self.facts {
            bound("columns", fact.columns.len(), 128);
        }
        twice("fact", self.facts.iter().map(|fact| fact.name.as_str()), &mut errors);
        twice("entity kind", self.facts.iter().map(|fact| fact.entity_kind.as_str()), &mut errors);
        let needs: Vec<String> = self.needs.iter().map(|need| format!("{} {}", need.kind, need.name)).collect();
        twice("need", needs.iter().map(String::as_str), &mut errors);
        for need in self.needs.iter().filter(|need| !is_plugin_name(&need.name)) {
            errors.push(DescriptorError::PluginName { what: "need", name: need.name.clone() });
        }
        columns("setting", &self.settings, &mut errors);
        for fact in &self.facts {
            if !is_name(&fact.name) {
                errors.push(DescriptorError::Name { what: "fact", name: fact.name.clone() });
            }
            check_kind(&fact.entity_kind, &mut errors);
            fact.parent_kinds.iter().for_each(|kind| check_kind(kind, &mut errors));
            columns("column", &fact.columns, &mut errors);
            if let Some(name) = &fact.event_time {
                let column = fact.columns.iter().find(|column| &column.name == name);
                if !column.is_some_and(|c| c.ty == CedarType::Datetime && c.shape == Shape::One) {
                    errors.push(DescriptorError::EventTime { fact: fact.name.clone(), name: name.clone() });
                }
            }
        }
        errors
    }
}

fn columns(what: &'static str, columns: &[Column], errors: &mut Vec<DescriptorError>) {
    twice(what, columns.iter().map(|column| column.name.as_str()), errors);
    for column in columns {
        if !is_name(&column.name) {
            errors.push(DescriptorError::Name { what, name: column.name.clone() });
        }
        if column.entity_kind.is_some() != (column.ty == CedarType::Entity) {
            errors.push(DescriptorError::EntityColumn(column.name.clone()));
        }
        if let Some(kind) = &column.entity_kind {
            check_kind(kind, errors);
        }
    }
}

fn twice<'a>(what: &'static str, names: impl Iterator<Item = &'a str>, errors: &mut Vec<DescriptorError>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            errors.push(DescriptorError::Twice { what, name: name.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, ty: CedarType) -> Column {
        Column { doc: String::new(), entity_kind: None, name: name.into(), required: true, shape: Shape::One, ty }
    }

    fn descriptor(fact: Fact) -> Descriptor {
        Descriptor { facts: vec![fact], name: "mfa".into(), needs: vec![], settings: vec![], version: "0.1.0".into() }
    }

    fn fact() -> Fact {
        Fact {
            columns: vec![column("enabled", CedarType::Boolean), column("at", CedarType::Datetime)],
            doc: String::new(),
            entity_kind: "Mfa::User".into(),
            event_time: Some("at".into()),
            name: "user".into(),
            parent_kinds: vec!["Mfa::Role".into()],
        }
    }

    #[test]
    fn a_sound_descriptor_has_no_errors() {
        assert_eq!(descriptor(fact()).errors(), []);
    }

    #[test]
    fn all_errors_come_at_once() {
        let mut bad = fact();
        bad.entity_kind = "Tickmark::System".into();
        bad.parent_kinds = vec!["mfa::role".into()];
        bad.event_time = Some("enabled".into());
        bad.columns.push(column("has", CedarType::Text));
        bad.columns.push(column("at", CedarType::Entity));
        let messages: Vec<String> = descriptor(bad).errors().iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "entity kind `Tickmark::System` is reserved",
                "entity kind `mfa::role` is not of the form `Namespace::Kind`",
                "column `at` is declared twice",
                "column name `has` does not match [a-z][a-z0-9_]* or is a Cedar keyword",
                "column `at` must name an entity kind if and only if its type is entity",
                "event time `enabled` of fact `user` is no datetime column of shape one",
            ]
        );
    }
}
