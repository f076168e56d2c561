//! The year of the example company, from a seed: what happens on each day, what its sources show, and when somebody looks.
//! `docs/synthetic-year.md` says what is planted where.
//!
//! **Invariant:** the same seed gives the same plan. Nothing here knows the program.

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::calendar::{Minute, after, at, d, day};

/// The seed of the year that the page describes.
pub const SEED: u64 = 2028;

/// The jobs that back up.
pub const BACKUP_JOBS: [&str; 2] = ["customer-files", "orders-db"];
/// The systems whose recovery is exercised.
pub const EXERCISED: [&str; 2] = ["customer-files", "orders-db"];
/// The assets that are scanned, with their addresses.
pub const ASSETS: [(&str, &str); 2] = [("db-1", "10.20.0.21"), ("web-1", "10.20.0.11")];

/// The first day that anything happened, and the days on which somebody first and last looked.
pub const BEGUN: (i32, u32, u32) = (2027, 12, 1);
pub const FIRST_RUN: (u32, u32) = (1, 10);
pub const LAST_RUN: (u32, u32) = (12, 31);

/// All days, in order.
pub struct Plan {
    pub days: Vec<Day>,
}

/// One day.
pub struct Day {
    pub date: NaiveDate,
    /// What the site changes before the day's first run.
    pub change: Option<Change>,
    /// Whether the firewall drops what no rule accepts, all day.
    pub default_deny: bool,
    /// The accounts that there are, all day.
    pub accounts: Vec<Account>,
    /// For how many days the log of backups reaches back.
    pub backup_log_days: i64,
    pub backups: Vec<Backup>,
    pub jobs: Vec<Job>,
    pub duties: Vec<Duty>,
    pub deletions: Vec<Deletion>,
    pub requests: Vec<Request>,
    /// Restores on trial of every backup job.
    pub restores: Vec<Restore>,
    /// An exercise of every system's recovery.
    pub exercised: Option<Minute>,
    /// Full scans of every asset.
    pub scanned: Vec<Minute>,
    pub reviews: Vec<Review>,
    pub said: Vec<Said>,
    pub runs: Vec<Run>,
}

impl Day {
    /// Whether all administrators have a second factor.
    pub fn enrolled(&self) -> bool {
        self.accounts.iter().all(|it| !it.admin || it.enrolled)
    }
}

/// What is changed about the site itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The policy of reconciliations allows less.
    Stricter,
    /// The log's key is rotated, after the day's first run.
    Key,
    /// A control goes, one comes, one has another frequency, two days become holidays, one of them past.
    Matrix,
    /// The policy of reconciliations allows more than ever.
    Softer,
    /// The firewall's collector is another build.
    Collector,
}

pub struct Account {
    pub id: &'static str,
    pub name: &'static str,
    pub admin: bool,
    /// Whether it has a second factor.
    pub enrolled: bool,
}

pub struct Backup {
    pub job: &'static str,
    pub at: Minute,
    pub success: bool,
}

pub struct Job {
    pub at: Minute,
    pub balanced: bool,
}

/// Something that people of the company do by a calendar, as a register has it.
pub struct Duty {
    pub kind: &'static str,
    pub at: Minute,
    pub difference: i64,
}

pub struct Deletion {
    pub due: Minute,
    pub at: Minute,
}

pub struct Request {
    pub received: Minute,
    pub answered: Option<Minute>,
}

pub struct Restore {
    pub job: &'static str,
    pub at: Minute,
}

#[derive(Clone, Copy)]
pub struct Review {
    pub kind: Kind,
    pub at: Minute,
    pub act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Access,
    Firewall,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Open,
    /// Decide every item, and close.
    Close,
}

/// What people say of exceptions, between the runs.
#[derive(Clone, Copy)]
pub struct Said {
    pub at: Minute,
    pub what: Saying,
}

