//! The only module that asks the host for responses: the log, and the answers to its alerts.

use std::collections::BTreeMap;

use tickmark_collector::logs::Files;
use tickmark_collector::{Blob, Datetime, Failure, Host, Receipt, lines};

use crate::alert::day_start;
use crate::log::{Bounds, LINE_BYTES, Log};
use crate::parse::Unread;
use crate::parse::answers::{self, Answer};
use crate::sensor::Span;
use crate::settings::{Responses, Settings};

/// The log as it was read.
pub(crate) struct Read {
    pub log: Log,
    pub bounds: Bounds,
    /// The answers of the host that it rests on: all files, or the list of a folder without any.
    pub receipts: Vec<Receipt>,
    /// What to say about the files.
    pub note: Option<String>,
}

impl Read {
    /// The answer that shows how much there is: the list of the folder, or the file.
    pub fn shown_by(&self) -> Receipt {
        self.receipts.first().copied().unwrap_or_default()
    }
}

/// Reads the log.
///
/// # Errors
/// As the host's, `invalid` where a file is no EVE log, and `limit` where there is more than can be kept.
pub(crate) fn log(host: &dyn Host, settings: &Settings) -> Result<Read, Failure> {
    let to = host.as_of();
    let back = |ms: i64| Datetime(to.0.saturating_sub(ms)).max(Datetime::MIN);
    let window = Span { from: back(settings.window.0), to };
    let alerts_from = settings.responses.map_or(window.from, |_| day_start(back(settings.alert_window.0)));
    let bounds = Bounds { window, alerts_from };
    let mut log = Log::new(bounds, settings.expected_sensors.iter());
    let files = Files::of(host, "eve", &settings.layout)?;
    for path in &files.paths {
        let blob = host.open("eve", path)?;
        log.open(if path.is_empty() { "eve" } else { path }, blob.receipt());
        lines::for_each(&blob, LINE_BYTES, |line| log.line(line).map_err(|failure| shown_by(failure, &blob)))?;
    }
    log.finish()?;
    let receipts = files.listed.into_iter().chain(log.receipts()).collect();
    Ok(Read { log, bounds, receipts, note: files.note() })
}

fn shown_by(failure: Failure, blob: &Blob) -> Failure {
    failure.shown_by(blob.receipt())
}

/// The first answer to each alert of the log.
pub(crate) struct Answers {
    pub by_alert: BTreeMap<String, Answer>,
    pub receipt: Receipt,
    /// Answers that cannot be read.
    pub unread: u64,
    pub notes: Vec<String>,
}

/// Reads the answers.
///
/// # Errors
/// As the host's, and `invalid` where the query's columns or cells are not as expected.
pub(crate) fn answers(host: &dyn Host, channel: Responses, read: &Read) -> Result<Answers, Failure> {
    let groups = read.log.sensors.iter().flat_map(|(name, sensor)| sensor.alerts.keys().map(|key| key.id(name)));
    let mut tally = Tally { as_of: host.as_of(), first: BTreeMap::new(), unread: 0, later: 0, notes: Vec::new() };
    for id in groups {
        tally.first.insert(id, None);
    }
    let receipt = match channel {
        Responses::Sql => {
            let rows = host.query("responses", &[])?;
            answers::lines(&rows)?.for_each(|line| {
                tally.take(&line.place(), answers::row(&line)?);
                Ok(())
            })?;
            rows.receipt()
        }
        Responses::File => {
            let blob = host.open("responses", "")?;
            lines::for_each(&blob, LINE_BYTES, |line| {
                let read = match line.bytes {
                    Some(bytes) if line.ended => answers::object(bytes),
                    Some(_) => Err("it has no end: the file was cut off".into()),
                    None => Err(Unread(format!("it is longer than {LINE_BYTES} bytes"))),
                };
                tally.take(&format!("responses, line {}", line.number), read);
                Ok(())
            })?;
            blob.receipt()
        }
    };
    Ok(tally.finish(receipt))
}

/// The answers as they are read.
struct Tally {
    as_of: Datetime,
    first: BTreeMap<String, Option<Answer>>,
    unread: u64,
    later: u64,
    notes: Vec<String>,
}

impl Tally {
    /// Notes on unreadable answers that are kept; the others are only counted.
    const KEPT: u64 = 20;

    /// Takes the next answer. One to another alert is of another time.
    fn take(&mut self, place: &str, read: Result<Answer, Unread>) {
        match read {
            Ok(answer) => {
                let happened = |at: &Datetime| *at <= self.as_of;
                let later = [answer.answered_at, answer.closed_at].iter().flatten().any(|at| !happened(at));
                let Some(kept) = self.first.get_mut(&answer.alert) else { return };
                self.later += u64::from(later);
                let answered_at = answer.answered_at.filter(happened);
                let closed_at = answer.closed_at.filter(happened);
                let answer = Answer { answered_at, closed_at, ..answer };
                *kept = Some(match kept.take() {
                    None => answer,
                    Some(earlier) => first_of(earlier, answer),
                });
            }
            Err(Unread(why)) => {
                self.unread += 1;
                if self.unread <= Self::KEPT {
                    self.notes.push(format!("{place} cannot be read: {why}"));
                }
            }
        }
    }

    fn finish(mut self, receipt: Receipt) -> Answers {
        if self.unread > Self::KEPT {
            self.notes.push(format!("{} more responses cannot be read", self.unread - Self::KEPT));
        }
        if self.later > 0 {
            self.notes.push(format!("{} responses after the judged instant are left aside", self.later));
        }
        let by_alert = self.first.into_iter().filter_map(|(id, answer)| Some((id, answer?))).collect();
        Answers { by_alert, receipt, unread: self.unread, notes: self.notes }
    }
}

/// The first answer and the first closing of two responses.
fn first_of(one: Answer, other: Answer) -> Answer {
    let closed_at = one.closed_at.into_iter().chain(other.closed_at).min();
    let key = |answer: &Answer| (answer.answered_at.is_none(), answer.answered_at, answer.answered_by.clone());
    let first = if key(&other) < key(&one) { other } else { one };
    Answer { closed_at, ..first }
}
