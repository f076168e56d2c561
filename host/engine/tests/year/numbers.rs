//! The numbers of the report's rules beside the slow ones.

use std::fmt::Write as _;

use chrono::NaiveDate;
use tickmark_engine::programme;
use tickmark_ledger::LogReader;
use tickmark_model::Frequency;
use tickmark_operations::{Cause, Interval, Operated, Programme, operate};

use super::calendar::{Minute, d, text};
use super::live::{YEAR, instant};
use super::site::{ADMINS, DEFAULT_DENY, PRODUCTION, REMEDIATION};
use super::slow::{Numbers, Often, Slow, Watched};

/// Controls that the company looks at; all others of the matrix never are.
pub const WINDOWED: [&str; 12] = [
    "A1.2-backup-daily",
    "A1.3-recovery-exercised",
    "A1.3-restore-test",
    "ACME-logs",
    "ACME-ports",
    "ACME-reconciliation",
    "ACME-visitors",
    "C1.2-deletion-on-time",
    "CC6.2-access-review",
    "CC6.6-firewall-review",
    "CC7.1-vulnerability-scan",
    "PI1.3-job-balance",
];
const CONTINUOUS: [&str; 3] = [ADMINS, DEFAULT_DENY, REMEDIATION];
pub const REQUESTS: &str = "P5.1-subject-requests";

/// What the ledger says of the whole year.
pub fn programme() -> Programme {
    let log = LogReader::open(&YEAR.ledger()).unwrap();
    let read = programme::read(&log, log.size()).unwrap();
    assert_eq!(read.lost, Vec::<String>::new());
    read.programme
}

/// The report's numbers over these days, both included.
pub fn operated(programme: &Programme, from: NaiveDate, to: NaiveDate) -> Vec<Operated> {
    let (from, to) = Slow::period(from, to);
    let period = Interval { from: instant(from * 60_000), to: instant(to * 60_000) };
    operate(programme, period, programme.known_until.unwrap()).unwrap()
}

/// Compares every control on every system over these days.
fn check((from, to): (NaiveDate, NaiveDate)) {
    let programme = programme();
    let slow = Slow::new(&YEAR.plan);
    assert_eq!(programme.known_until, Some(instant(slow.known_until() * 60_000)));
    let period = Slow::period(from, to);
    let mut differences = String::new();
    let mut compared = Vec::new();
    for operated in operated(&programme, from, to) {
        let Operated { control, system, .. } = &operated;
        let name = format!("{control} on {system}");
        let on_production = system == PRODUCTION;
        if CONTINUOUS.contains(&control.as_str()) {
            let (found, expected) = (watched(&operated), slow.continuous(control, system, period));
            if found != expected {
                writeln!(differences, "{name}:\n  rules {expected:?}\n  found {found:?}").unwrap();
            }
        } else {
            let expected = if WINDOWED.contains(&control.as_str()) {
                slow.windowed(control, system, period)
            } else if control == REQUESTS && on_production {
                slow.requests(period)
            } else if let Some(often) = often(&programme, &operated) {
                slow.never(often, period)
            } else {
                continue;
            };
            let found = numbers(&operated);
            if found != expected {
                writeln!(differences, "{name}:\n  rules {expected:?}\n  found {found:?}").unwrap();
            }
        }
        compared.push((control.clone(), system.clone()));
    }
    for control in WINDOWED.iter().chain(&CONTINUOUS).chain([&REQUESTS]) {
        let there = compared.iter().any(|(it, system)| it == control && system == PRODUCTION);
        if !there && slow.windowed(control, PRODUCTION, period).expected > 0 {
            writeln!(differences, "{control} is not in the report").unwrap();
        }
    }
    assert!(differences.is_empty(), "{from} to {to}:\n{differences}");
}

/// The windows of a control that nobody ever looked at.
fn often(programme: &Programme, operated: &Operated) -> Option<Often> {
    let anchor = programme.in_force.first().and_then(|it| it.controls.get(&operated.control)?.anchor);
    match operated.frequency {
        Frequency::Daily => Some(Often::Daily),
        Frequency::BusinessDaily => Some(Often::BusinessDaily),
        Frequency::Weekly => Some(Often::Weekly),
        Frequency::Monthly => Some(Often::Monthly),
        Frequency::Quarterly => Some(Often::Quarterly),
        Frequency::Annual => anchor.map(|it| Often::Annual(u32::from(it.month), u32::from(it.day))),
        Frequency::Continuous | Frequency::PerEvent | Frequency::Within => None,
    }
}

