//! Whose controls a criterion rests on: vendors that were carved out of the description of the system.
//!
//! **Absent on purpose:** whether their controls operated. That stands in their own reports.

use std::collections::BTreeSet;

use serde::Serialize;
use tickmark_ledger::Kind;
use tickmark_model::{Criterion, Instant};

use super::given::InForceGiven;
use super::type2::Scope;

/// A vendor that a matrix in force carves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarvedOut {
    /// What records call it.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// The criteria that its controls are relied on for.
    pub criteria: Vec<String>,
    /// What the company itself has to do so that they work.
    pub complementary_controls: Vec<String>,
}

/// That a criterion rests on the controls of a vendor, and how long it was so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarvedOutLine {
    /// Such as `CC6.4`.
    pub criterion: String,
    /// What records call the vendor.
    pub vendor: String,
    /// What people call it.
    pub name: String,
    /// What the company itself has to do so that the vendor's controls work.
    pub complementary_controls: Vec<String>,
    /// From when it was in force.
    pub from: Instant,
    /// When it ceased to be; nothing where it still was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// The first record that says so.
    pub record: String,
}

impl CarvedOutLine {
    /// Whether it is the same that `vendor` says of the same criterion.
    fn says(&self, criterion: &str, vendor: &CarvedOut) -> bool {
        self.criterion == criterion
            && self.vendor == vendor.vendor
            && self.name == vendor.name
            && self.complementary_controls == vendor.complementary_controls
    }
}

/// What the matrices say, which are in the order of the log, of criteria in scope: by criterion in the order of the standard, then
/// by vendor, then by time. What says the same from one matrix to the next is one line.
pub(super) fn carved_out<'a>(
    matrices: impl IntoIterator<Item = &'a InForceGiven>,
    criteria: &[Criterion],
    scope: &Scope<'_>,
) -> Vec<CarvedOutLine> {
    let mut lines: Vec<CarvedOutLine> = Vec::new();
    for matrix in matrices {
        let says = |line: &CarvedOutLine| {
            let rests = |it: &&CarvedOut| it.criteria.contains(&line.criterion) && line.says(&line.criterion, it);
            matrix.carved_out.iter().any(|it| rests(&it))
        };
        for line in lines.iter_mut().filter(|line| line.until.is_none()) {
            line.until = (!says(line)).then_some(matrix.from);
        }
        for criterion in criteria.iter().filter(|it| scope.has_category(it.category)) {
            for vendor in matrix.carved_out.iter().filter(|it| it.criteria.contains(&criterion.id)) {
                if lines.iter().any(|line| line.until.is_none() && line.says(&criterion.id, vendor)) {
                    continue;
                }
                lines.push(CarvedOutLine {
                    criterion: criterion.id.clone(),
                    vendor: vendor.vendor.clone(),
                    name: vendor.name.clone(),
                    complementary_controls: vendor.complementary_controls.clone(),
                    from: matrix.from,
                    until: None,
                    record: Kind::Matrix.id(matrix.record),
                });
            }
        }
    }
    let place = |line: &CarvedOutLine| criteria.iter().position(|it| it.id == line.criterion);
    lines.sort_by(|a, b| (place(a), &a.vendor, a.from).cmp(&(place(b), &b.vendor, b.from)));
    lines
}

/// How many vendors a criterion rests on.
pub(super) fn vendors_of(criterion: &str, lines: &[CarvedOutLine]) -> u64 {
    let vendors = lines.iter().filter(|line| line.criterion == criterion).map(|line| line.vendor.as_str());
    vendors.collect::<BTreeSet<&str>>().len() as u64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, given, given_type1, hosting};
    use super::super::{Summary, Type1, Type2};
    use super::*;

    fn said(lines: &[CarvedOutLine]) -> Vec<String> {
        let line = |it: &CarvedOutLine| {
            let until = it.until.map_or("on".to_owned(), |until| until.to_string());
            format!("{} {} {} to {until}, {}", it.criterion, it.vendor, it.from, it.record)
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_criterion_shows_whose_controls_are_relied_on_as_it_was_in_force() {
        let report = Type2::new(given());
        assert_eq!(
            said(&report.carved_out),
            [
                "CC6.1 hosting 2026-07-01T00:00:00Z to 2026-09-26T20:00:00Z, matrix/3",
                "CC6.6 hosting 2026-07-01T00:00:00Z to on, matrix/3",
                "CC6.6 mail 2026-09-26T20:00:00Z to on, matrix/22",
            ]
        );
        let of = |id: &str| report.criteria.iter().find(|it| it.id == id).unwrap().carved_out_vendors;
        assert_eq!([of("CC1.1"), of("CC6.1"), of("CC6.6")], [0, 1, 2]);
        let public = Summary::new(&report);
        assert_eq!(public.criteria.iter().map(|it| it.carved_out_vendors).collect::<Vec<_>>(), [0, 1, 2, 0, 0]);
        // At an instant it is what was in force then, and nothing of before.
        let report = Type1::new(&given_type1());
        assert_eq!(
            said(&report.carved_out),
            ["CC6.6 hosting 2026-09-26T20:00:00Z to on, matrix/22", "CC6.6 mail 2026-09-26T20:00:00Z to on, matrix/22",]
        );
    }

    #[test]
    fn other_words_of_the_own_part_are_another_line() {
        let mut given = given();
        given.matrices[1].carved_out = vec![CarvedOut { complementary_controls: vec![], ..hosting() }];
        let report = Type2::new(given);
        let found: Vec<(&str, usize)> =
            report.carved_out.iter().map(|it| (it.criterion.as_str(), it.complementary_controls.len())).collect();
        assert_eq!(found, [("CC6.1", 1), ("CC6.1", 0), ("CC6.6", 1), ("CC6.6", 0)]);
    }

    #[test]
    fn what_ended_before_the_period_or_came_after_it_is_not_shown() {
        let mut given = given();
        given.interval.from = at("2026-09-27T00:00:00Z");
        assert!(said(&Type2::new(given.clone()).carved_out).iter().all(|line| !line.starts_with("CC6.1")));
        given.interval = super::super::testing::given().interval;
        given.interval.to = at("2026-09-26T20:00:00Z");
        assert_eq!(
            said(&Type2::new(given).carved_out),
            [
                "CC6.1 hosting 2026-07-01T00:00:00Z to on, matrix/3",
                "CC6.6 hosting 2026-07-01T00:00:00Z to on, matrix/3"
            ]
        );
    }
}
