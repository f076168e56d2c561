//! One TOML table read key by key: every key that is missing, unknown or of another type becomes a problem.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tickmark_model::Scalar;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::parse;
use crate::problem::{Problem, SourceFile, did_you_mean};

/// A value and the bytes where it stands.
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// The keys of one table that were not read yet.
pub(crate) struct Fields<'a> {
    pub(crate) file: &'a SourceFile,
    what: &'static str,
    span: Range<usize>,
    left: BTreeMap<String, (Range<usize>, Spanned<DeValue<'a>>)>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The top of `file`, which is a `what`.
    pub(crate) fn root(file: &'a SourceFile, what: &'static str, problems: &mut Vec<Problem>) -> Self {
        Self::new(file, what, 0..0, parse(file, problems))
    }

    fn new(file: &'a SourceFile, what: &'static str, span: Range<usize>, table: DeTable<'a>) -> Self {
        let left = table.into_iter().map(|(key, value)| (key.get_ref().to_string(), (key.span(), value))).collect();
        Self { file, what, span, left, known: Vec::new() }
    }

    /// The tables of the array `key`, such as `[[control]]`; none where there is no such array.
    pub(crate) fn rows(&mut self, key: &'static str, problems: &mut Vec<Problem>) -> Vec<Self> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let (span, file) = (value.span(), self.file);
        let DeValue::Array(items) = value.into_inner() else {
            problems.push(
                file.problem(format!("`{key}` is not an array of tables")).at(span, format!("expected [[{key}]]")),
            );
            return Vec::new();
        };
        let mut rows = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => rows.push(Self::new(file, key, span, table)),
                _ => problems
                    .push(file.problem(format!("`{key}` is not a table")).at(span, format!("expected [[{key}]]"))),
            }
        }
        rows
    }

    /// A string that must be there and not be empty.
    pub(crate) fn text(&mut self, key: &'static str, problems: &mut Vec<Problem>) -> Option<Placed<String>> {
        let text: Placed<String> = self.required(key, "a string", problems)?;
        if text.value.trim().is_empty() {
            problems.push(self.file.problem(format!("`{key}` is empty")).at(text.span, "expected some text"));
            return None;
        }
        Some(text)
    }

    /// One of some words, which must be there.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        self.placed_word(key, words, problems).map(|word| word.value)
    }

    /// As [`Fields::word`], with the place where it stands.
    pub(crate) fn placed_word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<Placed<T>> {
        let text = self.text(key, problems)?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = did_you_mean(&text.value, all.iter().copied());
            let problem =
                self.file.problem(format!("`{}` is not a {key}", text.value)).at(text.span.clone(), "unknown word");
            problems.push(problem.help(help.unwrap_or_else(|| format!("it is one of {}", all.join(", ")))));
        }
        found.map(|value| Placed { value, span: text.span })
    }

    /// As [`Fields::placed_word`], if it is there.
    pub(crate) fn optional_word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        problems: &mut Vec<Problem>,
    ) -> Option<Placed<T>> {
        if !self.left.contains_key(key) {
            self.known.push(key);
            return None;
        }
        self.placed_word(key, words, problems)
    }

    /// Anything that serde reads, which must be there; `expected` says what it is.
    pub(crate) fn required<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Placed<T>> {
        if !self.left.contains_key(key) {
            self.known.push(key);
            let problem =
                self.file.problem(format!("{} has no `{key}`", self.what)).at(self.span.clone(), "in this one");
            problems.push(problem.help(format!("it is {expected}")));
            return None;
        }
        self.optional(key, expected, problems)
    }

    /// Anything that serde reads, if it is there; `expected` says what it is.
    pub(crate) fn optional<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        expected: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Placed<T>> {
        let value = self.take(key)?;
        decode(self.file, key, expected, value, problems)
    }

    /// A duration above zero, in milliseconds, written `{ duration = "26h" }`.
    pub(crate) fn duration(&mut self, key: &'static str, problems: &mut Vec<Problem>) -> Option<Placed<i64>> {
        let expected = "a duration such as `{ duration = \"26h\" }`";
        let scalar: Placed<Scalar> = self.optional(key, expected, problems)?;
        match scalar.value {
            Scalar::Duration(ms) if ms > 0 => Some(Placed { value: ms, span: scalar.span }),
            other => {
                let problem = self.file.problem(format!("`{key}` is `{other}`, expected a duration above zero"));
                problems.push(problem.at(scalar.span, "not a duration above zero").help(format!("it is {expected}")));
                None
            }
        }
    }

    /// The scalars of the table `key`, by name; none where it is not there.
    pub(crate) fn scalars(
        &mut self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> BTreeMap<String, Placed<Scalar>> {
        let Some(value) = self.take(key) else { return BTreeMap::new() };
        let (span, file) = (value.span(), self.file);
        let DeValue::Table(table) = value.into_inner() else {
            problems.push(file.problem(format!("`{key}` is not a table")).at(span, "expected a table"));
            return BTreeMap::new();
        };
        let expected = "a boolean, an integer, a string or a tagged value such as `{ duration = \"26h\" }`";
        let mut scalars = BTreeMap::new();
        for (name, value) in table {
            if let Some(Placed { value, .. }) = decode(file, name.get_ref(), expected, value, problems) {
                scalars.insert(name.get_ref().to_string(), Placed { value, span: name.span() });
            }
        }
        scalars
    }

    /// Reports the keys that nobody read.
    pub(crate) fn finish(self, problems: &mut Vec<Problem>) {
        for (key, (span, _)) in self.left {
            let help = did_you_mean(&key, self.known.iter().copied());
            let problem = self.file.problem(format!("{} has no key `{key}`", self.what)).at(span, "unknown key");
            problems.push(problem.help(help.unwrap_or_else(|| format!("its keys are {}", self.known.join(", ")))));
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.left.remove(key).map(|(_, value)| value)
    }
}

fn decode<T: for<'de> Deserialize<'de>>(
    file: &SourceFile,
    key: &str,
    expected: &str,
    value: Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Option<Placed<T>> {
    let span = value.span();
    match T::deserialize(ValueDeserializer::from(value)) {
        Ok(value) => Some(Placed { value, span }),
        Err(error) => {
            let message = error.message().trim().replace('\n', ", ");
            let problem = file.problem(format!("`{key}`: {message}")).at(error.span().unwrap_or(span), "here");
            problems.push(problem.help(format!("it is {expected}")));
            None
        }
    }
}
