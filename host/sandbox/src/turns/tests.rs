use super::*;
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

const MS: Duration = Duration::from_millis(1);

/// Turns with nobody in them, and the names of whoever has one or waits, as they are given.
fn holders(turns: &Turns) -> Vec<Id> {
    turns.lock().holders.keys().copied().collect()
}

/// Ticks as if it were so late.
fn tick_at(turns: &Turns, now: Monotonic) {
    turns.tick_at(turns.lock(), now);
}

/// Waits until so many wait.
fn until_waiting(turns: &Turns, count: usize) {
    while turns.lock().waiting.len() != count {
        thread::yield_now();
    }
}

#[test]
fn places_come_in_the_order_of_what_was_computed() {
    let place = |computed: u32| Place::of(MS * computed, MS * 2);
    assert_eq!([0, 1, 2, 3].map(place), [Place::Usual, Place::Usual, Place::Computed(2), Place::Computed(2)]);
    assert_eq!([4, 63, 64, 127, 128].map(place), [3, 6, 7, 7, 8].map(Place::Computed));
    assert_eq!(Place::of(Duration::ZERO, Duration::ZERO), Place::Computed(0));
    assert!(Place::of(Duration::MAX, Duration::ZERO) > place(1_000_000));
}

proptest! {
    #[test]
    fn who_has_computed_longer_never_goes_before(shorter in 0_u64..1_000_000, more in 0_u64..1_000_000, allowed in 0_u64..5_000) {
        let place = |ms| Place::of(Duration::from_millis(ms), Duration::from_millis(allowed));
        prop_assert!(place(shorter) <= place(shorter + more));
        // Two that compute by turns are never further apart than one step.
        if let (Place::Computed(one), Place::Computed(other)) = (place(shorter), place(shorter + 64)) {
            prop_assert!(other > one, "64 ms are always a step");
        }
    }
}

#[test]
fn no_more_have_a_turn_at_once_than_there_are_turns() {
    let turns = Turns::of(2);
    let (most, running) = (Mutex::new(0), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let id = turns.join(Place::Usual);
                for _ in 0..100 {
                    {
                        let mut running = running.lock().unwrap();
                        *running += 1;
                        let mut most = most.lock().unwrap();
                        *most = (*most).max(*running);
                    }
                    thread::yield_now();
                    *running.lock().unwrap() -= 1;
                    turns.compute(id, Place::Usual, None);
                }
                turns.leave(id);
            });
        }
    });
    assert!((1..=2).contains(&*most.lock().unwrap()));
    assert_eq!(holders(&turns), Vec::<Id>::new());
}

#[test]
fn whoever_computed_little_goes_before_who_computed_much_and_who_is_known_before_both() {
    let turns = Turns::of(1);
    let first = turns.join(Place::Usual);
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let places = [Place::Computed(9), Place::Computed(0), Place::Usual, Place::Computed(3), Place::Usual];
        for (at, place) in places.into_iter().enumerate() {
            let (turns, order) = (&turns, &order);
            scope.spawn(move || {
                let id = turns.join(place);
                order.lock().unwrap().push(at);
                turns.leave(id);
            });
            until_waiting(turns, at + 1);
        }
        turns.leave(first);
    });
    assert_eq!(*order.lock().unwrap(), [2, 4, 1, 3, 0]);
}

#[test]
fn a_turn_is_kept_unless_somebody_waits_whose_place_is_before() {
    let turns = Turns::of(1);
    let id = turns.join(Place::Usual);
    turns.compute(id, Place::Computed(7), None);
    assert_eq!(holders(&turns), [id], "nobody waits");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let id = turns.join(Place::Computed(3));
            done.store(true, Ordering::SeqCst);
            turns.leave(id);
        });
        until_waiting(&turns, 1);
        turns.compute(id, Place::Computed(3), None);
        assert!(!done.load(Ordering::SeqCst), "who waits is no better than who has it");
        turns.compute(id, Place::Computed(4), None);
        assert!(done.load(Ordering::SeqCst), "it went first, and was done before this one had its turn again");
    });
}

