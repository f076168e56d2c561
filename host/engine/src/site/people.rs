//! The keys of people: `[people."name"]`.
//!
//! **Absent on purpose:** private keys. Whoever acts brings theirs, or a program has it.

use std::fmt;
use std::sync::Arc;

use tickmark_ledger::tlog::{KeyError, LogSigner, VerifierKey};
use tickmark_model::same_person;
use toml::Spanned;
use toml::de::DeValue;

use super::read::{entries, optional, refuse_rest, required, table};
use crate::keys::signing_program;
use crate::problem::Source;

/// One person who signs what they do.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// What acts call them.
    pub name: String,
    /// Their key.
    pub key: VerifierKey,
    /// The program that signs with it, and its arguments; empty where they bring the key themselves.
    pub sign: Vec<String>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, key, sign } = self;
        f.debug_struct("Person").field("name", name).field("key", key).field("sign", &sign.first()).finish()
    }
}

impl Person {
    /// Whether the other one has the same key, and so is the same person by another name.
    pub(crate) fn has_key_of(&self, other: &Self) -> bool {
        self.key.to_bytes() == other.key.to_bytes()
    }

    /// The program that signs with their key, where there is one.
    pub(crate) fn program(&self) -> Option<Arc<dyn LogSigner>> {
        (!self.sign.is_empty()).then(|| signing_program(self.sign.clone(), self.key.clone()))
    }
}

pub(super) fn read(value: Spanned<DeValue<'_>>, source: &mut Source) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let Some(all) = table(value, "people", source) else { return people };
    for (name, value) in entries(all) {
        let span = name.span();
        let name = name.into_inner();
        if name.trim().is_empty() || name.trim() != name || name.chars().any(char::is_control) {
            let help = "write it as acts have it in --by, such as \"ada@acme.example\"".to_owned();
            source.report(format!("`{}` is no name of a person", name.escape_debug()), Some(span.clone()), Some(help));
        }
        if let Some(other) = people.iter().find(|it| same_person(&it.name, &name)) {
            let message = format!("`{name}` and `{}` are one person, whose key is named once", other.name);
            source.report(message, Some(span), None);
        }
        people.extend(person(name, value, source));
    }
    people
}

fn person(name: String, value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<Person> {
    let mut it = table(value, &name, source)?;
    let key: Option<Spanned<String>> = required(&mut it, "key", source);
    let sign: Option<Spanned<Vec<String>>> = optional(&mut it, "sign", source);
    refuse_rest(&it, &["key", "sign"], source);
    if let Some(empty) = sign.as_ref().filter(|sign| sign.get_ref().first().is_none_or(|it| it.trim().is_empty())) {
        source.report("`sign` names no program", Some(empty.span()), None);
    }
    let key = key.and_then(|text| match text.get_ref().trim().parse() {
        Ok(key) => Some(key),
        Err(error) => {
            let why: KeyError = error;
            let help = "`tickmark key person` makes a key and prints what to write here".to_owned();
            // A private one in the wrong place is not shown.
            match text.get_ref().contains("PRIVATE") {
                true => source.report_unseen(format!("the key of `{name}`: {why}"), text.span(), help),
                false => source.report(format!("the key of `{name}`: {why}"), Some(text.span()), Some(help)),
            }
            None
        }
    })?;
    Some(Person { name, key, sign: sign.map(Spanned::into_inner).unwrap_or_default() })
}