#[derive(Clone, Copy)]
pub enum Saying {
    /// They accept them until a day.
    Waive(Waiver),
    /// They accept those of this control no longer.
    Expire(&'static str),
    /// Who puts the open ones of this control right, and how.
    Plan(&'static str),
    /// What the cause of the open ones of this control was and what was done about it, approved by another person.
    Correct(&'static str),
}

/// A waiver on production.
#[derive(Clone, Copy)]
pub struct Waiver {
    pub control: &'static str,
    /// The only subjects, by id; none for all.
    pub subjects: &'static [&'static str],
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub until: NaiveDate,
}

/// One run.
#[derive(Clone, Copy)]
pub struct Run {
    pub at: Minute,
    pub of: Scope,
    /// The time that it is judged at, where that is not its own.
    pub as_of: Option<Minute>,
    pub trouble: Option<Trouble>,
    /// Whether the controls are looked at too whose source is the whole ledger, which is done on Mondays.
    pub of_ledger: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All controls that the company looks at, on the system of production.
    Production,
    /// The firewall of the system for staging.
    Staging,
}

/// What goes wrong with a run's sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// One account cannot be read: the population is incomplete.
    Accounts,
    /// One line of the register of duties cannot be read.
    Duties,
    /// The firewall's rules cannot be read at all.
    Firewall,
    /// The rules are those of another machine, which drops nothing. Only for a run that does not count.
    OtherFirewall,
}

/// A generator of numbers that is the same everywhere: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    fn time(&mut self, date: NaiveDate, from_hour: u32, hours: u32) -> Minute {
        let minutes = u32::try_from(self.roll(u64::from(hours) * 60)).unwrap();
        at(date, from_hour + minutes / 60, minutes % 60)
    }
}

impl Plan {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let first = day(BEGUN.0, BEGUN.1, BEGUN.2);
        let days = (0..).map(|days| after(first, days)).take_while(|date| *date <= d(LAST_RUN.0, LAST_RUN.1));
        Self { days: days.map(|date| of_day(date, &mut dice)).collect() }
    }
}

fn between(date: NaiveDate, from: NaiveDate, to: NaiveDate) -> bool {
    from <= date && date <= to
}

fn of_day(date: NaiveDate, dice: &mut Dice) -> Day {
    let open = [(d(2, 2), d(2, 4)), (d(2, 20), d(2, 22)), (d(6, 25), d(7, 5)), (d(12, 28), d(12, 31))];
    let within = |spans: &[(NaiveDate, NaiveDate)]| spans.iter().any(|(from, to)| between(date, *from, *to));
    Day {
        date,
        change: change(date),
        default_deny: !within(&open),
        accounts: accounts(date),
        backup_log_days: if between(date, d(8, 1), d(8, 31)) { 3 } else { 45 },
        backups: backups(date, dice),
        jobs: jobs(date, dice),
        duties: duties(date, dice),
        deletions: deletions(date),
        requests: requests(date),
        restores: restores(date),
        exercised: (date == d(3, 20)).then(|| at(date, 14, 0)),
        scanned: scans(date),
        reviews: reviews(date),
        said: said(date),
        runs: runs(date, dice),
    }
}

fn change(date: NaiveDate) -> Option<Change> {
    let changes = [
        (d(5, 15), Change::Stricter),
        (d(6, 12), Change::Key),
        (d(7, 3), Change::Matrix),
        (d(9, 4), Change::Softer),
        (d(10, 2), Change::Collector),
    ];
    changes.into_iter().find(|(on, _)| *on == date).map(|(_, change)| change)
}

/// Administrators come and go, some of them for a while without a second factor.
fn accounts(date: NaiveDate) -> Vec<Account> {
    type Span = (NaiveDate, NaiveDate);
    let always = (day(BEGUN.0, BEGUN.1, BEGUN.2), d(LAST_RUN.0, LAST_RUN.1));
    let within = |(from, to): &Span| between(date, *from, *to);
    let account = |id, name, there: Span, without: &[Span]| {
        let enrolled = !without.iter().any(within);
        within(&there).then_some(Account { id, name, admin: name != "elena", enrolled })
    };
    // Put right, again within 30 days, and later once more.
    let boris = [(d(4, 10), d(4, 12)), (d(4, 25), d(4, 26)), (d(9, 25), d(9, 28))];
    let all = [
        account("1", "ada", always, &[]),
        account("2", "boris", always, &boris),
        account("3", "elena", always, &[]),
        // For longer than 30 days.
        account("4", "gina", (d(6, 20), always.1), &[(d(6, 26), d(8, 2))]),
        // Until the account is gone; the second one when not every account can be read.
        account("5", "hugo", (always.0, d(3, 5)), &[(d(3, 1), d(3, 5))]),
        account("6", "ines", (d(10, 1), d(10, 9)), &[(d(10, 9), d(10, 9))]),
        // Beside one that is waived.
        account("7", "jon", (d(9, 1), always.1), &[(d(9, 25), d(9, 28))]),
    ];
    all.into_iter().flatten().collect()
}

