//! The command line: names, defaults and help. Nothing here touches the world.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Exit codes, as every command's help ends with them.
const EXIT_CODES: &str = "\
Exit codes:
  0  every control in scope passed
  1  some control failed
  2  could not run: usage, configuration or environment; nothing was sealed
  3  nothing failed, but something is inconclusive or nothing was in scope
  4  the ledger does not verify";

/// Collects evidence with sandboxed plugins, judges it with Cedar policies, and seals pass/fail evidence for SOC 2.
#[derive(Debug, Parser)]
#[command(name = "tickmark", version, after_help = EXIT_CODES, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags that every command has.
    #[command(flatten)]
    pub global: Global,
}

/// Flags that every command has.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global")]
pub struct Global {
    /// Work as if started in this folder
    #[arg(
        short = 'C',
        long = "directory",
        value_name = "DIR",
        global = true,
        env = "TICKMARK_DIRECTORY",
        default_value = ".",
        hide_default_value = true
    )]
    pub directory: PathBuf,
    /// The site file [default: the nearest tickmark.toml upwards]
    #[arg(long, value_name = "FILE", global = true, env = "TICKMARK_CONFIG")]
    pub config: Option<PathBuf>,
    /// When to colour
    #[arg(long, value_name = "WHEN", global = true, env = "TICKMARK_COLOR", default_value = "auto")]
    pub color: ColorWhen,
    /// Show no progress
    #[arg(long, global = true, env = "TICKMARK_NO_PROGRESS")]
    pub no_progress: bool,
    /// Say more on stderr: plugin logs and notes
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where data goes, and in which form.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// The form of the output
    #[arg(short, long, value_name = "FORMAT", env = "TICKMARK_OUTPUT", default_value = "table")]
    pub output: Format,
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "PATH", env = "TICKMARK_OUTPUT_FILE")]
    pub output_file: Option<PathBuf>,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON document with a "schema" key.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a site file to start from
    #[command(after_help = "Example:\n  tickmark init audit && tickmark -C audit run --control A1.1-host-uptime")]
    Init(InitArgs),
    /// Make the example company and judge it
    #[command(
        after_help = "Example:\n  tickmark demo acme\n\nThe example's data stand still, so it is judged as of the day it was written for."
    )]
    Demo(DemoArgs),
    /// Collect, judge, seal and report
    #[command(after_help = RUN_HELP)]
    Run(RunArgs),
    /// The control matrix
    #[command(subcommand)]
    Control(ControlCommand),
    /// The policies behind the controls
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The collectors
    #[command(subcommand)]
    Plugin(PluginCommand),
}

const RUN_HELP: &str = "\
Examples:
  tickmark run                                        every control on every system
  tickmark run --control CC6.3-mfa-for-admins         one control
  tickmark run -o json --output-file assessment.json  for machines

Exit codes:
  0  every control in scope passed
  1  some control failed
  2  could not run: usage, configuration or environment; nothing was sealed
  3  nothing failed, but something is inconclusive or nothing was in scope
  4  the ledger does not verify
When several apply: 4, 2, 1, 3, 0.";

/// `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The folder to write to
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

/// `demo`.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// The folder to write to
    #[arg(value_name = "DIR", default_value = "tickmark-demo")]
    pub dir: PathBuf,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Only this control (repeatable) [default: all]
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    pub control: Vec<String>,
    /// Only this system (repeatable) [default: all]
    #[arg(long, value_name = "NAME", help_heading = "Scope")]
    pub system: Vec<String>,
    /// Judge as of this time (RFC 3339, or a date for its midnight UTC) [default: now]. More than 5 minutes
    /// away from now, records are marked `simulated` and never count as an operation
    #[arg(long, value_name = "TIME", env = "TICKMARK_AS_OF", help_heading = "Scope")]
    pub as_of: Option<String>,
    /// List at most this many exceptions of a finding in the table
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Output")]
    pub exceptions: usize,
    /// Exit 0 also where a control failed or is inconclusive
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `control`.
#[derive(Debug, Subcommand)]
pub enum ControlCommand {
    /// List the control matrix
    #[command(after_help = "Example:\n  tickmark control list -o json")]
    List {
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show one control: its row, its policies, the systems it is judged on
    #[command(after_help = "Example:\n  tickmark control show CC6.3-mfa-for-admins")]
    Show {
        /// The control's id
        #[arg(value_name = "CONTROL")]
        control: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check the matrix and every policy against what the collectors declare
    #[command(after_help = "Example:\n  tickmark policy check")]
    Check,
    /// Say which policy decided one subject, and why
    #[command(
        after_help = "Examples:\n  tickmark policy explain CC6.3-mfa-for-admins 2 --as-of 2026-11-20T09:00:00Z\n  tickmark policy explain CC6.3-mfa-for-admins 'Mfa::User::\"2\"'\n\nThe collectors are run for it; nothing is sealed."
    )]
    Explain {
        /// The control's id
        #[arg(value_name = "CONTROL")]
        control: String,
        /// The subject's id, or Kind::"id"
        #[arg(value_name = "SUBJECT")]
        subject: String,
        /// The system, where several have the subject
        #[arg(long, value_name = "NAME")]
        system: Option<String>,
        /// Judge as of this time [default: now]
        #[arg(long, value_name = "TIME", env = "TICKMARK_AS_OF")]
        as_of: Option<String>,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

/// `plugin`.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// List the built-in collectors and those of the site
    #[command(after_help = "Example:\n  tickmark plugin list")]
    List {
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show what a collector declares: facts, needs and settings
    #[command(after_help = "Examples:\n  tickmark plugin inspect mfa\n  tickmark plugin inspect ./vendor.wasm")]
    Inspect {
        /// A built-in plugin's name, or the path of a component
        #[arg(value_name = "PLUGIN")]
        plugin: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}
