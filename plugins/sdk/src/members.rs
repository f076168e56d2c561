//! The members of a JSON object, found in one pass without a parser: for logs, which have one object on each line.
//!
//! [`each`] knows the whole grammar (RFC 8259) and says yes only to an object that is well-formed to its end. Whatever it does not
//! follow, such as a key that is written with escapes, it leaves: a caller then asks serde_json, which says what is wrong with it.
//! It looks at sixteen bytes at a time and hardly calls a function on the way. In the sandbox each turn of a loop and each call has its
//! price, so there a parser that is made of small functions takes about twice as long.
//!
//! **Invariant:** what it says yes to, serde_json reads too, with the same members: tested against it.
//!
//! **Absent on purpose:** values that are decoded. A caller who wants a text with escapes, or a number that is more than digits, has
//! it read by serde_json.
//!
//! ```
//! use tickmark_collector::members::{Value, each};
//!
//! let mut user = None;
//! let whole = each(br#"{"user": "ada", "port": 22, "tags": ["a", {}]}"#, |key, value| {
//!     if let (b"user", Value::Text(text)) = (key, value) {
//!         user = Some(text);
//!     }
//!     true
//! });
//! assert_eq!((whole, user), (true, Some(&b"ada"[..])));
//! assert!(!each(br#"{"user": "ada""#, |_, _| true));
//! ```

use crate::words::{Marks, Word, behind, behind_blanks, find, is, is_below, is_no_digit};

/// What a member has as its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text without escapes.
    Text(&'a [u8]),
    /// A text with escapes: what stands between its quotation marks.
    Escaped(&'a [u8]),
    /// A number, as it is written.
    Number(&'a [u8]),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An array or an object.
    Nested,
}

/// Deepest nesting that is followed.
const DEPTH: u32 = 64;

/// Hands over each member of a JSON object, its key first. Whether `text`, which is UTF-8, is one, nothing stands in it that is not
/// followed here, and `member` said yes to all of them; where the answer is no, the members that were handed over count for nothing.
#[inline(always)]
pub fn each<'a>(text: &'a [u8], member: impl FnMut(&'a [u8], Value<'a>) -> bool) -> bool {
    object(text, member).is_some()
}

// Whatever follows takes what is left of the text and gives what is left behind it; nothing where it is not followed. Where a function
// is not part of its caller, it says how much it took instead, which needs no memory: 0 where it is not followed.

#[inline(always)]
fn object<'a>(text: &'a [u8], mut member: impl FnMut(&'a [u8], Value<'a>) -> bool) -> Option<()> {
    let mut rest = behind_blanks(behind(behind_blanks(text), b'{')?);
    if let Some(after) = behind(rest, b'}') {
        rest = after;
    } else {
        loop {
            let (Value::Text(key), after) = string(rest)? else { return None };
            let (value, after) = value(behind_blanks(behind(behind_blanks(after), b':')?))?;
            if !member(key, value) {
                return None;
            }
            let (byte, after) = behind_blanks(after).split_first()?;
            rest = after;
            match byte {
                b',' => rest = behind_blanks(rest),
                b'}' => break,
                _ => return None,
            }
        }
    }
    behind_blanks(rest).is_empty().then_some(())
}

#[inline(always)]
fn value(text: &[u8]) -> Option<(Value<'_>, &[u8])> {
    match text.first()? {
        b'"' => string(text),
        b'{' | b'[' => match nested(text) {
            0 => None,
            taken => Some((Value::Nested, text.get(taken..)?)),
        },
        b't' => Some((Value::Bool(true), text.strip_prefix(b"true")?)),
        b'f' => Some((Value::Bool(false), text.strip_prefix(b"false")?)),
        b'n' => Some((Value::Null, text.strip_prefix(b"null")?)),
        _ => {
            let rest = number(text)?;
            Some((Value::Number(text.get(..text.len() - rest.len())?), rest))
        }
    }
}

/// A text: to the mark that ends it, over escapes, and not over control characters.
#[inline(always)]
fn string(text: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let inner = behind(text, b'"')?;
    let end = find(inner, ends);
    let (found, rest) = inner.get(end..)?.split_first()?;
    if *found == b'"' {
        return Some((Value::Text(inner.get(..end)?), rest));
    }
    match escaped(inner, end) {
        0 => None,
        taken => Some((Value::Escaped(inner.get(..taken - 1)?), inner.get(taken..)?)),
    }
}

#[inline(always)]
fn ends(word: Word) -> Marks {
    is(word, b'"') | is(word, b'\\') | is_below(word, b' ')
}

/// How long a text is with the mark that ends it, where what is at `at` is no such mark.
#[inline(never)]
fn escaped(text: &[u8], at: usize) -> usize {
    fn rest(mut text: &[u8]) -> Option<&[u8]> {
        loop {
            text = match text.split_first()? {
                (b'"', rest) => return Some(rest),
                (b'\\', rest) => match rest.split_first()? {
                    (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest) => rest,
                    (b'u', rest) => {
                        let (digits, rest) = rest.split_first_chunk::<4>()?;
                        digits.iter().all(u8::is_ascii_hexdigit).then_some(rest)?
                    }
                    _ => return None,
                },
                _ => return None,
            };
            text = text.get(find(text, ends)..)?;
        }
    }
    text.get(at..).and_then(rest).map_or(0, |rest| text.len() - rest.len())
}

