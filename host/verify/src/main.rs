//! `tickmark-verify`: verifies a ledger or an evidence package offline. It can do nothing else.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use tickmark_verify::{VerifyArgs, verify};

const HELP: &str = "\
Examples:
  tickmark-verify evidence.zip --key auditor.vkey
  tickmark-verify .tickmark/ledger --since checkpoint-of-last-year

Without --key it is checked by the key that the evidence itself names, which shows that it is whole, not who signed it.

Exit codes:
  0  no step failed; those that were not checked are listed
  2  could not run
  4  a step failed";

/// Verifies a ledger or an evidence package: signatures, every record, every blob. Nothing else is in this program: no
/// sandbox, no policies, no network.
#[derive(Debug, Parser)]
#[command(name = "tickmark-verify", version, after_help = HELP, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    verify: VerifyArgs,
}

fn main() -> ExitCode {
    let Cli { verify: args } = Cli::parse();
    let here = Path::new(".");
    match verify(args.path.as_deref().unwrap_or(here), &args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            anstream::eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                anstream::eprintln!("  caused by: {cause}");
            }
            ExitCode::from(2)
        }
    }
}
