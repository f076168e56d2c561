//! What is due, and running exactly that: for a timer that calls the program often.
//!
//! Every try leaves an attempt in the ledger, so that a window that nothing is sealed of shows whether somebody tried: what was
//! sealed, what failed before anything could be judged, and what was due while nobody tried.
//!
//! **Invariant:** attempts never decide an operation. They say why there is none.

use std::collections::BTreeSet;

use tickmark_ledger::{Attempt, AttemptOutcome, Body, ControlRef, InvokedBy, NewRecord, Prev, SealedRun, Window};
use tickmark_model::Instant;
use tickmark_operations::{Interval, OperatedOutcome, Scheduled, operate, schedule};

use crate::acts::{append_all, log, words};
use crate::catalog::Catalog;
use crate::clock::now;
use crate::ledger;
use crate::plan::Scope;
use crate::programme::{self, ReadProgramme};
use crate::run::{Engine, RunRequest};
use crate::site::Site;
use crate::watch::Watch;

/// Why something was not tried, in records.
const NOT_RUN: &str = "not-run";
/// Why a try failed, in records; the words stand in the blob `detail`.
const COULD_NOT_RUN: &str = "could-not-run";
/// Windows of one control on one system that are said to have been skipped at once.
const MOST_SKIPPED: usize = 400;

/// What came of running what was due.
#[derive(Debug)]
pub struct DueRun {
    /// How everything stood before.
    pub scheduled: Vec<Scheduled>,
    /// The run; nothing where nothing was due.
    pub sealed: Option<SealedRun>,
    /// Windows that nobody tried, which the ledger says now.
    pub skipped: usize,
}

impl Engine {
    /// How every control of the site stands now, by what the ledger has.
    ///
    /// # Errors
    /// Where there is no site, or its ledger cannot be read.
    pub fn schedule(&self, at: Instant) -> anyhow::Result<Vec<Scheduled>> {
        Ok(schedule(&known(self.the_site()?, Some(self.catalog()), at)?.programme, at)?)
    }

