//! One `[[fact]]` with its `[[fact.column]]`s.

use tickmark_model::{CedarType, Column, Descriptor, DescriptorError, Fact, Shape};

use super::{DeclaredFact, Places};
use crate::matrix::Origin;
use crate::matrix::fields::{Fields, Placed};
use crate::problem::Problem;

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

/// Longest text for people, in bytes, as for what a plugin declares.
const MAX_TEXT: usize = 1_024;

/// Reads one fact; nothing where something about it is wrong.
pub(super) fn read(mut fields: Fields<'_>, origin: Origin, problems: &mut Vec<Problem>) -> Option<DeclaredFact> {
    let file = fields.file;
    let before = problems.len();
    let name = fields.text("name", problems);
    let kind = fields.text("kind", problems);
    let doc = doc(&mut fields, problems);
    let event_time = fields.optional::<String>("event_time", "the name of a datetime column", problems);
    let parents = fields.optional::<Vec<String>>("parents", "an array of kinds", problems);
    let replaces = fields.optional::<bool>("replaces", "true or false", problems);
    let rows = fields.rows("column", problems);
    fields.finish(problems);
    let found = rows.len();
    let columns: Vec<Column> = rows.into_iter().filter_map(|fields| column(fields, problems)).collect();

    let (name, kind) = (name?, kind?);
    let whole = columns.len() == found;
    let fact = Fact {
        columns,
        doc: doc.unwrap_or_default(),
        entity_kind: kind.value,
        // A column that could not be read is no missing one.
        event_time: event_time.map(|column| column.value).filter(|_| whole),
        name: name.value,
        parent_kinds: parents.map(|kinds| kinds.value).unwrap_or_default(),
    };
    for error in errors(&fact) {
        let of_the_kind =
            matches!(&error, DescriptorError::Kind(it) | DescriptorError::ReservedKind(it) if *it == fact.entity_kind);
        let span = if of_the_kind { &kind.span } else { &name.span };
        let problem = file.problem(error.to_string()).at(span.clone(), "of this fact");
        problems.push(problem.help(next_step(&error)));
    }
    let places = Places { file: file.clone(), name: name.span, kind: kind.span };
    let replaces = replaces.is_some_and(|replaces| replaces.value);
    (problems.len() == before).then_some(DeclaredFact { fact, origin, replaces, places })
}

fn column(mut fields: Fields<'_>, problems: &mut Vec<Problem>) -> Option<Column> {
    let file = fields.file;
    let before = problems.len();
    let name = fields.text("name", problems);
    let ty = fields.word("type", &TYPES, problems);
    let set = fields.optional::<bool>("set", "true or false", problems);
    let required = fields.optional::<bool>("required", "true or false", problems);
    let entity_kind = fields.optional::<String>("entity_kind", "a kind such as `Hr::Person`", problems);
    let doc = doc(&mut fields, problems);
    fields.finish(problems);
    let name = name?;
    let yes = |it: Option<Placed<bool>>| it.is_some_and(|it| it.value);
    // Also where something is missing: the rest is checked all the same.
    let other = if entity_kind.is_some() { CedarType::Entity } else { CedarType::Text };
    let column = Column {
        doc: doc.unwrap_or_default(),
        entity_kind: entity_kind.map(|kind| kind.value),
        name: name.value,
        required: yes(required),
        shape: if yes(set) { Shape::SetOf } else { Shape::One },
        ty: ty.unwrap_or(other),
    };
    for error in errors(&alone(&column)) {
        let problem = file.problem(error.to_string()).at(name.span.clone(), "this column");
        problems.push(problem.help(next_step(&error)));
    }
    (problems.len() == before).then_some(column)
}

/// One sentence for people.
fn doc(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let doc = fields.text("doc", problems)?;
    if doc.value.len() > MAX_TEXT || doc.value.chars().any(char::is_control) {
        let message = format!("`doc` has more than {MAX_TEXT} bytes or control characters");
        problems.push(fields.file.problem(message).at(doc.span, "here").help("say it in one sentence"));
        return None;
    }
    Some(doc.value)
}

/// A fact of which only `column` can be wrong.
fn alone(column: &Column) -> Fact {
    Fact {
        columns: vec![column.clone()],
        doc: String::new(),
        entity_kind: "Site::Fact".to_owned(),
        event_time: None,
        name: "fact".to_owned(),
        parent_kinds: Vec::new(),
    }
}

/// What a descriptor with this fact alone would be refused for.
fn errors(fact: &Fact) -> Vec<DescriptorError> {
    let descriptor = Descriptor {
        facts: vec![fact.clone()],
        name: "facts".to_owned(),
        needs: Vec::new(),
        settings: Vec::new(),
        version: "0.0.0".to_owned(),
    };
    descriptor.errors()
}

fn next_step(error: &DescriptorError) -> &'static str {
    match error {
        DescriptorError::Name { .. } | DescriptorError::PluginName { .. } => {
            "such as `started_at`: small letters, digits and `_`, at most 64, starting with a letter"
        }
        DescriptorError::Kind(_) => "such as `Hr::Person`: letters and digits, each half starting with a capital",
        DescriptorError::ReservedKind(_) => "choose a namespace of your own",
        DescriptorError::Twice { .. } => "leave one of them out",
        DescriptorError::EntityColumn(_) => "write `type = \"entity\"` with `entity_kind`, or neither",
        DescriptorError::EventTime { .. } => "name a column of type datetime that is no set",
        DescriptorError::TooMany { .. } => "declare two facts",
    }
}
