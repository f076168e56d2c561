//! The operator's settings, checked against the declared fact before anything is read.

mod mapping;
mod when;

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Fact, Failure, Host, Shape, Value, declared};

use crate::convert::Words;
use crate::convert::number::Separators;
use crate::convert::pattern::Pattern;
use crate::convert::time::{Form, Times, zone};
use crate::parse::csv::Encoding;
use crate::parse::path::Path;

pub(crate) use mapping::{Exclusion, From, Mapped};
pub(crate) use when::When;

/// Everything that the operator says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub fact: Fact,
    pub format: Format,
    pub mapped: Vec<Mapped>,
    /// The source's columns that name a row; at least one.
    pub key: Vec<String>,
    pub exclude: Vec<Exclusion>,
    pub words: Words,
    pub total: Total,
    /// From and to.
    pub covers: Option<(When, When)>,
    pub observed: Option<When>,
}

/// What the source is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv { delimiter: u8, encoding: Encoding },
    Json { array: Path, pages: Option<Pages> },
    JsonLines,
    Sql,
}

/// How an http source is paged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    /// Path and query of the first page.
    pub first: String,
    pub next: Next,
}

/// Where the next page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is one page.
    Never,
    /// In the header `Link`.
    Header,
    /// Where the document says it.
    At(Path),
    /// The document says the value of this parameter.
    Cursor(Path, String),
    /// This parameter numbers the pages.
    Numbered(String),
}

/// Where the source says how many rows it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// In its rows themselves.
    Rows,
    /// In the answer of a query.
    Query,
    /// In a file of its own.
    File,
    /// In the document.
    At(Path),
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let fact = declared::fact(host)?;
        let format = format(host)?;
        let json = matches!(format, Format::Json { .. });
        let total = match text(host, "total") {
            None => Total::Rows,
            Some(word) => match word.as_str() {
                "rows" => Total::Rows,
                "query" => Total::Query,
                "file" => Total::File,
                pointer if pointer.starts_with('/') && json => Total::At(path("total", pointer)?),
                other => {
                    return Err(wrong("total", other, "rows, query, file, or with json a path such as /meta/total"));
                }
            },
        };
        let covers = match (when::read(host, "covers_from", json)?, when::read(host, "covers_to", json)?) {
            (None, None) => None,
            (Some(from), Some(to)) => Some((from, to)),
            _ => return Err(Failure::invalid("settings `covers_from` and `covers_to` need each other")),
        };
        let key = text(host, "key").unwrap_or_default();
        let parts: Vec<String> = key.split(" + ").map(|part| part.trim().to_owned()).collect();
        let repeated = parts.iter().collect::<BTreeSet<_>>().len() < parts.len();
        if parts.iter().any(String::is_empty) || repeated {
            return Err(wrong("key", &key, "columns of the source, each once, with \" + \" between"));
        }
        let words = words(host, &fact)?;
        Ok(Self {
            mapped: mapping::mapped(host, &fact, &words)?,
            exclude: mapping::exclusions(host)?,
            observed: when::read(host, "observed_at", json)?,
            fact,
            format,
            key: parts,
            words,
            total,
            covers,
        })
    }
}

