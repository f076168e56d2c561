//! What is asked for, and everything that is wrong with it.

use chrono::NaiveDate;
use tickmark_model::same_person;

/// Most days that a waiver lasts, the first and the last one included.
pub const WAIVER_DAYS: i64 = 365;

/// Longest reason, in bytes.
const REASON_BYTES: usize = 4_096;

/// A waiver that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedWaiver {
    /// Who approves it, as they say; nothing where that comes later.
    pub approved_by: Option<String>,
    /// Who answers for the control.
    pub control_owner: String,
    /// The first day, inclusive.
    pub from: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who asks for it, as they say.
    pub requested_by: String,
    /// The last day, inclusive.
    pub until: NaiveDate,
}

/// One thing that is wrong with what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum WaiverProblem {
    #[error("{what} has no name")]
    Nameless { what: &'static str },
    #[error("{first} and {second} are both `{name}`, expected two people")]
    SamePerson { name: String, first: &'static str, second: &'static str },
    #[error("it starts on {from}, before {today}, the day it is recorded")]
    StartsBeforeRecorded { from: NaiveDate, today: NaiveDate },
    #[error("it ends on {until}, before it starts on {from}")]
    EndsBeforeStart { from: NaiveDate, until: NaiveDate },
    #[error("it lasts {days} days, from {from} to {until}; at most {WAIVER_DAYS} are possible")]
    TooLong { from: NaiveDate, until: NaiveDate, days: i64 },
    #[error("it has no reason")]
    NoReason,
    #[error("its reason has {bytes} bytes, at most {REASON_BYTES} can be kept")]
    LongReason { bytes: usize },
}

impl AskedWaiver {
    /// Everything that is wrong with it when it is recorded on `today`; nothing where it can be.
    #[must_use]
    pub fn problems(&self, today: NaiveDate) -> Vec<WaiverProblem> {
        let Self { approved_by, control_owner, from, reason, requested_by, until } = self;
        let (from, until) = (*from, *until);
        let mut problems = Vec::new();
        let requester = ("the requester", requested_by);
        let approver = approved_by.as_ref().map(|name| ("the approver", name));
        let owner = ("the control's owner", control_owner);
        for (what, name) in [Some(requester), approver].into_iter().flatten() {
            if name.trim().is_empty() {
                problems.push(WaiverProblem::Nameless { what });
            }
        }
        let pairs = [approver.map(|it| (requester, it)), Some((requester, owner)), approver.map(|it| (it, owner))];
        for ((first, name), (second, other)) in pairs.into_iter().flatten() {
            if same_person(name, other) {
                problems.push(WaiverProblem::SamePerson { name: name.trim().to_owned(), first, second });
            }
        }
        if from < today {
            problems.push(WaiverProblem::StartsBeforeRecorded { from, today });
        }
        let days = (until - from).num_days() + 1;
        if until < from {
            problems.push(WaiverProblem::EndsBeforeStart { from, until });
        } else if days > WAIVER_DAYS {
            problems.push(WaiverProblem::TooLong { from, until, days });
        }
        if reason.trim().is_empty() {
            problems.push(WaiverProblem::NoReason);
        } else if reason.len() > REASON_BYTES {
            problems.push(WaiverProblem::LongReason { bytes: reason.len() });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(requested_by: &str, approved_by: &str, from: &str, until: &str) -> AskedWaiver {
        AskedWaiver {
            approved_by: Some(approved_by.to_owned()),
            control_owner: "Security".to_owned(),
            from: from.parse().unwrap(),
            reason: "the token arrives in May".to_owned(),
            requested_by: requested_by.to_owned(),
            until: until.parse().unwrap(),
        }
    }

    #[track_caller]
    fn check(asked: &AskedWaiver, expected: &[&str]) {
        let problems = asked.problems("2026-03-01".parse().unwrap());
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn approver_requester_and_control_owner_differ() {
        check(&asked("ada", "boris", "2026-03-01", "2026-03-02"), &[]);
        check(
            &asked("ada", " ADA", "2026-03-01", "2026-03-02"),
            &["the requester and the approver are both `ada`, expected two people"],
        );
        check(
            &asked("security", "boris", "2026-03-01", "2026-03-02"),
            &["the requester and the control's owner are both `security`, expected two people"],
        );
        check(
            &asked("ada", "Security", "2026-03-01", "2026-03-02"),
            &["the approver and the control's owner are both `Security`, expected two people"],
        );
        check(&asked("", "boris", "2026-03-01", "2026-03-02"), &["the requester has no name"]);
    }

    #[test]
    fn a_waiver_starts_not_before_it_is_recorded() {
        check(&asked("ada", "boris", "2026-03-01", "2026-03-01"), &[]);
        check(
            &asked("ada", "boris", "2026-02-28", "2026-03-01"),
            &["it starts on 2026-02-28, before 2026-03-01, the day it is recorded"],
        );
    }

    #[test]
    fn a_waiver_lasts_at_most_365_days() {
        check(&asked("ada", "boris", "2026-03-01", "2027-02-28"), &[]);
        check(
            &asked("ada", "boris", "2026-03-01", "2027-03-01"),
            &["it lasts 366 days, from 2026-03-01 to 2027-03-01; at most 365 are possible"],
        );
        check(
            &asked("ada", "boris", "2026-03-02", "2026-03-01"),
            &["it ends on 2026-03-01, before it starts on 2026-03-02"],
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let all = AskedWaiver { reason: " ".to_owned(), ..asked("ada", "ada", "2026-01-01", "2028-01-01") };
        check(
            &all,
            &[
                "the requester and the approver are both `ada`, expected two people",
                "it starts on 2026-01-01, before 2026-03-01, the day it is recorded",
                "it lasts 731 days, from 2026-01-01 to 2028-01-01; at most 365 are possible",
                "it has no reason",
            ],
        );
        let long = AskedWaiver { reason: "x".repeat(4_097), ..asked("ada", "boris", "2026-03-01", "2026-03-02") };
        check(&long, &["its reason has 4097 bytes, at most 4096 can be kept"]);
    }
}
