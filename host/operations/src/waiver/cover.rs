//! Which exceptions of a finding waivers cover, and what the finding is to whoever waits for it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use tickmark_model::{Finding, Instant, Mode, Outcome, Subject};

/// A waiver as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The record that began it, such as `waiver/12`.
    pub id: String,
    /// That record's index.
    pub record: u64,
    /// When the ledger took its approval; before, it covers nothing.
    pub recorded_at: Instant,
    /// When somebody ended it before its day.
    pub ended_at: Option<Instant>,
    /// The control's id.
    pub control: String,
    /// The system, where it is about one only.
    pub system: Option<String>,
    /// The only subjects that it is about; empty for all.
    pub subjects: BTreeSet<WaivedSubject>,
    /// The first day, inclusive.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub until: NaiveDate,
    /// Who asked for it, as they say.
    pub requested_by: String,
    /// Who approved it, as they say.
    pub approved_by: String,
    /// Why.
    pub reason: String,
    /// Whether both signed with keys of their own.
    pub signed: bool,
}

/// A subject that a waiver names: whichever collector observes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaivedSubject {
    /// Its kind, such as `Mfa::User`.
    pub kind: String,
    /// Its id within the kind.
    pub id: String,
}

impl Waiver {
    /// Whether it is in force at `at`, an instant of the day `day`.
    #[must_use]
    pub fn in_force(&self, at: Instant, day: NaiveDate) -> bool {
        let ended = self.ended_at.is_some_and(|ended| ended <= at);
        self.recorded_at <= at && !ended && (self.from..=self.until).contains(&day)
    }

    /// Whether it is about some exception of this control on this system.
    #[must_use]
    pub fn is_of(&self, control: &str, system: &str) -> bool {
        self.control == control && self.system.as_ref().is_none_or(|it| it == system)
    }

    /// Whether it is about `subject`, of a control in `mode`. What a population comes to is not one subject's: only a waiver
    /// without subjects is about it.
    #[must_use]
    pub fn is_about(&self, subject: &Subject, mode: Mode) -> bool {
        if self.subjects.is_empty() {
            return true;
        }
        let names = |it: &WaivedSubject| it.kind == subject.kind && it.id == subject.id;
        mode == Mode::Subject && self.subjects.iter().any(names)
    }
}

/// The waivers that are in force at one instant, those that last longest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaiversInForce(Vec<Waiver>);

/// The exceptions of one finding with the waivers that cover them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered<'w> {
    /// Of each exception, in the finding's order, the waiver that covers it.
    pub by: Vec<Option<&'w Waiver>>,
    failing: bool,
    in_doubt: bool,
    outcome: Outcome,
}

impl WaiversInForce {
    /// Those of `waivers` that are in force at `at`, an instant of the day `day`.
    #[must_use]
    pub fn new(waivers: impl IntoIterator<Item = Waiver>, at: Instant, day: NaiveDate) -> Self {
        let mut in_force: Vec<Waiver> = waivers.into_iter().filter(|it| it.in_force(at, day)).collect();
        in_force.sort_by_key(|it| (std::cmp::Reverse(it.until), it.record));
        Self(in_force)
    }

    /// What they cover of `finding`, a control in `mode`. Of several, the one that lasts longest is named, of those the one that
    /// was recorded first.
    #[must_use]
    pub fn over(&self, finding: &Finding, mode: Mode) -> Covered<'_> {
        let here: Vec<&Waiver> = self.0.iter().filter(|it| it.is_of(&finding.control, &finding.system)).collect();
        let of = |subject| here.iter().find(|it| it.is_about(subject, mode)).copied();
        Covered {
            by: finding.exceptions.iter().map(|exception| of(&exception.subject)).collect(),
            failing: finding.outcome == Outcome::Fail,
            in_doubt: !finding.reasons.is_empty() || !finding.undecided.is_empty(),
            outcome: finding.outcome,
        }
    }
}

impl Covered<'_> {
    /// Whether the finding fails and every exception of it is covered.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.failing && !self.by.is_empty() && self.by.iter().all(Option::is_some)
    }

    /// What the finding is at a gate: as a pass where it fails and all of it is covered, and in doubt where something else about
    /// it is. Everything else is what it is.
    #[must_use]
    pub fn at_the_gate(&self) -> Outcome {
        match (self.whole(), self.in_doubt) {
            (false, _) => self.outcome,
            (true, false) => Outcome::Pass,
            (true, true) => Outcome::Inconclusive,
        }
    }
}

#[cfg(test)]
mod tests {
    use tickmark_model::{Counts, Exception, Reason, ReasonCode, parse_instant};

    use super::*;

