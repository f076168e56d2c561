//! The rules once more, slowly and plainly: every question goes through everything. In UTC, one control `c` on a system `s`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use tickmark_model::{Combine, Frequency, Instant, Operation as Kind, Outcome};
use tickmark_operations::{Happened, InForce, Interval, Observed, Programme, Terms};

use super::{DAY, later, terms};

/// A window with the terms that asked for it.
#[derive(Clone, Debug)]
pub struct Expected {
    pub start: Instant,
    pub end: Instant,
    pub late_until: Instant,
    pub terms: Terms,
}

fn midnight(day: NaiveDate) -> Instant {
    Instant::try_from(day.and_hms_opt(0, 0, 0).unwrap().and_utc()).unwrap()
}

/// Whether a window of this frequency starts on `day`.
fn starts(frequency: Frequency, day: NaiveDate) -> bool {
    match frequency {
        Frequency::Daily => true,
        Frequency::Weekly => day.weekday() == chrono::Weekday::Mon,
        Frequency::Monthly => day.day() == 1,
        _ => panic!("not in the model"),
    }
}

fn following(frequency: Frequency, day: NaiveDate) -> NaiveDate {
    let mut day = day + Days::new(1);
    while !starts(frequency, day) {
        day = day + Days::new(1);
    }
    day
}

/// The control's terms when `at` came.
pub fn in_force(programme: &Programme, at: Instant) -> Option<&Terms> {
    let first = programme.in_force.first()?;
    let latest: Option<&InForce> = programme.in_force.iter().rfind(|it| it.place.recorded_at <= at);
    latest.unwrap_or(first).controls.get("c")
}

/// Every window that starts between two days, day by day.
pub fn every_window(programme: &Programme, from: NaiveDate, to: NaiveDate) -> Vec<Expected> {
    let mut all = Vec::new();
    let mut day = from;
    while day < to {
        if let Some(terms) = in_force(programme, midnight(day))
            && !matches!(terms.frequency, Frequency::Continuous | Frequency::PerEvent)
            && starts(terms.frequency, day)
        {
            let next = following(terms.frequency, day);
            let after = following(terms.frequency, next);
            let due = later(midnight(next), terms.grace_ms);
            all.push(Expected {
                start: midnight(day),
                end: midnight(next),
                late_until: midnight(after).max(due),
                terms: terms.clone(),
            });
        }
        day = day + Days::new(1);
    }
    all
}

/// Which window an instant is of: the one that started last.
fn window_of(windows: &[Expected], at: Instant) -> Option<usize> {
    (0..windows.len()).rev().find(|i| windows[*i].start <= at && at < windows[*i].end)
}

fn covers(observed: &Observed, from: Instant, to: Instant) -> bool {
    let judged = observed.as_of.min(observed.place.recorded_at);
    observed.complete && judged >= to && observed.covers.is_some_and(|it| it.from <= from && it.to >= to)
}

/// Whether every minute of a span is covered by some complete evaluation.
pub fn covered_minute_by_minute(programme: &Programme, span: Interval) -> bool {
    uncovered_minutes(programme, span) == 0
}

/// How many minutes of a span no complete evaluation covers.
pub fn uncovered_minutes(programme: &Programme, span: Interval) -> i64 {
    let mut missing = 0;
    let mut now = span.from;
    while now < span.to {
        let end = later(now, super::MINUTE);
        let shown = |it: &Observed| covers(it, now, end);
        missing += i64::from(!programme.observed.iter().any(shown));
        now = end;
    }
    missing
}

/// Every event once: when, what, and all that was said of it, as the evaluation's number, its completeness and whether it conforms;
/// and whether its source dates it.
type Said = Vec<(usize, bool, Option<bool>)>;
type Events = BTreeMap<(Instant, String), (String, Said, bool)>;

