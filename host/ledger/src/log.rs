//! The log in its folder: a checkpoint, tiles and bundles, as files.

mod reader;
mod tree;

pub use reader::LogReader;
pub use tree::{ReadError, TreeFiles};