    fn at(text: &str) -> Instant {
        parse_instant(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn waiver(record: u64, subjects: &[&str]) -> Waiver {
        let subject = |id: &&str| WaivedSubject { kind: "Mfa::User".to_owned(), id: (*id).to_owned() };
        Waiver {
            id: format!("waiver/{record}"),
            record,
            recorded_at: at("2026-03-01T12:00:00Z"),
            ended_at: None,
            control: "CC6.3-mfa".to_owned(),
            system: None,
            subjects: subjects.iter().map(subject).collect(),
            from: day("2026-03-01"),
            until: day("2026-03-31"),
            requested_by: "ada".to_owned(),
            approved_by: "boris".to_owned(),
            reason: "why".to_owned(),
            signed: false,
        }
    }

    fn finding(outcome: Outcome, subjects: &[&str]) -> Finding {
        let exception = |id: &&str| Exception {
            name: None,
            policies: Vec::new(),
            receipts: Vec::new(),
            subject: Subject { collector: "mfa".into(), id: (*id).into(), kind: "Mfa::User".into() },
        };
        let exceptions: Vec<Exception> = subjects.iter().map(exception).collect();
        let failing = exceptions.len() as u64;
        let counts = Counts { conforming: 1, exceptions: failing, excluded: 0, in_scope: failing + 1, undecided: 0 };
        Finding {
            as_of: at("2026-03-10"),
            control: "CC6.3-mfa".to_owned(),
            counts,
            exceptions,
            happened: Vec::new(),
            outcome,
            reasons: Vec::new(),
            system: "web".to_owned(),
            undecided: Vec::new(),
        }
    }

    fn check(waivers: &[Waiver], finding: &Finding, mode: Mode) -> (Vec<Option<u64>>, Outcome) {
        let in_force = WaiversInForce::new(waivers.to_vec(), at("2026-03-10T09:00:00Z"), day("2026-03-10"));
        let covered = in_force.over(finding, mode);
        (covered.by.iter().map(|it| it.map(|it| it.record)).collect(), covered.at_the_gate())
    }

    #[test]
    fn a_finding_fails_at_the_gate_while_one_exception_has_no_waiver() {
        let two = finding(Outcome::Fail, &["1", "2"]);
        assert_eq!(check(&[], &two, Mode::Subject), (vec![None, None], Outcome::Fail));
        assert_eq!(check(&[waiver(4, &["1"])], &two, Mode::Subject), (vec![Some(4), None], Outcome::Fail));
        let both = [waiver(4, &["1"]), waiver(5, &["2"])];
        assert_eq!(check(&both, &two, Mode::Subject), (vec![Some(4), Some(5)], Outcome::Pass));
        assert_eq!(check(&[waiver(6, &[])], &two, Mode::Subject), (vec![Some(6), Some(6)], Outcome::Pass));
    }

    #[test]
    fn a_waiver_is_about_its_control_system_and_subjects_only() {
        let one = finding(Outcome::Fail, &["1"]);
        let other = |change: &dyn Fn(&mut Waiver)| {
            let mut waiver = waiver(4, &["1"]);
            change(&mut waiver);
            check(&[waiver], &one, Mode::Subject).1
        };
        assert_eq!(other(&|it| it.system = Some("web".to_owned())), Outcome::Pass);
        assert_eq!(other(&|it| it.system = Some("db".to_owned())), Outcome::Fail);
        assert_eq!(other(&|it| it.control = "CC6.6-rules".to_owned()), Outcome::Fail);
        let named = |kind: &str, id: &str| BTreeSet::from([WaivedSubject { kind: kind.to_owned(), id: id.to_owned() }]);
        assert_eq!(other(&|it| it.subjects = named("Mfa::User", "11")), Outcome::Fail);
        assert_eq!(other(&|it| it.subjects = named("Backup::Job", "1")), Outcome::Fail);
    }

    #[test]
    fn a_waiver_covers_from_when_it_is_recorded_until_the_end_of_its_last_day() {
        let one = finding(Outcome::Fail, &["1"]);
        let check = |waiver: &Waiver, at_text: &str| {
            let day = day(at_text.split('T').next().unwrap());
            WaiversInForce::new([waiver.clone()], at(at_text), day).over(&one, Mode::Subject).whole()
        };
        let waiver = waiver(4, &[]);
        assert!(!check(&waiver, "2026-03-01T11:59:59Z"));
        assert!(check(&waiver, "2026-03-01T12:00:00Z"));
        assert!(check(&waiver, "2026-03-31T23:59:59Z"));
        assert!(!check(&waiver, "2026-04-01T00:00:00Z"));
        let ended = Waiver { ended_at: Some(at("2026-03-10T09:00:00Z")), ..waiver };
        assert!(check(&ended, "2026-03-10T08:59:59Z"));
        assert!(!check(&ended, "2026-03-10T09:00:00Z"));
    }

    #[test]
    fn a_population_mode_finding_is_waived_only_whole() {
        let one = finding(Outcome::Fail, &["1"]);
        assert_eq!(check(&[waiver(4, &["1"])], &one, Mode::Population), (vec![None], Outcome::Fail));
        assert_eq!(check(&[waiver(4, &[])], &one, Mode::Population), (vec![Some(4)], Outcome::Pass));
    }

    #[test]
    fn an_inconclusive_finding_cannot_be_waived() {
        let waivers = [waiver(4, &[])];
        assert_eq!(check(&waivers, &finding(Outcome::Inconclusive, &[]), Mode::Subject).1, Outcome::Inconclusive);
        let why = Reason { code: ReasonCode("population-incomplete".into()), detail: "half of it".into() };
        let doubtful = Finding { reasons: vec![why], ..finding(Outcome::Fail, &["1"]) };
        assert_eq!(check(&waivers, &doubtful, Mode::Subject).1, Outcome::Inconclusive);
        assert_eq!(check(&[], &doubtful, Mode::Subject).1, Outcome::Fail);
    }

    #[test]
    fn the_waiver_that_lasts_longest_is_named() {
        let one = finding(Outcome::Fail, &["1"]);
        let longer = Waiver { until: day("2026-04-30"), ..waiver(9, &[]) };
        assert_eq!(check(&[waiver(4, &["1"]), longer, waiver(3, &[])], &one, Mode::Subject).0, [Some(9)]);
        assert_eq!(check(&[waiver(4, &["1"]), waiver(3, &[])], &one, Mode::Subject).0, [Some(3)]);
    }
}