/// Just after midnight and just before it, so that a window that is an hour off shows.
fn backups(date: NaiveDate, dice: &mut Dice) -> Vec<Backup> {
    let mut backups = Vec::new();
    let planted = [d(3, 8), d(3, 9), d(4, 4), d(4, 5), d(5, 20), d(5, 21)];
    for (job, hour, minute) in [("orders-db", 0, 20), ("customer-files", 23, 40)] {
        let fails = dice.one_in(30);
        let again = dice.one_in(2);
        if planted.contains(&date) || !fails {
            backups.push(Backup { job, at: at(date, hour, minute), success: true });
        } else {
            let first = if job == "orders-db" { at(date, hour, minute) } else { at(date, 21, 5) };
            backups.push(Backup { job, at: first, success: false });
            if again {
                backups.push(Backup { job, at: first + 90, success: true });
            }
        }
    }
    // Never made; never made; made the day after, beside that day's own.
    if date == d(3, 8) {
        backups.retain(|backup| backup.job != "customer-files");
    }
    if date == d(4, 4) {
        backups.clear();
    }
    if date == d(5, 20) {
        backups.retain(|backup| backup.job != "orders-db");
    }
    if date == d(5, 21) {
        backups.push(Backup { job: "orders-db", at: at(date, 12, 0), success: true });
    }
    backups
}

fn jobs(date: NaiveDate, dice: &mut Dice) -> Vec<Job> {
    let planted = [d(2, 22), d(2, 23), d(6, 13), d(6, 14)].contains(&date);
    let balanced = planted || !dice.one_in(45);
    let own = Job { at: at(date, 0, 50), balanced };
    match date {
        // Made up for on the day after; never made up for.
        _ if date == d(2, 22) || date == d(6, 13) => Vec::new(),
        _ if date == d(2, 23) => vec![own, Job { at: at(date, 10, 0), balanced: true }],
        _ => vec![own],
    }
}

/// The holidays that the site has from the beginning.
pub fn holidays() -> Vec<NaiveDate> {
    vec![d(4, 14), d(4, 17), d(5, 1), d(5, 25), d(6, 5), d(10, 3), d(12, 25), d(12, 26)]
}

/// Those that the change of the matrix adds: one that is past, and one to come.
pub fn later_holidays() -> Vec<NaiveDate> {
    vec![d(5, 29), d(7, 14)]
}

