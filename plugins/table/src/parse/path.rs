//! Where in a JSON document something stands: a JSON pointer such as `/data/people`, or keys with points between such as
//! `data.people`.

use std::fmt;

use super::json::Json;

/// A place in a document; without any key, the document itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    keys: Vec<String>,
}

impl Path {
    /// Reads a path: a pointer (RFC 6901) where it starts with `/`, otherwise keys with points between. Empty is the
    /// document.
    ///
    /// # Errors
    /// Why it is none, as the end of a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let keys: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => {
                pointer.split('/').map(unescaped).collect::<Option<_>>().ok_or("has a ~ that is neither ~0 nor ~1")?
            }
            None => text.split('.').map(str::to_owned).collect(),
        };
        if !text.starts_with('/') && keys.iter().any(String::is_empty) {
            return Err("has an empty key".to_owned());
        }
        Ok(Self { keys })
    }

    /// Its keys, from the outermost one.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// What stands there below `json`; a key of digits counts the items of an array, from 0.
    #[must_use]
    pub fn find<'j>(&self, json: &'j Json) -> Option<&'j Json> {
        self.keys.iter().try_fold(json, |json, key| match json {
            Json::Object(members) => members.get(key),
            Json::List(items) => items.get(index(key)?),
            _ => None,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.iter().try_for_each(|key| write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")))
    }
}

fn unescaped(key: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = key.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '~' => match letters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

/// The position that a key of digits without leading zeros stands for.
#[must_use]
pub fn index(key: &str) -> Option<usize> {
    let sound = key == "0" || (!key.starts_with('0') && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()));
    key.parse().ok().filter(|_| sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_place() {
        let path = |text: &str| Path::new(text).unwrap();
        assert_eq!(path("a.b"), path("/a/b"));
        assert_eq!(path("").keys().len(), 0);
        assert_eq!(path("/a~1b/~0").keys(), ["a/b", "~"]);
        assert_eq!(path("/a.b").keys(), ["a.b"]);
        assert_eq!(path("/").keys(), [""]);
        assert_eq!(path("/a~1b/~0").to_string(), "/a~1b/~0");
        assert_eq!(Path::new("a..b"), Err("has an empty key".to_owned()));
        assert_eq!(Path::new("/a~2"), Err("has a ~ that is neither ~0 nor ~1".to_owned()));
    }
}
