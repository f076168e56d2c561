//! Policies compiled and checked: parsed, of the right shape, strictly valid against the generated schema.

pub(crate) mod card;
mod has;
mod shape;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::{PolicyId, PolicySet, Schema, ValidationMode, Validator};
use sha2::{Digest as _, Sha256};
use tickmark_model::{CedarType, Column, Control, Descriptor, Digest, Fact, Shape};

use crate::assess::Reading;
use crate::matrix::{Entry, Matrix};
use crate::problem::{Problem, Problems, SourceFile, did_you_mean, unless};
use crate::schema::{self, Kinds};
use card::Card;

/// Every control's policies, ready to judge.
#[derive(Debug)]
pub struct Policies {
    controls: BTreeMap<String, Compiled>,
    engine: String,
    schema: String,
}

/// The policies of one control.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) control: Control,
    pub(crate) cards: BTreeMap<String, Card>,
    pub(crate) fact: Arc<Fact>,
    pub(crate) reading: Option<Reading>,
    pub(crate) set: PolicySet,
    source: SourceFile,
}

impl Policies {
    /// Compiles the policies of every control in `matrix` against what `descriptors` declare. This is all that
    /// `policy check` does.
    ///
    /// # Errors
    /// [`Problems`]: descriptors that contradict each other, facts that no plugin declares, syntax errors, policies of
    /// another shape than the control's, and everything that Cedar's strict validation finds, warnings included.
    pub fn compile(matrix: &Matrix, descriptors: &[Descriptor]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let kinds = Kinds::of(descriptors, &mut problems);
        let judged: Vec<(&Entry, Arc<Fact>)> =
            matrix.entries().filter_map(|entry| find_fact(entry, descriptors, &kinds, &mut problems)).collect();
        let actions: Vec<(&Control, &Fact)> =
            judged.iter().map(|(entry, fact)| (&entry.control, fact.as_ref())).collect();
        let json = schema::generate(&kinds, &actions);
        let text = format!("{json:#}\n");
        let schema = match Schema::from_json_value(json) {
            Ok(schema) => schema,
            Err(error) => {
                problems.push(Problem::nowhere(format!("the collectors' declarations give no schema: {error}")));
                return unless(problems, Self::of(BTreeMap::new(), text));
            }
        };
        let validator = Validator::new(schema);
        let mut controls: BTreeMap<String, Compiled> = BTreeMap::new();
        let mut ids = BTreeMap::new();
        for (entry, fact) in judged {
            let compiled = control(entry, fact, Some(&kinds), &validator, &mut ids, &mut problems);
            controls.extend(compiled.map(|compiled| (entry.control.id.clone(), compiled)));
        }
        unless(problems, Self::of(controls, text))
    }

    /// The generated schema, as JSON in Cedar's own schema format.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// SHA-256 of [`Policies::schema`].
    #[must_use]
    pub fn schema_digest(&self) -> Digest {
        digest(&self.schema)
    }

    /// The policy file of the control called `id`, whole.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&SourceFile> {
        self.controls.get(id).map(|compiled| &compiled.source)
    }

    /// SHA-256 of the policy file that judges `control`; of nothing, where it was not compiled.
    #[must_use]
    pub fn bundle_digest(&self, control: &Control) -> Digest {
        digest(self.source(&control.id).map_or("", SourceFile::text))
    }

    /// SHA-256 of the row of `control` as JSON with its keys in order. It changes with every change of the row.
    #[must_use]
    pub fn control_version(&self, control: &Control) -> Digest {
        digest(&row(control))
    }

    /// The program that judges, with its version, such as `cedar 4.14.1`.
    #[must_use]
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Policies that are compiled already, with the text of their schema.
    pub(crate) fn of(controls: BTreeMap<String, Compiled>, schema: String) -> Self {
        Self { controls, engine: engine(), schema }
    }

    pub(crate) fn compiled(&self, id: &str) -> Option<&Compiled> {
        self.controls.get(id)
    }
}

impl Compiled {
    /// The policies of one part, by id.
    pub(crate) fn part(&self, part: schema::Part) -> impl Iterator<Item = &Card> {
        self.cards.values().filter(move |card| card.part == part)
    }
}

/// The row of `control` as JSON with its keys in order.
pub(crate) fn row(control: &Control) -> String {
    serde_json::to_string(control).unwrap_or_default()
}

/// The program that judges, with its version.
fn engine() -> String {
    format!("cedar {}", cedar_policy::get_sdk_version())
}

/// SHA-256 of a text.
pub(crate) fn digest(text: &str) -> Digest {
    Digest(Sha256::digest(text.as_bytes()).into())
}

