//! One repository, from its default branch to its changes.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Failure, Receipt, time};

use super::branch::{End, Place, Walk, Walked};
use super::deployments::{Begun, Deployments};
use crate::assemble::{CODE, Known, assemble};
use crate::details::{Contents, Details, Link, Linked};
use crate::facts::Changes;
use crate::history::Sha;
use crate::parse::github::{Branch, Deployment, Repository};
use crate::request::people_of;
use crate::settings::{DeployedBy, Field};
use crate::source::segment;

/// How long before the window a deployment may have been asked for that began in it: GitHub gives up waiting after 30 days.
const WAITING_MS: i64 = 35 * 86_400_000;

/// Judges the repository called `repository` over the window from `from`.
///
/// # Errors
/// A failure that ends the run. What else goes wrong leaves the population incomplete, with a note.
pub(crate) fn collect(
    details: &mut Details<'_, '_>,
    repository: &str,
    from: Datetime,
    as_of: Datetime,
    out: &mut Changes<'_>,
) -> Result<(), Failure> {
    let base = format!("/repos/{repository}");
    let (branch, head, receipt) = match head(details, &base) {
        Ok(found) => found,
        Err(trouble) => {
            out.incomplete(format!("{repository}: the default branch is not known: {}", trouble.why()?));
            return Ok(());
        }
    };
    out.shown_by(receipt);
    let sources = &details.settings.sources;
    let mut deployments = match sources.deployed_by {
        DeployedBy::Deployments => Deployments::load(details.github, &base, &sources.environments, as_of)?,
        DeployedBy::Merge => Deployments::none(),
    };
    let place = Place { repository, base: &base, branch: &branch, from, as_of };
    let mut walk = Walk::from(place, details, &mut deployments, head.clone());
    let query = format!("?sha={head}&per_page=100");
    let listed = details.github.list(&format!("{base}/commits"), &query, &mut walk);
    if let Some(failure) = walk.failure.take() {
        return Err(failure);
    }
    let listed = listed.map_err(|trouble| trouble.why());
    walk.finish();
    let (commits, later, end) = (walk.commits, walk.later, walk.end);
    out.exclude(later);
    match (listed, end) {
        (Err(Err(failure)), _) => return Err(failure),
        (_, End::Reached) => {}
        (Err(Ok(why)), _) => out.incomplete(format!("{repository}: not all commits are known: {why}")),
        (Ok(_), End::Broken(why)) => {
            out.incomplete(format!("{repository}: {why}: its history was rewritten, or the list ends"))
        }
        (Ok(_), End::Not) => out.incomplete(format!("{repository}: not all commits are known")),
    }
    let merge = sources.deployed_by == DeployedBy::Merge;
    let mut carried: BTreeSet<u64> = BTreeSet::new();
    let mut bound: Option<Datetime> = None;
    // Oldest first, because a commit came to the branch no earlier than what it stands upon.
    for walked in commits.into_iter().rev() {
        // A deployment brought the commit that it was of, unless that was there before.
        carried.extend(walked.carrier.iter().map(|carrier| carrier.id));
        let change = commit(details, place, &walked, merge, &mut bound)?;
        out.take(&format!("{repository}: commit {}", walked.sha), change)?;
    }
    alone(details, place, &mut deployments, &carried, out)?;
    for trouble in std::mem::take(&mut deployments.troubles) {
        out.incomplete(format!("{repository}: {trouble}"));
    }
    Ok(())
}

/// The default branch, its newest commit, and what shows it.
fn head(details: &Details<'_, '_>, base: &str) -> Result<(String, Sha, Receipt), crate::source::Trouble> {
    let (Repository { default_branch }, _) = details.github.one::<Repository>(base, "")?;
    let path = format!("{base}/branches/{}", segment(&default_branch));
    let (branch, receipt) = details.github.one::<Branch>(&path, "")?;
    let head = Sha::read(&branch.commit.sha);
    let head = head.ok_or_else(|| crate::source::Trouble::Unread(format!("{path}: its commit has no hash")))?;
    Ok((default_branch, head, receipt))
}