fn events(programme: &Programme) -> Events {
    let mut events = Events::new();
    for (number, observed) in programme.observed.iter().enumerate() {
        let dates_some = observed.happened.iter().any(|it| it.at.is_some());
        for Happened { at, item, subject, conforms, stratum: _ } in observed.happened.iter() {
            let dated = match (at, observed.performed_at, observed.simulated) {
                (Some(at), ..) => *at,
                (None, Some(at), _) if !dates_some => at,
                (None, _, false) => observed.as_of,
                (None, _, true) => continue,
            };
            let event =
                events.entry((dated, subject.to_string())).or_insert_with(|| (item.to_string(), Vec::new(), false));
            event.1.push((number, observed.complete, *conforms));
            event.2 |= at.is_some();
        }
    }
    events
}

/// `Some(true)` succeeded, `Some(false)` failed, `None` undecided.
fn verdict(said: &Said, combine: Combine, human: bool) -> Option<bool> {
    let succeeded = said.iter().any(|(_, complete, conforms)| *complete && *conforms == Some(true));
    let failed = said.iter().any(|(.., conforms)| *conforms == Some(false));
    let conclusive = |it: &&(usize, bool, Option<bool>)| it.2 == Some(false) || (it.1 && it.2 == Some(true));
    match combine {
        Combine::All if failed => Some(false),
        Combine::Any | Combine::Each if human => said.iter().find(conclusive).and_then(|it| it.2),
        _ if succeeded => Some(true),
        _ if failed => Some(false),
        _ => None,
    }
}

/// The result of each window that ends in the period, by its start; and when it was done, where events or people passed it.
pub fn windows(
    programme: &Programme,
    period: Interval,
    known_until: Instant,
) -> Vec<(Instant, &'static str, Option<Instant>)> {
    let (from, to) = (period.from.utc().date_naive(), period.to.utc().date_naive());
    let all = every_window(programme, from - Days::new(100), to + Days::new(70));
    let ends_in = |it: &Expected| it.end > period.from && it.end <= period.to;
    let results = (0..all.len()).filter(|i| ends_in(&all[*i])).map(|i| {
        let window = &all[i];
        let (result, done) = match window.terms.operation {
            Kind::State => (state(programme, window, period), None),
            _ => happened(programme, &all, i, period, known_until),
        };
        let due = later(window.end, window.terms.grace_ms);
        let undone = matches!(result, "missed" | "not-evidenced");
        (window.start, if undone && known_until < due { "open" } else { result }, done)
    });
    results.collect()
}

fn state(programme: &Programme, window: &Expected, period: Interval) -> &'static str {
    let dated = |it: &Observed| it.performed_at.unwrap_or(it.as_of);
    let inside = programme.observed.iter().filter(|it| window.start <= dated(it) && dated(it) < window.end);
    let conclusive: Vec<_> =
        inside.filter(|it| !it.simulated && matches!(it.outcome, Outcome::Pass | Outcome::Fail)).collect();
    if conclusive.is_empty() {
        "not-evidenced"
    } else if conclusive.iter().all(|it| dated(it) < period.from) {
        "outside-period"
    } else if conclusive.iter().any(|it| it.outcome == Outcome::Fail) {
        "fail"
    } else {
        "pass"
    }
}

/// The acts of a window by item, as if nothing filled another window: time, subject, verdict.
type Acts = BTreeMap<String, Vec<(Instant, String, Option<bool>)>>;

fn acts(programme: &Programme, all: &[Expected], i: usize, terms: &Terms) -> Acts {
    let mut acts = Acts::new();
    for ((at, subject), (item, said, dated)) in events(programme) {
        let human = terms.operation == Kind::Human || all[i].terms.operation == Kind::Human;
        if window_of(all, at) == Some(i) && (dated || !human) {
            let item = if terms.combine == Combine::Each { item } else { String::new() };
            let verdict = verdict(&said, terms.combine, terms.operation == Kind::Human);
            acts.entry(item).or_default().push((at, subject, verdict));
        }
    }
    acts
}

