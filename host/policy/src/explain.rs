//! Why one subject was judged as it was: the policies in play, what they read, and which of them decided.
//!
//! **Absent on purpose:** outcomes. A finding is about a control on a system; one subject only has its part in it.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::Effect;
use cedar_policy::pst::{Clause, Expr, Var};
use serde::Serialize;
use tickmark_model::{Control, DecidingPolicy, FactTable, Instant, Scalar, Subject, Value};

use crate::assess::judge::{Judge, Verdict};
use crate::assess::{Input, fact_in};
use crate::compile::{Compiled, Policies};
use crate::problem::did_you_mean;
use crate::schema::Part;

/// What Cedar answered for one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The scope policies leave it out.
    OutOfScope,
    /// No `forbid` speaks against it.
    Conforms,
    /// At least one `forbid` decided against it.
    Exception,
    /// A policy raised an error, so nothing is decided.
    Undecided,
}

impl Answer {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OutOfScope => "out of scope",
            Self::Conforms => "conforms",
            Self::Exception => "exception",
            Self::Undecided => "undecided",
        }
    }
}

/// One policy that could decide about the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyInPlay {
    /// The id of its action: the control's, or that of its scope.
    pub action: String,
    /// Whether it decided.
    pub decided: bool,
    /// `permit` or `forbid`.
    pub effect: &'static str,
    /// Its id and annotations.
    pub policy: DecidingPolicy,
    /// The attributes of the subject that it names, sorted.
    pub reads: Vec<String>,
    /// The policy as it is written.
    pub text: String,
}

/// Why one subject was judged as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What Cedar answered.
    pub answer: Answer,
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// The attributes that the policies name, with the value or nothing where the source does not say.
    pub attributes: BTreeMap<String, Option<Value>>,
    /// The control's id.
    pub control: String,
    /// What Cedar said, where it could not decide; sorted.
    pub errors: Vec<String>,
    /// The control's parameters, which the policies read from `context`.
    pub parameters: BTreeMap<String, Scalar>,
    /// The policies in play: those of the scope first, then by id.
    pub policies: Vec<PolicyInPlay>,
    /// The host responses that the subject was read from.
    pub receipts: Vec<u32>,
    /// The subject.
    pub subject: Subject,
    /// The system's name.
    pub system: String,
}

/// Why there is nothing to explain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotExplained {
    /// The control has no policies here.
    #[error("control `{0}` has no compiled policies")]
    Control(String),
    /// Nobody observed the subject.
    #[error("no collector observed subject `{subject}`{}", hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    Subject {
        /// As asked.
        subject: String,
        /// The nearest id that was observed.
        hint: Option<String>,
    },
    /// More than one subject is called so.
    #[error("subject `{subject}` was observed by {}; put the collector in front, such as `{}/{subject}`", collectors.join(" and "), collectors.first().map_or("", String::as_str))]
    Ambiguous {
        /// As asked.
        subject: String,
        /// The collectors that observed one.
        collectors: Vec<String>,
    },
    /// Cedar takes the system or the parameters for no values.
    #[error("the request cannot be made: {0}")]
    Request(String),
}

impl Policies {
    /// Explains how `control` judges `subject`: an id, `Kind::"id"`, or either with the collector in front,
    /// `collector/id`.
    ///
    /// # Errors
    /// [`NotExplained`] where there is no such control or subject, or more than one.
    pub fn explain(&self, control: &Control, input: Input<'_>, subject: &str) -> Result<Explanation, NotExplained> {
        let unknown = || NotExplained::Control(control.id.clone());
        let compiled =
            self.compiled(&control.id).filter(|compiled| compiled.control == *control).ok_or_else(unknown)?;
        let (instance, table, row) = find(compiled, &input, subject)?;
        let judge = Judge::new(compiled, input.system, input.as_of).map_err(NotExplained::Request)?;
        let verdict = judge.row(table, row);
        let subject = Subject {
            collector: instance.to_owned(),
            id: table.id(row).unwrap_or_default().to_owned(),
            kind: table.fact().entity_kind.clone(),
        };
        let policies = policies(compiled, &verdict);
        let names: BTreeSet<&String> = policies.iter().flat_map(|policy| &policy.reads).collect();
        let attributes = names.into_iter().map(|name| (name.clone(), value(table, row, name))).collect();
        Ok(Explanation {
            answer: answer(&verdict),
            as_of: input.as_of,
            attributes,
            control: control.id.clone(),
            errors: match verdict {
                Verdict::Undecided { errors, .. } => errors,
                _ => Vec::new(),
            },
            parameters: control.parameters.clone(),
            policies,
            receipts: table.receipts(row).to_vec(),
            subject,
            system: input.system.name.clone(),
        })
    }
}

