//! Exceptions and how they are put right, from the plan: every subject of every look, one look after the other.
//!
//! By the rules: an exception is due 30, 60 or 90 days after it was first seen, at the end of the day, and nothing sets that
//! back. Of a state it ends when the subject conforms, or is gone from a population that is complete. What happened ends by
//! what people did about it, and the next time that all is well. Failing again within 30 days is the same exception.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::calendar::{Minute, after, at, date_of, text};
use super::super::plan::{Act, Kind, Saying, Scope, Trouble};
use super::super::site::{ADMINS, DEFAULT_DENY};
use super::{DAY, Look, Often, Slow};

/// The controls whose exceptions are followed. That something is overdue is an exception that is not.
pub const FOLLOWED: [&str; 15] = [
    "A1.2-backup-daily",
    "A1.3-recovery-exercised",
    "A1.3-restore-test",
    "ACME-logs",
    "ACME-ports",
    "ACME-reconciliation",
    "ACME-visitors",
    "C1.2-deletion-on-time",
    "CC6.2-access-review",
    ADMINS,
    DEFAULT_DENY,
    "CC6.6-firewall-review",
    "CC7.1-vulnerability-scan",
    "P5.1-subject-requests",
    "PI1.3-job-balance",
];

/// One exception of one subject, from when it was first seen until it is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub control: &'static str,
    pub severity: &'static str,
    pub since: Minute,
    /// The last day.
    pub due: NaiveDate,
    /// When it failed again.
    pub again: Vec<Minute>,
    /// When the one before it was first seen, where it was another one.
    pub after: Option<Minute>,
    /// When, and how.
    pub closed: Option<(Minute, &'static str)>,
    /// How often people said how it is to be put right, and that they did.
    pub planned: usize,
    pub corrected: usize,
}

impl Exception {
    fn end_of_time(&self) -> Minute {
        at(after(self.due, 1), 0, 0)
    }

    /// Whether it was put right too late, or is not at `now` though it should be.
    pub fn is_overdue(&self, now: Minute) -> bool {
        self.closed.map_or(now, |(at, _)| at) >= self.end_of_time()
    }

    /// All of it in a line.
    pub fn line(&self) -> String {
        let again: String = self.again.iter().map(|it| format!(", again {}", text(*it))).collect();
        let after = self.after.map(|it| format!(", after that of {}", text(it))).unwrap_or_default();
        let closed = self.closed.map_or_else(|| "open".to_owned(), |(at, how)| format!("{how} {}", text(at)));
        let (control, severity, since, due) = (self.control, self.severity, text(self.since), self.due);
        let acts = format!("{} planned, {} corrected", self.planned, self.corrected);
        format!("{control} {severity} since {since} due {due}{again}{after}: {closed}, {acts}")
    }
}

