//! What to verify, and by what.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What to verify, and by what.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// A ledger's folder or a package
    #[arg(value_name = "LEDGER|PACKAGE")]
    pub path: Option<PathBuf>,
    /// The log's verifier key, or a file that holds it: whom you trust, told to you by another way than the evidence
    #[arg(long, value_name = "VKEY", help_heading = "Evidence")]
    pub key: Option<String>,
    /// A checkpoint of the same log that you have kept: nothing before it may have changed
    #[arg(long, value_name = "OLD_CHECKPOINT", help_heading = "Evidence")]
    pub since: Option<PathBuf>,
    /// The form of the output
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub output: Form,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Table,
    /// One JSON document with a "schema" key.
    Json,
}
