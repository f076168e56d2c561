//! The SQL query `logins`: one row for each log, with its counts in the window and its oldest record.
//!
//! A sum over an empty log is NULL in SQL: NULL counts are read as 0 where `oldest` is NULL too, and refused elsewhere.

use tickmark_collector::cells::{Line, Lines};
use tickmark_collector::{Failure, Rows};

use crate::window::Login;

/// Reads every row.
///
/// # Errors
/// `invalid`, where the columns are not as expected, a cell has another type than its column should have, or the counts
/// contradict each other.
pub(crate) fn parse(rows: &Rows) -> Result<Vec<Login>, Failure> {
    let lines = Lines::of("logins", rows, &["attempts", "failures", "oldest"], &["source"])?;
    let mut logins = Vec::new();
    lines.for_each(|line| {
        logins.push(read(&line)?);
        Ok(())
    })?;
    Ok(logins)
}

fn read(line: &Line<'_>) -> Result<Login, Failure> {
    let source = line.text("source")?;
    let (attempts, failures, oldest) = (line.long("attempts")?, line.long("failures")?, line.datetime("oldest")?);
    let (attempts, failures) = match (attempts, failures, oldest) {
        (Some(attempts), Some(failures), _) if 0 <= failures && failures <= attempts => (attempts, failures),
        (Some(attempts), Some(failures), _) => {
            return Err(line.invalid(&format!("{failures} failures of {attempts} attempts")));
        }
        (None, None | Some(0), None) | (Some(0), None, None) => (0, 0),
        _ => return Err(line.invalid("a count is NULL in a log that is not empty")),
    };
    Ok(Login { source, attempts, failures, oldest })
}
