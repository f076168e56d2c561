//! One module for each answer: a reader in, records out, one at a time. Pure: no host, no clock.
//!
//! What is not an answer of Prometheus at all is a failure; one record that is not as it should be is an [`Unread`] in
//! its place.

pub mod answer;
pub mod reading;
pub mod rule;
pub mod target;

use std::fmt::Write as _;

use tickmark_collector::{Datetime, time};

/// Longest text of a cell, in bytes: the contract's bound.
const TEXT_BYTES: usize = 65_536;
/// Longest id of a row, in bytes: the contract's bound.
const ID_BYTES: usize = 1_024;
/// Most labels of a row: the contract's bound for sets.
const LABELS: usize = 10_000;

/// Why one record cannot be read, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self(why)
    }
}

pub use tickmark_collector::records::Texts as Labels;

/// A name with its labels as Prometheus writes them, sorted: `up{instance="db:9187",job="db"}`.
#[must_use]
pub fn with_labels(name: &str, labels: &Labels) -> String {
    let mut out = name.to_owned();
    for (n, (label, value)) in labels.iter().enumerate() {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(out, "{}{label}=\"{value}\"", if n == 0 { '{' } else { ',' });
    }
    if !labels.is_empty() {
        out.push('}');
    }
    out
}

/// Labels for a set of texts, each `name=value`.
pub(crate) fn pairs(labels: &Labels) -> Vec<String> {
    labels.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// Whether a row with this id and these texts fits the contract.
pub(crate) fn fits<'t>(id: &str, labels: &Labels, texts: impl IntoIterator<Item = &'t str>) -> Result<(), Unread> {
    if id.len() > ID_BYTES {
        return Err(Unread(format!("its id has {} bytes, at most {ID_BYTES} fit", id.len())));
    }
    if labels.len() > LABELS {
        return Err(Unread(format!("it has {} labels, at most {LABELS} fit", labels.len())));
    }
    match texts.into_iter().map(str::len).find(|len| *len > TEXT_BYTES) {
        Some(len) => Err(Unread(format!("a text of it has {len} bytes, at most {TEXT_BYTES} fit"))),
        None => Ok(()),
    }
}

/// An instant of RFC 3339. Go's zero time, `0001-01-01T00:00:00Z`, means that it never was.
pub(crate) fn instant(field: &str, text: Option<String>) -> Result<Option<Datetime>, Unread> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Unread(format!("`{field}` is `{}`, expected RFC 3339", text.escape_debug()));
    let at = time::rfc3339(&text).ok_or_else(wrong)?;
    Ok((at != Datetime::MIN).then_some(at))
}
