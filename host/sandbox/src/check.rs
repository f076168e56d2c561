//! What an operator configured, held against what a plugin declares; for the caller to report before anything runs.

use std::collections::BTreeMap;

use tickmark_model::{CedarType, Column, Descriptor, Need, NeedKind, Scalar, Shape, Value};

use crate::grants::Grants;

/// Why a setting is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum SettingError {
    /// The plugin has no such setting.
    #[error("plugin `{plugin}` has no setting `{name}`")]
    #[diagnostic(help("its settings are: {there}"))]
    Unknown {
        /// The plugin's name.
        plugin: String,
        /// As configured.
        name: String,
        /// What there is, separated by commas.
        there: String,
    },
    /// The plugin cannot run without it.
    #[error("plugin `{plugin}` needs setting `{name}`: {doc}")]
    Missing {
        /// The plugin's name.
        plugin: String,
        /// As declared.
        name: String,
        /// What it is for.
        doc: String,
    },
    /// Another type than declared.
    #[error("setting `{name}` of plugin `{plugin}` is {found}, expected {expected}")]
    #[diagnostic(help("{how}"))]
    Type {
        /// The plugin's name.
        plugin: String,
        /// As declared.
        name: String,
        /// What is configured.
        found: String,
        /// What is declared.
        expected: String,
        /// How to write such a value.
        how: String,
    },
}

/// Everything that is wrong with `settings`, sorted by name; empty where nothing is.
#[must_use]
pub fn check_settings(descriptor: &Descriptor, settings: &BTreeMap<String, Value>) -> Vec<SettingError> {
    let plugin = || descriptor.name.clone();
    let mut errors = Vec::new();
    for (name, value) in settings {
        match descriptor.settings.iter().find(|column| &column.name == name) {
            None => {
                errors.push(SettingError::Unknown { plugin: plugin(), name: name.clone(), there: names(descriptor) })
            }
            Some(column) if !fits(value, column) => errors.push(SettingError::Type {
                plugin: plugin(),
                name: name.clone(),
                found: found(value),
                expected: expected(column),
                how: how(column),
            }),
            Some(_) => {}
        }
    }
    let missing =
        |column: &&Column| column.required && settings.get(&column.name).is_none_or(|value| *value == Value::Absent);
    for column in descriptor.settings.iter().filter(missing) {
        errors.push(SettingError::Missing { plugin: plugin(), name: column.name.clone(), doc: column.doc.clone() });
    }
    errors
}

/// A grant that nothing asks for: most likely a misspelt name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("plugin `{plugin}` does not ask for {kind} `{name}`")]
#[diagnostic(help("it asks for: {there}"))]
pub struct GrantError {
    /// The plugin's name.
    pub plugin: String,
    /// Which interface.
    pub kind: NeedKind,
    /// As configured.
    pub name: String,
    /// What it asks for, separated by commas.
    pub there: String,
}

/// The grants that `descriptor` does not ask for, sorted by interface and name.
///
/// A need without a grant is no error here: a required one makes the run `denied`, any other is refused when asked for.
#[must_use]
pub fn check_grants(descriptor: &Descriptor, grants: &Grants) -> Vec<GrantError> {
    let asked = |kind, name: &str| descriptor.needs.iter().any(|need| need.kind == kind && need.name == name);
    let needs: Vec<String> = descriptor.needs.iter().map(|need| format!("{} `{}`", need.kind, need.name)).collect();
    let there = if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") };
    granted(grants)
        .filter(|(kind, name)| !asked(*kind, name))
        .map(|(kind, name)| GrantError {
            plugin: descriptor.name.clone(),
            kind,
            name: name.to_owned(),
            there: there.clone(),
        })
        .collect()
}

/// The needs that are not granted, in the order of the descriptor: each call for one of them is `denied`.
pub fn ungranted<'d>(descriptor: &'d Descriptor, grants: &Grants) -> impl Iterator<Item = &'d Need> {
    descriptor.needs.iter().filter(|need| !is_granted(grants, need.kind, &need.name))
}

/// The first required need that is not granted.
pub(crate) fn missing_need<'d>(descriptor: &'d Descriptor, grants: &Grants) -> Option<&'d Need> {
    ungranted(descriptor, grants).find(|need| need.required)
}

fn is_granted(grants: &Grants, kind: NeedKind, name: &str) -> bool {
    match kind {
        NeedKind::Files => grants.files.contains_key(name),
        NeedKind::Command => grants.command.contains_key(name),
        NeedKind::Http => grants.http.contains_key(name),
        NeedKind::Sql => grants.sql.contains_key(name),
    }
}

fn granted(grants: &Grants) -> impl Iterator<Item = (NeedKind, &str)> {
    let files = grants.files.keys().map(|name| (NeedKind::Files, name.as_str()));
    let command = grants.command.keys().map(|name| (NeedKind::Command, name.as_str()));
    let http = grants.http.keys().map(|name| (NeedKind::Http, name.as_str()));
    let sql = grants.sql.keys().map(|name| (NeedKind::Sql, name.as_str()));
    files.chain(command).chain(http).chain(sql)
}

fn names(descriptor: &Descriptor) -> String {
    let names: Vec<&str> = descriptor.settings.iter().map(|column| column.name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn fits(value: &Value, column: &Column) -> bool {
    match (value, column.shape) {
        (Value::Absent, _) => true,
        (Value::One(scalar), Shape::One) => ty(scalar) == column.ty,
        (Value::SetOf(items), Shape::SetOf) => items.iter().all(|item| ty(item) == column.ty),
        _ => false,
    }
}

/// The type that a scalar has.
pub(crate) fn ty(scalar: &Scalar) -> CedarType {
    match scalar {
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

/// A type's name in lower case.
pub(crate) fn type_name(ty: CedarType) -> &'static str {
    match ty {
        CedarType::Boolean => "boolean",
        CedarType::Long => "long",
        CedarType::Text => "text",
        CedarType::Decimal => "decimal",
        CedarType::Ip => "ip",
        CedarType::Datetime => "datetime",
        CedarType::Duration => "duration",
        CedarType::Entity => "entity",
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Absent => "absent".to_owned(),
        Value::One(scalar) => type_name(ty(scalar)).to_owned(),
        Value::SetOf(items) => {
            let mut types: Vec<&str> = items.iter().map(|item| type_name(ty(item))).collect();
            types.sort_unstable();
            types.dedup();
            format!("a set of {}", types.join(" and "))
        }
    }
}

fn expected(column: &Column) -> String {
    match column.shape {
        Shape::One => type_name(column.ty).to_owned(),
        Shape::SetOf => format!("a set of {}", type_name(column.ty)),
    }
}

/// How such a value is written in TOML.
fn how(column: &Column) -> String {
    let example = match column.ty {
        CedarType::Boolean => "true",
        CedarType::Long => "24",
        CedarType::Text => "\"text\"",
        CedarType::Decimal => "{ decimal = \"99.9\" }",
        CedarType::Ip => "{ ip = \"10.0.0.0/8\" }",
        CedarType::Datetime => "{ datetime = \"2026-11-20T09:00:00Z\" }",
        CedarType::Duration => "{ duration = \"26h\" }",
        CedarType::Entity => return format!("`{}` cannot be set: an entity has no spelling here", column.name),
    };
    match column.shape {
        Shape::One => format!("write `{} = {example}`", column.name),
        Shape::SetOf => format!("write `{} = [{example}]`", column.name),
    }
}

#[cfg(test)]
mod tests;
