//! The SQL queries `runs` and `restores`: one row for each run.
//!
//! A row whose `finished_at` is NULL is a run that has not finished: it is left aside and counted in a remark. NULL in
//! `job` or `success` of a finished run cannot be read.

use tickmark_collector::cells::{Line, Lines};
use tickmark_collector::{Failure, Rows};

use crate::run::{Listing, Run};

/// Reads every row of `query`, which may have the columns `optional` beside job, finished_at and success.
///
/// # Errors
/// `invalid`, where the columns are not as expected or a cell has another type than its column should have.
pub(crate) fn parse(query: &'static str, rows: &Rows, optional: &[&str]) -> Result<Listing, Failure> {
    let lines = Lines::of(query, rows, &["job", "finished_at", "success"], optional)?;
    let mut listing = Listing::default();
    let mut unfinished = 0_u64;
    lines.for_each(|line| {
        match run(&line)? {
            Read::Run(run) => listing.run(&line.place(), run),
            Read::Unfinished(job) => {
                unfinished += 1;
                listing.job(&line.place(), &job);
            }
            Read::Null(column) => listing.unreadable(&line.place(), &format!("column `{column}` is NULL")),
        }
        Ok(())
    })?;
    if unfinished > 0 {
        listing.remark(format!("query `{query}`: {unfinished} rows have not finished and are left aside"));
    }
    Ok(listing)
}

enum Read {
    Run(Run),
    Unfinished(String),
    Null(&'static str),
}

fn run(line: &Line<'_>) -> Result<Read, Failure> {
    let (job, finished, success) = (line.text("job")?, line.datetime("finished_at")?, line.boolean("success")?);
    let (started, size) = (line.datetime("started_at")?, line.long("size")?);
    Ok(match (job, finished, success) {
        (None, ..) => Read::Null("job"),
        (Some(job), None, _) => Read::Unfinished(job),
        (Some(_), Some(_), None) => Read::Null("success"),
        (Some(job), Some(finished), Some(success)) => Read::Run(Run { job, started, finished, success, size }),
    })
}
