//! What verifying says: one step after the other, each ok, failed or not checked.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::tlog::Checkpoint;

/// Problems and notes that a step lists at most; the others are counted.
const LISTED: usize = 100;

/// What verifying a ledger or a package says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the checkpoint says, where it can be read; trust it as far as the steps do.
    pub checkpoint: Option<Checkpoint>,
    /// The verifier key that signs the log by its own records, as text.
    pub key: Option<String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Report {
    /// Whether any step failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.steps.iter().any(|step| step.status == Status::Failed)
    }

    /// The step of this name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is verified, such as `checkpoint signature`.
    pub name: &'static str,
    /// What came out.
    pub status: Status,
    /// One line: what was looked at, what is wrong, or why nothing was checked.
    pub detail: String,
    /// On failure, the first file that something is wrong with.
    pub file: Option<PathBuf>,
    /// What is wrong, the first 100; nothing unless the step failed.
    pub problems: Vec<Remark>,
    /// What is not wrong and worth knowing, the first 100.
    pub notes: Vec<Remark>,
}

/// What came out of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything is as it should be.
    Ok,
    /// Something is not.
    Failed,
    /// It was not looked at, or could not be.
    NotChecked,
}

impl Status {
    /// The word in tables and documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The file, below the ledger's folder or within the package; nothing where it is about none.
    pub file: Option<PathBuf>,
    /// What is wrong with it, or worth knowing.
    pub what: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{}`: {}", file.display(), self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A step while it is looked at.
#[derive(Debug)]
pub(super) struct Finding {
    name: &'static str,
    problems: Remarks,
    notes: Remarks,
}

/// The first remarks, and how many there are.
#[derive(Debug, Default)]
struct Remarks {
    listed: Vec<Remark>,
    count: u64,
}

impl Remarks {
    fn push(&mut self, file: Option<PathBuf>, what: String) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(Remark { file, what });
        }
    }

    fn list(mut self) -> Vec<Remark> {
        let more = self.count - self.listed.len() as u64;
        if more > 0 {
            self.listed.push(Remark { file: None, what: format!("and {more} more") });
        }
        self.listed
    }
}

impl Finding {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, problems: Remarks::default(), notes: Remarks::default() }
    }

    /// Something is wrong with a file.
    pub(super) fn problem(&mut self, file: impl AsRef<Path>, what: impl fmt::Display) {
        self.problems.push(Some(file.as_ref().to_path_buf()), what.to_string());
    }

    /// Something is wrong that is in no file of the ledger or package.
    pub(super) fn problem_without_file(&mut self, what: impl fmt::Display) {
        self.problems.push(None, what.to_string());
    }

    /// Something about a file is worth knowing.
    pub(super) fn note(&mut self, file: impl AsRef<Path>, what: impl fmt::Display) {
        self.notes.push(Some(file.as_ref().to_path_buf()), what.to_string());
    }

    /// Something is worth knowing that is in no one file.
    pub(super) fn note_without_file(&mut self, what: impl fmt::Display) {
        self.notes.push(None, what.to_string());
    }

    pub(super) fn is_ok(&self) -> bool {
        self.problems.count == 0
    }

    /// The step, which is ok with this detail unless there was a problem.
    pub(super) fn step(self, detail: impl fmt::Display) -> Step {
        let step = Step::new(self.name, Status::Ok, detail.to_string());
        self.judged(step)
    }

    /// The step, which was not checked for this reason, or failed where there was a problem all the same.
    pub(super) fn not_checked(self, why: impl fmt::Display) -> Step {
        let step = Step::new(self.name, Status::NotChecked, why.to_string());
        self.judged(step)
    }

    fn judged(self, mut step: Step) -> Step {
        step.notes = self.notes.list();
        let Some(first) = self.problems.listed.first() else { return step };
        step.status = Status::Failed;
        step.file.clone_from(&first.file);
        step.detail = match self.problems.count {
            1 => first.what.clone(),
            count => format!("{count} problems; the first: {}", first.what),
        };
        step.problems = self.problems.list();
        step
    }
}

impl Step {
    fn new(name: &'static str, status: Status, detail: String) -> Self {
        Self { name, status, detail, file: None, problems: Vec::new(), notes: Vec::new() }
    }
}

/// `1 record`, `2 records`.
pub(super) fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_fails_by_its_problems_and_never_by_its_notes() {
        let mut finding = Finding::new("blobs");
        finding.note("a", "is new");
        let step = finding.step("2 blobs");
        assert_eq!((step.status, step.detail.as_str(), step.notes.len()), (Status::Ok, "2 blobs", 1));

        let mut finding = Finding::new("blobs");
        finding.problem("a", "is missing");
        let step = finding.not_checked("no blobs");
        assert_eq!((step.status, step.detail.as_str()), (Status::Failed, "is missing"));
        assert_eq!(step.file.as_deref(), Some(Path::new("a")));
    }

    #[test]
    fn problems_beyond_a_hundred_are_counted() {
        let mut finding = Finding::new("records");
        (0..1000).for_each(|n| finding.problem(n.to_string(), "is odd"));
        let step = finding.step("fine");
        assert_eq!(step.detail, "1000 problems; the first: is odd");
        assert_eq!(step.problems.len(), 101);
        assert_eq!(step.problems[100].to_string(), "and 900 more");
        assert_eq!(step.problems[99].to_string(), "`99`: is odd");
    }
}
