//! Days as records have them: `YYYY-MM-DD`, in that spelling only. Reading a date otherwise takes `2026-1-1` as well.

use std::fmt::Display;

use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Reads a day.
pub(super) fn one<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    let day: NaiveDate = text.parse().map_err(|why| bad(&text, &why))?;
    if day.to_string() == text { Ok(day) } else { Err(bad(&text, &format_args!("it is written `{day}`"))) }
}

/// Reads a day that may be left out.
pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    one(from).map(Some)
}

fn bad<E: Error>(text: &str, why: &dyn Display) -> E {
    E::custom(format_args!("`{text}` is no day: {why}"))
}
