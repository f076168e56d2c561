//! What people accepted and put right, as the program says it, beside what the rules make of the plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use tickmark_engine::period::{Asked, type2};
use tickmark_engine::remediation::remediations;
use tickmark_ledger::LogReader;
use tickmark_operations::{Act, DaysToRemediate, Episode, days_to_remediate, zone_named};
use tickmark_report::period::{SystemPart, Type2};

use super::calendar::{Minute, at, d, date_of, text};
use super::live::{YEAR, instant};
use super::numbers::{PERIODS, REQUESTS, WINDOWED, minute, programme};
use super::site::{ADMINS, PRODUCTION, REMEDIATION};
use super::slow::{Exception, FOLLOWED, Slow};

/// The controls of which something is waived.
const WAIVED: [&str; 3] = ["A1.2-backup-daily", "ACME-reconciliation", ADMINS];

fn report(from: NaiveDate, to: NaiveDate) -> Type2 {
    let log = LogReader::open(&YEAR.ledger()).unwrap();
    type2(&log, &Asked { from: Some(from), to: Some(to), ..Asked::default() }).unwrap()
}

/// Every control on every system that is reported on.
fn parts(report: &Type2) -> impl Iterator<Item = (&str, &SystemPart)> {
    report.controls.iter().flat_map(|control| control.systems.iter().map(|system| (control.id.as_str(), system)))
}

#[test]
fn what_is_accepted_counts_as_before_and_is_named_where_it_was_seen_meanwhile() {
    let slow = Slow::new(&YEAR.plan);
    let mut all = 0;
    for (from, to) in PERIODS {
        let period = Slow::period(from, to);
        let report = report(from, to);
        let mut differences = String::new();
        for (control, part) in parts(&report).filter(|(_, part)| part.system == PRODUCTION) {
            let waived = part.exceptions.iter().filter(|it| !it.waivers.is_empty()).count();
            if WAIVED.contains(&control) {
                let expected = slow.exceptions(control, period);
                let found = (part.exceptions.len(), waived);
                let expected = (expected.len(), expected.values().filter(|it| **it).count());
                all += waived;
                if found != expected {
                    writeln!(differences, "{control}: rules {expected:?}, found {found:?}").unwrap();
                }
            } else if waived > 0 {
                writeln!(differences, "{control}: {waived} are waived").unwrap();
            }
            let numbers = match control {
                REQUESTS => slow.requests(period),
                _ if WINDOWED.contains(&control) => slow.windowed(control, PRODUCTION, period),
                _ => continue,
            };
            let found = (part.rates.deviating, part.rates.due);
            if found != numbers.rate() {
                writeln!(differences, "{control}: rules {:?}, found {found:?}", numbers.rate()).unwrap();
            }
        }
        let waivers: Vec<(&str, NaiveDate, NaiveDate)> =
            report.waivers.iter().map(|it| (it.control.as_str(), it.from, it.until)).collect();
        let accepted = slow.accepted();
        let in_period = accepted.iter().filter(|it| it.waiver.from <= to && it.last() >= from);
        let expected: Vec<_> = in_period.map(|it| (it.waiver.control, it.waiver.from, it.last())).collect();
        assert_eq!(waivers, expected, "{from} to {to}");
        assert!(differences.is_empty(), "{from} to {to}:\n{differences}");
    }
    assert!(all > 0);
}

fn line(it: &Episode, by_record: &BTreeMap<u64, Minute>) -> String {
    let acts = |of: Act| it.acts.iter().filter(|(_, act)| *act == of).count();
    let severity = it.severity.as_str();
    let again: String = it.reopened.iter().map(|it| format!(", again {}", text(minute(it.recorded_at)))).collect();
    let after = it.previous.map(|it| format!(", after that of {}", text(by_record[&it]))).unwrap_or_default();
    let closed = it
        .closed
        .map_or_else(|| "open".to_owned(), |closed| format!("{} {}", closed.how.as_str(), text(minute(closed.at))));
    let (since, due, control) = (text(minute(it.since)), it.due, &it.key.control);
    let acts = format!("{} planned, {} corrected", acts(Act::Plan), acts(Act::Correct));
    format!("{control} {severity} since {since} due {due}{again}{after}: {closed}, {acts}")
}

