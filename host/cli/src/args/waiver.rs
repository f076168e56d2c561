//! The command line of `tickmark waiver`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::sign::names;
use super::{Output, Sign};

const ADD_HELP: &str = concat!(
    "\
Examples:
  tickmark waiver add --control CC6.3-mfa-for-admins --subject Mfa::User::2 --from 2026-12-01 --until 2027-02-28 \\
      --reason 'the security key is on its way' --requested-by ada@example.com --approved-by boris@example.com
  tickmark waiver add --control CC6.3-mfa-for-admins --from 2026-12-01 --until 2027-02-28 \\
      --reason 'the keys are ordered' --requested-by ada@example.com --key ada.key     boris approves it later

Who asks, who approves and the control's owner are three. A waiver starts no earlier than the day it is recorded and lasts
at most 365 days. Without --subject it is about all subjects, without --system about all systems. It changes no outcome: a
run fails (exit code 1) only where a failing finding has an exception that no waiver covers.
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
  tickmark waiver approve waiver/12 --by boris@example.com --key boris.key

It covers from now on. Refused to whoever asked for it and to the control's owner, by name and by key.
",
    names!()
);

const EXPIRE_HELP: &str = "\
Example:
  tickmark waiver expire waiver/12 --by ada@example.com

It covers nothing from now on. The time to remedy what it covered ran all along.";

const IMPORT_HELP: &str = "\
Example:
  tickmark waiver import waivers.yaml --requested-by ada@example.com --approved-by boris@example.com

Reads waiver files of Chef InSpec, YAML or JSON: control ids, each with expiration_date and justification. Their last day
is the one before expiration_date; without one they are refused. `run: false` is passed over: what is waived is judged all
the same. All of a file is taken or nothing.";

/// `waiver`.
#[derive(Debug, Subcommand)]
pub enum WaiverCommand {
    /// Accept exceptions of a control until a day
    #[command(after_help = ADD_HELP)]
    Add(WaiverAddArgs),
    /// List the waivers
    #[command(after_help = "Example:\n  tickmark waiver list --as-of 2026-12-31")]
    List {
        /// As they stood at this time (RFC 3339, or a date for its midnight UTC) [default: now]
        #[arg(long, value_name = "TIME", env = "TICKMARK_AS_OF", help_heading = "Scope")]
        as_of: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Approve a waiver that another person asked for
    #[command(after_help = APPROVE_HELP)]
    Approve {
        /// The id or index of the record that began it
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
    /// End a waiver before its day
    #[command(after_help = EXPIRE_HELP)]
    Expire {
        /// The id or index of the record that began it
        #[arg(value_name = "RECORD")]
        record: String,
        /// Who ends it, as they say
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Take over a waiver file of Chef InSpec
    #[command(after_help = IMPORT_HELP)]
    Import {
        /// The file, YAML or JSON
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Only for this system [default: all]
        #[arg(long, value_name = "NAME", help_heading = "Scope")]
        system: Option<String>,
        /// Who asks for them, as they say
        #[arg(long, value_name = "NAME")]
        requested_by: String,
        /// Who approves them, as they say [default: nobody yet]
        #[arg(long, value_name = "NAME")]
        approved_by: Option<String>,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `waiver add`.
#[derive(Args, Debug)]
pub struct WaiverAddArgs {
    /// The control whose exceptions are accepted
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    pub control: String,
    /// Only on this system [default: all]
    #[arg(long, value_name = "NAME", help_heading = "Scope")]
    pub system: Option<String>,
    /// Only this subject (repeatable) [default: all]
    #[arg(long, value_name = "KIND::ID", help_heading = "Scope")]
    pub subject: Vec<String>,
    /// The first day, in the engagement's time zone
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// The last day, in the engagement's time zone
    #[arg(long, value_name = "DATE")]
    pub until: NaiveDate,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who asks for it, as they say
    #[arg(long, value_name = "NAME")]
    pub requested_by: String,
    /// Who approves it, as they say [default: nobody yet: `waiver approve` does]
    #[arg(long, value_name = "NAME")]
    pub approved_by: Option<String>,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}
