//! All that the log says: its sensors, how far back it reaches, and what of it could not be read.
//!
//! **Invariant:** a line that cannot be read is counted. It is in the bounds unless all before it and the next line behind it
//! are dated before them.

use std::collections::BTreeMap;

use tickmark_collector::lines::Line;
use tickmark_collector::{Datetime, Failure, Receipt, code};

use crate::alert::{Group, Key};
use crate::parse::Unread;
use crate::parse::eve::{self, Event, Record};
use crate::sensor::{Sensor, Span};

/// Longest line that is read, in bytes.
pub const LINE_BYTES: usize = 1 << 20;
/// Most sensors of one log.
pub const MAX_SENSORS: usize = 1_000;
/// Most groups of alerts of one sensor, and most runs of it.
pub const MAX_GROUPS: usize = 50_000;
/// Notes on unreadable lines that are kept; the others are only counted.
const KEPT: u64 = 20;

/// What is of interest in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The window that sensors are watched in.
    pub window: Span,
    /// From when on alerts are collected.
    pub alerts_from: Datetime,
}

impl Bounds {
    /// The earlier of both starts.
    fn since(&self) -> Datetime {
        self.window.from.min(self.alerts_from)
    }
}

/// The log, read line by line.
#[derive(Debug)]
pub struct Log {
    bounds: Bounds,
    /// The sensor of events that name none, where exactly one is expected.
    only: Option<String>,
    expected: usize,
    /// The sensors that were seen.
    pub sensors: BTreeMap<String, Sensor>,
    files: Vec<File>,
    groups: usize,
    /// Heartbeats and alerts after the judged instant.
    later: u64,
    unread: u64,
    notes: Vec<String>,
}

/// One file of the log.
#[derive(Debug)]
struct File {
    name: String,
    receipt: Receipt,
    /// The oldest and newest time in it.
    dated: Option<(Datetime, Datetime)>,
    read: u64,
    /// Unreadable lines within the bounds.
    unread: u64,
    /// Unreadable lines since the last readable one.
    pending: u64,
    first_trouble: Option<String>,
}

