//! Availability of targets from the samples of a Prometheus server, asked for over HTTP or saved in a file.
//!
//! **Invariant:** a series that cannot be read is counted and noted, never dropped: the population is then incomplete.
//! **Invariant:** an answer with warnings may miss series, so the population's total is then not known.

use tickmark_collector::{Failure, Host, Population, Request, Response, Summary, code};

mod answer;
mod tally;
mod targets;
mod window;

use answer::{Answer, Matrix};
use targets::{EXCLUSION_RULE, Targets};
use window::Window;

use crate::settings::Settings;

const COLUMNS: [&str; 9] =
    ["metric", "job", "instance", "samples", "up", "expected", "availability", "window_from", "window_to"];

/// Emits one `target` for each series of the metrics, from the server granted as `prometheus`.
pub(crate) fn collect(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let window = Window::ending(host.as_of(), settings);
    let mut targets = Targets::new(window);
    for metric in &settings.metrics {
        for part in window.parts() {
            let response = host.send(&Request::get("prometheus", &part.query_range(metric)))?;
            let receipt = response.body.receipt();
            let matrix = answered(&response).map_err(|failure| failure.shown_by(receipt))?;
            targets.add([metric], matrix, receipt);
        }
    }
    emit(host, &targets, summary)
}

/// Emits one `target` for each series of the metrics in the file granted as `prometheus`.
pub(crate) fn collect_saved(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let blob = host.open("prometheus", "")?;
    let matrix = match answer::parse(&blob.bytes()) {
        Ok(Answer::Samples(matrix)) => Ok(matrix),
        Ok(Answer::Refused(why)) => Err(Failure::invalid(format!("the saved answer is an error: {why}"))),
        Err(failure) => Err(failure),
    };
    let mut targets = Targets::new(Window::ending(host.as_of(), settings));
    targets.add(&settings.metrics, matrix.map_err(|failure| failure.shown_by(blob.receipt()))?, blob.receipt());
    emit(host, &targets, summary)
}

/// The samples of a response. A server's refusal is a JSON document too, with the reason.
fn answered(response: &Response) -> Result<Matrix, Failure> {
    let status = response.status;
    match answer::parse(&response.body.bytes()) {
        Ok(Answer::Samples(matrix)) if status == 200 => Ok(matrix),
        Err(failure) if status == 200 => Err(failure),
        answer => {
            let why = if let Ok(Answer::Refused(why)) = answer { format!(": {why}") } else { String::new() };
            let busy = matches!(status, 429 | 500..=599);
            let code = if busy { code::UNAVAILABLE } else { code::INVALID };
            let failure = Failure::new(code, format!("prometheus answered with status {status}{why}"));
            Err(Failure { retryable: busy, ..failure })
        }
    }
}

fn emit(host: &dyn Host, targets: &Targets, mut summary: Summary) -> Result<Summary, Failure> {
    let window = targets.window();
    let mut facts = host.fact("target", &COLUMNS);
    for (id, series, tally) in targets.readable() {
        facts
            .row(id, targets.receipts(&series.metric))
            .set("metric", series.metric.as_str())
            .set("job", series.job.clone())
            .set("instance", series.instance.clone())
            .set("samples", tally.samples())
            .set("up", tally.up())
            .set("expected", window.points())
            .set("availability", tally.availability())
            .set("window_from", window.from())
            .set("window_to", window.to())
            .push()?;
    }
    for note in targets.notes() {
        summary = summary.note(note);
    }
    Ok(summary.population(facts.finish(population(targets))?))
}

fn population(targets: &Targets) -> Population {
    let mut population = match targets.total() {
        Some((total, receipt)) => Population::of(total, receipt),
        None => Population::unknown(),
    };
    if targets.excluded() > 0 {
        population = population.excluding(targets.excluded(), EXCLUSION_RULE);
    }
    if let Some((from, to)) = targets.coverage() {
        population = population.covering(from, to);
    }
    match targets.newest() {
        Some(newest) => population.observed(newest),
        None => population,
    }
}
