//! Facts of a plugin that declares none itself: they are declared outside of it, and it is told as the setting
//! `declared`.
//!
//! Such a plugin has no fact and the setting `declared`, a set of text. The setting is the host's own: what the guest
//! reads there is what its rows are checked against, and it is recorded like any setting, so that a replay needs no
//! declaration of today.
//!
//! **Invariant:** the facts that a plugin declares itself rule; nothing from outside changes them.
//! **Absent on purpose:** words for people. They are not in the setting, so that a replay does not depend on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tickmark_model::{CedarType, Column, Descriptor, DescriptorError, Fact, Scalar, Shape, Value};

use crate::check::type_name;
use crate::plugin::Plugin;

/// The name of the setting, reserved for plugins that declare no fact.
pub const DECLARED: &str = "declared";

const TYPES: [CedarType; 8] = [
    CedarType::Boolean,
    CedarType::Long,
    CedarType::Text,
    CedarType::Decimal,
    CedarType::Ip,
    CedarType::Datetime,
    CedarType::Duration,
    CedarType::Entity,
];

impl Plugin {
    /// Whether its facts are declared outside of it: it declares none, and has the setting [`DECLARED`].
    #[must_use]
    pub fn emits_declared(&self) -> bool {
        self.outside
    }

    /// The same program, emitting `facts`; a plugin that declares facts itself stays as it is.
    #[must_use]
    pub fn declaring(&self, facts: Vec<Fact>) -> Self {
        if !self.outside {
            return self.clone();
        }
        let descriptor = Descriptor { facts, ..(*self.descriptor).clone() };
        Self { descriptor: Arc::new(descriptor), ..self.clone() }
    }

    /// `settings` as the guest reads them: with what is declared for it.
    pub(crate) fn settled(&self, mut settings: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        if self.outside {
            settings.insert(DECLARED.to_owned(), written(&self.descriptor.facts));
        }
        settings
    }

    /// The same program, emitting what was declared for it in the recorded `settings`.
    ///
    /// # Errors
    /// Says what is wrong with the recorded declaration, where it needs one.
    pub(crate) fn as_recorded(&self, settings: &BTreeMap<String, Value>) -> Result<Self, String> {
        if !self.outside {
            return Ok(self.clone());
        }
        let declared = settings.get(DECLARED).ok_or_else(|| format!("there is no `{DECLARED}`"))?;
        let facts = read(declared)?;
        let plugin = self.declaring(facts);
        let errors: Vec<DescriptorError> = plugin.descriptor.errors();
        match errors.first() {
            None => Ok(plugin),
            Some(error) => Err(format!("`{DECLARED}`: {error}")),
        }
    }
}

/// Whether the facts of `descriptor` are declared outside of the plugin.
pub(crate) fn is_outside(descriptor: &Descriptor) -> bool {
    let reserved = |column: &Column| {
        column.name == DECLARED && (column.ty, column.shape) == (CedarType::Text, Shape::SetOf) && !column.required
    };
    descriptor.facts.is_empty() && descriptor.settings.iter().any(reserved)
}

/// The setting that holds `facts`: a line for each fact, and behind it one for each part of it.
fn written(facts: &[Fact]) -> Value {
    Value::SetOf(facts.iter().flat_map(lines).map(Scalar::Text).collect())
}

fn lines(fact: &Fact) -> Vec<String> {
    let mut lines = vec![format!("fact {} {}", fact.name, fact.entity_kind)];
    lines.extend(fact.parent_kinds.iter().map(|kind| format!("parent {kind}")));
    lines.extend(fact.event_time.iter().map(|column| format!("event-time {column}")));
    lines.extend(fact.columns.iter().map(|column| {
        let ty = type_name(column.ty);
        let shape = if column.shape == Shape::One { "one" } else { "set" };
        let must = if column.required { "required" } else { "optional" };
        let kind = column.entity_kind.iter().map(|kind| format!(" {kind}")).collect::<String>();
        format!("column {} {ty} {shape} {must}{kind}", column.name)
    }));
    lines
}

