//! One rule: its statements from left to right, each of which narrows the packets or decides about them.
//!
//! **Invariant:** what is not understood never narrows. It makes the rule inexact, and unreadable where it may decide.

use serde_json::{Map, Value};

use super::key::{Held, Key, keys};
use super::sets::Sets;
use super::{canonical, place, print, values};
use crate::model::{Branch, Place, Rule, Verdict};
use crate::net::IpFamily;
use crate::packets::Packets;
use crate::text::one_line;

/// Reads a rule of a listing, or nothing where it is not shaped like one.
pub fn read(value: &Value, sets: &Sets, limit: usize) -> Option<Rule> {
    let object = value.as_object()?;
    if !["family", "table", "chain"].into_iter().all(|name| object.get(name).is_some_and(Value::is_string)) {
        return None;
    }
    let place = place(object);
    let statements = object.get("expr")?.as_array()?;
    let comment = object.get("comment").and_then(Value::as_str);
    let text = one_line(&print::rule(statements, comment));
    let content = canonical::content(object.get("expr")?, comment);

    let mut reading = Reading {
        place: &place,
        sets,
        limit,
        packets: vec![Packets::any(place.ip_families())],
        exact: true,
        clear: true,
        verdict: None,
        action: "continue",
        branches: None,
    };
    for statement in statements {
        reading.statement(statement);
    }
    let branches = reading.finish();
    Some(Rule { place, branches, text, content })
}

struct Reading<'r> {
    place: &'r Place,
    sets: &'r Sets<'r>,
    limit: usize,
    /// The packets that come this far, as a union.
    packets: Vec<Packets>,
    exact: bool,
    /// Whether every statement was understood.
    clear: bool,
    verdict: Option<Verdict>,
    /// What the rule does besides, where it gives no verdict.
    action: &'static str,
    /// From a verdict map.
    branches: Option<Vec<Branch>>,
}

impl<'r> Reading<'r> {
    fn statement(&mut self, statement: &'r Value) {
        let mut entries = statement.as_object().into_iter().flatten();
        let (Some((name, value)), None) = (entries.next(), entries.next()) else {
            self.clear = false;
            return;
        };
        match name.as_str() {
            "counter" | "last" => {}
            "match" | "vmap" | "limit" | "quota" | "ct count" | "set" | "map" | "meter" if self.decided() => {
                self.exact = false
            }
            "match" => self.matching(value),
            "vmap" => self.verdict_map(value),
            "limit" | "quota" | "ct count" => self.exact = false,
            // They fail for packets without the field and for full sets.
            "set" | "map" | "meter" => {
                self.imply(&value.get("elem").map(keys).unwrap_or_default());
                (self.exact, self.action) = (false, "set");
            }
            "accept" | "drop" | "continue" | "return" | "jump" | "goto" => match verdict(name, value) {
                Some(verdict) => self.decide(verdict),
                None => self.clear = false,
            },
            "reject" => self.reject(value),
            "masquerade" | "snat" | "dnat" | "redirect" | "tproxy" | "synproxy" | "fwd" => self.translate(name, value),
            "queue" => self.decide(Verdict::named("queue")),
            "xt" => self.compatibility(value),
            "log" => self.action = "log",
            "notrack" => self.action = "notrack",
            "dup" => (self.exact, self.action) = (self.exact && is_constant(value), "dup"),
            "flow" => self.action = "flow",
            "ct helper" | "ct timeout" | "ct expectation" => self.action = "ct",
            "mangle" => {
                let key = value.get("key");
                let of_every_packet = key.is_some_and(|key| key.get("meta").is_some() || key.get("ct").is_some());
                self.exact &= of_every_packet && value.get("value").is_some_and(is_constant);
                self.action = "mangle";
            }
            _ => {
                self.clear = false;
                self.exact = false;
            }
        }
    }

    fn decided(&self) -> bool {
        self.verdict.is_some() || self.branches.is_some()
    }

    fn decide(&mut self, verdict: Verdict) {
        if self.decided() {
            self.clear = false;
        } else {
            self.verdict = Some(verdict);
        }
    }

