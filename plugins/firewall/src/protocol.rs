//! One spelling for each transport protocol.
//!
//! nft prints `ipv6-icmp`, iptables `icmpv6` or `ipv6-icmp` by version, both numbers for what they do not know.

/// Names by IANA protocol number; the first name of a number is the one that rows hold.
const NAMES: &[(u8, &str)] = &[
    (1, "icmp"),
    (2, "igmp"),
    (4, "ipencap"),
    (4, "ipv4"),
    (6, "tcp"),
    (17, "udp"),
    (33, "dccp"),
    (41, "ipv6"),
    (47, "gre"),
    (50, "esp"),
    (50, "ipv6-crypt"),
    (51, "ah"),
    (51, "ipv6-auth"),
    (58, "icmpv6"),
    (58, "ipv6-icmp"),
    (58, "icmp6"),
    (89, "ospf"),
    (103, "pim"),
    (108, "comp"),
    (108, "ipcomp"),
    (112, "vrrp"),
    (132, "sctp"),
    (136, "udplite"),
];

/// The spelling that rows hold, for a name or a decimal number. What is not known stays as it is, in lower case.
#[must_use]
pub fn canonical(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let number =
        lower.parse().ok().or_else(|| NAMES.iter().find(|(_, name)| *name == lower).map(|(number, _)| *number));
    let name = number.and_then(|number| NAMES.iter().find(|(known, _)| *known == number));
    name.map_or(lower, |(_, name)| (*name).to_owned())
}

/// Whether its packets have a destination port.
#[must_use]
pub fn has_ports(canonical: &str) -> bool {
    matches!(canonical, "tcp" | "udp" | "dccp" | "sctp" | "udplite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_each() {
        for (text, expected) in
            [("ipv6-icmp", "icmpv6"), ("58", "icmpv6"), ("TCP", "tcp"), ("6", "tcp"), ("200", "200"), ("foo", "foo")]
        {
            assert_eq!(canonical(text), expected);
        }
    }
}
