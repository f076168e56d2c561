//! One sorted view of a sealed run, from which every format is written.

use std::collections::BTreeMap;
use std::fmt;

use tickmark_ledger::{SealedEvidence, SealedFinding, SealedRun};
use tickmark_model::Outcome;
use tickmark_operations::{Covered, WaiversInForce};

/// A sealed run with its totals.
#[derive(Debug)]
pub struct View<'a> {
    run: &'a SealedRun,
    criteria: BTreeMap<&'a str, Tally>,
    tally: Tally,
    /// Of each finding, what waivers cover of it.
    covered: Vec<Covered<'a>>,
}

/// How many findings had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Every subject conforms.
    pub pass: u64,
    /// At least one exception.
    pub fail: u64,
    /// In doubt.
    pub inconclusive: u64,
    /// Those about events, of which there were none.
    pub no_occurrence: u64,
}

impl<'a> View<'a> {
    /// The view of `run`, with the waivers that are in force as of it.
    #[must_use]
    pub fn new(run: &'a SealedRun, waivers: &'a WaiversInForce) -> Self {
        let (mut tally, mut criteria) = (Tally::default(), BTreeMap::<&str, Tally>::new());
        for finding in run.findings() {
            let outcome = finding.finding().outcome;
            tally.add(outcome);
            for criterion in &finding.control().criteria {
                criteria.entry(criterion).or_default().add(outcome);
            }
        }
        let covered = run.findings().iter().map(|it| waivers.over(it.finding(), it.control().mode)).collect();
        Self { run, criteria, tally, covered }
    }

    /// The run itself.
    #[must_use]
    pub fn run(&self) -> &'a SealedRun {
        self.run
    }

    /// The findings, sorted by control and system.
    #[must_use]
    pub fn findings(&self) -> &'a [SealedFinding] {
        self.run.findings()
    }

    /// The findings, each with what waivers cover of it.
    pub(crate) fn covered_findings(&self) -> impl Iterator<Item = (&'a SealedFinding, &Covered<'a>)> {
        self.findings().iter().zip(&self.covered)
    }

    /// The collections, sorted by system and instance.
    #[must_use]
    pub fn evidence(&self) -> &'a [SealedEvidence] {
        self.run.evidence()
    }

    /// How many findings each criterion has; counts only, since no verdict on a criterion is ours to give.
    #[must_use]
    pub fn criteria(&self) -> &BTreeMap<&'a str, Tally> {
        &self.criteria
    }

    /// How many findings there are.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Over all findings: fail before inconclusive before pass, and inconclusive where nothing was judged.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.findings().iter().map(|it| it.finding().outcome);
        outcomes.reduce(Outcome::worst).unwrap_or(Outcome::Inconclusive)
    }
}

impl Tally {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::Fail => self.fail += 1,
            Outcome::Inconclusive => self.inconclusive += 1,
            Outcome::NoOccurrence => self.no_occurrence += 1,
        }
    }
}

/// Those that are not zero, such as `2 pass, 1 fail`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.pass, "pass"),
            (self.fail, "fail"),
            (self.inconclusive, "inconclusive"),
            (self.no_occurrence, "no-occurrence"),
        ];
        let mut separator = "";
        for (count, word) in words.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{separator}{count} {word}")?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str("nothing judged") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Case, sealed};

    #[test]
    fn nothing_judged_is_never_a_pass() {
        let (run, none) = (sealed(&[]), WaiversInForce::default());
        let view = View::new(&run, &none);
        assert_eq!((view.outcome(), view.tally().to_string().as_str()), (Outcome::Inconclusive, "nothing judged"));
    }

    #[test]
    fn the_worst_outcome_is_the_runs() {
        let check = |cases: &[Case]| View::new(&sealed(cases), &WaiversInForce::default()).outcome();
        assert_eq!(check(&[Case::Pass]), Outcome::Pass);
        assert_eq!(check(&[Case::Pass, Case::NotCollected]), Outcome::Inconclusive);
        assert_eq!(check(&[Case::Fail, Case::NotCollected, Case::Pass]), Outcome::Fail);
    }

    #[test]
    fn criteria_have_counts_only() {
        let run = sealed(&[Case::Pass, Case::Fail, Case::NotCollected]);
        let none = WaiversInForce::default();
        let view = View::new(&run, &none);
        let lines: Vec<String> = view.criteria().iter().map(|(id, tally)| format!("{id} {tally}")).collect();
        assert_eq!(lines, ["A1.2 1 inconclusive", "CC6.1 1 pass, 1 fail", "CC6.6 1 fail"]);
    }
}
