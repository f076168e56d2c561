//! One `-A` line as a rule.

use std::collections::BTreeSet;

use super::options::{self, Selection};
use super::words::{self, Word};
use crate::model::{Branch, Place, Rule, Verdict};
use crate::net::IpFamily;
use crate::text::one_line;

/// Reads a rule line. `name` is `ip` or `ip6`, `chains` are the table's own and built-in ones: what is no chain is a target.
pub fn read(line: &str, name: &str, table: &str, family: IpFamily, chains: &BTreeSet<&str>) -> Rule {
    let text = strip_counters(line);
    let mut place = Place::new(name, table, appended_to(text).unwrap_or("unknown"));
    let words = words::split(text).map(without_counters);
    let content = words.as_ref().map_or_else(|| text.to_owned(), |words| content(words));
    let read = words.as_deref().and_then(|words| match words {
        [append, chain, rest @ ..] if matches!(append.text.as_str(), "-A" | "--append") => {
            place.chain.clone_from(&chain.text);
            let selection = options::read(rest, family, chains)?;
            Some((verdict(&selection, chains)?, selection))
        }
        _ => None,
    });
    match read {
        Some((verdict, Selection { packets, exact, .. })) => {
            Rule { place, branches: vec![Branch { packets, verdict, exact }], text: one_line(text), content }
        }
        None => Rule::unreadable(place, one_line(text), content),
    }
}

fn verdict(selection: &Selection, chains: &BTreeSet<&str>) -> Option<Verdict> {
    let Some(target) = &selection.target else { return Some(Verdict::named("continue")) };
    if chains.contains(target.name.as_str()) {
        return Some(Verdict::to_chain(if target.goto { "goto" } else { "jump" }, &target.name));
    }
    (!target.goto).then(|| match target.name.as_str() {
        "NFQUEUE" => Verdict::named("queue"),
        name => Verdict::named(&name.to_ascii_lowercase()),
    })
}

/// `iptables-save -c` writes `[packets:bytes]` before the rule.
fn strip_counters(line: &str) -> &str {
    match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, rule)) => rule.trim_start(),
        None => line,
    }
}

/// `-c packets bytes`, which rule files may have within a rule.
fn without_counters(words: Vec<Word>) -> Vec<Word> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if !word.quoted && matches!(word.text.as_str(), "-c" | "--set-counters") {
            words.nth(1);
        } else {
            kept.push(word);
        }
    }
    kept
}

fn appended_to(text: &str) -> Option<&str> {
    let mut words = text.split_ascii_whitespace();
    words.next().filter(|word| matches!(*word, "-A" | "--append"))?;
    words.next()
}

/// The words without the way they are quoted.
fn content(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("\u{1f}")
}
