//! A pull request with everything that is asked of it: its text, its commits' authors, and its reviews as acts.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Receipt};

use crate::approval::{Act, Deed};
use crate::parse::body::Body;
use crate::parse::github::{Commit, Pull, Review};
use crate::rules::people::People;
use crate::source::{Source, Trouble};

/// One pull request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub pull: Pull,
    pub body: Body,
    /// Who opened it.
    pub author: String,
    /// Everybody who opened it or has a commit in it.
    pub authors: BTreeSet<String>,
    /// Whether every author is an account.
    pub authors_known: bool,
    /// The hashes of its commits.
    pub commits: BTreeSet<String>,
    /// When the last of its commits was recorded, as that says.
    pub last_commit: Option<Datetime>,
    pub acts: Vec<Act>,
    pub receipts: Vec<Receipt>,
}

/// GitHub lists no more commits of a pull request.
const MAX_COMMITS: usize = 250;

impl Request {
    /// Asks for everything about number `number` of the repository at `base`.
    ///
    /// # Errors
    /// [`Trouble`], where any part of it is not there, not known, or not whole.
    pub fn load(source: &Source<'_>, people: &People, base: &str, number: u64) -> Result<Self, Trouble> {
        let path = format!("{base}/pulls/{number}");
        let (pull, receipt) = source.one::<Pull>(&path, "")?;
        let (reviews, of_reviews) = source.all::<Review>(&format!("{path}/reviews"), "?per_page=100")?;
        let (commits, of_commits) = source.all::<Commit>(&format!("{path}/commits"), "?per_page=100")?;
        let receipts = [vec![receipt], of_reviews, of_commits].concat();
        read(people, pull, &reviews, &commits, receipts)
            .map_err(|why| Trouble::Unread(format!("pull request {number}: {why}")))
    }

    /// Whether approvals of the pull request are approvals of the commit `sha`: that is not one of its own commits, other
    /// than the last, which was reviewed.
    pub fn is_whole_at(&self, sha: &str) -> bool {
        sha == self.pull.head.sha || !self.commits.contains(sha)
    }
}

/// Puts the documents together.
///
/// # Errors
/// Why they are not whole, for people.
pub(crate) fn read(
    people: &People,
    pull: Pull,
    reviews: &[Review],
    commits: &[Commit],
    receipts: Vec<Receipt>,
) -> Result<Request, String> {
    let listed = commits.len();
    if usize::try_from(pull.commits) != Ok(listed) {
        let most = if listed >= MAX_COMMITS { ", GitHub lists 250 at most" } else { "" };
        return Err(format!("it has {} commits, and {listed} are listed{most}", pull.commits));
    }
    let login = |login: Option<&String>| login.map_or_else(|| "ghost".to_owned(), |login| people.login(login));
    let author = login(pull.user.as_ref().and_then(|user| user.login.as_ref()));
    let mut authors = BTreeSet::from([author.clone()]);
    let mut authors_known = pull.user.is_some();
    for commit in commits {
        for person in people_of(people, commit) {
            authors_known &= person.known;
            authors.insert(person.name);
        }
    }
    let mut acts = Vec::new();
    for review in reviews {
        acts.extend(act(people, review, &pull.head.sha)?);
    }
    Ok(Request {
        body: Body::read(pull.body.as_deref().unwrap_or_default()),
        author,
        authors,
        authors_known,
        commits: commits.iter().map(|commit| commit.sha.clone()).collect(),
        last_commit: commits.iter().filter_map(|commit| commit.commit.committer.as_ref()).map(|by| by.date).max(),
        acts,
        receipts,
        pull,
    })
}

/// Everybody who had a hand in a commit.
pub(crate) fn people_of<'a>(
    people: &'a People,
    commit: &'a Commit,
) -> impl Iterator<Item = crate::rules::people::Person> + 'a {
    let git = &commit.commit;
    let author = people.of_commit(commit.author.as_ref(), git.author.as_ref());
    let committer = people.of_commit(commit.committer.as_ref(), git.committer.as_ref());
    author.into_iter().chain(committer).chain(people.co_authors(&git.message))
}

/// What a review does; nothing where it is a comment, not yet submitted, or nobody's who is a person.
fn act(people: &People, review: &Review, head: &str) -> Result<Option<Act>, String> {
    let deed = match review.state.as_str() {
        "APPROVED" if review.commit_id.as_deref() == Some(head) => Deed::Approve,
        "APPROVED" => Deed::ApproveOther,
        "CHANGES_REQUESTED" => Deed::Object,
        "DISMISSED" => Deed::Withdraw,
        "COMMENTED" | "PENDING" => return Ok(None),
        other => return Err(format!("the state `{}` of review {} is not known", other.escape_debug(), review.id)),
    };
    let at = review.submitted_at.ok_or_else(|| format!("review {} does not say when it was submitted", review.id))?;
    let by = review.user.as_ref().filter(|user| !user.is_bot()).and_then(|user| user.login.as_ref());
    Ok(by.map(|login| Act { by: people.login(login), at, number: review.id, deed }))
}
