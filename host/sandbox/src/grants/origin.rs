//! Where a request goes, as the operator writes it.
//!
//! **Invariant:** an origin is a scheme, a host and a port, and nothing that could hide another host.
//! **Invariant:** a host that any resolver takes for an IP address is read as that address, or refused.
//! **Absent on purpose:** look-ups. What a name leads to is known when the request is made.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::written::Spelling;
use crate::address::unwrapped;

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    tls: bool,
    host: String,
    address: Option<IpAddr>,
    port: Option<u16>,
}

impl Origin {
    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host where it is written as an address.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether the host is a name of this machine itself, by RFC 6761: `localhost`, and all below.
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl Spelling for Origin {
    fn read(text: &str) -> Result<Self, String> {
        let Some((scheme, authority)) = text.split_once("://") else {
            return Err(format!("`{text}` has no scheme, expected http:// or https://"));
        };
        let tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(format!("scheme `{scheme}` is neither http nor https")),
        };
        // Never quoted: what stands before an @ may be a password.
        if authority.contains('@') {
            return Err("has user information before the host".to_owned());
        }
        if let Some(at) = authority.find(['/', '?', '#', '\\']) {
            return Err(format!("has `{}` after the host", authority.get(at..).unwrap_or_default()));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let address = read_host(host)?;
        let port = match port.map(|port| (port, port.parse::<u16>())) {
            None => None,
            Some((text, Ok(port))) if port > 0 && text.bytes().all(|b| b.is_ascii_digit()) => Some(port),
            Some((text, _)) => return Err(format!("port `{text}` is outside 1 to 65535")),
        };
        Ok(Self { tls, host: host.to_ascii_lowercase(), address, port })
    }
}

/// The address that `host` is, if it is one, and not a name of letters, digits and hyphens between dots.
fn read_host(host: &str) -> Result<Option<IpAddr>, String> {
    let bad = || format!("`{host}` is not a host name or address");
    let address: IpAddr = if let Some(inside) = host.strip_prefix('[') {
        inside.strip_suffix(']').and_then(|inside| inside.parse::<Ipv6Addr>().ok()).ok_or_else(bad)?.into()
    } else {
        if !is_name(host) {
            return Err(bad());
        }
        if !ends_in_a_number(host) {
            return Ok(None);
        }
        let plain = || format!("`{host}` ends in a number, expected an IPv4 address of four plain decimal numbers");
        host.parse::<Ipv4Addr>().map_err(|_| plain())?.into()
    };
    if address.is_unspecified() {
        let local = if address.is_ipv4() { "127.0.0.1" } else { "[::1]" };
        return Err(format!("`{host}` is the address of no machine, expected `{local}` for this one"));
    }
    match (address, unwrapped(address)) {
        // NAT64 and 6to4 lead another way than the address that they carry; these lead to that very one.
        (IpAddr::V6(outer), IpAddr::V4(inner)) if matches!(outer.segments(), [0, 0, 0, 0, 0, ..]) => {
            Err(format!("`{host}` hides an IPv4 address, expected `{inner}` itself"))
        }
        _ => Ok(Some(address)),
    }
}

fn is_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Whether a resolver may take `host` for an IPv4 address in whatever spelling, by the URL standard's rule: `127.1`,
/// `0x7f.0.0.1`, `0177.0.0.1` and `2130706433` are all of them 127.0.0.1.
fn ends_in_a_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x").or_else(|| last.strip_prefix("0X")) {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => last.bytes().all(|b| b.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Result<String, String> {
        Origin::read(text).map(|origin| origin.to_string())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for good in
            ["https://app.example.com", "http://127.0.0.1:9090", "http://[::1]:80", "http://[::1]", "http://db_1"]
        {
            assert_eq!(check(good), Ok(good.to_owned()));
        }
        assert_eq!(check("https://App.Example.COM"), Ok("https://app.example.com".to_owned()));
        let bad = |text| check(text).unwrap_err();
        assert_eq!(bad("app.example.com"), "`app.example.com` has no scheme, expected http:// or https://");
        assert_eq!(bad("ftp://a"), "scheme `ftp` is neither http nor https");
        assert_eq!(bad("https://me:pw@a"), "has user information before the host");
        assert_eq!(bad("https://a/health"), "has `/health` after the host");
        assert_eq!(bad("https://a/"), "has `/` after the host");
        assert_eq!(bad("https://a?x"), "has `?x` after the host");
        assert_eq!(bad("https://a:0"), "port `0` is outside 1 to 65535");
        assert_eq!(bad("https://a:+1"), "port `+1` is outside 1 to 65535");
        assert_eq!(bad("https://a:"), "port `` is outside 1 to 65535");
        assert_eq!(bad("https://"), "`` is not a host name or address");
        assert_eq!(bad("https://a..b"), "`a..b` is not a host name or address");
        assert_eq!(bad("https://a b"), "`a b` is not a host name or address");
        assert_eq!(bad("https://[::1"), "`[:` is not a host name or address");
        assert_eq!(bad("https://::1"), "`:` is not a host name or address");
        assert_eq!(bad("https://localhost."), "`localhost.` is not a host name or address");
        assert_eq!(bad("http://[fe80::1%1]"), "`[fe80::1%1]` is not a host name or address");
        assert_eq!(bad("http://１２７.0.0.1"), "`１２７.0.0.1` is not a host name or address");
    }

    #[test]
    fn an_address_is_written_so_that_people_see_it() {
        for hidden in [
            "127.1",
            "127.0.1",
            "2130706433",
            "017700000001",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "127.0.0.01",
            "127.0.0.0x1",
            "0X7F.1",
            "256.0.0.1",
            "1.2.3.4.5",
            "app.example.7",
            "a.0x",
        ] {
            assert_eq!(
                check(&format!("http://{hidden}:80")),
                Err(format!("`{hidden}` ends in a number, expected an IPv4 address of four plain decimal numbers"))
            );
        }
        let bad = |text| check(text).unwrap_err();
        assert_eq!(
            bad("http://[::ffff:169.254.169.254]"),
            "`[::ffff:169.254.169.254]` hides an IPv4 address, expected `169.254.169.254` itself"
        );
        assert_eq!(bad("http://[::7f00:1]"), "`[::7f00:1]` hides an IPv4 address, expected `127.0.0.1` itself");
        assert_eq!(
            bad("http://0.0.0.0:1"),
            "`0.0.0.0` is the address of no machine, expected `127.0.0.1` for this one"
        );
        assert_eq!(bad("http://[::]"), "`[::]` is the address of no machine, expected `[::1]` for this one");
        for name in ["1password.example", "0x.example", "x7f.1a", "0xg", "7f", "127-0-0-1.example", "0xfeed.be"] {
            assert_eq!(Origin::read(&format!("http://{name}")).map(|it| it.address()), Ok(None), "{name}");
        }
    }

    #[test]
    fn names_of_this_machine() {
        let check = |host: &str| Origin::read(&format!("http://{host}:80")).unwrap().is_localhost();
        assert!(check("localhost") && check("LOCALHOST") && check("app.localhost"));
        assert!(!check("notlocalhost") && !check("localhost.example") && !check("127.0.0.1"));
    }

    /// What `inet_aton` makes of a text, in C's way: one to four numbers, decimal, octal after `0`, hexadecimal after `0x`,
    /// the last of which fills what is left of 32 bits.
    fn inet_aton(text: &str) -> Option<Ipv4Addr> {
        let number = |part: &str| {
            let lower = part.to_ascii_lowercase();
            match (lower.strip_prefix("0x"), lower.strip_prefix('0')) {
                (Some(""), _) => None,
                (Some(digits), _) => u64::from_str_radix(digits, 16).ok(),
                (None, Some(digits)) if !digits.is_empty() => u64::from_str_radix(digits, 8).ok(),
                (None, _) => part.parse().ok(),
            }
        };
        let parts: Vec<u64> = text.split('.').map(number).collect::<Option<_>>()?;
        let (last, first) = parts.split_last().filter(|(_, first)| first.len() < 4)?;
        let mut all = 0;
        for (at, part) in first.iter().enumerate() {
            all |= u32::from(u8::try_from(*part).ok()?) << (24 - 8 * at);
        }
        let room = 8 * (4 - first.len());
        (*last < 1 << room).then(|| Ipv4Addr::from(all | *last as u32))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn what_a_resolver_takes_for_an_address_is_one_here(host in "(0x|0X|0)?[0-9a-fx]{1,10}(\\.(0x|0)?[0-9a-f]{1,4}){0,3}") {
            match (inet_aton(&host), Origin::read(&format!("http://{host}"))) {
                (Some(address), Ok(origin)) => {
                    prop_assert_eq!(origin.address(), Some(address.into()));
                    prop_assert_eq!(address.to_string(), host);
                }
                (None, Ok(origin)) => prop_assert_eq!(origin.address(), None),
                (_, Err(_)) => {}
            }
        }

        #[test]
        fn an_accepted_address_is_shown_as_it_is_read(bits in any::<u128>(), wide in any::<bool>()) {
            let host = match wide {
                true => format!("[{}]", Ipv6Addr::from(bits)),
                false => Ipv4Addr::from(bits as u32).to_string(),
            };
            if let Ok(origin) = Origin::read(&format!("https://{host}")) {
                let address = origin.address().unwrap();
                prop_assert_eq!(origin.to_string(), format!("https://{host}"));
                prop_assert_eq!(host.trim_matches(['[', ']']), address.to_string());
            }
        }
    }
}
