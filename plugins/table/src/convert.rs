//! From what a record holds to a value of the type that the fact declares.
//!
//! **Invariant:** the value says what the source says, or there is none and the reason is told. Nothing is rounded, cut or
//! guessed.

pub mod number;
pub mod pattern;
pub mod time;

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{CedarType, Column, Decimal, Duration, EntityRef, Ip, Scalar, Shape, Value};

use crate::given::Given;
use number::{NotNumber, Separators};
use time::Times;

/// Longest text of a cell, in bytes.
pub const TEXT_BYTES: usize = 65_536;
/// Longest id of an entity, in bytes.
pub const ID_BYTES: usize = 1_024;
/// Most items of a set.
const ITEMS: usize = 10_000;

/// How the source writes values.
#[derive(Clone, Debug)]
pub struct Words {
    /// Times and their zone.
    pub times: Times,
    /// Times of columns that are written otherwise, by column.
    pub times_of: BTreeMap<String, Times>,
    /// What stands for true, in lower case.
    pub truths: BTreeSet<String>,
    /// What stands for false, in lower case.
    pub falsehoods: BTreeSet<String>,
    /// What stands for nothing, beside an empty text.
    pub nothings: BTreeSet<String>,
    /// Separators in numbers that are written as text.
    pub separators: Separators,
    /// Between the items of a set in one text.
    pub list_separator: String,
    /// What a word of the source stands for, by column and word.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Words {
    /// The value of `column` that `given` holds.
    ///
    /// # Errors
    /// Why it is none, as a sentence about the cell.
    pub fn value(&self, column: &Column, given: &Given<'_>) -> Result<Value, String> {
        match column.shape {
            Shape::One => Ok(self.scalar(column, given)?.map_or(Value::Absent, Value::One)),
            Shape::SetOf => self.set(column, given),
        }
    }

    fn set(&self, column: &Column, given: &Given<'_>) -> Result<Value, String> {
        let mut items = BTreeSet::new();
        let mut add = |given: &Given<'_>| -> Result<(), String> {
            items.extend(self.scalar(column, given)?);
            if items.len() > ITEMS { Err(format!("more than {ITEMS} items in a set")) } else { Ok(()) }
        };
        match given {
            Given::List(list) => list.iter().try_for_each(&mut add)?,
            Given::Text(text) if !self.is_nothing(text.trim()) => {
                for item in text.split(self.list_separator.as_str()) {
                    add(&Given::Text(item.into()))?;
                }
            }
            // A set that has to be there is there without items; of another, the source says nothing.
            Given::Nothing | Given::Text(_) if column.required => {}
            Given::Nothing | Given::Text(_) => return Ok(Value::Absent),
            other => add(other)?,
        }
        Ok(Value::SetOf(items.into_iter().collect()))
    }

    /// Nothing where the source says nothing.
    fn scalar(&self, column: &Column, given: &Given<'_>) -> Result<Option<Scalar>, String> {
        if let Some(typed) = same_type(column.ty, given) {
            return Ok(Some(typed));
        }
        let Some(text) = given.text() else {
            return match given {
                Given::Nothing => Ok(None),
                other => Err(format!("it is {}, expected {}", other.what(), expected(column.ty))),
            };
        };
        if self.is_nothing(&text) {
            return Ok(None);
        }
        let mapped = self.values.get(&column.name).and_then(|values| values.get(text.as_ref()));
        match mapped.map(String::as_str) {
            Some("") => Ok(None),
            Some(word) => self.typed(column, word, false).map(Some),
            None => self.typed(column, &text, matches!(given, Given::Number(_))).map(Some),
        }
    }

    fn is_nothing(&self, text: &str) -> bool {
        text.is_empty() || self.nothings.contains(text)
    }

    /// `plain`: the text is a number of JSON or a query, whose point is a point.
    fn typed(&self, column: &Column, text: &str, plain: bool) -> Result<Scalar, String> {
        let separators = if plain { Separators::PLAIN } else { self.separators };
        let is_no = |what: &str| format!("{} is no {what}", quoted(text));
        match column.ty {
            CedarType::Text if text.len() > TEXT_BYTES => {
                Err(format!("a text of {} bytes, limit is {TEXT_BYTES}", text.len()))
            }
            CedarType::Text => Ok(Scalar::Text(text.to_owned())),
            CedarType::Boolean => {
                let word = text.to_lowercase();
                match (self.truths.contains(&word), self.falsehoods.contains(&word)) {
                    (true, _) => Ok(Scalar::Boolean(true)),
                    (false, true) => Ok(Scalar::Boolean(false)),
                    (false, false) => {
                        let list = |words: &BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>().join(", ");
                        let (truths, falsehoods) = (list(&self.truths), list(&self.falsehoods));
                        Err(format!("{} is neither true ({truths}) nor false ({falsehoods})", quoted(text)))
                    }
                }
            }
            CedarType::Long => number::long(text, separators).map(Scalar::Long).map_err(|why| match why {
                NotNumber::Syntax => is_no("number"),
                NotNumber::Fraction | NotNumber::Places => is_no("whole number"),
                NotNumber::Range => format!("{} is beyond 9007199254740991, the largest whole number", quoted(text)),
            }),
            CedarType::Decimal => {
                let read = number::decimal(text, separators);
                read.map(|units| Scalar::Decimal(Decimal(units))).map_err(|why| match why {
                    NotNumber::Syntax | NotNumber::Fraction => is_no("number"),
                    NotNumber::Places => format!("{} has more than 4 digits after the point", quoted(text)),
                    NotNumber::Range => format!("{} is beyond 922337203685477.5807", quoted(text)),
                })
            }
            CedarType::Datetime => {
                let times = self.times_of.get(&column.name).unwrap_or(&self.times);
                times.read(text).map(Scalar::Datetime).map_err(|why| format!("{} {why}", quoted(text)))
            }
            CedarType::Duration => {
                duration(text).map(Scalar::Duration).ok_or_else(|| is_no("duration such as 26h, 7d or 1d12h"))
            }
            CedarType::Ip => {
                is_ip(text).then(|| Scalar::Ip(Ip(text.to_owned()))).ok_or_else(|| is_no("address or network"))
            }
            CedarType::Entity if text.len() > ID_BYTES => {
                Err(format!("an id of {} bytes, limit is {ID_BYTES}", text.len()))
            }
            CedarType::Entity => {
                Ok(Scalar::Entity(EntityRef::new(column.entity_kind.clone().unwrap_or_default(), text)))
            }
        }
    }
}

