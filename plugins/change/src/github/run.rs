//! One repository, from its default branch to its changes.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Failure, Receipt, time};

use super::branch::{End, Place, Walk};
use super::deployments::Deployments;
use super::subjects::{commit, deployment};
use crate::details::Details;
use crate::facts::Changes;
use crate::history::Sha;
use crate::parse::github::{Branch, Repository};
use crate::settings::DeployedBy;
use crate::source::{Trouble, segment};

/// How long before the window a deployment may have been asked for that began in it: GitHub gives up waiting after 30 days.
const WAITING_MS: i64 = 35 * 86_400_000;

/// The changes of the repository called `repository` over the window from `from`.
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
        let change = commit(details, place, &walked, merge, &mut bound);
        out.take(&format!("{repository}: commit {}", walked.sha), change)?;
    }
    alone(details, place, &mut deployments, &carried, out)?;
    for trouble in std::mem::take(&mut deployments.troubles) {
        out.incomplete(format!("{repository}: {trouble}"));
    }
    Ok(())
}

/// The default branch, its newest commit, and what shows it.
fn head(details: &Details<'_, '_>, base: &str) -> Result<(String, Sha, Receipt), Trouble> {
    let (Repository { default_branch }, _) = details.github.one::<Repository>(base, "")?;
    let path = format!("{base}/branches/{}", segment(&default_branch));
    let (branch, receipt) = details.github.one::<Branch>(&path, "")?;
    let head = Sha::read(&branch.commit.sha);
    let head = head.ok_or_else(|| Trouble::Unread(format!("{path}: its commit has no hash")))?;
    Ok((default_branch, head, receipt))
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
        let change = deployment(details, place, &sha.to_ascii_lowercase(), &begun, &asked);
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
        Err(Trouble::Absent(_)) => {
            out.note("the export has no file `export.json` that says when it was made".to_owned());
            Ok(None)
        }
        Err(trouble) => Err(Failure::invalid(trouble.why()?)),
    }
}
