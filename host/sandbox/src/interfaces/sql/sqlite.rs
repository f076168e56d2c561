//! SQLite: a file opened for reading, its statement watched by an authorizer and a clock.
//!
//! **Invariant:** the authorizer allows reading tables and calling functions and nothing else: no ATTACH, no PRAGMA, no
//! temporary tables, no extensions.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};
use tickmark_model::Scalar;

use super::super::Refusal;
use super::Table;
use super::cell::Cell;
use super::table::Builder;
use crate::grants::SqlGrant;
use crate::limits::Limits;
use crate::part;

/// Virtual machine steps between two looks at the clock; well below a millisecond.
const STEPS_PER_LOOK: i32 = 1_000;

/// Runs the query on the file at `path`.
pub(super) fn query(
    grant: &SqlGrant,
    path: &Path,
    params: Vec<Scalar>,
    limits: &Limits,
    timeout_ms: u64,
) -> Result<Table, Refusal> {
    let denied = Arc::new(AtomicBool::new(false));
    let failed = |error: Error| match denied.load(Ordering::Relaxed) {
        true => Refusal::denied("query does more than read tables"),
        false => refusal(path, &error, timeout_ms, limits),
    };
    let mut connection = open(path, limits, timeout_ms).map_err(failed)?;
    let deadline = Instant::now() + Duration::from_millis(timeout_ms);
    let is_over = move || {
        let now = Instant::now();
        part::work_aside(now);
        now >= deadline
    };
    connection.progress_handler(STEPS_PER_LOOK, Some(is_over)).map_err(failed)?;
    let deny = denied.clone();
    connection
        .authorizer(Some(move |context: AuthContext<'_>| {
            if reads(&context.action) {
                return Authorization::Allow;
            }
            deny.store(true, Ordering::Relaxed);
            Authorization::Deny
        }))
        .map_err(failed)?;

    let mut statement = connection.prepare(&grant.query).map_err(failed)?;
    if statement.parameter_count() != params.len() {
        let (there, granted) = (statement.parameter_count(), params.len());
        return Err(Refusal::invalid(format_args!("query has {there} parameters, the grant declares {granted}")));
    }
    if !statement.readonly() {
        return Err(Refusal::denied("query is no SELECT"));
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut builder = Builder::new(grant, columns, limits)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params.into_iter().map(bind))).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let cells: Vec<Cell> =
            (0..builder.width()).map(|at| row.get_ref(at).map(cell)).collect::<Result<_, _>>().map_err(failed)?;
        builder.push(cells)?;
    }
    drop(rows);
    Ok(builder.finish())
}

fn open(path: &Path, limits: &Limits, timeout_ms: u64) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_millis(timeout_ms))?;
    connection.pragma_update(None, "query_only", true)?;
    // Functions and virtual tables that a schema names are the database's own program: none with side effects runs.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest_bytes(limits))?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(connection)
}

/// Longest value that SQLite makes, in bytes. The same bound holds for the text of the schema, so it has a floor.
fn longest_bytes(limits: &Limits) -> i32 {
    i32::try_from(limits.response_bytes).unwrap_or(i32::MAX).max(1_000_000)
}

fn reads(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => !function_name.eq_ignore_ascii_case("load_extension"),
        _ => false,
    }
}

/// SQLite has whole numbers and text; the grant's documentation says which type becomes which.
fn bind(value: Scalar) -> Value {
    match value {
        Scalar::Boolean(b) => Value::Integer(i64::from(b)),
        Scalar::Long(n) => Value::Integer(n),
        Scalar::Duration(ms) => Value::Integer(ms.div_euclid(1_000)),
        Scalar::Text(_) | Scalar::Ip(_) | Scalar::Decimal(_) | Scalar::Datetime(_) | Scalar::Entity(_) => {
            Value::Text(value.to_string())
        }
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n) => Cell::Typed(Scalar::Long(n)),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Typed(Scalar::Text(text.to_owned())),
            Err(_) => Cell::Unreadable("text is not UTF-8".to_owned()),
        },
        ValueRef::Blob(bytes) => {
            Cell::Unreadable(format!("is a blob of {} bytes; write hex(x) or leave it out", bytes.len()))
        }
    }
}

fn refusal(path: &Path, error: &Error, timeout_ms: u64, limits: &Limits) -> Refusal {
    let shown = path.display();
    if let Error::SqlInputError { msg, offset, .. } = error {
        return Refusal::invalid(format_args!("query on `{shown}`: {msg} at byte {offset}"));
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => Refusal::timeout(format_args!("query on `{shown}`"), timeout_ms),
        Some(ErrorCode::ReadOnly) => Refusal::denied("query writes"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Refusal::unavailable(format_args!("database `{shown}` is locked: {error}")).retryable()
        }
        Some(ErrorCode::TooBig) => {
            Refusal::limit("value in the query", u64::from(longest_bytes(limits).unsigned_abs()), "bytes")
        }
        Some(ErrorCode::Unknown) => Refusal::invalid(format_args!("query on `{shown}`: {error}")),
        _ => Refusal::unavailable(format_args!("database `{shown}`: {error}")),
    }
}
