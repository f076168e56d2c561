//! One line of an access log: a JSON object with seven required fields.
//!
//! A field is there where it holds a text, a number or a truth value. A text that is blank or stands for nothing, such as
//! `unknown`, is none, and neither are null, an array or an object. The other fields of the line are passed over; but the
//! line is read to its end, so that two that were written into each other are not taken for one.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use tickmark_collector::Datetime;
use tickmark_collector::members;
use tickmark_collector::time::{UtcOffset, iso8601};
use tickmark_collector::words::same;
use twox_hash::XxHash64;

use super::{Unread, shown};

/// The required fields, by the names that they have where the settings do not say otherwise.
pub const FIELDS: [&str; 7] = ["timestamp", "user_id", "action", "resource", "source_ip", "outcome", "correlation_id"];

const TIMESTAMP: usize = 0;
const ACTION: usize = 2;
const CORRELATION_ID: usize = 6;

/// How a log writes its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The name of each field, in the order of [`FIELDS`].
    pub names: [String; 7],
    /// Texts that stand for nothing.
    pub placeholders: Vec<String>,
    /// Of times without an offset.
    pub offset: Option<UtcOffset>,
}

impl Default for Shape {
    fn default() -> Self {
        let placeholders = ["-", "unknown"].map(str::to_owned).to_vec();
        Self { names: FIELDS.map(str::to_owned), placeholders, offset: None }
    }
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was; nothing where it does not say, or says it so that it cannot be read.
    pub at: Option<Datetime>,
    /// Which fields are missing, in the order of [`FIELDS`].
    pub missing: [bool; 7],
    /// A digest of action and correlation id, where both are there.
    pub mark: Option<u64>,
    /// What is wrong with a timestamp that is there.
    pub bad_time: Option<String>,
}

/// Reads one line.
///
/// # Errors
/// Says why it is no JSON object, or has a field twice.
pub fn parse(line: &[u8], shape: &Shape) -> Result<Entry, Unread> {
    let mut json = serde_json::Deserializer::from_slice(line);
    let cells = json.deserialize_map(Object(shape)).and_then(|cells| json.end().map(|()| cells));
    let cells = cells.map_err(|error| Unread(error.to_string()))?;
    Ok(entry(&cells.each_ref().map(|cell| cell.as_ref().map(Decoded::cell)), shape))
}

/// Reads one line that is UTF-8 as [`parse`] does, in a fraction of the time where nothing is wrong with it.
///
/// # Errors
/// As [`parse`].
pub fn parse_utf8(line: &[u8], shape: &Shape) -> Result<Entry, Unread> {
    let mut cells = Cells::default();
    if scan(line, shape, &mut cells) { Ok(entry(&cells, shape)) } else { parse(line, shape) }
}

fn entry(cells: &Cells<'_>, shape: &Shape) -> Entry {
    let (mut at, mut bad_time) = (None, None);
    match cells.get(TIMESTAMP) {
        Some(&Some(Cell::Text(text))) => {
            at = iso8601(text.trim_ascii(), shape.offset);
            if at.is_none() {
                let why = if shape.offset.is_some() { "is no time" } else { "is no time with an offset" };
                bad_time = Some(format!("`{}` {why}", shown(&String::from_utf8_lossy(text))));
            }
        }
        Some(Some(Cell::Other(_))) => bad_time = Some("no text".to_owned()),
        _ => {}
    }
    let mut missing = cells.each_ref().map(Option::is_none);
    missing[TIMESTAMP] = at.is_none();
    let mark = match (cells.get(ACTION), cells.get(CORRELATION_ID)) {
        (Some(&Some(action)), Some(&Some(id))) => Some(mark(action, id)),
        _ => None,
    };
    Entry { at, missing, mark, bad_time }
}

/// Puts the fields of a line into empty `cells` if it is as most are; where it is not, [`parse`] has to look at it.
fn scan<'a>(line: &'a [u8], shape: &Shape, cells: &mut Cells<'a>) -> bool {
    let (mut seen, mut next) = ([false; 7], 0);
    let (names, placeholders) = (lengths(&shape.names), signs(&shape.placeholders));
    members::each(line, |key, value| {
        // Most keys that are not looked for are told by their length.
        let key = Some(key).filter(|key| names & length(key) != 0);
        let Some(field) = key.and_then(|key| field(key, &shape.names, next)) else { return true };
        next = field + 1;
        let (Some(seen), Some(cell)) = (seen.get_mut(field), cells.get_mut(field)) else { return false };
        *cell = match value {
            members::Value::Text(text) => (!is_nothing(text, shape, placeholders)).then_some(Cell::Text(text)),
            // As it is written, which is how it would be written again.
            members::Value::Number(number) if is_small(number) => Some(Cell::Other(number)),
            members::Value::Bool(true) => Some(Cell::Other(b"true")),
            members::Value::Bool(false) => Some(Cell::Other(b"false")),
            members::Value::Null | members::Value::Nested => None,
            members::Value::Escaped(_) | members::Value::Number(_) => return false,
        };
        !std::mem::replace(seen, true)
    })
}

