//! What kind of address an IP address is: public, or which of the others.
//!
//! After IANA's registries of special-purpose addresses (RFC 6890, kept up to date for
//! [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry) and
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry)), and after IANA's allocation of IPv6, of which
//! only `2000::/3` is global unicast. The few anycast services that the registries call global within a block that is
//! not (such as `192.0.0.9`) count with their block: no web origin is there.
//!
//! **Invariant:** an IPv6 address that carries an IPv4 address is judged by that one.
//! **Invariant:** what nobody allocated is not public.
//! **Absent on purpose:** look-ups, and what a grant allows.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Where a cloud tells a machine its credentials; see [`METADATA_V4`].
    Metadata,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// RFC 1918.
    Private,
    /// `fc00::/7`, RFC 4193: the private addresses of IPv6.
    UniqueLocal,
    /// `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// `fec0::/10`, which RFC 3879 took back.
    SiteLocal,
    /// `100.64.0.0/10`, RFC 6598: between a provider and its customers.
    Shared,
    /// `0.0.0.0/8` and `::`, which a connection takes for this machine.
    ThisNetwork,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// `255.255.255.255`.
    Broadcast,
    /// For examples in texts: RFC 5737, RFC 3849, RFC 9637.
    Documentation,
    /// `198.18.0.0/15`, `2001:2::/48`.
    Benchmark,
    /// `100::/64`, RFC 6666: a place to throw things away.
    Discard,
    /// `2001::/32`, RFC 4380: an IPv4 address behind a relay, and written so that nobody sees it.
    Teredo,
    /// Kept for protocols, or allocated to nobody.
    Reserved,
}

impl Kind {
    /// The kind of `address`; `None` for a public one.
    pub(crate) fn of(address: IpAddr) -> Option<Self> {
        match unwrapped(address) {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Metadata => "metadata",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::UniqueLocal => "unique-local",
            Self::LinkLocal => "link-local",
            Self::SiteLocal => "site-local",
            Self::Shared => "shared",
            Self::ThisNetwork => "this-network",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Documentation => "documentation",
            Self::Benchmark => "benchmark",
            Self::Discard => "discard",
            Self::Teredo => "teredo",
            Self::Reserved => "reserved",
        })
    }
}

/// Services that give a machine in a cloud its credentials or its configuration, whichever range they are in.
const METADATA_V4: [Ipv4Addr; 8] = [
    Ipv4Addr::new(100, 100, 100, 200), // Alibaba Cloud
    Ipv4Addr::new(168, 63, 129, 16),   // Azure's WireServer, in a public range
    Ipv4Addr::new(169, 254, 0, 23),    // Tencent Cloud
    Ipv4Addr::new(169, 254, 42, 42),   // Scaleway
    Ipv4Addr::new(169, 254, 169, 254), // AWS, Azure, Google Cloud, Oracle Cloud, OpenStack and most others
    Ipv4Addr::new(169, 254, 170, 2),   // AWS: credentials of a task of ECS
    Ipv4Addr::new(169, 254, 170, 23),  // AWS: credentials of a pod of EKS
    Ipv4Addr::new(192, 0, 0, 192),     // Oracle Cloud Classic
];

/// The same over IPv6.
const METADATA_V6: [Ipv6Addr; 7] = [
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),        // Scaleway
    Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1),    // Linode
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe), // Oracle Cloud
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),       // AWS: credentials of a pod of EKS
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),      // AWS
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),       // Google Cloud
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe),    // OpenStack
];

/// The IPv4 address that an IPv6 address carries, or the address itself.
pub(crate) fn unwrapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(outer) => carried(outer).map_or(address, IpAddr::V4),
    }
}

/// Mapped (`::ffff:0:0/96`) and compatible (`::/96`, RFC 4291 section 2.5.5), NAT64 (`64:ff9b::/96`, RFC 6052) and 6to4
/// (`2002::/16`, RFC 3056). `::` and `::1` are addresses of their own.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, _, _, _, _, _] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => None,
    }
}

fn of_v4(address: Ipv4Addr) -> Option<Kind> {
    if METADATA_V4.contains(&address) {
        return Some(Kind::Metadata);
    }
    Some(match address.octets() {
        [0, ..] => Kind::ThisNetwork,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Kind::Private,
        [100, 64..=127, ..] => Kind::Shared,
        [127, ..] => Kind::Loopback,
        [169, 254, ..] => Kind::LinkLocal,
        [192, 0, 0, _] | [192, 88, 99, _] => Kind::Reserved,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Kind::Documentation,
        [198, 18..=19, ..] => Kind::Benchmark,
        [224..=239, ..] => Kind::Multicast,
        [255, 255, 255, 255] => Kind::Broadcast,
        [240..=255, ..] => Kind::Reserved,
        _ => return None,
    })
}

fn of_v6(address: Ipv6Addr) -> Option<Kind> {
    if METADATA_V6.contains(&address) {
        return Some(Kind::Metadata);
    }
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::ThisNetwork,
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Loopback,
        [0x100, 0, 0, 0, ..] => Kind::Discard,
        [0x2001, 0, ..] => Kind::Teredo,
        [0x2001, 2, 0, ..] => Kind::Benchmark,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Kind::Documentation,
        [0x2001, 0..=0x1ff, ..] => Kind::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        [0xfc00..=0xfdff, ..] => Kind::UniqueLocal,
        [0xfe80..=0xfebf, ..] => Kind::LinkLocal,
        [0xfec0..=0xfeff, ..] => Kind::SiteLocal,
        [0xff00..=0xffff, ..] => Kind::Multicast,
        _ => Kind::Reserved,
    })
}

#[cfg(test)]
mod tests;