    /// Keeps of the packets those that are in one of `parts`. What would leave nothing, or too many parts, is not done.
    fn narrow(&mut self, parts: &[Packets]) {
        let both = product(&self.packets, parts, self.limit);
        match both {
            Some(both) if !both.is_empty() => self.packets = both,
            _ => self.exact = false,
        }
    }

    fn matching(&mut self, value: &'r Value) {
        let (Some(left), Some(right)) = (value.get("left"), value.get("right")) else {
            self.exact = false;
            return;
        };
        let keys = keys(left);
        self.imply(&keys);
        self.exact &= keys.iter().all(|key| key.exact);
        let op = value.get("op").and_then(Value::as_str).unwrap_or("==");
        match self.constraint(&keys, op, right) {
            Some((parts, exact)) => {
                self.exact &= exact;
                self.narrow(&parts);
            }
            None => self.exact = false,
        }
    }

    fn imply(&mut self, keys: &[Key]) {
        for key in keys {
            self.narrow(std::slice::from_ref(&key.implied));
        }
    }

    /// The packets that a comparison asks for, as a union, and whether that is all that it asks for; nothing where
    /// columns cannot hold it.
    fn constraint(&self, keys: &[Key], op: &str, right: &'r Value) -> Option<(Vec<Packets>, bool)> {
        match (keys, op) {
            ([key], "<" | ">" | "<=" | ">=") => Some((vec![values::compared(key.held?, op, right)?], true)),
            // Flags: any of a list.
            ([Key { held: Some(Held::State), .. }], "in") => {
                let states = right.as_array().map_or_else(|| vec![right], |states| states.iter().collect());
                Some((vec![values::packets(Held::State, &states)?], true))
            }
            (keys, "==") => {
                let elements = self.sets.elements(self.place, right).filter(|elements| elements.lasting)?.items;
                match keys {
                    [key] => Some((vec![values::packets(key.held?, &elements)?], true)),
                    _ if elements.is_empty() || elements.len() > self.limit => None,
                    keys => {
                        let parts = elements.iter().map(|element| concatenated(keys, element));
                        let parts = parts.collect::<Option<Vec<_>>>()?;
                        let exact = parts.iter().all(|(_, exact)| *exact);
                        Some((parts.into_iter().map(|(packets, _)| packets).collect(), exact))
                    }
                }
            }
            _ => None,
        }
    }

    fn verdict_map(&mut self, value: &'r Value) {
        let keys = value.get("key").map(keys).unwrap_or_default();
        self.imply(&keys);
        self.exact &= !keys.is_empty() && keys.iter().all(|key| key.exact);
        let elements = value.get("data").and_then(|data| self.sets.elements(self.place, data));
        let Some(elements) = elements else {
            // A map that the listing does not have may hold any verdict.
            self.clear = false;
            return;
        };
        self.exact &= elements.lasting;
        let too_many = elements.items.len().saturating_mul(self.packets.len()) > self.limit;
        let mut branches: Vec<Branch> = Vec::new();
        for element in elements.items {
            let pair = element.as_array().map(Vec::as_slice);
            let entry = match pair {
                Some([key, verdict]) => {
                    only_entry(verdict).and_then(|(name, value)| Some((key, self::verdict(name, value)?)))
                }
                _ => None,
            };
            let Some((key, verdict)) = entry else {
                self.clear = false;
                return;
            };
            let part = (elements.lasting && !too_many).then(|| concatenated(&keys, key)).flatten();
            let narrowed = part.and_then(|(part, exact)| Some((product(&self.packets, &[part], self.limit)?, exact)));
            let (packets, exact) = match narrowed {
                Some((packets, exact)) if !packets.is_empty() => (packets, exact && self.exact),
                _ => (self.packets.clone(), false),
            };
            for packets in packets {
                let branch = Branch { packets, verdict: verdict.clone(), exact };
                if exact || !branches.contains(&branch) {
                    branches.push(branch);
                }
            }
        }
        if branches.is_empty() {
            // An empty map decides nothing.
            self.exact = false;
            self.decide(Verdict::named("continue"));
        } else if self.decided() {
            self.clear = false;
        } else {
            self.branches = Some(branches);
        }
    }

