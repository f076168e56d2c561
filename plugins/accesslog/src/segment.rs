//! One file of an access log, read line by line.
//!
//! **Invariant:** a line whose time is not known counts where the next line with one does, and where one before it does; at the
//! end of the file it is left to what follows. So what cannot be read is counted in every window that it may belong to.

use tickmark_collector::lines::Line;
use tickmark_collector::{Datetime, Receipt, time};

use crate::parse::Unread;
use crate::parse::access::{self, Entry, Shape};
use crate::stream::Span;

/// Longest line that is read, in bytes.
pub const LINE_BYTES: usize = 1 << 20;
/// Notes on defects that are kept of one file; the others are only counted.
const KEPT: usize = 20;

/// What is counted of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub lines: i64,
    /// No JSON object, or too long.
    pub unreadable: i64,
    /// Readable, and without a required field.
    pub incomplete: i64,
    /// Without each field, in the order of [`FIELDS`].
    pub missing: [i64; 7],
    /// Without an end.
    pub truncated: bool,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.unreadable += other.unreadable;
        self.incomplete += other.incomplete;
        for (sum, count) in self.missing.iter_mut().zip(other.missing) {
            *sum += count;
        }
        self.truncated |= other.truncated;
    }
}

/// What is wrong with lines, for people: the first of them, and how many more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defects {
    first: Vec<String>,
    more: u64,
}

impl Defects {
    fn add(&mut self, defect: impl FnOnce() -> String) {
        if self.first.len() < KEPT { self.first.push(defect()) } else { self.more += 1 }
    }

    fn append(&mut self, other: Self) {
        for defect in other.first {
            self.add(|| defect);
        }
        self.more += other.more;
    }

    /// One note for each that was kept, and one for the others.
    pub fn notes(self, name: &str) -> impl Iterator<Item = String> {
        let more = (self.more > 0).then(|| format!("{name}: {} more defects", self.more));
        self.first.into_iter().chain(more)
    }
}

/// Lines whose window is not known yet, or those that are in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub counts: Counts,
    pub defects: Defects,
}

impl Part {
    pub fn append(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.defects.append(other.defects);
    }
}

/// One file of a log, read line by line.
#[derive(Debug)]
pub struct Segment {
    /// What the file is called.
    pub(crate) name: String,
    /// The answer of the host that it was read from.
    pub(crate) receipt: Receipt,
    window: Span,
    pub(crate) within: Part,
    /// Lines without a time since the last one with one.
    pub(crate) pending: Part,
    /// The oldest and the newest time.
    pub(crate) dated: Option<(Datetime, Datetime)>,
    /// The oldest and the newest time in the window.
    pub(crate) within_dated: Option<(Datetime, Datetime)>,
    /// Longest time between two lines, the later of them in the window, in milliseconds.
    pub(crate) longest_gap: i64,
    pub(crate) out_of_order: i64,
    pub(crate) later: i64,
    /// Of the lines in the window.
    pub(crate) marks: Vec<u64>,
    /// Readable lines, and why the first unreadable one is not.
    read: u64,
    trouble: Option<String>,
}

impl Segment {
    /// Nothing read yet.
    #[must_use]
    pub fn new(name: &str, receipt: Receipt, window: Span) -> Self {
        Self {
            name: name.to_owned(),
            receipt,
            window,
            within: Part::default(),
            pending: Part::default(),
            dated: None,
            within_dated: None,
            longest_gap: 0,
            out_of_order: 0,
            later: 0,
            marks: Vec::new(),
            read: 0,
            trouble: None,
        }
    }

    /// Takes the next line.
    pub fn line(&mut self, line: Line<'_>, shape: &Shape) {
        let read = match line.bytes {
            _ if !line.ended => Err("it has no end: the log was cut off, or is being written".into()),
            Some(bytes) if line.utf8 => access::parse_utf8(bytes, shape),
            Some(bytes) => access::parse(bytes, shape),
            None => Err(Unread(format!("it is longer than {LINE_BYTES} bytes"))),
        };
        match read {
            Ok(entry) => {
                self.read += 1;
                match entry.at {
                    Some(at) => self.dated(at, line.number, &entry, shape),
                    None => count(&mut self.pending, &self.name, line.number, &entry, shape),
                }
            }
            Err(Unread(why)) => {
                let Counts { lines, unreadable, truncated, .. } = &mut self.pending.counts;
                *lines += 1;
                *unreadable += 1;
                *truncated |= !line.ended;
                let defect = || format!("{}, line {} cannot be read: {why}", self.name, line.number);
                self.trouble.get_or_insert_with(defect);
                self.pending.defects.add(defect);
            }
        }
    }

    fn dated(&mut self, at: Datetime, number: u64, entry: &Entry, shape: &Shape) {
        let Span { from, to } = self.window;
        let newest = self.dated.map(|(_, newest)| newest);
        if self.pending.counts.lines > 0 {
            let pending = std::mem::take(&mut self.pending);
            if newest.max(Some(at)) >= Some(from) {
                self.within.append(pending);
            }
        }
        match newest {
            Some(newest) if at < newest && newest >= from && at < to => {
                self.out_of_order += 1;
                let defect =
                    || format!("{}, line {number} is dated {}, before an earlier line", self.name, time::text(at));
                self.within.defects.add(defect);
            }
            Some(newest) if at >= newest.max(from) => {
                self.longest_gap = self.longest_gap.max(at.min(to).0 - newest.min(to).0)
            }
            _ => {}
        }
        self.dated = Some(widened(self.dated, at));
        if at >= to {
            self.later += 1;
        } else if at >= from {
            self.within_dated = Some(widened(self.within_dated, at));
            count(&mut self.within, &self.name, number, entry, shape);
            self.marks.extend(entry.mark);
        }
    }

    /// Why the file is no access log: it has lines, and none is a JSON object.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        self.trouble.as_deref().filter(|_| self.read == 0)
    }
}

/// Counts a readable line.
fn count(part: &mut Part, name: &str, number: u64, entry: &Entry, shape: &Shape) {
    part.counts.lines += 1;
    if !entry.missing.contains(&true) {
        return;
    }
    part.counts.incomplete += 1;
    for (sum, missing) in part.counts.missing.iter_mut().zip(entry.missing) {
        *sum += i64::from(missing);
    }
    part.defects.add(|| {
        let fields = shape.names.iter().zip(entry.missing).filter(|(_, missing)| *missing);
        let fields: Vec<String> = fields.map(|(field, _)| format!("`{field}`")).collect();
        let time = entry.bad_time.as_ref().map_or_else(String::new, |why| format!(": the time is {why}"));
        format!("{name}, line {number} has no {}{time}", fields.join(", "))
    });
}

/// The span with one more instant.
pub(crate) fn widened(dated: Option<(Datetime, Datetime)>, at: Datetime) -> (Datetime, Datetime) {
    dated.map_or((at, at), |(oldest, newest)| (oldest.min(at), newest.max(at)))
}
