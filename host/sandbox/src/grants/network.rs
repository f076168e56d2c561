//! An address or a network, as a grant names it.
//!
//! **Invariant:** it is written in one way only: no bits beyond the prefix, and no IPv4 address inside of an IPv6 one.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::written::Spelling;
use crate::address::{Kind, unwrapped};

/// Addresses that are not public and that an origin may lead to all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether it is one address and not a range of them.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.prefix == width(self.base)
    }

    /// Whether `address` is in it. An IPv6 address that carries an IPv4 address is that one.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = unwrapped(address);
        address.is_ipv4() == self.base.is_ipv4() && cut(address, self.prefix) == self.base
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_single() {
            true => self.base.fmt(f),
            false => write!(f, "{}/{}", self.base, self.prefix),
        }
    }
}

impl Spelling for Network {
    fn read(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not an IP address or network such as `10.1.0.0/16`");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let width = width(address);
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(|_| bad())?,
            Some(_) => return Err(bad()),
        };
        if prefix > width {
            return Err(format!("prefix of `{text}` is longer than {width} bits"));
        }
        let carried = unwrapped(address);
        if carried != address {
            return Err(format!("`{text}` hides the IPv4 address {carried}, expected that one"));
        }
        let network = Self { base: cut(address, prefix), prefix };
        if network.base != address {
            return Err(format!("`{text}` has bits beyond its prefix, expected `{network}`"));
        }
        if Kind::of(network.base).is_none() {
            return Err(match network.is_single() {
                true => {
                    format!("`{text}` is public: every origin may lead there, and naming it forbids no other address")
                }
                false => format!("`{text}` starts with a public address, expected networks that are not public"),
            });
        }
        Ok(network)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// `address` with all bits after the first `prefix` cleared.
fn cut(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(it) => {
            let below = u32::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv4Addr::from(u32::from(it) & !below).into()
        }
        IpAddr::V6(it) => {
            let below = u128::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv6Addr::from(u128::from(it) & !below).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_or_a_network_in_one_spelling() {
        for good in ["10.1.0.0/16", "127.0.0.1", "fd00::/8", "::1", "0.0.0.0/0", "::/0", "168.63.129.16"] {
            assert_eq!(Network::read(good).map(|it| it.to_string()), Ok(good.to_owned()));
        }
        let long = |text| Network::read(text).map(|it| it.to_string());
        assert_eq!(long("127.0.0.1/32"), Ok("127.0.0.1".to_owned()));
        assert_eq!(long("FD00:0::0/8"), Ok("fd00::/8".to_owned()));
        let bad = |text| Network::read(text).unwrap_err();
        for none in
            ["", "localhost", "10.1", "10.0.0.01", "0x7f.0.0.1", "10.0.0.0/", "10.0.0.0/+8", "[::1]", "fe80::1%1"]
        {
            assert_eq!(bad(none), format!("`{none}` is not an IP address or network such as `10.1.0.0/16`"));
        }
        assert_eq!(bad("10.0.0.0/33"), "prefix of `10.0.0.0/33` is longer than 32 bits");
        assert_eq!(bad("fd00::/129"), "prefix of `fd00::/129` is longer than 128 bits");
        assert_eq!(bad("10.1.2.3/16"), "`10.1.2.3/16` has bits beyond its prefix, expected `10.1.0.0/16`");
        assert_eq!(bad("::ffff:10.0.0.1"), "`::ffff:10.0.0.1` hides the IPv4 address 10.0.0.1, expected that one");
        assert_eq!(bad("64:ff9b::/96"), "`64:ff9b::/96` hides the IPv4 address 0.0.0.0, expected that one");
        assert_eq!(
            bad("8.8.8.8"),
            "`8.8.8.8` is public: every origin may lead there, and naming it forbids no other address"
        );
        assert_eq!(bad("8.0.0.0/6"), "`8.0.0.0/6` starts with a public address, expected networks that are not public");
    }

    #[test]
    fn an_address_is_in_a_network_also_where_it_is_carried() {
        let check = |network: &str, address: &str| Network::read(network).unwrap().contains(address.parse().unwrap());
        assert!(check("10.0.0.0/8", "10.255.255.255") && check("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(check("10.0.0.0/8", "64:ff9b::10.0.0.1") && check("10.0.0.0/8", "2002:a00:1::"));
        assert!(!check("10.0.0.0/8", "11.0.0.0") && !check("10.0.0.1", "10.0.0.2"));
        assert!(check("::/0", "fd00::1") && !check("::/0", "::ffff:10.0.0.1") && !check("0.0.0.0/0", "fd00::1"));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_as_the_same(bits in any::<u128>(), v4 in any::<bool>(), prefix in 0..=128_u32) {
            let address: IpAddr = match v4 {
                true => Ipv4Addr::from(bits as u32).into(),
                false => Ipv6Addr::from(bits).into(),
            };
            let prefix = prefix.min(width(address));
            if let Ok(network) = Network::read(&format!("{}/{prefix}", cut(address, prefix))) {
                prop_assert_eq!(Network::read(&network.to_string()), Ok(network));
                prop_assert!(network.contains(address));
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9a-f:./%x]{0,24}") {
            let _ = Network::read(&text);
        }
    }
}
