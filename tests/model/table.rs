//! The controls on facts that no plugin declares: processing, confidentiality and privacy, and the programme itself.

use super::{DAY, MINUTE, Subject, said};

/// Whether a row is in the scope of `control`.
pub(super) fn in_scope(control: &str, row: &Subject<'_>) -> bool {
    match control {
        "PI1.2-rejects-bounded" | "PI1.3-job-balance" => row.text("status") != Some("running"),
        "C1.1-confidential-encrypted" => !matches!(row.text("classification"), Some("public" | "internal")),
        "C1.2-deletion-on-time" => row.text("hold").is_none(),
        // A ledger without evaluations shows nothing.
        "CC4.2-remediation-on-time" => row.number("evaluations") != Some(0),
        "P5.1-subject-requests" => row.text("kind") != Some("complaint"),
        "P8.1-complaints" => row.text("kind") == Some("complaint"),
        _ => true,
    }
}

/// The policies that speak against a row.
pub(super) fn against(control: &str, row: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let has = |name| row.0.contains_key(name);
    let ahead = |name| row.number(name).is_some_and(|at| at - as_of > 5 * MINUTE);
    match control {
        "PI1.2-rejects-bounded" => {
            let counted = row.number("records_in").zip(row.number("rejected"));
            said(&[
                ("rejects-bounded-not-counted", counted.is_none()),
                ("rejects-bounded-too-many", counted.is_some_and(|(all, rejected)| rejected * 100 > all)),
            ])
        }
        "PI1.3-job-balance" => balance(row),
        "PI1.4-job-on-time" => on_time(row, as_of),
        "C1.1-data-register" => {
            let age = row.number("reviewed_at").map(|at| as_of - at);
            said(&[
                ("data-register-unclassified", !has("classification")),
                ("data-register-without-owner", !has("owner")),
                ("data-register-never-reviewed", age.is_none()),
                ("data-register-review-too-old", age.is_some_and(|age| age > 366 * DAY)),
                ("data-register-reviewed-in-the-future", ahead("reviewed_at")),
            ])
        }
        "C1.1-confidential-encrypted" => {
            said(&[("confidential-encrypted-not-known", row.flag("encrypted") != Some(true))])
        }
        "C1.2-deletion-on-time" => {
            let (deleted, due) = (row.number("deleted_at"), row.number("due_at").unwrap());
            said(&[
                ("deletion-on-time-still-there", deleted.is_none() && as_of > due),
                ("deletion-on-time-late", deleted.is_some_and(|deleted| deleted > due)),
                ("deletion-on-time-in-the-future", ahead("deleted_at")),
            ])
        }
        "P3.2-consent-first" => consent(row, as_of),
        "P5.1-subject-requests" => {
            let mut against = answered(
                row,
                as_of,
                [
                    "subject-requests-overdue",
                    "subject-requests-late",
                    "subject-requests-due-too-far",
                    "subject-requests-in-the-future",
                ],
            );
            let given = row.text("kind") == Some("access") && has("answered_at");
            against.extend((given && row.flag("verified") != Some(true)).then_some("subject-requests-not-verified"));
            against
        }
        "P8.1-complaints" => answered(
            row,
            as_of,
            ["complaints-overdue", "complaints-late", "complaints-due-too-far", "complaints-in-the-future"],
        ),
        "CC4.2-remediation-on-time" => {
            said(&[("remediation-on-time-overdue", row.number("due_at").is_some_and(|due| due <= as_of))])
        }
        "CC9.2-vendor-reports" => {
            let since = |name| row.number(name).map(|at| as_of - at);
            let (uncovered, reviewed) = (since("covered_until"), since("reviewed_at"));
            said(&[
                ("vendor-reports-none", uncovered.is_none()),
                ("vendor-reports-too-old", uncovered.is_some_and(|since| since > 90 * DAY)),
                ("vendor-reports-never-reviewed", reviewed.is_none()),
                ("vendor-reports-review-too-old", reviewed.is_some_and(|since| since > 366 * DAY)),
            ])
        }
        other => panic!("no model of {other}"),
    }
}

fn balance(run: &Subject<'_>) -> Vec<&'static str> {
    let counts = match ["records_in", "records_out", "rejected"].map(|name| run.number(name)) {
        [Some(all), Some(out), Some(rejected)] => Some([all, out, rejected]),
        _ => None,
    };
    let differ = counts.is_some_and(|[all, out, rejected]| all - rejected != out);
    said(&[
        ("job-balance-not-counted", counts.is_none()),
        ("job-balance-records-differ", differ),
        // That neither is known is nothing to hold against each other.
        ("job-balance-amounts-differ", run.number("amount_in") != run.number("amount_out")),
        ("job-balance-below-zero", counts.is_some_and(|counts| counts.iter().any(|count| *count < 0))),
    ])
}

fn on_time(run: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let (succeeded, running) = (run.text("status") == Some("succeeded"), run.text("status") == Some("running"));
    // What still runs has not ended, whatever else is said of it.
    let finished = run.number("finished_at").filter(|_| !running);
    let late = run.number("due_at").is_some_and(|due| finished.unwrap_or(as_of) > due);
    said(&[
        ("job-on-time-not-succeeded", !succeeded && !running),
        ("job-on-time-no-end", succeeded && finished.is_none()),
        ("job-on-time-late", late),
        ("job-on-time-in-the-future", finished.is_some_and(|at| at - as_of > 5 * MINUTE)),
        ("job-on-time-hangs", running && as_of - run.number("started_at").unwrap() > DAY),
    ])
}

fn consent(processing: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let is = |name| processing.flag(name) == Some(true);
    let (given, started) = (processing.number("given_at"), processing.number("processing_started_at").unwrap());
    // What is used is used until now.
    let used_until = processing.number("processing_stopped_at").unwrap_or(as_of);
    let withdrawn = processing.number("withdrawn_at");
    said(&[
        ("consent-first-none", given.is_none()),
        ("consent-first-too-late", given.is_some_and(|given| started < given)),
        ("consent-first-not-explicit", is("explicit_required") && !is("explicit")),
        ("consent-first-used-after-withdrawal", withdrawn.is_some_and(|withdrawn| used_until - withdrawn > DAY)),
    ])
}

/// Whether a request was answered by the date set for it, otherwise in 30 days; no date is set more than 90 days away.
fn answered(
    request: &Subject<'_>,
    as_of: i128,
    [overdue, late, too_far, in_the_future]: [&'static str; 4],
) -> Vec<&'static str> {
    let (received, set) = (request.number("received_at").unwrap(), request.number("due_at"));
    let due = set.unwrap_or(received + 30 * DAY);
    let answered = request.number("answered_at");
    said(&[
        (overdue, answered.is_none() && as_of > due),
        (late, answered.is_some_and(|answered| answered > due)),
        (too_far, set.is_some_and(|set| set - received > 90 * DAY)),
        (in_the_future, answered.is_some_and(|answered| answered - as_of > 5 * MINUTE)),
    ])
}
