//! The grant of a program with fixed arguments.
//!
//! **Invariant:** the program is an absolute path and the number of arguments is the operator's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use tickmark_model::{CedarType, is_name};

use super::problem::Problems;
use super::written::{Timeout, Written};
use crate::secrets::SecretRef;

/// One program that the collector may run, without a shell and with an environment of only what is written here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandGrant {
    /// The program, absolute, and its arguments. `{name}` in an argument stands for the parameter of that name.
    pub argv: Vec<String>,
    /// The whole environment of the program.
    #[serde(default)]
    pub env: BTreeMap<String, SecretRef>,
    /// The parameters that the collector gives, with their types; default none.
    #[serde(default)]
    pub params: BTreeMap<String, Written<CedarType>>,
    /// In place of the limit `command_timeout_ms`.
    #[serde(default)]
    pub timeout: Option<Written<Timeout>>,
}

impl CommandGrant {
    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        match self.argv.first() {
            None => problems.push("argv", "is empty, expected a program"),
            Some(program) if !program.starts_with('/') => problems.push_with_help(
                "argv",
                format!("program `{program}` is not an absolute path"),
                "there is no search path; write where the program is, such as `/usr/sbin/nft`",
            ),
            Some(_) => {}
        }
        if self.argv.iter().any(|word| word.contains('\0')) {
            problems.push("argv", "has a NUL character");
        }
        for (name, secret) in &self.env {
            if let Some(problem) = secret.problem() {
                problems.push("env", format!("`{name}`: {problem}"));
            }
            if name.is_empty() || name.contains(['=', '\0']) {
                problems.push("env", format!("`{name}` is not a name of an environment variable"));
            }
        }
        let used: BTreeSet<&str> = self.argv.iter().skip(1).flat_map(|word| self.placeholders(word)).collect();
        for (name, ty) in &self.params {
            let field = format!("params.{name}");
            if !is_name(name) {
                problems.push(&field, "is not a name such as `since` (a-z, 0-9 and _)");
            } else if !used.contains(name.as_str()) {
                problems.push(&field, format!("stands in no argument, expected `{{{name}}}` after the program"));
            }
            if let Err(message) = ty.get() {
                problems.push(&field, message);
            }
        }
        if let Some(Err(message)) = self.timeout.as_ref().map(Written::get) {
            problems.push("timeout", message);
        }
    }

    fn placeholders<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        template(word, &self.params).into_iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Param(name) => Some(name),
        })
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        self.env.values_mut().for_each(|secret| secret.rebase(base));
    }

    pub(super) fn describe(&self) -> Value {
        let env: Value = self.env.iter().map(|(name, secret)| (name.clone(), secret.describe())).collect();
        let params: Value = self.params.iter().map(|(name, ty)| (name.clone(), json!(ty.text()))).collect();
        let timeout = self.timeout.as_ref().map(Written::text);
        json!({ "argv": self.argv, "env": env, "params": params, "timeout": timeout })
    }
}

/// A piece of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Written by the operator.
    Literal(&'a str),
    /// Stands for the parameter of this name.
    Param(&'a str),
}

/// Cuts an argument at the placeholders of declared parameters. Other braces stand for themselves, so that
/// `--format={{.Name}}` needs no escape.
pub(crate) fn template<'a, T>(word: &'a str, params: &BTreeMap<String, T>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut rest = word;
    let mut from = 0;
    while let Some(open) = rest.get(from..).and_then(|tail| tail.find('{')).map(|at| from + at) {
        let inside = rest.get(open + 1..).unwrap_or_default();
        let name = inside.split_once('}').map(|(name, _)| name).filter(|name| params.contains_key(*name));
        let Some(name) = name else {
            from = open + 1;
            continue;
        };
        parts.push(Part::Literal(rest.get(..open).unwrap_or_default()));
        parts.push(Part::Param(name));
        rest = rest.get(open + name.len() + 2..).unwrap_or_default();
        from = 0;
    }
    parts.push(Part::Literal(rest));
    parts.retain(|part| *part != Part::Literal(""));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_declared_names_are_placeholders() {
        let params = BTreeMap::from([("a".to_owned(), ()), ("since".to_owned(), ())]);
        let check = |word| template(word, &params);
        assert_eq!(check("--since={since}"), [Part::Literal("--since="), Part::Param("since")]);
        assert_eq!(check("{a}{a}x"), [Part::Param("a"), Part::Param("a"), Part::Literal("x")]);
        assert_eq!(check("%{http_code}"), [Part::Literal("%{http_code}")]);
        assert_eq!(check("{{.Name}}"), [Part::Literal("{{.Name}}")]);
        assert_eq!(check("{{a}}"), [Part::Literal("{"), Part::Param("a"), Part::Literal("}")]);
        assert_eq!(check("{a"), [Part::Literal("{a")]);
        assert_eq!(check(""), []);
    }
}
