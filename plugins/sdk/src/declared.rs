//! The facts of a collector that declares none itself: they stand in files beside the policies, and the host fills them
//! in as the setting `declared`.
//!
//! The setting is a list of lines, each of words with one blank between. A line `fact` starts a fact; those after it
//! are about it:
//!
//! | line | |
//! |---|---|
//! | `fact NAME KIND` | such as `fact person Hr::Person` |
//! | `parent KIND` | a kind that rows may have as a parent |
//! | `event-time COLUMN` | the column with the source's own time of the operation |
//! | `column NAME TYPE SHAPE MUST` | shape `one` or `set`, must `required` or `optional` |
//! | `column NAME entity SHAPE MUST KIND` | a reference to an entity of `KIND` |
//!
//! **Invariant:** what a fact says to people is not in it: its words may change, and the rows stay what they are.

use crate::descriptor::{CedarType, Column, Descriptor, Fact, Shape};
use crate::failure::Failure;
use crate::host::Host;
use crate::value::Value;

/// The name of the setting, which is the host's own.
pub const SETTING: &str = "declared";

/// The types by their words.
const TYPES: [(&str, CedarType); 8] = [
    ("boolean", CedarType::Boolean),
    ("long", CedarType::Long),
    ("text", CedarType::Text),
    ("decimal", CedarType::Decimal),
    ("ip", CedarType::Ip),
    ("datetime", CedarType::Datetime),
    ("duration", CedarType::Duration),
    ("entity", CedarType::Entity),
];

impl Column {
    /// The setting of a collector that declares no fact, filled in by the host with what is declared for it.
    #[must_use]
    pub fn declared() -> Self {
        Self::text(SETTING, "the fact that it emits, filled in by the host: it cannot be set").set()
    }
}

/// The one fact that is declared for the collector.
///
/// # Errors
/// `invalid`, where it is not one, or the setting cannot be read.
pub fn fact(host: &dyn Host) -> Result<Fact, Failure> {
    let facts = read(&host.setting(SETTING))?;
    let count = facts.len();
    let one: Result<[Fact; 1], _> = facts.try_into();
    let [fact] = one.map_err(|_| Failure::invalid(format!("{count} facts are declared for this collector, not 1")))?;
    Ok(fact)
}

/// Whether the facts of `descriptor` are declared outside of the collector.
pub(crate) fn is_outside(descriptor: &Descriptor) -> bool {
    descriptor.facts.is_empty() && descriptor.settings.iter().any(|setting| setting.name == SETTING)
}

/// The facts that the setting holds.
pub(crate) fn read(setting: &Value) -> Result<Vec<Fact>, Failure> {
    let mut facts: Vec<Fact> = Vec::new();
    for line in setting.texts() {
        let wrong = || Failure::invalid(format!("setting `{SETTING}` has a line that cannot be read: `{line}`"));
        let words: Vec<&str> = line.split(' ').collect();
        match (words.as_slice(), facts.last_mut()) {
            (["fact", name, kind], _) => facts.push(Fact::new(name, kind, "")),
            (["parent", kind], Some(fact)) => fact.parent_kinds.push((*kind).to_owned()),
            (["event-time", column], Some(fact)) => fact.event_time = Some((*column).to_owned()),
            (["column", name, ty, shape, must, kind @ ..], Some(fact)) => {
                fact.columns.push(column(name, ty, shape, must, kind).ok_or_else(wrong)?);
            }
            _ => return Err(wrong()),
        }
    }
    Ok(facts)
}

fn column(name: &str, ty: &str, shape: &str, must: &str, kind: &[&str]) -> Option<Column> {
    let ty = TYPES.iter().find(|(word, _)| *word == ty)?.1;
    let entity_kind = match (ty, kind) {
        (CedarType::Entity, [kind]) => Some((*kind).to_owned()),
        (CedarType::Entity, _) | (_, [_, ..]) => return None,
        (_, []) => None,
    };
    let shape = match shape {
        "one" => Shape::One,
        "set" => Shape::SetOf,
        _ => return None,
    };
    let required = match must {
        "required" => true,
        "optional" => false,
        _ => return None,
    };
    Some(Column { name: name.to_owned(), ty, entity_kind, shape, required, doc: String::new() })
}

/// The lines that `fact` is written as.
pub(crate) fn lines(fact: &Fact) -> Vec<String> {
    let mut lines = vec![format!("fact {} {}", fact.name, fact.entity_kind)];
    lines.extend(fact.parent_kinds.iter().map(|kind| format!("parent {kind}")));
    lines.extend(fact.event_time.iter().map(|column| format!("event-time {column}")));
    lines.extend(fact.columns.iter().map(|column| {
        let ty = TYPES.iter().find(|(_, ty)| *ty == column.ty).map_or("", |(word, _)| word);
        let shape = if column.shape == Shape::One { "one" } else { "set" };
        let must = if column.required { "required" } else { "optional" };
        let kind = column.entity_kind.iter().map(|kind| format!(" {kind}")).collect::<String>();
        format!("column {} {ty} {shape} {must}{kind}", column.name)
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Fact {
        Fact::new("person", "Hr::Person", "")
            .parent_kind("Hr::Department")
            .column(Column::text("name", "").required())
            .column(Column::entity("manager", "Hr::Person", ""))
            .column(Column::text("roles", "").set().required())
            .column(Column::datetime("ended_at", ""))
            .event_time("ended_at")
    }

    #[test]
    fn what_is_written_is_read_back() {
        let lines = lines(&person());
        assert_eq!(
            lines,
            [
                "fact person Hr::Person",
                "parent Hr::Department",
                "event-time ended_at",
                "column name text one required",
                "column manager entity one optional Hr::Person",
                "column roles text set required",
                "column ended_at datetime one optional",
            ]
        );
        assert_eq!(read(&lines.into()), Ok(vec![person()]));
        assert_eq!(read(&Value::Absent), Ok(vec![]));
    }

    #[test]
    fn every_type_has_its_word() {
        for (word, ty) in TYPES {
            let kind = if ty == CedarType::Entity { " A::B" } else { "" };
            let line = format!("column it {word} one optional{kind}");
            let facts = read(&vec!["fact a A::B", line.as_str()].into()).unwrap();
            assert_eq!(facts[0].columns[0].ty, ty);
            assert_eq!(self::lines(&facts[0])[1], line);
        }
    }

    #[test]
    fn other_lines_are_refused() {
        let check = |line: &str| read(&vec!["fact a A::B", line].into()).unwrap_err().message;
        for line in [
            "",
            "colum name text one required",
            "column name text one",
            "column name text many required",
            "column name text one always",
            "column name string one required",
            "column name text one required A::B",
            "column name entity one required",
            "event-time a b",
        ] {
            assert_eq!(check(line), format!("setting `declared` has a line that cannot be read: `{line}`"));
        }
        let first = read(&vec!["parent A::B"].into()).unwrap_err().message;
        assert_eq!(first, "setting `declared` has a line that cannot be read: `parent A::B`");
    }
}
