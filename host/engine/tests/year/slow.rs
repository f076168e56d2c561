//! The numbers of a period, worked out slowly: from the plan, by the rules as they are written, one window after the other.
//!
//! **Invariant:** nothing of `tickmark-operations` is used here, and no record is read.
//! **Absent on purpose:** speed, and every clever thing.

mod accepted;
mod remedied;

pub use remedied::{Exception, FOLLOWED};

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::calendar::{Minute, after, at, day};
use super::plan::{
    Act, BACKUP_JOBS, Change, Day, EXERCISED, Kind, Plan, Run, Scope, Trouble, holidays, later_holidays,
};
use super::site::{ADMINS, Allowed, DEFAULT_DENY, PRODUCTION, REMEDIATION, STAGING, calendar_exercise};

/// A day, in minutes.
const DAY: Minute = 24 * 60;

/// How often, as far as the year needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    Daily,
    BusinessDaily,
    Weekly,
    Monthly,
    Quarterly,
    /// The month and day on which its year starts.
    Annual(u32, u32),
}

/// How several events of a window make one result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    Any,
    Each,
    All,
}

/// What a period comes to, of one control on one system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub expected: u64,
    pub pass: u64,
    pub fail: u64,
    pub missed: u64,
    pub not_evidenced: u64,
    pub no_occurrence: u64,
    pub outside_period: u64,
    pub open: u64,
    pub late: u64,
    /// Operations that more than filled their windows, or were done in none.
    pub surplus: u64,
    /// Each window that is no plain pass, for whoever compares.
    pub windows: Vec<String>,
}

/// Of a continuous control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    pub observed: Minute,
    pub expected: Minute,
    /// The times that nobody looked at, and whether somebody tried.
    pub gaps: Vec<(Minute, Minute, bool)>,
    pub failing: Vec<(Minute, Minute)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Pass,
    OutsidePeriod,
    Open,
    NotEvidenced,
    Missed,
    Fail,
}

/// One run with what was in force then.
struct Look<'a> {
    run: &'a Run,
    day: &'a Day,
    allowed: Allowed,
    second_matrix: bool,
}

/// Something that happened, as one look shows it.
struct Seen {
    item: String,
    at: Minute,
    conforms: bool,
}

/// What a look shows of one control.
struct Shown {
    events: Vec<Seen>,
    complete: bool,
    covers: Option<(Minute, Minute)>,
}

pub struct Slow<'a> {
    plan: &'a Plan,
    looks: Vec<Look<'a>>,
    /// When the second matrix was sealed.
    second_matrix_from: Minute,
    known_until: Minute,
    /// How many exceptions were overdue, by look.
    overdue: OnceCell<BTreeMap<Minute, usize>>,
}

