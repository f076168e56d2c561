//! Which entity kinds there are, who declares them, and that nobody contradicts anybody.
//!
//! A namespace belongs to the first descriptor that declares a kind in it. Another plugin may declare the same kind
//! with an equal declaration; whether the operator lets it provide that kind is the caller's question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tickmark_model::{Column, Descriptor, Fact};

use crate::problem::Problem;

/// Every kind that the descriptors declare or refer to.
pub(crate) struct Kinds {
    facts: BTreeMap<String, Arc<Fact>>,
    referred: BTreeSet<String>,
}

impl Kinds {
    /// Gathers the kinds; contradictions between descriptors become problems.
    pub(crate) fn of(descriptors: &[Descriptor], problems: &mut Vec<Problem>) -> Self {
        let mut facts: BTreeMap<String, Arc<Fact>> = BTreeMap::new();
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for descriptor in descriptors {
            for fact in &descriptor.facts {
                let kind = fact.entity_kind.as_str();
                let namespace = kind.split_once("::").map_or(kind, |(namespace, _)| namespace);
                let owner = *owners.entry(namespace).or_insert(&descriptor.name);
                match facts.get(kind) {
                    Some(first) if !same_declaration(first, fact) => {
                        problems.push(contradiction(descriptor, fact, owner))
                    }
                    None if owner != descriptor.name => problems.push(trespass(descriptor, fact, owner)),
                    Some(_) => {}
                    None => {
                        facts.insert(kind.to_owned(), Arc::new(fact.clone()));
                    }
                }
            }
        }
        let referred: BTreeSet<String> = facts.values().flat_map(|fact| referred(fact)).cloned().collect();
        for fact in facts.values() {
            let nested =
                fact.parent_kinds.iter().find(|kind| facts.get(*kind).is_some_and(|p| !p.parent_kinds.is_empty()));
            problems.extend(nested.map(|parent| nesting(fact, parent)));
        }
        Self { facts, referred }
    }

    /// The facts, by kind.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.values().map(Arc::as_ref)
    }

    /// The declaration of `kind`, unless it is only referred to.
    pub(crate) fn fact(&self, kind: &str) -> Option<&Arc<Fact>> {
        self.facts.get(kind)
    }

    /// Kinds that some fact refers to, declared or not.
    pub(crate) fn referred(&self) -> impl Iterator<Item = &str> {
        self.referred.iter().map(String::as_str)
    }
}

fn referred(fact: &Fact) -> impl Iterator<Item = &String> {
    fact.parent_kinds.iter().chain(fact.columns.iter().filter_map(|column| column.entity_kind.as_ref()))
}

/// Whether two facts give the same entity type: words for people, names of facts and the order of columns aside.
pub(crate) fn same_declaration(a: &Fact, b: &Fact) -> bool {
    fn columns(fact: &Fact) -> BTreeMap<&str, Column> {
        let bare = |column: &Column| Column { doc: String::new(), ..column.clone() };
        fact.columns.iter().map(|column| (column.name.as_str(), bare(column))).collect()
    }
    fn parents(fact: &Fact) -> BTreeSet<&str> {
        fact.parent_kinds.iter().map(String::as_str).collect()
    }
    a.entity_kind == b.entity_kind
        && a.event_time == b.event_time
        && parents(a) == parents(b)
        && columns(a) == columns(b)
}

fn contradiction(descriptor: &Descriptor, fact: &Fact, owner: &str) -> Problem {
    Problem::nowhere(format!(
        "plugin `{}` declares kind `{}` in another way than plugin `{owner}`",
        descriptor.name, fact.entity_kind
    ))
    .help("a plugin may provide another's kind with an equal declaration only: columns, types, required, parents")
}

fn trespass(descriptor: &Descriptor, fact: &Fact, owner: &str) -> Problem {
    Problem::nowhere(format!(
        "plugin `{}` declares kind `{}` in the namespace of plugin `{owner}`",
        descriptor.name, fact.entity_kind
    ))
    .help("a namespace has one owner; declare the kind in a namespace of your own")
}

fn nesting(fact: &Fact, parent: &str) -> Problem {
    Problem::nowhere(format!("kind `{parent}` is a parent of kind `{}` and has parents itself", fact.entity_kind))
        .help("groups are one level deep: a collector names all groups of a subject, inherited ones too")
}
