//! What is read, and how far back.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Duration, Failure, Host, Value, time};

use super::read;
use crate::parse::audit::Form;
use crate::source::Way;

/// A repository of GitHub's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Repository {
    /// `owner/name`.
    pub name: String,
}

/// What puts a change into production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeployedBy {
    /// A deployment that GitHub knows of.
    Deployments,
    /// Being on the default branch.
    Merge,
}

#[derive(Debug)]
pub(crate) struct Sources {
    /// Empty where GitHub is not looked at.
    pub repositories: BTreeSet<Repository>,
    pub github: Way,
    pub api_prefix: String,
    pub jira: Option<Way>,
    /// Projects whose keys are looked for.
    pub issue_projects: BTreeSet<String>,
    pub audit: Option<Form>,
    /// More than nothing.
    pub window: Duration,
    pub deployed_by: DeployedBy,
    pub environments: BTreeSet<String>,
    /// Commits that were deployed before anything was recorded, by repository.
    pub baselines: BTreeMap<String, BTreeSet<String>>,
}

const DAY: i64 = 86_400_000;

impl Sources {
    pub(super) fn read(host: &dyn Host) -> Result<Self, Failure> {
        let ways = [("http", Way::Http), ("files", Way::Files)];
        let repositories = read::each(host, "repositories", "an owner and a name such as `acme/web`", repository)?;
        let audit = read::word(host, "audit", &[("json-lines", Form::JsonLines), ("csv", Form::Csv)])?;
        if repositories.is_empty() && audit.is_none() {
            return Err(Failure::invalid("settings `repositories` and `audit` name nothing to read"));
        }
        let jira = read::word(host, "jira", &ways)?;
        let projects = read::each(host, "issue_projects", "a project's key such as `OPS`", project)?;
        if jira.is_some() && projects.is_empty() {
            return Err(Failure::invalid("setting `issue_projects` is empty, expected at least one project's key"));
        }
        let mut baselines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (repository, sha) in read::each(host, "baselines", "a commit such as `acme/web@<40 digits>`", baseline)? {
            baselines.entry(repository).or_default().insert(sha);
        }
        let deployed_by = [("deployments", DeployedBy::Deployments), ("merge", DeployedBy::Merge)];
        Ok(Self {
            repositories: repositories.into_iter().collect(),
            github: read::word(host, "github", &ways)?.unwrap_or(Way::Http),
            api_prefix: prefix(host)?,
            jira,
            issue_projects: projects.into_iter().collect(),
            audit,
            window: window(host)?,
            deployed_by: read::word(host, "deployed_by", &deployed_by)?.unwrap_or(DeployedBy::Deployments),
            environments: read::texts_or(host, "environments", &["production"])?,
            baselines,
        })
    }
}

fn repository(text: &str) -> Option<Repository> {
    let (owner, name) = text.split_once('/')?;
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !matches!(part, "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    (plain(owner) && plain(name)).then(|| Repository { name: text.to_owned() })
}

fn project(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_uppercase());
    let rest = bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (first && rest && text.len() <= 32).then(|| text.to_owned())
}

fn baseline(text: &str) -> Option<(String, String)> {
    let (name, sha) = text.split_once('@')?;
    let sha = crate::history::Sha::read(sha)?;
    repository(name).map(|repository| (repository.name, sha.to_string()))
}

fn prefix(host: &dyn Host) -> Result<String, Failure> {
    let value = host.setting("api_prefix");
    let text = value.as_text().unwrap_or_default();
    let good = text.is_empty()
        || (text.starts_with('/')
            && !text.ends_with('/')
            && !text.contains("//")
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b)));
    if good && (value == Value::Absent || value.as_text().is_some()) {
        return Ok(text.to_owned());
    }
    Err(read::wrong("api_prefix", text, "nothing, or a path such as `/api/v3`"))
}

fn window(host: &dyn Host) -> Result<Duration, Failure> {
    let window = match host.setting("window") {
        Value::Absent => Duration(30 * DAY),
        value => value.as_duration().unwrap_or(Duration(0)),
    };
    if window <= Duration(0) || window > Duration(3_660 * DAY) {
        return Err(read::wrong("window", &time::span(window), "more than 0ms and at most 3660d"));
    }
    Ok(window)
}