    /// Runs what is due, and seals an attempt for each.
    ///
    /// # Errors
    /// As [`Engine::run`]; that it failed is sealed as well, where the ledger can be written.
    pub fn run_due(&self, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<DueRun> {
        let at = now()?;
        let site = self.the_site()?;
        let known = known(site, Some(self.catalog()), at)?;
        let scheduled = schedule(&known.programme, at)?;
        let skipped = skipped(&known, at)?;
        let due: Vec<&Scheduled> = scheduled.iter().filter(|it| it.to_run).collect();
        let only: BTreeSet<(String, String)> = due.iter().map(|it| (it.control.clone(), it.system.clone())).collect();
        let mut attempts: Vec<NewRecord> = skipped.into_iter().map(NewRecord::new).collect();
        let skipped = attempts.len();
        let ran = (!only.is_empty()).then(|| {
            let scope = Scope { only: Some(only), ..Scope::default() };
            self.run(RunRequest { scope, as_of: None, invoked_by: invoked_by.clone(), watch })
        });
        let failure = ran.as_ref().and_then(|ran| ran.as_ref().err()).map(|error| format!("{error:#}"));
        attempts.extend(due.iter().filter_map(|it| {
            let sealed = ran.as_ref()?.as_ref().ok();
            Some(NewRecord::new(tried(it, at, sealed)))
        }));
        let written = write(site, attempts, failure.as_deref(), invoked_by, watch);
        // Why it did not run matters more than that this could not be written.
        let sealed = ran.transpose()?;
        written?;
        Ok(DueRun { scheduled, sealed, skipped })
    }
}

/// Seals that what was due, by what the ledger has in force, could not be tried for this reason: such as a site or a policy in which
/// something is wrong. Gives how many attempts that are; none where nothing was ever sealed.
///
/// # Errors
/// Where the ledger cannot be read or written.
pub fn seal_untried(site: &Site, why: &str, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<usize> {
    let at = now()?;
    let scheduled = schedule(&known(site, None, at)?.programme, at)?;
    let due = scheduled.iter().filter(|it| it.to_run);
    let attempts: Vec<NewRecord> = due.map(|it| NewRecord::new(tried(it, at, None))).collect();
    let count = attempts.len();
    write(site, attempts, Some(why), invoked_by, watch)?;
    Ok(count)
}

/// What the ledger says, and what the site has in force now where its catalog is there.
fn known(site: &Site, catalog: Option<&Catalog>, at: Instant) -> anyhow::Result<ReadProgramme> {
    let mut known = match log(&site.ledger)? {
        Some(log) => programme::read(&log, log.size())?,
        None => ReadProgramme::default(),
    };
    if let Some(catalog) = catalog {
        programme::put_in_force(&mut known, site, catalog, at)?;
    }
    Ok(known)
}

fn write(
    site: &Site,
    mut attempts: Vec<NewRecord>,
    failure: Option<&str>,
    invoked_by: InvokedBy,
    watch: &dyn Watch,
) -> anyhow::Result<()> {
    if attempts.is_empty() {
        return Ok(());
    }
    let mut ledger = ledger::open(site, watch)?.ledger;
    if let Some(failure) = failure {
        let detail = words(&ledger, "detail", failure)?;
        for attempt in &mut attempts {
            if let Body::Attempt(Attempt { outcome: AttemptOutcome::Failed, .. }) = attempt.body {
                attempt.blobs = vec![detail.clone()];
            }
        }
    }
    append_all(&mut ledger, &site.company, invoked_by, attempts).map(drop)
}

/// What came of a try.
fn tried(it: &Scheduled, at: Instant, sealed: Option<&SealedRun>) -> Attempt {
    let finding = sealed
        .and_then(|run| run.findings().iter().find(|f| f.control().id == it.control && f.system().name == it.system));
    let evaluation = finding.map(|finding| Prev { index: finding.record_index(), leaf: finding.leaf() });
    let version = finding.map(|finding| finding.evaluation().control.version);
    Attempt {
        as_of: sealed.map_or(at, SealedRun::as_of),
        control: ControlRef { id: it.control.clone(), version },
        outcome: if evaluation.is_some() { AttemptOutcome::Sealed } else { AttemptOutcome::Failed },
        evaluation,
        reason: if finding.is_some() { None } else { Some(COULD_NOT_RUN.to_owned()) },
        system: it.system.clone(),
        window: it.window.map(window),
    }
}

fn window(of: tickmark_operations::Window) -> Window {
    Window { due: (of.due != of.end).then_some(of.due), end: of.end, start: of.start }
}

/// The windows since the first sealed matrix that ended without anything sealed of them, and that no attempt speaks of yet.
fn skipped(known: &ReadProgramme, at: Instant) -> anyhow::Result<Vec<Attempt>> {
    let Some(first) = known.programme.in_force.first().map(|it| it.place.recorded_at) else { return Ok(Vec::new()) };
    let said: BTreeSet<(&str, &str, Instant)> = known
        .attempts
        .iter()
        .filter_map(|it| Some((it.control.id.as_str(), it.system.as_str(), it.window?.start)))
        .collect();
    let mut skipped = Vec::new();
    if first >= at {
        return Ok(skipped);
    }
    for operated in operate(&known.programme, Interval { from: first, to: at }, at)? {
        let unseen = operated
            .operations
            .iter()
            .filter(|it| it.result == OperatedOutcome::NotEvidenced && it.records.is_empty() && it.others.is_empty());
        let of = unseen.filter_map(|it| it.window).filter(|it| it.start >= first && it.due <= at);
        let unsaid = of.filter(|it| !said.contains(&(operated.control.as_str(), operated.system.as_str(), it.start)));
        // Of a control that people operate there is no try.
        let automated = !operated.system.is_empty();
        skipped.extend(unsaid.filter(|_| automated).take(MOST_SKIPPED).map(|it| Attempt {
            as_of: at,
            control: ControlRef { id: operated.control.clone(), version: None },
            evaluation: None,
            outcome: AttemptOutcome::Skipped,
            reason: Some(NOT_RUN.to_owned()),
            system: operated.system.clone(),
            window: Some(window(it)),
        }));
    }
    Ok(skipped)
}
