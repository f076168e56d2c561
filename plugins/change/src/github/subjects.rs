//! The subjects out of GitHub, one by one: a commit of the branch, or a deployment by itself.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Receipt};

use super::branch::{Place, Walked};
use super::deployments::Begun;
use crate::assemble::{CODE, Known, assemble};
use crate::change::Change;
use crate::details::{Contents, Details, Link, Linked};
use crate::parse::github::Deployment;
use crate::request::people_of;
use crate::settings::Field;
use crate::source::Trouble;

/// One commit of the branch. `bound` is when what it stands upon came to the branch, and then when it did.
///
/// # Errors
/// [`Trouble`], where a part of it cannot be read.
pub(super) fn commit(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    walked: &Walked,
    merge: bool,
    bound: &mut Option<Datetime>,
) -> Result<Change, Trouble> {
    let sha = walked.sha.as_str();
    let Linked { link, receipts: link_receipts } = match &walked.link {
        Some(asked) => asked.clone().map_err(Trouble::Unread)?,
        None => details.link(place.repository, place.base, place.branch, sha)?,
    };
    let contents = details.contents(place.base, sha)?;
    let recorded = contents.commit.commit.committer.as_ref().map(|committer| committer.date);
    let on_branch_at = match &link {
        Some(link) => Some(link.merged_at),
        // The date is its committer's word, and bounded by what others say.
        None => recorded.max(*bound).map(|at| at.min(place.as_of)),
    };
    *bound = on_branch_at.or(*bound);
    let (deployed_at, succeeded_at) = match &walked.carrier {
        _ if merge => (on_branch_at, on_branch_at),
        Some(carrier) => (Some(carrier.at), walked.succeeded_at),
        None => (None, None),
    };
    let receipts = [vec![walked.receipt], link_receipts].concat();
    let carrier = walked.carrier.as_ref().filter(|_| !merge);
    let subject = Subject {
        id: format!("{}@{sha}", place.repository),
        sha,
        on_branch: true,
        deployed_at,
        succeeded_at,
        carrier,
        link: link.as_ref(),
        asked: None,
        receipts,
    };
    known(details, place, subject, contents)
}

/// A deployment by itself.
///
/// # Errors
/// As [`commit`].
pub(super) fn deployment(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    sha: &str,
    begun: &Begun,
    asked: &Deployment,
) -> Result<Change, Trouble> {
    let Linked { link, receipts: link_receipts } = details.link(place.repository, place.base, place.branch, sha)?;
    let contents = details.contents(place.base, sha)?;
    let subject = Subject {
        id: format!("{}/deployments/{}", place.repository, begun.id),
        sha,
        on_branch: false,
        deployed_at: Some(begun.at),
        succeeded_at: begun.succeeded_at,
        carrier: Some(begun),
        // What was merged later was deployed without.
        link: link.as_ref().filter(|link| link.merged_at < begun.at),
        asked: Some(asked),
        receipts: link_receipts,
    };
    known(details, place, subject, contents)
}

/// What is found out about a change before its pull request is read.
struct Subject<'s> {
    id: String,
    sha: &'s str,
    on_branch: bool,
    deployed_at: Option<Datetime>,
    succeeded_at: Option<Datetime>,
    carrier: Option<&'s Begun>,
    link: Option<&'s Link>,
    /// The deployment, where the subject is one by itself.
    asked: Option<&'s Deployment>,
    receipts: Vec<Receipt>,
}

/// Reads its pull request and its issue, and puts it together.
fn known(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    subject: Subject<'_>,
    contents: Contents,
) -> Result<Change, Trouble> {
    let request = subject.link.map(|link| details.request(place.base, link.number)).transpose()?;
    let git = &contents.commit.commit;
    let title = git.message.lines().next().unwrap_or_default();
    let texts = match &request {
        Some(request) => {
            let body = request.pull.body.as_deref().unwrap_or_default();
            vec![request.pull.title.as_str(), request.pull.head.branch.as_str(), body]
        }
        None => vec![git.message.as_str()],
    };
    let named = details.issue_in(texts)?;
    let people: Vec<_> = people_of(&details.settings.people, &contents.commit).collect();
    let (author, authors, authors_known) = match &request {
        // Of a merge commit the author is who merged, so that its own people say nothing.
        Some(request) => (request.author.clone(), request.authors.clone(), request.authors_known),
        None => {
            let author = people.first().map_or_else(|| "unknown".to_owned(), |person| person.name.clone());
            let known = !people.is_empty() && people.iter().all(|person| person.known);
            (author, people.iter().map(|person| person.name.clone()).collect(), known)
        }
    };
    let written = git.author.as_ref().map(|author| author.date);
    let created_at = request.as_ref().map(|request| request.pull.created_at).or(written).or(subject.deployed_at);
    let created_at = created_at.ok_or_else(|| Trouble::Unread("it does not say when it was made".to_owned()))?;
    let mut receipts: BTreeSet<Receipt> = subject.receipts.into_iter().chain(contents.receipts).collect();
    receipts.extend(subject.carrier.iter().flat_map(|carrier| &carrier.receipts));
    receipts.extend(request.iter().flat_map(|request| &request.receipts));
    receipts.extend(named.issue.iter().flat_map(|issue| &issue.receipts));
    let known = Known {
        id: subject.id,
        kind: CODE,
        name: Some(request.as_ref().map_or(title, |request| &request.pull.title).chars().take(500).collect()),
        repository: Some(place.repository.to_owned()),
        sha: Some(subject.sha.to_owned()),
        deployment: subject.carrier.map(|carrier| carrier.id.to_string()),
        on_branch: subject.on_branch,
        author,
        authors,
        authors_known,
        created_at,
        deployed_at: subject.deployed_at,
        succeeded_at: subject.succeeded_at,
        paths: contents.paths,
        paths_known: contents.paths_known,
        request_is_whole: subject.on_branch || request.as_ref().is_some_and(|request| request.is_whole_at(subject.sha)),
        request: request.as_deref(),
        issue_key: named.key,
        issue: named.issue.as_deref(),
        own: own(subject.asked),
        acts: Vec::new(),
        emergency: subject.asked.is_some_and(|asked| is_emergency(details, asked)),
        labels_count: subject.asked.is_none(),
        verified_at: None,
        receipts,
    };
    Ok(assemble(details.settings, known, place.as_of))
}

/// Whether a deployment was asked for as an emergency: by its task.
fn is_emergency(details: &Details<'_, '_>, asked: &Deployment) -> bool {
    let task = asked.task.as_deref().unwrap_or_default().to_lowercase();
    details.settings.fields.emergency_labels.contains(&task)
}

/// What is written about a deployment by itself.
fn own(asked: Option<&Deployment>) -> BTreeMap<Field, String> {
    let reason = asked.and_then(|asked| asked.description.clone());
    reason.into_iter().map(|reason| (Field::EmergencyReason, reason)).collect()
}
