//! What is wrong with a matrix or a policy: a message, what to do, and the places in the file.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource};

/// One text with the path that people know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: Arc<str>,
}

impl SourceFile {
    /// The text of the file at `path`; the path is only printed and compared, never opened.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// The path as it is printed.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A problem in this file.
    #[must_use]
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: None, file: Some(self.named()), labels: Vec::new() }
    }

    /// What another program's diagnostic says about this file.
    pub(crate) fn diagnostic(&self, found: &dyn Diagnostic) -> Problem {
        Problem {
            message: found.to_string(),
            help: found.help().map(|help| help.to_string()),
            file: Some(self.named()),
            labels: found.labels().into_iter().flatten().collect(),
        }
    }

    fn named(&self) -> NamedSource<Arc<str>> {
        NamedSource::new(&self.path, Arc::clone(&self.text))
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct Problem {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    file: Option<NamedSource<Arc<str>>>,
    #[label(collection)]
    labels: Vec<LabeledSpan>,
}

impl Problem {
    /// A problem of no file, such as two plugins that contradict each other.
    #[must_use]
    pub fn nowhere(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, file: None, labels: Vec::new() }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at the bytes `span` and says `label` there.
    #[must_use]
    pub fn at(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.labels.push(LabeledSpan::new_with_span(Some(label.into()), span));
        self
    }

    /// The path of the file, where there is one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.file.as_ref().map(NamedSource::name)
    }

    /// The bytes that it points at first.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.labels.first().map(|label| label.offset()..label.offset() + label.len())
    }
}

/// Everything that is wrong, at once; never empty.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("the control matrix or its policies cannot be used: {} {}", problems.len(), if problems.len() == 1 { "problem" } else { "problems" })]
pub struct Problems {
    #[related]
    problems: Vec<Problem>,
}

impl Problems {
    /// The problems, by the files' paths and the places in them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter()
    }
}

/// The value where nothing is wrong, otherwise every problem, by path, place and message.
pub(crate) fn unless<T>(mut problems: Vec<Problem>, value: T) -> Result<T, Problems> {
    if problems.is_empty() {
        return Ok(value);
    }
    problems.sort_by(|a, b| {
        let place = |of: &Problem| of.span().map(|span| span.start);
        (a.path(), place(a), &a.message).cmp(&(b.path(), place(b), &b.message))
    });
    Err(Problems { problems })
}

/// `did you mean ...?` for the candidate nearest to `word`, case aside, if one is near enough.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let bound = word.chars().count().div_ceil(3).max(1);
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= bound)
        .min()
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        let near = |word| did_you_mean(word, ["owner", "evidence", "severity"]);
        assert_eq!(near("ownr"), Some("did you mean `owner`?".to_owned()));
        assert_eq!(near("sverety"), Some("did you mean `severity`?".to_owned()));
        assert_eq!(near("colour"), None);
    }
}
