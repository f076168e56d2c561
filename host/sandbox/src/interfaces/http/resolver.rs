//! From a host name to the addresses that may be connected to.
//!
//! **Invariant:** a name is resolved once per request and the connection goes to one of those very addresses, so that a
//! name cannot be vetted as one address and reached as another.
//! **Invariant:** what the grant bars is taken out before anything connects; if nothing is left, nothing connects.
//! **Absent on purpose:** which addresses those are, which is the grant's to say.

use std::fmt;
use std::net::IpAddr;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::address::{Kind, unwrapped};
use crate::grants::{HttpGrant, Origin};

/// A resolver of whose answers only what the grant allows is left.
#[derive(Debug)]
pub(super) struct Vetted<R> {
    inner: R,
    grant: HttpGrant,
    origin: Origin,
}

impl<R: Resolver> Vetted<R> {
    pub(super) fn new(inner: R, grant: &HttpGrant, origin: &Origin) -> Self {
        Self { inner, grant: grant.clone(), origin: origin.clone() }
    }
}

impl<R: Resolver> Resolver for Vetted<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let mut vetted = self.empty();
        let mut barred = Vec::new();
        for socket in &found {
            match self.grant.bars(&self.origin, socket.ip()) {
                None => vetted.push(*socket),
                Some(kind) => barred.push((socket.ip(), kind)),
            }
        }
        if !vetted.is_empty() {
            return Ok(vetted);
        }
        Err(if barred.is_empty() { ureq::Error::HostNotFound } else { ureq::Error::Other(Box::new(Barred(barred))) })
    }
}

/// Every address that a name leads to, where the grant bars them all.
#[derive(Debug)]
pub(super) struct Barred(Vec<(IpAddr, Kind)>);

impl fmt::Display for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut leads = Vec::new();
        let mut add = Vec::new();
        for (address, kind) in &self.0 {
            let inner = unwrapped(*address);
            leads.push(match inner == *address {
                true => format!("{address} ({kind})"),
                false => format!("{address} ({kind}, it carries {inner})"),
            });
            let inner = format!("\"{inner}\"");
            if !add.contains(&inner) {
                add.push(inner);
            }
        }
        let (leads, add) = (leads.join(" and "), add.join(", "));
        write!(f, "leads to {leads}, which the grant does not name, add `addresses = [{add}]`")
    }
}

impl std::error::Error for Barred {}
