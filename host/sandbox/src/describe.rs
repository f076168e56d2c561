//! A guest's own description into the model's, with everything that is wrong with it at once.

use tickmark_model::{CedarType, Column, Descriptor, DescriptorError, Fact, Need, NeedKind, Shape};

use crate::bindings::exports::tickmark::collector::plugin as wp;
use crate::text::plain;

/// Longest text for people in a descriptor, in bytes.
const MAX_TEXT: usize = 1_024;

/// What is wrong with a descriptor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorProblem {
    /// As the model says, which quotes the guest's own words as they are: whoever prints it escapes and cuts them.
    #[error(transparent)]
    Model(#[from] DescriptorError),
    /// A need for something that no host offers.
    #[error("need `{name}` is of kind `{kind}`, expected `files`, `command`, `http` or `sql`")]
    NeedKind {
        /// The need's name.
        name: String,
        /// As declared.
        kind: String,
    },
    /// Not a version.
    #[error("version `{0}` is not of the form `1.2.3`, optionally with `-` or `+` and letters, digits, `.`, `-`, `+`")]
    Version(String),
    /// Text for people that would not stand on one line.
    #[error("{what} `{name}` is described in more than {MAX_TEXT} bytes or with control characters")]
    Text {
        /// `fact`, `column`, `setting` or `need`.
        what: &'static str,
        /// Whose.
        name: String,
    },
}

/// The descriptor, or all its problems.
///
/// # Errors
/// At least one [`DescriptorProblem`].
pub(crate) fn descriptor(declared: wp::Descriptor) -> Result<Descriptor, Vec<DescriptorProblem>> {
    let wp::Descriptor { name, version, facts, needs, settings } = declared;
    let mut problems = Vec::new();
    if !is_version(&version) {
        problems.push(DescriptorProblem::Version(plain(&version, 64)));
    }
    let mut text = |what, name: &str, doc: &str| {
        if plain(doc, MAX_TEXT) != doc {
            problems.push(DescriptorProblem::Text { what, name: plain(name, 64) });
        }
    };
    for fact in &facts {
        text("fact", &fact.name, &fact.doc);
        fact.columns.iter().for_each(|column| text("column", &column.name, &column.doc));
    }
    settings.iter().for_each(|column| text("setting", &column.name, &column.doc));
    needs.iter().for_each(|need| text("need", &need.name, &need.reason));
    let mut known = Vec::new();
    for need in needs {
        let kind = match need.kind.as_str() {
            "files" => NeedKind::Files,
            "command" => NeedKind::Command,
            "http" => NeedKind::Http,
            "sql" => NeedKind::Sql,
            kind => {
                let (name, kind) = (plain(&need.name, 64), plain(kind, 64));
                problems.push(DescriptorProblem::NeedKind { name, kind });
                continue;
            }
        };
        known.push(Need { kind, name: need.name, reason: need.reason, required: need.required });
    }
    let descriptor = Descriptor {
        facts: facts.into_iter().map(fact).collect(),
        name,
        needs: known,
        settings: settings.into_iter().map(column).collect(),
        version,
    };
    problems.extend(descriptor.errors().into_iter().map(DescriptorProblem::Model));
    if problems.is_empty() { Ok(descriptor) } else { Err(problems) }
}

fn is_version(version: &str) -> bool {
    let core_end = version.find(['-', '+']).unwrap_or(version.len());
    let (core, rest) = version.split_at(core_end);
    let numbers: Vec<&str> = core.split('.').collect();
    let number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+');
    version.len() <= 64
        && numbers.len() == 3
        && numbers.iter().all(number)
        && rest.len() != 1
        && rest.bytes().all(letter)
}

fn fact(fact: wp::Fact) -> Fact {
    Fact {
        columns: fact.columns.into_iter().map(column).collect(),
        doc: fact.doc,
        entity_kind: fact.entity_kind,
        event_time: fact.event_time,
        name: fact.name,
        parent_kinds: fact.parent_kinds,
    }
}

fn column(column: wp::Column) -> Column {
    let ty = match column.ty {
        wp::CedarType::Boolean => CedarType::Boolean,
        wp::CedarType::Long => CedarType::Long,
        wp::CedarType::Text => CedarType::Text,
        wp::CedarType::Decimal => CedarType::Decimal,
        wp::CedarType::Ip => CedarType::Ip,
        wp::CedarType::Datetime => CedarType::Datetime,
        wp::CedarType::Duration => CedarType::Duration,
        wp::CedarType::Entity => CedarType::Entity,
    };
    let shape = match column.shape {
        wp::Shape::One => Shape::One,
        wp::Shape::SetOf => Shape::SetOf,
    };
    let wp::Column { name, entity_kind, required, doc, .. } = column;
    Column { doc, entity_kind, name, required, shape, ty }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(version: &str) -> wp::Descriptor {
        let need = wp::Need { kind: "sql".into(), name: "users".into(), required: true, reason: "read users".into() };
        wp::Descriptor {
            name: "mfa".into(),
            version: version.into(),
            facts: vec![],
            needs: vec![need],
            settings: vec![],
        }
    }

    #[test]
    fn versions() {
        for good in ["0.1.0", "10.20.30", "1.2.3-rc.1", "1.2.3+build-7"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-", "1.2.3 ", "v1.2.3"] {
            assert!(!is_version(bad), "{bad}");
        }
    }

    #[test]
    fn what_a_guest_calls_itself_cannot_write_on_a_terminal() {
        let mut bad = declared("0.1.0");
        bad.name = format!("a\u{1b}[2J\n{}", "b".repeat(2_000));
        let problem = crate::LoadError::Descriptor(descriptor(bad).unwrap_err()).to_string();
        assert!(problem.contains("plugin name `a\\u{1b}[2J\\nbbb"), "{problem}");
        assert!(problem.ends_with("bbb [cut, 2051 bytes]") && problem.len() < 700, "{problem}");
    }

    #[test]
    fn all_problems_come_at_once() {
        let mut bad = declared("one");
        bad.name = "MFA".into();
        bad.needs.push(wp::Need { kind: "dns".into(), name: "names".into(), required: false, reason: "a\nb".into() });
        let problems: Vec<String> = descriptor(bad).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "version `one` is not of the form `1.2.3`, optionally with `-` or `+` and letters, digits, `.`, `-`, `+`",
                "need `names` is described in more than 1024 bytes or with control characters",
                "need `names` is of kind `dns`, expected `files`, `command`, `http` or `sql`",
                "plugin name `MFA` does not match [a-z][a-z0-9-]*",
            ]
        );
        assert_eq!(descriptor(declared("0.1.0")).unwrap().needs[0].kind, NeedKind::Sql);
    }
}
