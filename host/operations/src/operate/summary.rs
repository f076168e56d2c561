//! Operations in sum: the result of a control, and how many there were.

use crate::result::{OperatedOutcome, Operation, Timeliness, Totals};

/// Which of several results of a control counts: the lowest.
fn rank(result: OperatedOutcome) -> u8 {
    match result {
        OperatedOutcome::Fail => 0,
        OperatedOutcome::Missed => 1,
        OperatedOutcome::NotEvidenced => 2,
        OperatedOutcome::OutsidePeriod => 3,
        OperatedOutcome::Pass => 4,
        OperatedOutcome::NoOccurrence => 5,
        OperatedOutcome::Open => 6,
    }
}

/// The result of a control: pass only where nothing else is but what is open, or did not occur. Nothing of no results.
pub(super) fn result(results: impl Iterator<Item = OperatedOutcome>) -> Option<OperatedOutcome> {
    results.min_by_key(|it| rank(*it))
}

/// How many there were.
pub(super) fn totals(operations: &[Operation]) -> Totals {
    let mut totals = Totals::default();
    for operation in operations {
        totals.expected += 1;
        let count = match operation.result {
            OperatedOutcome::Pass => &mut totals.pass,
            OperatedOutcome::Fail => &mut totals.fail,
            OperatedOutcome::Missed => &mut totals.missed,
            OperatedOutcome::NotEvidenced => &mut totals.not_evidenced,
            OperatedOutcome::NoOccurrence => &mut totals.no_occurrence,
            OperatedOutcome::OutsidePeriod => &mut totals.outside_period,
            OperatedOutcome::Open => &mut totals.open,
        };
        *count += 1;
        totals.late += u64::from(operation.timeliness == Some(Timeliness::Late));
        totals.exceptions += operation.exceptions;
        totals.population += operation.population;
    }
    totals
}
