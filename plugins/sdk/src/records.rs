//! The records of a list in a JSON document, one at a time; behind the feature `json`.
//!
//! **Invariant:** one record is in memory at a time, of at most [`RECORD_BYTES`]; what nobody asked for is skipped, whatever
//! its size.
//! **Invariant:** a document that ends early, or says the same thing twice, is a failure, however many records came before.
//!
//! A record whose fields are [`Leaf`]s is read whatever they hold, so that one that is not as it should be can be counted
//! and the rest of the list is read all the same.
//!
//! ```
//! use tickmark_collector::records::{Leaf, List};
//!
//! #[derive(serde::Deserialize, Default)]
//! #[serde(default)]
//! struct Disk {
//!     name: Leaf,
//! }
//!
//! let json = br#"{"count": 2, "result": {"disks": [{"name": "a", "size": [1]}, {"name": 7}]}}"#;
//! let list = List { what: "a list of disks", path: &["result", "disks"], fields: &["count"] };
//! let mut names = Vec::new();
//! let mut fields = list.read(&json[..], |disk: Disk| Ok(names.push(disk.name.text("name")))).unwrap();
//! assert_eq!(names, [Ok(Some("a".to_owned())), Err("`name` is no text".to_owned())]);
//! assert_eq!((fields.has_list(), fields.take("count")), (true, Leaf::Number(2.0)));
//! ```

mod leaf;
mod meter;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::BufRead;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub use leaf::{Leaf, Texts};
use meter::{Meter, Metered};

use crate::failure::Failure;

/// Most bytes of one record.
pub const RECORD_BYTES: u64 = 8 * 1024 * 1024;

/// Where a list stands in a document.
#[derive(Clone, Copy, Debug)]
pub struct List<'l> {
    /// What the document is, for messages: `an answer of X`.
    pub what: &'l str,
    /// The keys that lead to the list, from the document's own object on; at least one.
    pub path: &'l [&'l str],
    /// What else is kept: keys of the objects on that path, such as `status` and `data/type`.
    pub fields: &'l [&'l str],
}

/// What stood beside the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    kept: BTreeMap<String, Leaf>,
    has_list: bool,
}

impl Fields {
    /// What `field` held; nothing where it was not there.
    pub fn take(&mut self, field: &str) -> Leaf {
        self.kept.remove(field).unwrap_or_default()
    }

    /// Whether the list was there, empty or not.
    #[must_use]
    pub fn has_list(&self) -> bool {
        self.has_list
    }
}

impl List<'_> {
    /// Hands over the list's records, in order, and gives what stood beside it.
    ///
    /// # Errors
    /// `invalid`, with line and column, where `reader` gives something else than such a document; otherwise what `each`
    /// returns.
    pub fn read<T: for<'de> Deserialize<'de>>(
        &self,
        reader: impl BufRead,
        each: impl FnMut(T) -> Result<(), Failure>,
    ) -> Result<Fields, Failure> {
        let metered = Metered::new(reader);
        let meter = metered.meter();
        meter.allow(RECORD_BYTES);
        let mut walk = Walk {
            list: self,
            each,
            meter: meter.clone(),
            failure: None,
            fields: Fields::default(),
            seen: BTreeSet::new(),
            kind: PhantomData,
        };
        let mut json = serde_json::Deserializer::from_reader(metered);
        let top = Level { walk: &mut walk, depth: 0, prefix: String::new() };
        let read = top.deserialize(&mut json).and_then(|()| json.end());
        match (read, walk.failure) {
            (_, Some(failure)) => Err(failure),
            (Err(error), None) if error.is_io() && meter.is_used_up() => {
                Err(Failure::invalid(format!("a record of {} has more than {RECORD_BYTES} bytes", self.what)))
            }
            (Err(error), None) => Err(Failure::invalid(format!("not {}: {error}", self.what))),
            (Ok(()), None) => Ok(walk.fields),
        }
    }
}

/// The document, while it is read.
struct Walk<'w, T, F> {
    list: &'w List<'w>,
    each: F,
    meter: Meter,
    failure: Option<Failure>,
    fields: Fields,
    /// The keys so far that matter.
    seen: BTreeSet<String>,
    kind: PhantomData<fn(T)>,
}

/// One object on the path.
struct Level<'l, 'w, T, F> {
    walk: &'l mut Walk<'w, T, F>,
    depth: usize,
    prefix: String,
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> DeserializeSeed<'de> for Level<'_, '_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> Visitor<'de> for Level<'_, '_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.walk.list.path.get(self.depth).unwrap_or(&""))
    }

    /// No list then, which the caller sees.
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        if self.depth > 0 { Ok(()) } else { Err(E::invalid_type(serde::de::Unexpected::Unit, &self)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { walk, depth, prefix } = self;
        let on_path = walk.list.path.get(depth).copied().unwrap_or_default();
        let is_last = depth + 1 >= walk.list.path.len();
        while let Some(key) = map.next_key::<String>()? {
            let name = format!("{prefix}{key}");
            let is_kept = walk.list.fields.contains(&name.as_str());
            if (is_kept || key == on_path) && !walk.seen.insert(name.clone()) {
                return Err(A::Error::custom(format!("`{name}` is there twice")));
            }
            if key == on_path && is_last {
                map.next_value_seed(InList(&mut *walk))?;
            } else if key == on_path {
                map.next_value_seed(Level { walk: &mut *walk, depth: depth + 1, prefix: format!("{name}/") })?;
            } else if is_kept {
                let leaf = map.next_value()?;
                walk.fields.kept.insert(name, leaf);
            } else {
                map.next_value_seed(Skipped(&walk.meter))?;
            }
            walk.meter.allow(RECORD_BYTES);
        }
        Ok(())
    }
}