fn items(programme: &Programme, window: &Expected, own: &Acts) -> BTreeSet<String> {
    if window.terms.combine != Combine::Each {
        return BTreeSet::from([String::new()]);
    }
    let complete = || programme.observed.iter().filter(|it| it.complete);
    let mut telling: Vec<&Observed> =
        complete().filter(|it| window.start <= it.as_of && it.as_of < window.end).collect();
    if telling.is_empty() {
        telling.extend(complete().filter(|it| it.as_of >= window.end).min_by_key(|it| (it.as_of, it.place.index)));
    }
    let mut items: BTreeSet<String> =
        telling.iter().flat_map(|it| it.happened.iter().map(|it| it.item.to_string())).collect();
    items.extend(own.iter().filter(|(_, acts)| acts.iter().any(|it| it.2.is_some())).map(|(item, _)| item.clone()));
    items
}

/// What of window `i` is filled from the next one, by item.
fn filled(programme: &Programme, all: &[Expected], i: usize) -> BTreeMap<String, (Instant, String, Option<bool>)> {
    let mut filled = BTreeMap::new();
    let Some(window) = all.get(i).filter(|_| i + 1 < all.len()) else { return filled };
    let own = acts(programme, all, i, &window.terms);
    let next = acts(programme, all, i + 1, &window.terms);
    for item in items(programme, window, &own) {
        let empty = own.get(&item).is_none_or(|acts| acts.iter().all(|it| it.2.is_none()));
        let successes: Vec<_> = next.get(&item).into_iter().flatten().filter(|it| it.2 == Some(true)).collect();
        if empty && successes.len() >= 2 && successes[0].0 < window.late_until {
            filled.insert(item, successes[0].clone());
        }
    }
    filled
}

fn happened(
    programme: &Programme,
    all: &[Expected],
    i: usize,
    period: Interval,
    known_until: Instant,
) -> (&'static str, Option<Instant>) {
    let window = &all[i];
    let given = if i == 0 { BTreeMap::new() } else { filled(programme, all, i - 1) };
    let mut by_item = acts(programme, all, i, &window.terms);
    let needed = items(programme, window, &by_item);
    for acts in by_item.values_mut() {
        acts.retain(|act| !given.values().any(|it| (it.0, &it.1) == (act.0, &act.1)));
    }
    for (item, act) in filled(programme, all, i) {
        by_item.entry(item).or_default().push(act);
    }
    let none = Vec::new();
    let mut results: Vec<_> = needed
        .iter()
        .map(|item| one(programme, window, by_item.get(item).unwrap_or(&none), period, known_until))
        .collect();
    if results.is_empty() {
        results.push(one(programme, window, &none, period, known_until));
    }
    let worst = ["fail", "missed", "not-evidenced", "open", "outside-period", "pass"];
    let result = worst.into_iter().find(|it| results.contains(it)).unwrap();
    // Each item is done with its first success, all of them with the last; and so is what must all succeed.
    let done = needed.iter().filter_map(|item| {
        let successes = by_item.get(item)?.iter().filter(|it| it.2 == Some(true)).map(|it| it.0);
        let inside = successes.filter(|at| *at >= period.from);
        if window.terms.combine == Combine::All { inside.max() } else { inside.min() }
    });
    (result, done.max().filter(|_| result == "pass"))
}

fn one(
    programme: &Programme,
    window: &Expected,
    acts: &[(Instant, String, Option<bool>)],
    period: Interval,
    known_until: Instant,
) -> &'static str {
    let conclusive: Vec<_> = acts.iter().filter(|it| it.2.is_some()).collect();
    let inside: Vec<_> = conclusive.iter().filter(|it| it.0 >= period.from).collect();
    let all = window.terms.combine == Combine::All;
    let human = window.terms.operation == Kind::Human && !all;
    let shown = programme.observed.iter().any(|it| covers(it, window.start, window.end));
    let over = known_until >= later(window.end, window.terms.grace_ms);
    if acts.is_empty() && shown {
        "missed"
    } else if conclusive.is_empty() {
        "not-evidenced"
    } else if inside.is_empty() {
        "outside-period"
    } else if all {
        let span = Interval { from: window.start, to: window.end };
        match (conclusive.iter().any(|it| it.2 == Some(false)), acts.len() == conclusive.len()) {
            (true, _) => "fail",
            (false, true) if covered_minute_by_minute(programme, span) => "pass",
            _ => "not-evidenced",
        }
    } else if human {
        let stands = if conclusive[0].2 == Some(false) { conclusive[0] } else { inside[0] };
        if stands.2 == Some(true) { "pass" } else { "fail" }
    } else if inside.iter().any(|it| it.2 == Some(true)) {
        "pass"
    } else if conclusive.iter().any(|it| it.2 == Some(true)) {
        "outside-period"
    } else if over {
        "fail"
    } else {
        "not-evidenced"
    }
}