/// What differs between two lists, in which a line may be there several times.
fn differences(found: impl Iterator<Item = String>, rules: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    found.for_each(|line| *counts.entry(line).or_default() += 1);
    rules.for_each(|line| *counts.entry(line).or_default() -= 1);
    let of = |(line, count): (String, i64)| match count {
        0 => None,
        1.. => Some(format!("  found {count}: {line}\n")),
        _ => Some(format!("  rules {}: {line}\n", -count)),
    };
    counts.into_iter().filter_map(of).collect()
}

/// By severity: open, overdue, closed, closed late, and the median and the most days of those that are closed.
fn days(exceptions: &[Exception], now: Minute) -> BTreeMap<&'static str, DaysToRemediate> {
    let mut all: BTreeMap<&'static str, (DaysToRemediate, Vec<i64>)> = BTreeMap::new();
    for it in exceptions {
        let (counts, days) = all.entry(it.severity).or_default();
        let late = u64::from(it.is_overdue(now));
        match it.closed {
            None => (counts.open, counts.overdue) = (counts.open + 1, counts.overdue + late),
            Some((at, _)) => {
                (counts.closed, counts.late) = (counts.closed + 1, counts.late + late);
                days.push((at - it.since) / (24 * 60));
            }
        }
    }
    let finish = |(severity, (mut counts, mut days)): (&'static str, (DaysToRemediate, Vec<i64>))| {
        days.sort_unstable();
        // Of as many, half took no longer.
        counts.median = (1..=days.len()).find(|many| many * 2 >= days.len()).map(|many| days[many - 1]);
        counts.longest = days.last().copied();
        (severity, counts)
    };
    all.into_iter().map(finish).collect()
}

#[test]
fn exceptions_are_put_right_as_the_rules_say() {
    let slow = Slow::new(&YEAR.plan);
    let log = LogReader::open(&YEAR.ledger()).unwrap();
    let zone = zone_named("Europe/Berlin").unwrap();
    let ends = [d(4, 1), d(5, 2), d(7, 1), d(8, 3), d(10, 1), d(10, 13)].map(|day| at(day, 0, 0));
    for until in ends.into_iter().chain([slow.known_until()]) {
        let known = remediations(&log, &zone, Some(instant(until * 60_000))).unwrap();
        assert_eq!(known.lost, Vec::<u64>::new());
        let episodes = || known.remediations.episodes().filter(|it| FOLLOWED.contains(&it.key.control.as_str()));
        let opened = episodes().map(|it| (it.opened.index, minute(it.since))).collect();
        let rules = slow.remedied(until);
        let differ = differences(episodes().map(|it| line(it, &opened)), rules.iter().map(Exception::line));
        assert!(differ.is_empty(), "at {}:\n{differ}", text(until));
        let found = days_to_remediate(episodes(), instant(until * 60_000));
        let found: BTreeMap<&str, DaysToRemediate> = found.into_iter().map(|(it, days)| (it.as_str(), days)).collect();
        assert_eq!(found, days(&rules, until), "at {}", text(until));
    }
}

#[test]
fn a_report_lists_what_was_open_at_some_time_of_its_period() {
    let slow = Slow::new(&YEAR.plan);
    let rules = slow.remedied(slow.known_until());
    for (from, to) in PERIODS {
        let (start, end) = Slow::period(from, to);
        let report = report(from, to);
        let found = parts(&report).filter(|(control, _)| FOLLOWED.contains(control)).flat_map(|(control, part)| {
            part.remediations.iter().map(move |it| {
                let (severity, due) = (it.severity.as_str(), it.due.unwrap());
                let closed = it.closed_at.map(|at| text(minute(at))).unwrap_or_default();
                format!("{control} {severity} due {due} {} {closed} {}", it.state, it.overdue)
            })
        });
        // One that is told of in no window of the period has no place in its report.
        let told: Vec<&str> = parts(&report).map(|(control, _)| control).collect();
        let open = rules.iter().filter(|it| it.since < end && it.closed.is_none_or(|(at, _)| at >= start));
        let expected = open.filter(|it| told.contains(&it.control)).map(|it| {
            let state = match it.closed {
                Some((_, how)) => how,
                None if it.corrected > 0 => "corrected",
                None if it.planned > 0 => "planned",
                None => "open",
            };
            let closed = it.closed.map(|(at, _)| text(at)).unwrap_or_default();
            let (control, severity, due) = (it.control, it.severity, it.due);
            format!("{control} {severity} due {due} {state} {closed} {}", it.is_overdue(slow.known_until()))
        });
        let differ = differences(found, expected);
        assert!(differ.is_empty(), "{from} to {to}:\n{differ}");
    }
}

