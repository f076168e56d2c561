//! The command line of `tickmark evidence`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::sign::names;
use super::{Days, Output, Sign};

const ADD_HELP: &str = concat!(
    "\
Examples:
  tickmark evidence add --control CC6.3-mfa-for-admins --file minutes.pdf --effective 2026-11-20 --by ada@example.com
  tickmark evidence add --control CC6.3-mfa-for-admins --file policy.pdf --effective 2026-11-20 --expires 2027-11-19 \\
      --replaces manual-evidence/12 --by ada@example.com

It counts once another person approved it.
",
    names!(),
    "

Exit codes:
  0  it is recorded
  2  refused, or it could not run; nothing was recorded
  4  the ledger is not as it should be"
);

const APPROVE_HELP: &str = concat!(
    "\
Example:
  tickmark evidence approve manual-evidence/12 --by boris@example.com --key boris.key

Refused to whoever brought it, by name and by key.
",
    names!()
);

const WITHDRAW_HELP: &str = "\
Example:
  tickmark evidence withdraw manual-evidence/12 --reason 'the wrong file' --by ada@example.com

The file stays in the ledger, and no longer counts from now on.";

/// `evidence`.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Bring a file as evidence of a control
    #[command(after_help = ADD_HELP)]
    Add(EvidenceAddArgs),
    /// Approve a file that another person brought
    #[command(after_help = APPROVE_HELP)]
    Approve {
        /// The id or index of the record that brought it
        #[arg(value_name = "RECORD")]
        record: String,
        /// Who approves it, as they say
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Say that a file no longer counts
    #[command(after_help = WITHDRAW_HELP)]
    Withdraw {
        /// The id or index of the record that brought it
        #[arg(value_name = "RECORD")]
        record: String,
        /// Who withdraws it, as they say
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// List the files that people brought
    #[command(after_help = "Example:\n  tickmark evidence list --control CC6.3-mfa-for-admins -o json")]
    List {
        /// Only evidence of this control
        #[arg(long, value_name = "ID", help_heading = "Scope")]
        control: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show a file that somebody brought: who, when, and where it is
    #[command(after_help = "Example:\n  tickmark evidence show manual-evidence/12")]
    Show {
        /// The id or index of the record that brought it
        #[arg(value_name = "RECORD")]
        record: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `evidence add`.
#[derive(Args, Debug)]
pub struct EvidenceAddArgs {
    /// The control that it is evidence of
    #[arg(long, value_name = "ID")]
    pub control: String,
    /// The file
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// The day that it is dated
    #[arg(long, value_name = "DATE")]
    pub effective: NaiveDate,
    /// Who brings it, as they say
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// The days that it covers, both included
    #[arg(long, value_name = "FROM..TO")]
    pub covers: Option<Days>,
    /// The last day that it counts
    #[arg(long, value_name = "DATE")]
    pub expires: Option<NaiveDate>,
    /// The record that brought an earlier file, which this one replaces once it is approved
    #[arg(long, value_name = "RECORD")]
    pub replaces: Option<String>,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}
