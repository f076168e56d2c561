//! From a host name to the addresses that may be connected to.
//!
//! **Invariant:** a name is resolved once per request and the connection goes to one of those very addresses.
//! **Absent on purpose:** refusing private or link-local addresses. It belongs here, between the look-up and the
//! connection, so that a name cannot be vetted as one address and reached as another.

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// The system's resolver.
#[derive(Debug, Default)]
pub(super) struct Vetted {
    system: DefaultResolver,
}

impl Resolver for Vetted {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.system.resolve(uri, config, timeout)
    }
}
