//! One line of `journalctl --output=json`: an entry of the journal.
//!
//! Format: systemd's "Journal JSON Format". Fields are texts; one with bytes that cannot be printed is an array of numbers,
//! one that is there more than once an array of its values, and one that is too large is null unless `--all` is given.

use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tickmark_collector::Datetime;

use super::{Unread, shown};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When the journal got it.
    pub at: Datetime,
    /// The program, as it calls itself, or else its command's name; empty where neither is there.
    pub program: String,
    /// What it says; empty where it says nothing.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an entry")]
struct Fields {
    #[serde(rename = "__REALTIME_TIMESTAMP")]
    at: Field,
    #[serde(rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<Field>,
    #[serde(rename = "_COMM")]
    command: Option<Field>,
    #[serde(rename = "MESSAGE", default = "Field::none")]
    message: Field,
}

/// The value of a field.
enum Field {
    Text(String),
    /// There, and too large for the output.
    TooLarge,
    /// There more than once.
    Many,
}

impl Field {
    fn none() -> Self {
        Self::Text(String::new())
    }

    fn text(self, name: &str) -> Result<String, Unread> {
        match self {
            Self::Text(text) => Ok(text),
            Self::TooLarge => Err(Unread(format!("`{name}` was too large for journalctl: give it `--all`"))),
            Self::Many => Err(Unread(format!("`{name}` is there more than once"))),
        }
    }
}

/// Reads one line.
///
/// # Errors
/// Says why it cannot be read.
pub fn parse(line: &[u8]) -> Result<Entry, Unread> {
    let Fields { at, identifier, command, message } =
        serde_json::from_slice(line).map_err(|error| Unread(error.to_string()))?;
    let at = at.text("__REALTIME_TIMESTAMP")?;
    let instant = at.parse::<i64>().ok().and_then(|us| Datetime::from_ms(us.div_euclid(1_000)));
    let at = instant.ok_or_else(|| Unread(format!("`__REALTIME_TIMESTAMP` is `{}`", shown(&at))))?;
    let program = match identifier.or(command) {
        Some(program) => program.text("SYSLOG_IDENTIFIER")?,
        None => String::new(),
    };
    Ok(Entry { at, program, message: message.text("MESSAGE")? })
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field")
            }

            fn visit_str<E>(self, text: &str) -> Result<Field, E> {
                Ok(Field::Text(text.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Field, E> {
                Ok(Field::TooLarge)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Field, A::Error> {
                let mut bytes = Vec::new();
                let mut many = false;
                while let Some(item) = seq.next_element::<Item>()? {
                    match item {
                        Item::Byte(byte) => bytes.push(byte),
                        Item::Other => many = true,
                    }
                }
                Ok(if many { Field::Many } else { Field::Text(String::from_utf8_lossy(&bytes).into_owned()) })
            }
        }
        deserializer.deserialize_any(Value)
    }
}

/// An item of an array.
enum Item {
    Byte(u8),
    Other,
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a byte or a text")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Item, E> {
                u8::try_from(number).map(Item::Byte).map_err(|_| E::custom(format_args!("{number} is no byte")))
            }

            fn visit_str<E>(self, _: &str) -> Result<Item, E> {
                Ok(Item::Other)
            }

            fn visit_unit<E>(self) -> Result<Item, E> {
                Ok(Item::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Item, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Item::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Item, A::Error> {
                Err(A::Error::custom("an object in a field"))
            }
        }
        deserializer.deserialize_any(Value)
    }
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::text;

    use super::*;

    fn check(line: &str) -> String {
        match parse(line.as_bytes()) {
            Ok(Entry { at, program, message }) => format!("{} {program}: {message}", text(at)),
            Err(Unread(why)) => why,
        }
    }

    #[test]
    fn entries_are_read_with_the_programs_own_name() {
        let entry = |more: &str| format!(r#"{{"__REALTIME_TIMESTAMP":"1795875264237985","PRIORITY":"6"{more}}}"#);
        assert_eq!(
            check(&entry(r#","SYSLOG_IDENTIFIER":"sshd","_COMM":"sshd-x","MESSAGE":"a""#)),
            "2026-11-28T14:14:24.237Z sshd: a"
        );
        assert_eq!(check(&entry(r#","_COMM":"login","MESSAGE":"a""#)), "2026-11-28T14:14:24.237Z login: a");
        assert_eq!(check(&entry("")), "2026-11-28T14:14:24.237Z : ");
    }

    #[test]
    fn bytes_are_a_text_and_what_is_not_there_in_full_is_unreadable() {
        let entry = |message: &str| format!(r#"{{"MESSAGE":{message},"__REALTIME_TIMESTAMP":"1795875264237985"}}"#);
        assert_eq!(check(&entry("[70,97,105,108,255]")), "2026-11-28T14:14:24.237Z : Fail\u{fffd}");
        assert_eq!(check(&entry("null")), "`MESSAGE` was too large for journalctl: give it `--all`");
        assert_eq!(check(&entry(r#"["a","b"]"#)), "`MESSAGE` is there more than once");
        assert_eq!(check(&entry("[[70],[71]]")), "`MESSAGE` is there more than once");
        assert_eq!(check(&entry("[256]")), "256 is no byte at line 1 column 15");
        assert_eq!(check(r#"{"__REALTIME_TIMESTAMP":"now"}"#), "`__REALTIME_TIMESTAMP` is `now`");
        assert_eq!(check(r#"{"MESSAGE":"a"}"#), "missing field `__REALTIME_TIMESTAMP` at line 1 column 15");
    }
}
