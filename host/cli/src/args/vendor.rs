//! The command line of `tickmark vendor`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::sign::names;
use super::{Output, Sign};

const ADD_HELP: &str = concat!(
    "\
Examples:
  tickmark vendor add-report --vendor hosting --type 'SOC 2 Type II' --from 2025-10-01 --to 2026-09-30 --file soc2.pdf \\
      --by ada@example.com
  tickmark vendor add-report --vendor hosting --type 'SOC 2 Type II' --from 2025-10-01 --to 2026-09-30 --file soc2.pdf \\
      --bridge-letter letter.pdf --bridged-until 2026-12-31 --by ada@example.com

Vendors stand under [[vendor]] in the site file. A letter that comes later is filed with the report once more.
",
    names!()
);

const REVIEW_HELP: &str = "\
Example:
  tickmark vendor review --vendor hosting --conclusion 'no exception concerns us' --by boris@example.com

It is reviewed by the report that covers the latest day. Every vendor is due a year after its last review.";

/// `vendor`.
#[derive(Debug, Subcommand)]
pub enum VendorCommand {
    /// File a vendor's own report
    #[command(after_help = ADD_HELP)]
    AddReport(VendorReportArgs),
    /// Record that somebody reviewed a vendor
    #[command(after_help = REVIEW_HELP)]
    Review {
        /// The vendor's id in the site file
        #[arg(long, value_name = "ID")]
        vendor: String,
        /// What they concluded
        #[arg(long, value_name = "TEXT")]
        conclusion: String,
        /// Who reviewed it, as they say
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// List the vendors of the site file, and what is wrong with each
    #[command(after_help = "Example:\n  tickmark vendor list --as-of 2026-12-31")]
    List {
        /// As they stood at this time (RFC 3339, or a date for its midnight UTC) [default: now]
        #[arg(long, value_name = "TIME", env = "TICKMARK_AS_OF", help_heading = "Scope")]
        as_of: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `vendor add-report`.
#[derive(Args, Debug)]
pub struct VendorReportArgs {
    /// The vendor's id in the site file
    #[arg(long, value_name = "ID")]
    pub vendor: String,
    /// Its type, such as `SOC 2 Type II`
    #[arg(long = "type", value_name = "TYPE")]
    pub report_type: String,
    /// The first day that it covers
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// The last day that it covers
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// The report
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    /// A letter for the time since the report ended
    #[arg(long, value_name = "FILE", requires = "bridged_until")]
    pub bridge_letter: Option<PathBuf>,
    /// The last day that the letter bridges to
    #[arg(long, value_name = "DATE", requires = "bridge_letter")]
    pub bridged_until: Option<NaiveDate>,
    /// Who files it, as they say
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}
