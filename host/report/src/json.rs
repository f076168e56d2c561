//! For programs: one document, `tickmark/assessment/1`, described in `docs/reference/assessment-1.md`.
//!
//! Its strings are safe to print on a terminal. Its types are its own, so that a change of the model is not a change of the document.

mod document;
pub(crate) mod escape;

use std::io::{self, Write};

use crate::view::View;
use document::Document;
pub use document::SCHEMA;
use escape::Escape;

/// How the document is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether each member stands on its own line, indented by two blanks.
    pub indent: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { indent: true }
    }
}

/// Writes the document of `view`, with a line break at its end.
///
/// # Errors
/// Those of `out`.
pub fn write(view: &View<'_>, out: &mut dyn Write, options: Options) -> io::Result<()> {
    let document = Document::new(view);
    match options.indent {
        true => serde_json::to_writer_pretty(Escape(out), &document)?,
        false => serde_json::to_writer(Escape(out), &document)?,
    }
    writeln!(out)
}

#[cfg(test)]
pub(crate) mod tests;
