//! How a vendor stands: whether its own report is recent enough, and whether somebody looked at it within a year.
//!
//! **Invariant:** the population is the inventory, so that a vendor without any report is an exception and not missing.
//! **Absent on purpose:** what the report says. People read it.

use chrono::{Months, NaiveDate};

/// Most days that neither the report nor a letter covers.
pub const UNCOVERED_DAYS: i64 = 90;

/// A vendor's own report as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledReport {
    /// The record that filed it.
    pub record: u64,
    /// The first day that it covers.
    pub from: NaiveDate,
    /// The last day that it covers.
    pub to: NaiveDate,
    /// The last day that a letter bridges to.
    pub bridged_until: Option<NaiveDate>,
}

/// How a vendor stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorStanding {
    /// The record of the report that counts: the one that covers the latest day, of those the last filed.
    pub report: Option<u64>,
    /// Days since the last day of that report.
    pub days_since_end: Option<i64>,
    /// The day by which somebody is to look at the vendor again.
    pub review_due: Option<NaiveDate>,
    /// What is wrong.
    pub exceptions: Vec<VendorException>,
}

/// One thing that is wrong with a vendor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum VendorException {
    #[error("no report of it was filed")]
    NoReport,
    #[error(
        "its report ended on {to}, {days} days ago, and no letter bridges them; at most {UNCOVERED_DAYS} are possible"
    )]
    ReportOld { to: NaiveDate, days: i64 },
    #[error("its letter bridges to {until}, {days} days ago; at most {UNCOVERED_DAYS} are possible")]
    LetterOld { until: NaiveDate, days: i64 },
    #[error("nobody reviewed it")]
    NeverReviewed,
    #[error("it was last reviewed on {last}, more than a year ago")]
    ReviewOld { last: NaiveDate },
}

impl VendorException {
    /// The word for it, such as `report-old`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoReport => "no-report",
            Self::ReportOld { .. } => "report-old",
            Self::LetterOld { .. } => "letter-old",
            Self::NeverReviewed => "never-reviewed",
            Self::ReviewOld { .. } => "review-old",
        }
    }
}

/// How a vendor with these reports, which was reviewed on these days, stands on `today`.
#[must_use]
pub fn vendor_standing(reports: &[FiledReport], reviewed: &[NaiveDate], today: NaiveDate) -> VendorStanding {
    let report = reports.iter().max_by_key(|it| (it.to, it.record));
    let mut exceptions = Vec::new();
    match report {
        None => exceptions.push(VendorException::NoReport),
        Some(FiledReport { to, bridged_until, .. }) => {
            let since = |day: NaiveDate| (today - day).num_days();
            match bridged_until.filter(|until| until > to) {
                None if since(*to) > UNCOVERED_DAYS => {
                    exceptions.push(VendorException::ReportOld { to: *to, days: since(*to) });
                }
                Some(until) if since(until) > UNCOVERED_DAYS => {
                    exceptions.push(VendorException::LetterOld { until, days: since(until) });
                }
                _ => {}
            }
        }
    }
    let last = reviewed.iter().max().copied();
    let review_due = last.and_then(|last| last.checked_add_months(Months::new(12)));
    match (last, review_due) {
        (None, _) => exceptions.push(VendorException::NeverReviewed),
        (Some(last), Some(due)) if today > due => exceptions.push(VendorException::ReviewOld { last }),
        _ => {}
    }
    VendorStanding {
        report: report.map(|it| it.record),
        days_since_end: report.map(|it| (today - it.to).num_days()),
        review_due,
        exceptions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn report(record: u64, to: &str, bridged_until: Option<&str>) -> FiledReport {
        FiledReport { record, from: day("2025-01-01"), to: day(to), bridged_until: bridged_until.map(day) }
    }

    #[track_caller]
    fn check(reports: &[FiledReport], reviewed: &[&str], today: &str, expected: &[&str]) {
        let reviewed: Vec<NaiveDate> = reviewed.iter().map(|it| day(it)).collect();
        let standing = vendor_standing(reports, &reviewed, day(today));
        assert_eq!(standing.exceptions.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn more_than_90_days_since_the_report_without_a_letter_is_an_exception() {
        let reports = [report(4, "2025-12-31", None)];
        check(&reports, &["2026-01-10"], "2026-03-31", &[]);
        check(
            &reports,
            &["2026-01-10"],
            "2026-04-01",
            &["its report ended on 2025-12-31, 91 days ago, and no letter bridges them; at most 90 are possible"],
        );
    }

    #[test]
    fn a_letter_bridges_until_its_own_day_and_90_more() {
        let reports = [report(4, "2025-12-31", Some("2026-03-31"))];
        check(&reports, &["2026-01-10"], "2026-06-29", &[]);
        check(
            &reports,
            &["2026-01-10"],
            "2026-06-30",
            &["its letter bridges to 2026-03-31, 91 days ago; at most 90 are possible"],
        );
    }

    #[test]
    fn a_vendor_of_the_inventory_without_a_report_is_an_exception() {
        check(&[], &["2026-01-10"], "2026-01-11", &["no report of it was filed"]);
    }

    #[test]
    fn every_vendor_is_reviewed_once_a_year() {
        let reports = [report(4, "2026-12-31", None)];
        check(&reports, &[], "2027-01-10", &["nobody reviewed it"]);
        check(&reports, &["2024-02-29", "2025-05-01", "2026-01-10"], "2027-01-10", &[]);
        check(&reports, &["2026-01-10"], "2027-01-11", &["it was last reviewed on 2026-01-10, more than a year ago"]);
        // The 29th of February is the 28th a year later.
        check(&[report(4, "2025-02-01", None)], &["2024-02-29"], "2025-02-28", &[]);
        check(
            &[report(4, "2025-02-01", None)],
            &["2024-02-29"],
            "2025-03-01",
            &["it was last reviewed on 2024-02-29, more than a year ago"],
        );
    }

    #[test]
    fn the_report_that_covers_the_latest_day_counts() {
        let reports = [report(4, "2025-12-31", None), report(9, "2025-06-30", None), report(7, "2025-12-31", None)];
        let standing = vendor_standing(&reports, &[], day("2026-01-31"));
        assert_eq!((standing.report, standing.days_since_end), (Some(7), Some(31)));
    }
}
