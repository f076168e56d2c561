//! From listings to facts: one row for each job that is expected or seen, and one for each run.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Failure, Host, Population, Summary, time};

use crate::history::{History, Numbered, Split, histories, split};
use crate::settings::Settings;
use crate::source::Shown;

/// Emits the fact `job`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn jobs(host: &dyn Host, settings: &Settings, shown: &Shown, summary: Summary) -> Result<Summary, Failure> {
    let as_of = host.as_of();
    let names = names(settings, shown);
    let histories = histories(shown.listing.runs(), as_of);
    let mut jobs = host.fact(
        "job",
        &["name", "expected", "runs", "last_run", "last_result", "last_success", "age", "size", "failures"],
    );
    for name in &names {
        let history = histories.get(name).cloned().unwrap_or_default();
        jobs.row(*name, &[shown.receipt])
            .set("name", *name)
            .set("expected", settings.expected_jobs.contains(*name))
            .set("runs", count(history.runs))
            .set("last_run", history.last.map(|run| run.finished))
            .set("last_result", result(&history))
            .set("last_success", history.last_success.map(|run| run.finished))
            .set("age", history.age(as_of))
            .set("size", history.last_success.and_then(|run| run.size))
            .set("failures", count(history.failures))
            .push()?;
    }
    let claim = jobs.finish(population(shown, names.len(), as_of))?;
    Ok(remarks(shown, &histories, "runs", as_of, summary.population(claim)))
}

/// Emits the fact `run`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn runs(host: &dyn Host, shown: &Shown, summary: Summary) -> Result<Summary, Failure> {
    let as_of = host.as_of();
    let Split { runs, later } = split(shown.listing.runs(), as_of);
    let oldest = runs.iter().map(|numbered| numbered.run.finished).min();
    let mut rows = host.fact("run", &["job", "started_at", "finished_at", "success", "size"]);
    for Numbered { run, number } in runs {
        rows.row(run.id(number), &[shown.receipt])
            .set("job", run.job.as_str())
            .set("started_at", run.started)
            .set("finished_at", run.finished)
            .set("success", run.success)
            .set("size", run.size)
            .push()?;
    }
    let claim = rows.finish(all_runs(shown, later, oldest, as_of))?;
    Ok(summary.population(claim))
}

/// Every run that the source shows, of which those that have not happened yet are left out. What it shows begins with its
/// oldest run; a source without any says nothing of any time.
fn all_runs(shown: &Shown, later: u64, oldest: Option<Datetime>, as_of: Datetime) -> Population {
    if shown.listing.unreadable_count() > 0 {
        return Population::unknown();
    }
    let mut population = Population::of(shown.listing.runs().len() as u64, shown.receipt);
    if later > 0 {
        population = population.excluding(later, "runs that finished after the judged instant");
    }
    match oldest {
        Some(oldest) => population.covering(oldest, as_of),
        None => population,
    }
}

/// Emits the fact `restore`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn restores(
    host: &dyn Host,
    settings: &Settings,
    shown: &Shown,
    summary: Summary,
) -> Result<Summary, Failure> {
    let as_of = host.as_of();
    let names = names(settings, shown);
    let histories = histories(shown.listing.runs(), as_of);
    let mut restores = host.fact("restore", &["name", "last_run", "last_result", "last_success", "took"]);
    for name in &names {
        let history = histories.get(name).cloned().unwrap_or_default();
        restores
            .row(*name, &[shown.receipt])
            .set("name", *name)
            .set("last_run", history.last.map(|run| run.finished))
            .set("last_result", result(&history))
            .set("last_success", history.last_success.map(|run| run.finished))
            .set("took", history.took())
            .push()?;
    }
    let claim = restores.finish(population(shown, names.len(), as_of))?;
    Ok(remarks(shown, &histories, "restore tests", as_of, summary.population(claim)))
}

fn names<'a>(settings: &'a Settings, shown: &'a Shown) -> BTreeSet<&'a str> {
    settings.expected_jobs.iter().chain(shown.listing.jobs()).map(String::as_str).collect()
}

fn result(history: &History<'_>) -> Option<&'static str> {
    history.last.map(|run| if run.success { "success" } else { "failure" })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The jobs are known only where everything was read. A log covers the time from its oldest run on.
fn population(shown: &Shown, jobs: usize, as_of: Datetime) -> Population {
    if shown.listing.unreadable_count() > 0 {
        return Population::unknown();
    }
    let population = Population::of(jobs as u64, shown.receipt);
    let oldest = shown.listing.runs().iter().map(|run| run.finished).filter(|at| *at <= as_of).min();
    match oldest {
        Some(oldest) if shown.is_log => population.covering(oldest, as_of),
        _ => population,
    }
}

fn remarks(
    shown: &Shown,
    histories: &BTreeMap<&str, History<'_>>,
    what: &str,
    as_of: Datetime,
    mut summary: Summary,
) -> Summary {
    for remark in shown.listing.remarks() {
        summary = summary.note(remark);
    }
    for (job, history) in histories {
        if history.later > 0 {
            let (later, as_of) = (history.later, time::text(as_of));
            summary = summary.note(format!("job `{job}`: {later} {what} finished after {as_of} and are left aside"));
        }
    }
    summary
}
