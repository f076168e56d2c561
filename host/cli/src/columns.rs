//! Plain columns for lists: a heading and rows, each column as wide as its widest cell.

use std::io::{self, Write};

/// Writes `rows` under `headings`; the last column is not padded.
pub fn write<const N: usize>(out: &mut dyn Write, headings: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
    let mut widths = headings.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    line(out, headings, widths)?;
    for row in rows {
        line(out, row.each_ref().map(String::as_str), widths)?;
    }
    Ok(())
}

fn line<const N: usize>(out: &mut dyn Write, cells: [&str; N], widths: [usize; N]) -> io::Result<()> {
    let mut text = String::new();
    for (cell, width) in cells.into_iter().zip(widths) {
        text.push_str(&format!("{cell:<width$}  "));
    }
    writeln!(out, "{}", text.trim_end())
}
