//! The classification against a table of prefixes, compared bit by bit: the longest one that fits decides.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Every prefix of the registries that is not public, and those within them that are again.
const PREFIXES: [(&str, &str); 60] = [
    ("0.0.0.0/0", "public"),
    ("0.0.0.0/8", "this-network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared"),
    ("100.100.100.200/32", "metadata"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "metadata"),
    ("169.254.0.0/16", "link-local"),
    ("169.254.0.23/32", "metadata"),
    ("169.254.42.42/32", "metadata"),
    ("169.254.169.254/32", "metadata"),
    ("169.254.170.2/32", "metadata"),
    ("169.254.170.23/32", "metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.0.192/32", "metadata"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmark"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("255.255.255.255/32", "broadcast"),
    ("::/0", "reserved"),
    ("::/128", "this-network"),
    ("::1/128", "loopback"),
    ("::/96", "v4 at 96"),
    ("::ffff:0:0/96", "v4 at 96"),
    ("64:ff9b::/96", "v4 at 96"),
    ("64:ff9b:1::/48", "reserved"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "reserved"),
    ("2000::/3", "public"),
    ("2001::/23", "reserved"),
    ("2001::/32", "teredo"),
    ("2001:1::1/128", "reserved"),
    ("2001:2::/48", "benchmark"),
    ("2001:3::/32", "reserved"),
    ("2001:4:112::/48", "reserved"),
    ("2001:10::/28", "reserved"),
    ("2001:20::/28", "reserved"),
    ("2001:30::/28", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "v4 at 16"),
    ("2620:4f:8000::/48", "public"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "reserved"),
    ("fc00::/7", "unique-local"),
    ("fd00:42::42/128", "metadata"),
    ("fd00:a9fe:a9fe::1/128", "metadata"),
    ("fd00:c1::a9fe:a9fe/128", "metadata"),
    ("fd00:ec2::23/128", "metadata"),
    ("fd00:ec2::254/128", "metadata"),
    ("fd20:ce::254/128", "metadata"),
    ("fe80::/10", "link-local"),
    ("fe80::a9fe:a9fe/128", "metadata"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

/// The address as its zeros and ones.
fn bits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.octets().map(|octet| format!("{octet:08b}")).concat(),
        IpAddr::V6(address) => address.octets().map(|octet| format!("{octet:08b}")).concat(),
    }
}

/// What the longest prefix says of an address of so many zeros and ones.
fn model(address: &str) -> String {
    let mut best = (0, "");
    for (prefix, word) in PREFIXES {
        let (base, length) = prefix.split_once('/').unwrap();
        let (base, length) = (bits(base.parse().unwrap()), length.parse().unwrap());
        if base.len() == address.len() && base[..length] == address[..length] && length >= best.0 {
            best = (length, word);
        }
    }
    match (best.1, best.1 == "v4 at 96" && [0, 1].contains(&u128::from_str_radix(address, 2).unwrap())) {
        ("v4 at 96", false) => model(&address[96..]),
        ("v4 at 16", _) => model(&address[16..48]),
        (word, _) => word.to_owned(),
    }
}

fn word(address: IpAddr) -> String {
    Kind::of(address).map_or("public".to_owned(), |kind| kind.to_string())
}

/// Addresses in and just beside every prefix, IPv4 addresses carried in IPv6, and any others.
fn address() -> impl Strategy<Value = IpAddr> {
    let near = (select(&PREFIXES[..]), any::<u128>(), any::<Option<Index>>()).prop_map(|((prefix, _), noise, flip)| {
        let (base, length) = prefix.split_once('/').unwrap();
        let (base, length): (IpAddr, u32) = (base.parse().unwrap(), length.parse().unwrap());
        let width = if base.is_ipv4() { 32 } else { 128 };
        let (base, below) = match base {
            IpAddr::V4(base) => (u128::from(u32::from(base)), width - length),
            IpAddr::V6(base) => (u128::from(base), width - length),
        };
        let host = noise & (1_u128.checked_shl(below).unwrap_or(0).wrapping_sub(1));
        let mut all = base | host;
        if let Some(flip) = flip {
            all ^= 1 << flip.index(width as usize);
        }
        if width == 32 { IpAddr::from(Ipv4Addr::from(all as u32)) } else { IpAddr::from(Ipv6Addr::from(all)) }
    });
    let near = near.boxed();
    let carried = (near.clone(), 0..4_u8, any::<u128>()).prop_map(|(inner, way, noise)| {
        let IpAddr::V4(inner) = inner else { return inner };
        let inner = u128::from(u32::from(inner));
        IpAddr::from(Ipv6Addr::from(match way {
            0 => inner,
            1 => 0xffff << 32 | inner,
            2 => 0x64_ff9b << 96 | inner,
            _ => 0x2002 << 112 | inner << 80 | noise >> 48,
        }))
    });
    prop_oneof![3 => near, 2 => carried, 1 => any::<u32>().prop_map(|it| Ipv4Addr::from(it).into()),
        1 => any::<u128>().prop_map(|it| Ipv6Addr::from(it).into())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn every_address_is_what_the_longest_prefix_says(address in address()) {
        prop_assert_eq!(word(address), model(&bits(address)), "{}", address);
    }

    #[test]
    fn an_address_and_what_it_carries_are_of_one_kind(address in address()) {
        prop_assert_eq!(Kind::of(address), Kind::of(unwrapped(address)));
        prop_assert_eq!(unwrapped(unwrapped(address)), unwrapped(address));
    }
}

#[test]
fn the_edges_of_every_prefix() {
    for (prefix, _) in PREFIXES {
        let (base, length) = prefix.split_once('/').unwrap();
        let (base, length): (IpAddr, u32) = (base.parse().unwrap(), length.parse().unwrap());
        let edges: [IpAddr; 4] = match base {
            IpAddr::V4(base) => {
                let (first, last) = (u32::from(base), u32::from(base) | u32::MAX.checked_shr(length).unwrap_or(0));
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|it| Ipv4Addr::from(it).into())
            }
            IpAddr::V6(base) => {
                let (first, last) = (u128::from(base), u128::from(base) | u128::MAX.checked_shr(length).unwrap_or(0));
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|it| Ipv6Addr::from(it).into())
            }
        };
        for address in edges {
            assert_eq!(word(address), model(&bits(address)), "{address}, at an edge of {prefix}");
        }
    }
}

#[test]
fn addresses_that_people_know() {
    let check = |text: &str| word(text.parse().unwrap());
    for (address, kind) in [
        ("8.8.8.8", "public"),
        ("2606:4700::6810:1", "public"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::", "this-network"),
        ("192.168.1.1", "private"),
        ("fd12:3456::1", "unique-local"),
        ("169.254.169.254", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("::ffff:169.254.169.254", "metadata"),
        ("::169.254.169.254", "metadata"),
        ("64:ff9b::169.254.169.254", "metadata"),
        ("2002:a9fe:a9fe::", "metadata"),
        ("::ffff:0:169.254.169.254", "reserved"),
        ("64:ff9b::8.8.8.8", "public"),
        ("2002:7f00:1::", "loopback"),
        ("fe80::1", "link-local"),
    ] {
        assert_eq!(check(address), kind, "{address}");
    }
}