/// The facts of a recorded setting.
fn read(setting: &Value) -> Result<Vec<Fact>, String> {
    let Value::SetOf(lines) = setting else { return Err(format!("`{DECLARED}` is no set")) };
    let mut facts: Vec<Fact> = Vec::new();
    for line in lines {
        let wrong = || format!("`{DECLARED}` has the line `{line}`, which declares nothing");
        let Scalar::Text(text) = line else { return Err(wrong()) };
        let words: Vec<&str> = text.split(' ').collect();
        match (words.as_slice(), facts.last_mut()) {
            (["fact", name, kind], _) => facts.push(Fact {
                columns: Vec::new(),
                doc: String::new(),
                entity_kind: (*kind).to_owned(),
                event_time: None,
                name: (*name).to_owned(),
                parent_kinds: Vec::new(),
            }),
            (["parent", kind], Some(fact)) => fact.parent_kinds.push((*kind).to_owned()),
            (["event-time", column], Some(fact)) => fact.event_time = Some((*column).to_owned()),
            (["column", name, ty, shape, must, kind @ ..], Some(fact)) => {
                fact.columns.push(column(name, ty, shape, must, kind).ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
    }
    if written(&facts) == *setting { Ok(facts) } else { Err(format!("`{DECLARED}` would be written otherwise")) }
}

fn column(name: &str, ty: &str, shape: &str, must: &str, kind: &[&str]) -> Option<Column> {
    let ty = TYPES.into_iter().find(|it| type_name(*it) == ty)?;
    let entity_kind = match kind {
        [] => None,
        [kind] => Some((*kind).to_owned()),
        _ => return None,
    };
    let shape = if shape == "set" { Shape::SetOf } else { Shape::One };
    Some(Column { doc: String::new(), entity_kind, name: name.to_owned(), required: must == "required", shape, ty })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact() -> Fact {
        let column = |name: &str, ty, shape, required, kind: Option<&str>| Column {
            doc: "for people".into(),
            entity_kind: kind.map(Into::into),
            name: name.into(),
            required,
            shape,
            ty,
        };
        Fact {
            columns: vec![
                column("name", CedarType::Text, Shape::One, true, None),
                column("manager", CedarType::Entity, Shape::One, false, Some("Hr::Person")),
                column("roles", CedarType::Text, Shape::SetOf, true, None),
                column("ended_at", CedarType::Datetime, Shape::One, false, None),
            ],
            doc: "one person".into(),
            entity_kind: "Hr::Person".into(),
            event_time: Some("ended_at".into()),
            name: "person".into(),
            parent_kinds: vec!["Hr::Department".into()],
        }
    }

    /// The same lines as the guest's side reads: see `declared` in the collectors' crate.
    #[test]
    fn a_fact_is_written_in_lines_and_read_back_without_its_words() {
        let setting = written(&[fact()]);
        let expected = [
            "fact person Hr::Person",
            "parent Hr::Department",
            "event-time ended_at",
            "column name text one required",
            "column manager entity one optional Hr::Person",
            "column roles text set required",
            "column ended_at datetime one optional",
        ];
        assert_eq!(setting, Value::SetOf(expected.map(|line| Scalar::Text(line.into())).to_vec()));
        let mut bare = fact();
        bare.doc.clear();
        bare.columns.iter_mut().for_each(|column| column.doc.clear());
        assert_eq!(read(&setting), Ok(vec![bare]));
    }

    #[test]
    fn what_was_not_written_from_facts_is_refused() {
        let check = |lines: &[&str]| {
            let lines = lines.iter().map(|line| Scalar::Text((*line).into())).collect();
            read(&Value::SetOf(lines)).unwrap_err()
        };
        assert_eq!(read(&Value::Absent), Err("`declared` is no set".to_owned()));
        assert_eq!(check(&["parent A::B"]), "`declared` has the line `parent A::B`, which declares nothing");
        assert_eq!(check(&["fact a A::B", "rule x"]), "`declared` has the line `rule x`, which declares nothing");
        let column = "column a string one required";
        let refused = format!("`declared` has the line `{column}`, which declares nothing");
        assert_eq!(check(&["fact a A::B", column]), refused);
        let other = "`declared` would be written otherwise";
        assert_eq!(check(&["fact a A::B", "column a text many required"]), other);
        assert_eq!(check(&["fact a A::B", "column a text one always"]), other);
        assert_eq!(check(&["fact a A::B", "column a text one required", "parent A::C"]), other);
    }
}