fn duties(date: NaiveDate, dice: &mut Dice) -> Vec<Duty> {
    let mut duties = Vec::new();
    let weekday = date.weekday();
    // Every day of work; the one of the 29th of May is missed, and was no holiday yet.
    let weekend = matches!(weekday, Weekday::Sat | Weekday::Sun);
    let off = weekend || holidays().contains(&date) || later_holidays().contains(&date);
    let (when, small) = (dice.time(date, 8, 9), i64::try_from(dice.roll(4)).unwrap());
    let skipped = [d(2, 16), d(3, 14), d(9, 15)].contains(&date);
    // Work on a holiday.
    if (!off && !skipped) || date == d(5, 1) {
        let difference = match date {
            _ if date == d(5, 12) || date == d(6, 20) => 7,
            _ if date == d(9, 1) || date == d(9, 12) => 15,
            _ => small,
        };
        duties.push(Duty { kind: "reconciliation", at: when, difference });
    }
    if date == d(3, 15) || date == d(9, 18) {
        duties.push(Duty { kind: "reconciliation", at: at(date, 18, 30), difference: 0 });
    }
    // Logs: weekly on Thursdays, from August on monthly on the 10th.
    let log = |hour| Duty { kind: "logs", at: at(date, hour, 15), difference: 0 };
    let no_logs = [d(2, 10), d(3, 9), d(4, 27)].contains(&date);
    if date <= d(7, 6) && weekday == Weekday::Thu && !no_logs {
        duties.push(log(9));
    }
    let made_up_for = [d(2, 14), d(2, 15), d(5, 3), d(11, 1), d(11, 2)];
    if made_up_for.contains(&date) {
        duties.push(log(10));
    }
    if date >= d(9, 1) && date.day() == 10 && date.month() != 10 {
        duties.push(log(9));
    }
    // Visitors: weekly on Tuesdays, until the control goes.
    if date <= d(7, 18) && weekday == Weekday::Tue && date != d(5, 9) {
        duties.push(Duty { kind: "visitors", at: at(date, 17, 0), difference: 0 });
    }
    // Ports: monthly on the 20th, from the month in which the control comes.
    if date >= d(7, 1) && date.day() == 20 {
        let difference = if date.month() == 9 { 99 } else { 0 };
        duties.push(Duty { kind: "ports", at: at(date, 11, 0), difference });
    }
    duties
}

/// On the 12th of each month; late in September; none in February, made up for in March; none in April; none yet in December.
fn deletions(date: NaiveDate) -> Vec<Deletion> {
    let due = |days: i64| at(date, 23, 59) + days * 24 * 60;
    let deletion = |hour, days| Deletion { due: due(days), at: at(date, hour, 0) };
    match (date.month(), date.day()) {
        (2 | 4 | 12, 12) if date.year() == 2028 => Vec::new(),
        (3, 12) => vec![deletion(9, 5), deletion(15, 5)],
        (9, 12) => vec![deletion(9, -4)],
        (_, 12) => vec![deletion(9, 5)],
        _ => Vec::new(),
    }
}

/// Two in the first quarter, of which one is late; none in the second; one in time and one late; one in time, one pending.
fn requests(date: NaiveDate) -> Vec<Request> {
    let answered = |on: NaiveDate| Some(at(on, 16, 0));
    let all = [
        (d(2, 1), answered(d(2, 20))),
        (d(2, 10), answered(d(3, 20))),
        (d(7, 3), answered(d(7, 20))),
        (d(8, 1), answered(d(9, 15))),
        (d(10, 20), answered(d(11, 2))),
        (d(12, 12), None),
    ];
    let of = all.into_iter().filter(|(received, _)| *received == date);
    of.map(|(_, answered)| Request { received: at(date, 9, 0), answered }).collect()
}

/// Every backup in December, February, July (too late for the second quarter) and September; one of both in October.
fn restores(date: NaiveDate) -> Vec<Restore> {
    let both = [day(2027, 12, 15), d(2, 10), d(7, 5), d(9, 10)].contains(&date);
    let jobs = BACKUP_JOBS.into_iter().filter(|job| both || (date == d(10, 15) && *job == "orders-db"));
    jobs.map(|job| Restore { job, at: at(date, 11, 0) }).collect()
}

/// Mondays; twice in the week after one without.
fn scans(date: NaiveDate) -> Vec<Minute> {
    let skipped = [d(2, 28), d(5, 15)].contains(&date);
    let scanned = (date.weekday() == Weekday::Mon && !skipped) || date == d(3, 9);
    scanned.then(|| at(date, 3, 10)).into_iter().collect()
}

fn reviews(date: NaiveDate) -> Vec<Review> {
    let review = |kind, hour, act| Review { kind, at: at(date, hour, 0), act };
    match (date.month(), date.day()) {
        (3, 6) | (9, 5) => vec![
            review(Kind::Access, 10, Act::Open),
            review(Kind::Firewall, 11, Act::Open),
            review(Kind::Access, 15, Act::Close),
            review(Kind::Firewall, 16, Act::Close),
        ],
        (6, 14) => vec![review(Kind::Firewall, 10, Act::Open)],
        (6, 16) => vec![review(Kind::Firewall, 15, Act::Close)],
        (12, 18) => vec![review(Kind::Firewall, 10, Act::Open)],
        _ => Vec::new(),
    }
}

