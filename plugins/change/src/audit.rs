//! Changes out of an audit export: infrastructure, configuration, access policies.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Failure, Host, Receipt};

use crate::approval::{Act, Deed};
use crate::assemble::{Known, assemble};
use crate::change::Change;
use crate::details::{Details, Named};
use crate::facts::Changes;
use crate::parse::audit::{Entry, Form, Kind, each};
use crate::settings::{Field, Repository};
use crate::source::Trouble;

/// Reads the export granted as `audit` over the window from `from`.
///
/// # Errors
/// The host's, and `invalid` where it is no export or says more than once how far it reaches.
pub(crate) fn collect(
    host: &dyn Host,
    details: &mut Details<'_, '_>,
    form: Form,
    from: Datetime,
    as_of: Datetime,
    out: &mut Changes<'_>,
) -> Result<(), Failure> {
    let blob = host.open("audit", "")?;
    let receipt = blob.receipt();
    out.shown_by(receipt);
    let mut reach = Reach::default();
    let mut number = 0_u64;
    let mut read = |entry: Result<Entry, crate::parse::audit::Unread>| {
        number += 1;
        let place = format!("audit record {number}");
        let entry = match entry {
            Ok(entry) => entry,
            Err(why) => {
                reach.records += 1;
                return out.take(&place, Err(Trouble::Unread(why.0)));
            }
        };
        if entry.kind == Kind::Coverage {
            return reach.claim(&entry);
        }
        reach.record(&entry);
        if entry.deployed_at < from || entry.deployed_at > as_of {
            out.exclude(1);
            return Ok(());
        }
        out.take(&place, change(details, entry, receipt, as_of))
    };
    each(form, blob.reader(), &mut read).map_err(|failure| match failure.receipt {
        None => failure.shown_by(receipt),
        Some(_) => failure,
    })?;
    reach.finish(from, as_of, out);
    Ok(())
}

/// How far an export reaches.
#[derive(Default)]
struct Reach {
    /// What it says itself: from, to, and how many changes.
    claimed: Option<(Datetime, Datetime, Option<u64>)>,
    records: u64,
    oldest: Option<Datetime>,
    newest: Option<Datetime>,
}

impl Reach {
    fn claim(&mut self, entry: &Entry) -> Result<(), Failure> {
        let from = entry.created_at.unwrap_or(entry.deployed_at);
        if self.claimed.replace((from, entry.deployed_at, entry.total)).is_some() {
            return Err(Failure::invalid("an audit export has two records of kind `coverage`, expected one"));
        }
        Ok(())
    }

    fn record(&mut self, entry: &Entry) {
        self.records += 1;
        self.oldest = Some(self.oldest.map_or(entry.deployed_at, |at| at.min(entry.deployed_at)));
        self.newest = self.newest.max(Some(entry.deployed_at));
    }

    fn finish(self, from: Datetime, as_of: Datetime, out: &mut Changes<'_>) {
        if let Some((_, _, Some(total))) = self.claimed
            && total != self.records
        {
            out.incomplete(format!("the audit export says that it holds {total} changes, it holds {}", self.records));
        }
        // Without its own word an export reaches from its oldest change to its newest.
        let reach = self.claimed.map(|(first, last, _)| (first, last)).or(self.oldest.zip(self.newest));
        match reach {
            Some((first, _)) if first > from => {
                let (first, from) = (tickmark_collector::time::text(first), tickmark_collector::time::text(from));
                out.incomplete(format!("the audit export reaches back to {first}, the window to {from}"));
            }
            Some((first, last)) => {
                out.covers(first.max(from), last.min(as_of));
                out.observed(last.min(as_of));
            }
            None => out.incomplete("the audit export is empty: how far it reaches is not known".to_owned()),
        }
    }
}

/// One record as a change, or why it cannot be read.
fn change(details: &mut Details<'_, '_>, entry: Entry, receipt: Receipt, as_of: Datetime) -> Result<Change, Trouble> {
    let request = match (&entry.repository, entry.request) {
        (Some(repository), Some(number)) => {
            let known = details.settings.sources.repositories.contains(&Repository { name: repository.clone() });
            if !known {
                let name = repository.chars().take(200).collect::<String>();
                let why = format!("setting `repositories` does not name `{}`", name.escape_debug());
                return Err(Trouble::Unread(why));
            }
            Some(details.request(&format!("/repos/{repository}"), number)?)
        }
        _ => None,
    };
    // A request that was not merged when the change took effect is not what it rests on.
    let request = request.filter(|request| request.pull.merged_at.is_some_and(|at| at <= entry.deployed_at));
    let named = match &entry.issue {
        None => Named::default(),
        Some(key) => Named { key: Some(key.clone()), issue: details.issue(key)? },
    };
    let people = &details.settings.people;
    let author = people.named(&entry.author);
    let mut authors = BTreeSet::from([author.name.clone()]);
    authors.extend(request.iter().flat_map(|request| request.authors.iter().cloned()));
    // Of an approver who is nobody known it could not be said that they are no author.
    let approver = entry.approved_by.as_ref().map(|by| people.named(by)).filter(|approver| approver.known);
    let approved = approver.zip(entry.approved_at);
    let acts = approved.map(|(approver, at)| Act { by: approver.name, at, number: 0, deed: Deed::Approve });
    let acts = acts.into_iter().collect();
    let mut receipts = BTreeSet::from([receipt]);
    receipts.extend(request.iter().flat_map(|request| &request.receipts));
    receipts.extend(named.issue.iter().flat_map(|issue| &issue.receipts));
    let known = Known {
        id: format!("{}/{}", entry.kind.as_str(), entry.id),
        kind: entry.kind.as_str(),
        name: entry.name.as_ref().map(|name| name.chars().take(500).collect()),
        repository: entry.repository.clone(),
        sha: None,
        deployment: None,
        on_branch: false,
        author: author.name,
        authors,
        authors_known: author.known && request.as_ref().is_none_or(|request| request.authors_known),
        created_at: entry.created_at.unwrap_or(entry.deployed_at),
        deployed_at: Some(entry.deployed_at),
        succeeded_at: Some(entry.deployed_at),
        paths: entry.paths.clone(),
        paths_known: true,
        request: request.as_deref(),
        request_is_whole: true,
        issue_key: named.key,
        issue: named.issue.as_deref(),
        acts,
        emergency: entry.emergency == Some(true),
        labels_count: true,
        verified_at: entry.verified_at,
        receipts,
        own: own(entry),
    };
    Ok(assemble(details.settings, known, as_of))
}

/// The written parts of a record.
fn own(entry: Entry) -> BTreeMap<Field, String> {
    let testing = entry.testing_completed.map(|done| if done { "yes" } else { "no" }.to_owned());
    let parts = [
        (Field::Description, entry.description),
        (Field::RiskAssessment, entry.risk_assessment),
        (Field::RollbackPlan, entry.rollback_plan),
        (Field::Testing, testing),
        (Field::EmergencyReason, entry.emergency_reason),
        (Field::RiskLabel, entry.risk_label),
    ];
    parts.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
}
