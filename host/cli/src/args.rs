//! The command line: names, defaults and help. Nothing here touches the world.

mod days;
mod evidence;
mod ledger;
mod remediation;
mod report;
mod review;
mod sample;
mod sign;
mod vendor;
mod waiver;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use days::Days;
pub use evidence::{EvidenceAddArgs, EvidenceCommand};
pub use ledger::LedgerCommand;
pub use remediation::{RemediationCloseArgs, RemediationCommand, RemediationPlanArgs};
pub use report::{PeriodArgs, ReportCommand, ReportFormat, ReportOutput};
pub use review::{DecideArgs, Kind, OpenArgs, ReviewCommand, ShowFormat, ShowOutput};
pub use sample::{PopulationCommand, SampleArgs, SampleCommand};
pub use sign::Sign;
pub use vendor::{VendorCommand, VendorReportArgs};
pub use waiver::{WaiverAddArgs, WaiverCommand};

/// Exit codes, as every command's help ends with them.
const EXIT_CODES: &str = "\
Exit codes:
  0  every control in scope passed
  1  some control failed, with an exception that no waiver covers
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
    /// Show what is due, open and overdue
    #[command(after_help = SCHEDULE_HELP)]
    Schedule(ScheduleArgs),
    /// Send what waits for a receiver of events
    #[command(after_help = FORWARD_HELP)]
    Forward(ForwardArgs),
    /// Check a ledger or a package: signatures, every record, every blob
    #[command(after_help = VERIFY_HELP)]
    Verify(tickmark_verify::VerifyArgs),
    /// Judge sealed evidence once more, bit for bit
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArgs),
    /// Write one file for an auditor: records, proofs, raw evidence
    #[command(after_help = EXPORT_HELP)]
    Export(ExportArgs),
    /// What the ledger says of a period: for an auditor, for the company, for anyone
    #[command(subcommand)]
    Report(ReportCommand),
    /// Freeze what a sample is drawn from
    #[command(subcommand)]
    Population(PopulationCommand),
    /// Draw a sample that anyone can draw again
    Sample(SampleArgs),
    /// The keys that sign the ledger and what is exported
    #[command(subcommand)]
    Key(KeyCommand),
    /// The ledger itself: records, proofs, periods, holds, erasure, its index
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// The control matrix
    #[command(subcommand)]
    Control(ControlCommand),
    /// Files that people bring as evidence, and who approved them
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Reviews by named people: of access, of firewall rules
    #[command(subcommand)]
    Review(ReviewCommand),
    /// What is to be put right, by when, and what was done about it
    #[command(subcommand)]
    Remediation(RemediationCommand),
    /// Vendors, their own reports, and who reviewed them
    #[command(subcommand)]
    Vendor(VendorCommand),
    /// Exceptions that are accepted until a day
    #[command(subcommand)]
    Waiver(WaiverCommand),
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
  tickmark run --due                                  what `tickmark schedule` calls due; from a timer, every hour
  tickmark run --forward syslog+tls://siem.acme.example:6514

Exit codes:
  0  every control in scope passed
  1  some control failed, with an exception that no waiver covers
  2  could not run: usage, configuration or environment; nothing was sealed
  3  nothing failed, but something is inconclusive or nothing was in scope
  4  the ledger does not verify
When several apply: 4, 2, 1, 3, 0. That a receiver of events is down changes none of them.";

const SCHEDULE_HELP: &str = "\
Examples:
  tickmark schedule               what is due, open or overdue now
  tickmark schedule --all -o json every control on every system, for machines

overdue  it should have operated already, and doing it now still counts, late
due      a collector is to look now: `tickmark run --due` does that
open     people are to do it until the window ends
done     nothing is to be done until the next window";

const FORWARD_HELP: &str = "\
Examples:
  tickmark forward syslog+tcp://siem.acme.example:601
  tickmark forward 'syslog+tls://siem.acme.example:6514?ca=siem-ca.pem'
  tickmark forward https://siem.acme.example/ocsf
  tickmark forward file:events.jsonl

TARGET is the one that was given to `tickmark run --forward`. TICKMARK_FORWARD_AUTHORIZATION is sent to an HTTP endpoint as
the header Authorization.

Exit codes:
  0  nothing waits any more
  2  could not send all of it; what was not sent waits still";

const VERIFY_HELP: &str = "\
Examples:
  tickmark verify                                     the site's own ledger
  tickmark verify evidence.zip --key auditor.vkey     a package, by a key that you were given
  tickmark verify --since checkpoint-of-last-year     that nothing before it was changed

Without --key it is checked by the key that the ledger itself names, which shows that it is whole, not who signed it.

Exit codes:
  0  no step failed; those that were not checked are listed
  2  could not run
  4  a step failed";

const REPLAY_HELP: &str = "\
Examples:
  tickmark replay evaluation/12    one record of the site's ledger
  tickmark replay --all            every evaluation of it
  tickmark replay evidence.zip     every evaluation of a package

The recorded component runs on the recorded responses; nothing outside of the ledger is read.

Exit codes:
  0  everything that can be replayed came out the same
  2  could not run
  3  nothing could be replayed
  4  something came out otherwise";

const EXPORT_HELP: &str = "\
Examples:
  tickmark export --from 2026-07-01 --to 2026-09-30 --output-file evidence.zip
  tickmark export --from 2026-07-01 --to 2026-09-30 --control CC6.3-mfa-for-admins --redact --output-file mfa.zip
  tickmark export --sample sample/36 --output-file sample.zip      what the chosen items rest on

A period that is over is sealed first, so that the package shows that nothing is missing.";