struct InList<'l, 'w, T, F>(&'l mut Walk<'w, T, F>);

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> DeserializeSeed<'de> for InList<'_, '_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), Failure>> Visitor<'de> for InList<'_, '_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.meter.allow(RECORD_BYTES);
        while let Some(record) = seq.next_element::<T>()? {
            if let Err(failure) = (self.0.each)(record) {
                self.0.failure = Some(failure);
                return Err(A::Error::custom("given up"));
            }
            self.0.meter.allow(RECORD_BYTES);
        }
        self.0.fields.has_list = true;
        Ok(())
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
        self.0.allow(RECORD_BYTES);
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value::<IgnoredAny>()?;
            self.0.allow(RECORD_BYTES);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::failure::code;

    const LIST: List<'_> =
        List { what: "a list of things", path: &["data", "things"], fields: &["status", "data/more"] };

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Thing {
        name: Leaf,
    }

    fn read(json: &[u8]) -> Result<(Vec<Leaf>, Fields), Failure> {
        let mut names = Vec::new();
        let fields = LIST.read(json, |thing: Thing| {
            names.push(thing.name);
            Ok(())
        })?;
        Ok((names, fields))
    }

    #[test]
    fn records_come_in_order_whatever_stands_around_them() {
        let json = br#"{"other":[[{"a":1}],2],"data":{"more":"m","things":[{"name":"a","x":{}},{},{"name":[1]}],"y":{"z":null}},"status":"ok"}"#;
        let (names, mut fields) = read(json).unwrap();
        assert_eq!(names, [Leaf::Text("a".into()), Leaf::Nothing, Leaf::Other]);
        assert_eq!(
            (fields.take("status"), fields.take("data/more")),
            (Leaf::Text("ok".into()), Leaf::Text("m".into()))
        );
        assert!(fields.has_list() && fields.take("other") == Leaf::Nothing);
    }

    #[test]
    fn a_list_that_is_not_there_is_no_empty_one() {
        for json in ["{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"things":[]}"#] {
            assert!(!read(json.as_bytes()).unwrap().1.has_list(), "{json}");
        }
        assert!(read(br#"{"data":{"things":[]}}"#).unwrap().1.has_list());
    }

    #[test]
    fn what_is_no_such_document_is_said_with_its_place() {
        let check = |json: &str, why: &str| {
            assert_eq!(read(json.as_bytes()).unwrap_err(), Failure::invalid(format!("not a list of things: {why}")));
        };
        check("", "EOF while parsing a value at line 1 column 0");
        check("null", "invalid type: null, expected an object with `data` at line 1 column 4");
        check("[]", "invalid type: sequence, expected an object with `data` at line 1 column 2");
        check(r#"{"data":7}"#, "invalid type: integer `7`, expected an object with `things` at line 1 column 10");
        check(r#"{"data":{"things":{}}}"#, "invalid type: map, expected a list at line 1 column 19");
        check(r#"{"data":{"things":[{}"#, "EOF while parsing a list at line 1 column 21");
        check(r#"{"data":{"things":[]}} {"#, "trailing characters at line 1 column 24");
        check(r#"{"data":{"things":[],"things":[]}}"#, "`data/things` is there twice at line 1 column 30");
        check(r#"{"data":{},"data":{}}"#, "`data` is there twice at line 1 column 18");
        check(r#"{"status":1,"status":1}"#, "`status` is there twice at line 1 column 21");
    }

    #[test]
    fn one_endless_record_is_not_read_to_its_end() {
        let json = format!(r#"{{"data":{{"things":[{{"name":"{}"}}]}}}}"#, "x".repeat(RECORD_BYTES as usize));
        let failure = Failure::invalid("a record of a list of things has more than 8388608 bytes");
        assert_eq!(read(json.as_bytes()).unwrap_err(), failure);
    }

    #[test]
    fn whoever_takes_the_records_may_give_up() {
        let failure = Failure::new(code::LIMIT, "enough");
        let given_up = LIST.read(&br#"{"data":{"things":[{},{},{}]}}"#[..], |_: Thing| Err(failure.clone()));
        assert_eq!(given_up, Err(failure));
    }

    proptest! {
        /// Against a reader that holds the whole document.
        #[test]
        fn agrees_with_one_that_holds_it_whole(names in proptest::collection::vec("\\PC{0,8}", 0..8), more in "\\PC{0,8}") {
            let things: Vec<_> = names.iter().map(|name| serde_json::json!({"name": name, "more": [more]})).collect();
            let json = serde_json::json!({"status": more, "data": {"things": things, "more": more, "rest": [[more]]}});
            let (read, mut fields) = read(&serde_json::to_vec(&json).unwrap()).unwrap();
            prop_assert_eq!(read, names.into_iter().map(Leaf::Text).collect::<Vec<_>>());
            prop_assert_eq!(fields.take("data/more"), Leaf::Text(more));
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "\\PC{0,40}") {
            let _ = read(&bytes);
            let _ = read(format!(r#"{{"data":{{"things":[{text}"#).as_bytes());
        }
    }
}
