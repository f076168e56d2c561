//! Erasures against a model: a list of what happened, gone through from the start for each question.

use proptest::prelude::*;

use super::*;

const CONTROLS: [&str; 2] = ["A", "B"];
const DAYS: [&str; 3] = ["2026-11-10", "2026-11-11", "2026-11-12"];
const ANSWERS: [&[u8]; 3] = [b"ada", b"bob", b"cy"];

/// Something that happens to a ledger; everything by its number.
#[derive(Clone, Copy, Debug)]
enum Act {
    Judge { control: usize, day: usize, answer: usize },
    Close { from: usize, to: usize },
    Hold { control: Option<usize>, days: Option<(usize, usize)> },
    Release { nth: usize },
    EraseAnswer(usize),
    EraseCalls(usize),
    Reopen,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let days = || (0..3_usize, 0..3_usize).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let act = prop_oneof![
        4 => (0..2_usize, 0..3_usize, 0..3_usize).prop_map(|(control, day, answer)| Act::Judge { control, day, answer }),
        3 => days().prop_map(|(from, to)| Act::Close { from, to }),
        1 => (prop::option::of(0..2_usize), prop::option::of(days())).prop_map(|(control, days)| Act::Hold { control, days }),
        1 => (0..4_usize).prop_map(|nth| Act::Release { nth }),
        4 => (0..3_usize).prop_map(Act::EraseAnswer),
        2 => (0..3_usize).prop_map(Act::EraseCalls),
        1 => Just(Act::Reopen),
    ];
    prop::collection::vec(act, 1..30)
}

/// One record, as far as erasures go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Other,
    Judged { control: usize, day: usize, answer: usize },
    Closed { from: usize, to: usize },
    Held { control: Option<usize>, days: Option<(usize, usize)> },
    Released { hold: usize },
    ErasedAnswer(usize),
    ErasedCalls(usize),
}

#[derive(Default)]
struct Model {
    log: Vec<Said>,
}

impl Model {
    /// Where the last record stands that `is` so.
    fn last(&self, is: impl Fn(Said) -> bool) -> Option<usize> {
        self.log.iter().rposition(|said| is(*said))
    }

    fn judged(&self, wanted: usize) -> Vec<usize> {
        let is = |said: &Said| matches!(said, Said::Judged { answer, .. } if *answer == wanted);
        (0..self.log.len()).filter(|at| is(&self.log[*at])).collect()
    }

    fn last_judged(&self, wanted: usize) -> Option<usize> {
        self.judged(wanted).last().copied()
    }

    /// Put by every judgement, and gone by every erasure.
    fn answer_is_there(&self, answer: usize) -> bool {
        self.last_judged(answer) > self.last(|said| said == Said::ErasedAnswer(answer))
    }

    fn calls_are_there(&self, answer: usize) -> bool {
        self.last_judged(answer) > self.last(|said| said == Said::ErasedCalls(answer))
    }

    /// What erasing gives: a word for the refusal, or the records that the tombstone lists.
    fn erase(&self, tombstone: Said) -> Result<Vec<usize>, &'static str> {
        let (answer, there, known) = match tombstone {
            Said::ErasedAnswer(answer) => (answer, self.answer_is_there(answer), self.calls_are_there(answer)),
            Said::ErasedCalls(answer) => (answer, self.calls_are_there(answer), true),
            _ => unreachable!(),
        };
        let naming = if known { self.judged(answer) } else { vec![] };
        // The last record of which nobody can tell what it named.
        let forgotten = (0..3).filter(|it| !self.calls_are_there(*it)).filter_map(|it| self.last_judged(it)).max();
        if let Some(erased) = self.last(|said| said == tombstone)
            && naming.last().is_none_or(|last| *last < erased)
            && !(there && forgotten > Some(erased))
        {
            return Err(if there { "finished" } else { "already" });
        }
        if naming.is_empty() && !(there && forgotten.is_some()) {
            return Err("not named");
        }
        let place = |at: usize| match self.log[at] {
            Said::Judged { control, day, .. } => (control, day),
            _ => unreachable!(),
        };
        let closed = |at: usize| {
            let covers =
                |said: &Said| matches!(said, Said::Closed { from, to } if (*from..=*to).contains(&place(at).1));
            self.log[at..].iter().any(covers)
        };
        if !naming.iter().all(|at| closed(*at)) {
            return Err("unsealed");
        }
        for (at, said) in self.log.iter().enumerate() {
            let Said::Held { control, days } = said else { continue };
            if self.log.contains(&Said::Released { hold: at }) {
                continue;
            }
            let covers =
                |(on, day)| control.is_none_or(|it| it == on) && days.is_none_or(|(a, b)| (a..=b).contains(&day));
            if naming.iter().any(|at| covers(place(*at))) {
                return Err("held");
            }
            if forgotten.is_some() {
                return Err("perhaps held");
            }
        }
        Ok(naming)
    }
}

