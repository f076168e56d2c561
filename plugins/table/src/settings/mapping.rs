//! Which column of the source is which of the fact, and which rows are left out.

use std::collections::BTreeMap;

use tickmark_collector::{Column, Fact, Failure, Host, Value};

use super::{names, texts, wrong};
use crate::convert::{Words, quoted};
use crate::given::Given;

/// One column of the fact, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Mapped {
    pub column: Column,
    pub from: From,
}

/// Where the cells of a column come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum From {
    /// A column or place of the source, which has to be there unless it `may_lack`.
    Source { name: String, may_lack: bool },
    /// A column of the source of the same name, if it has one: nobody said so.
    SameName,
    /// The same for every row.
    Constant(Value),
}

/// Rows that are left out: those with this text in this column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exclusion {
    pub column: String,
    pub value: String,
}

/// Every column of the fact with its source, in the order of the declaration.
pub(super) fn mapped(host: &dyn Host, fact: &Fact, words: &Words) -> Result<Vec<Mapped>, Failure> {
    let mut sources: BTreeMap<String, From> = BTreeMap::new();
    for entry in texts(host, "columns")?.unwrap_or_default() {
        let (left, source) = entry.split_once('=').ok_or_else(|| no_pair("columns", &entry, "column=Source Column"))?;
        let constant = left.strip_suffix(':');
        let may_lack = left.strip_suffix('?');
        let column = column("columns", constant.or(may_lack).unwrap_or(left).trim(), fact)?;
        let from = if constant.is_some() {
            let value = words.value(column, &Given::Text(source.into()));
            let value = value.map_err(|why| Failure::invalid(format!("setting `columns`, `{entry}`: {why}")))?;
            From::Constant(value)
        } else if source.trim().is_empty() {
            return Err(no_pair("columns", &entry, "column=Source Column"));
        } else {
            From::Source { name: source.trim().to_owned(), may_lack: may_lack.is_some() }
        };
        if sources.insert(column.name.clone(), from).is_some() {
            return Err(Failure::invalid(format!("setting `columns` maps `{}` twice", column.name)));
        }
    }
    let mut from = |column: &Column| sources.remove(&column.name).unwrap_or(From::SameName);
    Ok(fact.columns.iter().map(|column| Mapped { from: from(column), column: column.clone() }).collect())
}

/// The rules of `exclude`.
pub(super) fn exclusions(host: &dyn Host) -> Result<Vec<Exclusion>, Failure> {
    let entries = texts(host, "exclude")?.unwrap_or_default();
    entries
        .iter()
        .map(|entry| {
            let (column, value) =
                entry.split_once('=').ok_or_else(|| no_pair("exclude", entry, "Source Column=value"))?;
            let (column, value) = (column.trim().to_owned(), value.trim().to_owned());
            if column.is_empty() {
                Err(no_pair("exclude", entry, "Source Column=value"))
            } else {
                Ok(Exclusion { column, value })
            }
        })
        .collect()
}

/// What words stand for, by column.
pub(super) fn values(host: &dyn Host, fact: &Fact) -> Result<BTreeMap<String, BTreeMap<String, String>>, Failure> {
    let mut values: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for entry in texts(host, "values")?.unwrap_or_default() {
        let expected = "column:word=what it stands for";
        let (name, rest) = entry.split_once(':').ok_or_else(|| no_pair("values", &entry, expected))?;
        let (word, meaning) = rest.split_once('=').ok_or_else(|| no_pair("values", &entry, expected))?;
        let column = column("values", name.trim(), fact)?;
        let of_column = values.entry(column.name.clone()).or_default();
        if of_column.insert(word.trim().to_owned(), meaning.trim().to_owned()).is_some() {
            return Err(Failure::invalid(format!("setting `values` has {} of `{name}` twice", quoted(word))));
        }
    }
    Ok(values)
}

/// The column and the rest of an entry `column=rest`.
pub(super) fn pair<'e, 'f>(setting: &str, entry: &'e str, fact: &'f Fact) -> Result<(&'f Column, &'e str), Failure> {
    let (name, rest) = entry.split_once('=').ok_or_else(|| no_pair(setting, entry, "column=format"))?;
    Ok((column(setting, name.trim(), fact)?, rest))
}

fn column<'f>(setting: &str, name: &str, fact: &'f Fact) -> Result<&'f Column, Failure> {
    fact.columns.iter().find(|column| column.name == name).ok_or_else(|| {
        let message =
            format!("setting `{setting}`: fact `{}` has no column `{name}`, it has: {}", fact.name, names(fact));
        Failure::invalid(message)
    })
}

fn no_pair(setting: &str, entry: &str, expected: &str) -> Failure {
    wrong(setting, entry, &format!("entries such as `{expected}`"))
}