/// The exceptions of each subject of each control.
type Known = BTreeMap<(&'static str, String), Vec<Exception>>;

/// What a look shows of one control.
struct Judged {
    /// The subjects that do not conform, with how bad that is.
    failing: BTreeMap<String, &'static str>,
    /// Those that do.
    conforming: BTreeSet<String>,
    complete: bool,
}

/// One thing that counts, in order of time.
enum Step<'s> {
    Looked(&'s Look<'s>),
    Said(&'static str, bool),
}

impl Slow<'_> {
    /// Everything that was an exception by `until`, as it stood then.
    pub fn remedied(&self, until: Minute) -> Vec<Exception> {
        self.follow(until, |_, _| {})
    }

    /// How many exceptions the look at `now` finds open though their time is over. What it sees itself is for the next one.
    pub fn overdue(&self, now: Minute) -> usize {
        let count = || {
            let mut overdue = BTreeMap::new();
            self.follow(self.known_until, |now, all| {
                let open = all.values().flatten().filter(|it| it.closed.is_none() && it.is_overdue(now));
                overdue.insert(now, open.count());
            });
            overdue
        };
        self.overdue.get_or_init(count)[&now]
    }

    /// Goes through all looks, and shows what is known before each.
    fn follow(&self, until: Minute, mut before: impl FnMut(Minute, &Known)) -> Vec<Exception> {
        let looks = self.looks.iter().filter(|look| look.run.of == Scope::Production && look.run.as_of.is_none());
        let mut steps: Vec<(Minute, Step<'_>)> = looks.map(|look| (look.run.at, Step::Looked(look))).collect();
        for said in self.plan.days.iter().flat_map(|day| &day.said) {
            match said.what {
                Saying::Plan(control) => steps.push((said.at, Step::Said(control, false))),
                Saying::Correct(control) => steps.push((said.at, Step::Said(control, true))),
                Saying::Waive(_) | Saying::Expire(_) => {}
            }
        }
        steps.retain(|(at, _)| *at <= until);
        steps.sort_by_key(|(at, _)| *at);
        let mut all = Known::new();
        // When people last said that they corrected it, of each that is open.
        let mut said_at: BTreeMap<(&'static str, String), Minute> = BTreeMap::new();
        for (now, step) in steps {
            match step {
                Step::Said(control, corrected) => {
                    for (key, exceptions) in all.iter_mut().filter(|((it, _), _)| *it == control) {
                        let Some(open) = exceptions.last_mut().filter(|it| it.closed.is_none()) else { continue };
                        if corrected {
                            open.corrected += 1;
                            said_at.insert(key.clone(), now);
                        } else {
                            open.planned += 1;
                        }
                    }
                }
                Step::Looked(look) => {
                    before(now, &all);
                    for control in FOLLOWED {
                        let Some(judged) = self.judged(control, look) else { continue };
                        let passes = judged.complete && judged.failing.is_empty() && !judged.conforming.is_empty();
                        for ((_, subject), exceptions) in all.iter_mut().filter(|((it, _), _)| *it == control) {
                            let Some(open) = exceptions.last_mut().filter(|it| it.closed.is_none()) else { continue };
                            if judged.failing.contains_key(subject) {
                                continue;
                            }
                            let is_state = [ADMINS, DEFAULT_DENY].contains(&control);
                            let said = said_at.contains_key(&(control, subject.clone()));
                            let how = match is_state {
                                true if !judged.complete => None,
                                true if judged.conforming.contains(subject) => Some("conforms"),
                                true => Some("removed"),
                                false => (said && passes).then_some("corrected"),
                            };
                            open.closed = how.map(|how| (now, how));
                            if how.is_some() {
                                said_at.remove(&(control, subject.clone()));
                            }
                        }
                        for (subject, severity) in judged.failing {
                            let exceptions = all.entry((control, subject)).or_default();
                            fails(exceptions, control, severity, now);
                        }
                    }
                }
            }
        }
        all.into_values().flatten().collect()
    }

    fn judged(&self, control: &str, look: &Look<'_>) -> Option<Judged> {
        let mut judged = Judged { failing: BTreeMap::new(), conforming: BTreeSet::new(), complete: true };
        let mut put = |subject: String, conforms: bool, severity| {
            if conforms {
                judged.conforming.insert(subject);
            } else {
                judged.failing.insert(subject, severity);
            }
        };
        match control {
            ADMINS => {
                for account in look.day.accounts.iter().filter(|it| it.admin) {
                    put(account.id.to_owned(), account.enrolled, "critical");
                }
                judged.complete = look.run.trouble != Some(Trouble::Accounts);
            }
            DEFAULT_DENY if look.run.trouble == Some(Trouble::Firewall) => judged.complete = false,
            DEFAULT_DENY => put("input".to_owned(), look.day.default_deny, "high"),
            "CC6.2-access-review" | "CC6.6-firewall-review" if !look.run.of_ledger => return None,
            "CC6.2-access-review" | "CC6.6-firewall-review" => {
                let (kind, severity) = match control {
                    "CC6.2-access-review" => (Kind::Access, "high"),
                    _ => (Kind::Firewall, "medium"),
                };
                let begun = self.looks.first().map(|first| first.run.at);
                let ended =
                    |(_, end): &(Minute, Minute)| *end <= look.run.at && begun.is_some_and(|begun| begun < *end);
                for (start, end) in self.windows_of(Often::Quarterly).into_iter().filter(ended) {
                    let mut reviews = self.plan.days.iter().flat_map(|day| &day.reviews);
                    let closed =
                        reviews.any(|it| it.kind == kind && it.act == Act::Close && start <= it.at && it.at < end);
                    put(start.to_string(), closed, severity);
                }
            }
            "P5.1-subject-requests" => {
                let now = look.run.at;
                for request in look_back(self, now).filter(|it| it.received <= now && now - 120 * DAY <= it.received) {
                    let due = request.received + 30 * DAY;
                    let (conforms, severity) = match request.answered.filter(|at| *at <= now) {
                        Some(answered) => (answered <= due, "medium"),
                        None => (now <= due, "high"),
                    };
                    put(request.received.to_string(), conforms, severity);
                }
            }
            _ => {
                let shown = self.shown(control, look)?;
                // Of a scan, a restore or an exercise the subject is what is scanned, restored or exercised.
                let severity = match control {
                    "A1.2-backup-daily" | "CC7.1-vulnerability-scan" | "PI1.3-job-balance" => "high",
                    _ => "medium",
                };
                let by_item =
                    ["A1.3-recovery-exercised", "A1.3-restore-test", "CC7.1-vulnerability-scan"].contains(&control);
                for event in shown.events {
                    let subject = if by_item { event.item } else { format!("{} {}", event.item, event.at) };
                    put(subject, event.conforms, severity);
                }
                judged.complete = shown.complete;
            }
        }
        Some(judged)
    }
}

fn look_back<'s>(slow: &'s Slow<'_>, now: Minute) -> impl Iterator<Item = &'s super::super::plan::Request> {
    slow.plan.days.iter().filter(move |day| at(day.date, 0, 0) <= now).flat_map(|day| &day.requests)
}

/// A subject fails at `now`: for the first time, still, or again.
fn fails(exceptions: &mut Vec<Exception>, control: &'static str, severity: &'static str, now: Minute) {
    let before = match exceptions.last_mut() {
        Some(last) => match last.closed {
            None => return,
            Some((closed, _)) if now - closed <= 30 * DAY => {
                last.closed = None;
                last.again.push(now);
                return;
            }
            Some(_) => Some(last.since),
        },
        None => None,
    };
    let days = match severity {
        "critical" | "high" => 30,
        "medium" => 60,
        _ => 90,
    };
    exceptions.push(Exception {
        control,
        severity,
        since: now,
        due: after(date_of(now), days),
        again: Vec::new(),
        after: before,
        closed: None,
        planned: 0,
        corrected: 0,
    });
}
