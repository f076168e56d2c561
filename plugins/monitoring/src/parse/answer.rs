//! The envelope that every answer of Prometheus's HTTP API has, with one list in it, read record by record.
//!
//! Format: "HTTP API", version v1: `status` is `success` with `data`, or `error` with `errorType` and `error`; `warnings`
//! stands where part of the data could not be had.
//!
//! **Invariant:** one record is in memory at a time, of at most [`RECORD_BYTES`]; all else is skipped.
//! **Invariant:** a document that ends early is a failure, however many records came before.

use std::fmt;
use std::io::BufRead;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tickmark_collector::Failure;

use super::leaf::Leaf;
use crate::stream::{Meter, Metered};

/// Most bytes of one record: a target, a group of rules, a series.
pub const RECORD_BYTES: u64 = 16 * 1024 * 1024;

/// What a document says of itself.
#[derive(Debug, PartialEq)]
pub enum Reply {
    /// An answer; its records were handed over.
    Success(Envelope),
    /// The server's own reason for giving none, one line.
    Refused(String),
}

/// What stands beside the list.
#[derive(Debug, Default, PartialEq)]
pub struct Envelope {
    /// Parts of the data that could not be had.
    pub warnings: Vec<String>,
    /// What kind of result it is, for a query.
    pub result_type: Option<String>,
    /// Whether the list goes on in another answer.
    pub goes_on: bool,
}

/// Reads an answer whose `data` has the list `list`, and hands over its records.
///
/// # Errors
/// `invalid`, with line and column, where it is not such a document; otherwise what `each` returns.
pub fn read<T: for<'de> Deserialize<'de>>(
    reader: impl BufRead,
    list: &'static str,
    each: impl FnMut(T) -> Result<(), Failure>,
) -> Result<Reply, Failure> {
    let metered = Metered::new(reader);
    let meter = metered.meter();
    meter.allow(RECORD_BYTES);
    let mut list = List { name: list, each, meter: meter.clone(), failure: None, kind: PhantomData };
    let mut json = serde_json::Deserializer::from_reader(metered);
    let document = Document(&mut list).deserialize(&mut json).and_then(|document| json.end().map(|()| document));
    match (document, list.failure) {
        (_, Some(failure)) => Err(failure),
        (Err(error), None) if error.is_io() && meter.is_used_up() => {
            let message = format!("a record of the answer of prometheus has more than {RECORD_BYTES} bytes");
            Err(Failure::invalid(message))
        }
        (Err(error), None) => Err(Failure::invalid(format!("not an answer of prometheus: {error}"))),
        (Ok(parts), None) => parts.reply(list.name),
    }
}

/// The list, while it is read.
struct List<T, F> {
    name: &'static str,
    each: F,
    meter: Meter,
    failure: Option<Failure>,
    kind: PhantomData<fn(T)>,
}

/// The parts of a document.
#[derive(Default)]
struct Parts {
    status: Leaf,
    error_type: Leaf,
    error: Leaf,
    warnings: Vec<String>,
    data: Option<Data>,
}

#[derive(Default)]
struct Data {
    result_type: Leaf,
    next: Leaf,
    has_list: bool,
}

impl Parts {
    fn reply(self, list: &str) -> Result<Reply, Failure> {
        let wrong = |what: String| Err(Failure::invalid(format!("the answer of prometheus {what}")));
        match self.status {
            Leaf::Text(status) if status == "success" => match self.data {
                Some(data) if data.has_list => Ok(Reply::Success(Envelope {
                    warnings: self.warnings,
                    result_type: data.result_type.text("resultType").ok().flatten(),
                    goes_on: data.next.text("groupNextToken").map_or(true, |token| token.is_some()),
                })),
                _ => wrong(format!("has no list `{list}`")),
            },
            Leaf::Text(status) if status == "error" => {
                let word = |leaf: Leaf| leaf.text("").ok().flatten().unwrap_or_default();
                Ok(Reply::Refused(format!("{}: {}", word(self.error_type), word(self.error))))
            }
            Leaf::Text(status) => {
                wrong(format!("has status `{}`, expected `success` or `error`", status.escape_debug()))
            }
            _ => wrong("has no `status`".to_owned()),
        }
    }
}

struct Document<'l, T, F>(&'l mut List<T, F>);

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> DeserializeSeed<'de> for Document<'_, T, F> {
    type Value = Parts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parts, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> Visitor<'de> for Document<'_, T, F> {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `status` and `data`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "status" => parts.status = map.next_value()?,
                "errorType" => parts.error_type = map.next_value()?,
                "error" => parts.error = map.next_value()?,
                "warnings" => parts.warnings = map.next_value::<Option<Vec<String>>>()?.unwrap_or_default(),
                "data" if parts.data.is_some() => return Err(A::Error::custom("`data` is there twice")),
                "data" => parts.data = Some(map.next_value_seed(InData(&mut *self.0))?),
                _ => map.next_value_seed(Skipped(&self.0.meter))?,
            }
            self.0.meter.allow(RECORD_BYTES);
        }
        Ok(parts)
    }
}

struct InData<'l, T, F>(&'l mut List<T, F>);

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> DeserializeSeed<'de> for InData<'_, T, F> {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> Visitor<'de> for InData<'_, T, F> {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list `{}`", self.0.name)
    }

    /// Beside an error.
    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut data = Data::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0.name {
                if data.has_list {
                    return Err(A::Error::custom(format!("`{key}` is there twice")));
                }
                data.has_list = map.next_value_seed(InList(&mut *self.0))?;
            } else {
                match key.as_str() {
                    "resultType" => data.result_type = map.next_value()?,
                    "groupNextToken" => data.next = map.next_value()?,
                    _ => map.next_value_seed(Skipped(&self.0.meter))?,
                }
            }
            self.0.meter.allow(RECORD_BYTES);
        }
        Ok(data)
    }
}

struct InList<'l, T, F>(&'l mut List<T, F>);

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> DeserializeSeed<'de> for InList<'_, T, F> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> Visitor<'de> for InList<'_, T, F> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        self.0.meter.allow(RECORD_BYTES);
        while let Some(record) = seq.next_element::<T>()? {
            if let Err(failure) = (self.0.each)(record) {
                self.0.failure = Some(failure);
                return Err(A::Error::custom("given up"));
            }
            self.0.meter.allow(RECORD_BYTES);
        }
        Ok(true)
    }
}

/// A value that nobody asked for; a list of them may be as long as it likes.
struct Skipped<'m>(&'m Meter);

impl<'de> DeserializeSeed<'de> for Skipped<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skipped<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.allow(RECORD_BYTES);
        while seq.next_element::<IgnoredAny>()?.is_some() {
            self.0.allow(RECORD_BYTES);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value::<IgnoredAny>()?;
            self.0.allow(RECORD_BYTES);
        }
        Ok(())
    }
}
