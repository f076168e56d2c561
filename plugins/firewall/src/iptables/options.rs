//! The options of a rule: what they ask of a packet, and the target.
//!
//! **Invariant:** an option that is not known here never narrows. It makes the rule inexact, unless it belongs to a
//! target such as `LOG`, which it only tunes.

use std::collections::BTreeSet;

use super::words::Word;
use crate::net::IpFamily;
use crate::packets::{LAST_PORT, Packets, States};
use crate::protocol;
use crate::ranges::Ranges;

/// What the options of a rule say.
#[derive(Debug)]
pub struct Selection {
    /// At least the packets that it matches.
    pub packets: Packets,
    /// Whether it matches exactly those.
    pub exact: bool,
    /// What happens to them, if anything.
    pub target: Option<Target>,
}

/// After `-j` or `-g`.
#[derive(Debug)]
pub struct Target {
    /// A chain or an extension.
    pub name: String,
    /// Whether it was `-g`.
    pub goto: bool,
}

/// Match extensions that say nothing by themselves; their options do.
const BARE_EXTENSIONS: &[&str] = &[
    "tcp",
    "udp",
    "udplite",
    "sctp",
    "dccp",
    "icmp",
    "icmp6",
    "icmpv6",
    "ipv6-icmp",
    "comment",
    "multiport",
    "conntrack",
    "state",
    "iprange",
];

/// Targets without options.
const BARE_TARGETS: &[&str] = &["ACCEPT", "DROP", "RETURN", "QUEUE"];

/// Reads the options, or nothing where they are no options at all, lack a value, or name two targets.
pub fn read(words: &[Word], family: IpFamily, chains: &BTreeSet<&str>) -> Option<Selection> {
    let selection = Selection { packets: Packets::any(&[family]), exact: true, target: None };
    let mut reading = Reading { words: words.iter(), family, chains, selection };
    while let Some(word) = reading.words.next() {
        reading.option(word)?;
    }
    Some(reading.selection)
}

struct Reading<'w> {
    words: std::slice::Iter<'w, Word>,
    family: IpFamily,
    chains: &'w BTreeSet<&'w str>,
    selection: Selection,
}

impl<'w> Reading<'w> {
    fn option(&mut self, word: &'w Word) -> Option<()> {
        let (negated, option) = if is_not(word) { (true, self.words.next()?) } else { (false, word) };
        if option.quoted || !option.text.starts_with('-') {
            return None;
        }
        let family = self.family;
        match option.text.as_str() {
            "-A" | "--append" | "-t" | "--table" => return None,
            "-j" | "--jump" => return self.target(false),
            "-g" | "--goto" => return self.target(true),
            "-m" | "--match" => {
                let name = &self.words.next()?.text;
                self.selection.exact &= BARE_EXTENSIONS.contains(&name.as_str());
            }
            "--comment" | "--log-prefix" | "--nflog-prefix" => {
                self.words.next()?;
            }
            // Their value may look like an option.
            "--string" | "--hex-string" | "--name" | "--helper" | "--hashlimit-name" => {
                self.words.next()?;
                self.selection.exact = false;
            }
            "-p" | "--protocol" | "--proto" => self.matching(negated, protocols)?,
            "-s" | "--source" | "--src" => {
                self.matching(negated, |text| Some(Packets::from(family, networks(family, text)?)))?;
            }
            "-d" | "--destination" | "--dst" => {
                self.matching(negated, |text| Some(Packets::to(family, networks(family, text)?)))?;
            }
            "--src-range" => self.matching(negated, |text| Some(Packets::from(family, range(family, text)?)))?,
            "--dst-range" => self.matching(negated, |text| Some(Packets::to(family, range(family, text)?)))?,
            "-i" | "--in-interface" => {
                self.matching(negated, |text| interface(text, |name| Packets { inputs: name, ..Packets::all() }))?;
            }
            "-o" | "--out-interface" => {
                self.matching(negated, |text| interface(text, |name| Packets { outputs: name, ..Packets::all() }))?;
            }
            "--dport" | "--destination-port" | "--dports" | "--destination-ports" => self.matching(negated, ports)?,
            "--ctstate" | "--state" => self.matching(negated, states)?,
            _ => self.unknown(),
        }
        Some(())
    }

    fn target(&mut self, goto: bool) -> Option<()> {
        let name = self.words.next()?.text.clone();
        self.selection.target.replace(Target { name, goto }).is_none().then_some(())
    }

    /// Keeps the packets that the option's value asks for; a value that says more than packets can hold makes the rule
    /// inexact, as does its negation (`! --dport 22`, in old files `--dport ! 22`).
    fn matching(&mut self, negated: bool, read: impl FnOnce(&str) -> Option<Packets>) -> Option<()> {
        let mut value = self.words.next()?;
        let negated = if is_not(value) {
            value = self.words.next()?;
            true
        } else {
            negated
        };
        let part = if negated { None } else { read(&value.text) };
        match part.and_then(|part| self.selection.packets.and(&part)) {
            Some(packets) => self.selection.packets = packets,
            None => self.selection.exact = false,
        }
        Some(())
    }

    /// Skips the option's values. Only options of a target leave the rule exact.
    fn unknown(&mut self) {
        let tunable = |name: &str| !BARE_TARGETS.contains(&name) && !self.chains.contains(name);
        self.selection.exact &= self.selection.target.as_ref().is_some_and(|target| tunable(&target.name));
        let is_value = |word: &Word| word.quoted || !(word.text.starts_with('-') || word.text == "!");
        while self.words.as_slice().first().is_some_and(is_value) {
            self.words.next();
        }
    }
}

fn is_not(word: &Word) -> bool {
    !word.quoted && word.text == "!"
}

fn protocols(text: &str) -> Option<Packets> {
    match text {
        "all" | "0" => Some(Packets::all()),
        _ => Some(Packets::of_protocols([protocol::canonical(text)])),
    }
}

fn networks(family: IpFamily, text: &str) -> Option<Ranges> {
    let spans = text.split(',').map(|network| family.span(network)).collect::<Option<Vec<_>>>()?;
    Some(Ranges::of(spans))
}

fn range(family: IpFamily, text: &str) -> Option<Ranges> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some(Ranges::of([(family.address(from)?, family.address(to)?)])).filter(|ranges| !ranges.is_empty())
}

fn interface(text: &str, select: impl FnOnce(Option<BTreeSet<String>>) -> Packets) -> Option<Packets> {
    match text.strip_suffix('+') {
        Some("") => Some(Packets::all()),
        Some(_) => None,
        None => Some(select(Some([text.to_owned()].into()))),
    }
}

fn ports(text: &str) -> Option<Packets> {
    let span = |text: &str| {
        let number = |text: &str| text.parse::<u16>().ok().map(u128::from);
        match text.split_once(':') {
            Some(("", "")) => None,
            Some(("", to)) => Some((0, number(to)?)),
            Some((from, "")) => Some((number(from)?, LAST_PORT)),
            Some((from, to)) => Some((number(from)?, number(to)?)),
            None => number(text).map(|only| (only, only)),
        }
    };
    let ranges = Ranges::of(text.split(',').map(span).collect::<Option<Vec<_>>>()?);
    (!ranges.is_empty()).then(|| Packets::to_ports(ranges))
}

fn states(text: &str) -> Option<Packets> {
    let states = text.split(',').map(States::named).collect::<Option<Vec<_>>>()?;
    states.into_iter().reduce(States::or).map(Packets::in_states)
}