impl<'a> Slow<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        let (mut looks, mut allowed, mut second_matrix) = (Vec::new(), Allowed::Ten, false);
        let (mut second_matrix_from, mut known_until) = (None, 0);
        for day in &plan.days {
            match day.change {
                Some(Change::Stricter) => allowed = Allowed::Five,
                Some(Change::Softer) => allowed = Allowed::Twenty,
                Some(Change::Matrix) => second_matrix = true,
                _ => {}
            }
            let mut runs: Vec<&Run> = day.runs.iter().collect();
            runs.sort_by_key(|run| run.at);
            for run in runs {
                if second_matrix && second_matrix_from.is_none() {
                    second_matrix_from = Some(run.at);
                }
                known_until = known_until.max(run.at);
                looks.push(Look { run, day, allowed, second_matrix });
            }
            let acts = day.reviews.iter().map(|review| review.at).chain(day.said.iter().map(|said| said.at));
            known_until = acts.fold(known_until, Minute::max);
        }
        Self { plan, looks, second_matrix_from: second_matrix_from.unwrap(), known_until, overdue: OnceCell::new() }
    }

    pub fn known_until(&self) -> Minute {
        self.known_until
    }

    /// The period from the first to the last of these days.
    pub fn period(from: NaiveDate, to: NaiveDate) -> (Minute, Minute) {
        (at(from, 0, 0), at(after(to, 1), 0, 0))
    }

    // --- windows ----------------------------------------------------------------------------------------------------------

    /// How often the control is to operate, and its grace, by the matrix in force at `start`; nothing where it has no such row.
    fn terms(&self, control: &str, start: Minute) -> Option<(Often, Minute)> {
        let second = start >= self.second_matrix_from;
        match control {
            "ACME-reconciliation" => Some((Often::BusinessDaily, 0)),
            "ACME-logs" => Some((if second { Often::Monthly } else { Often::Weekly }, 2 * DAY)),
            "ACME-visitors" => (!second).then_some((Often::Weekly, 0)),
            "ACME-ports" => second.then_some((Often::Monthly, 0)),
            "A1.2-backup-daily" | "PI1.3-job-balance" => Some((Often::Daily, 0)),
            "A1.3-recovery-exercised" => Some((Often::Annual(6, 15), 0)),
            "A1.3-restore-test" | "CC6.2-access-review" | "CC6.6-firewall-review" => Some((Often::Quarterly, 0)),
            "C1.2-deletion-on-time" => Some((Often::Monthly, 0)),
            "CC7.1-vulnerability-scan" => Some((Often::Weekly, 0)),
            _ => None,
        }
    }

    /// The holidays of the calendar in force at `start`.
    fn is_holiday(&self, date: NaiveDate, start: Minute) -> bool {
        let second = start >= self.second_matrix_from;
        holidays().contains(&date) || (second && later_holidays().contains(&date))
    }

    /// All windows of this kind, day after day: days with the same label are one window.
    fn windows_of(&self, often: Often) -> Vec<(Minute, Minute)> {
        let mut windows: Vec<(String, Minute, Minute)> = Vec::new();
        let mut date = day(2026, 1, 1);
        while date < day(2030, 12, 31) {
            let (start, end) = (at(date, 0, 0), at(after(date, 1), 0, 0));
            let month = date.month();
            let label = match often {
                Often::Daily => Some(date.to_string()),
                Often::BusinessDaily => {
                    let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
                    (!weekend && !self.is_holiday(date, start)).then(|| date.to_string())
                }
                Often::Weekly => Some(format!("{:?}", date.iso_week())),
                Often::Monthly => Some(format!("{} {month}", date.year())),
                Often::Quarterly => Some(format!("{} Q{}", date.year(), (month - 1) / 3)),
                Often::Annual(month, of_month) => {
                    let begun = (date.month(), date.day()) >= (month, of_month);
                    Some(if begun { date.year() } else { date.year() - 1 }.to_string())
                }
            };
            if let Some(label) = label {
                match windows.last_mut() {
                    Some((last, _, until)) if *last == label => *until = end,
                    _ => windows.push((label, start, end)),
                }
            }
            date = after(date, 1);
        }
        windows.into_iter().map(|(_, start, end)| (start, end)).collect()
    }

    /// The windows of a control: of each frequency that it ever had, those at whose start it had it. With the grace of each.
    fn windows(&self, control: &str) -> Vec<(Minute, Minute, Minute)> {
        let all =
            [Often::Daily, Often::BusinessDaily, Often::Weekly, Often::Monthly, Often::Quarterly, Often::Annual(6, 15)];
        let mut windows = Vec::new();
        for often in all {
            for (start, end) in self.windows_of(often) {
                if let Some((then, grace)) = self.terms(control, start)
                    && then == often
                {
                    windows.push((start, end, grace));
                }
            }
        }
        windows.sort_unstable();
        windows
    }

    // --- what the looks show ----------------------------------------------------------------------------------------------

    /// What a look shows of a control on events; nothing where it was not looked at, or the time was only supposed.
    fn shown(&self, control: &str, look: &Look<'_>) -> Option<Shown> {
        if look.run.of != Scope::Production || look.run.as_of.is_some() {
            return None;
        }
        let now = look.run.at;
        let days = || self.plan.days.iter();
        let since = |days: i64| now - days * DAY;
        let is_recent = |it: Minute, days: i64| since(days) <= it && it <= now;
        let one = |item: &str, at: Minute, conforms: bool| Seen { item: item.to_owned(), at, conforms };
        // The tables hold forty days, and say so.
        let table = |events: Vec<Seen>| Shown { events, complete: true, covers: Some((since(40), now)) };
        let shown = match control {
            "A1.2-backup-daily" => {
                let all = days().flat_map(|day| &day.backups).filter(|it| is_recent(it.at, look.day.backup_log_days));
                let events: Vec<Seen> = all.map(|it| one(it.job, it.at, it.success)).collect();
                let oldest = events.iter().map(|event| event.at).min();
                Shown { events, complete: true, covers: oldest.map(|oldest| (oldest, now)) }
            }
            "PI1.3-job-balance" => {
                let all = days().flat_map(|day| &day.jobs).filter(|it| is_recent(it.at, 40));
                table(all.map(|it| one("invoices", it.at, it.balanced)).collect())
            }
            "C1.2-deletion-on-time" => {
                let all = days().flat_map(|day| &day.deletions).filter(|it| is_recent(it.at, 40));
                table(all.map(|it| one("applications", it.at, it.at <= it.due)).collect())
            }
            "A1.3-restore-test" => {
                // Of each job only the last one shows, and the source reaches back to the oldest.
                let all = || days().flat_map(|day| &day.restores).filter(|it| it.at <= now);
                let mut events = Vec::new();
                for job in BACKUP_JOBS {
                    if let Some(last) = all().filter(|it| it.job == job).map(|it| it.at).max() {
                        events.push(one(job, last, now - last <= 92 * DAY));
                    }
                }
                let oldest = all().map(|it| it.at).min();
                Shown { events, complete: true, covers: oldest.map(|oldest| (oldest, now)) }
            }
            "A1.3-recovery-exercised" => {
                let of_plan = days().filter_map(|day| day.exercised).filter(|it| *it <= now);
                let last = of_plan.max().unwrap_or_else(calendar_exercise);
                let events = EXERCISED.iter().map(|system| one(system, last, true)).collect();
                Shown { events, complete: true, covers: None }
            }
            "CC7.1-vulnerability-scan" => {
                let last = days().flat_map(|day| &day.scanned).filter(|it| **it <= now).max().unwrap();
                let events = super::plan::ASSETS.iter().map(|(asset, _)| one(asset, *last, now - last <= 8 * DAY));
                Shown { events: events.collect(), complete: true, covers: None }
            }
            "CC6.2-access-review" | "CC6.6-firewall-review" if !look.run.of_ledger => return None,
            "CC6.2-access-review" | "CC6.6-firewall-review" => {
                let kind = if control == "CC6.2-access-review" { Kind::Access } else { Kind::Firewall };
                let all = days().flat_map(|day| &day.reviews);
                let closed = all.filter(|it| it.kind == kind && it.act == Act::Close && it.at <= now);
                let events = closed.map(|it| one("review", it.at, true)).collect();
                Shown { events, complete: true, covers: None }
            }
            _ => {
                let kind = control.strip_prefix("ACME-")?;
                if (kind == "visitors" && look.second_matrix) || (kind == "ports" && !look.second_matrix) {
                    return None;
                }
                let all = days().flat_map(|day| &day.duties).filter(|it| it.kind == kind && is_recent(it.at, 40));
                let events = all.map(|it| one(kind, it.at, it.difference <= look.allowed.difference())).collect();
                let complete = look.run.trouble != Some(Trouble::Duties);
                Shown { events, complete, covers: Some((since(40), now)) }
            }
        };
        Some(shown)
    }

    // --- windows and what happened in them --------------------------------------------------------------------------------

    /// A control with windows, on events or acts of people.
    pub fn windowed(&self, control: &str, system: &str, (from, to): (Minute, Minute)) -> Numbers {
        let together = match control {
            "A1.2-backup-daily" | "A1.3-recovery-exercised" | "A1.3-restore-test" | "CC7.1-vulnerability-scan" => {
                Together::Each
            }
            "C1.2-deletion-on-time" | "PI1.3-job-balance" => Together::All,
            _ => Together::Any,
        };
        // Every event counts as it was first judged: what is in force later neither softens nor hardens it.
        let mut events: BTreeMap<(String, Minute), bool> = BTreeMap::new();
        let mut proven: Vec<(Minute, Minute)> = Vec::new();
        for look in self.looks.iter().filter(|_| system == PRODUCTION) {
            let Some(shown) = self.shown(control, look) else { continue };
            for event in shown.events {
                // Of a population that is not complete nothing passes.
                if shown.complete || !event.conforms {
                    events.entry((event.item, event.at)).or_insert(event.conforms);
                }
            }
            proven.extend(shown.covers.filter(|_| shown.complete));
        }
        let windows = self.windows(control);
        // Each item fills windows of its own where each must succeed; otherwise all events do together.
        let mut items: BTreeSet<String> = events.keys().map(|(item, _)| item.clone()).collect();
        if together != Together::Each {
            items = BTreeSet::from([String::new()]);
        }
        let filled: Vec<Vec<Vec<(Minute, bool)>>> = items
            .iter()
            .map(|item| {
                let of_item = events.iter().filter(|((it, _), _)| together != Together::Each || it == item);
                let mut of_item: Vec<(Minute, bool)> = of_item.map(|((_, at), conforms)| (*at, *conforms)).collect();
                of_item.sort_unstable();
                fill(&windows, &of_item)
            })
            .collect();
        let mut numbers = Numbers::default();
        for (nth, &(start, end, grace)) in windows.iter().enumerate() {
            if !(end > from && end <= to) {
                continue;
            }
            let covered = proven.iter().any(|(since, until)| *since <= start && end <= *until);
            let mut worst = (Came::Pass, false);
            if filled.is_empty() {
                worst.0 = self.absent(end + grace, covered);
            }
            for of_item in &filled {
                let ops = &of_item[nth];
                let inside: Vec<&(Minute, bool)> = ops.iter().filter(|(at, _)| *at >= from).collect();
                let one = if inside.is_empty() {
                    let result = if ops.is_empty() { self.absent(end + grace, covered) } else { Came::OutsidePeriod };
                    (result, false)
                } else if together == Together::All {
                    // That none failed is known only where a complete source shows the whole window.
                    let last = inside.iter().map(|(at, _)| *at).max().unwrap();
                    let late = last >= end + grace;
                    if inside.iter().any(|(_, conforms)| !conforms) {
                        (Came::Fail, late)
                    } else if covered {
                        (Came::Pass, late)
                    } else {
                        (self.absent(end + grace, false), false)
                    }
                } else {
                    let good = inside.iter().find(|(_, conforms)| *conforms);
                    let decides = good.unwrap_or(&inside[0]).0;
                    (if good.is_some() { Came::Pass } else { Came::Fail }, decides >= end + grace)
                };
                worst = (worst.0.max(one.0), worst.1 || one.1);
            }
            numbers.count(worst.0, worst.1, start);
            if worst.0 == Came::Pass && together != Together::All {
                for of_item in &filled {
                    let successes = of_item[nth].iter().filter(|(at, conforms)| *conforms && *at >= from).count();
                    numbers.surplus += successes as u64 - 1;
                }
            }
        }
        // Work on a holiday, or before the first window.
        for ((_, at), conforms) in &events {
            let in_a_window = windows.iter().any(|(start, end, _)| start <= at && at < end);
            if *conforms && from <= *at && *at < to && !in_a_window && self.terms(control, *at).is_some() {
                numbers.surplus += 1;
            }
        }
        numbers
    }

    /// What a window is in which nothing happened.
    fn absent(&self, due: Minute, covered: bool) -> Came {
        if self.known_until < due {
            Came::Open
        } else if covered {
            Came::Missed
        } else {
            Came::NotEvidenced
        }
    }

    /// A control that nobody ever looked at.
    pub fn never(&self, often: Often, (from, to): (Minute, Minute)) -> Numbers {
        let mut numbers = Numbers::default();
        for (start, end) in self.windows_of(often) {
            if end > from && end <= to {
                numbers.count(self.absent(end, false), false, start);
            }
        }
        numbers
    }

    // --- one by one -------------------------------------------------------------------------------------------------------

    /// Requests of people, each an operation of its own.
    pub fn requests(&self, (from, to): (Minute, Minute)) -> Numbers {
        let mut numbers = Numbers::default();
        let looks = self.looks.iter().filter(|look| look.run.of == Scope::Production && look.run.as_of.is_none());
        let looks: Vec<Minute> = looks.map(|look| look.run.at).collect();
        let within = |it: Minute| from <= it && it < to;
        for request in self.plan.days.iter().flat_map(|day| &day.requests) {
            let due = request.received + 30 * DAY;
            let seen = |it: Minute| looks.iter().any(|look| *look >= it && *look - 120 * DAY <= request.received);
            match request.answered.filter(|at| seen(*at)) {
                Some(answered) if within(answered) => {
                    let result = if answered <= due { Came::Pass } else { Came::Fail };
                    numbers.count(result, false, answered);
                }
                Some(_) => {}
                // Not answered. It has until its date, and fails from the first look after that on.
                None => match looks.iter().find(|look| **look > due) {
                    Some(first) if within(*first) => numbers.count(Came::Fail, false, *first),
                    Some(_) => {}
                    None => {
                        let first = looks.iter().copied().find(|look| *look >= request.received).unwrap();
                        if within(first) {
                            numbers.count(Came::Open, false, first);
                        }
                    }
                },
            }
        }
        numbers
    }

    // --- all the time -----------------------------------------------------------------------------------------------------

    /// A control on a state that holds all the time, of which a day without a look is one too long.
    pub fn continuous(&self, control: &str, system: &str, (from, to): (Minute, Minute)) -> Watched {
        let scope = if system == STAGING { Scope::Staging } else { Scope::Production };
        let (mut looks, mut tries): (Vec<(Minute, bool)>, Vec<Minute>) = (Vec::new(), Vec::new());
        for Look { run, day, .. } in &self.looks {
            if run.of != scope || run.as_of.is_some() || (system == STAGING && control != DEFAULT_DENY) {
                continue;
            }
            let conforms = match control {
                DEFAULT_DENY => system == STAGING || day.default_deny,
                ADMINS => day.enrolled(),
                REMEDIATION if run.of_ledger => self.overdue(run.at) == 0,
                _ => continue,
            };
            // What conforms in a population that is not complete is not conclusive; what does not, is. And a ledger without an
            // evaluation shows nothing.
            let unseen = match run.trouble {
                Some(Trouble::Firewall) => control == DEFAULT_DENY,
                Some(Trouble::Accounts) => control == ADMINS && conforms,
                _ => control == REMEDIATION && self.looks.first().is_some_and(|first| first.run.at == run.at),
            };
            if unseen { tries.push(run.at) } else { looks.push((run.at, conforms)) }
        }
        let end = to.min(self.known_until);
        let mut watched = Watched { expected: (end - from).max(0), ..Watched::default() };
        watched.observed = watched.expected;
        // From the start of the period to the first look, from look to look, and to the end.
        let mut times: Vec<Minute> = vec![from.min(end)];
        times.extend(looks.iter().map(|(at, _)| *at).filter(|at| from < *at && *at < end));
        times.push(end);
        for pair in times.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if b - a > DAY {
                let tried = tries.iter().any(|it| a < *it && *it < b);
                watched.gaps.push((a, b, tried));
                watched.observed -= b - a;
            }
        }
        // From the first look that fails to the next that passes, or to the end. What was seen before the period counts at its
        // start where that is no more than a day ago.
        let mut failing: Option<Minute> = None;
        let fresh = |at: Minute| at < end && at >= from - DAY;
        for (at, conforms) in looks.into_iter().filter(|(at, _)| fresh(*at)).chain([(end, true)]) {
            match (failing, conforms) {
                (None, false) => failing = Some(at),
                (Some(since), true) => {
                    if at > from && since < at {
                        watched.failing.push((since.max(from), at));
                    }
                    failing = None;
                }
                _ => {}
            }
        }
        watched
    }
}

