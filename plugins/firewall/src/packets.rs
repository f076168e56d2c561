//! A set of packets as far as rows can tell them apart: one choice for each column, all independent of each other.
//!
//! **Invariant:** never empty in any column; what would be empty is no `Packets` at all.

use std::collections::BTreeSet;

use crate::net::IpFamily;
use crate::ranges::Ranges;

/// What conntrack says of a packet, as a set of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct States(u8);

impl States {
    /// Every state: the rule does not ask.
    pub const ANY: Self = Self(0b1_1111);
    const NEW: u8 = 0b1;
    const FOLLOWING: u8 = 0b110;

    /// The set with the one state that nft and iptables call by this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let names = ["new", "established", "related", "invalid", "untracked"];
        let at = names.iter().position(|known| name.eq_ignore_ascii_case(known))?;
        Some(Self(1 << at))
    }

    /// The states of either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether packets that open a connection may be among them: not only established or related ones.
    #[must_use]
    pub fn new_connections(self) -> bool {
        self.0 & !Self::FOLLOWING != 0
    }

    /// Whether [`new_connections`](Self::new_connections) says it all: `invalid` alone opens no connection and follows
    /// none.
    #[must_use]
    pub fn is_held(self) -> bool {
        self.0 & Self::NEW != 0 || !self.new_connections()
    }
}

/// Source and destination addresses of one family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Addresses {
    /// Where packets come from.
    pub source: Ranges,
    /// Where they go.
    pub destination: Ranges,
}

/// A set of packets: the product of its fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packets {
    /// IPv4 packets, if any.
    pub v4: Option<Addresses>,
    /// IPv6 packets, if any.
    pub v6: Option<Addresses>,
    /// Transport protocols in canonical spelling; nothing is any.
    pub protocols: Option<BTreeSet<String>>,
    /// Destination ports, 0 to 65535.
    pub ports: Ranges,
    /// Interfaces that they came in through; nothing is any.
    pub inputs: Option<BTreeSet<String>>,
    /// Interfaces that they leave through; nothing is any.
    pub outputs: Option<BTreeSet<String>>,
    /// What conntrack says of them.
    pub states: States,
}

/// The last port.
pub const LAST_PORT: u128 = 65_535;

impl Packets {
    /// Every packet of these families.
    #[must_use]
    pub fn any(families: &[IpFamily]) -> Self {
        let addresses = |family: IpFamily| {
            let all = Ranges::of([(0, family.last())]);
            families.contains(&family).then(|| Addresses { source: all.clone(), destination: all })
        };
        Self {
            v4: addresses(IpFamily::V4),
            v6: addresses(IpFamily::V6),
            protocols: None,
            ports: Ranges::of([(0, LAST_PORT)]),
            inputs: None,
            outputs: None,
            states: States::ANY,
        }
    }

    /// Every packet.
    #[must_use]
    pub fn all() -> Self {
        Self::any(&IpFamily::BOTH)
    }

    /// Every packet of one of these protocols.
    #[must_use]
    pub fn of_protocols(names: impl IntoIterator<Item = String>) -> Self {
        Self { protocols: Some(names.into_iter().collect()), ..Self::all() }
    }

    /// Every packet to one of these ports.
    #[must_use]
    pub fn to_ports(ports: Ranges) -> Self {
        Self { ports, ..Self::all() }
    }

    /// Every packet of `family` from one of these addresses.
    #[must_use]
    pub fn from(family: IpFamily, source: Ranges) -> Self {
        Self::any(&[family]).map_addresses(|addresses| Addresses { source: source.clone(), ..addresses })
    }

    /// Every packet of `family` to one of these addresses.
    #[must_use]
    pub fn to(family: IpFamily, destination: Ranges) -> Self {
        Self::any(&[family]).map_addresses(|addresses| Addresses { destination: destination.clone(), ..addresses })
    }

    /// Every packet in one of these states.
    #[must_use]
    pub fn in_states(states: States) -> Self {
        Self { states, ..Self::all() }
    }

    fn map_addresses(self, change: impl Fn(Addresses) -> Addresses) -> Self {
        Self { v4: self.v4.map(&change), v6: self.v6.map(&change), ..self }
    }

    /// The families in it with their addresses.
    pub fn families(&self) -> impl Iterator<Item = (IpFamily, &Addresses)> {
        let v4 = self.v4.iter().map(|addresses| (IpFamily::V4, addresses));
        v4.chain(self.v6.iter().map(|addresses| (IpFamily::V6, addresses)))
    }

    /// The packets that are in both sets, or nothing where there are none.
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        let both = Self {
            v4: addresses_in_both(self.v4.as_ref(), other.v4.as_ref()),
            v6: addresses_in_both(self.v6.as_ref(), other.v6.as_ref()),
            protocols: names_in_both(self.protocols.as_ref(), other.protocols.as_ref()),
            ports: self.ports.and(&other.ports),
            inputs: names_in_both(self.inputs.as_ref(), other.inputs.as_ref()),
            outputs: names_in_both(self.outputs.as_ref(), other.outputs.as_ref()),
            states: States(self.states.0 & other.states.0),
        };
        let nameless = |names: &Option<BTreeSet<String>>| names.as_ref().is_some_and(BTreeSet::is_empty);
        let empty = (both.v4.is_none() && both.v6.is_none())
            || [&both.protocols, &both.inputs, &both.outputs].into_iter().any(nameless)
            || both.ports.is_empty()
            || both.states.0 == 0;
        (!empty).then_some(both)
    }

    /// Whether rows hold it in full: ports only together with protocols that have them, states as a yes or no.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let ported =
            self.protocols.as_ref().is_some_and(|names| names.iter().all(|name| crate::protocol::has_ports(name)));
        self.states.is_held() && (ported || self.ports.spans() == [(0, LAST_PORT)])
    }
}

fn addresses_in_both(mine: Option<&Addresses>, theirs: Option<&Addresses>) -> Option<Addresses> {
    let (mine, theirs) = (mine?, theirs?);
    let source = mine.source.and(&theirs.source);
    let destination = mine.destination.and(&theirs.destination);
    (!source.is_empty() && !destination.is_empty()).then_some(Addresses { source, destination })
}

fn names_in_both(mine: Option<&BTreeSet<String>>, theirs: Option<&BTreeSet<String>>) -> Option<BTreeSet<String>> {
    match (mine, theirs) {
        (Some(mine), Some(theirs)) => Some(mine.intersection(theirs).cloned().collect()),
        (Some(names), None) | (None, Some(names)) => Some(names.clone()),
        (None, None) => None,
    }
}