    /// The kind of the answer says which packets can get it.
    fn reject(&mut self, value: &Value) {
        match value.get("type").and_then(Value::as_str) {
            Some("icmp") => self.narrow(&[Packets::any(&[IpFamily::V4])]),
            Some("icmpv6") => self.narrow(&[Packets::any(&[IpFamily::V6])]),
            Some("tcp reset") => self.narrow(&[Packets::of_protocols(["tcp".to_owned()])]),
            _ => {}
        }
        self.decide(Verdict::named("reject"));
    }

    fn translate(&mut self, name: &str, value: &Value) {
        match value.get("family").and_then(Value::as_str) {
            Some("ip") => self.narrow(&[Packets::any(&[IpFamily::V4])]),
            Some("ip6") => self.narrow(&[Packets::any(&[IpFamily::V6])]),
            _ => {}
        }
        self.exact &= is_constant(value);
        self.decide(Verdict::named(name));
    }

    /// What iptables-nft wrote and nft cannot translate: only the name is there.
    fn compatibility(&mut self, value: &Value) {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        match (text("type"), text("name")) {
            (Some("match"), _) => self.exact = false,
            (Some("target"), Some(name)) => self.decide(Verdict::named(&name.to_ascii_lowercase())),
            (Some("watcher"), _) => self.action = "log",
            _ => self.clear = false,
        }
    }

    fn finish(self) -> Vec<Branch> {
        let Self { packets, exact, clear, verdict, action, branches, .. } = self;
        let all = |verdict: Verdict, exact: bool| {
            packets.iter().map(|packets| Branch { packets: packets.clone(), verdict: verdict.clone(), exact }).collect()
        };
        match (branches, verdict) {
            (Some(branches), _) if clear => {
                branches.into_iter().map(|branch| Branch { exact: branch.exact && exact, ..branch }).collect()
            }
            (None, Some(verdict)) => all(verdict, exact && clear),
            (None, None) if clear => all(Verdict::named(action), exact),
            _ => all(Verdict::named(Verdict::UNREADABLE), false),
        }
    }
}

/// The packets of one element of a concatenation, and whether that is all that it says.
fn concatenated(keys: &[Key], element: &Value) -> Option<(Packets, bool)> {
    let element = values::bare(element)?;
    let parts = match element.get("concat").and_then(Value::as_array) {
        Some(parts) => parts.iter().collect(),
        None => vec![element],
    };
    if parts.len() != keys.len() {
        return None;
    }
    let mut all = Packets::all();
    let mut exact = true;
    for (key, part) in keys.iter().zip(parts) {
        match key.held.map(|held| values::packets(held, &[part])) {
            Some(Some(packets)) => all = all.and(&packets)?,
            _ => exact = false,
        }
    }
    Some((all, exact))
}

fn product(some: &[Packets], others: &[Packets], limit: usize) -> Option<Vec<Packets>> {
    let few = others.len() <= 1 || some.len().saturating_mul(others.len()) <= limit;
    few.then(|| some.iter().flat_map(|one| others.iter().filter_map(|other| one.and(other))).collect())
}

fn only_entry(value: &Value) -> Option<(&str, &Value)> {
    let mut entries = value.as_object()?.iter();
    entries.next().filter(|_| entries.next().is_none()).map(|(name, value)| (name.as_str(), value))
}

fn verdict(name: &str, value: &Value) -> Option<Verdict> {
    match name {
        "accept" | "drop" | "continue" | "return" => Some(Verdict::named(name)),
        "jump" | "goto" => Some(Verdict::to_chain(name, value.get("target")?.as_str()?)),
        _ => None,
    }
}

/// Whether a value is written in the rule and not looked up for each packet.
fn is_constant(value: &Value) -> bool {
    let looked_up = |map: &Map<String, Value>| {
        let names = ["map", "payload", "meta", "ct", "numgen", "jhash", "symhash", "rt", "fib", "exthdr"];
        names.into_iter().any(|name| map.contains_key(name))
    };
    match value {
        Value::Object(entries) => !looked_up(entries) && entries.values().all(is_constant),
        Value::Array(items) => items.iter().all(is_constant),
        _ => true,
    }
}
