//! The controls on the rules and chains of firewalls.

use std::net::IpAddr;

use super::{Subject, said};

/// Whether a rule or a chain is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    match control {
        "CC6.6-firewall-inbound" => subject.has_text("hooks", "input") || subject.has_text("hooks", "forward"),
        "CC6.6-firewall-default-deny" => {
            let arrives = matches!(subject.text("hook"), None | Some("input" | "forward"));
            let filters = matches!(subject.text("kind"), None | Some("filter"));
            subject.flag("base") == Some(true) && arrives && filters
        }
        other => panic!("no model of {other}"),
    }
}

/// The policies that speak against a rule or a chain.
pub(super) fn against(control: &str, subject: &Subject<'_>) -> Vec<&'static str> {
    match control {
        "CC6.6-firewall-default-deny" => {
            said(&[("firewall-default-deny-accepts", subject.text("policy") != Some("drop"))])
        }
        "CC6.6-firewall-inbound" => said(&inbound(subject)),
        other => panic!("no model of {other}"),
    }
}

fn inbound(rule: &Subject<'_>) -> [(&'static str, bool); 4] {
    let (from, to) = (rule.number("port_from").unwrap(), rule.number("port_to").unwrap());
    let lets_in =
        matches!(rule.text("verdict"), Some("accept" | "queue")) && rule.flag("new_connections") == Some(true);
    let without_ports = ["ah", "esp", "gre", "icmp", "icmpv6", "igmp", "ipv6-icmp", "ospf", "vrrp"];
    let reaches = lets_in
        && rule.text("interface_in") != Some("lo")
        && !without_ports.contains(&rule.text("protocol").unwrap())
        && !private(rule.text("source").unwrap());
    let any = |ports: &[i128]| ports.iter().any(|port| (from..=to).contains(port));
    [
        ("firewall-inbound-unreadable", rule.text("verdict") == Some("unreadable")),
        ("firewall-inbound-not-exact", lets_in && rule.flag("exact") == Some(false)),
        ("firewall-inbound-management-port", reaches && any(&[22, 23, 445, 3389, 5900, 5985, 5986])),
        ("firewall-inbound-data-port", reaches && any(&[1433, 3306, 5432, 6379, 9200, 11211, 27017])),
    ]
}

/// Whether a network lies wholly within addresses that are not reached from the internet.
fn private(network: &str) -> bool {
    let (address, prefix) = network.split_once('/').map_or((network, None), |(a, p)| (a, p.parse::<u8>().ok()));
    match address.parse().unwrap() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let inner: &[(bool, u8)] = &[
                (a == 10, 8),
                (a == 100 && (64..128).contains(&b), 10),
                (a == 127, 8),
                (a == 169 && b == 254, 16),
                (a == 172 && (16..32).contains(&b), 12),
                (a == 192 && b == 168, 16),
            ];
            inner.iter().any(|(inside, width)| *inside && prefix.unwrap_or(32) >= *width)
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let inner = [(v6.is_loopback(), 128), (first & 0xfe00 == 0xfc00, 7), (first & 0xffc0 == 0xfe80, 10)];
            inner.iter().any(|(inside, width)| *inside && prefix.unwrap_or(128) >= *width)
        }
    }
}
