//! Properties: no state panics, and reviews are placed as a slow and obvious reading of the rules has it.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the slow model, where a panic is a failure of the test"
)]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::Datetime;
use tickmark_review::parse::{self, At, Review, Window};
use tickmark_review::windows::{Calendar, Place};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
/// Each window is so long.
const LONG: i64 = 10;

fn at(ms: i64) -> At {
    At(Datetime(ms))
}

/// Four windows of one kind from 0 to 40 that are due so long after their ends, and one window of another kind.
fn windows(grace: i64) -> Vec<Window> {
    let window = |kind: &str, name: &str, start: i64, end: i64| Window {
        kind: kind.to_owned(),
        frequency: "quarterly".to_owned(),
        name: name.to_owned(),
        start: at(start),
        end: at(end),
        due: at(end + grace),
        expected: true,
    };
    let own = (0..).zip(NAMES).map(|(n, name)| window("access", name, n * LONG, (n + 1) * LONG));
    own.chain([window("firewall", "year", 0, 4 * LONG)]).collect()
}

fn review() -> impl Strategy<Value = Review> {
    let name = prop_oneof![
        4 => Just(None),
        3 => proptest::sample::select(NAMES.to_vec()).prop_map(Some),
        // One of another kind is none that is looked at here, as is one that is over for long.
        1 => Just(Some("year")),
        1 => Just(Some("long ago"))
    ];
    let only = proptest::sample::subsequence(vec!["it", "sales"], 0..=2);
    (-5_i64..45, proptest::option::of(0_i64..15), name, only).prop_map(|(opened, took, name, only)| Review {
        id: String::new(),
        kind: "access".to_owned(),
        opened_at: at(opened),
        due: at(opened + 5),
        closed_at: took.map(|took| at(opened + took)),
        window: name.map(str::to_owned),
        only: only.into_iter().map(str::to_owned).collect(),
        departments: vec!["it".to_owned(), "sales".to_owned()],
        reviewers: Vec::new(),
        counts: None,
        digest: None,
        in_force: None,
        signed: None,
    })
}

/// The rules, one review after the other by the time of closing, with nothing precomputed.
fn model(reviews: &[Review], grace: i64) -> (Vec<Place>, BTreeSet<usize>) {
    let home = |review: &Review| -> Option<i64> {
        let time = review.closed_at.unwrap_or(review.opened_at).0.0;
        match review.window.as_deref() {
            Some("long ago" | "year") => None,
            Some(name) => NAMES.iter().position(|it| *it == name).map(|at| at as i64),
            _ if (0..4 * LONG).contains(&time) => Some(time / LONG),
            _ => None,
        }
    };
    let mut homes: Vec<Option<i64>> = reviews.iter().map(home).collect();
    let mut filled: BTreeSet<i64> = BTreeSet::new();
    for time in -5..60 {
        for (n, review) in reviews.iter().enumerate().filter(|(_, it)| it.closed_at == Some(at(time))) {
            let Some(window) = homes[n] else { continue };
            let last = if window == 3 { i64::MAX } else { (window + 2) * LONG };
            if time < window * LONG || time >= last {
                continue;
            }
            if !review.only.is_empty() {
                let covers = |department: &str| {
                    let before = |it: &Review, m: usize| {
                        it.closed_at.is_some_and(|at| (at.0.0, m) <= (time, n)) && homes[m] == Some(window)
                    };
                    let others = reviews.iter().enumerate().filter(|(m, it)| !it.only.is_empty() && before(it, *m));
                    let in_time = |it: &&Review| it.closed_at.unwrap().0.0 >= window * LONG;
                    others.map(|(_, it)| it).filter(in_time).any(|it| it.only.iter().any(|only| only == department))
                };
                if covers("it") && covers("sales") {
                    filled.insert(window);
                }
                continue;
            }
            let unnamed = review.window.is_none();
            if filled.contains(&window) && unnamed && window > 0 && !filled.contains(&(window - 1)) {
                homes[n] = Some(window - 1);
                filled.insert(window - 1);
            } else {
                filled.insert(window);
            }
        }
    }
    let place = |(review, home): (&Review, &Option<i64>)| match home {
        None => Place::Outside,
        Some(window) => Place::In {
            window: *window as usize,
            late: review.closed_at.is_some_and(|at| at.0.0 > (window + 1) * LONG + grace),
            superseded: review.closed_at.is_none() && filled.contains(window),
        },
    };
    (reviews.iter().zip(&homes).map(place).collect(), filled.into_iter().map(|at| at as usize).collect())
}

proptest! {
    #[test]
    fn reviews_are_placed_as_the_rules_say(reviews in vec(review(), 0..8), grace in 0_i64..12) {
        let all = windows(grace);
        let calendar = Calendar::new(&all, "access");
        let placed = calendar.place(&reviews.iter().collect::<Vec<_>>());
        let (places, filled) = model(&reviews, grace);
        prop_assert_eq!(&placed.places, &places);
        prop_assert_eq!(&placed.filled, &filled);
    }

    /// Whatever fills a window was closed, and no two windows are filled by one review.
    #[test]
    fn nothing_fills_a_window_that_was_not_closed(reviews in vec(review(), 0..8)) {
        let all = windows(0);
        let placed = Calendar::new(&all, "access").place(&reviews.iter().collect::<Vec<_>>());
        let closed = reviews.iter().filter(|review| review.closed_at.is_some()).count();
        prop_assert!(placed.filled.len() <= closed);
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = parse::state(&bytes);
    }

    #[test]
    fn a_state_that_is_cut_off_or_has_a_line_less_is_none(cut in 0_usize..1_000, without in 1_usize..5) {
        let text = include_str!("fixtures/state.jsonl");
        prop_assert!(parse::state(text.as_bytes()).is_ok());
        let cut = cut % text.len();
        prop_assert!(parse::state(&text.as_bytes()[..cut]).is_err());
        let lines: Vec<&str> = text.lines().collect();
        let without = without % lines.len();
        let less: String =
            lines.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, line)| format!("{line}\n")).collect();
        prop_assert!(parse::state(less.as_bytes()).is_err());
    }
}
