//! Production deployments: which commit each brought, when it began and when it was in place.
//!
//! **Invariant:** a deployment counts from when it began. One that waits, or was never begun, has brought nothing; one of which
//! nothing is recorded counts from when it was asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;
use tickmark_collector::{Datetime, Failure, Receipt};

use crate::history::Sha;
use crate::parse::github::{Deployment, Status};
use crate::source::{Reader, Source};

/// A deployment that began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Begun {
    pub at: Datetime,
    pub id: u64,
    pub succeeded_at: Option<Datetime>,
    pub receipts: Vec<Receipt>,
}

/// What is known about one deployment's states.
#[derive(Clone, Debug)]
enum State {
    NotAsked,
    Begun(Begun),
    Waiting,
}

#[derive(Debug)]
struct Entry {
    deployment: Deployment,
    receipt: Receipt,
    state: State,
}

/// All deployments to the environments in question, up to the judged instant.
#[derive(Debug)]
pub(super) struct Deployments {
    entries: BTreeMap<u64, Entry>,
    by_sha: BTreeMap<Sha, BTreeSet<u64>>,
    /// Why not all are known.
    pub troubles: Vec<String>,
}

struct Read<'e> {
    environments: &'e BTreeSet<String>,
    as_of: Datetime,
    found: Deployments,
}

impl Reader for Read<'_> {
    fn element(&mut self, element: Value, receipt: Receipt) -> Result<(), Failure> {
        let deployment = match Deployment::deserialize(element) {
            Ok(deployment) => deployment,
            Err(error) => {
                self.found.troubles.push(format!("a deployment cannot be read: {error}"));
                return Ok(());
            }
        };
        if !self.environments.contains(&deployment.environment) || deployment.created_at > self.as_of {
            return Ok(());
        }
        let Some(sha) = Sha::read(&deployment.sha) else {
            let (id, sha) = (deployment.id, deployment.sha.chars().take(80).collect::<String>());
            self.found.troubles.push(format!("deployment {id} is of `{}`, which is no hash", sha.escape_debug()));
            return Ok(());
        };
        self.found.by_sha.entry(sha).or_default().insert(deployment.id);
        self.found.entries.insert(deployment.id, Entry { deployment, receipt, state: State::NotAsked });
        Ok(())
    }
}

impl Deployments {
    /// None at all.
    pub fn none() -> Self {
        Self { entries: BTreeMap::new(), by_sha: BTreeMap::new(), troubles: Vec::new() }
    }

    /// All pages of the list of each environment.
    ///
    /// # Errors
    /// A failure that ends the run; anything else is among the troubles.
    pub fn load(
        source: &Source<'_>,
        base: &str,
        environments: &BTreeSet<String>,
        as_of: Datetime,
    ) -> Result<Self, Failure> {
        let mut read = Read { environments, as_of, found: Self::none() };
        let path = format!("{base}/deployments");
        let queries: Vec<String> = match source.way() {
            crate::source::Way::Files => vec![String::new()],
            crate::source::Way::Http => environments
                .iter()
                .map(|name| format!("?environment={}&per_page=100", crate::source::segment(name)))
                .collect(),
        };
        for query in queries {
            if let Err(trouble) = source.list(&path, &query, &mut read) {
                let why = trouble.why()?;
                read.found.troubles.push(format!("not all deployments are known: {why}"));
            }
        }
        Ok(read.found)
    }

    /// The deployments of commit `sha` that began, and how many did not.
    ///
    /// # Errors
    /// A failure that ends the run.
    pub fn of(&mut self, source: &Source<'_>, base: &str, sha: &Sha, as_of: Datetime) -> Result<Vec<Begun>, Failure> {
        let ids: Vec<u64> = self.by_sha.get(sha).into_iter().flatten().copied().collect();
        let mut begun = Vec::new();
        for id in ids {
            begun.extend(self.begun(source, base, id, as_of)?);
        }
        Ok(begun)
    }

