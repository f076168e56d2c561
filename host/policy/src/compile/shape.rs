//! The shape of a control: one unconditional `permit` and at least one `forbid`; `has` only inside `unless`.
//!
//! A subject conforms when Cedar allows it. So every exception is decided by a `forbid`, whose annotations say which
//! and what to do. The population's policies have the same shape. Scope policies are `permit`s only: whatever is absent
//! or misspelt then leaves a subject in scope, where it is judged, and never quietly outside.

use std::collections::BTreeMap;

use cedar_policy::pst::{ActionConstraint, Clause, PrincipalConstraint, ResourceConstraint, Template};
use cedar_policy::{Effect, Policy, PolicySet};
use tickmark_model::{Control, DecidingPolicy, Severity};

use super::card::Card;
use super::has::Attributes;
use super::text::{Statement, statements};
use crate::matrix::{Entry, SEVERITIES};
use crate::problem::{Problem, SourceFile, did_you_mean};
use crate::schema::Part;

/// The cards of the policies that are sound one by one; everything else becomes problems.
pub(super) fn check(
    entry: &Entry,
    parsed: &PolicySet,
    attributes: Option<&Attributes<'_>>,
    ids: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Vec<(Card, Policy)> {
    let source = &entry.policy;
    let statements = statements(source.text());
    let place =
        |id: &str| id.strip_prefix("policy").and_then(|n| n.parse().ok()).and_then(|n: usize| statements.get(n));
    for template in parsed.templates() {
        let problem = source.problem("a template judges nothing by itself");
        let problem = match place(template.id().as_ref()) {
            Some(statement) => problem.at(statement.head(), "has a slot"),
            None => problem,
        };
        problems.push(problem.help("write the policy out for the control's own action"));
    }
    let mut policies: Vec<(&Statement<'_>, &Policy)> =
        parsed.policies().filter_map(|policy| place(policy.id().as_ref()).map(|at| (at, policy))).collect();
    policies.sort_by_key(|(statement, _)| statement.whole().start);
    let mut judge = Judge { entry, attributes, ids, problems };
    let mut parts: Vec<(Part, Effect)> = Vec::new();
    let mut cards = Vec::new();
    for (statement, policy) in policies {
        let part = judge.part(statement, policy);
        parts.extend(part.map(|part| (part, policy.effect())));
        if let Some(card) = part.and_then(|part| judge.policy(part, statement, policy)) {
            cards.push((card, policy.clone()));
        }
    }
    whole(&entry.control, source, &parts, problems);
    cards
}

/// One permit and at least one forbid for each part that is judged.
fn whole(control: &Control, source: &SourceFile, parts: &[(Part, Effect)], problems: &mut Vec<Problem>) {
    let count = |part, effect| parts.iter().filter(|of| **of == (part, effect)).count();
    for part in Part::of(control.mode).iter().copied().filter(|part| *part != Part::Scope) {
        let action = part.action(&control.id);
        let permits = count(part, Effect::Permit);
        if permits != 1 {
            let message = format!("action `{action}` has {permits} `permit` policies, expected one");
            let help = "one unconditional `permit` says that a subject conforms unless a `forbid` speaks against it";
            problems.push(source.problem(message).help(help));
        }
        if count(part, Effect::Forbid) == 0 {
            let message = format!("action `{action}` has no `forbid` policy, so nothing could ever fail");
            problems
                .push(source.problem(message).help("add a `forbid` with `@message`, `@severity` and `@remediation`"));
        }
    }
}

struct Judge<'a> {
    entry: &'a Entry,
    attributes: Option<&'a Attributes<'a>>,
    ids: &'a mut BTreeMap<String, String>,
    problems: &'a mut Vec<Problem>,
}

impl Judge<'_> {
    fn problem(&self, message: impl Into<String>) -> Problem {
        self.entry.policy.problem(message)
    }

    /// Which part of the control the policy is for: it says `action == Action::"..."` with the control's id.
    fn part(&mut self, statement: &Statement<'_>, policy: &Policy) -> Option<Part> {
        let control = &self.entry.control;
        let asked = match policy.to_pst().ok()?.body().action.clone() {
            ActionConstraint::Eq(uid) if uid.ty.to_string() == "Action" => Some(uid.eid.to_string()),
            _ => None,
        };
        let parts = Part::of(control.mode);
        let part = parts.iter().copied().find(|part| asked.as_deref() == Some(part.action(&control.id).as_str()));
        if part.is_none() {
            let message = format!("the policy is not for control `{}` alone", control.id);
            let actions: Vec<String> = parts.iter().map(|part| format!("`{}`", part.action(&control.id))).collect();
            let help = format!("write `action == Action::\"...\"` with one of {}", actions.join(", "));
            self.problems.push(self.problem(message).at(statement.head(), "judges another action").help(help));
        }
        part
    }

    /// Checks one policy; its card, where it is sound.
    fn policy(&mut self, part: Part, statement: &Statement<'_>, policy: &Policy) -> Option<Card> {
        let before = self.problems.len();
        let body = match policy.to_pst() {
            Ok(pst) => pst.body().clone(),
            Err(error) => {
                self.problems.push(self.problem(error.to_string()).at(statement.effect(), "here"));
                return None;
            }
        };
        self.effect(part, statement, policy.effect(), &body);
        self.conditions(part, statement, &body);
        let deciding = self.annotations(part, statement, policy);
        let sound = self.problems.len() == before;
        let card = |deciding| Card { body, deciding, effect: policy.effect(), part, text: statement.text().to_owned() };
        deciding.map(card).filter(|_| sound)
    }

    fn effect(&mut self, part: Part, statement: &Statement<'_>, effect: Effect, body: &Template) {
        let unconditional = body.clauses().is_empty();
        let unscoped = body.principal == PrincipalConstraint::Any && body.resource == ResourceConstraint::Any;
        let problem = match (part, effect) {
            (Part::Scope, Effect::Permit) => return,
            (Part::Scope, Effect::Forbid) => self
                .problem("a `forbid` decides who is in scope")
                .at(statement.effect(), "expected `permit`")
                .help("say who is in scope with `permit ... when { ... } unless { ... }`"),
            (_, Effect::Permit) if unconditional && unscoped => return,
            (_, Effect::Permit) => self
                .problem("the `permit` has conditions")
                .at(statement.effect(), "expected `permit (principal, action == ..., resource);`")
                .help("state each condition as the `forbid` of its opposite, so that an exception can say why"),
            (_, Effect::Forbid) if !unconditional => return,
            (_, Effect::Forbid) => self
                .problem("the `forbid` has no condition, so no subject could ever conform")
                .at(statement.effect(), "expected `when` or `unless`")
                .help("add `when { ... }` or `unless { ... }`"),
        };
        self.problems.push(problem);
    }

    fn conditions(&mut self, part: Part, statement: &Statement<'_>, body: &Template) {
        let Some(attributes) = self.attributes else { return };
        for clause in body.clauses() {
            let (Clause::When(condition) | Clause::Unless(condition)) = clause;
            for has in attributes.in_condition(part, condition) {
                let place = |mut problem: Problem, label: &str| {
                    for span in statement.has(&has.attribute) {
                        problem = problem.at(span, label);
                    }
                    problem
                };
                if let Some(what) = &has.undeclared {
                    let near = did_you_mean(&has.attribute, has.declared.iter().map(String::as_str));
                    let problem = self.problem(format!("{what} has no attribute `{}`", has.attribute));
                    let help = near.unwrap_or_else(|| format!("it declares {}", has.declared.join(", ")));
                    self.problems.push(place(problem, "not declared").help(help));
                } else if matches!(clause, Clause::When(_)) {
                    let problem = self.problem(format!("`has {}` stands in a `when`", has.attribute));
                    let help =
                        "write the opposite as an `unless`, so that a subject is judged where the attribute is absent";
                    self.problems.push(place(problem, "silently false where it is absent").help(help));
                }
            }
        }
    }

    fn annotations(&mut self, part: Part, statement: &Statement<'_>, policy: &Policy) -> Option<DecidingPolicy> {
        let forbids = policy.effect() == Effect::Forbid && part != Part::Scope;
        let id = self.annotation(statement, policy, "id", true);
        let message = self.annotation(statement, policy, "message", forbids);
        let remediation = self.annotation(statement, policy, "remediation", forbids);
        let severity = self.severity(statement, policy, forbids);
        let id = id?;
        let path = self.entry.policy.path();
        if let Some(other) = self.ids.insert(id.clone(), path.to_owned()) {
            let place = if other == path { "in this file".to_owned() } else { format!("in `{other}`") };
            let problem = self.problem(format!("policy id `{id}` is there twice, first {place}"));
            self.problems.push(problem.at(statement.annotation("id"), "again here").help("choose another `@id`"));
            return None;
        }
        Some(DecidingPolicy { id, message: message?, remediation: remediation?, severity: severity? })
    }

    /// The text of an annotation; empty where it is neither there nor needed.
    fn annotation(&mut self, statement: &Statement<'_>, policy: &Policy, name: &str, needed: bool) -> Option<String> {
        match policy.annotation(name) {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            _ if !needed => Some(String::new()),
            found => {
                let lacks = if found.is_some() { "is empty" } else { "is missing" };
                let problem = self.problem(format!("annotation `@{name}` {lacks}"));
                let help = match name {
                    "id" => "the `@id` names the policy in findings, such as `mfa-for-admins-without-second-factor`",
                    "message" => "the `@message` says in plain words what is wrong with the subject",
                    _ => "the `@remediation` says in plain words what to do about it",
                };
                self.problems.push(problem.at(statement.annotation(name), "on this policy").help(help));
                None
            }
        }
    }

    fn severity(&mut self, statement: &Statement<'_>, policy: &Policy, needed: bool) -> Option<Severity> {
        let words: Vec<&str> = SEVERITIES.iter().map(|(word, _)| *word).collect();
        let expected = format!("it is one of {}", words.join(", "));
        let problem = match policy.annotation("severity") {
            None if !needed => return Some(self.entry.control.severity),
            None => self.problem("annotation `@severity` is missing").help(expected),
            Some(word) => match SEVERITIES.iter().find(|(known, _)| *known == word) {
                Some((_, severity)) => return Some(*severity),
                None => {
                    let near = did_you_mean(word, words);
                    self.problem(format!("`{word}` is not a severity")).help(near.unwrap_or(expected))
                }
            },
        };
        self.problems.push(problem.at(statement.annotation("severity"), "on this policy"));
        None
    }
}