/// The lengths of these texts, as bits.
#[inline(always)]
fn lengths(texts: &[String]) -> u64 {
    texts.iter().fold(0, |lengths, text| lengths | length(text.as_bytes()))
}

/// The signs of these texts, as bits.
#[inline(always)]
fn signs(texts: &[String]) -> u64 {
    texts.iter().fold(0, |signs, text| signs | sign(text.as_bytes()))
}

/// One bit for a text, the same for those that differ in no more than the case of their letters.
#[inline(always)]
fn sign(text: &[u8]) -> u64 {
    let first = text.first().map_or(0, |first| usize::from(first | 0x20));
    1 << ((text.len() + first) % 64)
}

/// One bit for the length of a text, the same for lengths that are 64 apart.
#[inline(always)]
const fn length(text: &[u8]) -> u64 {
    1 << (text.len() % 64)
}

/// Whether a JSON number is one of at most 18 digits and nothing else.
fn is_small(number: &[u8]) -> bool {
    number.len() <= 18 && number.iter().all(u8::is_ascii_digit)
}

/// A digest of both, XXH64 of the one with that of the other as its seed.
fn mark(action: Cell<'_>, id: Cell<'_>) -> u64 {
    [action, id].into_iter().fold(0, |seed, cell| match cell {
        Cell::Text(text) => XxHash64::oneshot(seed, text),
        Cell::Other(written) => XxHash64::oneshot(!seed, written),
    })
}

/// What a line has in its required fields; nothing where a field is not there.
type Cells<'a> = [Option<Cell<'a>>; 7];

/// The value of a field that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell<'a> {
    /// A text, in UTF-8.
    Text(&'a [u8]),
    /// A number or a truth value, as it is written.
    Other(&'a [u8]),
}

/// A [`Cell`] whose text may have been written with escapes.
enum Decoded<'a> {
    Text(Cow<'a, str>),
    Other(String),
}

impl Decoded<'_> {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text.as_bytes()),
            Self::Other(written) => Cell::Other(written.as_bytes()),
        }
    }
}

/// Reads an object into the cells of its required fields.
struct Object<'s>(&'s Shape);

impl<'de> Visitor<'de> for Object<'_> {
    type Value = [Option<Decoded<'de>>; 7];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = [const { None }; 7];
        let mut seen = [false; 7];
        let mut next = 0;
        while let Some(field) = map.next_key_seed(Name { names: &self.0.names, next })? {
            next = field.map_or(next, |field| field + 1);
            let place = field.and_then(|field| Some((field, seen.get_mut(field)?, cells.get_mut(field)?)));
            let Some((field, seen, cell)) = place else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if std::mem::replace(seen, true) {
                let name = self.0.names.get(field).map_or("", String::as_str);
                return Err(A::Error::custom(format_args!("field `{name}` is there twice")));
            }
            *cell = map.next_value_seed(Value(self.0))?;
        }
        Ok(cells)
    }
}

/// Reads a key; which of the required fields it is.
struct Name<'s> {
    names: &'s [String; 7],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(field(key.as_bytes(), self.names, self.next))
    }
}

/// Which of the required fields is called `key`. Most logs write them in one order, so the one behind the last is tried first.
#[inline(always)]
fn field(key: &[u8], names: &[String; 7], next: usize) -> Option<usize> {
    let is = |name: &String| same(name.as_bytes(), key);
    if names.get(next).is_some_and(is) { Some(next) } else { names.iter().position(is) }
}

/// Whether a text stands for nothing; `signs` are those of the placeholders.
#[inline(always)]
fn is_nothing(text: &[u8], shape: &Shape, signs: u64) -> bool {
    let blank = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    let text = if blank(text.first()) || blank(text.last()) { text.trim_ascii() } else { text };
    let is_placeholder = || shape.placeholders.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(text));
    text.is_empty() || (signs & sign(text) != 0 && is_placeholder())
}

