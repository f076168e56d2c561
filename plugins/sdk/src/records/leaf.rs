//! One value of a record, whatever it is: a wrong one makes its record unreadable, and never the whole answer.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An object of texts, by name.
pub type Texts = BTreeMap<String, String>;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Leaf {
    /// `null`, or not there.
    #[default]
    Nothing,
    /// True or false.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list of texts, empty or not.
    Items(Vec<String>),
    /// An object of texts, empty or not.
    Texts(Texts),
    /// Anything else.
    Other,
}

impl Leaf {
    /// The text; nothing where it is empty or not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn text(self, field: &str) -> Result<Option<String>, String> {
        match self {
            Self::Text(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            Self::Nothing => Ok(None),
            _ => Err(format!("`{field}` is no text")),
        }
    }

    /// The text, which must be there.
    ///
    /// # Errors
    /// Where it is not.
    pub fn some_text(self, field: &str) -> Result<String, String> {
        self.text(field)?.ok_or_else(|| format!("it has no `{field}`"))
    }

    /// The object of texts; empty where it is not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn texts(self, field: &str) -> Result<Texts, String> {
        match self {
            Self::Texts(texts) => Ok(texts),
            Self::Nothing => Ok(Texts::new()),
            _ => Err(format!("`{field}` is no object of texts")),
        }
    }

    /// The texts of a list; empty where it is not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn items(self, field: &str) -> Result<Vec<String>, String> {
        match self {
            Self::Items(items) => Ok(items),
            Self::Nothing => Ok(Vec::new()),
            _ => Err(format!("`{field}` is no list of texts")),
        }
    }

    /// Whether it is true; nothing where it is not there.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn truth(self, field: &str) -> Result<Option<bool>, String> {
        match self {
            Self::Truth(truth) => Ok(Some(truth)),
            Self::Nothing => Ok(None),
            _ => Err(format!("`{field}` is neither true nor false")),
        }
    }

    /// Seconds as milliseconds, rounded; nothing where it is not there.
    ///
    /// # Errors
    /// Where it is no number from 0 to a thousand years.
    pub fn seconds(self, field: &str) -> Result<Option<i64>, String> {
        match self {
            Self::Nothing => Ok(None),
            Self::Number(seconds) if (0.0..=31_556_952_000.0).contains(&seconds) => {
                Ok(Some((seconds * 1_000.0).round() as i64))
            }
            _ => Err(format!("`{field}` is no number of seconds")),
        }
    }
}

impl<'de> Deserialize<'de> for Leaf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Leaf;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Leaf, E> {
        Ok(Leaf::Nothing)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Leaf, E> {
        Ok(Leaf::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Leaf, E> {
        Ok(Leaf::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Leaf, E> {
        Ok(Leaf::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Leaf, E> {
        Ok(Leaf::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Leaf, E> {
        Ok(Leaf::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Leaf, E> {
        Ok(Leaf::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Leaf, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Leaf>()? {
            let Leaf::Text(text) = item else {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Leaf::Other);
            };
            items.push(text);
        }
        Ok(Leaf::Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Leaf, A::Error> {
        let (mut texts, mut other) = (Texts::new(), false);
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value::<Leaf>()? {
                Leaf::Text(text) => other |= texts.insert(key, text).is_some(),
                _ => other = true,
            }
        }
        Ok(if other { Leaf::Other } else { Leaf::Texts(texts) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(json: &str) -> Leaf {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_value_is_what_it_is() {
        assert_eq!(leaf("null"), Leaf::Nothing);
        assert_eq!(leaf("0.5"), Leaf::Number(0.5));
        assert_eq!(leaf("-7"), Leaf::Number(-7.0));
        assert_eq!(leaf("\"a\""), Leaf::Text("a".into()));
        assert_eq!(leaf(r#"{"a":"b"}"#), Leaf::Texts([("a".into(), "b".into())].into()));
        assert_eq!(leaf("true"), Leaf::Truth(true));
        assert_eq!(leaf(r#"["a","b"]"#), Leaf::Items(vec!["a".into(), "b".into()]));
        assert_eq!(leaf("[]"), Leaf::Items(vec![]));
        for other in ["[1]", r#"["a",1,"b"]"#, "[[{}]]", r#"{"a":1}"#, r#"{"a":{"b":"c"}}"#, r#"{"a":"b","a":"c"}"#] {
            assert_eq!(leaf(other), Leaf::Other, "{other}");
        }
    }

    #[test]
    fn a_wrong_value_is_said_with_its_name() {
        assert_eq!(leaf("7").text("job"), Err("`job` is no text".to_owned()));
        assert_eq!(leaf("\"\"").some_text("job"), Err("it has no `job`".to_owned()));
        assert_eq!(leaf("[]").texts("labels"), Err("`labels` is no object of texts".to_owned()));
        for wrong in ["-1", "\"60\"", "1e12"] {
            assert_eq!(leaf(wrong).seconds("duration"), Err("`duration` is no number of seconds".to_owned()));
        }
        assert_eq!((leaf("1.5").seconds("x"), leaf("null").seconds("x")), (Ok(Some(1_500)), Ok(None)));
    }
}
