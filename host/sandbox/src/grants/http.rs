//! The grant of a web origin.
//!
//! **Invariant:** an origin is a scheme, a host and a port, and nothing that could hide another host.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problems;
use super::written::{Spelling, Timeout, Written};
use crate::secrets::SecretRef;

/// One origin that the collector may ask, and what the host adds to each request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpGrant {
    /// Scheme, host and optional port: `https://app.example.com`.
    pub origin: Written<Origin>,
    /// The methods that the collector may use; default `GET` and `HEAD`.
    #[serde(default = "reading")]
    pub methods: Vec<Written<Method>>,
    /// A PEM file with further root certificates, besides the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Headers that the host adds, in place of the collector's of the same name.
    #[serde(default)]
    pub headers: BTreeMap<String, SecretRef>,
    /// In place of the limit `http_timeout_ms`.
    #[serde(default)]
    pub timeout: Option<Written<Timeout>>,
}

fn reading() -> Vec<Written<Method>> {
    vec![Written::new("GET"), Written::new("HEAD")]
}

/// Headers that only the host's HTTP client writes: they say where a request goes and where it ends.
pub(crate) const HOST_HEADERS: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

impl HttpGrant {
    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        if let Err(message) = self.origin.get() {
            problems.push_with_help(
                "origin",
                message,
                "write scheme, host and port only, such as `https://app.example.com`",
            );
        }
        if self.methods.is_empty() {
            problems.push("methods", "is empty, expected at least one of GET, HEAD, OPTIONS and POST");
        }
        for method in &self.methods {
            if let Err(message) = method.get() {
                problems.push("methods", message);
            }
        }
        for (name, secret) in &self.headers {
            if let Some(problem) = secret.problem() {
                problems.push("headers", format!("`{name}`: {problem}"));
            }
            let lower = name.to_ascii_lowercase();
            if !is_header_name(name) {
                problems.push("headers", format!("`{name}` is not a name of a header"));
            } else if HOST_HEADERS.contains(&lower.as_str()) || lower.starts_with("proxy-") {
                problems.push("headers", format!("`{name}` is written by the HTTP client itself"));
            }
        }
        let mut lower: Vec<String> = self.headers.keys().map(|name| name.to_ascii_lowercase()).collect();
        lower.sort();
        for pair in lower.windows(2) {
            if let [one, other] = pair
                && one == other
            {
                problems.push("headers", format!("`{one}` is written twice"));
            }
        }
        if let Some(Err(message)) = self.timeout.as_ref().map(Written::get) {
            problems.push("timeout", message);
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        self.ca_file.iter_mut().for_each(|path| super::rebase(path, base));
        self.headers.values_mut().for_each(|secret| secret.rebase(base));
    }

    pub(super) fn describe(&self) -> Value {
        let headers: Value =
            self.headers.iter().map(|(name, secret)| (name.to_ascii_lowercase(), secret.describe())).collect();
        let origin = match self.origin.get() {
            Ok(origin) => origin.to_string(),
            Err(_) => "<unreadable>".to_owned(),
        };
        json!({
            "ca_file": self.ca_file.as_ref().map(|path| path.to_string_lossy()),
            "headers": headers,
            "methods": self.methods.iter().map(Written::text).collect::<Vec<_>>(),
            "origin": origin,
            "timeout": self.timeout.as_ref().map(Written::text),
        })
    }
}

/// Whether `name` is a token of RFC 9110 section 5.6.2, as names of headers are.
fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    tls: bool,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
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
        if !is_host(host) {
            return Err(format!("`{host}` is not a host name or address"));
        }
        let port = match port.map(|port| (port, port.parse::<u16>())) {
            None => None,
            Some((text, Ok(port))) if port > 0 && text.bytes().all(|b| b.is_ascii_digit()) => Some(port),
            Some((text, _)) => return Err(format!("port `{text}` is outside 1 to 65535")),
        };
        Ok(Self { tls, host: host.to_ascii_lowercase(), port })
    }
}

/// A name of letters, digits and hyphens between dots, an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[') {
        return inside.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// The methods that ask and do not change. `POST` is among them because many query interfaces know nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are HTTP's own names")]
pub enum Method {
    Get,
    Head,
    Options,
    Post,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
        }
    }
}

impl Spelling for Method {
    fn read(text: &str) -> Result<Self, String> {
        [Self::Get, Self::Head, Self::Options, Self::Post]
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or_else(|| format!("unknown method `{text}`, expected GET, HEAD, OPTIONS or POST"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let check = |text| Origin::read(text).map(|origin| origin.to_string());
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
    }
}
