//! Columns beside each other, made narrower from the widest on until they fit.

use anstyle::Style;

use super::text::{columns, cut, plain};

/// Columns between two cells.
const GAP: usize = 2;

/// One column of the table.
pub(super) struct Column {
    pub(super) title: &'static str,
    /// It is not made narrower than this.
    pub(super) narrowest: usize,
}

/// One cell; its text is plain already.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Cell {
    /// A cell without a style, of a text that need not be plain.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: plain(text), style: Style::new() }
    }
}

/// How wide each column is, so that a line takes at most `width`, if the columns can be that narrow.
pub(super) fn widths<const N: usize>(titles: &[Column; N], rows: &[[Cell; N]], width: Option<usize>) -> Vec<usize> {
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(&cell.text)).max();
    let mut widths: Vec<usize> =
        titles.iter().enumerate().map(|(at, column)| widest(at).unwrap_or(0).max(columns(column.title))).collect();
    let Some(width) = width else { return widths };
    while widths.iter().sum::<usize>() + GAP * N.saturating_sub(1) > width {
        let can_shrink = widths.iter_mut().zip(titles).filter(|(width, column)| **width > column.narrowest);
        match can_shrink.map(|(width, _)| width).max() {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
    widths
}

/// One line, without blanks at its end.
pub(super) fn line(cells: &[Cell], widths: &[usize], color: bool) -> String {
    let mut line = String::new();
    let mut blanks = 0;
    for (cell, width) in cells.iter().zip(widths) {
        let text = cut(&cell.text, *width);
        line.extend(std::iter::repeat_n(' ', blanks));
        blanks = width + GAP - columns(&text);
        match color && cell.style != Style::new() {
            true => line.push_str(&format!("{}{text}{}", cell.style.render(), cell.style.render_reset())),
            false => line.push_str(&text),
        }
    }
    line
}