/// Reads a value; nothing where it stands for nothing.
struct Value<'s>(&'s Shape);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Option<Decoded<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Option<Decoded<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok((!is_nothing(text.as_bytes(), self.0, u64::MAX)).then_some(Decoded::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((!is_nothing(text.as_bytes(), self.0, u64::MAX)).then(|| Decoded::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(Decoded::Other(truth.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Decoded::Other(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Decoded::Other(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Decoded::Other(number.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::text;

    use super::*;

    const FULL: &str = r#"{"timestamp":"2026-11-19T22:00:01.5Z","user_id":"ada","action":"read","resource":"/orders/7","source_ip":"10.0.0.5","outcome":"allowed","correlation_id":"c-1","user_agent":["x",{}]}"#;

    fn check(line: &str, shape: &Shape) -> String {
        let read = parse(line.as_bytes(), shape);
        assert_eq!(parse_utf8(line.as_bytes(), shape), read);
        match read {
            Ok(Entry { at, missing, mark, bad_time }) => {
                let missing: Vec<&str> =
                    FIELDS.iter().zip(missing).filter(|(_, missing)| *missing).map(|(name, _)| *name).collect();
                let at = at.map_or_else(|| bad_time.unwrap_or("-".to_owned()), text);
                format!("{at} without [{}] marked {}", missing.join(" "), mark.is_some())
            }
            Err(Unread(why)) => why,
        }
    }

    #[test]
    fn a_line_with_every_field() {
        assert_eq!(check(FULL, &Shape::default()), "2026-11-19T22:00:01.500Z without [] marked true");
    }

    #[test]
    fn what_stands_for_nothing_is_missing() {
        for nothing in ["null", "\"\"", "\"  \"", "\"-\"", "\"Unknown\"", "[1]", "{\"a\":{}}"] {
            let line = FULL.replace("\"10.0.0.5\"", nothing);
            assert_eq!(
                check(&line, &Shape::default()),
                "2026-11-19T22:00:01.500Z without [source_ip] marked true",
                "{nothing}"
            );
        }
        for something in ["0", "-1", "false", "1.5", "\"0\"", "\"unknown host\""] {
            let line = FULL.replace("\"10.0.0.5\"", something);
            assert_eq!(
                check(&line, &Shape::default()),
                "2026-11-19T22:00:01.500Z without [] marked true",
                "{something}"
            );
        }
        assert_eq!(
            check("{}", &Shape::default()),
            "- without [timestamp user_id action resource source_ip outcome correlation_id] marked false"
        );
    }

    #[test]
    fn fields_may_have_other_names() {
        let mut shape = Shape::default();
        shape.names[1] = "sub".to_owned();
        assert_eq!(check(FULL, &shape), "2026-11-19T22:00:01.500Z without [user_id] marked true");
        let line = FULL.replace("user_id", "sub");
        assert_eq!(check(&line, &shape), "2026-11-19T22:00:01.500Z without [] marked true");
        assert_eq!(check(&line.replace("sub", "s\\u0075b"), &shape), "2026-11-19T22:00:01.500Z without [] marked true");
    }

    /// `datetime.utcnow().isoformat()` says no offset.
    #[test]
    fn a_time_without_an_offset_is_read_only_where_the_settings_say_it() {
        let line = FULL.replace(".5Z", ".123456");
        assert_eq!(
            check(&line, &Shape::default()),
            "`2026-11-19T22:00:01.123456` is no time with an offset without [timestamp] marked true"
        );
        let shape = Shape { offset: UtcOffset::parse("+01:00"), ..Shape::default() };
        assert_eq!(check(&line, &shape), "2026-11-19T21:00:01.123Z without [] marked true");
        let line = FULL.replace("\"2026-11-19T22:00:01.5Z\"", "1795125601");
        assert_eq!(check(&line, &shape), "no text without [timestamp] marked true");
    }

    #[test]
    fn lines_of_one_request_and_action_are_marked_alike() {
        let mark = |line: &str| parse(line.as_bytes(), &Shape::default()).unwrap().mark;
        assert_eq!(mark(FULL), mark(&FULL.replace("/orders/7", "/orders/8").replace("c-1", "c\\u002d1")));
        assert_ne!(mark(FULL), mark(&FULL.replace("c-1", "c-2")));
        assert_ne!(mark(FULL), mark(&FULL.replace("read", "write")));
    }

    #[test]
    fn what_is_no_object_says_why() {
        let check = |line: &str, why: &str| assert_eq!(parse(line.as_bytes(), &Shape::default()), Err(why.into()));
        check("", "EOF while parsing a value at line 1 column 0");
        check("[]", "invalid type: sequence, expected an object at line 1 column 0");
        check("{\"a\":1}{\"a\":1}", "trailing characters at line 1 column 8");
        check("{\"action\":\"a\",\"action\":null}", "field `action` is there twice at line 1 column 22");
        check("{\"a\":\"b{\"a\":\"b\"}", "expected `,` or `}` at line 1 column 10");
    }
}
