//! What every source is read into: chains, and rules as branches of packets with a verdict.
//!
//! **Invariant:** a branch holds at least the packets that its rule matches; it holds exactly those where `exact`.

use std::collections::BTreeMap;

use crate::net::IpFamily;
use crate::packets::Packets;

/// What one listing holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruleset {
    /// Its chains, in the listing's order.
    pub chains: Vec<Chain>,
    /// Its rules, in the listing's order: one for each rule of the source, readable or not.
    pub rules: Vec<Rule>,
    /// Why it may not be all that the machine has; empty where the listing gives no such sign.
    pub gaps: Vec<String>,
    /// What could not be read, and other remarks, for people.
    pub notes: Vec<String>,
}

/// One chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Where it is.
    pub place: Place,
    /// For a chain that the kernel calls: how.
    pub base: Option<Base>,
    /// Rules in it.
    pub rules: u64,
}

/// Names a chain: rules stand in it and jump to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Such as `inet`.
    pub family: String,
    /// The table.
    pub table: String,
    /// The chain.
    pub chain: String,
}

impl Place {
    /// A chain of the given names.
    #[must_use]
    pub fn new(family: &str, table: &str, chain: &str) -> Self {
        Self { family: family.to_owned(), table: table.to_owned(), chain: chain.to_owned() }
    }

    /// The IP families of the packets that may come here.
    #[must_use]
    pub fn ip_families(&self) -> &'static [IpFamily] {
        match self.family.as_str() {
            "ip" | "arp" => &[IpFamily::V4],
            "ip6" => &[IpFamily::V6],
            _ => &IpFamily::BOTH,
        }
    }
}

/// How the kernel calls a base chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// `filter`, `nat` or `route`.
    pub kind: String,
    /// Such as `input`.
    pub hook: String,
    /// What happens to a packet that no rule decides.
    pub policy: Option<String>,
    /// Lower is called first.
    pub priority: Option<i64>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The chain that it stands in.
    pub place: Place,
    /// What it does to which packets; never empty.
    pub branches: Vec<Branch>,
    /// The rule in one line, for people.
    pub text: String,
    /// What makes it this rule: no handle, counter or position.
    pub content: String,
}

/// One verdict of a rule, and the packets that get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The packets.
    pub packets: Packets,
    /// What happens to them.
    pub verdict: Verdict,
    /// Whether the rule says no more than the packets do.
    pub exact: bool,
}

/// What happens to a packet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// Such as `accept`.
    pub name: String,
    /// For `jump` and `goto`: the chain.
    pub target: Option<String>,
}

impl Verdict {
    /// The verdict of a rule that could not be read.
    pub const UNREADABLE: &str = "unreadable";

    /// A verdict without a target.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), target: None }
    }

    /// A verdict that leads to another chain.
    #[must_use]
    pub fn to_chain(name: &str, target: &str) -> Self {
        Self { name: name.to_owned(), target: Some(target.to_owned()) }
    }
}

impl Rule {
    /// A rule that could not be read: it may do anything to any packet that comes there.
    #[must_use]
    pub fn unreadable(place: Place, text: String, content: String) -> Self {
        let packets = Packets::any(place.ip_families());
        let verdict = Verdict::named(Verdict::UNREADABLE);
        Self { branches: vec![Branch { packets, verdict, exact: false }], place, text, content }
    }

    /// Whether it may do anything.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.branches.iter().any(|branch| branch.verdict.name == Verdict::UNREADABLE)
    }

    /// Makes it unreadable and keeps what it says of the packets.
    pub fn obscure(&mut self) {
        for branch in &mut self.branches {
            branch.verdict = Verdict::named(Verdict::UNREADABLE);
            branch.exact = false;
        }
    }
}

impl Ruleset {
    /// Counts the rules of each chain, and makes rules unreadable whose chain is not in the listing: nobody knows who
    /// calls them.
    pub fn settle(&mut self) {
        let mut counts: BTreeMap<&Place, u64> = BTreeMap::new();
        for rule in &self.rules {
            *counts.entry(&rule.place).or_default() += 1;
        }
        for chain in &mut self.chains {
            chain.rules = counts.remove(&chain.place).unwrap_or(0);
        }
        let lost: Vec<Place> = counts.into_keys().cloned().collect();
        for place in lost {
            let Place { family, table, chain } = &place;
            self.notes.push(format!("chain `{chain}` of table `{family} {table}` has rules and is not in the listing"));
            self.rules.iter_mut().filter(|rule| rule.place == place).for_each(Rule::obscure);
        }
    }
}
