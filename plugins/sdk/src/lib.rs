//! What a tickmark collector imports: a trait, one export macro, typed builders for facts and batches, and a host for
//! tests.
//!
//! ```
//! use tickmark_collector::{Collector, Column, Descriptor, Fact, Failure, Host, Need, Population, Summary};
//!
//! struct Motd;
//!
//! impl Collector for Motd {
//!     fn describe() -> Descriptor {
//!         Descriptor::new("motd", "0.1.0")
//!             .fact(Fact::new("banner", "Motd::Banner", "the login banner").column(Column::long("bytes", "its size").required()))
//!             .need(Need::files("motd", "read the login banner"))
//!     }
//!
//!     fn collect(host: &dyn Host) -> Result<Summary, Failure> {
//!         let blob = host.open("motd", "")?;
//!         let mut banners = host.fact("banner", &["bytes"]);
//!         banners.row("motd", &[blob.receipt()]).set("bytes", blob.size() as i64).push()?;
//!         Ok(Summary::new().population(banners.finish(Population::of(1, blob.receipt()))?))
//!     }
//! }
//!
//! // In a crate of type cdylib: tickmark_collector::export!(Motd);
//!
//! let host = tickmark_collector::testing::TestHost::new().file("motd", "", b"welcome");
//! let run = host.collect::<Motd>().unwrap();
//! assert_eq!(run.rows("banner")[0].get("bytes"), &7.into());
//! ```
//!
//! # Facts that are declared outside of the collector
//!
//! A generic collector declares no fact, but the setting [`Column::declared`]. The host fills that in with the one fact
//! that the site names, and [`declared::fact`] reads it.
//!
//! # Reading what sources write
//!
//! These modules hold what several collectors need to read their sources, so that all of them refuse the same things in
//! the same words:
//!
//! - [`cells`] reads the rows of a query by column name and checks the type of each cell.
//! - [`link`] finds the next page in the header `link` of an answer.
//! - [`lines`] reads a large text line by line, in memory that stays flat.
//! - [`logs`] finds the files of a log: one granted file, or a folder with it and its rotated ones.
//! - [`members`] finds the members of a JSON object on one line, for logs with millions of them.
//! - [`words`] looks for a byte in eight of them at once.
//! - `given` reads what other collectors observed, for one that joins facts. It needs the feature `given`, which is off by
//!   default: it brings serde into the component.
//! - `records` hands over the records of a list in a JSON document, however large that is. It needs the feature `json`,
//!   which is off by default.
//! - `time` reads and writes RFC 3339 instants, and writes durations as Cedar does. It needs the feature `time`, which
//!   is off by default: it brings chrono, without its clock, into the component.
//!
//! **Absent on purpose:** clocks, randomness, files and sockets. A collector sees what its operator grants, through
//! [`Host`], and the time is [`Host::as_of`].

mod value;
pub use value::{Datetime, Decimal, Duration, EntityRef, Ip, Scalar, Value};

mod failure;
pub use failure::{Failure, code};

mod descriptor;
pub use descriptor::{CedarType, Column, Descriptor, Fact, Need, NeedKind, Shape};

pub mod declared;

mod host;
pub use host::{
    Blob, BlobReader, BlobSource, Entry, Host, Level, Listing, Output, Receipt, Request, Response, RowSource, Rows, Tls,
};

mod emit;
pub use emit::{Batch, EmittedRow, Facts, RowBuilder};

mod summary;
pub use summary::{Claim, Population, Summary};

pub mod testing;

pub mod cells;
pub mod lines;
pub mod link;
pub mod logs;
pub mod members;
pub mod words;

#[cfg(feature = "given")]
pub mod given;
#[cfg(feature = "json")]
pub mod records;

#[cfg(feature = "time")]
pub mod time;

mod guest;

/// What a plugin implements.
pub trait Collector {
    /// Declares facts, needs and settings. Called without any grant; equal at every call.
    fn describe() -> Descriptor;

    /// Reads what is granted and emits facts. Nothing counts unless it returns ok.
    ///
    /// # Errors
    /// A [`Failure`] makes every finding that rests on this collector inconclusive, with its message as the cause.
    fn collect(host: &dyn Host) -> Result<Summary, Failure>;
}

/// Exports a [`Collector`] as the component's `plugin` interface.
///
/// Only for WebAssembly: elsewhere (tests) it expands to nothing, because native linkers refuse the contract's symbol names.
#[macro_export]
macro_rules! export {
    ($collector:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[doc(hidden)]
        struct TickmarkExport;

        #[cfg(target_arch = "wasm32")]
        impl $crate::__private::Guest for TickmarkExport {
            fn describe() -> $crate::__private::Descriptor {
                $crate::__private::describe::<$collector>()
            }
            fn collect() -> ::core::result::Result<$crate::__private::Summary, $crate::__private::Failure> {
                $crate::__private::collect::<$collector>()
            }
        }

        #[cfg(target_arch = "wasm32")]
        $crate::__private::export_component!(TickmarkExport with_types_in $crate::__private::bindings);
    };
}

#[doc(hidden)]
pub mod __private {
    //! What [`export!`](crate::export) expands to; no part of the interface.
    pub use crate::guest::bindings;
    pub use crate::guest::bindings::export_component;
    pub use crate::guest::bindings::exports::tickmark::collector::plugin::{Descriptor, Failure, Guest, Summary};
    pub use crate::guest::{collect, describe};
}
