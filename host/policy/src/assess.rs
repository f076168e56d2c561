//! Judging one control on one system: one Cedar request for each subject, then the rules that make an outcome.
//!
//! A decided exception is a fail even where the population is incomplete or another subject could not be decided;
//! otherwise any doubt is inconclusive. A control on events without any, as a complete source shows, is neither a pass nor in
//! doubt. In population mode one more request about the counts decides alone.
//!
//! **Invariant:** an outcome is `pass` only where no reason for doubt was found and somebody was in scope.
//! **Invariant:** [`Policies::assess`] and [`Policies::assess_one_by_one`] give equal findings.

mod doubts;
mod group;
pub(crate) mod judge;
mod reading;
mod tally;
mod term;

use tickmark_model::{
    Collection, Control, Counts, Exception, Finding, Instant, Mode, Outcome, Reason, ReasonCode, Subject, System,
    Undecided,
};

use crate::compile::{Compiled, Policies};
use crate::entity::PopulationCounts;
use crate::schema::POPULATION;
use doubts::{Doubts, Source};
use judge::{Judge, Verdict};
use tally::Tally;

pub(crate) use doubts::fact_in;
pub(crate) use reading::Reading;

/// What a control is judged on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The audited system.
    pub system: &'a System,
    /// The runs on that system of all collectors that provide the control's fact; none where there is no such collector.
    pub collections: &'a [&'a Collection],
    /// The instant to judge at.
    pub as_of: Instant,
}

/// How to get from rows to verdicts. All ways give the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// One request for each subject.
    OneByOne,
    /// One request for each combination of values that the policies read.
    #[cfg_attr(not(test), expect(dead_code, reason = "alone it is what the tests compare"))]
    EqualValues,
    /// One request for each combination of truths of the comparisons in the policies.
    #[cfg_attr(not(test), expect(dead_code, reason = "alone it is what the tests compare"))]
    Truths,
    /// Equal values; truths where values hardly repeat.
    Fastest,
}

impl Policies {
    /// Judges `control` on what was collected. Subjects that the policies cannot tell apart share one Cedar request.
    #[must_use]
    pub fn assess(&self, control: &Control, input: Input<'_>) -> Finding {
        self.assess_by(Way::Fastest, control, &input)
    }

    /// As [`Policies::assess`], with one Cedar request for each subject, as replay does.
    #[must_use]
    pub fn assess_one_by_one(&self, control: &Control, input: Input<'_>) -> Finding {
        self.assess_by(Way::OneByOne, control, &input)
    }

    pub(crate) fn assess_by(&self, way: Way, control: &Control, input: &Input<'_>) -> Finding {
        match self.compiled(&control.id).filter(|compiled| compiled.control == *control) {
            Some(compiled) => assess(way, compiled, input),
            None => {
                let mut doubts = Doubts::default();
                doubts.add(ReasonCode::EVALUATION_ERROR, format!("control `{}` has no compiled policies", control.id));
                finding(control, input, Tally::default(), doubts, Outcome::Inconclusive)
            }
        }
    }
}

fn assess(way: Way, compiled: &Compiled, input: &Input<'_>) -> Finding {
    let control = &compiled.control;
    let mut doubts = Doubts::default();
    let sources = doubts::sources(compiled, input, &mut doubts);
    let mut tally = Tally::of(control);
    let judge = match Judge::new(compiled, input.system, input.as_of) {
        Ok(judge) => judge,
        Err(message) => {
            doubts.add(ReasonCode::EVALUATION_ERROR, message);
            return finding(control, input, tally, doubts, Outcome::Inconclusive);
        }
    };
    for source in &sources {
        group::judge(way, &judge, compiled, source, &mut tally);
    }
    doubts::scope(&sources, &tally.counts, &mut doubts);
    let failed = match control.mode {
        Mode::Subject => tally.counts.exceptions > 0,
        Mode::Population => population(compiled, &judge, &sources, &mut tally, &mut doubts),
    };
    let outcome = match (failed, doubts.is_empty()) {
        (true, _) => Outcome::Fail,
        (false, false) => Outcome::Inconclusive,
        (false, true) if tally.counts.in_scope > 0 => Outcome::Pass,
        (false, true) if doubts.is_uneventful() => Outcome::NoOccurrence,
        (false, true) => Outcome::Inconclusive,
    };
    finding(control, input, tally, doubts, outcome)
}

/// Asks about the population as a whole; whether a `forbid` decided against it.
fn population(
    compiled: &Compiled,
    judge: &Judge<'_>,
    sources: &[Source<'_>],
    tally: &mut Tally,
    doubts: &mut Doubts,
) -> bool {
    if tally.counts.in_scope == 0 {
        return false;
    }
    let counts = PopulationCounts {
        complete: doubts.populations_complete(),
        conforming: tally.counts.conforming,
        excluded: tally.counts.excluded,
        in_scope: tally.counts.in_scope,
        newest: tally.newest,
        oldest: tally.oldest,
    };
    // In the order of their names and not of the site file, so that a replay from the record names it alike.
    let mut instances: Vec<&str> = sources.iter().map(|source| source.instance).collect();
    instances.sort_unstable();
    let subject =
        Subject { collector: instances.join("+"), id: compiled.control.id.clone(), kind: POPULATION.to_owned() };
    match judge.population(&counts) {
        Verdict::Exception(policies) => {
            let receipts = match sources {
                [one] => {
                    one.population.as_ref().and_then(|population| population.claim.total_source).into_iter().collect()
                }
                _ => Vec::new(),
            };
            tally.exceptions.push(Exception { name: None, policies, receipts, subject });
            true
        }
        Verdict::Undecided { errors, .. } => {
            doubts.add(ReasonCode::EVALUATION_ERROR, "the population as a whole could not be decided".to_owned());
            tally.undecided.push(Undecided { errors, subject });
            false
        }
        Verdict::Conforming | Verdict::Excluded => false,
    }
}

fn finding(control: &Control, input: &Input<'_>, tally: Tally, doubts: Doubts, outcome: Outcome) -> Finding {
    let Tally { counts, mut exceptions, happened, mut undecided, .. } = tally;
    let mut happened = happened.unwrap_or_default();
    happened.sort();
    exceptions.sort_by(|a, b| a.subject.cmp(&b.subject));
    undecided.sort_by(|a, b| a.subject.cmp(&b.subject));
    let mut reasons: Vec<Reason> = doubts.into_reasons(outcome);
    reasons.sort();
    reasons.dedup();
    Finding {
        as_of: input.as_of,
        control: control.id.clone(),
        counts,
        exceptions,
        happened,
        outcome,
        reasons,
        system: input.system.name.clone(),
        undecided,
    }
}

/// No subject yet.
const NOBODY: Counts = Counts { conforming: 0, exceptions: 0, excluded: 0, in_scope: 0, undecided: 0 };

#[cfg(test)]
mod tests;