/// What has the type already.
fn same_type(ty: CedarType, given: &Given<'_>) -> Option<Scalar> {
    match (ty, given) {
        (CedarType::Boolean, Given::Truth(truth)) => Some(Scalar::Boolean(*truth)),
        (CedarType::Datetime, Given::Typed(it @ Scalar::Datetime(_)))
        | (CedarType::Duration, Given::Typed(it @ Scalar::Duration(_)))
        | (CedarType::Ip, Given::Typed(it @ Scalar::Ip(_))) => Some((*it).clone()),
        _ => None,
    }
}

fn expected(ty: CedarType) -> &'static str {
    match ty {
        CedarType::Boolean => "a truth value",
        CedarType::Long => "a whole number",
        CedarType::Text => "a text",
        CedarType::Decimal => "a number",
        CedarType::Ip => "an address",
        CedarType::Datetime => "a time",
        CedarType::Duration => "a duration",
        CedarType::Entity => "an id",
    }
}

/// Most characters of a cell that a message shows.
const SHOWN: usize = 60;

/// The text as a message shows it.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    format!("{shown:?}")
}

/// Milliseconds of a duration such as `26h` or `1d12h`: units `d`, `h`, `m`, `s`, `ms`, largest first, each once.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    let (negative, mut left) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mut total, mut next, mut any) = (0_i64, 0, false);
    while !left.is_empty() {
        let len = left.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = left.split_at_checked(len)?;
        let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, rest) = rest.split_at_checked(len)?;
        let at = UNITS.iter().position(|(name, _)| *name == unit).filter(|at| *at >= next)?;
        let ms = UNITS.get(at)?.1;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(ms)?)?;
        (left, next, any) = (rest, at + 1, true);
    }
    any.then_some(Duration(if negative { -total } else { total }))
}

fn is_ip(text: &str) -> bool {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let digits = |prefix: &str| (1..=3).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit());
    let short = |prefix: &str| prefix == "0" || !prefix.starts_with('0');
    prefix.is_none_or(|prefix| digits(prefix) && short(prefix) && prefix.parse::<u8>().is_ok_and(|bits| bits <= most))
}

#[cfg(test)]
mod tests;