    /// The deployment `id`, where it began by `as_of`. Where its states cannot be read it counts from when it was asked for.
    ///
    /// # Errors
    /// A failure that ends the run.
    pub fn begun(
        &mut self,
        source: &Source<'_>,
        base: &str,
        id: u64,
        as_of: Datetime,
    ) -> Result<Option<Begun>, Failure> {
        let Some(entry) = self.entries.get_mut(&id) else { return Ok(None) };
        if matches!(entry.state, State::NotAsked) {
            let path = format!("{base}/deployments/{id}/statuses");
            let (statuses, pages) = match source.all::<Status>(&path, "?per_page=100") {
                Ok(read) => read,
                Err(trouble) => {
                    self.troubles.push(format!("the states of deployment {id} are not known: {}", trouble.why()?));
                    (Vec::new(), Vec::new())
                }
            };
            entry.state = state(&entry.deployment, statuses, entry.receipt, pages, as_of);
        }
        Ok(match &entry.state {
            State::Begun(begun) => Some(begun.clone()),
            State::NotAsked | State::Waiting => None,
        })
    }

    /// The ids of deployments that were asked for at `from` or later, with their commits.
    pub fn since(&self, from: Datetime) -> Vec<(u64, String)> {
        let since = self.entries.values().filter(|entry| entry.deployment.created_at >= from);
        since.map(|entry| (entry.deployment.id, entry.deployment.sha.clone())).collect()
    }

    /// The deployment itself.
    pub fn get(&self, id: u64) -> Option<&Deployment> {
        self.entries.get(&id).map(|entry| &entry.deployment)
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// What a deployment's states say at `as_of`.
fn state(
    deployment: &Deployment,
    mut statuses: Vec<Status>,
    receipt: Receipt,
    pages: Vec<Receipt>,
    as_of: Datetime,
) -> State {
    let none_recorded = statuses.is_empty();
    statuses.retain(|status| status.created_at <= as_of);
    let first = |is: &dyn Fn(&str) -> bool| {
        statuses.iter().filter(|status| is(&status.state)).map(|status| status.created_at).min()
    };
    // A state that is not known counts as begun, so that no deployment is hidden behind a new word.
    let begun = first(&|state| !matches!(state, "pending" | "queued" | "waiting"));
    match begun.or(none_recorded.then_some(deployment.created_at)) {
        Some(at) => State::Begun(Begun {
            at,
            id: deployment.id,
            succeeded_at: first(&|state| state == "success"),
            receipts: [vec![receipt], pages].concat(),
        }),
        None => State::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(states: &[(&str, &str)]) -> (Option<i64>, Option<i64>) {
        let at = |minute: &str| format!("2026-11-19T10:{minute}:00Z");
        let deployment =
            json!({"id": 1, "sha": "a", "environment": "production", "created_at": at("00"), "creator": null});
        let statuses = states
            .iter()
            .map(|(state, minute)| serde_json::from_value(json!({"state": state, "created_at": at(minute)})).unwrap());
        let start = tickmark_collector::time::rfc3339(&at("00")).unwrap().0;
        let minute = |at: Datetime| (at.0 - start) / 60_000;
        let as_of = Datetime(start + 30 * 60_000);
        match state(&serde_json::from_value(deployment).unwrap(), statuses.collect(), 0, vec![], as_of) {
            State::Begun(begun) => (Some(minute(begun.at)), begun.succeeded_at.map(minute)),
            State::Waiting | State::NotAsked => (None, None),
        }
    }

    #[test]
    fn a_deployment_counts_from_when_it_began() {
        assert_eq!(check(&[("success", "09"), ("in_progress", "07"), ("queued", "05")]), (Some(7), Some(9)));
        assert_eq!(check(&[("inactive", "20"), ("success", "09")]), (Some(9), Some(9)));
        assert_eq!(check(&[("failure", "09"), ("pending", "01")]), (Some(9), None));
        assert_eq!(check(&[("waiting", "01"), ("queued", "02"), ("pending", "03")]), (None, None));
        assert_eq!(check(&[]), (Some(0), None));
        assert_eq!(check(&[("brand_new", "04")]), (Some(4), None));
        assert_eq!(check(&[("success", "45"), ("queued", "05")]), (None, None));
    }
}