/// Of a continuous control that was in force all the time: its result, and how many milliseconds are in gaps.
pub fn continuous(programme: &Programme, period: Interval, known_until: Instant) -> (&'static str, i64) {
    let max_gap_ms = programme.in_force.first().and_then(|it| it.controls.get("c")).map_or(DAY, |it| it.max_gap_ms);
    let to = period.to.min(known_until);
    if to <= period.from {
        return ("open", 0);
    }
    let dated = |it: &Observed| it.performed_at.unwrap_or(it.as_of);
    let mut looks: Vec<_> = programme
        .observed
        .iter()
        .filter(|it| !it.simulated && matches!(it.outcome, Outcome::Pass | Outcome::Fail))
        .map(|it| (dated(it), it.place.index, it.outcome))
        .collect();
    looks.sort_by_key(|it| (it.0, it.1));
    let inside: Vec<_> = looks.iter().filter(|it| period.from <= it.0 && it.0 < period.to).collect();
    // Minute by minute: in a gap if the looks around it are too far apart.
    let mut gap = 0;
    let mut now = period.from;
    while now < to {
        let before = inside.iter().map(|it| it.0).filter(|it| *it <= now).max().unwrap_or(period.from);
        let after = inside.iter().map(|it| it.0).filter(|it| *it > now).min().unwrap_or(to).min(to);
        if after.ms() - before.ms() > max_gap_ms {
            gap += super::MINUTE;
        }
        now = later(now, super::MINUTE);
    }
    // The state when the period began, as far as it is known.
    let before = looks.iter().rfind(|it| it.0 < period.from);
    let began_failing = before.is_some_and(|it| it.2 == Outcome::Fail && period.from.ms() - it.0.ms() <= max_gap_ms)
        && inside.first().is_none_or(|it| it.0 > period.from || it.2 == Outcome::Fail);
    let result = if began_failing || inside.iter().any(|it| it.2 == Outcome::Fail) {
        "fail"
    } else if gap > 0 || inside.is_empty() {
        "not-evidenced"
    } else {
        "pass"
    };
    (result, gap)
}

/// Of a control at each event that was in force all the time: its result, its events, and how many minutes nobody covers.
pub fn occurrences(
    programme: &Programme,
    period: Interval,
    known_until: Instant,
) -> (&'static str, Vec<(String, &'static str)>, i64) {
    let all = events(programme);
    // What no source ever dates is one event: when it first failed, otherwise when it was first seen.
    let is_event = |at: Instant, subject: &str| {
        let of: Vec<_> = all.iter().filter(|((_, it), _)| it == subject).collect();
        let failed = of.iter().find(|(_, (_, said, _))| verdict(said, Combine::All, false) == Some(false));
        let first = failed.or(of.first()).map(|((at, _), _)| *at);
        let dated = of.iter().any(|((it, _), (.., dated))| *it == at && *dated);
        dated || (of.iter().all(|(_, (.., dated))| !dated) && first == Some(at))
    };
    let told: Vec<_> = all
        .clone()
        .into_iter()
        .filter(|((at, subject), _)| period.from <= *at && *at < period.to && is_event(*at, subject))
        .map(|((_, subject), (_, said, _))| match verdict(&said, Combine::All, false) {
            Some(true) => (subject, "pass"),
            Some(false) => (subject, "fail"),
            None => (subject, "not-evidenced"),
        })
        .collect();
    let to = period.to.min(known_until);
    if to <= period.from {
        return ("open", told, 0);
    }
    let missing = uncovered_minutes(programme, Interval { from: period.from, to });
    // How much of it is the newest part of a period that still runs.
    let mut newest = to;
    while known_until < period.to && newest > period.from {
        let minute = Interval { from: later(newest, -super::MINUTE), to: newest };
        if covered_minute_by_minute(programme, minute) {
            break;
        }
        newest = minute.from;
    }
    let newest = (to.ms() - newest.ms()) / super::MINUTE;
    let excused = if newest * super::MINUTE <= terms(Kind::Event, Frequency::PerEvent).max_gap_ms { newest } else { 0 };
    let any = |word: &str| told.iter().any(|it| it.1 == word);
    let result = if any("fail") {
        "fail"
    } else if missing > excused || any("not-evidenced") {
        "not-evidenced"
    } else if !told.is_empty() {
        "pass"
    } else if excused > 0 {
        "open"
    } else {
        "no-occurrence"
    };
    (result, told, missing)
}

