//! The command line of `tickmark remediation`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::sign::names;
use super::{Output, Sign};

const LIST_HELP: &str = "\
Examples:
  tickmark remediation list
  tickmark remediation list --all -o json        closed ones too, and the days to remediate by severity

Exceptions are due 30 days (critical, high), 60 (medium) or 90 (low) after the first observation that fails, at the end of
the day. Simulated runs count for nothing.";

const PLAN_HELP: &str = concat!(
    "\
Example:
  tickmark remediation plan r-0123456789ab --owner boris@example.com --cause 'no key in stock' --plan 'order one' \\
      --by ada@example.com

",
    names!()
);

const CLOSE_HELP: &str = concat!(
    "\
Examples:
  tickmark remediation close r-0123456789ab --cause 'the ticket was lost' --action 'leavers come from HR by webhook' \\
      --evidence webhook.pdf --by ada@example.com --approved-by boris@example.com
  tickmark remediation close r-0123456789ab --cause 'the ticket was lost' --action 'leavers come from HR by webhook' \\
      --evidence webhook.pdf --by ada@example.com --key ada.key     boris approves it later

An exception of a state is closed by an observation that conforms, and by nothing that people say. One about something that
happened is closed by this, its approval and the next operation that conforms.
",
    names!()
);

const APPROVE_HELP: &str = concat!(
    "\
Example:
  tickmark remediation approve remediation/12 --by boris@example.com --key boris.key

What was done counts from now on. Refused to whoever did it, by name and by key.
",
    names!()
);

/// `remediation`.
#[derive(Debug, Subcommand)]
pub enum RemediationCommand {
    /// List what is to be put right, and by when
    #[command(after_help = LIST_HELP)]
    List {
        /// Only exceptions of this control
        #[arg(long, value_name = "ID", help_heading = "Scope")]
        control: Option<String>,
        /// Closed ones too
        #[arg(long, help_heading = "Scope")]
        all: bool,
        /// As it was known at this time (RFC 3339, or a date for its midnight UTC) [default: now]
        #[arg(long, value_name = "TIME", env = "TICKMARK_AS_OF", help_heading = "Scope")]
        as_of: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show one: since when, until when, and what was done about it
    #[command(after_help = "Example:\n  tickmark remediation show r-0123456789ab")]
    Show {
        /// Its id
        #[arg(value_name = "EPISODE")]
        episode: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Record who puts it right, and how
    #[command(after_help = PLAN_HELP)]
    Plan(RemediationPlanArgs),
    /// Record what the cause was and what was done about it
    #[command(after_help = CLOSE_HELP)]
    Close(RemediationCloseArgs),
    /// Approve what another person did about an exception
    #[command(after_help = APPROVE_HELP)]
    Approve {
        /// The id or index of the record that says what was done
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
}

/// `remediation plan`.
#[derive(Args, Debug)]
pub struct RemediationPlanArgs {
    /// Its id
    #[arg(value_name = "EPISODE")]
    pub episode: String,
    /// Who is to put it right
    #[arg(long, value_name = "NAME")]
    pub owner: String,
    /// Why it failed
    #[arg(long, value_name = "TEXT")]
    pub cause: String,
    /// How it is put right
    #[arg(long, value_name = "TEXT")]
    pub plan: String,
    /// Who says so, as they say
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `remediation close`.
#[derive(Args, Debug)]
pub struct RemediationCloseArgs {
    /// Its id
    #[arg(value_name = "EPISODE")]
    pub episode: String,
    /// Why it failed
    #[arg(long, value_name = "TEXT")]
    pub cause: String,
    /// What was done about the cause
    #[arg(long, value_name = "TEXT")]
    pub action: String,
    /// A file that shows it
    #[arg(long, value_name = "FILE")]
    pub evidence: PathBuf,
    /// Who says so, as they say
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who approves it, as they say: another person [default: nobody yet: `remediation approve` does]
    #[arg(long, value_name = "NAME")]
    pub approved_by: Option<String>,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}
