//! The operator's settings, checked before anything is read.
//!
//! A setting that has no effect beside the others is refused: it would look as if it had one.

mod objective;

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::logs::Layout;
use tickmark_collector::{Duration, Failure, Host, Value, time};

pub(crate) use objective::Objective;

use crate::run::{Check, NAME_BYTES, Tool};

/// Where the runs of checks are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CheckSource {
    Log(Layout),
    Command,
}

#[derive(Debug)]
pub(crate) struct Checks {
    pub source: CheckSource,
    /// At least one.
    pub expected: BTreeSet<Check>,
    /// The check whose manifest is granted.
    pub manifest: Option<Check>,
}

/// Where reports are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExerciseSource {
    File,
    Folder,
}

#[derive(Debug)]
pub(crate) struct Exercises {
    pub source: ExerciseSource,
    /// At least one.
    pub expected: BTreeSet<String>,
    pub objectives: BTreeMap<String, Objective>,
    /// Longer than nothing.
    pub window: Duration,
}

/// At least one of the two.
#[derive(Debug)]
pub(crate) struct Settings {
    pub checks: Option<Checks>,
    pub exercises: Option<Exercises>,
}

const DAY: i64 = 86_400_000;
/// Longest duration: a century keeps every instant within the contract's years.
const LONGEST: Duration = Duration(36_500 * DAY);

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let settings = Self { checks: checks(host)?, exercises: exercises(host)? };
        if settings.checks.is_none() && settings.exercises.is_none() {
            return Err(Failure::invalid("neither setting `check_source` nor setting `exercise_source` is there"));
        }
        Ok(settings)
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

fn without(host: &dyn Host, settings: &[&str], other: &str) -> Result<(), Failure> {
    match settings.iter().find(|setting| host.setting(setting) != Value::Absent) {
        Some(setting) => Err(Failure::invalid(format!("setting `{setting}` has no meaning without {other}"))),
        None => Ok(()),
    }
}

fn checks(host: &dyn Host) -> Result<Option<Checks>, Failure> {
    let setting = host.setting("check_source");
    let Some(name) = setting.as_text() else {
        without(host, &["expected_checks", "manifest", "prefix"], "`check_source`")?;
        return Ok(None);
    };
    let source = match name {
        "log" => CheckSource::Log(Layout::File),
        "log-folder" => CheckSource::Log(Layout::Folder { prefix: prefix(&host.setting("prefix"))? }),
        "command" => CheckSource::Command,
        other => return Err(wrong("check_source", other, "log, log-folder or command")),
    };
    if name != "log-folder" {
        without(host, &["prefix"], "check_source `log-folder`")?;
    }
    let expected = expected_checks(&host.setting("expected_checks"))?;
    if source == CheckSource::Command {
        one_of_each(&expected)?;
    }
    let manifest = match host.setting("manifest").as_text() {
        None => None,
        Some(target) => {
            let check = Check { tool: Tool::PgVerifyBackup, target: target.to_owned() };
            if !expected.contains(&check) {
                let known = "a target of pg_verifybackup that is in `expected_checks`";
                return Err(wrong("manifest", target, known));
            }
            Some(check)
        }
    };
    Ok(Some(Checks { source, expected, manifest }))
}

fn prefix(setting: &Value) -> Result<String, Failure> {
    match setting.as_text().unwrap_or("checks") {
        "" => Err(Failure::invalid("setting `prefix` is empty, expected how the names of the files begin")),
        prefix => Ok(prefix.to_owned()),
    }
}

fn expected_checks(setting: &Value) -> Result<BTreeSet<Check>, Failure> {
    let read = |text: &str| {
        let known = || {
            format!("TOOL/TARGET with a target without blanks and a tool of {}", Tool::ALL.map(Tool::name).join(", "))
        };
        Check::parse(text).ok_or_else(|| wrong("expected_checks", text, &known()))
    };
    let checks: BTreeSet<Check> = setting.texts().into_iter().map(read).collect::<Result<_, _>>()?;
    if checks.is_empty() {
        return Err(Failure::invalid("setting `expected_checks` names none, expected at least one"));
    }
    Ok(checks)
}

/// A command takes no target, so that there is one for each tool; and a restore writes, which a collector must not do.
fn one_of_each(expected: &BTreeSet<Check>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for check in expected {
        if check.tool == Tool::ResticRestore {
            return Err(wrong("expected_checks", &check.id(), "no restic-restore with check_source `command`"));
        }
        if !seen.insert(check.tool) {
            return Err(wrong("expected_checks", &check.id(), "one target of each tool with check_source `command`"));
        }
    }
    Ok(())
}

fn exercises(host: &dyn Host) -> Result<Option<Exercises>, Failure> {
    let setting = host.setting("exercise_source");
    let source = match setting.as_text() {
        None => {
            without(host, &["expected_systems", "objectives", "exercise_window"], "`exercise_source`")?;
            return Ok(None);
        }
        Some("file") => ExerciseSource::File,
        Some("folder") => ExerciseSource::Folder,
        Some(other) => return Err(wrong("exercise_source", other, "file or folder")),
    };
    let expected = expected_systems(&host.setting("expected_systems"))?;
    let objectives = objective::read(&host.setting("objectives"), &expected)?;
    let window = host.setting("exercise_window").as_duration().unwrap_or(Duration(400 * DAY));
    if window <= Duration(0) || window > LONGEST {
        return Err(wrong("exercise_window", &time::span(window), "more than 0ms and at most 36500d"));
    }
    Ok(Some(Exercises { source, expected, objectives, window }))
}

fn expected_systems(setting: &Value) -> Result<BTreeSet<String>, Failure> {
    let names: BTreeSet<String> = setting.texts().into_iter().map(str::to_owned).collect();
    match names.iter().find(|name| name.len() > NAME_BYTES || name.trim().is_empty()) {
        _ if names.is_empty() => Err(Failure::invalid("setting `expected_systems` names none, expected at least one")),
        Some(name) => {
            let len = name.len();
            let bound = format!("expected 1 to {NAME_BYTES} that are not all blank");
            Err(Failure::invalid(format!("setting `expected_systems` holds a name of {len} bytes, {bound}")))
        }
        None => Ok(names),
    }
}
