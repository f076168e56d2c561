//! Process exit codes. A contract: a number is never reused.

use tickmark_ledger::SealedRun;
use tickmark_model::Outcome;
use tickmark_operations::WaiversInForce;

/// Every control in scope passed.
pub const PASS: u8 = 0;
/// Some control failed, with an exception that no waiver covers.
pub const FAIL: u8 = 1;
/// Could not run: usage, configuration or environment. (clap exits 2 too.)
pub const COULD_NOT_RUN: u8 = 2;
/// Nothing failed, but something is inconclusive or nothing was in scope.
pub const INCONCLUSIVE: u8 = 3;
/// The ledger does not verify. Outranks all others.
pub const LEDGER_BROKEN: u8 = 4;

/// The exit code of a run. A run without findings evaluated nothing, and that is never a pass. A failing finding whose every
/// exception a waiver covers fails no run; where something else about it is in doubt, it is in doubt.
#[must_use]
pub fn code(run: &SealedRun, waivers: &WaiversInForce) -> u8 {
    let outcomes = run.findings().iter().map(|it| waivers.over(it.finding(), it.control().mode).at_the_gate());
    of(outcomes)
}

/// The exit code of these outcomes.
fn of(outcomes: impl Iterator<Item = Outcome>) -> u8 {
    match outcomes.reduce(Outcome::worst) {
        Some(Outcome::Fail) => FAIL,
        Some(Outcome::Pass) => PASS,
        // Where nothing happened at all, nothing was evaluated either.
        Some(Outcome::Inconclusive | Outcome::NoOccurrence) | None => INCONCLUSIVE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Fail, Inconclusive, NoOccurrence, Pass};

    fn check(outcomes: &[Outcome], expected: u8) {
        assert_eq!(of(outcomes.iter().copied()), expected, "{outcomes:?}");
    }

    #[test]
    fn only_passes_end_well_and_nothing_evaluated_is_none() {
        check(&[Pass, Pass], PASS);
        check(&[Pass, Inconclusive], INCONCLUSIVE);
        check(&[Pass, Inconclusive, Fail], FAIL);
        check(&[], INCONCLUSIVE);
    }

    /// It is neither a pass nor in doubt, so the others decide. Where there is no other, nothing was evaluated.
    #[test]
    fn that_nothing_happened_is_no_reason_to_doubt_what_else_passes() {
        check(&[Pass, NoOccurrence], PASS);
        check(&[NoOccurrence, Pass, NoOccurrence], PASS);
        check(&[NoOccurrence, Inconclusive], INCONCLUSIVE);
        check(&[NoOccurrence, Fail], FAIL);
        check(&[NoOccurrence], INCONCLUSIVE);
    }
}
