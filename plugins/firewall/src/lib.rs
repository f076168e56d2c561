//! The firewall collector: nftables and iptables rules as facts that policies can judge.
//!
//! A listing is read into chains and rules ([`nft`], [`iptables`]), a rule is expanded into rows ([`expand`]), and a row is
//! named by what it says ([`digest`]).
//!
//! **Invariant:** a rule of the source is never dropped and never made narrower than it is. What columns cannot hold makes
//! the row wider and `exact` false; what cannot be read at all has the verdict `unreadable`.

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

mod collect;
mod describe;
pub mod digest;
pub mod expand;
pub mod iptables;
pub mod model;
pub mod net;
pub mod nft;
pub mod packets;
pub mod protocol;
pub mod ranges;
pub mod reach;
pub mod text;

/// The collector. Its settings and grants are in `docs/collectors/firewall.md`.
pub struct Firewall;

impl Collector for Firewall {
    fn describe() -> Descriptor {
        describe::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        collect::collect(host)
    }
}

#[cfg(feature = "export")]
tickmark_collector::export!(Firewall);
