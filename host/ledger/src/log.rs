//! The log in its folder: a checkpoint, tiles and bundles, as files.

mod evidence;
mod reader;
mod tree;

#[cfg(feature = "write")]
mod edge;
#[cfg(feature = "write")]
mod open;
#[cfg(feature = "write")]
mod publish;
#[cfg(feature = "write")]
mod state;
#[cfg(feature = "write")]
mod wal;

#[cfg(feature = "write")]
mod index;

#[cfg(feature = "write")]
pub use index::IndexError;
pub use reader::LogReader;
pub use tree::{ReadError, TreeFiles};
#[cfg(feature = "write")]
pub(crate) use {
    edge::{Entry, checked_bundle, checked_entries},
    index::Index,
    open::Found,
    publish::Log,
};
