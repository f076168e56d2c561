//! The fact `capacity`: one row for each series of a query, and one for each query without any.

use std::collections::BTreeMap;

use tickmark_collector::records::Leaf;
use tickmark_collector::{Datetime, Decimal, Facts, Failure, Host, Population, Receipt, Summary};

use super::{Seen, population};
use crate::exact::headroom_percent;
use crate::parse::reading::{self, Item, Worst};
use crate::parse::{Unread, answer, fits, pairs, with_labels};
use crate::settings::{Limit, Settings};
use crate::source::{Question, ask};
use crate::unread::Unreadable;

const COLUMNS: [&str; 9] =
    ["name", "system", "labels", "limit", "at_most", "value", "at", "samples", "headroom_percent"];

/// The series of all queries.
struct Readings<'h, 's> {
    settings: &'s Settings,
    facts: Facts<'h>,
    seen: Seen,
    unread: Unreadable,
    total: u64,
    /// The oldest of the newest samples of each query: no part of the snapshot is older.
    observed: Option<Datetime>,
    warned: bool,
}

/// Asks every query.
///
/// # Errors
/// As the host's; `unavailable` and `invalid` where an answer is none.
pub(crate) fn collect(host: &dyn Host, settings: &Settings, mut summary: Summary) -> Result<Summary, Failure> {
    let mut readings = Readings {
        settings,
        facts: host.fact("capacity", &COLUMNS),
        seen: Seen::default(),
        unread: Unreadable::new("series"),
        total: 0,
        observed: None,
        warned: false,
    };
    let mut last = None;
    for (name, limit) in &settings.capacity {
        let (receipt, warnings) = readings.ask(host, name, limit)?;
        readings.warned |= !warnings.is_empty();
        for warning in warnings.iter().take(20) {
            let warning: String = warning.chars().take(300).collect();
            summary = summary.note(format!("capacity `{name}`: prometheus warns: {warning}"));
        }
        last = Some(receipt);
    }
    let claim = match last.filter(|_| !readings.warned) {
        Some(receipt) => population(readings.total, receipt, readings.observed),
        None => Population { observed_at: readings.observed, ..Population::unknown() },
    };
    Ok(readings.unread.note(summary.population(readings.facts.finish(claim)?)))
}

impl Readings<'_, '_> {
    fn ask(&mut self, host: &dyn Host, name: &str, limit: &Limit) -> Result<(Receipt, Vec<String>), Failure> {
        let answer = ask(host, self.settings, Question::Capacity(name, &limit.query))?;
        let receipt = answer.receipt();
        let (mut bare, mut series, mut newest) = (Vec::new(), 0_u64, None);
        let reply = answer::read(answer.blob.reader(), "result", |item| match item {
            Item::Series(raw) => {
                series += 1;
                let read = reading::read(*raw, limit.at_most);
                self.take(name, limit, format_args!("{series} of `{name}`"), read, &mut newest, receipt)
            }
            // A scalar has two; what has more is none, however many there are.
            Item::Bare(part) => {
                bare.extend((bare.len() < 3).then_some(part));
                Ok(())
            }
        });
        let envelope = answer.settled(reply)?;
        match (envelope.result_type.as_deref(), bare.is_empty()) {
            (Some("vector" | "matrix"), true) => {}
            (Some("scalar"), false) if series == 0 => {
                self.scalar(name, limit, bare, &mut newest, receipt)?;
            }
            (kind, _) => {
                let kind = kind.unwrap_or("none").escape_debug().to_string();
                let message = format!("capacity `{name}`: the result is of type `{kind}`, expected series or a scalar");
                return Err(Failure::invalid(message).shown_by(receipt));
            }
        }
        if series == 0 && envelope.result_type.as_deref() != Some("scalar") {
            self.nothing(name, limit, receipt)?;
        }
        self.observed = match (self.observed, newest) {
            (Some(before), Some(newest)) => Some(before.min(newest)),
            (before, newest) => before.or(newest),
        };
        Ok((receipt, envelope.warnings))
    }

    fn scalar(
        &mut self,
        name: &str,
        limit: &Limit,
        parts: Vec<Leaf>,
        newest: &mut Option<Datetime>,
        receipt: Receipt,
    ) -> Result<(), Failure> {
        let read = reading::scalar(parts, limit.at_most);
        self.take(name, limit, format_args!("of the scalar `{name}`"), read, newest, receipt)
    }

    /// Takes a series that was read, or says why it was not.
    fn take(
        &mut self,
        name: &str,
        limit: &Limit,
        place: std::fmt::Arguments<'_>,
        read: Result<Worst, Unread>,
        newest: &mut Option<Datetime>,
        receipt: Receipt,
    ) -> Result<(), Failure> {
        self.total += 1;
        let checked = read.and_then(|worst| {
            let id = with_labels(name, &worst.labels);
            fits(&id, &worst.labels, worst.labels.values().map(String::as_str))?;
            self.seen.take(&id)?;
            Ok((id, worst))
        });
        let (id, worst) = match checked {
            Ok(row) => row,
            Err(Unread(why)) => {
                self.unread.add(place, &why);
                return Ok(());
            }
        };
        *newest = (*newest).max(Some(worst.newest));
        self.facts
            .row(id, &[receipt])
            .set("name", name)
            .set("system", self.settings.system(&worst.labels))
            .set("labels", pairs(&worst.labels))
            .set("limit", limit.limit)
            .set("at_most", limit.at_most)
            .set("value", Decimal(worst.value))
            .set("at", worst.at)
            .set("samples", worst.samples)
            .set("headroom_percent", headroom_percent(worst.value, limit.limit.0, limit.at_most))
            .push()
    }

    /// A query without a result is a subject all the same: what it was to watch is not watched.
    fn nothing(&mut self, name: &str, limit: &Limit, receipt: Receipt) -> Result<(), Failure> {
        self.total += 1;
        // No series can have this id here: there is none.
        self.facts
            .row(name, &[receipt])
            .set("name", name)
            .set("labels", pairs(&BTreeMap::new()))
            .set("limit", limit.limit)
            .set("at_most", limit.at_most)
            .set("samples", 0_i64)
            .push()
    }
}
