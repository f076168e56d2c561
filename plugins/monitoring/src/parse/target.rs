//! One of `activeTargets` of `/api/v1/targets`.
//!
//! Format: "HTTP API", "Targets": `labels` after relabelling, `scrapePool`, `health` (`up`, `down`, `unknown`),
//! `lastScrape`, `lastError` and `scrapeInterval`, which is a duration of PromQL such as `1m30s`.

use serde::Deserialize;
use tickmark_collector::records::Leaf;
use tickmark_collector::{Datetime, Duration};

use super::{Labels, Unread, fits, instant, with_labels};

/// As it stands in the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Raw {
    labels: Leaf,
    scrape_pool: Leaf,
    health: Leaf,
    last_error: Leaf,
    last_scrape: Leaf,
    scrape_interval: Leaf,
}

/// A target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its pool and labels.
    pub id: String,
    /// The scrape pool.
    pub pool: String,
    /// Its labels.
    pub labels: Labels,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// When it was last scraped.
    pub last_scrape: Option<Datetime>,
    /// Why that failed.
    pub last_error: Option<String>,
    /// Time between two scrapes.
    pub interval: Option<Duration>,
}

impl Target {
    /// Whether its last scrape was good.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.health == "up"
    }

    /// The value of a label; nothing where it is empty or not there.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Reads one.
    ///
    /// # Errors
    /// Where a part of it is not as it should be.
    pub fn read(raw: Raw) -> Result<Self, Unread> {
        let labels = raw.labels.texts("labels")?;
        let pool = raw.scrape_pool.some_text("scrapePool")?;
        let health = raw.health.some_text("health")?;
        if !["up", "down", "unknown"].contains(&health.as_str()) {
            return Err(Unread(format!("health `{}` is not known", health.escape_debug())));
        }
        let last_error = raw.last_error.text("lastError")?;
        let interval = match raw.scrape_interval.text("scrapeInterval")? {
            Some(text) => Some(interval(&text).ok_or_else(|| {
                Unread(format!("`scrapeInterval` is `{}`, expected such as `1m30s`", text.escape_debug()))
            })?),
            None => None,
        };
        let last_scrape = instant("lastScrape", raw.last_scrape.text("lastScrape")?)?;
        let id = with_labels(&pool, &labels);
        fits(&id, &labels, [last_error.as_deref().unwrap_or_default()])?;
        Ok(Self { id, pool, labels, health, last_scrape, last_error, interval })
    }
}

/// A duration of PromQL: numbers with the units y, w, d, h, m, s and ms, largest first, each at most once.
#[must_use]
pub fn interval(text: &str) -> Option<Duration> {
    const UNITS: [(&str, i64); 7] = [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 604_800_000),
        ("y", 31_536_000_000),
    ];
    let (mut rest, mut sum, mut below) = (text, 0_i64, i64::MAX);
    if rest == "0" {
        return Some(Duration(0));
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let tail = rest.get(digits..)?;
        let (unit, ms) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        if *ms >= below {
            return None;
        }
        below = *ms;
        sum = sum.checked_add(number.checked_mul(*ms)?)?;
        rest = tail.get(unit.len()..)?;
    }
    (!text.is_empty()).then_some(Duration(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_durations_of_promql() {
        let check = |text: &str, ms: Option<i64>| assert_eq!(interval(text), ms.map(Duration), "{text}");
        check("1s", Some(1_000));
        check("1m30s", Some(90_000));
        check("1h0m500ms", Some(3_600_500));
        check("1y2w3d", Some(33_004_800_000));
        check("0", Some(0));
        for wrong in ["", "5", "s", "1s1m", "1s1s", "1.5s", "-1s", "1µs", "9223372036854775807y"] {
            check(wrong, None);
        }
    }
}
