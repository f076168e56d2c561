//! The logins of a window, by service.
//!
//! **Invariant:** a line that cannot be read counts where the next line with a time does, where one before it does, and at the
//! end of its file; so it is missed in every window that it may belong to.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::Datetime;
use tickmark_collector::lines::Line;
use tickmark_collector::time::UtcOffset;

use crate::parse::message::{self, Logins};
use crate::parse::syslog::{self, Stamp};
use crate::parse::year::{LastYear, Yearless, Years};
use crate::parse::{Unread, journal};
use crate::segment::LINE_BYTES;
use crate::stream::Span;

/// Notes on unreadable lines that are kept; the others are only counted.
const KEPT: u64 = 20;

/// The logins of one service in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Logins tried.
    pub attempts: i64,
    /// Those that failed.
    pub failures: i64,
}

/// How a file says when its lines were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// syslog; where times have no year and no offset, those of the log.
    Syslog(Option<Dating>),
    /// `journalctl --output=json`.
    Journal,
}

/// What dates the lines of one file that say neither year nor offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dating {
    /// Of all lines.
    pub offset: UtcOffset,
    /// Of the first line.
    pub first_year: i32,
}

/// The years of a file, found out before it is read: nothing but the times of its lines is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calendar {
    years: Years,
    last: Option<(Yearless, i32)>,
}

impl Calendar {
    /// Takes the next line.
    pub fn line(&mut self, line: Line<'_>) {
        if let Some(Ok(syslog::Line { stamp: Stamp::Yearless(time), .. })) = line.bytes.map(syslog::parse) {
            self.last = Some((time, self.years.next(time.month)));
        }
    }

    /// The year of the first line; nothing where no line is without one.
    #[must_use]
    pub fn first_year(&self, last_year: LastYear, offset: UtcOffset, as_of: Datetime) -> Option<i32> {
        let (last, turns) = self.last?;
        Some(last_year.of(last, offset, as_of).saturating_sub(turns))
    }
}

/// The window, filled line by line.
#[derive(Debug)]
pub struct Windows {
    window: Span,
    /// The services that are counted; one without a login has zeros.
    pub counts: BTreeMap<String, Counts>,
    /// The oldest time of all files.
    pub oldest: Option<Datetime>,
    /// The newest time of all files.
    pub newest: Option<Datetime>,
    /// Unreadable lines that may be in the window.
    pub unread: u64,
    /// Logins after the window.
    pub later: u64,
    noted: u64,
    notes: Vec<String>,
    file: File,
}

/// The file that is being read.
#[derive(Debug, Default)]
struct File {
    name: String,
    years: Years,
    pending: u64,
    read: u64,
    newest: Option<Datetime>,
    /// The service that the line before said a login of, and whether it succeeded.
    before: Option<(String, bool)>,
    trouble: Option<String>,
}

impl Windows {
    /// Nothing read yet.
    #[must_use]
    pub fn new(window: Span, services: &BTreeSet<String>) -> Self {
        Self {
            window,
            counts: services.iter().map(|service| (service.clone(), Counts::default())).collect(),
            oldest: None,
            newest: None,
            unread: 0,
            later: 0,
            noted: 0,
            notes: Vec::new(),
            file: File::default(),
        }
    }

    /// Begins the next file.
    pub fn open(&mut self, name: &str) {
        self.file = File { name: name.to_owned(), ..File::default() };
    }

    /// Takes the next line of the file.
    pub fn line(&mut self, line: Line<'_>, format: &Format) {
        let read = match (line.bytes, format) {
            _ if !line.ended => Err("it has no end: the log was cut off, or is being written".into()),
            (None, _) => Err(Unread(format!("it is longer than {LINE_BYTES} bytes"))),
            (Some(bytes), Format::Syslog(dating)) => syslog::parse(bytes).and_then(|read| {
                let at = self.dated(read.stamp, *dating)?;
                self.take(at, read.program, read.message);
                Ok(())
            }),
            (Some(bytes), Format::Journal) => journal::parse(bytes).map(|entry| {
                self.take(entry.at, &entry.program, &entry.message);
            }),
        };
        if let Err(Unread(why)) = read {
            self.file.pending += 1;
            self.file.before = None;
            let trouble = format!("{}, line {} cannot be read: {why}", self.file.name, line.number);
            self.noted += 1;
            if self.noted <= KEPT {
                self.notes.push(trouble.clone());
            }
            self.file.trouble.get_or_insert(trouble);
        }
    }

    fn dated(&mut self, stamp: Stamp, dating: Option<Dating>) -> Result<Datetime, Unread> {
        let time = match stamp {
            Stamp::Full(at) => return Ok(at),
            Stamp::Yearless(time) => time,
        };
        let Dating { offset, first_year } =
            dating.ok_or("a time without year and offset: set `year` and `utc_offset`")?;
        let year = first_year.saturating_add(self.file.years.next(time.month));
        time.within(year, offset).ok_or_else(|| Unread(format!("{year} has no day {}-{}", time.month, time.day)))
    }

    fn take(&mut self, at: Datetime, program: &str, text: &str) {
        self.file.read += 1;
        let pending = std::mem::take(&mut self.file.pending);
        self.file.newest = self.file.newest.max(Some(at));
        self.unread += if self.file.newest >= Some(self.window.from) { pending } else { 0 };
        self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        self.newest = self.newest.max(Some(at));
        if let Some(times) = message::last_repeated(program, text) {
            // Of what the line before said, nothing where that was no login.
            if let Some((service, success)) = self.file.before.clone() {
                self.count(at, Logins { service: &service, count: times, success });
            }
            return;
        }
        let logins = message::read(program, text);
        self.file.before = logins.map(|logins| (logins.service.to_owned(), logins.success));
        if let Some(logins) = logins {
            self.count(at, logins);
        }
    }

    fn count(&mut self, at: Datetime, logins: Logins<'_>) {
        let Some(counts) = self.counts.get_mut(logins.service) else { return };
        if at >= self.window.to {
            self.later += u64::from(logins.count);
        } else if at >= self.window.from {
            counts.attempts += i64::from(logins.count);
            counts.failures += if logins.success { 0 } else { i64::from(logins.count) };
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is wrong with its first line, where it has lines and none can be read: it is of another format.
    pub fn close(&mut self) -> Result<(), String> {
        self.unread += std::mem::take(&mut self.file.pending);
        match self.file.trouble.take().filter(|_| self.file.read == 0) {
            Some(trouble) => Err(trouble),
            None => Ok(()),
        }
    }

    /// What to say about it, for people.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.notes.clone();
        if self.noted > KEPT {
            remarks.push(format!("{} more lines cannot be read", self.noted - KEPT));
        }
        if self.later > 0 {
            remarks.push(format!("{} logins after the judged instant are left aside", self.later));
        }
        remarks
    }
}