/// The declaration of the fact that a control judges.
fn find_fact<'a>(
    entry: &'a Entry,
    descriptors: &[Descriptor],
    kinds: &Kinds,
    problems: &mut Vec<Problem>,
) -> Option<(&'a Entry, Arc<Fact>)> {
    let Entry { control, places, .. } = entry;
    let Some(plugin) = descriptors.iter().find(|descriptor| descriptor.name == control.collector) else {
        let near = did_you_mean(&control.collector, descriptors.iter().map(|descriptor| descriptor.name.as_str()));
        let problem = places.place.file.problem(format!("no plugin is called `{}`", control.collector));
        let help = near.unwrap_or_else(|| "name the plugin in `tickmark.toml`".to_owned());
        problems.push(problem.at(places.collector.clone(), "unknown plugin").help(help));
        return None;
    };
    let Some(fact) = plugin.fact(&control.fact) else {
        let names: Vec<&str> = plugin.facts.iter().map(|fact| fact.name.as_str()).collect();
        let near = did_you_mean(&control.fact, names.iter().copied());
        let problem = places.place.file.problem(format!("plugin `{}` has no fact `{}`", plugin.name, control.fact));
        let help = near.unwrap_or_else(|| format!("its facts are {}", names.join(", ")));
        problems.push(problem.at(places.fact.clone(), "unknown fact").help(help));
        return None;
    };
    check_each(entry, fact, problems);
    check_stratum(entry, fact, problems);
    kinds.fact(&fact.entity_kind).map(|fact| (entry, Arc::clone(fact)))
}

/// What each event is one of must be told of every row, in a text or a reference.
fn check_each(entry: &Entry, fact: &Fact, problems: &mut Vec<Problem>) {
    let Entry { control, places, .. } = entry;
    let Some(each) = &control.each else { return };
    let tells = |column: &&Column| {
        let scalar = matches!(column.ty, CedarType::Text | CedarType::Entity) && column.shape == Shape::One;
        scalar && column.required
    };
    let mut telling = fact.columns.iter().filter(tells).map(|column| column.name.as_str());
    if telling.clone().any(|name| name == each) {
        return;
    }
    let known = fact.columns.iter().any(|column| column.name == *each);
    let message = if known {
        format!("column `{each}` of fact `{}` is not a text or entity that is always there", fact.name)
    } else {
        format!("fact `{}` has no column `{each}`", fact.name)
    };
    let near = did_you_mean(each, telling.clone());
    let help = near.unwrap_or_else(|| match telling.next() {
        None => format!("fact `{}` has no such column; without `each` it is the subject's id", fact.name),
        Some(first) => format!("it is one of {}", telling.fold(first.to_owned(), |all, name| all + ", " + name)),
    });
    let label = if known { "not of this type" } else { "unknown column" };
    problems.push(places.place.file.problem(message).at(places.each.clone(), label).help(help));
}

/// What sets events apart must be told of every row, by a truth value.
fn check_stratum(entry: &Entry, fact: &Fact, problems: &mut Vec<Problem>) {
    let Entry { control, places, .. } = entry;
    let Some(stratum) = &control.stratum else { return };
    let tells = |column: &&Column| column.ty == CedarType::Boolean && column.shape == Shape::One;
    let mut telling = fact.columns.iter().filter(tells).map(|column| column.name.as_str());
    if telling.clone().any(|name| name == stratum) {
        return;
    }
    let known = fact.columns.iter().any(|column| column.name == *stratum);
    let message = if known {
        format!("column `{stratum}` of fact `{}` is no truth value", fact.name)
    } else {
        format!("fact `{}` has no column `{stratum}`", fact.name)
    };
    let near = did_you_mean(stratum, telling.clone());
    let help = near.unwrap_or_else(|| match telling.next() {
        None => format!("fact `{}` has no truth values", fact.name),
        Some(first) => format!("it is one of {}", telling.fold(first.to_owned(), |all, name| all + ", " + name)),
    });
    let label = if known { "not of this type" } else { "unknown column" };
    problems.push(places.place.file.problem(message).at(places.stratum.clone(), label).help(help));
}

/// Parses and checks one control's file. `ids` are the policy ids of the files before it, with their paths; `kinds` are
/// what `has` is checked with, where it is.
pub(crate) fn control(
    entry: &Entry,
    fact: Arc<Fact>,
    kinds: Option<&Kinds>,
    validator: &Validator,
    ids: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Option<Compiled> {
    let source = &entry.policy;
    let parsed: PolicySet = match source.text().parse() {
        Ok(parsed) => parsed,
        Err(errors) => {
            let errors: cedar_policy::ParseErrors = errors;
            problems.extend(errors.iter().map(|error| source.diagnostic(error)));
            return None;
        }
    };
    let before = problems.len();
    let attributes = kinds.map(|kinds| has::Attributes::new(kinds, &entry.control, &fact));
    let cards = shape::check(entry, &parsed, attributes.as_ref(), ids, problems);
    let mut set = PolicySet::new();
    for (card, policy) in &cards {
        if let Err(error) = set.add(policy.new_id(PolicyId::new(&card.deciding.id))) {
            problems.push(source.problem(error.to_string()));
        }
    }
    let result = validator.validate(&set, ValidationMode::Strict);
    problems.extend(result.validation_errors().map(|error| source.diagnostic(error)));
    problems.extend(result.validation_warnings().map(|warning| source.diagnostic(warning)));
    if problems.len() > before {
        return None;
    }
    let cards: BTreeMap<String, Card> = cards.into_iter().map(|(card, _)| (card.deciding.id.clone(), card)).collect();
    let reading = Reading::of(cards.values(), &fact, &entry.control);
    Some(Compiled { control: entry.control.clone(), cards, fact, reading, set, source: source.clone() })
}

#[cfg(test)]
mod tests;
