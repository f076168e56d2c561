//! From what a database holds in a cell to a typed value, or to why it is none.
//!
//! **Invariant:** nothing is guessed: a cell has the type that the database gives it or the one that the grant declares
//! for its column, and what does not fit is refused rather than bent.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use tickmark_model::{CedarType, Decimal4, Instant, Scalar, parse_duration};

/// What a database gave.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// No value.
    Null,
    /// A value whose type the database knows.
    Typed(Scalar),
    /// A number with a binary fraction.
    Real(f64),
    /// Something that no cell of a result can be: how it is called, and what to write instead.
    Unreadable(String),
}

/// Longest value that a message shows, in characters.
const MAX_SHOWN: usize = 60;

/// Why a cell is refused, in the middle of a sentence about it.
pub(super) type Why = String;

/// The value of a cell, of the `declared` type where there is one.
pub(super) fn convert(cell: Cell, declared: Option<CedarType>) -> Result<Option<Scalar>, Why> {
    let value = match (cell, declared) {
        (Cell::Null, _) => return Ok(None),
        (Cell::Unreadable(what), _) => return Err(what),
        (Cell::Real(number), Some(CedarType::Decimal)) => decimal(&number.to_string(), number)?,
        (Cell::Real(number), None) => {
            return Err(format!(
                "`{number}` is a binary fraction; declare the column as decimal or round it to a whole number"
            ));
        }
        (Cell::Real(number), Some(ty)) => return Err(mismatch(&number, ty)),
        (Cell::Typed(value), None) => value,
        (Cell::Typed(value), Some(ty)) => declare(value, ty)?,
    };
    value.canonical().map(Some).map_err(|error| error.to_string())
}

fn mismatch(value: &dyn fmt::Display, ty: CedarType) -> Why {
    // Whole or not at all: a secret that is cut could not be found again.
    let text = value.to_string();
    let shown = match text.chars().count() {
        ..=MAX_SHOWN => format!("`{}`", text.escape_debug()),
        length => format!("a value of {length} characters"),
    };
    let expected = match ty {
        CedarType::Boolean => "boolean (0, 1, true, false, t, f, yes or no)",
        CedarType::Long => "whole number",
        CedarType::Text => "text",
        CedarType::Decimal => "decimal with at most 4 digits after the point",
        CedarType::Ip => "address or CIDR network",
        CedarType::Datetime => {
            "datetime (RFC 3339, `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` in UTC, or whole seconds since 1970)"
        }
        CedarType::Duration => "duration (such as `26h`, or whole seconds)",
        CedarType::Entity => "value of a type that a database can hold",
    };
    format!("{shown} is no {expected}")
}

fn decimal(text: &str, shown: impl fmt::Display) -> Result<Scalar, Why> {
    text.parse()
        .map(Scalar::Decimal)
        .map_err(|_| format!("{}; round it in the query, such as `round(x, 4)`", mismatch(&shown, CedarType::Decimal)))
}

/// The same value as `ty`, where one spelling or unit says how.
fn declare(value: Scalar, ty: CedarType) -> Result<Scalar, Why> {
    let read = match (ty, &value) {
        (CedarType::Boolean, Scalar::Boolean(_))
        | (CedarType::Long, Scalar::Long(_))
        | (CedarType::Decimal, Scalar::Decimal(_))
        | (CedarType::Ip, Scalar::Ip(_))
        | (CedarType::Datetime, Scalar::Datetime(_))
        | (CedarType::Duration, Scalar::Duration(_)) => return Ok(value),
        (CedarType::Text, other) => return Ok(Scalar::Text(other.to_string())),

        (CedarType::Boolean, Scalar::Long(n)) => boolean(&n.to_string()).map(Scalar::Boolean),
        (CedarType::Boolean, Scalar::Text(text)) => boolean(text).map(Scalar::Boolean),
        (CedarType::Long, Scalar::Text(text)) => text.parse().ok().map(Scalar::Long),
        (CedarType::Long, Scalar::Decimal(d)) => (d.0 % 10_000 == 0).then_some(Scalar::Long(d.0 / 10_000)),
        (CedarType::Decimal, Scalar::Long(n)) => n.checked_mul(10_000).map(|units| Scalar::Decimal(Decimal4(units))),
        (CedarType::Decimal, Scalar::Text(text)) => return decimal(text, text),
        (CedarType::Ip, Scalar::Text(text)) => Some(Scalar::Ip(text.clone())),
        (CedarType::Datetime, Scalar::Text(text)) => datetime(text).map(|at| Scalar::Datetime(at.ms())),
        (CedarType::Datetime, Scalar::Long(seconds)) => {
            seconds.checked_mul(1_000).and_then(Instant::from_ms).map(|at| Scalar::Datetime(at.ms()))
        }
        (CedarType::Duration, Scalar::Text(text)) => parse_duration(text).ok().map(Scalar::Duration),
        (CedarType::Duration, Scalar::Long(seconds)) => seconds.checked_mul(1_000).map(Scalar::Duration),
        _ => None,
    };
    read.ok_or_else(|| mismatch(&value, ty))
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["1", "true", "t", "yes"]) {
        Some(true)
    } else if is(["0", "false", "f", "no"]) {
        Some(false)
    } else {
        None
    }
}

/// RFC 3339, with a space for the `T` too; or a date, or a date with a time, both read as UTC. Finer than a millisecond is
/// cut off.
fn datetime(text: &str) -> Option<Instant> {
    const WITH_OFFSET: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    const IN_UTC: [&str; 4] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    // chrono skips spaces and accepts signs and short numbers; databases write none of these.
    let bytes = text.as_bytes();
    let shaped = bytes.get(..10).is_some_and(|date| {
        date.iter().enumerate().all(|(at, b)| if matches!(at, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() })
    });
    if !shaped || bytes.get(11).is_some_and(|b| !b.is_ascii_digit()) || text.ends_with(' ') {
        return None;
    }
    let ms = if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        at.timestamp_millis()
    } else if let Some(at) = WITH_OFFSET.iter().find_map(|form| DateTime::parse_from_str(text, form).ok()) {
        at.timestamp_millis()
    } else if let Some(at) = IN_UTC.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()) {
        at.and_utc().timestamp_millis()
    } else {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()
    };
    Instant::from_ms(ms)
}

#[cfg(test)]
mod tests;
