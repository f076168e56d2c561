//! The left side of a match: which column it speaks of, and what else it asks of a packet.
//!
//! nft leaves out of its listing what an expression implies: `tcp dport 22` is printed without the `meta l4proto tcp`
//! that the kernel checks first. It is put back here.

use serde_json::Value;

use crate::net::IpFamily;
use crate::packets::Packets;
use crate::protocol;

/// What a column can hold of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Its source address.
    Source(IpFamily),
    /// Its destination address.
    Destination(IpFamily),
    /// Its transport protocol.
    Protocol,
    /// Its destination port.
    Port,
    /// The interface that it came in through.
    Input,
    /// The interface that it leaves through.
    Output,
    /// What conntrack says of it.
    State,
    /// Whether it is IPv4 or IPv6.
    Family,
}

/// One expression on the left side.
#[derive(Clone, Debug)]
pub struct Key {
    /// The column, if any.
    pub held: Option<Held>,
    /// The packets that have what the expression looks at.
    pub implied: Packets,
    /// Whether `held` says all of it.
    pub exact: bool,
}

impl Key {
    fn new(held: Option<Held>, implied: Packets) -> Self {
        Self { held, implied, exact: held.is_some() }
    }

    fn unheld() -> Self {
        Self::new(None, Packets::all())
    }
}

/// The expressions of a left side: several where it is a concatenation.
#[must_use]
pub fn keys(left: &Value) -> Vec<Key> {
    match left.get("concat").and_then(Value::as_array) {
        Some(parts) => parts.iter().map(key).collect(),
        None => vec![key(left)],
    }
}

fn key(expression: &Value) -> Key {
    let text = |outer: &str, inner: &str| expression.get(outer).and_then(|it| it.get(inner)).and_then(Value::as_str);
    if let (Some(header), Some(field)) = (text("payload", "protocol"), text("payload", "field")) {
        return payload(header, field);
    }
    if let Some(name) = text("meta", "key") {
        let held = match name {
            "nfproto" | "protocol" => Some(Held::Family),
            "l4proto" => Some(Held::Protocol),
            "iif" | "iifname" => Some(Held::Input),
            "oif" | "oifname" => Some(Held::Output),
            _ => None,
        };
        return Key::new(held, Packets::all());
    }
    if text("ct", "key") == Some("state") && text("ct", "dir").is_none() {
        return Key::new(Some(Held::State), Packets::all());
    }
    // A masked field: `tcp flags & (fin | syn)`.
    let masked = ["&", "|", "^", "<<", ">>"].into_iter().find_map(|op| expression.get(op)?.as_array()?.first());
    masked.map_or_else(Key::unheld, |inner| Key::new(None, key(inner).implied))
}

fn payload(header: &str, field: &str) -> Key {
    let of = |family: IpFamily| Packets::any(&[family]);
    match (header, field) {
        ("ip", "saddr") => Key::new(Some(Held::Source(IpFamily::V4)), of(IpFamily::V4)),
        ("ip", "daddr") => Key::new(Some(Held::Destination(IpFamily::V4)), of(IpFamily::V4)),
        ("ip", "protocol") => Key::new(Some(Held::Protocol), of(IpFamily::V4)),
        ("ip", _) => Key::new(None, of(IpFamily::V4)),
        ("ip6", "saddr") => Key::new(Some(Held::Source(IpFamily::V6)), of(IpFamily::V6)),
        ("ip6", "daddr") => Key::new(Some(Held::Destination(IpFamily::V6)), of(IpFamily::V6)),
        // Only the first next header: less than the protocol where there are extension headers.
        ("ip6", "nexthdr") => Key { exact: false, ..Key::new(Some(Held::Protocol), of(IpFamily::V6)) },
        ("ip6", _) => Key::new(None, of(IpFamily::V6)),
        ("ether", "type") => Key::new(Some(Held::Family), Packets::all()),
        ("th", "dport") => Key::new(Some(Held::Port), Packets::all()),
        ("icmp" | "icmpv6", _) => {
            let family = if header == "icmp" { IpFamily::V4 } else { IpFamily::V6 };
            Key::new(None, Packets { protocols: Some([header.to_owned()].into()), ..of(family) })
        }
        ("igmp" | "esp" | "ah" | "comp", _) => Key::new(None, Packets::of_protocols([header.to_owned()])),
        (transport, field) if protocol::has_ports(transport) => {
            let held = (field == "dport").then_some(Held::Port);
            Key::new(held, Packets::of_protocols([transport.to_owned()]))
        }
        _ => Key::unheld(),
    }
}
