//! The grant of a web origin.
//!
//! **Invariant:** an origin leads to public addresses, and to no other that the grant does not name.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::network::Network;
use super::origin::Origin;
use super::problem::Problems;
use super::written::{Spelling, Timeout, Written};
use crate::address::{Kind, unwrapped};
use crate::secrets::SecretRef;

/// One origin that the collector may ask, and what the host adds to each request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpGrant {
    /// Scheme, host and optional port: `https://app.example.com`.
    pub origin: Written<Origin>,
    /// Addresses that are not public and that the origin may lead to; by default those that it names itself.
    #[serde(default)]
    pub addresses: Vec<Written<Network>>,
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
        match self.origin.get() {
            Err(message) => problems.push_with_help(
                "origin",
                message,
                "write scheme, host and port only, such as `https://app.example.com`",
            ),
            Ok(origin) => {
                if let Some(address) = origin.address()
                    && let Some(kind) = self.bars(origin, address)
                {
                    let address = unwrapped(address);
                    problems.push_with_help(
                        "origin",
                        format!("leads to {address} ({kind}), which `addresses` does not name"),
                        &format!("add `addresses = [\"{address}\"]` if that is meant"),
                    );
                }
            }
        }
        for address in &self.addresses {
            if let Err(message) = address.get() {
                problems.push("addresses", message);
            }
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

    /// Why `origin`, which is this grant's, may not lead to `address`; `None` where it may.
    ///
    /// A metadata address is never meant by a network around it, and by no origin: only by itself, in `addresses`.
    pub(crate) fn bars(&self, origin: &Origin, address: IpAddr) -> Option<Kind> {
        let kind = Kind::of(address)?;
        let is_metadata = kind == Kind::Metadata;
        let mut named = self.addresses.iter().filter_map(|network| network.get().ok());
        let by_list = named.any(|network| network.contains(address) && (network.is_single() || !is_metadata));
        // An address that carries another one is not written so that people see where it leads.
        let by_origin = match origin.address() {
            Some(literal) => literal == address && unwrapped(literal) == literal && !is_metadata,
            None => origin.is_localhost() && kind == Kind::Loopback,
        };
        (!by_list && !by_origin).then_some(kind)
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
            "addresses": self.addresses.iter().map(Written::text).collect::<Vec<_>>(),
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
    fn an_origin_leads_to_what_is_public_or_named() {
        let check = |origin: &str, addresses: &str, address: &str| {
            let grant: HttpGrant = serde_json::from_value(json!({
                "origin": origin,
                "addresses": addresses.split_whitespace().collect::<Vec<_>>(),
            }))
            .unwrap();
            let kind = grant.bars(grant.origin.get().unwrap(), address.parse().unwrap());
            kind.map_or("may".to_owned(), |kind| kind.to_string())
        };
        for (origin, addresses, address, fate) in [
            ("https://app.example.com", "", "8.8.8.8", "may"),
            ("https://app.example.com", "", "2606:4700::1", "may"),
            ("https://app.example.com", "", "127.0.0.1", "loopback"),
            ("https://app.example.com", "", "::ffff:10.0.0.1", "private"),
            ("https://app.example.com", "10.1.0.0/16", "10.1.2.3", "may"),
            ("https://app.example.com", "10.1.0.0/16", "::ffff:10.1.2.3", "may"),
            ("https://app.example.com", "10.1.0.0/16", "64:ff9b::10.1.2.3", "may"),
            ("https://app.example.com", "10.1.0.0/16", "10.2.0.0", "private"),
            ("https://app.example.com", "10.1.0.0/16 fd00::/8", "fd01::1", "may"),
            ("https://app.example.com", "10.1.0.0/16", "8.8.8.8", "may"),
            ("https://app.example.com", "0.0.0.0/0 ::/0", "127.0.0.1", "may"),
            ("https://app.example.com", "0.0.0.0/0 ::/0", "169.254.169.254", "metadata"),
            ("https://app.example.com", "fd00::/8", "fd00:ec2::254", "metadata"),
            ("https://app.example.com", "fd00:ec2::254", "fd00:ec2::254", "may"),
            ("https://app.example.com", "", "168.63.129.16", "metadata"),
            ("http://localhost", "", "127.0.0.1", "may"),
            ("http://localhost", "", "::1", "may"),
            ("http://app.localhost", "", "127.8.8.8", "may"),
            ("http://localhost", "", "10.0.0.1", "private"),
            ("http://localhost", "", "0.0.0.0", "this-network"),
            ("http://127.0.0.1", "", "127.0.0.1", "may"),
            ("http://127.0.0.1", "", "127.0.0.2", "loopback"),
            ("http://[fd00::1]", "", "fd00::1", "may"),
            ("http://169.254.169.254", "", "169.254.169.254", "metadata"),
            ("http://169.254.169.254", "169.254.0.0/16", "169.254.169.254", "metadata"),
            ("http://169.254.169.254", "169.254.169.254", "169.254.169.254", "may"),
            ("http://[64:ff9b::7f00:1]", "", "64:ff9b::7f00:1", "loopback"),
            ("http://[64:ff9b::7f00:1]", "127.0.0.1", "64:ff9b::7f00:1", "may"),
            ("http://[64:ff9b::808:808]", "", "64:ff9b::808:808", "may"),
        ] {
            assert_eq!(check(origin, addresses, address), fate, "{origin} with `{addresses}` to {address}");
        }
    }
}
