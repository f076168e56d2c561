//! Counts the samples of one series, in the order of their times.

use tickmark_collector::Decimal;

use super::answer::{Point, Reading};
use super::window::Window;

/// What the samples of one series in the window add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    samples: i64,
    up: i64,
    /// Times of the first and the last sample in the window.
    bounds_ms: Option<(i64, i64)>,
    /// Time of the last sample that was seen at all.
    newest_ms: Option<i64>,
}

impl Tally {
    /// Adds samples that are later than all before; those outside the window do not count.
    ///
    /// # Errors
    /// One line on the first sample that cannot be counted.
    pub(crate) fn add(&mut self, points: &[Point], window: &Window) -> Result<(), String> {
        for point in points {
            let at = point.at_ms().ok_or("a sample's time is outside the years 1970 to 9999")?;
            if self.newest_ms.is_some_and(|newest| newest >= at) {
                return Err(format!("the sample at {at} ms is not later than the one before it"));
            }
            self.newest_ms = Some(at);
            if at <= window.from_ms || at > window.to_ms {
                continue;
            }
            self.up += match &point.1 {
                Reading::Up => 1,
                Reading::Down => 0,
                Reading::Other(value) => {
                    return Err(format!("the sample at {at} ms is `{value}`, expected `1` or `0`"));
                }
            };
            self.samples += 1;
            self.bounds_ms = Some((self.bounds_ms.map_or(at, |(first, _)| first), at));
        }
        Ok(())
    }

    /// Samples in the window.
    pub(crate) fn samples(&self) -> i64 {
        self.samples
    }

    /// Samples in the window that are 1.
    pub(crate) fn up(&self) -> i64 {
        self.up
    }

    /// Percent of the samples that are 1, rounded down; 0 where there is no sample.
    pub(crate) fn availability(&self) -> Decimal {
        Decimal((self.up * 1_000_000).checked_div(self.samples).unwrap_or(0))
    }

    /// Time of the last sample in the window, in milliseconds.
    pub(crate) fn last_ms(&self) -> Option<i64> {
        self.bounds_ms.map(|(_, last)| last)
    }

    /// The part of the window that the samples cover, in milliseconds: without a gap at its start or end that is longer
    /// than two steps. Nothing where there is no sample.
    pub(crate) fn covered_ms(&self, window: &Window) -> Option<(i64, i64)> {
        let (first, last) = self.bounds_ms?;
        let near = |gap: i64| gap <= window.step_ms * 2;
        let from = if near(first - window.from_ms) { window.from_ms } else { first };
        let to = if near(window.to_ms - last) { window.to_ms } else { last };
        Some((from, to))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Window = Window { from_ms: 1_000_000, to_ms: 2_000_000, step_ms: 100_000 };

    fn points(json: &str) -> Vec<Point> {
        serde_json::from_str(json).unwrap()
    }

    fn tally(json: &str) -> Result<Tally, String> {
        let mut tally = Tally::default();
        tally.add(&points(json), &WINDOW).map(|()| tally)
    }

    #[test]
    fn counts_inside_the_window_and_rounds_down() {
        let tally = tally(r#"[[1000,"1"],[1100,"1"],[1200,"0"],[2000,"1"],[2000.001,"0"]]"#).unwrap();
        assert_eq!((tally.samples(), tally.up(), tally.availability()), (3, 2, Decimal(666_666)));
        assert_eq!(tally.last_ms(), Some(2_000_000));
    }

    #[test]
    fn a_gap_of_more_than_two_steps_at_an_end_shortens_the_coverage() {
        let check =
            |json: &str, covered: Option<(i64, i64)>| assert_eq!(tally(json).unwrap().covered_ms(&WINDOW), covered);
        check(r#"[[1200,"1"],[1800,"0"]]"#, Some((1_000_000, 2_000_000)));
        check(r#"[[1200.001,"1"],[1799.999,"0"]]"#, Some((1_200_001, 1_799_999)));
        check("[]", None);
    }

    #[test]
    fn says_what_cannot_be_counted() {
        let check = |json: &str, why: &str| assert_eq!(tally(json), Err(why.to_owned()));
        check(r#"[[1100,"0.5"]]"#, "the sample at 1100000 ms is `0.5`, expected `1` or `0`");
        check(r#"[[1200,"1"],[1200,"1"]]"#, "the sample at 1200000 ms is not later than the one before it");
        check(r#"[[-1,"1"]]"#, "a sample's time is outside the years 1970 to 9999");
    }

    proptest! {
        /// The slow model: every sample time is looked at on its own, and the percentage is found by trying.
        #[test]
        fn agrees_with_the_slow_model(states in proptest::collection::vec(proptest::option::of(any::<bool>()), 0..60), split in 0_usize..60) {
            let all: Vec<Point> = states
                .iter()
                .enumerate()
                .filter_map(|(n, state)| state.map(|up| (n, up)))
                .flat_map(|(n, up)| points(&format!("[[{},\"{}\"]]", 900 + 25 * n, u8::from(up))))
                .collect();
            let mut tally = Tally::default();
            let (before, after) = all.split_at(split.min(all.len()));
            tally.add(before, &WINDOW).unwrap();
            tally.add(after, &WINDOW).unwrap();

            let inside: Vec<bool> =
                (0..states.len()).filter(|n| (1001..=2000).contains(&(900 + 25 * n))).filter_map(|n| states[n]).collect();
            let up = inside.iter().filter(|up| **up).count() as i64;
            prop_assert_eq!((tally.samples(), tally.up()), (inside.len() as i64, up));
            let mut units = 0;
            while !inside.is_empty() && (units + 1) * inside.len() as i64 <= up * 1_000_000 {
                units += 1;
            }
            prop_assert_eq!(tally.availability(), Decimal(units));
        }
    }
}
