//! Facts that are declared outside of a plugin: `facts.toml`, built in and the site's own.
//!
//! They are what a generic collector emits, one that maps the columns of any source and so declares no fact itself. A
//! site adds facts, or stands in for a built-in one of the same name or kind with `replaces = true`.
//!
//! **Invariant:** names and kinds are unique among the facts in force.
//! **Absent on purpose:** opening files; the caller brings the texts.

mod row;

use std::ops::Range;

use tickmark_model::{Descriptor, Fact};

use crate::builtin::BUILTIN;
use crate::matrix::Origin;
use crate::matrix::fields::Fields;
use crate::problem::{Problem, Problems, SourceFile, did_you_mean, unless};
use crate::schema::same_declaration;

/// The name of the file that declares them.
const FACTS: &str = "facts.toml";

/// One fact that no plugin declares.
#[derive(Clone, Debug)]
pub struct DeclaredFact {
    /// What it is.
    pub fact: Fact,
    /// Where it comes from.
    pub origin: Origin,
    replaces: bool,
    places: Places,
}

/// Where a fact says what, in bytes.
#[derive(Clone, Debug)]
struct Places {
    file: SourceFile,
    name: Range<usize>,
    kind: Range<usize>,
}

/// The facts in force, built-in and the site's.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    facts: Vec<DeclaredFact>,
}

impl Facts {
    /// Each of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &DeclaredFact> {
        self.facts.iter()
    }

    /// The declarations, sorted by name.
    #[must_use]
    pub fn declarations(&self) -> Vec<Fact> {
        self.facts.iter().map(|declared| declared.fact.clone()).collect()
    }

    /// What they say against plugins that declare facts themselves: a namespace has one owner, and a kind of another's is
    /// declared as its owner does or not at all.
    #[must_use]
    pub fn against(&self, owners: &[Descriptor]) -> Vec<Problem> {
        self.facts.iter().filter_map(|declared| trespass(declared, owners)).collect()
    }
}

/// Reads the built-in facts and those of the `facts.toml` among the site's `files`.
///
/// # Errors
/// [`Problems`]: every syntax error, unknown key, value that does not fit, name or kind that is there twice, and
/// replacement that replaces nothing or does not say so.
pub fn load(files: &[SourceFile]) -> Result<Facts, Problems> {
    let (facts, problems) = load_partly(files);
    unless(problems, facts)
}

/// As [`load`], and where something is wrong, the facts that are sound all the same.
#[must_use]
pub fn load_partly(files: &[SourceFile]) -> (Facts, Vec<Problem>) {
    let builtin: Vec<SourceFile> = BUILTIN.iter().map(|(path, text)| SourceFile::new(*path, *text)).collect();
    let mut problems = Vec::new();
    let mut facts = declared(&builtin, Origin::Builtin, &mut problems);
    let theirs = declared(files, Origin::Site, &mut problems);
    for fact in &theirs {
        replacement(fact, &facts, &mut problems);
    }
    facts.retain(|own| !theirs.iter().any(|fact| same_place(fact, own)));
    facts.extend(theirs);
    facts.sort_by(|a, b| a.fact.name.cmp(&b.fact.name));
    (Facts { facts }, problems)
}

/// The facts of the one such file among `files`, each name and kind once.
fn declared(files: &[SourceFile], origin: Origin, problems: &mut Vec<Problem>) -> Vec<DeclaredFact> {
    let is_facts = |file: &&SourceFile| file.path().rsplit(['/', '\\']).next() == Some(FACTS);
    let Some(file) = files.iter().find(is_facts) else { return Vec::new() };
    let mut root = Fields::root(file, "list of facts", problems);
    let rows = root.rows("fact", problems);
    root.finish(problems);
    let mut facts: Vec<DeclaredFact> = Vec::new();
    for fields in rows {
        let Some(fact) = row::read(fields, origin, problems) else { continue };
        match facts.iter().find(|first| same_place(&fact, first)) {
            None => facts.push(fact),
            Some(first) => {
                let (what, span, again) = if first.fact.name == fact.fact.name {
                    (format!("fact `{}`", fact.fact.name), &first.places.name, &fact.places.name)
                } else {
                    (format!("kind `{}`", fact.fact.entity_kind), &first.places.kind, &fact.places.kind)
                };
                let problem = file.problem(format!("{what} is declared twice"));
                problems.push(problem.at(span.clone(), "first here").at(again.clone(), "again here"));
            }
        }
    }
    facts
}

/// Whether two facts cannot both be in force.
fn same_place(a: &DeclaredFact, b: &DeclaredFact) -> bool {
    a.fact.name == b.fact.name || a.fact.entity_kind == b.fact.entity_kind
}

/// A site's fact stands in for a built-in one if and only if it says so.
fn replacement(fact: &DeclaredFact, builtin: &[DeclaredFact], problems: &mut Vec<Problem>) {
    let DeclaredFact { fact: Fact { name, entity_kind, .. }, replaces, places, .. } = fact;
    let there = builtin.iter().find(|own| same_place(fact, own));
    match (there, replaces) {
        (Some(own), false) => {
            let (what, span) = if own.fact.name == *name {
                (format!("fact `{name}`"), &places.name)
            } else {
                (format!("kind `{entity_kind}`"), &places.kind)
            };
            let problem = places.file.problem(format!("{what} is built in"));
            problems.push(
                problem
                    .at(span.clone(), format!("belongs to the built-in fact `{}`", own.fact.name))
                    .help("write `replaces = true` to replace it whole, or choose another"),
            );
        }
        (None, true) => {
            let near = did_you_mean(name, builtin.iter().map(|own| own.fact.name.as_str()));
            let problem = places.file.problem(format!("fact `{name}` replaces nothing"));
            problems.push(
                problem
                    .at(places.name.clone(), "no built-in fact has this name or kind")
                    .help(near.unwrap_or_else(|| "leave `replaces` out for a fact of your own".to_owned())),
            );
        }
        (Some(_), true) | (None, false) => {}
    }
}

/// What is wrong with a fact whose namespace belongs to a plugin that declares facts itself.
fn trespass(declared: &DeclaredFact, owners: &[Descriptor]) -> Option<Problem> {
    let DeclaredFact { fact, places, .. } = declared;
    let kind = &fact.entity_kind;
    let namespace = |kind: &str| kind.split_once("::").map_or(kind.to_owned(), |(namespace, _)| namespace.to_owned());
    let (owner, owned) = owners.iter().find_map(|owner| {
        let of_it = || owner.facts.iter().filter(|owned| namespace(&owned.entity_kind) == namespace(kind));
        let owned = of_it().find(|owned| owned.entity_kind == *kind);
        of_it().next().map(|_| (owner, owned))
    })?;
    let problem = |message: String| places.file.problem(message);
    match owned {
        Some(owned) if same_declaration(owned, fact) => None,
        Some(_) => Some(
            problem(format!("kind `{kind}` is declared otherwise than by its owner, plugin `{}`", owner.name))
                .at(places.kind.clone(), "belongs to a plugin")
                .help(format!("`tickmark plugin inspect {}` shows its columns, or choose another kind", owner.name)),
        ),
        None => Some(
            problem(format!("namespace of kind `{kind}` belongs to plugin `{}`", owner.name))
                .at(places.kind.clone(), "in another's namespace")
                .help("a namespace has one owner; declare the kind in a namespace of your own"),
        ),
    }
}

#[cfg(test)]
mod tests;