impl Log {
    /// Nothing read yet. An event that names no sensor is of the one that `expected` has, if it has only one.
    #[must_use]
    pub fn new<'e>(bounds: Bounds, expected: impl ExactSizeIterator<Item = &'e String>) -> Self {
        let count = expected.len();
        let only = expected.last().filter(|_| count == 1).cloned();
        let (sensors, files, notes) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { bounds, only, expected: count, sensors, files, groups: 0, later: 0, unread: 0, notes }
    }

    /// Begins the next file.
    pub fn open(&mut self, name: &str, receipt: Receipt) {
        self.files.push(File {
            name: name.to_owned(),
            receipt,
            dated: None,
            read: 0,
            unread: 0,
            pending: 0,
            first_trouble: None,
        });
    }

    /// Takes the next line of the file.
    ///
    /// # Errors
    /// `limit`, where the log has more of something than can be kept.
    pub fn line(&mut self, line: Line<'_>) -> Result<(), Failure> {
        let read = match line.bytes {
            _ if !line.ended => Err("it has no end: the log was cut off, or is being written".into()),
            Some(bytes) if line.utf8 => eve::parse_utf8(bytes),
            Some(bytes) => eve::parse(bytes),
            None => Err(Unread(format!("it is longer than {LINE_BYTES} bytes"))),
        };
        match read.and_then(|record| self.take(&record)) {
            Ok(within) => within,
            Err(Unread(why)) => {
                self.unreadable(line, why);
                Ok(())
            }
        }
    }

    /// Takes the next event; whether it is within the log's bounds on what can be kept.
    fn take(&mut self, record: &Record<'_>) -> Result<Result<(), Failure>, Unread> {
        let name = match (&record.event, &record.sensor) {
            (Event::Other, _) => None,
            (_, Some(name)) => Some(name.as_ref().to_owned()),
            (_, None) => Some(self.only.clone().ok_or_else(|| {
                let expected = self.expected;
                Unread(format!("no `host`, and {expected} sensors are expected: set `sensor-name`"))
            })?),
        };
        self.date(record.at);
        Ok(match name {
            Some(_) if record.at >= self.bounds.window.to => {
                self.later += 1;
                Ok(())
            }
            Some(name) => self.keep(name, record),
            None => Ok(()),
        })
    }

    /// Counts a readable line of this time, and decides on the unreadable ones before it.
    fn date(&mut self, at: Datetime) {
        let Some(file) = self.files.last_mut() else { return };
        file.read += 1;
        let pending = std::mem::take(&mut file.pending);
        let (oldest, newest) = file.dated.map_or((at, at), |(oldest, newest)| (oldest.min(at), newest.max(at)));
        file.dated = Some((oldest, newest));
        file.unread += if newest >= self.bounds.since() { pending } else { 0 };
    }

    fn keep(&mut self, name: String, Record { at, event, .. }: &Record<'_>) -> Result<(), Failure> {
        if !self.sensors.contains_key(&name) {
            limit("sensors", self.sensors.len(), MAX_SENSORS)?;
        }
        let sensor = self.sensors.entry(name).or_default();
        match event {
            Event::Heartbeat(heartbeat) => {
                sensor.beat(*at, heartbeat, self.bounds.since(), self.bounds.window);
                limit("runs of a sensor", sensor.runs().saturating_sub(1), MAX_GROUPS)?;
            }
            Event::Alert(alert) if *at >= self.bounds.alerts_from => {
                let key = Key::of(*at, alert);
                if !sensor.alerts.contains_key(&key) {
                    limit("groups of alerts", self.groups, MAX_GROUPS)?;
                    self.groups += 1;
                }
                sensor.alerts.entry(key).or_insert_with(|| Group::new(*at, alert)).add(*at, alert);
            }
            Event::Alert(_) | Event::Other => {}
        }
        Ok(())
    }

    fn unreadable(&mut self, line: Line<'_>, why: String) {
        self.unread += 1;
        let Some(file) = self.files.last_mut() else { return };
        file.pending += 1;
        let trouble = format!("{}, line {} cannot be read: {why}", file.name, line.number);
        if self.unread <= KEPT {
            self.notes.push(trouble.clone());
        }
        file.first_trouble.get_or_insert(trouble);
    }

    /// To be called once all files are read.
    ///
    /// # Errors
    /// `invalid`, where a file has lines and none of them is an event: it is no EVE log.
    pub fn finish(&mut self) -> Result<(), Failure> {
        for file in &self.files {
            if let Some(trouble) = file.first_trouble.as_ref().filter(|_| file.read == 0) {
                return Err(Failure::invalid(format!("no EVE log: {trouble}")).shown_by(file.receipt));
            }
        }
        self.sensors.values_mut().for_each(Sensor::sort);
        Ok(())
    }

    /// The oldest time in the log.
    #[must_use]
    pub fn oldest(&self) -> Option<Datetime> {
        self.files.iter().filter_map(|file| file.dated).map(|(oldest, _)| oldest).min()
    }

    /// The newest time in the log.
    #[must_use]
    pub fn newest(&self) -> Option<Datetime> {
        self.files.iter().filter_map(|file| file.dated).map(|(_, newest)| newest).max()
    }

    /// Lines that cannot be read and may be within the bounds.
    ///
    /// Those at a file's end are not, where the file ends before the bounds and the log goes on in another one before
    /// them too.
    #[must_use]
    pub fn unread(&self) -> u64 {
        let since = self.bounds.since();
        let goes_on = |end: Datetime| {
            let begins = self.files.iter().filter_map(|file| file.dated).map(|(oldest, _)| oldest);
            begins.filter(|begin| *begin >= end && *begin < since).count() > 0
        };
        let at_end = |file: &File| match file.dated {
            Some((_, newest)) if newest < since && goes_on(newest) => 0,
            _ => file.pending,
        };
        self.files.iter().map(|file| file.unread + at_end(file)).sum()
    }

    /// The answers of the host that it was read from.
    #[must_use]
    pub fn receipts(&self) -> Vec<Receipt> {
        self.files.iter().map(|file| file.receipt).collect()
    }

    /// What to say about it, for people.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.notes.clone();
        if self.unread > KEPT {
            remarks.push(format!("{} more lines cannot be read", self.unread - KEPT));
        }
        if self.later > 0 {
            remarks.push(format!("{} heartbeats and alerts after the judged instant are left aside", self.later));
        }
        remarks
    }
}

/// Whether one more fits.
fn limit(what: &str, count: usize, most: usize) -> Result<(), Failure> {
    if count < most { Ok(()) } else { Err(Failure::new(code::LIMIT, format!("more than {most} {what} in the log"))) }
}
