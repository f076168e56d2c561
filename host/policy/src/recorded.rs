//! What judged one control, as texts that a ledger keeps, and the way back from them to a judge.
//!
//! **Invariant:** what is compiled is the recorded text, checked against the recorded schema; neither the matrix nor the
//! plugins of today have a say in it.
//! **Invariant:** the texts have the digests that the record names, or nothing is compiled.
//! **Absent on purpose:** the lint on `has`. It kept a misspelt attribute out when the policy was written, and needs the
//! declarations of all plugins of that day; what Cedar answers does not depend on it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::{Schema, Validator};
use tickmark_model::{Control, Digest, Fact, Finding};

use crate::assess::Input;
use crate::compile::{self, Policies};
use crate::matrix::Entry;
use crate::problem::{Problems, SourceFile, unless};

/// What judged one control, each as a text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// The row of the matrix, as JSON with its keys in order.
    pub control: Cow<'a, str>,
    /// The declaration of the fact that is judged, as JSON with its keys in order.
    pub fact: Cow<'a, str>,
    /// The policy file, whole.
    pub policy: Cow<'a, str>,
    /// The schema that the policies were checked against, as JSON in Cedar's own schema format.
    pub schema: Cow<'a, str>,
}

/// The digests of what judged, as a record names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedVersions {
    /// SHA-256 of the policy file.
    pub bundle: Digest,
    /// SHA-256 of the row as JSON.
    pub control: Digest,
    /// SHA-256 of the schema.
    pub schema: Digest,
}

/// Why recorded policies do not judge again.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RecordedError {
    /// It is not what the record names.
    #[error("the recorded {what} has digest {found}, the record names {expected}")]
    Digest {
        /// `control`, `policy` or `schema`.
        what: &'static str,
        /// Of the text.
        found: Digest,
        /// As the record has it.
        expected: Digest,
    },
    /// It is not what this program writes.
    #[error("the recorded {what} cannot be read: {why}")]
    Unreadable {
        /// `control`, `fact` or `schema`.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The policies do not pass Cedar or are not of the shape of a control.
    #[error("the recorded policies do not compile")]
    #[diagnostic(transparent)]
    Policies(#[source] Problems),
}

/// One control with the policies that judged it, compiled again.
pub struct RecordedControl {
    control: Control,
    policies: Policies,
}

impl std::fmt::Debug for RecordedControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordedControl").field("control", &self.control.id).finish_non_exhaustive()
    }
}

impl RecordedControl {
    /// Compiles what was recorded, if it is what the record names.
    ///
    /// # Errors
    /// [`RecordedError`].
    pub fn compile(recorded: &Recorded<'_>, versions: &RecordedVersions) -> Result<Self, RecordedError> {
        let Recorded { control: row, fact, policy, schema } = recorded;
        let RecordedVersions { bundle, control, schema: schema_version } = *versions;
        for (what, text, expected) in
            [("control", row, control), ("policy", policy, bundle), ("schema", schema, schema_version)]
        {
            let found = compile::digest(text);
            if found != expected {
                return Err(RecordedError::Digest { what, found, expected });
            }
        }
        let unreadable = |what| move |why: String| RecordedError::Unreadable { what, why };
        let control: Control = serde_json::from_str(row).map_err(|e| unreadable("control")(e.to_string()))?;
        if compile::row(&control) != **row {
            return Err(unreadable("control")("it would be written otherwise".to_owned()));
        }
        let fact: Fact = serde_json::from_str(fact).map_err(|e| unreadable("fact")(e.to_string()))?;
        let validator = Schema::from_json_str(schema).map_err(|e| unreadable("schema")(e.to_string()))?;
        let mut problems = Vec::new();
        let compiled = compile::control(
            &Entry::recorded(control.clone(), SourceFile::new(control.policy.as_str(), policy.as_ref())),
            Arc::new(fact),
            None,
            &Validator::new(validator),
            &mut BTreeMap::new(),
            &mut problems,
        );
        let controls = compiled.map(|compiled| (control.id.clone(), compiled)).into_iter().collect();
        let policies = unless(problems, Policies::of(controls, schema.to_string())).map_err(RecordedError::Policies)?;
        Ok(Self { control, policies })
    }

    /// The row of the matrix.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The program that judges now, with its version.
    #[must_use]
    pub fn engine(&self) -> &str {
        self.policies.engine()
    }

    /// Judges what was collected, with one Cedar request for each subject.
    #[must_use]
    pub fn assess_one_by_one(&self, input: Input<'_>) -> Finding {
        self.policies.assess_one_by_one(&self.control, input)
    }
}

impl Policies {
    /// What judges the control called `id`, for the record; nothing where it was not compiled.
    #[must_use]
    pub fn recorded(&self, id: &str) -> Option<Recorded<'_>> {
        let compiled = self.compiled(id)?;
        Some(Recorded {
            control: compile::row(&compiled.control).into(),
            fact: serde_json::to_string(&*compiled.fact).ok()?.into(),
            policy: self.source(id)?.text().into(),
            schema: self.schema().into(),
        })
    }
}

#[cfg(test)]
mod tests;
