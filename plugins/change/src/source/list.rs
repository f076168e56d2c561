//! The elements of a list in JSON, one in memory at a time.
//!
//! A list is an array, or arrays one after another; an array in an array is a page, whose elements are the list's. Those
//! are the forms in which the pages of an API are saved.

use std::fmt;
use std::io::Read;

use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use tickmark_collector::Failure;

/// Why not all elements were handed over.
pub(super) enum Stop {
    /// What takes them failed.
    Failed(Failure),
    /// It is no list, or was cut off.
    NoList(String),
}

/// Hands over every element of the list that `from` holds.
///
/// # Errors
/// [`Stop`]; what was handed over until then is not the whole list.
pub(super) fn each(from: impl Read, take: &mut dyn FnMut(Value) -> Result<(), Failure>) -> Result<(), Stop> {
    let mut from = Deserializer::from_reader(from);
    loop {
        let mut failed = None;
        let page = Elements { take, failed: &mut failed };
        if let Err(error) = from.deserialize_seq(page) {
            return Err(failed.map_or_else(|| Stop::NoList(error.to_string()), Stop::Failed));
        }
        if from.end().is_ok() {
            return Ok(());
        }
    }
}

struct Elements<'t> {
    take: &'t mut dyn FnMut(Value) -> Result<(), Failure>,
    failed: &'t mut Option<Failure>,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self { take, failed } = self;
        while let Some(element) = elements.next_element::<Value>()? {
            let page = match element {
                Value::Array(page) => page,
                element => vec![element],
            };
            for element in page {
                if let Err(failure) = take(element) {
                    let said = A::Error::custom(&failure.message);
                    *failed = Some(failure);
                    return Err(said);
                }
            }
        }
        Ok(())
    }
}