/// The result of each window of a control that people bring evidence of, by its start.
pub fn by_hand(programme: &Programme, period: Interval, known_until: Instant) -> Vec<(Instant, &'static str)> {
    let (from, to) = (period.from.utc().date_naive(), period.to.utc().date_naive());
    let all = every_window(programme, from - Days::new(100), to + Days::new(70));
    let ends_in = |it: &Expected| it.end > period.from && it.end <= period.to;
    let mut results = Vec::new();
    for i in (0..all.len()).filter(|i| ends_in(&all[*i])) {
        let window = &all[i];
        let given = if i == 0 { None } else { from_next(programme, &all, i - 1) };
        let mut days: Vec<_> = candidates(programme, &all, i).into_iter().filter(|it| Some(*it) != given).collect();
        days.extend(from_next(programme, &all, i));
        let result = if days.iter().any(|it| it.0 >= period.from) {
            "pass"
        } else if !days.is_empty() {
            "outside-period"
        } else if known_until < later(window.end, window.terms.grace_ms) {
            "open"
        } else {
            "not-evidenced"
        };
        results.push((window.start, result));
    }
    results
}

/// A file by its day and record, and whether it names its windows.
type Paper = (Instant, u64, bool);

/// The files that may fill window `i` without being one of several of the next.
fn candidates(programme: &Programme, all: &[Expected], i: usize) -> Vec<Paper> {
    let window = &all[i];
    let mut candidates = Vec::new();
    for it in &programme.brought {
        let at = midnight(it.effective);
        let expired = it.expires.is_some_and(|last| last < it.effective);
        if it.approved.is_none() || expired || it.ended.is_some_and(|ended| ended.recorded_at < at) {
            continue;
        }
        let last = programme.in_force.iter().filter_map(|it| it.controls.get("c")).next_back();
        let frequency = in_force(programme, at).or(last).map(|terms| terms.frequency);
        let covers = it.covers.map(|(from, to)| (from, to + Days::new(1)));
        let names = frequency.zip(covers).is_some_and(|(frequency, (from, to))| {
            let days = from.iter_days().take_while(|day| *day < to);
            days.filter(|day| starts(frequency, *day)).any(|day| following(frequency, day) <= to)
        });
        let fits = if names {
            let spanned = covers.is_some_and(|(from, to)| midnight(from) <= window.start && window.end <= midnight(to));
            spanned && window.start <= at && at < window.late_until
        } else {
            window_of(all, at) == Some(i)
        };
        if fits {
            candidates.push((at, it.place.index, names));
        }
    }
    candidates.sort();
    candidates
}

/// The file of the next window that fills window `i`.
fn from_next(programme: &Programme, all: &[Expected], i: usize) -> Option<Paper> {
    if i + 1 >= all.len() || !candidates(programme, all, i).is_empty() {
        return None;
    }
    let next = candidates(programme, all, i + 1);
    let several = next.len() >= 2;
    next.into_iter().find(|(at, _, names)| several && !names && *at < all[i].late_until)
}