#[inline(always)]
fn number(text: &[u8]) -> Option<&[u8]> {
    let mut rest = match behind(text, b'-').unwrap_or(text).split_first()? {
        (b'0', rest) => rest,
        (b'1'..=b'9', rest) => digits(rest),
        _ => return None,
    };
    if let Some(fraction) = behind(rest, b'.') {
        rest = some_digits(fraction)?;
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        rest = some_digits(behind(exponent, b'+').or_else(|| behind(exponent, b'-')).unwrap_or(exponent))?;
    }
    Some(rest)
}

#[inline(always)]
fn digits(text: &[u8]) -> &[u8] {
    text.get(find(text, is_no_digit)..).unwrap_or_default()
}

#[inline(always)]
fn some_digits(text: &[u8]) -> Option<&[u8]> {
    let rest = digits(text);
    (rest.len() < text.len()).then_some(rest)
}

/// How long an array or object is.
#[inline(never)]
fn nested(text: &[u8]) -> usize {
    fn rest(mut text: &[u8]) -> Option<&[u8]> {
        // Of each open one, whether it is an object; the innermost is the lowest bit.
        let (mut objects, mut depth) = (0_u64, 0);
        loop {
            let is_object = match text.first()? {
                b'{' => Some(true),
                b'[' => Some(false),
                _ => None,
            };
            if let Some(is_object) = is_object {
                depth += 1;
                if depth > DEPTH {
                    return None;
                }
                objects = objects << 1 | u64::from(is_object);
                text = behind_blanks(text.get(1..)?);
                let end = if is_object { b'}' } else { b']' };
                if text.first() != Some(&end) {
                    if is_object {
                        text = key(text)?;
                    }
                    continue;
                }
            } else {
                text = leaf(text)?;
            }
            // Behind a value, or before the end of an empty one.
            loop {
                let (byte, after) = behind_blanks(text).split_first()?;
                text = after;
                match (byte, objects & 1) {
                    (b'}', 1) | (b']', 0) => {
                        objects >>= 1;
                        depth -= 1;
                        if depth == 0 {
                            return Some(text);
                        }
                    }
                    (b',', in_object) => {
                        text = behind_blanks(text);
                        if in_object == 1 {
                            text = key(text)?;
                        }
                        break;
                    }
                    _ => return None,
                }
            }
        }
    }
    rest(text).map_or(0, |rest| text.len() - rest.len())
}

/// A value that is neither an array nor an object.
#[inline(always)]
fn leaf(text: &[u8]) -> Option<&[u8]> {
    match text.first()? {
        b'"' => string(text).map(|(_, rest)| rest),
        b't' => text.strip_prefix(b"true"),
        b'f' => text.strip_prefix(b"false"),
        b'n' => text.strip_prefix(b"null"),
        _ => number(text),
    }
}

