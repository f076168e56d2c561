//! The command line of `tickmark review`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::sign::names;
use super::{Output, Sign};

const OPEN_HELP: &str = "\
Examples:
  tickmark review open --kind access --system web
  tickmark review open --kind firewall --system web --reviewer ada@example.com --for 2026-Q3

The collectors that give such items run once: for access the accounts of `iam` and `mfa`, with their keys, for the
firewall its chains and rules. What they give is frozen and sealed, if it is all there; otherwise nothing is.
Who reviews what stands under [review] in the site file; `facts` under [review.access] narrows what accounts are.

Exit codes:
  0  it is open
  2  refused, or it could not run; nothing was sealed
  4  the ledger is not as it should be";

const DECIDE_HELP: &str = concat!(
    "\
Examples:
  tickmark review decide review/12 --item 7 --decision revoke --comment 'left in May' --by eng-manager@example.com
  tickmark review show review/12 -o csv --output-file r.csv      fill in the columns decision and comment, then
  tickmark review decide review/12 --file r.csv --by eng-manager@example.com

Decisions are keep, change (the comment says how) and revoke. A later one stands in place of an earlier one, and both
stay in the ledger.
",
    names!()
);

const CLOSE_HELP: &str = concat!(
    "\
Example:
  tickmark review close review/12 --by eng-manager@example.com --key eng-manager.key

Refused while an item is undecided. The review counts from this moment.
",
    names!()
);

const ACTIONS_HELP: &str = "\
Example:
  tickmark review actions review/12 -o json | disable-accounts

tickmark never disables or removes anything itself. Whether it was done, the next `tickmark run` sees at the source.";

const NOTIFY_HELP: &str = "\
Examples:
  tickmark review notify --dry-run
  tickmark review notify            from a timer, once a day

A notice comes once; that a review is overdue, once a day. It has counts and dates in it and no account.
The mail server stands under [mail] in the site file.

Exit codes:
  0  everything that was due is sent
  2  something could not be sent";

/// `review`.
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// Freeze what is to be reviewed, and seal that the review is open
    #[command(after_help = OPEN_HELP)]
    Open(OpenArgs),
    /// List the reviews
    #[command(after_help = "Example:\n  tickmark review list -o json")]
    List {
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show a review: its items, what was decided, what is missing
    #[command(
        after_help = "Examples:\n  tickmark review show review/12\n  tickmark review show review/12 --undecided -o csv"
    )]
    Show {
        /// The id or index of the record that opened it
        #[arg(value_name = "REVIEW")]
        review: String,
        /// Only items without a decision
        #[arg(long, help_heading = "Scope")]
        undecided: bool,
        /// Only items that this person may decide
        #[arg(long, value_name = "NAME", help_heading = "Scope")]
        reviewer: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: ShowOutput,
    },
    /// Decide items: one, or those of a file
    #[command(after_help = DECIDE_HELP)]
    Decide(DecideArgs),
    /// Close a review whose items are all decided
    #[command(after_help = CLOSE_HELP)]
    Close {
        /// The id or index of the record that opened it
        #[arg(value_name = "REVIEW")]
        review: String,
        /// Who closes it: one of its reviewers, as they say
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Who signs it.
        #[command(flatten)]
        sign: Sign,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Write to reviewers what is to be decided, soon due, or overdue
    #[command(after_help = NOTIFY_HELP)]
    Notify {
        /// Say what would be sent, and send nothing
        #[arg(long)]
        dry_run: bool,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// What the decisions ask for, and whether the source shows it done
    #[command(after_help = ACTIONS_HELP)]
    Actions {
        /// The id or index of the record that opened it
        #[arg(value_name = "REVIEW")]
        review: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `review open`.
#[derive(Args, Debug)]
pub struct OpenArgs {
    /// What is reviewed
    #[arg(long, value_name = "KIND", help_heading = "Scope")]
    pub kind: Kind,
    /// The system
    #[arg(long, value_name = "NAME", help_heading = "Scope")]
    pub system: String,
    /// Only accounts of this department (repeatable) [default: all]
    #[arg(long, value_name = "NAME", help_heading = "Scope")]
    pub department: Vec<String>,
    /// Who reviews what nobody else may (repeatable) [default: whom the site names]
    #[arg(long, value_name = "NAME")]
    pub reviewer: Vec<String>,
    /// The last day, in the engagement's time zone [default: 30 days from now, or as the site says]
    #[arg(long, value_name = "DATE")]
    pub due: Option<chrono::NaiveDate>,
    /// The window that it is for, such as 2026-Q3 [default: the one in which it is closed]
    #[arg(long = "for", value_name = "WINDOW")]
    pub window: Option<String>,
    /// Who opens it, as they say [default: nobody says]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// What is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Accounts.
    Access,
    /// The firewall's rules.
    Firewall,
}

/// `review decide`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["item", "file"]))]
pub struct DecideArgs {
    /// The id or index of the record that opened it
    #[arg(value_name = "REVIEW")]
    pub review: String,
    /// The item: its id, or the account's or rule's own where only one item has it
    #[arg(long, value_name = "ITEM", requires = "decision")]
    pub item: Option<String>,
    /// What is decided about it: keep, change or revoke
    #[arg(long, value_name = "DECISION", requires = "item")]
    pub decision: Option<String>,
    /// Why, or how it is to be changed
    #[arg(long, value_name = "TEXT", requires = "item")]
    pub comment: Option<String>,
    /// A CSV file with the columns id, decision and comment
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Who decides: one of its reviewers, as they say
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who signs it.
    #[command(flatten)]
    pub sign: Sign,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// Where the items go, and in which form.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct ShowOutput {
    /// The form of the output
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: ShowFormat,
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "PATH", env = "TICKMARK_OUTPUT_FILE")]
    pub output_file: Option<PathBuf>,
}

/// The form of the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// For people.
    Table,
    /// One JSON document with a "schema" key.
    Json,
    /// For a spreadsheet, to fill in and give to `review decide --file`.
    Csv,
}
