//! For a terminal.
//!
//! **Invariant:** nothing from evidence reaches the terminal as a control character.

use std::io::{self, Write};

use super::Report;
use super::page::{Block, Detail, Page};
use crate::table::text::{columns, wrap};
use crate::terminal::plain;

/// Between two columns.
const GAP: &str = "  ";

/// The widest that a column gets, in columns of the terminal; what is longer goes on below.
const WIDEST: usize = 60;

/// Writes a report for a terminal of so many columns; nothing means that paragraphs may be as long as they like.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write, width: Option<usize>) -> io::Result<()> {
    let page = Page::of(report, Detail::Brief);
    writeln!(out, "{}", plain(&page.title))?;
    for block in &page.lead {
        writeln!(out)?;
        self::block(block, out, width)?;
    }
    for section in &page.sections {
        writeln!(out, "\n{}", plain(&section.title).to_uppercase())?;
        for block in &section.blocks {
            self::block(block, out, width)?;
        }
    }
    Ok(())
}

fn block(block: &Block, out: &mut dyn Write, width: Option<usize>) -> io::Result<()> {
    match block {
        Block::Heading(text) => writeln!(out, "{}", plain(text)),
        Block::Text(text) => wrap(&plain(text), width).iter().try_for_each(|line| writeln!(out, "{line}")),
        Block::Pairs(pairs) => {
            let rows: Vec<Vec<String>> = pairs.iter().map(|(name, value)| vec![plain(name), plain(value)]).collect();
            // The second column is the last one and need not be cut.
            grid(&rows, out, None)
        }
        Block::Grid(titles, rows) => {
            let titles = titles.iter().map(|title| title.to_uppercase()).collect();
            let rows = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect());
            grid(&std::iter::once(titles).chain(rows).collect::<Vec<_>>(), out, Some(WIDEST))
        }
    }
}

fn grid(rows: &[Vec<String>], out: &mut dyn Write, widest: Option<usize>) -> io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let width = |at: usize| {
        let longest = cells(at).map(|cell| columns(cell)).max().unwrap_or(0);
        widest.map_or(longest, |widest| longest.min(widest))
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    for row in rows {
        let wrapped: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, width)| wrap(cell, Some(*width))).collect();
        for at in 0..wrapped.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (cell, width) in wrapped.iter().zip(&widths) {
                let text = cell.get(at).map(String::as_str).unwrap_or_default();
                line.push_str(text);
                line.push_str(&" ".repeat(width.saturating_sub(columns(text))));
                line.push_str(GAP);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
