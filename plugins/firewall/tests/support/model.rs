//! The slow model: rules as lists of conditions, packets one by one, and what matches decided by eye.

use proptest::prelude::*;
use serde_json::{Value, json};
use tickmark_firewall::expand::Cells;
use tickmark_firewall::net::IpFamily;

/// One packet that opens a connection, or one of a known connection.
#[derive(Clone, Debug)]
pub struct Packet {
    pub family: IpFamily,
    pub source: u128,
    pub destination: u128,
    pub protocol: &'static str,
    pub port: u16,
    pub input: &'static str,
    pub new: bool,
}

/// What a rule asks.
#[derive(Clone, Debug)]
pub enum Condition {
    Source(Vec<(u32, u32)>),
    Destination(Vec<(u32, u32)>),
    Source6(Vec<(u128, u128)>),
    Ports(&'static str, Vec<(u16, u16)>),
    Protocols(Vec<&'static str>),
    Inputs(Vec<&'static str>),
    New,
    Following,
    /// A concatenation of source address and TCP port.
    Pairs(Vec<(u32, u16)>),
    Not(Box<Condition>),
}

pub const PROTOCOLS: [&str; 3] = ["tcp", "udp", "icmp"];
pub const INPUTS: [&str; 3] = ["lo", "eth0", "wg0"];

impl Condition {
    /// Whether a packet fulfils it.
    pub fn matches(&self, packet: &Packet) -> bool {
        let v4 = packet.family == IpFamily::V4;
        let in_spans = |spans: &[(u32, u32)], address: u128| {
            v4 && spans.iter().any(|(from, to)| u128::from(*from) <= address && address <= u128::from(*to))
        };
        match self {
            Self::Source(spans) => in_spans(spans, packet.source),
            Self::Destination(spans) => in_spans(spans, packet.destination),
            Self::Source6(spans) => {
                !v4 && spans.iter().any(|(from, to)| *from <= packet.source && packet.source <= *to)
            }
            Self::Ports(protocol, spans) => {
                packet.protocol == *protocol
                    && spans.iter().any(|(from, to)| *from <= packet.port && packet.port <= *to)
            }
            Self::Protocols(names) => names.contains(&packet.protocol),
            Self::Inputs(names) => names.contains(&packet.input),
            Self::New => packet.new,
            Self::Following => !packet.new,
            Self::Pairs(pairs) => {
                v4 && packet.protocol == "tcp"
                    && pairs.iter().any(|(address, port)| u128::from(*address) == packet.source && *port == packet.port)
            }
            // The kernel still looks at the field: a packet without it does not match.
            Self::Not(inner) => match &**inner {
                Self::Source(_) | Self::Destination(_) => v4 && !inner.matches(packet),
                Self::Source6(_) => !v4 && !inner.matches(packet),
                Self::Ports(protocol, _) => packet.protocol == *protocol && !inner.matches(packet),
                Self::Pairs(_) => v4 && packet.protocol == "tcp" && !inner.matches(packet),
                _ => !inner.matches(packet),
            },
        }
    }

    /// The statement as nft prints it.
    pub fn nft(&self, op: &str) -> Value {
        let payload = |protocol: &str, field: &str| json!({"payload": {"protocol": protocol, "field": field}});
        let v4 = |spans: &[(u32, u32)]| set(spans.iter().map(|(from, to)| v4_value(*from, *to)).collect());
        let (left, right) = match self {
            Self::Source(spans) => (payload("ip", "saddr"), v4(spans)),
            Self::Destination(spans) => (payload("ip", "daddr"), v4(spans)),
            Self::Source6(spans) => {
                let text = |n: &u128| std::net::Ipv6Addr::from(*n).to_string();
                let values = spans.iter().map(|(from, to)| json!({"range": [text(from), text(to)]}));
                (payload("ip6", "saddr"), set(values.collect()))
            }
            Self::Ports(protocol, spans) => {
                let value =
                    |(from, to): &(u16, u16)| if from == to { json!(from) } else { json!({"range": [from, to]}) };
                (payload(protocol, "dport"), set(spans.iter().map(value).collect()))
            }
            Self::Protocols(names) => {
                (json!({"meta": {"key": "l4proto"}}), set(names.iter().map(|it| json!(it)).collect()))
            }
            Self::Inputs(names) => {
                (json!({"meta": {"key": "iifname"}}), set(names.iter().map(|it| json!(it)).collect()))
            }
            Self::New => {
                return json!({"match": {"op": if op == "==" { "in" } else { op }, "left": {"ct": {"key": "state"}}, "right": "new"}});
            }
            Self::Following => (json!({"ct": {"key": "state"}}), json!({"set": ["established", "related"]})),
            Self::Pairs(pairs) => {
                let text = |n: &u32| std::net::Ipv4Addr::from(*n).to_string();
                let values = pairs.iter().map(|(address, port)| json!({"concat": [text(address), port]}));
                (
                    json!({"concat": [payload("ip", "saddr"), payload("tcp", "dport")]}),
                    json!({"set": values.collect::<Vec<_>>()}),
                )
            }
            Self::Not(inner) => return inner.nft("!="),
        };
        json!({"match": {"op": op, "left": left, "right": right}})
    }

    /// The options as iptables-save prints them; nothing where it has none for this.
    pub fn iptables(&self) -> Option<String> {
        let text = |n: u32| std::net::Ipv4Addr::from(n).to_string();
        Some(match self {
            Self::Source(spans) => match spans.as_slice() {
                [(from, to)] => format!("-m iprange --src-range {}-{}", text(*from), text(*to)),
                _ => return None,
            },
            Self::Destination(spans) => match spans.as_slice() {
                [(from, to)] if from == to => format!("-d {}/32", text(*from)),
                [(from, to)] => format!("-m iprange --dst-range {}-{}", text(*from), text(*to)),
                _ => return None,
            },
            Self::Ports(protocol, spans) => {
                let ports: Vec<_> = spans.iter().map(|(from, to)| format!("{from}:{to}")).collect();
                format!("-p {protocol} -m multiport --dports {}", ports.join(","))
            }
            Self::Inputs(names) => match names.as_slice() {
                [name] => format!("-i {name}"),
                _ => return None,
            },
            Self::New => "-m conntrack --ctstate NEW".to_owned(),
            Self::Following => "-m conntrack --ctstate RELATED,ESTABLISHED".to_owned(),
            Self::Not(inner) => match &**inner {
                Self::Inputs(_) | Self::Destination(_) | Self::Source(_) => {
                    let options = inner.iptables()?;
                    let at = options.find("-i ").or(options.find("-d ")).or(options.find("--"))?;
                    format!("{}! {}", &options[..at], &options[at..])
                }
                _ => return None,
            },
            Self::Source6(_) | Self::Protocols(_) | Self::Pairs(_) => return None,
        })
    }
}

fn v4_value(from: u32, to: u32) -> Value {
    let text = |n: u32| std::net::Ipv4Addr::from(n).to_string();
    let size = u64::from(to) - u64::from(from) + 1;
    if from == to {
        json!(text(from))
    } else if size.is_power_of_two() && u64::from(from) % size == 0 {
        json!({"prefix": {"addr": text(from), "len": 32 - size.trailing_zeros()}})
    } else {
        json!({"range": [text(from), text(to)]})
    }
}

fn set(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.remove(0) } else { json!({"set": values}) }
}

/// Whether a row holds the packet. A row of new connections holds those of known ones too.
pub fn holds(row: &Cells, packet: &Packet) -> bool {
    let inside = |(from, to): (u128, u128), address: u128| from <= address && address <= to;
    row.source.family() == packet.family
        && inside(row.source.span(), packet.source)
        && inside(row.destination.span(), packet.destination)
        && (row.protocol == "any" || row.protocol == packet.protocol)
        && (row.ports.0..=row.ports.1).contains(&packet.port)
        && row.interface_in.as_deref().is_none_or(|name| name == packet.input)
        && (row.new_connections || !packet.new)
}

/// A condition that columns hold.
pub fn condition() -> impl Strategy<Value = Condition> {
    // Few distinct addresses, so that conditions meet.
    let v4 = || {
        proptest::collection::vec(
            (0u32..40, 0u32..40).prop_map(|(a, b)| (0x0a00_0000 + a.min(b), 0x0a00_0000 + a.max(b))),
            1..4,
        )
    };
    let v6 = proptest::collection::vec((0u128..40, 0u128..40).prop_map(|(a, b)| (a.min(b), a.max(b))), 1..3);
    let ports = proptest::collection::vec((0u16..60, 0u16..60).prop_map(|(a, b)| (a.min(b), a.max(b))), 1..4);
    let some = |names: [&'static str; 3]| proptest::sample::subsequence(names.to_vec(), 1..=3);
    prop_oneof![
        v4().prop_map(Condition::Source),
        v4().prop_map(Condition::Destination),
        v6.prop_map(Condition::Source6),
        (prop_oneof![Just("tcp"), Just("udp")], ports).prop_map(|(protocol, ports)| Condition::Ports(protocol, ports)),
        some(PROTOCOLS).prop_map(Condition::Protocols),
        some(INPUTS).prop_map(Condition::Inputs),
        Just(Condition::New),
        Just(Condition::Following),
        proptest::collection::vec((0x0a00_0000u32..0x0a00_0028, 0u16..60), 1..4).prop_map(Condition::Pairs),
    ]
}

/// Packets around the values that conditions speak of.
pub fn packets() -> impl Strategy<Value = Vec<Packet>> {
    let address = prop_oneof![(0u128..42).prop_map(|n| 0x0a00_0000 - 1 + n), Just(0u128), Just(0xffff_ffffu128)];
    let address6 = prop_oneof![0u128..42, Just(u128::MAX)];
    let v4 = (Just(IpFamily::V4), address.clone(), address);
    let v6 = (Just(IpFamily::V6), address6.clone(), address6);
    let rest = (
        proptest::sample::select(PROTOCOLS.to_vec()),
        prop_oneof![0u16..62, Just(u16::MAX)],
        proptest::sample::select(INPUTS.to_vec()),
        any::<bool>(),
    );
    let packet = (prop_oneof![3 => v4.boxed(), 1 => v6.boxed()], rest).prop_map(
        |((family, source, destination), (protocol, port, input, new))| Packet {
            family,
            source,
            destination,
            protocol,
            // A packet without ports is in a row of any port.
            port: if protocol == "icmp" { 0 } else { port },
            input,
            new,
        },
    );
    proptest::collection::vec(packet, 200)
}
