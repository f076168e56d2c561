//! The command line of `tickmark ledger`.

use clap::Subcommand;

use super::Output;

const ERASE_HELP: &str = "\
Example:
  tickmark ledger erase sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 --reason 'request 12'

Refused for evidence under hold or of a day that no seal covers, and for programs, policies, chains and reasons.
Backups, copies and packages that were handed out are not reached.

Exit codes:
  0  it is erased
  2  refused, or it could not run; nothing was erased
  4  the ledger is not as it should be";

const HOLD_HELP: &str = "\
Examples:
  tickmark ledger hold --reason 'an investigation'
  tickmark ledger hold --control CC6.3-mfa-for-admins --from 2026-07-01 --to 2026-09-30 --reason 'a dispute'";

/// `ledger`.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Print the signed checkpoint, to keep elsewhere
    #[command(after_help = "Example:\n  tickmark ledger checkpoint > checkpoint-2026-09")]
    Checkpoint,
    /// Print one record
    #[command(after_help = "Example:\n  tickmark ledger show evaluation/12")]
    Show {
        /// Its id or index
        #[arg(value_name = "RECORD")]
        record: String,
    },
    /// Print the proof that one record is in the log
    #[command(after_help = "Example:\n  tickmark ledger prove evaluation/12 > 12.tlog-proof")]
    Prove {
        /// Its id or index
        #[arg(value_name = "RECORD")]
        record: String,
    },
    /// Close a period: how many records each control has in it
    #[command(after_help = "Example:\n  tickmark ledger seal --from 2026-07-01 --to 2026-09-30")]
    Seal {
        /// The first day, in UTC
        #[arg(long, value_name = "DATE")]
        from: chrono::NaiveDate,
        /// The last day, in UTC
        #[arg(long, value_name = "DATE")]
        to: chrono::NaiveDate,
    },
    /// Erase a blob for good; a record stays that says which, why, and who named it
    #[command(after_help = ERASE_HELP)]
    Erase {
        /// Its SHA-256, as records and file names have it
        #[arg(value_name = "BLOB")]
        blob: String,
        /// Why; it is never erased itself, so write no names into it
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Let nothing of some evidence be erased until the hold is released
    #[command(after_help = HOLD_HELP)]
    Hold {
        /// Only evidence of this control [default: all]
        #[arg(long, value_name = "ID", help_heading = "Scope")]
        control: Option<String>,
        /// Only evidence of this day and later, in UTC
        #[arg(long, value_name = "DATE", requires = "to", help_heading = "Scope")]
        from: Option<chrono::NaiveDate>,
        /// Only evidence of this day and earlier, in UTC
        #[arg(long, value_name = "DATE", requires = "from", help_heading = "Scope")]
        to: Option<chrono::NaiveDate>,
        /// Why; it is never erased itself, so write no names into it
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// End a hold
    #[command(after_help = "Example:\n  tickmark ledger release hold/12 --reason 'the dispute is settled'")]
    Release {
        /// The id or index of the record that placed it
        #[arg(value_name = "HOLD")]
        hold: String,
        /// Why; it is never erased itself, so write no names into it
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Build the index anew from the log
    #[command(after_help = "Example:\n  tickmark ledger reindex")]
    Reindex,
}