/// One commit of the branch as a change, or why it cannot be read.
fn commit(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    walked: &Walked,
    merge: bool,
    bound: &mut Option<Datetime>,
) -> Result<Result<crate::change::Change, String>, Failure> {
    let sha = walked.sha.as_str();
    let asked = match &walked.link {
        Some(asked) => asked.clone(),
        None => match details.link(place.repository, place.base, place.branch, sha) {
            Ok(read) => Ok(read),
            Err(trouble) => Err(trouble.why()?),
        },
    };
    let Linked { link, receipts: link_receipts } = match asked {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let contents = match details.contents(place.base, sha) {
        Ok(contents) => contents,
        Err(trouble) => return Ok(Err(trouble.why()?)),
    };
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

/// Deployments that brought no commit of the branch: of other branches, of older states, or of the same once more.
fn alone(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    deployments: &mut Deployments,
    carried: &BTreeSet<u64>,
    out: &mut Changes<'_>,
) -> Result<(), Failure> {
    let asked_since = Datetime(place.from.0.saturating_sub(WAITING_MS));
    for (id, sha) in deployments.since(asked_since) {
        if carried.contains(&id) {
            continue;
        }
        let Some(begun) = deployments.begun(details.github, place.base, id, place.as_of)? else {
            out.exclude(1);
            continue;
        };
        if begun.at < place.from {
            continue;
        }
        let Some(asked) = deployments.get(id).cloned() else { continue };
        let change = deployment(details, place, &sha.to_ascii_lowercase(), &begun, &asked)?;
        let asked_by = asked.creator.and_then(|creator| creator.login);
        let change = change.map(|mut change| {
            // Whoever deployed it is who changed production.
            change.merged_by = asked_by.map(|login| details.settings.people.login(&login)).or(change.merged_by);
            change
        });
        out.take(&format!("{}: deployment {id}", place.repository), change)?;
    }
    Ok(())
}

/// A deployment by itself as a change, or why it cannot be read.
fn deployment(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    sha: &str,
    begun: &Begun,
    asked: &Deployment,
) -> Result<Result<crate::change::Change, String>, Failure> {
    let read = details.link(place.repository, place.base, place.branch, sha);
    let Linked { link, receipts: link_receipts } = match read {
        Ok(read) => read,
        Err(trouble) => return Ok(Err(trouble.why()?)),
    };
    let contents = match details.contents(place.base, sha) {
        Ok(contents) => contents,
        Err(trouble) => return Ok(Err(trouble.why()?)),
    };
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

fn known(
    details: &mut Details<'_, '_>,
    place: Place<'_>,
    subject: Subject<'_>,
    contents: Contents,
) -> Result<Result<crate::change::Change, String>, Failure> {
    let request = match subject.link {
        None => None,
        Some(link) => match details.request(place.base, link.number)? {
            Ok(request) => Some(request),
            Err(why) => return Ok(Err(why)),
        },
    };
    let git = &contents.commit.commit;
    let title = git.message.lines().next().unwrap_or_default();
    let texts = match &request {
        Some(request) => {
            let body = request.pull.body.as_deref().unwrap_or_default();
            vec![request.pull.title.as_str(), request.pull.head.branch.as_str(), body]
        }
        None => vec![git.message.as_str()],
    };
    let named = match details.issue_in(texts)? {
        Ok(named) => named,
        Err(why) => return Ok(Err(why)),
    };
    let people: Vec<_> = people_of(&details.settings.people, &contents.commit).collect();
    let (author, authors, authors_known) = match &request {
        Some(request) => {
            // Whoever merges a pull request is the committer of what it becomes, and its author is who wrote it.
            let known = request.authors_known;
            (request.author.clone(), request.authors.clone(), known)
        }
        None => {
            let author = people.first().map_or_else(|| "unknown".to_owned(), |person| person.name.clone());
            let known = !people.is_empty() && people.iter().all(|person| person.known);
            (author, people.iter().map(|person| person.name.clone()).collect(), known)
        }
    };
    let written = git.author.as_ref().map(|author| author.date);
    let created_at = request.as_ref().map(|request| request.pull.created_at).or(written).or(subject.deployed_at);
    let Some(created_at) = created_at else { return Ok(Err("it does not say when it was made".to_owned())) };
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
        own: subject.asked.and_then(|asked| asked.description.clone()).into_iter().map(reason).collect(),
        acts: Vec::new(),
        emergency: subject.asked.is_some_and(|asked| is_emergency(details, asked)),
        labels_count: subject.asked.is_none(),
        verified_at: None,
        receipts,
    };
    Ok(Ok(assemble(details.settings, known, place.as_of)))
}

/// Whether a deployment was asked for as an emergency: by its task.
fn is_emergency(details: &Details<'_, '_>, asked: &Deployment) -> bool {
    let task = asked.task.as_deref().unwrap_or_default().to_lowercase();
    details.settings.fields.emergency_labels.contains(&task)
}

fn reason(description: String) -> (Field, String) {
    (Field::EmergencyReason, description)
}

/// When an export was made, where it says so in the file `export.json`.
///
/// # Errors
/// A failure that ends the run.
pub(crate) fn exported_at(details: &Details<'_, '_>, out: &mut Changes<'_>) -> Result<Option<Datetime>, Failure> {
    #[derive(serde::Deserialize)]
    struct Export {
        exported_at: String,
    }
    match details.github.one::<Export>("/export", "") {
        Ok((Export { exported_at }, _)) => match time::rfc3339(&exported_at) {
            Some(at) => Ok(Some(at)),
            None => Err(Failure::invalid(format!("`export.json` was made at `{}`", exported_at.escape_debug()))),
        },
        Err(crate::source::Trouble::Absent(_)) => {
            out.note("the export has no file `export.json` that says when it was made".to_owned());
            Ok(None)
        }
        Err(trouble) => Err(Failure::invalid(trouble.why()?)),
    }
}
