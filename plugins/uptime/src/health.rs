//! HTTP health checks: one row for each path, whether or not it answered.
//!
//! That a service is down is evidence: a request that timed out or found nobody is an unhealthy row which cites the
//! recorded failure. A refused request says nothing about the service and ends the run; any other failure leaves the
//! path out, so that the population is incomplete.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Population, Receipt, Request, Summary, code};

const COLUMNS: [&str; 6] = ["path", "healthy", "status", "latency_ms", "certificate_expires", "error"];

/// Emits one `check` for each path.
pub(crate) fn collect(host: &dyn Host, paths: &BTreeSet<String>, mut summary: Summary) -> Result<Summary, Failure> {
    let mut checks = host.fact("check", &COLUMNS);
    let (mut answered, mut failed): (Option<Receipt>, Option<Receipt>) = (None, None);
    for path in paths {
        match host.send(&Request::get("health", path)) {
            Ok(response) => {
                let receipt = response.body.receipt();
                answered.get_or_insert(receipt);
                checks
                    .row(path, &[receipt])
                    .set("path", path.as_str())
                    .set("healthy", (200..=299).contains(&response.status))
                    .set("status", i64::from(response.status))
                    .set("latency_ms", i64::try_from(response.elapsed_ms).ok())
                    .set("certificate_expires", response.tls.map(|tls| tls.not_after))
                    .push()?;
            }
            Err(failure) => match (failure.code.as_str(), failure.receipt) {
                (code::TIMEOUT | code::UNAVAILABLE, Some(receipt)) => {
                    failed.get_or_insert(receipt);
                    checks
                        .row(path, &[receipt])
                        .set("path", path.as_str())
                        .set("healthy", false)
                        .set("error", failure.to_string())
                        .push()?;
                }
                (code::DENIED, _) | (_, None) => return Err(failure),
                (_, Some(receipt)) => {
                    failed.get_or_insert(receipt);
                    summary = summary.note(format!("path `{path}` is left out: {failure}"));
                }
            },
        }
    }
    // The paths are the operator's, so any answer shows them all; a failure shows them where nothing answered.
    let population = match answered.or(failed) {
        Some(receipt) => Population::of(paths.len() as u64, receipt),
        None => Population::unknown(),
    };
    Ok(summary.population(checks.finish(population)?))
}
