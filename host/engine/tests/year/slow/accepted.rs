//! Exceptions that somebody accepted, from the plan.
//!
//! By the rules: a waiver covers what is seen from when it is recorded until the end of its last day, or until somebody ends it; of
//! its control, and of its subjects where it names some. What it covers counts as before.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::calendar::{Minute, date_of};
use super::super::plan::{Saying, Scope, Waiver};
use super::super::site::ADMINS;
use super::{Numbers, Slow};

/// A waiver with when it was recorded, and when somebody ended it.
pub struct Accepted {
    pub waiver: Waiver,
    recorded: Minute,
    ended: Option<Minute>,
}

impl Accepted {
    fn covers(&self, subject: &str, seen: Minute) -> bool {
        let Waiver { subjects, from, until, .. } = self.waiver;
        let day = date_of(seen);
        let lasts = self.recorded <= seen && self.ended.is_none_or(|ended| seen < ended) && from <= day && day <= until;
        lasts && (subjects.is_empty() || subjects.contains(&subject))
    }

    /// The last day that it was in force.
    pub fn last(&self) -> NaiveDate {
        self.ended.map_or(self.waiver.until, |ended| self.waiver.until.min(date_of(ended)))
    }
}

impl Numbers {
    /// Of the operations that were due, those that deviate: what is waived is among them.
    pub fn rate(&self) -> (u64, u64) {
        let deviating = self.fail + self.missed + self.not_evidenced;
        (deviating, deviating + self.pass)
    }
}

impl Slow<'_> {
    /// All waivers, in the order in which they were recorded.
    pub fn accepted(&self) -> Vec<Accepted> {
        let mut all: Vec<Accepted> = Vec::new();
        for said in self.plan.days.iter().flat_map(|day| &day.said) {
            match said.what {
                Saying::Waive(waiver) => all.push(Accepted { waiver, recorded: said.at, ended: None }),
                Saying::Expire(control) => {
                    let last = all.iter_mut().rfind(|it| it.waiver.control == control).unwrap();
                    last.ended = Some(said.at);
                }
                Saying::Plan(_) | Saying::Correct(_) => {}
            }
        }
        all
    }

    /// The exceptions of a control in the period, by subject, and whether each was waived when it was seen.
    pub fn exceptions(&self, control: &str, (from, to): (Minute, Minute)) -> BTreeMap<String, bool> {
        let accepted = self.accepted();
        let waived = |subject: &str, seen: Minute| {
            accepted.iter().any(|it| it.waiver.control == control && it.covers(subject, seen))
        };
        let mut all: BTreeMap<String, bool> = BTreeMap::new();
        let looks = self.looks.iter().filter(|look| look.run.of == Scope::Production && look.run.as_of.is_none());
        if control == ADMINS {
            for look in looks.filter(|look| from <= look.run.at && look.run.at < to) {
                for account in look.day.accounts.iter().filter(|it| it.admin && !it.enrolled) {
                    *all.entry(account.id.to_owned()).or_default() |= waived(account.id, look.run.at);
                }
            }
            return all;
        }
        // What happened is seen by the look that is first to see it, and counts for the window that it happened in.
        let mut seen: BTreeMap<(String, Minute), (Minute, bool)> = BTreeMap::new();
        for look in looks {
            for event in self.shown(control, look).into_iter().flat_map(|shown| shown.events) {
                seen.entry((event.item, event.at)).or_insert((look.run.at, event.conforms));
            }
        }
        let windows = self.windows(control);
        for ((item, at), (look, conforms)) in seen {
            let counts =
                |&&(start, end, _): &&(Minute, Minute, Minute)| start <= at && at < end && from < end && end <= to;
            if !conforms && windows.iter().any(|it| counts(&it)) {
                let subject = format!("{item} {at}");
                let waived = waived(&subject, look);
                all.insert(subject, waived);
            }
        }
        all
    }
}
