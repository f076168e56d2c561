//! The window that samples are asked for, cut into requests that a server answers.
//!
//! Sample times are `from + step`, `from + 2 * step`, ... up to `to`: each one stands for the step that ends with it.

use tickmark_collector::Datetime;

use crate::settings::Settings;

/// Samples of each series in one answer. Prometheus refuses more than 11,000; with this many, an answer for a thousand
/// targets stays near 40 MB.
const POINTS_PER_REQUEST: i64 = 2_000;

/// `from` (exclusive) to `to` (inclusive) in steps, all in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) step_ms: i64,
}

/// One request's share of a window, first and last sample time included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    first_ms: i64,
    last_ms: i64,
    step_ms: i64,
}

impl Window {
    /// The window that the settings ask for, ending at `to`.
    pub(crate) fn ending(to: Datetime, settings: &Settings) -> Self {
        Self { from_ms: to.0.saturating_sub(settings.window_ms), to_ms: to.0, step_ms: settings.step_ms }
    }

    /// Its start, exclusive.
    pub(crate) fn from(&self) -> Datetime {
        Datetime(self.from_ms)
    }

    /// Its end, inclusive.
    pub(crate) fn to(&self) -> Datetime {
        Datetime(self.to_ms)
    }

    /// The sample times in it.
    pub(crate) fn points(&self) -> i64 {
        (self.to_ms - self.from_ms) / self.step_ms
    }

    /// The requests that together ask for every sample time once.
    pub(crate) fn parts(self) -> impl Iterator<Item = Part> {
        let at = move |point: i64| self.from_ms + point * self.step_ms;
        let starts = (0..self.points()).step_by(usize::try_from(POINTS_PER_REQUEST).unwrap_or(usize::MAX));
        starts.map(move |before| Part {
            first_ms: at(before + 1),
            last_ms: at(self.points().min(before + POINTS_PER_REQUEST)),
            step_ms: self.step_ms,
        })
    }
}

impl Part {
    /// Path and query of Prometheus's range query for the series of `metric`.
    pub(crate) fn query_range(&self, metric: &str) -> String {
        let Self { first_ms, last_ms, step_ms } = *self;
        let (start, end, step) = (seconds(first_ms), seconds(last_ms), seconds(step_ms));
        format!("/api/v1/query_range?query={}&start={start}&end={end}&step={step}", percent_encoded(metric))
    }
}

/// Milliseconds as decimal seconds, without a fraction where there is none.
fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let (whole, rest) = (ms.unsigned_abs() / 1_000, ms.unsigned_abs() % 1_000);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:03}") }
}

/// RFC 3986: everything but unreserved characters is written as `%` and two hexadecimal digits.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_request_where_one_is_enough() {
        let window = Window { from_ms: 1_795_161_600_000, to_ms: 1_795_165_200_250, step_ms: 300_000 };
        let queries: Vec<String> = window.parts().map(|part| part.query_range("job:up:avg")).collect();
        let query = "query=job%3Aup%3Aavg&start=1795161900&end=1795165200&step=300";
        assert_eq!(queries, [format!("/api/v1/query_range?{query}")]);
        assert_eq!(window.points(), 12);
    }

    #[test]
    fn several_where_a_server_would_refuse() {
        let window = Window { from_ms: 500, to_ms: 4_500_500, step_ms: 1_000 };
        let queries: Vec<String> = window.parts().map(|part| part.query_range("up")).collect();
        let query = |range: &str| format!("/api/v1/query_range?query=up&{range}&step=1");
        let ranges = ["start=1.500&end=2000.500", "start=2001.500&end=4000.500", "start=4001.500&end=4500.500"];
        assert_eq!(queries, ranges.map(query));
    }

    proptest! {
        #[test]
        fn parts_ask_for_every_sample_time_once(from_ms in -10_000_i64..10_000, step_ms in 1_i64..50, points in 0_i64..9_000, rest in 0_i64..50) {
            let window = Window { from_ms, to_ms: from_ms + points * step_ms + rest % step_ms, step_ms };
            let mut asked = Vec::new();
            for part in window.parts() {
                let mut at = part.first_ms;
                let before = asked.len();
                while at <= part.last_ms {
                    asked.push(at);
                    at += part.step_ms;
                }
                prop_assert!((1..=11_000).contains(&(asked.len() - before)));
            }
            let slow: Vec<i64> = (from_ms + 1..=window.to_ms).filter(|at| (at - from_ms) % step_ms == 0).collect();
            prop_assert_eq!(window.points(), slow.len() as i64);
            prop_assert_eq!(asked, slow);
        }
    }
}
