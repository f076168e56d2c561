//! A small company, written down in a few words, for the tests of each section.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which are to fail at once"
)]

pub mod model;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use tickmark_model::{
    Combine, Digest, Execution, Frequency, Instant, MonthDay, Operation as Kind, Outcome, Severity, System,
    SystemSelector, parse_instant,
};
use tickmark_operations::{
    Brought, Calendar, Happened, InForce, Interval, Observed, Operated, OperatedOutcome, Place, Programme, Terms,
    Timeliness, days, operate, zone_named,
};

/// An instant: a date, or RFC 3339 without its `:00Z`.
pub fn at(text: &str) -> Instant {
    parse_instant(text).or_else(|_| parse_instant(&format!("{text}:00Z"))).unwrap()
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn later(at: Instant, ms: i64) -> Instant {
    Instant::from_ms(at.ms() + ms).unwrap()
}

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

pub fn digest(of: u8) -> Digest {
    Digest([of; 32])
}

/// Both inclusive, in UTC.
pub fn period(from: &str, to: &str) -> Interval {
    days(date(from), date(to), &zone_named("UTC").unwrap()).unwrap()
}

pub fn terms(operation: Kind, frequency: Frequency) -> Terms {
    Terms {
        anchor: None,
        combine: Combine::Any,
        criteria: vec!["CC7.1".to_owned()],
        execution: Execution::Automated,
        frequency,
        grace_ms: 0,
        matrix_id: None,
        max_gap_ms: DAY,
        operation,
        owner: "Security".to_owned(),
        remediation_days: 30,
        severity: Severity::High,
        systems: SystemSelector::default(),
        time_zone: None,
        title: "It is done".to_owned(),
        version: digest(1),
    }
}

pub fn manual(frequency: Frequency) -> Terms {
    Terms { execution: Execution::Manual, ..terms(Kind::Human, frequency) }
}

pub fn anchored(month: u8, day: u8, terms: Terms) -> Terms {
    Terms { anchor: Some(MonthDay { day, month }), ..terms }
}

pub fn system(name: &str, environment: &str) -> System {
    System {
        environment: environment.to_owned(),
        name: name.to_owned(),
        owner: None,
        tags: BTreeMap::new(),
        tier: None,
    }
}

/// A programme that is written record by record. The control is `c` and the system is `s` where nothing else is said.
#[derive(Clone, Debug, Default)]
pub struct Company {
    pub programme: Programme,
    next: u64,
}

impl Company {
    /// A company whose first matrix, recorded when it says, has this control alone.
    pub fn with(recorded_at: &str, terms: Terms) -> Self {
        let mut company = Self::default();
        company.matrix(recorded_at, [("c", terms)]);
        company
    }

    pub fn place(&mut self, recorded_at: Instant) -> Place {
        let place = Place { index: self.next, recorded_at };
        self.next += 1;
        place
    }

    pub fn matrix<const N: usize>(&mut self, recorded_at: &str, controls: [(&str, Terms); N]) -> &mut InForce {
        self.matrix_of(at(recorded_at), controls, Calendar::default())
    }

    pub fn matrix_of<const N: usize>(
        &mut self,
        recorded_at: Instant,
        controls: [(&str, Terms); N],
        calendar: Calendar,
    ) -> &mut InForce {
        let place = self.place(recorded_at);
        self.programme.in_force.push(InForce {
            place,
            calendar,
            controls: controls.into_iter().map(|(id, terms)| (id.to_owned(), terms)).collect(),
            systems: BTreeMap::from([("s".to_owned(), system("s", "production"))]),
            digest: digest(u8::try_from(place.index).unwrap_or(u8::MAX)),
            commit: None,
            author: None,
            approver: None,
        });
        self.programme.in_force.last_mut().unwrap()
    }

    /// An evaluation that was recorded a minute after it was judged.
    pub fn look(&mut self, as_of: &str, outcome: Outcome) -> &mut Observed {
        self.look_at(at(as_of), outcome)
    }

    pub fn look_at(&mut self, as_of: Instant, outcome: Outcome) -> &mut Observed {
        self.look_on("s", as_of, outcome)
    }

    /// The same of another system.
    pub fn look_on(&mut self, system: &str, as_of: Instant, outcome: Outcome) -> &mut Observed {
        let place = self.place(later(as_of, MINUTE));
        let failed = u64::from(outcome == Outcome::Fail);
        let of_system = self.programme.observed.of_mut("c", system);
        of_system.push(Observed {
            place,
            as_of,
            covers: None,
            complete: outcome != Outcome::Inconclusive,
            exceptions: failed,
            happened: [].into(),
            outcome,
            performed_at: None,
            population: 10,
            simulated: false,
            source: digest(9).into(),
            version: digest(1).into(),
        });
        of_system.last_mut().unwrap()
    }

    /// A complete evaluation of events that covers everything since `covers_from` up to when it was judged.
    pub fn source(&mut self, as_of: &str, covers_from: &str, happened: &[Happened]) -> &mut Observed {
        let observed = self.look(as_of, Outcome::Pass);
        observed.covers = Some(Interval { from: at(covers_from), to: at(as_of) });
        observed.happened = sorted(happened);
        observed
    }

    /// A source that is not complete.
    pub fn doubtful(&mut self, as_of: &str, happened: &[Happened]) -> &mut Observed {
        let observed = self.look(as_of, Outcome::Inconclusive);
        observed.happened = sorted(happened);
        observed
    }

    /// Evidence that was approved an hour after it was recorded.
    pub fn paper(&mut self, recorded_at: &str, effective: &str) -> &mut Brought {
        let place = self.place(at(recorded_at));
        let approved = Some(self.place(later(at(recorded_at), HOUR)));
        self.programme.brought.push(Brought {
            place,
            approved,
            control: "c".to_owned(),
            covers: None,
            effective: date(effective),
            expires: None,
            ended: None,
        });
        self.programme.brought.last_mut().unwrap()
    }

    pub fn operate(&self, period: Interval, known_until: &str) -> Vec<Operated> {
        operate(&self.programme, period, at(known_until)).unwrap()
    }

    /// What became of the one control.
    pub fn one(&self, from: &str, to: &str, known_until: &str) -> Operated {
        let mut all = self.operate(period(from, to), known_until);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}

fn sorted(happened: &[Happened]) -> std::sync::Arc<[Happened]> {
    let mut happened = happened.to_vec();
    happened.sort();
    happened.into()
}

/// An event that conforms, of the item that it is called after.
pub fn good(subject: &str, when: &str) -> Happened {
    Happened { at: Some(at(when)), item: subject.into(), subject: subject.into(), conforms: Some(true), stratum: None }
}

pub fn bad(subject: &str, when: &str) -> Happened {
    Happened { conforms: Some(false), ..good(subject, when) }
}

pub fn unclear(subject: &str, when: &str) -> Happened {
    Happened { conforms: None, ..good(subject, when) }
}

/// `2026-01-01 pass, 2026-01-02 missed late`: each operation by the day that its window starts, or the event's subject.
pub fn lines(operated: &Operated) -> Vec<String> {
    let line = |it: &tickmark_operations::Operation| {
        let start = it.window.map(|window| window.start.to_string().trim_end_matches("T00:00:00Z").to_owned());
        let name = it.subject.clone().or(start).unwrap();
        let late = if it.timeliness == Some(Timeliness::Late) { " late" } else { "" };
        let after = if it.after_period { " after-period" } else { "" };
        format!("{name} {}{late}{after}", word(it.result))
    };
    operated.operations.iter().map(line).collect()
}

pub fn word(result: OperatedOutcome) -> String {
    serde_json::to_value(result).unwrap().as_str().unwrap().to_owned()
}

pub fn no_days_off() -> Calendar {
    Calendar { weekend: BTreeSet::new(), ..Calendar::default() }
}
