//! The command line of `tickmark report`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  it is written, whatever it says
  2  it could not be made
  4  the ledger is not as it should be";

const TYPE1_HELP: &str = "\
Examples:
  tickmark report type1 --as-of 2026-09-30
  tickmark report type1 --as-of 2026-09-30T12:00:00Z -o html --output-file type1.html

Evidence that a control is implemented is dated not after the instant and not older than one window of its frequency.

Exit codes:
  0  it is written, whatever it says
  2  it could not be made
  4  the ledger is not as it should be";

const TYPE2_HELP: &str = "\
Examples:
  tickmark report type2                                            the engagement's period
  tickmark report type2 --from 2026-07-01 --to 2026-09-30 -o html --output-file q3.html
  tickmark report type2 --control CC6.3-mfa-for-admins -o csv      one line for each operation
  tickmark report type2 --at checkpoint-of-october                 only what that checkpoint has

The words are pass/fail evidence and exceptions; the opinion is the auditor's.

Exit codes:
  0  it is written, whatever it says
  2  it could not be made
  4  the ledger is not as it should be";

const SUMMARY_HELP: &str = "\
Example:
  tickmark report summary --public --from 2026-07-01 --to 2026-09-30 -o html --output-file summary.html

It has counts and criteria, and no subject, system, person or control. It is not a SOC 3 report: only a CPA issues those.

Exit codes:
  0  it is written, whatever it says
  2  it could not be made
  4  the ledger is not as it should be";

/// `report`.
#[derive(Debug, Subcommand)]
#[command(after_help = EXIT_CODES)]
pub enum ReportCommand {
    /// What was in place at an instant: design, and evidence that it is implemented
    #[command(after_help = TYPE1_HELP)]
    Type1 {
        /// The instant (RFC 3339, or a date for its midnight UTC)
        #[arg(long, value_name = "TIME", help_heading = "Scope")]
        as_of: String,
        /// Read the log only up to this checkpoint: a file, or a number of records [default: all]
        #[arg(long, value_name = "CHECKPOINT", help_heading = "Scope")]
        at: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: ReportOutput,
    },
    /// How controls operated over a period
    #[command(after_help = TYPE2_HELP)]
    Type2 {
        /// Which period.
        #[command(flatten)]
        period: PeriodArgs,
        /// Only this control (repeatable) [default: all]
        #[arg(long, value_name = "ID", help_heading = "Scope")]
        control: Vec<String>,
        /// Where data goes.
        #[command(flatten)]
        output: ReportOutput,
    },
    /// What may be shown to anyone of a period
    #[command(after_help = SUMMARY_HELP)]
    Summary {
        /// Say that it is meant to be shown to anyone
        #[arg(long, required = true)]
        public: bool,
        /// Which period.
        #[command(flatten)]
        period: PeriodArgs,
        /// Where data goes.
        #[command(flatten)]
        output: ReportOutput,
    },
}

/// Which period, and up to where the log is read.
#[derive(Args, Debug)]
#[command(next_help_heading = "Scope")]
pub struct PeriodArgs {
    /// The first day, in the engagement's time zone [default: the engagement's]
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// The last day, inclusive [default: the engagement's]
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Read the log only up to this checkpoint: a file, or a number of records [default: all]
    #[arg(long, value_name = "CHECKPOINT")]
    pub at: Option<String>,
}

/// Where a report goes, and in which form.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct ReportOutput {
    /// The form of the output
    #[arg(short, long, value_name = "FORMAT", env = "TICKMARK_OUTPUT", default_value = "table")]
    pub output: ReportFormat,
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "PATH", env = "TICKMARK_OUTPUT_FILE")]
    pub output_file: Option<PathBuf>,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Table,
    /// One JSON document with a "schema" key.
    Json,
    /// For a repository or a wiki.
    Markdown,
    /// For a spreadsheet: one line for each operation.
    Csv,
    /// One file that prints well.
    Html,
}
