//! The operator's settings, checked before anything is read.
//!
//! A setting that the chosen source does not take is refused: it would look as if it had an effect.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Value};

use crate::parse::borg;
use crate::parse::restic;
use crate::time::UtcOffset;

/// Where the runs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Sql,
    Restic(Channel, restic::JobBy),
    PgBackRest(Channel),
    Borg(Channel, borg::JobBy, UtcOffset),
}

/// How a tool's output is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// By running the granted command.
    Command,
    /// From a granted file with its output.
    File,
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub source: Source,
    pub expected_jobs: BTreeSet<String>,
    /// Whether restore tests are looked at.
    pub restores: bool,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let job_by = host.setting("job_by");
        let utc_offset = host.setting("utc_offset");
        let source_setting = host.setting("source");
        let name = source_setting.as_text().unwrap_or_default();
        let source = match name {
            "sql" => Source::Sql,
            "restic" => Source::Restic(Channel::Command, restic_jobs(&job_by)?),
            "restic-file" => Source::Restic(Channel::File, restic_jobs(&job_by)?),
            "pgbackrest" => Source::PgBackRest(Channel::Command),
            "pgbackrest-file" => Source::PgBackRest(Channel::File),
            "borg" => Source::Borg(Channel::Command, borg_jobs(&job_by)?, offset(&utc_offset)?),
            "borg-file" => Source::Borg(Channel::File, borg_jobs(&job_by)?, offset(&utc_offset)?),
            other => {
                let known = "sql, restic, restic-file, pgbackrest, pgbackrest-file, borg or borg-file";
                return Err(wrong("source", other, known));
            }
        };
        if job_by != Value::Absent && matches!(source, Source::Sql | Source::PgBackRest(_)) {
            return Err(Failure::invalid(format!("setting `job_by` has no meaning for source `{name}`")));
        }
        if utc_offset != Value::Absent && !matches!(source, Source::Borg(..)) {
            return Err(Failure::invalid(format!("setting `utc_offset` has no meaning for source `{name}`")));
        }
        let restore_source = host.setting("restore_source");
        let restores = match restore_source.as_text() {
            None => false,
            Some("sql") => true,
            Some(other) => return Err(wrong("restore_source", other, "sql")),
        };
        Ok(Self { source, expected_jobs: expected_jobs(&host.setting("expected_jobs"))?, restores })
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

fn restic_jobs(job_by: &Value) -> Result<restic::JobBy, Failure> {
    match job_by.as_text() {
        None | Some("path") => Ok(restic::JobBy::Path),
        Some("tag") => Ok(restic::JobBy::Tag),
        Some("host") => Ok(restic::JobBy::Host),
        Some(other) => Err(wrong("job_by", other, "path, tag or host")),
    }
}

fn borg_jobs(job_by: &Value) -> Result<borg::JobBy, Failure> {
    match job_by.as_text() {
        None | Some("prefix") => Ok(borg::JobBy::Prefix),
        Some("repository") => Ok(borg::JobBy::Repository),
        Some(other) => Err(wrong("job_by", other, "prefix or repository")),
    }
}

fn offset(setting: &Value) -> Result<UtcOffset, Failure> {
    let text = setting.as_text().unwrap_or("+00:00");
    UtcOffset::parse(text).ok_or_else(|| wrong("utc_offset", text, "an offset from -23:59 to +23:59 such as +01:00"))
}

fn expected_jobs(setting: &Value) -> Result<BTreeSet<String>, Failure> {
    let Value::SetOf(items) = setting else {
        return Err(Failure::invalid("setting `expected_jobs` is missing, expected a set of job names"));
    };
    let names: BTreeSet<String> = setting.texts().into_iter().map(str::to_owned).collect();
    let bad = names.iter().find(|name| !crate::run::is_job_name(name));
    match bad {
        Some(name) => Err(Failure::invalid(format!(
            "setting `expected_jobs` holds a name of {} bytes, expected 1 to {}",
            name.len(),
            crate::run::JOB_BYTES
        ))),
        None if names.is_empty() && !items.is_empty() => {
            Err(Failure::invalid("setting `expected_jobs` holds no text, expected a set of job names"))
        }
        None => Ok(names),
    }
}
