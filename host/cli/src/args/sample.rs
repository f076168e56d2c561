//! The command line of `tickmark population` and `tickmark sample`.

use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};

use super::Output;

const FREEZE_HELP: &str = "\
Examples:
  tickmark population freeze --control CC6.3-mfa-for-admins --from 2026-07-01 --to 2026-09-30
  tickmark population freeze --control A1.2-backup-success --system web

The items are the windows that were expected, missed ones too; of a control at events, the events; of a continuous one, its
days. They are sealed before the auditor gives a seed.

Exit codes:
  0  it is frozen
  2  there is nothing to freeze, or it could not be written
  4  the ledger is not as it should be";

const SAMPLE_HELP: &str = "\
Examples:
  tickmark sample --population population/35 --default --seed 'given by the auditor'
  tickmark sample --population population/35 --size 12 --seed 4711
  tickmark sample verify sample/36                     draws it again
  tickmark export --sample sample/36                   what the chosen items rest on

Default sizes are illustrative, the auditor decides: annual 1, quarterly 2, monthly 3, weekly 8, daily 25, per event 25 (under
250: 10 %, at least 5; up to 5: all). Every sample of a population is listed beside the new one.

Exit codes:
  0  it is drawn
  2  it could not be drawn
  4  the ledger is not as it should be";

const VERIFY_HELP: &str = "\
Example:
  tickmark sample verify sample/36

Exit codes:
  0  the same items are drawn again
  2  it could not be drawn
  4  other items are drawn, or the population is not what the records before it give; or the ledger is not as it should be";

/// `population`.
#[derive(Debug, Subcommand)]
pub enum PopulationCommand {
    /// Seal all items of a control in a period
    #[command(after_help = FREEZE_HELP)]
    Freeze {
        /// The control
        #[arg(long, value_name = "ID", help_heading = "Scope")]
        control: String,
        /// The first day, in the engagement's time zone [default: the engagement's]
        #[arg(long, value_name = "DATE", help_heading = "Scope")]
        from: Option<NaiveDate>,
        /// The last day, inclusive [default: the engagement's]
        #[arg(long, value_name = "DATE", help_heading = "Scope")]
        to: Option<NaiveDate>,
        /// Only this system [default: all]
        #[arg(long, value_name = "NAME", help_heading = "Scope")]
        system: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `sample`.
#[derive(Args, Debug)]
#[command(
    after_help = SAMPLE_HELP,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group = ArgGroup::new("how_many").required(true).args(["size", "default", "all"])
)]
pub struct SampleArgs {
    /// Something else than drawing.
    #[command(subcommand)]
    pub command: Option<SampleCommand>,
    /// The id or index of the record that froze the population
    #[arg(long, value_name = "ID", required = true)]
    pub population: Option<String>,
    /// How many items
    #[arg(long, value_name = "N")]
    pub size: Option<u64>,
    /// A usual number of items: illustrative, the auditor decides
    #[arg(long)]
    pub default: bool,
    /// All items
    #[arg(long)]
    pub all: bool,
    /// What the auditor gave after the population was frozen
    #[arg(long, value_name = "TEXT", required = true)]
    pub seed: Option<String>,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `sample`, beside drawing.
#[derive(Debug, Subcommand)]
pub enum SampleCommand {
    /// Draw a sealed sample again, from the frozen population and its seed
    #[command(after_help = VERIFY_HELP)]
    Verify {
        /// The id or index of the sample's record
        #[arg(value_name = "SAMPLE")]
        sample: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}
