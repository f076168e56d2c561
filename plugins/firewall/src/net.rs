//! Addresses as numbers, and ranges of them as the fewest CIDR networks.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IpFamily {
    V4,
    V6,
}

impl IpFamily {
    /// Both, IPv4 first.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// Bits in an address.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The largest address.
    #[must_use]
    pub fn last(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }

    /// Reads an address of this family.
    #[must_use]
    pub fn address(self, text: &str) -> Option<u128> {
        match (self, text.parse().ok()?) {
            (Self::V4, IpAddr::V4(address)) => Some(u128::from(u32::from(address))),
            (Self::V6, IpAddr::V6(address)) => Some(u128::from(address)),
            _ => None,
        }
    }

    /// The first and last address of the network with this address and prefix length.
    #[must_use]
    pub fn network(self, address: u128, prefix: u32) -> Option<(u128, u128)> {
        let host_bits = self.bits().checked_sub(prefix)?;
        let mask = ones(host_bits);
        Some((address & !mask, address | mask))
    }

    /// Reads `address`, `address/prefix` or `address/mask`; nothing where the mask has holes.
    #[must_use]
    pub fn span(self, text: &str) -> Option<(u128, u128)> {
        let Some((address, mask)) = text.split_once('/') else {
            let address = self.address(text)?;
            return Some((address, address));
        };
        let prefix = match self.address(mask) {
            Some(mask) => {
                let host_bits = (self.last() ^ mask).trailing_ones();
                (self.last() ^ mask == ones(host_bits)).then_some(self.bits() - host_bits)?
            }
            None => mask.parse().ok()?,
        };
        self.network(self.address(address)?, prefix)
    }
}

fn ones(bits: u32) -> u128 {
    u128::MAX.checked_shr(128 - bits.min(128)).unwrap_or(0)
}

/// A network. Prints as the host's canonical form: the prefix is left out for a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr {
    family: IpFamily,
    base: u128,
    prefix: u32,
}

impl Cidr {
    /// Every address of a family: `0.0.0.0/0` or `::/0`.
    #[must_use]
    pub fn any(family: IpFamily) -> Self {
        Self { family, base: 0, prefix: 0 }
    }

    /// The fewest networks that hold exactly the addresses `from` to `to`, both inclusive, in ascending order.
    #[must_use]
    pub fn cover(family: IpFamily, (from, to): (u128, u128)) -> Vec<Self> {
        let to = to.min(family.last());
        let mut networks = Vec::new();
        let mut next = Some(from);
        while let Some(base) = next.filter(|base| *base <= to) {
            let aligned = base.trailing_zeros().min(family.bits());
            let host_bits = (0..=aligned).rev().find(|bits| ones(*bits) <= to - base).unwrap_or(0);
            networks.push(Self { family, base, prefix: family.bits() - host_bits });
            next = base.checked_add(ones(host_bits)).and_then(|last| last.checked_add(1));
        }
        networks
    }

    /// Its family.
    #[must_use]
    pub fn family(&self) -> IpFamily {
        self.family
    }

    /// Its first and last address.
    #[must_use]
    pub fn span(&self) -> (u128, u128) {
        (self.base, self.base | ones(self.family.bits() - self.prefix))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.family {
            IpFamily::V4 => write!(f, "{}", Ipv4Addr::from(u32::try_from(self.base).unwrap_or_default()))?,
            IpFamily::V6 => write!(f, "{}", Ipv6Addr::from(self.base))?,
        }
        if self.prefix == self.family.bits() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(family: IpFamily, from: &str, to: &str, expected: &str) {
        let span = (family.address(from).unwrap(), family.address(to).unwrap());
        let networks: Vec<_> = Cidr::cover(family, span).iter().map(ToString::to_string).collect();
        assert_eq!(networks.join(" "), expected);
    }

    #[test]
    fn ranges_become_the_fewest_networks() {
        check(IpFamily::V4, "0.0.0.0", "255.255.255.255", "0.0.0.0/0");
        check(IpFamily::V4, "192.0.2.10", "192.0.2.20", "192.0.2.10/31 192.0.2.12/30 192.0.2.16/30 192.0.2.20");
        check(IpFamily::V4, "255.255.255.255", "255.255.255.255", "255.255.255.255");
        check(IpFamily::V6, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0");
        check(IpFamily::V6, "2001:db8::1", "2001:db8::4", "2001:db8::1 2001:db8::2/127 2001:db8::4");
        check(IpFamily::V4, "10.0.0.2", "10.0.0.1", "");
    }

    #[test]
    fn masks_with_holes_are_no_networks() {
        let span = |text: &str| IpFamily::V4.span(text);
        assert_eq!(span("10.1.2.3/8"), span("10.0.0.0/255.0.0.0"));
        assert_eq!(span("0.0.0.0/0"), Some((0, u128::from(u32::MAX))));
        assert_eq!(span("10.0.0.1/32"), span("10.0.0.1/255.255.255.255"));
        assert_eq!(span("10.0.0.1/255.0.0.255"), None);
        assert_eq!(span("10.0.0.0/33"), None);
        assert_eq!(span("::/0"), None);
        assert_eq!(IpFamily::V6.span("fe80::/10"), IpFamily::V6.span("fe80::/ffc0::"));
        assert_eq!(IpFamily::V6.span("::/0"), Some((0, u128::MAX)));
    }

    /// The slow way: grow the network at the start of the range by one bit for as long as it stays inside.
    fn slow(family: IpFamily, from: u128, to: u128) -> Vec<(u128, u128)> {
        let mut spans = Vec::new();
        let mut base = from;
        loop {
            let mut size = 1u128;
            while let Some(double) = size.checked_mul(2) {
                if !base.is_multiple_of(double) || double - 1 > to - base || double - 1 > family.last() {
                    break;
                }
                size = double;
            }
            spans.push((base, base + (size - 1)));
            if base + (size - 1) >= to {
                return spans;
            }
            base += size;
        }
    }

    proptest! {
        #[test]
        fn covers_exactly_the_range_with_the_fewest_networks(a: u32, b: u32, samples: [u32; 16]) {
            let (from, to) = (u128::from(a.min(b)), u128::from(a.max(b)));
            let spans: Vec<_> = Cidr::cover(IpFamily::V4, (from, to)).iter().map(Cidr::span).collect();
            prop_assert_eq!(&spans, &slow(IpFamily::V4, from, to));
            let edges = [from.wrapping_sub(1), from, to, to + 1];
            for sample in samples.iter().map(|n| u128::from(*n)).chain(edges) {
                let inside = spans.iter().filter(|(first, last)| *first <= sample && sample <= *last).count();
                prop_assert_eq!(inside, usize::from(from <= sample && sample <= to));
            }
        }

        #[test]
        fn covers_wide_ranges_too(a: u128, b: u128) {
            let (from, to) = (a.min(b).max(1), a.max(b).max(1));
            let spans: Vec<_> = Cidr::cover(IpFamily::V6, (from, to)).iter().map(Cidr::span).collect();
            prop_assert_eq!(spans, slow(IpFamily::V6, from, to));
        }
    }
}
