use tickmark_model::{Instant, parse_instant};
use tickmark_operations::{Gap, Interval, Operation, Timeliness, Totals, Window};

use super::*;

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn operation(result: OperatedOutcome, window: Option<(&str, &str)>, subject: Option<&str>) -> Operation {
    Operation {
        window: window.map(|(start, end)| Window { start: at(start), end: at(end), due: at(end) }),
        subject: subject.map(str::to_owned),
        stratum: None,
        result,
        timeliness: Some(Timeliness::OnTime),
        performed_at: Some(at("2026-09-02T10:00:00Z")),
        recorded_at: None,
        corrected_at: None,
        after_period: false,
        exceptions: 0,
        population: 1,
        version: Digest([1; 32]),
        records: vec![9, 4],
        others: vec![4, 12],
    }
}

fn operated(frequency: Frequency, operations: Vec<Operation>, gaps: Vec<Gap>) -> Operated {
    Operated {
        control: "CC6.1-a".into(),
        system: "web".into(),
        frequency,
        result: OperatedOutcome::Pass,
        operations,
        surplus: vec![],
        gaps,
        continuity: None,
        versions: vec![],
        totals: Totals::default(),
        before_period: None,
    }
}

const FIRST: (&str, &str) = ("2026-09-01", "2026-09-02");

#[test]
fn windows_that_were_missed_are_items_too() {
    let missed = Operation { records: vec![], others: vec![], ..operation(OperatedOutcome::Missed, Some(FIRST), None) };
    let passed = operation(OperatedOutcome::Pass, Some(("2026-09-02", "2026-09-03")), None);
    let items: Vec<Item> = of_operations(&operated(Frequency::Daily, vec![missed, passed], vec![])).collect();
    let records: Vec<Vec<u64>> = items.iter().map(|it| it.records.clone()).collect();
    assert_eq!(records, [vec![], vec![4, 9, 12]]);
    assert_eq!((items[0].start, items[0].end, items[0].at), (Some(at("2026-09-01")), Some(at("2026-09-02")), None));
    assert_eq!(unit(&items), "window");
}

#[test]
fn of_events_the_events_are_items_and_that_there_was_none_is_not() {
    let event = operation(OperatedOutcome::Fail, None, Some("change 7"));
    let none = operation(OperatedOutcome::NoOccurrence, None, None);
    let items: Vec<Item> = of_operations(&operated(Frequency::PerEvent, vec![event, none], vec![])).collect();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].subject.as_deref(), items[0].at), (Some("change 7"), Some(at("2026-09-02T10:00:00Z"))));
    assert_eq!(unit(&items), "event");
}

#[test]
fn an_event_keeps_what_sets_it_apart() {
    let change = operation(OperatedOutcome::Pass, None, Some("change 7"));
    let standard =
        Operation { stratum: Some("standard_change".into()), subject: Some("change 8".into()), ..change.clone() };
    let items: Vec<Item> = of_operations(&operated(Frequency::PerEvent, vec![change, standard], vec![])).collect();
    assert_eq!(items.iter().map(|it| it.stratum.as_deref()).collect::<Vec<_>>(), [None, Some("standard_change")]);
}

#[test]
fn events_are_all_there_where_no_time_is_without_a_complete_source() {
    let gap = |cause| Gap { interval: Interval { from: at("2026-09-01"), to: at("2026-09-02") }, cause };
    let check = |frequency, result, gaps: &[Gap], complete: bool| {
        let it = operated(frequency, vec![operation(result, Some(FIRST), None)], gaps.to_vec());
        assert_eq!(is_complete(&it), complete, "{frequency:?} {result:?} {gaps:?}");
    };
    check(Frequency::PerEvent, OperatedOutcome::Pass, &[], true);
    check(Frequency::PerEvent, OperatedOutcome::Pass, &[gap(Cause::NotCovered)], false);
    check(Frequency::Within, OperatedOutcome::Pass, &[gap(Cause::NotRun)], false);
    // Windows follow from the calendar, whoever looked.
    check(Frequency::Daily, OperatedOutcome::NotEvidenced, &[gap(Cause::NotRun)], true);
    check(Frequency::Daily, OperatedOutcome::Open, &[], false);
}

/// What is hashed to draw an item is what is sealed.
#[test]
fn an_item_has_one_spelling() {
    let subject = "a \"b\"\u{7}\u{2028}\u{1f511}é/<\\";
    let mut operations = vec![operation(OperatedOutcome::Pass, None, Some(subject))];
    operations.push(operation(OperatedOutcome::Pass, Some(FIRST), None));
    for item in of_operations(&operated(Frequency::PerEvent, operations, vec![])) {
        let item = Item { day: Some("2026-09-01".parse().unwrap()), stratum: Some("a_b".to_owned()), ..item };
        let bytes = item.canonical().unwrap();
        assert_eq!(bytes, canonical_json(&item).unwrap());
        assert_eq!(serde_json::from_slice::<Item>(&bytes).unwrap(), item);
    }
}
