//! The SQL query `logins`: one row for each log, with its counts in the window and its oldest record.
//!
//! A sum over an empty log is NULL in SQL: NULL counts are read as 0 where `oldest` is NULL too, and refused elsewhere.

use tickmark_collector::{Failure, Rows};

use crate::cells::{Columns, Line};
use crate::window::Login;

/// Reads every row.
///
/// # Errors
/// `invalid`, where the columns are not as expected, a cell has another type than its column should have, or the counts
/// contradict each other.
pub(crate) fn parse(rows: &Rows) -> Result<Vec<Login>, Failure> {
    let columns = Columns::of("logins", rows, &["attempts", "failures", "oldest"], &["source"])?;
    let mut logins = Vec::new();
    let mut number = 0_u64;
    rows.for_each(|cells| {
        number += 1;
        let login = read(columns.line(number, cells)).map_err(|failure| failure.shown_by(rows.receipt()))?;
        logins.push(login);
        Ok(())
    })?;
    Ok(logins)
}

fn read(mut line: Line<'_>) -> Result<Login, Failure> {
    let source = line.text("source")?;
    let (attempts, failures, oldest) = (line.long("attempts")?, line.long("failures")?, line.datetime("oldest")?);
    let (attempts, failures) = match (attempts, failures, oldest) {
        (Some(attempts), Some(failures), _) if 0 <= failures && failures <= attempts => (attempts, failures),
        (Some(attempts), Some(failures), _) => {
            let place = line.place();
            return Err(Failure::invalid(format!("{place}: {failures} failures of {attempts} attempts")));
        }
        (None, None | Some(0), None) | (Some(0), None, None) => (0, 0),
        _ => {
            let place = line.place();
            return Err(Failure::invalid(format!("{place}: a count is NULL in a log that is not empty")));
        }
    };
    Ok(Login { source, attempts, failures, oldest })
}