/// `replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// A record's id or index, or a package
    #[arg(value_name = "RECORD|PACKAGE", required_unless_present = "all")]
    pub what: Option<String>,
    /// Every evaluation of the ledger
    #[arg(long, conflicts_with = "what")]
    pub all: bool,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The first day, in UTC
    #[arg(long, value_name = "DATE", help_heading = "Scope", required_unless_present = "sample")]
    pub from: Option<chrono::NaiveDate>,
    /// The last day, in UTC
    #[arg(long, value_name = "DATE", help_heading = "Scope", required_unless_present = "sample")]
    pub to: Option<chrono::NaiveDate>,
    /// Only this control (repeatable) [default: all]
    #[arg(long, value_name = "ID", help_heading = "Scope")]
    pub control: Vec<String>,
    /// Only the records that the chosen items of this sample rest on
    #[arg(long, value_name = "ID", help_heading = "Scope", conflicts_with_all = ["from", "to", "control"])]
    pub sample: Option<String>,
    /// A checkpoint that the auditor has from before: a proof that the log extends it goes along
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    pub since: Option<PathBuf>,
    /// Leave out the raw evidence; records, proofs, components and policies stay
    #[arg(long, help_heading = "Evidence")]
    pub redact: bool,
    /// Ask this timestamp server (RFC 3161) for a token over the checkpoint
    #[arg(long, value_name = "URL", help_heading = "Evidence")]
    pub timestamp: Option<String>,
    /// Where to write it
    #[arg(
        long,
        value_name = "PATH",
        default_value = "evidence.zip",
        env = "TICKMARK_OUTPUT_FILE",
        help_heading = "Output"
    )]
    pub output_file: PathBuf,
}

/// `key`.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make the keys before the first run does
    #[command(after_help = "Example:\n  tickmark key generate")]
    Generate,
    /// Show the public halves: what auditors need
    #[command(after_help = "Example:\n  tickmark key show > acme.vkey")]
    Show {
        /// The packages' public key (PEM) instead of the log's
        #[arg(long)]
        package: bool,
    },
    /// Make a person's own key, which they sign what they do with
    #[command(after_help = PERSON_HELP)]
    Person {
        /// Whose it is, as acts name them
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The file for the private key, where nothing may be yet
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Let a new key sign the log from here on; both sign that it does
    #[command(after_help = ROTATE_HELP)]
    Rotate(RotateArgs),
}

const PERSON_HELP: &str = "\
Example:
  tickmark key person --name ada@example.com --file ~/ada.key >> tickmark.toml

What is printed goes into the site file. From the next run or act on, what is done in that name has to be signed with
--key ~/ada.key. Keep the file where only that person can read it: whoever has it acts as that person.";

const ROTATE_HELP: &str = "\
Examples:
  tickmark key rotate                       a new key in the key folder
  tickmark key rotate --next-env NEXT_KEY   one that is in an environment variable

Afterwards, name the new key under [keys] where it is not in the key folder.";

/// `key rotate`.
#[derive(Args, Debug)]
pub struct RotateArgs {
    /// The environment variable with the new key
    #[arg(long, value_name = "NAME", conflicts_with = "next_command")]
    pub next_env: Option<String>,
    /// The program that signs with the new key, and its arguments
    #[arg(long, value_name = "PROGRAM", num_args = 1.., requires = "next_vkey")]
    pub next_command: Vec<String>,
    /// The verifier key of --next-command
    #[arg(long, value_name = "VKEY", requires = "next_command")]
    pub next_vkey: Option<String>,
}

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
    /// Only what is due now, as `tickmark schedule` says; every try is sealed, also one that fails
    #[arg(long, conflicts_with_all = ["control", "system", "as_of"], help_heading = "Scope")]
    pub due: bool,
    /// Send the findings as OCSF events to this receiver (repeatable): syslog+tcp://HOST:PORT,
    /// syslog+tls://HOST:PORT?ca=FILE, http(s)://... or file:PATH
    #[arg(long, value_name = "TARGET", help_heading = "Forwarding")]
    pub forward: Vec<String>,
    /// Try for so many seconds; what a receiver has not taken by then waits for `tickmark forward`
    #[arg(long, value_name = "SECONDS", default_value_t = 10, help_heading = "Forwarding")]
    pub forward_deadline: u32,
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

/// `schedule`.
#[derive(Args, Debug)]
pub struct ScheduleArgs {
    /// Also what is done
    #[arg(long, help_heading = "Scope")]
    pub all: bool,
    /// Where data goes.
    #[command(flatten)]
    pub output: Output,
}

/// `forward`.
#[derive(Args, Debug)]
pub struct ForwardArgs {
    /// syslog+tcp://HOST:PORT, syslog+tls://HOST:PORT?ca=FILE, http(s)://... or file:PATH
    #[arg(value_name = "TARGET")]
    pub target: String,
    /// Try for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub deadline: u32,
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
    /// Show for each criterion which controls serve it, or that nothing does
    #[command(after_help = COVERAGE_HELP)]
    Coverage {
        /// Only criteria that nothing serves
        #[arg(long, help_heading = "Scope")]
        gaps: bool,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
    /// Show one control: its row, its policies, the systems it is judged on
    #[command(
        after_help = "Example:\n  tickmark control show CC6.3-mfa-for-admins\n  tickmark control show CC3.2-risk-assessment"
    )]
    Show {
        /// The control's id
        #[arg(value_name = "CONTROL")]
        control: String,
        /// Where data goes.
        #[command(flatten)]
        output: Output,
    },
}

const COVERAGE_HELP: &str = "\
Examples:
  tickmark control coverage
  tickmark control coverage --gaps -o json

Served is not operated: whether a control did its work, `tickmark run` says. It says nothing of controls
that people operate by hand.";

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
