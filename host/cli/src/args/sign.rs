//! Who signs an act.

use std::path::PathBuf;

use clap::Args;

/// Who signs an act.
#[derive(Args, Debug)]
pub struct Sign {
    /// A file with the key of somebody in whose name it is (repeatable) [default: none; needed where the site file names
    /// their key]
    #[arg(long, value_name = "FILE", env = "TICKMARK_KEY", help_heading = "Signature")]
    pub key: Vec<PathBuf>,
}

/// What every help about an act says of names.
macro_rules! names {
    () => {
        "Names are asserted, not authenticated, unless whoever they are of signs with --key (`tickmark key person`)."
    };
}
pub(super) use names;