fn format(host: &dyn Host) -> Result<Format, Failure> {
    let word = text(host, "format").unwrap_or_default();
    let only = |setting: &str, format: &str| match host.setting(setting) {
        Value::Absent => Ok(()),
        _ if word == format => Ok(()),
        _ => Err(Failure::invalid(format!(
            "setting `{setting}` has no meaning with format `{word}`, only with {format}"
        ))),
    };
    for setting in ["delimiter", "encoding"] {
        only(setting, "csv")?;
    }
    for setting in ["array", "path", "next", "cursor_parameter", "page_parameter"] {
        only(setting, "json")?;
    }
    Ok(match word.as_str() {
        "csv" => {
            let delimiter = text(host, "delimiter").unwrap_or_else(|| ",".to_owned());
            let byte = match (delimiter.as_str(), delimiter.as_bytes()) {
                ("tab", _) => b'\t',
                (_, [byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => *byte,
                _ => return Err(wrong("delimiter", &delimiter, "one letter such as ; or the word tab")),
            };
            let encoding = match text(host, "encoding").as_deref() {
                None | Some("utf-8") => Encoding::Utf8,
                Some("windows-1252") => Encoding::Windows1252,
                Some(other) => return Err(wrong("encoding", other, "utf-8 or windows-1252")),
            };
            Format::Csv { delimiter: byte, encoding }
        }
        "json" => {
            let array = text(host, "array").map(|text| path("array", &text)).transpose()?.unwrap_or_default();
            Format::Json { array, pages: pages(host)? }
        }
        "jsonl" => Format::JsonLines,
        "sql" => Format::Sql,
        other => return Err(wrong("format", other, "csv, json, jsonl or sql")),
    })
}

fn pages(host: &dyn Host) -> Result<Option<Pages>, Failure> {
    let next = text(host, "next");
    let (cursor, numbered) = (text(host, "cursor_parameter"), text(host, "page_parameter"));
    let Some(first) = text(host, "path") else {
        let stray = [("next", &next), ("cursor_parameter", &cursor), ("page_parameter", &numbered)];
        return match stray.iter().find(|(_, value)| value.is_some()) {
            Some((setting, _)) => Err(Failure::invalid(format!("setting `{setting}` has no meaning without `path`"))),
            None => Ok(None),
        };
    };
    if !first.starts_with('/') || first.starts_with("//") || first.contains('#') {
        return Err(wrong("path", &first, "a path that starts with one /, and perhaps a query"));
    }
    for (setting, parameter) in [("cursor_parameter", &cursor), ("page_parameter", &numbered)] {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']');
        if let Some(bad) = parameter.as_ref().filter(|it| it.is_empty() || !it.bytes().all(plain)) {
            return Err(wrong(setting, bad, "the name of a query parameter"));
        }
    }
    let next = match (next, cursor, numbered) {
        (None, None, None) => Next::Never,
        (None, None, Some(parameter)) => Next::Numbered(parameter),
        (Some(link), None, None) if link == "link" => Next::Header,
        (Some(at), None, None) => Next::At(path("next", &at)?),
        (Some(at), Some(parameter), None) if at != "link" => Next::Cursor(path("next", &at)?, parameter),
        _ => {
            return Err(Failure::invalid(
                "settings `next`, `cursor_parameter` and `page_parameter` contradict each other",
            ));
        }
    };
    Ok(Some(Pages { first, next }))
}

fn words(host: &dyn Host, fact: &Fact) -> Result<Words, Failure> {
    let lower = |setting: &str, default: &[&str]| -> Result<BTreeSet<String>, Failure> {
        let words = texts(host, setting)?.unwrap_or_else(|| default.iter().map(|word| (*word).to_owned()).collect());
        if words.is_empty() || words.contains("") {
            return Err(Failure::invalid(format!("setting `{setting}` holds no word, or an empty one")));
        }
        Ok(words.iter().map(|word| word.to_lowercase()).collect())
    };
    let truths = lower("true_values", &["true", "yes", "y", "t", "1"])?;
    let falsehoods = lower("false_values", &["false", "no", "n", "f", "0"])?;
    if let Some(both) = truths.intersection(&falsehoods).next() {
        return Err(wrong("false_values", both, "words that are not in `true_values`"));
    }
    let zone_name = text(host, "time_zone").unwrap_or_else(|| "UTC".to_owned());
    let zone = zone(&zone_name).ok_or_else(|| {
        wrong("time_zone", &zone_name, "UTC, an IANA name such as Europe/Berlin, or an offset such as +01:00")
    })?;
    let times = |setting: &str, text: &str| -> Result<Times, Failure> {
        Ok(Times { form: form(setting, text)?, zone: zone.clone(), zone_name: zone_name.clone() })
    };
    let mut times_of = BTreeMap::new();
    for entry in texts(host, "datetime_formats")?.unwrap_or_default() {
        let (column, format) = mapping::pair("datetime_formats", &entry, fact)?;
        times_of.insert(column.name.clone(), times("datetime_formats", format)?);
    }
    let list_separator = text(host, "list_separator").unwrap_or_else(|| ";".to_owned());
    if list_separator.is_empty() {
        return Err(wrong("list_separator", "", "at least one letter"));
    }
    Ok(Words {
        times: times("datetime_format", &text(host, "datetime_format").unwrap_or_else(|| "iso".to_owned()))?,
        times_of,
        truths,
        falsehoods,
        nothings: texts(host, "null_values")?.unwrap_or_default(),
        separators: separators(host)?,
        list_separator,
        values: mapping::values(host, fact)?,
    })
}

fn form(setting: &str, text: &str) -> Result<Form, Failure> {
    Ok(match text {
        "iso" => Form::Iso,
        "unix" => Form::Unix,
        "unix-ms" => Form::UnixMs,
        pattern => Form::Pattern(Pattern::new(pattern).map_err(|why| {
            Failure::invalid(format!(
                "setting `{setting}`: `{pattern}` {why}; expected iso, unix, unix-ms or a pattern"
            ))
        })?),
    })
}

fn separators(host: &dyn Host) -> Result<Separators, Failure> {
    let one = |setting: &str| -> Result<Option<char>, Failure> {
        let Some(text) = text(host, setting) else { return Ok(None) };
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if !letter.is_ascii_digit() && !"+-eE".contains(letter) => Ok(Some(letter)),
            _ => Err(wrong(setting, &text, "one letter that is no digit and no sign")),
        }
    };
    let decimal = one("decimal_separator")?.unwrap_or('.');
    let thousands = one("thousands_separator")?;
    if thousands == Some(decimal) {
        return Err(wrong("thousands_separator", &decimal.to_string(), "another letter than before the fraction"));
    }
    Ok(Separators { decimal, thousands })
}

fn path(setting: &str, text: &str) -> Result<Path, Failure> {
    Path::new(text).map_err(|why| Failure::invalid(format!("setting `{setting}`: `{text}` {why}")))
}

fn text(host: &dyn Host, setting: &str) -> Option<String> {
    host.setting(setting).as_text().map(str::to_owned)
}

fn texts(host: &dyn Host, setting: &str) -> Result<Option<BTreeSet<String>>, Failure> {
    let value = host.setting(setting);
    match value {
        Value::Absent => Ok(None),
        Value::SetOf(_) => Ok(Some(value.texts().into_iter().map(str::to_owned).collect())),
        Value::One(_) => Err(Failure::invalid(format!("setting `{setting}` is no set of texts"))),
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

/// The columns of a fact, for people.
fn names(fact: &Fact) -> String {
    let shape = |shape: Shape| if shape == Shape::SetOf { " (a set)" } else { "" };
    fact.columns.iter().map(|column| format!("{}{}", column.name, shape(column.shape))).collect::<Vec<_>>().join(", ")
}