impl Numbers {
    fn count(&mut self, result: Came, late: bool, start: Minute) {
        self.expected += 1;
        let one = match result {
            Came::Pass => &mut self.pass,
            Came::Fail => &mut self.fail,
            Came::Missed => &mut self.missed,
            Came::NotEvidenced => &mut self.not_evidenced,
            Came::OutsidePeriod => &mut self.outside_period,
            Came::Open => &mut self.open,
        };
        *one += 1;
        let late = late && matches!(result, Came::Pass | Came::Fail);
        self.late += u64::from(late);
        if late || result != Came::Pass {
            let late = if late { " late" } else { "" };
            self.windows.push(format!("{} {result:?}{late}", super::calendar::date_of(start)));
        }
    }
}

/// Which events fill which windows: each the one that it happened in; and the first of two successes or more in a window the one
/// before, where that is empty.
fn fill(windows: &[(Minute, Minute, Minute)], events: &[(Minute, bool)]) -> Vec<Vec<(Minute, bool)>> {
    let mut filled: Vec<Vec<(Minute, bool)>> = Vec::new();
    for (start, end, _) in windows {
        filled.push(events.iter().copied().filter(|(at, _)| start <= at && at < end).collect());
    }
    for nth in 1..filled.len() {
        let successes: Vec<(Minute, bool)> = filled[nth].iter().copied().filter(|(_, conforms)| *conforms).collect();
        if successes.len() >= 2 && filled[nth - 1].is_empty() {
            filled[nth].retain(|event| *event != successes[0]);
            filled[nth - 1].push(successes[0]);
        }
    }
    filled
}
