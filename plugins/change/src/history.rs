//! The commits of the default branch, from its newest one along first parents.
//!
//! **Invariant:** the walk follows hashes, never dates: those are their authors' word. A commit that is missing ends it, and
//! is said.

use std::collections::BTreeMap;
use std::fmt;

use tickmark_collector::Receipt;

/// The hash of a commit, in lower-case hexadecimal digits: 40 of SHA-1, or 64 of SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sha(Box<str>);

impl Sha {
    /// Reads a whole hash, in any case.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let whole = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        whole.then(|| Self(text.to_ascii_lowercase().into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The commits that were read so far, and how far the walk has come.
#[derive(Clone, Debug)]
pub struct History {
    /// The first parent of each, with what shows it. Commits that were walked over are gone from here.
    parents: BTreeMap<Sha, (Option<Sha>, Receipt)>,
    next: Next,
    /// The commit that was walked over last.
    last: Option<Sha>,
}

/// Where the walk goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    At(Sha),
    Root,
}

/// One step of the walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next commit, with what shows it.
    Commit(Sha, Receipt),
    /// The walk came to the first commit of all.
    Root,
    /// The next commit was not read yet, or is not there.
    Missing(Sha),
}

impl History {
    /// Nothing read yet; the walk will start at `head`.
    #[must_use]
    pub fn from(head: Sha) -> Self {
        Self { parents: BTreeMap::new(), next: Next::At(head), last: None }
    }

    /// Takes a commit with its first parent, shown by `receipt`.
    pub fn add(&mut self, sha: Sha, parent: Option<Sha>, receipt: Receipt) {
        self.parents.insert(sha, (parent, receipt));
    }

    /// Goes one commit further, if it can.
    pub fn step(&mut self) -> Step {
        let sha = match &self.next {
            Next::Root => return Step::Root,
            Next::At(sha) => sha.clone(),
        };
        // A commit is walked over once, so that commits which name each other as parents end the walk.
        match self.parents.remove(&sha) {
            None => Step::Missing(sha),
            Some((parent, receipt)) => {
                self.next = parent.map_or(Next::Root, Next::At);
                self.last = Some(sha.clone());
                Step::Commit(sha, receipt)
            }
        }
    }

    /// What is said where the walk cannot go on to `missing`.
    #[must_use]
    pub fn broken_at(&self, missing: &Sha) -> String {
        match &self.last {
            None => format!("commit {missing}, the newest of the default branch, is not in the list of commits"),
            Some(last) => format!("commit {missing}, the first parent of {last}, is not in the list of commits"),
        }
    }
}
