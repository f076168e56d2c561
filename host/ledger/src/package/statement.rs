//! What a package's signature says: an in-toto statement about `manifest.json` with the result of each evaluation.
//!
//! Members after in-toto's Statement v1 (`spec/v1/statement.md`), ResourceDescriptor and the predicate test-result v0.1
//! (in-toto/attestation).
//!
//! **Invariant:** none is written that would not be read.
//! **Invariant:** nothing evaluated is never `PASSED`, and neither is anything with one evaluation in doubt.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Outcome};

use super::strict::{self, NotCanonical, hex_digest};
use crate::hash::sha256;

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// The file that the statement is about.
const SUBJECT: &str = "manifest.json";

/// Why a statement is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// It is not read.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// A member other than a package's statement has it.
    #[error("`{member}` is `{found}`, expected `{expected}`")]
    Member {
        /// Which.
        member: &'static str,
        /// What it says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// A list whose members do not ascend.
    #[error("`{0}` is not sorted, each once")]
    Order(&'static str),
    /// An evaluation with two outcomes.
    #[error("`{0}` stands in two lists")]
    Twice(String),
}

/// One evaluation, as the statement names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The control's id.
    pub control: String,
    /// The system's name.
    pub system: String,
    /// The record's index.
    pub index: u64,
    /// What came out; nothing where it does not count as an operation, since its time was simulated.
    pub outcome: Option<Outcome>,
}

impl Test {
    /// `control@system#index`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}#{}", self.control, self.system, self.index)
    }
}

/// A file that the evaluations rest on: a policy, a schema, or a component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    digest: DigestSet,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestSet {
    /// In hexadecimal digits, without an algorithm in front.
    #[serde(with = "hex_digest")]
    sha256: Digest,
}

impl Resource {
    /// A file of the package by its path.
    #[must_use]
    pub fn new(path: &str, digest: &Digest) -> Self {
        Self { digest: DigestSet { sha256: *digest }, name: path.to_owned() }
    }

    /// Its path in the package.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest.sha256
    }
}

/// The result over all evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TestOutcome {
    /// Something was evaluated, and all of it passed.
    Passed,
    /// Nothing failed, and something is in doubt, or nothing was evaluated.
    Warned,
    /// At least one evaluation failed.
    Failed,
}

impl TestOutcome {
    /// The predicate's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Warned => "WARNED",
            Self::Failed => "FAILED",
        }
    }
}

/// The predicate. Every list is sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TestResult {
    /// Policies, schemas and components, by path.
    pub configuration: Vec<Resource>,
    /// Evaluations that failed.
    pub failed_tests: Vec<String>,
    /// Evaluations that passed.
    pub passed_tests: Vec<String>,
    /// The result over all of them.
    pub result: TestOutcome,
    /// Evaluations that are inconclusive, or do not count as operations.
    pub warned_tests: Vec<String>,
}

impl TestResult {
    /// The predicate of these evaluations on that configuration.
    #[must_use]
    pub fn new(mut configuration: Vec<Resource>, tests: &[Test]) -> Self {
        configuration.sort_by(|a, b| a.name.cmp(&b.name));
        configuration.dedup();
        let named = |outcome: Option<Outcome>| {
            let mut names: Vec<String> = tests.iter().filter(|test| counted(test) == outcome).map(Test::name).collect();
            names.sort();
            names
        };
        let (failed_tests, passed_tests) = (named(Some(Outcome::Fail)), named(Some(Outcome::Pass)));
        let warned_tests = named(None);
        let result = result(&failed_tests, &passed_tests, &warned_tests);
        Self { configuration, failed_tests, passed_tests, result, warned_tests }
    }

    /// Every list ascends, each evaluation stands in one of them, and the result is theirs.
    fn check(&self) -> Result<(), StatementError> {
        let Self { configuration, failed_tests, passed_tests, result: found, warned_tests } = self;
        if !configuration.is_sorted_by(|a, b| a.name < b.name) {
            return Err(StatementError::Order("configuration"));
        }
        let mut seen = BTreeSet::new();
        for (name, list) in
            [("failedTests", failed_tests), ("passedTests", passed_tests), ("warnedTests", warned_tests)]
        {
            if !list.is_sorted_by(|a, b| a < b) {
                return Err(StatementError::Order(name));
            }
            if let Some(twice) = list.iter().find(|test| !seen.insert(*test)) {
                return Err(StatementError::Twice(twice.clone()));
            }
        }
        let expected = result(failed_tests, passed_tests, warned_tests);
        if *found == expected {
            return Ok(());
        }
        let (found, expected) = (found.as_str().to_owned(), expected.as_str().to_owned());
        Err(StatementError::Member { member: "result", found, expected })
    }
}

/// The outcome that counts: pass or fail, otherwise nothing.
fn counted(test: &Test) -> Option<Outcome> {
    test.outcome.filter(|outcome| matches!(outcome, Outcome::Pass | Outcome::Fail))
}

fn result(failed: &[String], passed: &[String], warned: &[String]) -> TestOutcome {
    if !failed.is_empty() {
        TestOutcome::Failed
    } else if !warned.is_empty() || passed.is_empty() {
        TestOutcome::Warned
    } else {
        TestOutcome::Passed
    }
}

/// The statement that a package's signature is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// SHA-256 of `manifest.json`.
    pub manifest: Digest,
    /// What it says of the evaluations.
    pub predicate: TestResult,
}

/// Its JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    predicate: TestResult,
    predicate_type: String,
    subject: Vec<Resource>,
}

impl Statement {
    /// The statement about a manifest of these bytes.
    #[must_use]
    pub fn new(manifest: &[u8], predicate: TestResult) -> Self {
        Self { manifest: sha256(manifest), predicate }
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`StatementError::NotCanonical`], [`StatementError::Member`] (also where the result is not that of the lists),
    /// [`StatementError::Order`], [`StatementError::Twice`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let Wire { kind, predicate, predicate_type, subject } = strict::read(bytes)?;
        let is = |member, found: String, expected: &str| match found == expected {
            true => Ok(()),
            false => Err(StatementError::Member { member, found, expected: expected.to_owned() }),
        };
        is("_type", kind, STATEMENT_TYPE)?;
        is("predicateType", predicate_type, PREDICATE_TYPE)?;
        predicate.check()?;
        let [one] = subject.as_slice() else {
            let (found, expected) = (format!("{} files", subject.len()), "1 file".to_owned());
            return Err(StatementError::Member { member: "subject", found, expected });
        };
        is("subject", one.name.clone(), SUBJECT)?;
        let manifest = one.digest();
        Ok(Self { manifest, predicate })
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    /// As [`Statement::parse`]: the same evaluation twice, or one path with two digests.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StatementError> {
        self.predicate.check()?;
        let wire = Wire {
            kind: STATEMENT_TYPE.to_owned(),
            predicate: self.predicate.clone(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            subject: vec![Resource::new(SUBJECT, &self.manifest)],
        };
        Ok(strict::write(&wire)?)
    }
}

#[cfg(test)]
mod tests;
