//! Columns beside each other, made narrower from the widest on until they fit; what is too long for its column goes on
//! below, so that nothing is lost.

use anstyle::Style;

use super::text::{columns, plain, wrap};

/// Columns between two cells.
const GAP: usize = 2;

/// No column is made narrower than this.
const NARROWEST: usize = 4;

/// One column of the table.
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Once words must be broken, it is not made narrower than this while another one can be.
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

    /// Columns that each of its words takes.
    fn words(&self) -> impl Iterator<Item = usize> {
        self.text.split(' ').map(columns)
    }
}

/// How wide each column is, so that a line takes at most `width`, if the columns can be that narrow.
pub(super) fn widths<const N: usize>(titles: &[Column; N], rows: &[[Cell; N]], width: Option<usize>) -> Vec<usize> {
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(&cell.text)).max();
    let mut widths: Vec<usize> =
        titles.iter().enumerate().map(|(at, column)| widest(at).unwrap_or(0).max(columns(column.title))).collect();
    let Some(width) = width else { return widths };
    let longest_word = |at: usize| rows.iter().filter_map(|row| row.get(at)).flat_map(Cell::words).max();
    let words = titles
        .iter()
        .enumerate()
        .map(|(at, column)| longest_word(at).unwrap_or(0).max(columns(column.title)))
        .collect();
    let soft = titles.iter().map(|column| column.narrowest).collect();
    for narrowest in [words, soft, vec![NARROWEST; N]] {
        shrink(&mut widths, &narrowest, width.saturating_sub(GAP * N.saturating_sub(1)));
    }
    widths
}

/// Takes from the widest column, time and again, until they fit or none may be narrower.
fn shrink(widths: &mut [usize], narrowest: &[usize], all: usize) {
    while widths.iter().sum::<usize>() > all {
        let can_shrink = widths.iter_mut().zip(narrowest).filter(|(width, narrowest)| **width > **narrowest);
        match can_shrink.map(|(width, _)| width).max() {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
}

/// The lines of one row, without blanks at their ends.
pub(super) fn lines(cells: &[Cell], widths: &[usize], color: bool) -> Vec<String> {
    let wrapped: Vec<(Vec<String>, &Style)> =
        cells.iter().zip(widths).map(|(cell, width)| (wrap(&cell.text, Some(*width)), &cell.style)).collect();
    let height = wrapped.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    (0..height)
        .map(|at| {
            let (mut line, mut blanks) = (String::new(), 0);
            for ((lines, style), width) in wrapped.iter().zip(widths) {
                let text = lines.get(at).map_or("", String::as_str);
                if !text.is_empty() {
                    line.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
                    match color && **style != Style::new() {
                        true => line.push_str(&format!("{}{text}{}", style.render(), style.render_reset())),
                        false => line.push_str(text),
                    }
                }
                blanks += (width + GAP).saturating_sub(columns(text));
            }
            line
        })
        .collect()
}
