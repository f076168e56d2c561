//! The walk along the default branch: which commits are to be judged, and what brought each into production.

use std::ops::ControlFlow;

use serde::Deserialize as _;
use serde_json::Value;
use tickmark_collector::{Datetime, Failure, Receipt};

use super::deployments::{Begun, Deployments};
use crate::details::{Details, Linked};
use crate::history::{History, Sha, Step};
use crate::parse::github::Commit;
use crate::settings::DeployedBy;
use crate::source::{Reader, Source};

/// The place that is walked.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// `owner/name`.
    pub repository: &'p str,
    /// What stands before every path.
    pub base: &'p str,
    /// The default branch.
    pub branch: &'p str,
    /// The judged window, both ends included.
    pub from: Datetime,
    pub as_of: Datetime,
}

/// One commit of the branch.
#[derive(Clone, Debug)]
pub(super) struct Walked {
    pub sha: Sha,
    /// What shows it.
    pub receipt: Receipt,
    /// The deployment that began first, of those that brought it.
    pub carrier: Option<Begun>,
    /// When any of them was in place first.
    pub succeeded_at: Option<Datetime>,
    /// Its pull request, where that was asked for; or why it is not known.
    pub link: Option<Result<Linked, String>>,
}

/// The walk.
pub(super) struct Walk<'w, 'a, 'h> {
    pub place: Place<'w>,
    pub details: &'w Details<'a, 'h>,
    pub deployments: &'w mut Deployments,
    pub history: History,
    /// Newest first.
    pub commits: Vec<Walked>,
    /// Commits that came to the branch after the judged instant.
    pub later: u64,
    pub end: End,
    pub failure: Option<Failure>,
    carrier: Option<Begun>,
    succeeded_at: Option<Datetime>,
}

/// How the walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It goes on.
    Not,
    /// All that follow were in production before the window, or there are none.
    Reached,
    /// A commit is missing.
    Broken(String),
}

impl<'w, 'a, 'h> Walk<'w, 'a, 'h> {
    pub fn from(place: Place<'w>, details: &'w Details<'a, 'h>, deployments: &'w mut Deployments, head: Sha) -> Self {
        Self {
            place,
            details,
            deployments,
            history: History::from(head),
            commits: Vec::new(),
            later: 0,
            end: End::Not,
            failure: None,
            carrier: None,
            succeeded_at: None,
        }
    }

    /// Goes as far as the commits that were read lead.
    fn go(&mut self) -> Result<(), Failure> {
        while self.end == End::Not {
            match self.history.step() {
                Step::Root => self.end = End::Reached,
                Step::Missing(_) => return Ok(()),
                Step::Commit(sha, receipt) => self.commit(sha, receipt)?,
            }
        }
        Ok(())
    }

    /// Says that no more commits will come.
    pub fn finish(&mut self) {
        if self.end == End::Not
            && let Step::Missing(sha) = self.history.step()
        {
            self.end = End::Broken(self.history.broken_at(&sha));
        }
    }

    fn commit(&mut self, sha: Sha, receipt: Receipt) -> Result<(), Failure> {
        let Place { repository, base, branch, from, as_of } = self.place;
        let sources = &self.details.settings.sources;
        if sources.baselines.get(repository).is_some_and(|baselines| baselines.contains(sha.as_str())) {
            self.end = End::Reached;
            return Ok(());
        }
        let source: &Source<'_> = self.details.github;
        for begun in self.deployments.of(source, base, &sha, as_of)? {
            self.succeeded_at = [self.succeeded_at, begun.succeeded_at].into_iter().flatten().min();
            if self.carrier.as_ref().is_none_or(|carrier| begun < *carrier) {
                self.carrier = Some(begun);
            }
        }
        // This commit and all that it stands upon were there before the window.
        if self.carrier.as_ref().is_some_and(|carrier| carrier.at < from) {
            self.end = End::Reached;
            return Ok(());
        }
        let by_merge = sources.deployed_by == DeployedBy::Merge || self.deployments.is_empty();
        let mut link = None;
        // A commit that nothing brought yet may have come after the judged instant, where that lies back.
        if by_merge || self.carrier.is_none() {
            let read = match self.details.link(repository, base, branch, sha.as_str()) {
                Ok(read) => Ok(read),
                Err(trouble) => Err(trouble.why()?),
            };
            if let Ok(Linked { link: Some(link), .. }) = &read {
                if link.merged_at > as_of {
                    self.later += 1;
                    return Ok(());
                }
                if by_merge && link.merged_at < from {
                    self.end = End::Reached;
                    return Ok(());
                }
            }
            link = Some(read);
        }
        let (carrier, succeeded_at) = (self.carrier.clone(), self.succeeded_at);
        self.commits.push(Walked { sha, receipt, carrier, succeeded_at, link });
        Ok(())
    }
}

impl Reader for Walk<'_, '_, '_> {
    fn element(&mut self, element: Value, receipt: Receipt) -> Result<(), Failure> {
        // One that cannot be read is missing from the walk, which says so if it comes there.
        if let Ok(commit) = Commit::deserialize(element)
            && let Some(sha) = Sha::read(&commit.sha)
        {
            let parent = commit.parents.first().map(|parent| Sha::read(&parent.sha));
            match parent {
                None => self.history.add(sha, None, receipt),
                Some(Some(parent)) => self.history.add(sha, Some(parent), receipt),
                Some(None) => {}
            }
        }
        Ok(())
    }

    fn page(&mut self) -> ControlFlow<()> {
        if let Err(failure) = self.go() {
            self.failure = Some(failure);
        }
        if self.failure.is_some() || self.end != End::Not { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
