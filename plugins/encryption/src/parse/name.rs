//! Whether a certificate is for a name.
//!
//! RFC 6125 and RFC 2818: the names of the extension `subjectAltName` count, the subject's common name does not. A
//! wildcard stands for the whole leftmost label and for one label. An address matches an address only.

use std::net::IpAddr;

/// A name that a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A DNS name.
    Dns(String),
    /// An address.
    Ip(IpAddr),
}

impl Name {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Dns(name) => name.clone(),
            Self::Ip(address) => address.to_string(),
        }
    }

    /// Whether it is `wanted`, a DNS name or an address.
    #[must_use]
    pub fn matches(&self, wanted: &str) -> bool {
        match (self, wanted.parse::<IpAddr>()) {
            (Self::Ip(address), Ok(wanted)) => *address == wanted,
            (Self::Dns(name), Err(_)) => dns(name, wanted),
            _ => false,
        }
    }
}

fn dns(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (name.trim_end_matches('.'), wanted.trim_end_matches('.'));
    if name.eq_ignore_ascii_case(wanted) {
        return !name.contains('*');
    }
    let (Some(suffix), Some((label, rest))) = (name.strip_prefix("*."), wanted.split_once('.')) else { return false };
    // A wildcard below a top-level domain alone would be for everybody.
    !label.is_empty() && suffix.contains('.') && !suffix.contains('*') && suffix.eq_ignore_ascii_case(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_itself_and_a_wildcard_one_label() {
        let check = |name: &str, wanted: &str, matches: bool| {
            assert_eq!(Name::Dns(name.into()).matches(wanted), matches, "{name} {wanted}");
        };
        check("app.example.com", "APP.example.com", true);
        check("app.example.com.", "app.example.com", true);
        check("app.example.com", "example.com", false);
        check("*.example.com", "app.example.com", true);
        check("*.EXAMPLE.com", "app.example.COM", true);
        check("*.example.com", "a.b.example.com", false);
        check("*.example.com", "example.com", false);
        check("*.example.com", ".example.com", false);
        check("*.example.com", "*.example.com", false);
        check("*.com", "example.com", false);
        check("a*.example.com", "app.example.com", false);
        check("*.*.com", "a.example.com", false);
        check("*", "localhost", false);
        check("127.0.0.1", "127.0.0.1", false);
    }

    #[test]
    fn an_address_matches_an_address() {
        let address = Name::Ip("fd00::1".parse().unwrap());
        assert!(address.matches("fd00:0::1"));
        assert!(!address.matches("fd00::2"));
        assert!(!address.matches("example.com"));
        assert!(!Name::Ip("10.0.0.1".parse().unwrap()).matches("::ffff:10.0.0.1"));
    }
}