#[test]
fn every_look_at_what_is_overdue_sees_as_many_as_the_rules_give() {
    let slow = Slow::new(&YEAR.plan);
    let programme = programme();
    let looks = programme.observed.of(REMEDIATION, PRODUCTION);
    assert!(looks.len() > 40);
    for look in looks {
        let now = minute(look.as_of);
        assert_eq!(look.exceptions, slow.overdue(now) as u64, "at {}", text(now));
    }
}

/// What is planted is really there.
#[test]
fn the_year_has_every_end_of_an_exception_in_it() {
    let slow = Slow::new(&YEAR.plan);
    let all = slow.remedied(slow.known_until());
    let admins: Vec<String> = all.iter().filter(|it| it.control == ADMINS).map(Exception::line).collect();
    assert_eq!(admins.len(), 6, "{admins:#?}");
    let of = |since: NaiveDate| {
        all.iter()
            .find(|it| it.control == ADMINS && date_of(it.since) == since)
            .unwrap_or_else(|| panic!("{admins:#?}"))
    };
    // Again within 30 days, with its clock; and later another one that names it.
    assert_eq!((of(d(4, 10)).again.len(), of(d(4, 10)).due), (1, d(5, 10)));
    let again = all.iter().find(|it| it.control == ADMINS && it.after.is_some()).unwrap();
    assert_eq!((date_of(again.since), again.after), (d(9, 25), Some(of(d(4, 10)).since)));
    // Longer than 30 days, whatever people said, and seen by the control on that.
    let gina = of(d(6, 26));
    assert_eq!((gina.due, gina.planned, gina.corrected), (d(7, 26), 1, 1));
    assert_eq!(gina.closed.map(|(at, how)| (date_of(at), how)), Some((d(8, 3), "conforms")));
    assert!(gina.is_overdue(slow.known_until()));
    // Gone: from a population that is complete at once, otherwise once it is.
    assert_eq!(of(d(10, 9)).closed.map(|(at, how)| (date_of(at), how)), Some((d(10, 13), "removed")));
    let removed = all.iter().filter(|it| it.closed.is_some_and(|(_, how)| how == "removed")).count();
    assert_eq!(removed, 2, "{admins:#?}");
    // What happened: by what people did and the next time that all is well.
    let corrected = |control: &str| {
        let of = all.iter().filter(|it| it.control == control);
        of.filter(|it| it.closed.is_some_and(|(_, how)| how == "corrected")).count()
    };
    for control in [
        "A1.2-backup-daily",
        "A1.3-restore-test",
        "ACME-ports",
        "ACME-reconciliation",
        "C1.2-deletion-on-time",
        "CC7.1-vulnerability-scan",
        REQUESTS,
    ] {
        assert!(corrected(control) > 0, "{control}");
    }
    let severities: Vec<&str> = days(&all, slow.known_until()).into_keys().collect();
    assert_eq!(severities, ["critical", "high", "medium"]);
    // A waiver that lapses, one that covers one of two, and one that is ended before its day.
    let accepted = slow.accepted();
    assert_eq!(accepted.iter().map(|it| it.last()).collect::<Vec<_>>(), [d(9, 24), d(10, 31), d(11, 20)]);
    let year = Slow::period(d(1, 1), d(12, 31));
    let waived = |control| slow.exceptions(control, year).values().filter(|it| **it).count();
    assert_eq!((waived("ACME-reconciliation"), waived(ADMINS)), (1, 1));
    let backups = slow.exceptions("A1.2-backup-daily", year);
    let in_force = backups.values().filter(|it| **it).count();
    assert!(in_force > 0 && in_force < backups.len(), "{backups:?}");
}
