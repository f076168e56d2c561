//! An access log: its lines in a window, what they lack, and whether they follow each other.

use tickmark_collector::{Datetime, Duration, Receipt};

use crate::segment::{Counts, Defects, Part, Segment, widened};

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Inclusive.
    pub from: Datetime,
    /// Exclusive.
    pub to: Datetime,
}

/// A log in a window: all of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Of the lines in the window.
    pub counts: Counts,
    /// Lines that are dated before an earlier one, and files that begin before the one before them ends.
    pub out_of_order: i64,
    /// Lines that have action and correlation id of another one.
    pub duplicates: i64,
    /// Longest time without a line: from one in the window or the last before it, up to the next or the window's end.
    /// Where the log does not reach back, from its first line.
    pub longest_gap: Duration,
    /// The oldest and the newest time in the window.
    pub within: Option<(Datetime, Datetime)>,
    /// The oldest and the newest time of the log.
    pub dated: Option<(Datetime, Datetime)>,
    /// Lines dated after the window.
    pub later: i64,
    /// What is wrong, for people.
    pub defects: Defects,
    /// The answers of the host that it was read from.
    pub receipts: Vec<Receipt>,
}

impl Stream {
    /// Puts the files of a log in the order of their times.
    #[must_use]
    pub fn of(mut segments: Vec<Segment>, window: Span) -> Self {
        segments.sort_by(|a, b| (a.dated.is_none(), a.dated, &a.name).cmp(&(b.dated.is_none(), b.dated, &b.name)));
        let mut all = Part::default();
        let (mut marks, mut receipts) = (Vec::new(), Vec::new());
        let (mut dated, mut within) = (None, None);
        let (mut longest, mut out_of_order, mut later) = (0, 0, 0);
        let begins: Vec<Option<Datetime>> = segments.iter().map(|it| it.dated.map(|(oldest, _)| oldest)).collect();
        for (at, segment) in segments.into_iter().enumerate() {
            receipts.push(segment.receipt);
            all.append(segment.within);
            // What stands at the end of a file is before the window where the next file begins before it.
            let next = begins.get(at + 1).copied().flatten();
            let before =
                segment.dated.zip(next).is_some_and(|((_, newest), next)| newest <= next && next < window.from);
            if !before {
                all.append(segment.pending);
            }
            longest = longest.max(segment.longest_gap);
            out_of_order += segment.out_of_order;
            later += segment.later;
            if marks.is_empty() {
                marks = segment.marks
            } else {
                marks.extend(segment.marks)
            }
            if let Some((oldest, newest)) = segment.dated {
                match dated {
                    Some((_, earlier)) if oldest < earlier => out_of_order += i64::from(earlier >= window.from),
                    Some((_, earlier)) if oldest >= window.from => {
                        longest = longest.max(oldest.min(window.to).0 - earlier.min(window.to).0);
                    }
                    _ => {}
                }
                dated = Some(widened(Some(widened(dated, oldest)), newest));
            }
            if let Some((oldest, newest)) = segment.within_dated {
                within = Some(widened(Some(widened(within, oldest)), newest));
            }
        }
        // Up to the end of the window, from the last line or, where there is none in it, from its start.
        let last = match dated {
            Some((oldest, _)) if oldest >= window.to => window.from,
            Some((_, newest)) => newest,
            None => window.from,
        };
        let longest_gap = Duration(longest.max(window.to.0 - last.min(window.to).0));
        let duplicates = duplicates(&mut marks);
        let Part { counts, defects } = all;
        Self { counts, out_of_order, duplicates, longest_gap, within, dated, later, defects, receipts }
    }
}

/// How many of `marks` are there already.
fn duplicates(marks: &mut [u64]) -> i64 {
    marks.sort_unstable();
    let again = marks.iter().zip(marks.iter().skip(1)).filter(|(one, next)| one == next).count();
    i64::try_from(again).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beyond_the_first_of_their_kind_are_duplicates() {
        assert_eq!(duplicates(&mut []), 0);
        assert_eq!(duplicates(&mut [3, 1, 3, 2, 1, 3]), 3);
    }
}
