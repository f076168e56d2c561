//! Programmes by chance, judged by the crate and by the slow model of `support/model.rs`.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

mod support;

use std::sync::Arc;

use proptest::prelude::*;
use support::{Company, DAY, HOUR, MINUTE, at, later, model, terms, word};
use tickmark_model::{Combine, Execution, Frequency, Instant, Operation as Kind, Outcome};
use tickmark_operations::{Happened, Interval, Operated, Terms, operate};

/// One evaluation, in hours since the start.
#[derive(Clone, Debug)]
struct Drawn {
    as_of: i64,
    performed: Option<i64>,
    outcome: Outcome,
    complete: bool,
    covers: Option<(i64, i64)>,
    simulated: bool,
    /// Which of the events it saw, and what it said.
    saw: Vec<(usize, Option<bool>)>,
}

/// An event: when, and which item.
type DrawnEvent = (Option<i64>, u8);

const START: &str = "2026-02-20";

fn hour(hours: i64) -> Instant {
    later(at(START), hours * HOUR)
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![4 => Just(Outcome::Pass), 1 => Just(Outcome::Fail), 1 => Just(Outcome::Inconclusive)]
}

fn drawn(events: usize, hours: i64) -> impl Strategy<Value = Drawn> {
    let conforms = prop_oneof![4 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    let saw = prop::collection::vec((0..events.max(1), conforms), 0..6);
    let covers = prop::option::weighted(0.8, (0..hours, 0i64..400));
    let rare = prop::bool::weighted(0.1);
    (0..hours, prop::option::weighted(0.2, -40i64..0), outcome(), prop::bool::weighted(0.8), covers, rare, saw)
        .prop_map(|(as_of, performed, outcome, complete, covers, simulated, saw)| Drawn {
            as_of,
            performed: performed.map(|it| as_of + it),
            outcome,
            complete,
            covers: covers.map(|(from, length)| (from.min(as_of), from.min(as_of) + length)),
            simulated,
            saw,
        })
}

fn company(matrices: &[(i64, Option<Terms>)], drawn: &[Drawn], events: &[DrawnEvent]) -> Company {
    let mut company = Company::default();
    for (hours, terms) in matrices {
        let matrix = company.matrix_of(hour(*hours), [], tickmark_operations::Calendar::default());
        matrix.controls.extend(terms.clone().map(|terms| ("c".to_owned(), terms)));
    }
    let mut drawn = drawn.to_vec();
    drawn.sort_by_key(|it| it.as_of);
    for it in &drawn {
        let observed = company.look_at(hour(it.as_of), it.outcome);
        observed.performed_at = it.performed.map(hour);
        observed.complete = it.complete;
        observed.simulated = it.simulated;
        observed.covers = it.covers.map(|(from, to)| Interval { from: hour(from), to: hour(to) });
        let mut happened: Vec<Happened> = it
            .saw
            .iter()
            .filter_map(|(number, conforms)| Some((number, events.get(*number)?, conforms)))
            .map(|(number, (when, item), conforms)| Happened {
                at: when.map(hour),
                item: format!("item {item}").into(),
                subject: format!("item {item} event {number}").into(),
                conforms: *conforms,
                stratum: None,
            })
            .collect();
        happened.sort();
        happened.dedup_by(|a, b| a.subject == b.subject && a.at == b.at);
        observed.happened = Arc::from(happened);
    }
    company
}

fn one(company: &Company, period: Interval, known_until: Instant) -> Option<Operated> {
    operate(&company.programme, period, known_until).unwrap().pop()
}

fn told(operated: Option<&Operated>) -> Vec<(Instant, String)> {
    let operations = operated.map(|it| it.operations.as_slice()).unwrap_or_default();
    operations.iter().filter_map(|it| Some((it.window?.start, word(it.result)))).collect()
}

fn combine() -> impl Strategy<Value = Combine> {
    prop_oneof![Just(Combine::Any), Just(Combine::Each), Just(Combine::All)]
}

fn some_terms() -> impl Strategy<Value = Terms> {
    let frequency =
        prop_oneof![3 => Just(Frequency::Daily), 2 => Just(Frequency::Weekly), 1 => Just(Frequency::Monthly)];
    let grace = prop_oneof![Just(0), Just(5 * HOUR), Just(3 * DAY)];
    let kind = prop_oneof![2 => Just(Kind::Event), 1 => Just(Kind::Human), 1 => Just(Kind::State)];
    (kind, frequency, combine(), grace).prop_map(|(kind, frequency, combine, grace_ms)| Terms {
        combine,
        grace_ms,
        ..terms(kind, frequency)
    })
}

/// Some days from the start of the programme, and what is known in the end.
fn some_period() -> impl Strategy<Value = (Interval, Instant)> {
    (-5i64..30, 1i64..40, -100i64..400).prop_map(|(first, length, known)| {
        let period = Interval { from: hour(first * 24), to: hour((first + length) * 24) };
        (period, later(period.to, known * HOUR))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn windows_are_judged_as_the_model_does(
        first in some_terms(),
        change in prop::option::of((24i64..800, prop::option::weighted(0.8, some_terms()))),
        events in prop::collection::vec((prop::option::weighted(0.9, 0i64..900), 0u8..3), 0..24),
        drawn in prop::collection::vec(drawn(24, 1000), 0..14),
        (period, known_until) in some_period(),
    ) {
        // What is a state stays one, so that the lists of windows are of one kind.
        let kind = |terms: Terms| match (first.operation, terms.operation) {
            (Kind::State, _) => Terms { operation: Kind::State, ..terms },
            (other, Kind::State) => Terms { operation: other, ..terms },
            _ => terms,
        };
        let mut matrices = vec![(0, Some(first.clone()))];
        matrices.extend(change.map(|(hours, terms)| (hours, terms.map(kind))));
        let company = company(&matrices, &drawn, &events);
        let operated = one(&company, period, known_until);
        let model = model::windows(&company.programme, period, known_until);
        let expected: Vec<_> = model.iter().map(|(start, result, _)| (*start, (*result).to_owned())).collect();
        prop_assert_eq!(told(operated.as_ref()), expected);
        let Some(operated) = operated else { return Ok(()) };
        for (operation, (.., done)) in operated.operations.iter().zip(&model).filter(|(_, (.., done))| done.is_some()) {
            prop_assert_eq!(operation.performed_at, *done);
        }
        let totals = operated.totals;
        let sum = totals.pass + totals.fail + totals.missed + totals.not_evidenced + totals.no_occurrence
            + totals.outside_period + totals.open;
        prop_assert_eq!((totals.expected, totals.expected), (sum, operated.operations.len() as u64));
        for operation in &operated.operations {
            let mut both = [operation.records.as_slice(), &operation.others].concat();
            both.sort_unstable();
            both.dedup();
            prop_assert_eq!(both.len(), operation.records.len() + operation.others.len());
        }
    }

    #[test]
    fn evidence_by_hand_is_judged_as_the_model_does(
        first in some_terms(),
        change in prop::option::of((24i64..800, prop::option::weighted(0.8, some_terms()))),
        papers in prop::collection::vec(
            (0i64..50, prop::option::of((-40i64..10, 0i64..40)), prop::option::weighted(0.2, -2i64..3), 0u8..10),
            0..16,
        ),
        (period, known_until) in some_period(),
    ) {
        let by_hand = |terms: Terms| Terms { execution: Execution::Manual, operation: Kind::Human, ..terms };
        let mut matrices = vec![(0, Some(by_hand(first)))];
        matrices.extend(change.map(|(hours, terms)| (hours, terms.map(by_hand))));
        let mut company = company(&matrices, &[], &[]);
        for (day, covers, expires, approved) in papers {
            let day = |days: i64| hour((day + days) * 24).utc().date_naive();
            let brought = company.paper("2026-06-01", &day(0).to_string());
            brought.covers = covers.map(|(from, length)| (day(from), day(from + length)));
            brought.expires = expires.map(day);
            brought.approved = brought.approved.filter(|_| approved > 0);
            brought.ended = brought.approved.filter(|_| approved == 1);
        }
        let operated = one(&company, period, known_until);
        let expected: Vec<_> = model::by_hand(&company.programme, period, known_until)
            .into_iter()
            .map(|(start, result)| (start, result.to_owned()))
            .collect();
        prop_assert_eq!(told(operated.as_ref()), expected);
    }

    #[test]
    fn a_continuous_control_is_judged_as_the_model_does(
        max_gap in 1i64..60,
        drawn in prop::collection::vec(drawn(0, 300), 0..14),
        (first, length, known) in (0i64..8, 1i64..8, -100i64..100),
    ) {
        let terms = Terms { max_gap_ms: max_gap * HOUR, ..terms(Kind::State, Frequency::Continuous) };
        let company = company(&[(0, Some(terms))], &drawn, &[]);
        let period = Interval { from: hour(first * 24), to: hour((first + length) * 24) };
        // Nothing was looked at after what is known.
        let last = company.programme.observed.iter().map(|it| it.place.recorded_at).max().unwrap_or(period.from);
        let known_until = later(period.to, known * HOUR).max(last);
        let operated = one(&company, period, known_until).unwrap();
        let gaps: i64 = operated.gaps.iter().map(|it| it.interval.ms()).sum();
        let (result, expected) = model::continuous(&company.programme, period, known_until);
        prop_assert_eq!((word(operated.result), gaps), (result.to_owned(), expected));
        let continuity = operated.continuity.unwrap();
        prop_assert_eq!(continuity.observed_ms + gaps, continuity.expected_ms);
    }

    #[test]
    fn a_control_at_each_event_is_judged_as_the_model_does(
        events in prop::collection::vec((prop::option::weighted(0.9, 0i64..250), 0u8..3), 0..8),
        drawn in prop::collection::vec(drawn(8, 300), 0..10),
        (first, length, known) in (0i64..8, 1i64..6, -100i64..100),
    ) {
        let company = company(&[(0, Some(terms(Kind::Event, Frequency::PerEvent)))], &drawn, &events);
        let period = Interval { from: hour(first * 24), to: hour((first + length) * 24) };
        let known_until = later(period.to, known * HOUR);
        let operated = one(&company, period, known_until).unwrap();
        let (result, events, missing) = model::occurrences(&company.programme, period, known_until);
        let told: Vec<_> =
            operated.operations.iter().map(|it| (it.subject.clone().unwrap(), word(it.result))).collect();
        let events: Vec<_> = events.into_iter().map(|(subject, result)| (subject, result.to_owned())).collect();
        prop_assert_eq!(told, events);
        let gaps: i64 = operated.gaps.iter().map(|it| it.interval.ms()).sum();
        prop_assert_eq!((word(operated.result), gaps), (result.to_owned(), missing * MINUTE));
    }
}
