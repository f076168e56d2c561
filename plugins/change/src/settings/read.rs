//! Settings of each form. A wrong one is a failure with its value and with what it may be.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Value};

use crate::rules::glob::Glob;

pub(super) fn wrong(setting: &str, value: &str, expected: &str) -> Failure {
    let value = value.chars().take(200).collect::<String>();
    Failure::invalid(format!("setting `{setting}` is `{}`, expected {expected}", value.escape_debug()))
}

fn has(setting: &str, value: &str, expected: &str) -> Failure {
    let value = value.chars().take(200).collect::<String>();
    Failure::invalid(format!("setting `{setting}` has `{}`, expected {expected}", value.escape_debug()))
}

/// The texts of a set; nothing where it is absent. An empty text says nothing and is refused.
pub(super) fn texts(host: &dyn Host, setting: &str) -> Result<Option<BTreeSet<String>>, Failure> {
    let value = host.setting(setting);
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    match value {
        Value::Absent => Ok(None),
        Value::SetOf(items) if items.len() == value_texts(&items) && !texts.contains("") => Ok(Some(texts)),
        _ => Err(Failure::invalid(format!("setting `{setting}` is no set of texts of at least 1 byte"))),
    }
}

fn value_texts(items: &[tickmark_collector::Scalar]) -> usize {
    items.iter().filter(|item| matches!(item, tickmark_collector::Scalar::Text(_))).count()
}

/// The texts of a set, or these.
pub(super) fn texts_or(host: &dyn Host, setting: &str, default: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let default = || default.iter().map(|text| (*text).to_owned()).collect();
    Ok(texts(host, setting)?.unwrap_or_else(default))
}

/// One of several words, the first where it is absent.
pub(super) fn word<T: Copy>(host: &dyn Host, setting: &str, words: &[(&str, T)]) -> Result<Option<T>, Failure> {
    let value = host.setting(setting);
    let text = match &value {
        Value::Absent => return Ok(None),
        value => value.as_text().unwrap_or_default(),
    };
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => Err(wrong(setting, text, &known.join(" or "))),
    }
}

/// A whole number from 0 to `most`.
pub(super) fn number(host: &dyn Host, setting: &str, default: u32, most: u32) -> Result<u32, Failure> {
    let value = host.setting(setting);
    if value == Value::Absent {
        return Ok(default);
    }
    let number = value.as_long().and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= most);
    let said = || value.as_long().map(|number| number.to_string()).unwrap_or_default();
    number.ok_or_else(|| wrong(setting, &said(), &format!("0 to {most}")))
}

/// Every text of a set, read by `read`.
pub(super) fn each<T>(
    host: &dyn Host,
    setting: &str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let texts = texts(host, setting)?.unwrap_or_default();
    texts.iter().map(|text| read(text).ok_or_else(|| has(setting, text, expected))).collect()
}

/// Every text of a set as two, the last `=` between them, read by `read`.
pub(super) fn pairs<T>(
    host: &dyn Host,
    setting: &str,
    expected: &str,
    read: impl Fn(&str, &str) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    each(host, setting, expected, |text| {
        let (left, right) = text.rsplit_once('=')?;
        let (left, right) = (left.trim(), right.trim());
        (!left.is_empty() && !right.is_empty()).then(|| read(left, right))?
    })
}

/// Every text of a set as a name and a list with commas between: each pair of them.
pub(super) fn lists(host: &dyn Host, setting: &str, expected: &str) -> Result<Vec<(String, String)>, Failure> {
    let lists = pairs(host, setting, expected, |name, list| {
        let items: Vec<&str> = list.split(',').map(str::trim).collect();
        let whole = items.iter().all(|item| !item.is_empty());
        whole.then(|| items.into_iter().map(|item| (name.to_owned(), item.to_owned())).collect::<Vec<_>>())
    })?;
    Ok(lists.into_iter().flatten().collect())
}

pub(super) fn glob(text: &str) -> Option<Glob> {
    Glob::read(text)
}