/// The one row that `subject` names.
fn find<'a>(
    compiled: &Compiled,
    input: &Input<'a>,
    subject: &str,
) -> Result<(&'a str, &'a FactTable, usize), NotExplained> {
    let mut found = Vec::new();
    let mut ids = Vec::new();
    for collection in input.collections {
        let fact = fact_in(collection, &compiled.control, &compiled.fact);
        let Some(table) = collection.tables.get(fact) else { continue };
        let instance = collection.id.instance.as_str();
        for row in 0..table.len() {
            let Some(id) = table.id(row) else { continue };
            ids.push(id);
            let matches = |asked: &str| asked == id || asked == format!("{}::{id:?}", compiled.fact.entity_kind);
            let rest = subject.strip_prefix(instance).and_then(|rest| rest.strip_prefix('/'));
            if matches(subject) || rest.is_some_and(matches) {
                found.push((instance, table, row));
            }
        }
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let hint = did_you_mean(subject, ids);
            Err(NotExplained::Subject { subject: subject.to_owned(), hint })
        }
        several => {
            let collectors = several.iter().map(|(instance, ..)| (*instance).to_owned()).collect();
            Err(NotExplained::Ambiguous { subject: subject.to_owned(), collectors })
        }
    }
}

fn answer(verdict: &Verdict) -> Answer {
    match verdict {
        Verdict::Excluded => Answer::OutOfScope,
        Verdict::Conforming => Answer::Conforms,
        Verdict::Exception(_) => Answer::Exception,
        Verdict::Undecided { .. } => Answer::Undecided,
    }
}

/// The policies of the scope, and those of the control where the subject got that far.
fn policies(compiled: &Compiled, verdict: &Verdict) -> Vec<PolicyInPlay> {
    let judged = !matches!(verdict, Verdict::Excluded | Verdict::Undecided { in_scope: false, .. });
    let parts = [Part::Scope, Part::Subject].into_iter().filter(|part| *part == Part::Scope || judged);
    let cards = parts.flat_map(|part| compiled.part(part));
    cards
        .map(|card| {
            let decided = match verdict {
                Verdict::Exception(deciding) => deciding.iter().any(|policy| policy.id == card.deciding.id),
                Verdict::Conforming => card.part == Part::Subject && card.effect == Effect::Permit,
                Verdict::Excluded | Verdict::Undecided { .. } => false,
            };
            let conditions = card.body.clauses().iter().map(|clause| match clause {
                Clause::When(condition) | Clause::Unless(condition) => condition,
            });
            let reads: BTreeSet<String> = conditions.flat_map(|condition| named(condition)).collect();
            PolicyInPlay {
                action: card.part.action(&compiled.control.id),
                decided,
                effect: if card.effect == Effect::Permit { "permit" } else { "forbid" },
                policy: card.deciding.clone(),
                reads: reads.into_iter().collect(),
                text: card.text.clone(),
            }
        })
        .collect()
}

/// The attributes of the resource that an expression names.
fn named(expr: &Expr) -> Vec<String> {
    let visit = |expr: &Expr| match expr {
        Expr::GetAttr { expr, attr } if **expr == Expr::Var(Var::Resource) => Some(vec![attr.to_string()]),
        Expr::HasAttr { expr, attrs } if **expr == Expr::Var(Var::Resource) => Some(vec![attrs.first().to_string()]),
        _ => None,
    };
    let join = |mut a: Vec<String>, b: Vec<String>| {
        a.extend(b);
        a
    };
    expr.reduce(&visit, &join, Vec::new())
}

fn value(table: &FactTable, row: usize, name: &str) -> Option<Value> {
    table.fact().column(name).map(|at| table.value(row, at)).filter(|value| *value != Value::Absent)
}

#[cfg(test)]
mod tests;
