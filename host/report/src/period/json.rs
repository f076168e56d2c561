//! For programs: one document, whose `schema` names its shape. Schemas stand in `docs/reference`.
//!
//! Its strings are safe to print on a terminal.

use std::io::{self, Write};

use super::Report;
use crate::json::escape::Escape;

/// Writes a report, with a line break at its end.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    match report {
        Report::Type1(report) => serde_json::to_writer_pretty(Escape(out), report)?,
        Report::Type2(report) => serde_json::to_writer_pretty(Escape(out), report)?,
        Report::Summary(report) => serde_json::to_writer_pretty(Escape(out), report)?,
    }
    writeln!(out)
}

#[cfg(test)]
mod tests;
