//! Waiver files of Chef InSpec, in YAML or JSON: control ids, each with `expiration_date`, `run` and `justification`.
//!
//! An InSpec waiver ends at the beginning of its `expiration_date`, so that the day before is its last one.
//! **Absent on purpose:** `run`. What is waived is judged all the same.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// One entry of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The control's id.
    pub(super) control: String,
    /// Its last day; or what is wrong with it.
    pub(super) until: Result<NaiveDate, String>,
    /// Why.
    pub(super) reason: String,
}

/// What is written of one control; more than these may be there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    expiration_date: Option<String>,
    justification: Option<String>,
}

/// The entries in the order of the file, one that is there twice included.
struct Entries(Vec<(String, Written)>);

/// The entries of `text`.
///
/// # Errors
/// Where it is neither YAML nor JSON of that shape.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let json = text.trim_start().starts_with('{');
    let Entries(written) = match json {
        true => serde_json::from_str(text).map_err(|error| error.to_string())?,
        false => serde_saphyr::from_str(text).map_err(|error| one_line(&error.to_string()))?,
    };
    Ok(written.into_iter().map(|(control, written)| entry(control, written)).collect())
}

/// The first line of a message, which has the place in it; the lines below it show the text there.
fn one_line(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}

fn entry(control: String, Written { expiration_date, justification }: Written) -> Entry {
    let until = match expiration_date.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Err("it has no expiration_date, and a waiver without an end is none".to_owned()),
        Some(text) => last_day(text).ok_or_else(|| format!("`{text}` is no expiration_date such as 2026-10-15")),
    };
    Entry { control, until, reason: justification.unwrap_or_default() }
}

/// The day before an expiration date, which may have a time after it.
fn last_day(text: &str) -> Option<NaiveDate> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let time = rest.is_empty() || rest.starts_with(['T', ' ']);
    day.parse::<NaiveDate>().ok().filter(|_| time)?.pred_opt()
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("control ids, each with expiration_date and justification")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let line = |it: Entry| {
            let until = it.until.map_or_else(|why| why, |day| day.to_string());
            format!("{}: {until}; {}\n", it.control, it.reason)
        };
        let found = entries(text).map(|all| all.into_iter().map(line).collect::<String>());
        expected.assert_eq(&found.unwrap_or_else(|why| format!("{}\n", why.lines().next().unwrap_or_default())));
    }

    #[test]
    fn yaml_and_json_say_the_same() {
        check(
            "waiver_1:\n  expiration_date: 2026-10-15\n  justification: Not needed until Q3. @secteam\nwaiver_2:\n  \
             expiration_date: 2027-03-01\n  justification: \"a bug in the test\"\n  run: no\n",
            &expect![[r#"
                waiver_1: 2026-10-14; Not needed until Q3. @secteam
                waiver_2: 2027-02-28; a bug in the test
            "#]],
        );
        check(
            r#"{
	"waiver_1": { "expiration_date": "2026-10-15T00:00:00.000Z", "justification": "Not needed until Q3." },
	"waiver_2": { "expiration_date": "2027-03-01", "justification": "a bug in the test", "run": false } }"#,
            &expect![[r#"
                waiver_1: 2026-10-14; Not needed until Q3.
                waiver_2: 2027-02-28; a bug in the test
            "#]],
        );
    }

    #[test]
    fn a_waiver_without_an_end_is_refused() {
        let why = "it has no expiration_date, and a waiver without an end is none";
        for text in [
            "a:\n  justification: x\n",
            "a:\n  expiration_date:\n  justification: x\n",
            r#"{"a": {"justification": "x"}}"#,
        ] {
            assert_eq!(entries(text).unwrap()[0].until, Err(why.to_owned()), "{text}");
        }
        check(
            "a:\n  expiration_date: soon\n",
            &expect![[r#"
            a: `soon` is no expiration_date such as 2026-10-15; 
        "#]],
        );
    }

    #[test]
    fn what_is_no_such_file_is_said() {
        for text in ["", "- a\n- b\n", "a: [", "{\"a\": 1}", "{\"a\": {}", "a: &x [*x]\n"] {
            assert!(entries(text).is_err() || entries(text).unwrap().is_empty(), "{text}");
        }
    }
}
