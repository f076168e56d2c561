//! Everything wrong with what somebody wrote, gathered before anything runs.

use std::ops::Range;

use miette::Diagnostic;
use tickmark_policy::{Problem, SourceFile};

/// Everything wrong with site, matrix and policies, all of it at once.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{} in the configuration, nothing was run", count(.problems.len()))]
pub struct Problems {
    /// Each of them, file by file.
    #[related]
    pub problems: Vec<Problem>,
}

impl Problems {
    /// File by file, and in each from top to bottom.
    pub(crate) fn sorted(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.path().map(str::to_owned), problem.span().map(|span| span.start)));
        Self { problems }
    }
}

fn count(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

/// One configuration file, and what is wrong with it so far.
pub(crate) struct Source {
    file: SourceFile,
    pub(crate) problems: Vec<Problem>,
}

impl Source {
    pub(crate) fn new(name: String, text: &str) -> Self {
        Self { file: SourceFile::new(name, text), problems: Vec::new() }
    }

    /// Notes a problem at `span`, a range of bytes.
    pub(crate) fn report(&mut self, message: impl Into<String>, span: Option<Range<usize>>, help: Option<String>) {
        let mut problem = self.file.problem(message);
        if let Some(span) = span {
            problem = problem.at(span, "here");
        }
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.problems.push(problem);
    }

    /// Notes a problem at `span`, of which nobody may see what stands there: the line is named and not shown.
    pub(crate) fn report_unseen(&mut self, message: impl Into<String>, span: Range<usize>, help: String) {
        let line = 1 + self.file.text().bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        let problem = self.file.problem(format!("{}:{line}: {}", self.file.path(), message.into()));
        self.problems.push(problem.help(help));
    }

    /// Notes what another part found wrong with what stands at `span`, with its help.
    pub(crate) fn report_found(&mut self, found: &dyn Diagnostic, span: Range<usize>) {
        let help = found.help().map(|help| help.to_string());
        self.report(found.to_string(), Some(span), help);
    }

    /// Notes what the TOML reader found wrong in the part `within`.
    pub(crate) fn report_toml(&mut self, error: &toml::de::Error, within: Option<Range<usize>>) {
        self.report(error.message().trim_end().replace('\n', ", "), error.span().or(within), None);
    }
}

/// The help for an unknown name: the nearest known one, or all of them.
pub fn known_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    tickmark_policy::did_you_mean(name, known.clone()).unwrap_or_else(|| {
        let names: Vec<&str> = known.into_iter().collect();
        if names.is_empty() { "there is none".to_owned() } else { format!("there is: {}", names.join(", ")) }
    })
}