fn word(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::Erase(EraseRefused::NotNamed { .. }) => "not named",
        LedgerError::Erase(EraseRefused::Already { .. }) => "already",
        LedgerError::Erase(EraseRefused::Unsealed { .. }) => "unsealed",
        LedgerError::Erase(EraseRefused::Held { .. }) => "held",
        LedgerError::Erase(EraseRefused::PerhapsHeld { .. }) => "perhaps held",
        _ => panic!("{error}"),
    }
}

/// The list of host calls of a judgement on an answer.
fn calls(answer: usize) -> Digest {
    let blob = BlobRef { digest: sha256(ANSWERS[answer]), size: ANSWERS[answer].len() as u64 };
    let mut exchanges = crate::testing::three_users("mfa").exchanges;
    exchanges[0].blobs = std::collections::BTreeMap::from([("rows".to_owned(), blob)]);
    sha256(&crate::jcs::to_vec(&exchanges).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
    #[test]
    fn erasures_are_what_the_model_says(acts in acts()) {
        let (dir, disk) = (scratch(), Crash::pretend());
        let mut ledger = open_on(&disk, dir.path()).unwrap();
        by(|by| ledger.introduce_key(by)).unwrap();
        let mut model = Model { log: vec![Said::Other] };
        let span = |(from, to): (usize, usize)| period(DAYS[from], DAYS[to]);
        for act in acts {
            match act {
                Act::Judge { control, day, answer } => {
                    seal_answer(&mut ledger, CONTROLS[control], DAYS[day], ANSWERS[answer]);
                    model.log.push(Said::Judged { control, day, answer });
                }
                Act::Close { from, to } => {
                    let before = ledger.size();
                    close(&mut ledger, DAYS[from], DAYS[to]);
                    // It says the same as before where nothing came.
                    if ledger.size() > before {
                        model.log.push(Said::Closed { from, to });
                    }
                }
                Act::Hold { control, days } => {
                    let on = control.map(|it| ControlRef { id: CONTROLS[it].into(), version: None });
                    if by(|by| ledger.place_hold(by, days.map(span), on, "a dispute")).is_ok() {
                        model.log.push(Said::Held { control, days });
                    }
                }
                Act::Release { nth } => {
                    let holds: Vec<usize> =
                        (0..model.log.len()).filter(|at| matches!(model.log[*at], Said::Held { .. })).collect();
                    let Some(&hold) = holds.get(nth) else { continue };
                    let released = by(|by| ledger.release_hold(by, hold as u64, "settled")).is_ok();
                    prop_assert_eq!(released, !model.log.contains(&Said::Released { hold }));
                    if released {
                        model.log.push(Said::Released { hold });
                    }
                }
                Act::EraseAnswer(_) | Act::EraseCalls(_) => {
                    let (blob, tombstone) = match act {
                        Act::EraseAnswer(answer) => (sha256(ANSWERS[answer]), Said::ErasedAnswer(answer)),
                        Act::EraseCalls(answer) => (calls(answer), Said::ErasedCalls(answer)),
                        _ => unreachable!(),
                    };
                    let found = match erase(&mut ledger, blob) {
                        Ok(Appended { record, .. }) => match record.body {
                            Body::Tombstone(it) => Ok(it.records.iter().map(|at| *at as usize).collect()),
                            _ => unreachable!(),
                        },
                        Err(error) => Err(word(&error)),
                    };
                    prop_assert_eq!(&found, &model.erase(tombstone), "{:?}", act);
                    if found.is_ok() {
                        model.log.push(tombstone);
                    }
                }
                Act::Reopen => {
                    drop(ledger);
                    ledger = open_on(&disk, dir.path()).unwrap();
                }
            }
            prop_assert_eq!(ledger.size(), model.log.len() as u64);
        }
        for (answer, bytes) in ANSWERS.iter().enumerate() {
            prop_assert_eq!(is_there(&ledger, sha256(bytes)), model.answer_is_there(answer));
            prop_assert_eq!(is_there(&ledger, calls(answer)), model.calls_are_there(answer));
        }
        assert_verifies(dir.path(), key(1).verifier());
    }
}
