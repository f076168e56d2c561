//! Lists in JSON, one element in memory at a time, with a bound on what one element may take.
//!
//! **Invariant:** memory holds one piece of the source and at most one element; an element beyond the bound ends the run
//! and not the machine.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use tickmark_collector::Failure;

/// Most bytes of one element of a list, or of one field besides.
pub const ELEMENT_BYTES: u64 = 1 << 20;

/// How many bytes may still be read, shared by a reader and the parser above it.
#[derive(Clone, Debug, Default)]
pub struct Meter(Rc<Cell<u64>>);

impl Meter {
    /// Allows one more element, whatever was left.
    pub fn allow(&self) {
        self.0.set(ELEMENT_BYTES);
    }

    fn is_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

/// A reader that fails where more is read than its [`Meter`] allows. At first one element is allowed.
#[derive(Debug)]
pub struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: BufRead> Metered<R> {
    /// Reads from `inner`.
    pub fn new(inner: R) -> Self {
        let meter = Meter::default();
        meter.allow();
        Self { inner, meter }
    }

    /// The meter, to allow with.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.meter.0.get()).unwrap_or(usize::MAX);
        let there = self.inner.fill_buf()?;
        if left == 0 && !there.is_empty() && !buf.is_empty() {
            return Err(io::Error::other(format!("more than {ELEMENT_BYTES} bytes in one record")));
        }
        let mut there = there.get(..left.min(there.len())).unwrap_or_default();
        let read = there.read(buf)?;
        self.inner.consume(read);
        self.meter.0.set(self.meter.0.get().saturating_sub(read as u64));
        Ok(read)
    }
}

/// Takes what a document holds.
pub trait Sink {
    /// Whether the elements of the list under the field `name` are wanted; other fields are handed over whole where
    /// [`Sink::is_wanted`] says so.
    fn is_list(&self, name: &str) -> bool;

    /// Whether the field `name` is wanted whole.
    fn is_wanted(&self, name: &str) -> bool;

    /// The list under the field `list` begins; `""` for a document that is a list itself.
    fn begin(&mut self, list: &str);

    /// The next element of the list under the field `list`, or of the document that is a list itself (`""`).
    ///
    /// # Errors
    /// Whatever ends the reading.
    fn element(&mut self, list: &str, element: Value) -> Result<(), Failure>;

    /// A field that is no such list.
    fn field(&mut self, name: &str, value: Value);
}

/// What kind of document it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A list, or lists one after another, as the pages of an API are saved.
    List,
    /// An object.
    Object,
}

/// Reads a document into `sink`.
///
/// # Errors
/// `invalid` with `what` it is not, where it is neither an object nor a list, is cut off, has a field twice, or has an
/// element beyond the bound; otherwise as `sink`.
pub fn read(input: impl BufRead, what: &str, sink: &mut dyn Sink) -> Result<Shape, Failure> {
    let input = Metered::new(input);
    let meter = input.meter();
    let mut failed = None;
    // serde_json asks for one byte at a time. What is read ahead was allowed for the element before.
    let mut json = Deserializer::from_reader(BufReader::new(input));
    let mut shape = None;
    let read = loop {
        let document = Document { sink, meter: &meter, failed: &mut failed, first: shape.is_none() };
        match json.deserialize_any(document) {
            Ok(found) => shape = Some(found),
            Err(error) => break Err(error),
        }
        meter.allow();
        match (json.end(), shape) {
            (Ok(()), Some(shape)) => break Ok(shape),
            (Err(_), Some(Shape::List)) => {}
            (Err(error), _) => break Err(error),
            (Ok(()), None) => break Err(serde_json::Error::custom("nothing")),
        }
    };
    read.map_err(|error| {
        failed.unwrap_or_else(|| {
            let why = if meter.is_used_up() {
                format!("a record of more than {ELEMENT_BYTES} bytes at line {}", error.line())
            } else {
                error.to_string().chars().take(300).collect()
            };
            Failure::invalid(format!("not {what}: {why}"))
        })
    })
}

struct Document<'a> {
    sink: &'a mut dyn Sink,
    meter: &'a Meter,
    failed: &'a mut Option<Failure>,
    /// Only the first may be an object.
    first: bool,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Shape, A::Error> {
        let Self { sink, meter, failed, .. } = self;
        Elements { sink, meter, failed, list: "" }.visit_seq(elements)?;
        Ok(Shape::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Shape, A::Error> {
        let Self { sink, meter, failed, first } = self;
        if !first {
            return Err(A::Error::custom("an object behind a list"));
        }
        let mut seen = std::collections::BTreeSet::new();
        while let Some(name) = fields.next_key::<String>()? {
            meter.allow();
            let list = sink.is_list(&name);
            if list {
                fields.next_value_seed(Elements { sink: &mut *sink, meter, failed: &mut *failed, list: &name })?;
            } else if sink.is_wanted(&name) {
                let value = fields.next_value::<Value>()?;
                sink.field(&name, value);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
            meter.allow();
            if (list || sink.is_wanted(&name)) && !seen.insert(name.clone()) {
                return Err(A::Error::custom(format!("field `{name}` is there twice")));
            }
        }
        Ok(Shape::Object)
    }
}

struct Elements<'a> {
    sink: &'a mut dyn Sink,
    meter: &'a Meter,
    failed: &'a mut Option<Failure>,
    list: &'a str,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        self.meter.allow();
        self.sink.begin(self.list);
        while let Some(element) = elements.next_element::<Value>()? {
            if let Err(failure) = self.sink.element(self.list, element) {
                let said = A::Error::custom(&failure.message);
                *self.failed = Some(failure);
                return Err(said);
            }
            self.meter.allow();
        }
        Ok(())
    }
}

/// Hands the elements of a document that is a list to `take`.
///
/// # Errors
/// As [`read`]; where the document is an object, `invalid` with what `said` makes of it.
pub fn list(
    input: impl BufRead,
    what: &str,
    said: fn(&Value) -> Option<String>,
    take: &mut dyn FnMut(Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut list = List { take, fields: serde_json::Map::new() };
    match read(input, what, &mut list)? {
        Shape::List => Ok(()),
        Shape::Object => {
            let said = said(&Value::Object(list.fields)).unwrap_or_else(|| "an object, expected a list".to_owned());
            Err(Failure::invalid(format!("not {what}: {said}")))
        }
    }
}

struct List<'t> {
    take: &'t mut dyn FnMut(Value) -> Result<(), Failure>,
    /// The texts of an object that stands in the list's place.
    fields: serde_json::Map<String, Value>,
}

impl Sink for List<'_> {
    fn is_list(&self, _: &str) -> bool {
        false
    }

    fn is_wanted(&self, name: &str) -> bool {
        ["errorCode", "errorSummary"].contains(&name)
    }

    fn begin(&mut self, _: &str) {}

    fn element(&mut self, _: &str, element: Value) -> Result<(), Failure> {
        (self.take)(element)
    }

    fn field(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }
}