fn said(date: NaiveDate) -> Vec<Said> {
    const BACKUPS: &str = "A1.2-backup-daily";
    const ADMINS: &str = "CC6.3-mfa-for-admins";
    const RECONCILIATIONS: &str = "ACME-reconciliation";
    let waiver = |control, subjects, until| Saying::Waive(Waiver { control, subjects, from: date, until });
    let what = match (date.month(), date.day()) {
        _ if date.year() != 2028 => Vec::new(),
        (4, 3) => vec![Saying::Plan("P5.1-subject-requests"), Saying::Correct("P5.1-subject-requests")],
        (6, 1) => vec![Saying::Correct("CC7.1-vulnerability-scan")],
        (6, 27) => vec![Saying::Plan(ADMINS)],
        (7, 10) => vec![Saying::Correct(RECONCILIATIONS), Saying::Correct("A1.3-restore-test")],
        // Of a state it closes nothing.
        (7, 20) => vec![Saying::Correct(ADMINS)],
        (8, 22) => vec![Saying::Correct(BACKUPS)],
        (8, 25) => vec![waiver(RECONCILIATIONS, &[], d(9, 24))],
        (9, 20) => vec![Saying::Correct("C1.2-deletion-on-time")],
        (9, 26) => vec![waiver(ADMINS, &["2"], d(10, 31))],
        (10, 5) => vec![waiver(BACKUPS, &[], d(12, 20)), Saying::Correct("ACME-ports")],
        (11, 20) => vec![Saying::Expire(BACKUPS)],
        _ => Vec::new(),
    };
    (0..).zip(what).map(|(nth, what)| Said { at: at(date, 9, nth), what }).collect()
}

/// Once a day at six; sometimes not at all, late, or twice; none in a fortnight of August; and on Fridays that of staging.
fn runs(date: NaiveDate, dice: &mut Dice) -> Vec<Run> {
    let (none, late, twice) = (dice.one_in(25), dice.one_in(20), dice.one_in(15));
    let late_at = dice.time(date, 19, 4);
    if date < d(FIRST_RUN.0, FIRST_RUN.1) || between(date, d(8, 7), d(8, 20)) {
        return Vec::new();
    }
    // On these days it matters that somebody looks, or which day it is.
    let fixed = [d(1, 10), d(3, 8), d(3, 10), d(6, 13), d(8, 25), d(9, 2), d(12, 30), d(12, 31)].contains(&date);
    let spans = [
        (d(4, 25), d(4, 28)),
        (d(7, 31), d(8, 24)),
        (d(9, 25), d(9, 29)),
        (d(10, 9), d(10, 14)),
        (d(11, 5), d(11, 17)),
        (d(10, 28), d(10, 30)),
    ];
    let fixed = fixed || change(date).is_some() || spans.iter().any(|(from, to)| between(date, *from, *to));
    let trouble = match date {
        _ if between(date, d(10, 10), d(10, 12)) => Some(Trouble::Accounts),
        _ if between(date, d(11, 6), d(11, 8)) => Some(Trouble::Duties),
        _ if between(date, d(11, 14), d(11, 15)) => Some(Trouble::Firewall),
        _ => None,
    };
    let of_ledger = date.weekday() == Weekday::Mon || date == d(LAST_RUN.0, LAST_RUN.1);
    let run = |at| Run { at, of: Scope::Production, as_of: None, trouble, of_ledger };
    let mut runs = Vec::new();
    if fixed || !none {
        runs.push(run(if late && !fixed { late_at } else { at(date, 6, 0) }));
        if twice && !fixed && !late {
            runs.push(run(at(date, 13, 0)));
        }
    }
    if date == d(6, 8) {
        let (as_of, trouble) = (Some(at(d(5, 29), 6, 0)), Some(Trouble::OtherFirewall));
        runs.push(Run { as_of, trouble, ..run(at(date, 18, 0)) });
    }
    if date.weekday() == Weekday::Fri {
        runs.push(Run { of: Scope::Staging, trouble: None, ..run(at(date, 23, 30)) });
    }
    runs
}