pub fn minute(at: tickmark_model::Instant) -> Minute {
    assert_eq!(at.ms() % 60_000, 0, "{at} is no whole minute");
    at.ms() / 60_000
}

fn numbers(operated: &Operated) -> Numbers {
    let it = &operated.totals;
    let windows = operated.operations.iter().filter_map(|operation| {
        let late = operation.timeliness == Some(tickmark_operations::Timeliness::Late);
        let plain = operation.result == tickmark_operations::OperatedOutcome::Pass && !late;
        let start = operation.window.map(|window| minute(window.start)).or(operation.performed_at.map(minute));
        let when = start.map(|start| super::calendar::date_of(start).to_string()).unwrap_or_default();
        let late = if late { " late" } else { "" };
        (!plain).then(|| format!("{when} {:?}{late}", operation.result))
    });
    Numbers {
        expected: it.expected,
        pass: it.pass,
        fail: it.fail,
        missed: it.missed,
        not_evidenced: it.not_evidenced,
        no_occurrence: it.no_occurrence,
        outside_period: it.outside_period,
        open: it.open,
        late: it.late,
        surplus: operated.surplus.len() as u64,
        windows: windows.collect(),
    }
}

fn watched(operated: &Operated) -> Watched {
    let Some(continuity) = &operated.continuity else { return Watched::default() };
    let span = |it: Interval| (minute(it.from), minute(it.to));
    let gaps = operated.gaps.iter().map(|gap| {
        let (from, to) = span(gap.interval);
        (from, to, gap.cause == Cause::Inconclusive)
    });
    Watched {
        observed: continuity.observed_ms / 60_000,
        expected: continuity.expected_ms / 60_000,
        gaps: gaps.collect(),
        failing: continuity.failing.iter().copied().map(span).collect(),
    }
}

/// The periods that are reported on, both days included.
pub const PERIODS: [(NaiveDate, NaiveDate); 4] = [
    (date(2028, 4, 1), date(2028, 6, 30)),
    (date(2028, 5, 1), date(2028, 10, 31)),
    (date(2028, 1, 1), date(2028, 12, 31)),
    (date(2027, 11, 1), date(2028, 3, 31)),
];

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn a_quarter_has_the_numbers_that_the_rules_give() {
    check(PERIODS[0]);
}

#[test]
fn half_a_year_across_all_changes_has_the_numbers_that_the_rules_give() {
    check(PERIODS[1]);
}

#[test]
fn the_whole_year_has_the_numbers_that_the_rules_give() {
    check(PERIODS[2]);
}

#[test]
fn a_period_that_starts_before_the_first_run_has_the_numbers_that_the_rules_give() {
    check(PERIODS[3]);
}

/// What is planted is really there, so that equal numbers do not say equally little.
#[test]
fn the_year_has_every_result_in_it() {
    let slow = Slow::new(&YEAR.plan);
    let year = Slow::period(d(1, 1), d(12, 31));
    let sum = |of: fn(&Numbers) -> u64| {
        WINDOWED.iter().map(|control| of(&slow.windowed(control, PRODUCTION, year))).sum::<u64>()
    };
    let all: [fn(&Numbers) -> u64; 6] =
        [|it| it.pass, |it| it.fail, |it| it.missed, |it| it.not_evidenced, |it| it.open, |it| it.late];
    for of in all {
        assert!(sum(of) > 0);
    }
    let quarter = slow.windowed("A1.3-recovery-exercised", PRODUCTION, Slow::period(d(4, 1), d(6, 30)));
    assert_eq!(quarter.outside_period, 1);
    let watched = slow.continuous(DEFAULT_DENY, PRODUCTION, year);
    // Opened again within 30 days, and open at the end.
    let failing: Vec<String> = watched.failing.iter().map(|(from, _)| text(*from)).collect();
    assert_eq!(failing.len(), 4, "{failing:?}");
    assert!(watched.gaps.iter().any(|(_, _, tried)| *tried) && watched.gaps.iter().any(|(_, _, tried)| !*tried));
}