#[test]
fn who_asks_for_longer_than_the_patience_loses_its_turn_to_who_waits() {
    let turns = Turns::of(1);
    let asks = turns.join(Place::Usual);
    turns.aside(asks, Place::Usual);
    let since = turns.lock().holders[&asks].unwrap().1;
    tick_at(&turns, since + PATIENCE);
    assert_eq!(holders(&turns), [asks], "nobody waits for it");
    thread::scope(|scope| {
        let waits = scope.spawn(|| turns.join(Place::Computed(9)));
        until_waiting(&turns, 1);
        tick_at(&turns, since + PATIENCE / 2);
        assert_eq!(holders(&turns), [asks], "it has not been asking for long");
        tick_at(&turns, since + PATIENCE);
        let waits = waits.join().unwrap();
        assert_eq!(holders(&turns), [waits]);
        // It has its answer, and must wait itself now, however long the other one computes.
        let again = scope.spawn(|| turns.compute(asks, Place::Usual, None));
        until_waiting(&turns, 1);
        tick_at(&turns, since + PATIENCE * 1_000);
        assert_eq!(holders(&turns), [waits]);
        turns.compute(waits, Place::Usual, None);
        assert_eq!(holders(&turns), [waits], "it is no better");
        turns.leave(waits);
        again.join().unwrap();
    });
    assert_eq!(holders(&turns), [asks]);
}

#[test]
fn who_computes_is_not_asking_any_more() {
    let turns = Turns::of(1);
    let id = turns.join(Place::Usual);
    turns.aside(id, Place::Usual);
    turns.compute(id, Place::Usual, None);
    thread::scope(|scope| {
        let waits = scope.spawn(|| turns.join(Place::Usual));
        until_waiting(&turns, 1);
        tick_at(&turns, Monotonic::now() + PATIENCE);
        assert_eq!(holders(&turns), [id]);
        turns.leave(id);
        waits.join().unwrap();
    });
}

#[test]
fn who_asks_gives_its_turn_at_once_to_who_is_no_worse() {
    let turns = Turns::of(1);
    let asks = turns.join(Place::Computed(3));
    thread::scope(|scope| {
        turns.aside(asks, Place::Computed(3));
        let comes = scope.spawn(|| turns.join(Place::Computed(3))).join().unwrap();
        assert_eq!(holders(&turns), [comes], "it came while the other one was asking");
        let waits = scope.spawn(|| turns.join(Place::Computed(3)));
        until_waiting(&turns, 1);
        turns.aside(comes, Place::Computed(2));
        assert_eq!(holders(&turns), [comes], "who waits is worse");
        turns.aside(comes, Place::Computed(3));
        assert_eq!(holders(&turns), [waits.join().unwrap()], "it waited when the other one asked");
    });
}

#[test]
fn who_has_no_time_left_goes_on_without_a_turn() {
    let turns = Turns::of(1);
    let has = turns.join(Place::Usual);
    thread::scope(|scope| {
        let waits = scope.spawn(|| {
            let id = turns.join(Place::Usual);
            turns.aside(id, Place::Computed(9));
            id
        });
        until_waiting(&turns, 1);
        turns.leave(has);
        let late = waits.join().unwrap();
        let other = turns.join(Place::Usual);
        assert_eq!(holders(&turns), [other], "the other one took its turn");
        turns.compute(late, Place::Computed(9), Some(Monotonic::now()));
        assert_eq!((holders(&turns), turns.lock().waiting.len()), (vec![other], 0));
        turns.leave(late);
        turns.leave(other);
    });
    assert_eq!(holders(&turns), Vec::<Id>::new());
}

/// A hundred runs that compute, ask and look as they please: everybody ends, whoever ticks when.
#[test]
fn nobody_is_forgotten() {
    let turns = Turns::of(2);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                tick_at(&turns, Monotonic::now() + PATIENCE);
                thread::yield_now();
            }
        });
        let runs: Vec<_> = (0..100_u64)
            .map(|number| {
                let turns = &turns;
                scope.spawn(move || {
                    let id = turns.join(Place::Computed(number % 7));
                    for step in 0..20 {
                        if (number + step) % 3 == 0 {
                            turns.aside(id, Place::Computed(step % 5));
                            thread::yield_now();
                        }
                        turns.compute(id, Place::Computed((number * step) % 11), None);
                    }
                    turns.leave(id);
                })
            })
            .collect();
        runs.into_iter().for_each(|run| run.join().unwrap());
        ended.store(true, Ordering::SeqCst);
    });
    assert_eq!((holders(&turns), turns.lock().waiting.len()), (Vec::new(), 0));
}
