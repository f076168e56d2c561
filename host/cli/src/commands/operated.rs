//! The rows of the control matrix of either kind, and who operates each: a collector's evidence is judged, or people bring
//! theirs.

use serde::Serialize;
use tickmark_model::{Control, Execution, Frequency, Operation};
use tickmark_policy::matrix::{Entry, ManualEntry, Matrix, Origin};

/// Who operates a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Operated {
    Automated,
    ByHand,
    Both,
}

impl Operated {
    /// Of a control with a collector: what a person does is done by hand, whoever looks at it afterwards.
    pub(super) fn of(control: &Control) -> Self {
        match (control.execution, control.operation) {
            (Execution::Both, _) => Self::Both,
            (Execution::Manual, _) | (Execution::Automated, Operation::Human) => Self::ByHand,
            (Execution::Automated, Operation::Event | Operation::State) => Self::Automated,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::ByHand => "by hand",
            Self::Both => "both",
        }
    }
}

/// A row of the matrix.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    /// Judged by policies on what a collector observes.
    Judged(&'a Entry),
    /// Operated by people alone.
    Manual(&'a ManualEntry),
}

impl<'a> Row<'a> {
    /// Every row of `matrix`, sorted by id.
    pub(super) fn all(matrix: &'a Matrix) -> Vec<Self> {
        let mut rows: Vec<Self> =
            matrix.entries().map(Self::Judged).chain(matrix.manual_entries().map(Self::Manual)).collect();
        rows.sort_by(|a, b| a.id().cmp(b.id()));
        rows
    }

    /// The row called `id`.
    pub(super) fn find(matrix: &'a Matrix, id: &str) -> Option<Self> {
        matrix.entry(id).map(Self::Judged).or_else(|| matrix.manual_entry(id).map(Self::Manual))
    }

    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Judged(entry) => &entry.control.id,
            Self::Manual(entry) => &entry.control.id,
        }
    }

    pub(super) fn matrix_id(self) -> Option<&'a str> {
        match self {
            Self::Judged(entry) => entry.control.matrix_id.as_deref(),
            Self::Manual(entry) => entry.control.matrix_id.as_deref(),
        }
    }

    pub(super) fn criteria(self) -> &'a [String] {
        match self {
            Self::Judged(entry) => &entry.control.criteria,
            Self::Manual(entry) => &entry.control.criteria,
        }
    }

    pub(super) fn frequency(self) -> Frequency {
        match self {
            Self::Judged(entry) => entry.control.frequency,
            Self::Manual(entry) => entry.control.frequency,
        }
    }

    pub(super) fn owner(self) -> &'a str {
        match self {
            Self::Judged(entry) => &entry.control.owner,
            Self::Manual(entry) => &entry.control.owner,
        }
    }

    pub(super) fn title(self) -> &'a str {
        match self {
            Self::Judged(entry) => &entry.control.title,
            Self::Manual(entry) => &entry.control.title,
        }
    }

    pub(super) fn operated(self) -> Operated {
        match self {
            Self::Judged(entry) => Operated::of(&entry.control),
            Self::Manual(_) => Operated::ByHand,
        }
    }

    /// Where it comes from, in words.
    pub(super) fn origin(self) -> &'static str {
        let (origin, replaces) = match self {
            Self::Judged(entry) => (entry.origin, entry.control.replaces),
            Self::Manual(entry) => (entry.origin, entry.control.replaces),
        };
        match origin {
            Origin::Builtin => "built-in",
            Origin::Site if replaces => "site (replaces built-in)",
            Origin::Site => "site",
        }
    }
}
