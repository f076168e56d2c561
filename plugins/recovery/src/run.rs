//! The one record that all checks are read into: a run of a tool over a backup, and what it found.

use tickmark_collector::Datetime;

/// Longest name of a target or a system, in bytes: with the tool before it, it is an id.
pub const NAME_BYTES: usize = 512;

/// Whether `name` can stand in a log's line and in an id: no blanks and no control characters.
#[must_use]
pub fn is_target(name: &str) -> bool {
    (1..=NAME_BYTES).contains(&name.len()) && !name.chars().any(|char| char.is_whitespace() || char.is_control())
}

/// What checked a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// `pg_verifybackup`.
    PgVerifyBackup,
    /// `restic check`.
    ResticCheck,
    /// `restic restore`.
    ResticRestore,
}

impl Tool {
    /// All of them, sorted by name.
    pub const ALL: [Self; 3] = [Self::PgVerifyBackup, Self::ResticCheck, Self::ResticRestore];

    /// Its name in settings, logs and ids.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PgVerifyBackup => "pg_verifybackup",
            Self::ResticCheck => "restic-check",
            Self::ResticRestore => "restic-restore",
        }
    }

    /// The tool of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }
}

/// A tool and what it is run over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// The tool.
    pub tool: Tool,
    /// The repository, snapshot or base backup, by the operator's name for it.
    pub target: String,
}

impl Check {
    /// Reads `TOOL/TARGET`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (tool, target) = text.split_once('/')?;
        let tool = Tool::named(tool)?;
        is_target(target).then(|| Self { tool, target: target.to_owned() })
    }

    /// The id, `TOOL/TARGET`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.tool.name(), self.target)
    }
}

/// How much of the backed up data a run read, and not only the lists of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The output does not say.
    Unknown,
    /// None.
    Nothing,
    /// Some.
    Part,
    /// All that the tool was run over.
    All,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// It found errors.
    Damaged,
    /// It ended before it could say anything.
    Aborted,
    /// It said that there are no errors.
    Verified,
}

impl Ending {
    /// Its name in facts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Aborted => "aborted",
            Self::Verified => "verified",
        }
    }
}

/// What a run found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// How it ended.
    pub ending: Ending,
    /// How much it read.
    pub reach: Reach,
    /// The errors that it printed; at least one where it found any.
    pub errors: u64,
    /// Packs or files that it read, where it says so.
    pub items: Option<u64>,
    /// Bytes that it read, where it says so.
    pub bytes: Option<u64>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What was checked with what.
    pub check: Check,
    /// When it ended.
    pub finished: Datetime,
    /// What it found.
    pub verdict: Verdict,
}
