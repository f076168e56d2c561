//! One of `result` of `/api/v1/query`, and of a saved `/api/v1/query_range`.
//!
//! Format: "HTTP API", "Expression query result formats": a vector has series with one `value`, a matrix has series with
//! `values`, and a scalar is one sample itself. A sample is its time in seconds and its value as a text.
//!
//! Values are read exactly; of several, the worst for the limit is kept.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tickmark_collector::Datetime;
use tickmark_collector::records::Leaf;

use super::{Labels, Unread};
use crate::exact::{Round, units};

/// One item of the result.
#[derive(Debug)]
pub enum Item {
    /// A series.
    Series(Box<Series>),
    /// A part of a scalar.
    Bare(Leaf),
}

/// A series with its samples.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Series {
    metric: Leaf,
    value: Option<Sample>,
    values: Option<Samples>,
}

/// A sample: when, and what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample(Leaf, Leaf);

/// The samples of a series, counted while they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    count: i64,
    /// The largest and the smallest.
    largest: Option<Reading>,
    smallest: Option<Reading>,
    newest: Option<Datetime>,
    wrong: Option<Unread>,
}

/// The value of a sample, rounded both ways, and when it was so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    /// Units of 10^-4, rounded up and down.
    up: i64,
    down: i64,
    at: Datetime,
}

/// The worst value of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worst {
    /// Its labels, `__name__` among them.
    pub labels: Labels,
    /// Units of 10^-4.
    pub value: i64,
    /// When it was so.
    pub at: Datetime,
    /// How many samples it is the worst of.
    pub samples: i64,
    /// The time of the newest of them.
    pub newest: Datetime,
}

/// Reads a series: its worst sample, which is the largest where the limit is the most.
///
/// # Errors
/// Where it has no plain samples, or one that cannot be read.
pub fn read(series: Series, at_most: bool) -> Result<Worst, Unread> {
    let labels = series.metric.texts("metric")?;
    let mut samples = series.values.unwrap_or_default();
    if let Some(sample) = series.value {
        samples.add(sample);
    }
    worst(labels, samples, at_most)
}

/// Reads a scalar: the two parts of its one sample.
///
/// # Errors
/// Where they are no sample.
pub fn scalar(parts: Vec<Leaf>, at_most: bool) -> Result<Worst, Unread> {
    let mut parts = parts.into_iter();
    let (Some(at), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Unread("it is no pair of time and value".into()));
    };
    let mut samples = Samples::default();
    samples.add(Sample(at, value));
    worst(Labels::new(), samples, at_most)
}

fn worst(labels: Labels, samples: Samples, at_most: bool) -> Result<Worst, Unread> {
    if let Some(wrong) = samples.wrong {
        return Err(wrong);
    }
    let worst = if at_most { samples.largest } else { samples.smallest };
    let (Some(worst), Some(newest)) = (worst, samples.newest) else {
        return Err(Unread("it has no plain samples".into()));
    };
    let value = if at_most { worst.up } else { worst.down };
    Ok(Worst { labels, value, at: worst.at, samples: samples.count, newest })
}

impl Samples {
    fn add(&mut self, sample: Sample) {
        match sample.read() {
            Ok(reading) => {
                self.count += 1;
                self.newest = self.newest.max(Some(reading.at));
                if self.largest.is_none_or(|largest| reading.up > largest.up) {
                    self.largest = Some(reading);
                }
                if self.smallest.is_none_or(|smallest| reading.down < smallest.down) {
                    self.smallest = Some(reading);
                }
            }
            Err(unread) => {
                self.wrong.get_or_insert(unread);
            }
        }
    }
}

impl Sample {
    fn read(self) -> Result<Reading, Unread> {
        let Leaf::Number(seconds) = self.0 else { return Err(Unread("the time of a sample is no number".into())) };
        // Whole numbers of this size are exact in 64-bit floats.
        let ms = (seconds * 1_000.0).round();
        if !(0.0..=Datetime::MAX.0 as f64).contains(&ms) {
            return Err(Unread("the time of a sample is outside the years 1970 to 9999".into()));
        }
        let Leaf::Text(value) = self.1 else { return Err(Unread("the value of a sample is no text".into())) };
        let read = |round| units(&value, round).map_err(|inexact| Unread(inexact.why(&value)));
        Ok(Reading { up: read(Round::Up)?, down: read(Round::Down)?, at: Datetime(ms as i64) })
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a series, or a part of a scalar")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                Series::deserialize(MapAccessDeserializer::new(map)).map(|series| Item::Series(Box::new(series)))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Item, E> {
                Ok(Item::Bare(Leaf::Number(number as f64)))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Item, E> {
                Ok(Item::Bare(Leaf::Number(number as f64)))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Item, E> {
                Ok(Item::Bare(Leaf::Number(number)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Bare(Leaf::Text(text.to_owned())))
            }
        }
        deserializer.deserialize_any(Items)
    }
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Sample;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pair of time and value")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sample, A::Error> {
                let (at, value) = (seq.next_element()?, seq.next_element()?);
                match (at, value, seq.next_element::<IgnoredAny>()?) {
                    (Some(at), Some(value), None) => Ok(Sample(at, value)),
                    _ => Err(A::Error::custom("a sample is no pair of time and value")),
                }
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

impl<'de> Deserialize<'de> for Samples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Samples;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of samples")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Samples, A::Error> {
                let mut samples = Samples::default();
                while let Some(sample) = seq.next_element()? {
                    samples.add(sample);
                }
                Ok(samples)
            }
        }
        deserializer.deserialize_seq(All)
    }
}
