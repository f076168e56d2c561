//! Section 5 of the rules: completeness.

mod support;

use support::*;
use tickmark_model::{Combine, Frequency, Operation as Kind};
use tickmark_operations::{OperatedOutcome, Terms};

#[test]
fn a_success_counts_only_from_a_complete_population() {
    for frequency in [Frequency::Monthly, Frequency::PerEvent] {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, frequency));
        let job = [good("a", "2026-01-05T10:00")];
        company.doubtful("2026-01-06T09:00", &job);
        company.source("2026-02-06T09:00", "2025-12-01", &[]);
        let operated = company.one("2026-01-01", "2026-01-31", "2026-02-11");
        assert_eq!(operated.operations[0].result, OperatedOutcome::NotEvidenced);
        assert_eq!(
            (operated.operations[0].records.len(), operated.operations[0].others.as_slice()),
            (0, [1].as_slice())
        );
        company.source("2026-02-07T09:00", "2025-12-01", &job);
        let operated = company.one("2026-01-01", "2026-01-31", "2026-02-11");
        assert_eq!(
            (operated.result, operated.operations[0].records.as_slice()),
            (OperatedOutcome::Pass, [3].as_slice())
        );
    }
}

#[test]
fn a_failure_counts_from_any_population() {
    for frequency in [Frequency::Monthly, Frequency::PerEvent] {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, frequency));
        company.doubtful("2026-01-06T09:00", &[bad("a", "2026-01-05T10:00")]);
        assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-11").result, OperatedOutcome::Fail);
    }
}

#[test]
fn a_source_that_does_not_say_what_it_covers_shows_no_absence() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Monthly));
    company.source("2026-02-06T09:00", "2025-12-01", &[]).covers = None;
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-11").result, OperatedOutcome::NotEvidenced);
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-02-06T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]).covers = None;
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-11").result, OperatedOutcome::NotEvidenced);
}

#[test]
fn a_quarterly_pull_of_a_source_that_forgets_leaves_a_gap() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    // The source keeps 80 days.
    company.source("2026-04-01", "2026-01-11", &[]);
    let operated = company.one("2026-01-01", "2026-03-31", "2026-04-02");
    assert_eq!(operated.result, OperatedOutcome::NotEvidenced);
    let gaps: Vec<_> = operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to)).collect();
    assert_eq!(gaps, [(at("2026-01-01"), at("2026-01-11"))]);
}

#[test]
fn nothing_in_scope_is_never_a_pass() {
    let each = Terms { combine: Combine::Each, ..terms(Kind::Event, Frequency::Monthly) };
    let mut company = Company::with("2026-01-01", each);
    company.source("2026-01-20T09:00", "2026-01-01", &[]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-11").result, OperatedOutcome::NotEvidenced);
    company.source("2026-02-06T09:00", "2026-01-01", &[]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-11").result, OperatedOutcome::Missed);
}