/// A key and its colon.
#[inline(always)]
fn key(text: &[u8]) -> Option<&[u8]> {
    let (_, rest) = string(text)?;
    Some(behind_blanks(behind(behind_blanks(rest), b':')?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value as Json;

    use super::*;

    /// The members as serde_json reads them, without their values where it does not look at those; nothing where it is no object.
    fn model(text: &str) -> Option<Vec<(String, Option<Json>)>> {
        struct Members<T>(std::marker::PhantomData<T>);
        impl<'de, T: serde::Deserialize<'de>> serde::de::Visitor<'de> for Members<T> {
            type Value = Vec<(String, T)>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        fn read<'de, T: serde::Deserialize<'de>>(text: &'de str) -> Option<Vec<(String, T)>> {
            let mut json = serde_json::Deserializer::from_str(text);
            let members = serde::Deserializer::deserialize_map(&mut json, Members(std::marker::PhantomData)).ok()?;
            json.end().ok().map(|()| members)
        }
        // A number may be too large to be one, which does not matter where nobody asks for it.
        let keys = read::<serde::de::IgnoredAny>(text)?.into_iter().map(|(key, _)| (key, None));
        let values =
            read::<Json>(text).map(|members| members.into_iter().map(|(key, value)| (key, Some(value))).collect());
        values.or_else(|| Some(keys.collect()))
    }

    fn scanned(text: &str) -> Option<Vec<(&[u8], Value<'_>)>> {
        let mut members = Vec::new();
        each(text.as_bytes(), |key, value| {
            members.push((key, value));
            true
        })
        .then_some(members)
    }

    /// Whether what was scanned is what serde_json reads; whether it was scanned at all.
    fn agrees(text: &str) -> bool {
        let Some(scanned) = scanned(text) else { return false };
        let read = model(text).unwrap_or_else(|| panic!("serde_json does not read `{text}`"));
        assert_eq!(scanned.len(), read.len(), "{text}");
        for ((key, value), (read_key, read)) in scanned.into_iter().zip(read) {
            assert_eq!(key, read_key.as_bytes(), "{text}");
            let utf8 = |bytes| std::str::from_utf8(bytes).unwrap();
            let Some(read) = read else { continue };
            match value {
                Value::Text(it) => assert_eq!(Json::from(utf8(it)), read, "{text}"),
                Value::Escaped(it) => {
                    assert!(it.contains(&b'\\'), "{text}");
                    assert_eq!(serde_json::from_str::<Json>(&format!("\"{}\"", utf8(it))).unwrap(), read, "{text}");
                }
                Value::Number(it) => assert_eq!(serde_json::from_slice::<Json>(it).unwrap(), read, "{text}"),
                Value::Bool(it) => assert_eq!(Json::from(it), read, "{text}"),
                Value::Null => assert_eq!(Json::Null, read, "{text}"),
                Value::Nested => assert!(read.is_array() || read.is_object(), "{text}"),
            }
        }
        true
    }

    #[test]
    fn what_logs_write_is_scanned() {
        for text in [
            "{}",
            " { } \r\n",
            r#"{"a":1}"#,
            r#"{"a" : -0.5e+7 , "b":[ ] ,"c":{ }}"#,
            r#"{"a":"b\/c\u00e9\"\\","":"","long key, longer than eight bytes":"and a value that is longer too: äöü"}"#,
            r#"{"a":[1,[2,{"b":[null,true,false]}],"]}"],"c":{"d":{"e":"}"},"f":[]}}"#,
        ] {
            assert!(agrees(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_or_is_not_followed_is_left() {
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(agrees(&deep(64)));
        for text in [
            "",
            "[]",
            "{",
            r#"{"a":1"#,
            r#"{"a":1}}"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a" 1}"#,
            r#"{a:1}"#,
            r#"{"a":}"#,
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":+1}"#,
            r#"{"a":1e}"#,
            r#"{"a":-}"#,
            r#"{"a":tru}"#,
            r#"{"a":nulL}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\u00g0"}"#,
            r#"{"a":"\u00"#,
            "{\"a\":\"b\tc\"}",
            "{\"a\":\"0123456789\u{1}\"}",
            r#"{"a":[1}"#,
            r#"{"a":{"b"]}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":{"b":1,}}"#,
            r#"{"\u0061":1}"#,
            &deep(65),
        ] {
            assert_eq!(scanned(text), None, "{text}");
        }
    }

    #[test]
    fn a_no_ends_it() {
        let mut seen = 0;
        assert!(!each(br#"{"a":1,"b":2,"c":3}"#, |key, _| {
            seen += 1;
            key != b"b"
        }));
        assert_eq!(seen, 2);
    }

    /// A JSON value, as text that is spaced and escaped in one way or another.
    fn json() -> impl Strategy<Value = String> {
        let text = prop_oneof![
            "[ -~äß€😀]{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap()),
            "(\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-fA-F]{2}|[a-z]){0,12}".prop_map(|text| format!("\"{text}\"")),
        ];
        let leaf = prop_oneof![
            text,
            "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?",
            prop_oneof![Just("true"), Just("false"), Just("null")].prop_map(str::to_owned),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let blank = prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\t\r\n ")];
            prop_oneof![
                (proptest::collection::vec(inner.clone(), 0..4), blank.clone())
                    .prop_map(|(items, blank)| format!("[{blank}{}{blank}]", items.join(&format!("{blank},{blank}")))),
                (proptest::collection::vec(("[a-z \\pL]{0,10}", inner), 0..4), blank).prop_map(|(items, blank)| {
                    let items: Vec<String> = items
                        .iter()
                        .map(|(key, value)| format!("{}{blank}:{blank}{value}", serde_json::to_string(key).unwrap()))
                        .collect();
                    format!("{{{blank}{}{blank}}}", items.join(&format!("{blank},{blank}")))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn whole_objects_are_scanned_as_serde_json_reads_them(value in json()) {
            let text = format!("{{\"a\":{value},\"b\":{value}}}");
            prop_assert!(agrees(&text), "{}", text);
        }

        /// Something was cut away, doubled or put in: whatever is still scanned is still read the same.
        #[test]
        fn damaged_objects_are_never_taken_for_whole_ones(
            value in json(), at in any::<prop::sample::Index>(), len in 0_usize..4, with in "[\\]\\[{}:,\"\\\\0-9eE.+tfn\u{1}\u{1f} -]{0,3}"
        ) {
            let mut chars: Vec<char> = format!("{{\"a\":{value}}}").chars().collect();
            let at = at.index(chars.len());
            let end = (at + len).min(chars.len());
            chars.splice(at..end, with.chars());
            agrees(&chars.into_iter().collect::<String>());
        }
    }
}
