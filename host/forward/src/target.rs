//! Where events go: `syslog+tcp://HOST:PORT`, `syslog+tls://HOST:PORT?ca=FILE`, `http(s)://...`, `file:PATH`.
//!
//! **Invariant:** a target holds no credential, and no message repeats one that somebody wrote into it.

use std::fmt;
use std::path::{Path, PathBuf};

use tickmark_ledger::sha256;
use tickmark_model::Digest;
use ureq::http::Uri;

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// RFC 5424 over TCP, framed by octet counts (RFC 6587).
    SyslogTcp(Address),
    /// RFC 5424 over TLS (RFC 5425).
    SyslogTls {
        /// Whom to connect to; its certificate has to be for this host.
        address: Address,
        /// Whose certificates are trusted; nothing means the system's.
        ca: Option<PathBuf>,
    },
    /// Arrays of events by POST.
    Http {
        /// The endpoint, without what stands behind `#`.
        uri: Uri,
        /// Whose certificates are trusted; nothing means the system's.
        ca: Option<PathBuf>,
    },
    /// One event in each line, at the end of a file.
    File(PathBuf),
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    /// Not zero.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Not a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// None of the forms.
    #[error(
        "`{0}` is no target: expected syslog+tcp://HOST:PORT, syslog+tls://HOST:PORT?ca=FILE, http://..., https://... or file:PATH"
    )]
    Scheme(String),
    /// Neither a host with a port nor one of the parameters.
    #[error("`{text}` is no target: {why}")]
    Part {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is not repeated, as it may hold a password.
    #[error(
        "a target holds no user and no password: for HTTP, TICKMARK_FORWARD_AUTHORIZATION is sent as the header Authorization"
    )]
    Credential,
}

impl Target {
    /// Reads a target; relative paths are those of `base`.
    ///
    /// # Errors
    /// [`TargetError`] for whatever is not one of the forms.
    pub fn parse(text: &str, base: &Path) -> Result<Self, TargetError> {
        let part = |why| TargetError::Part { text: without_query(text), why };
        if let Some(path) = text.strip_prefix("file:") {
            if path.is_empty() {
                return Err(part("it names no file"));
            }
            if path.starts_with("//") {
                return Err(part("a file is written as file:PATH, without //"));
            }
            return Ok(Self::File(base.join(path)));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| TargetError::Scheme(without_user(text)))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(TargetError::Credential);
        }
        match scheme {
            "syslog+tcp" => Ok(Self::SyslogTcp(address(rest).map_err(part)?)),
            "syslog+tls" => {
                let (place, ca) = split_ca(rest, '?', base).map_err(part)?;
                Ok(Self::SyslogTls { address: address(place).map_err(part)?, ca })
            }
            "http" | "https" => {
                let (place, ca) = split_ca(rest, '#', base).map_err(part)?;
                if ca.is_some() && scheme == "http" {
                    return Err(part("certificates are for https"));
                }
                let uri: Uri = format!("{scheme}://{place}").parse().map_err(|_| part("it is no URL"))?;
                if uri.host().is_none_or(str::is_empty) {
                    return Err(part("it names no host"));
                }
                Ok(Self::Http { uri, ca })
            }
            _ => Err(TargetError::Scheme(text.to_owned())),
        }
    }

    /// Names the target's spool: the receiver alone, not whom to trust.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let whole = match self {
            Self::Http { uri, .. } => uri.to_string(),
            _ => self.to_string(),
        };
        sha256(whole.as_bytes())
    }
}

impl fmt::Display for Target {
    /// Without a query, which may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SyslogTcp(address) => write!(f, "syslog+tcp://{address}"),
            Self::SyslogTls { address, .. } => write!(f, "syslog+tls://{address}"),
            Self::Http { uri, .. } => {
                let scheme = uri.scheme_str().unwrap_or_default();
                let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
                let query = if uri.query().is_some() { "?..." } else { "" };
                write!(f, "{scheme}://{authority}{}{query}", uri.path())
            }
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// Somebody may have left out the scheme and not the password.
fn without_user(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("...@{host}"),
        None => text.to_owned(),
    }
}

/// The query of a URL may hold a key.
fn without_query(text: &str) -> String {
    match text.split_once('?') {
        Some((place, _)) if text.starts_with("http") => format!("{place}?..."),
        _ => text.to_owned(),
    }
}

fn address(text: &str) -> Result<Address, &'static str> {
    const FORM: &str = "expected HOST:PORT, an IPv6 address in brackets";
    let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
    let host = match host.strip_prefix('[') {
        Some(rest) => {
            let host = rest.strip_suffix(']').ok_or(FORM)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| FORM)?;
            host
        }
        None => host,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    let bare_v6 = text.starts_with(|c| c != '[') && host.contains(':');
    if host.is_empty() || bare_v6 || !host.chars().all(is_name) {
        return Err(FORM);
    }
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port @ 1..) if digits => Ok(Address { host: host.to_owned(), port }),
        _ => Err("the port is not a number from 1 to 65535"),
    }
}

/// Takes `ca=FILE` off, behind `mark`.
fn split_ca<'a>(text: &'a str, mark: char, base: &Path) -> Result<(&'a str, Option<PathBuf>), &'static str> {
    let Some((place, rest)) = text.split_once(mark) else { return Ok((text, None)) };
    match rest.strip_prefix("ca=") {
        Some(file) if !file.is_empty() => Ok((place, Some(base.join(file)))),
        _ => Err("the only parameter is ca=FILE"),
    }
}

#[cfg(test)]
mod tests;
