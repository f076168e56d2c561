//! `tickmark export`: one file for an auditor.

use anyhow::Context as _;
use tickmark_engine::{ExportOf, ExportRequest, exit, ledger};
use tickmark_ledger::Period;

use crate::args::{ExportArgs, Global};
use crate::invoked_by::invoked_by;
use crate::progress::Progress;

pub fn export(global: &Global, args: &ExportArgs) -> anyhow::Result<u8> {
    let of = match &args.sample {
        Some(sample) => ExportOf::Sample(sample.clone()),
        None => {
            let (from, to) = args.from.zip(args.to).context("--from and --to are missing")?;
            anyhow::ensure!(from <= to, "the period ends on {to}, before it starts on {from}");
            ExportOf::Period { period: Period { from, to }, controls: args.control.clone() }
        }
    };
    let site = super::read_site(global)?;
    let progress = Progress::new(global);
    let mut opened = ledger::open(&site, &progress)?;
    progress.finish();
    let request = ExportRequest {
        of,
        since: args.since.as_ref().map(|path| global.directory.join(path)),
        redact: args.redact,
        timestamp: args.timestamp.clone(),
        output: global.directory.join(&args.output_file),
    };
    let written = ledger::with_scribe(&site.company, invoked_by(), |by| {
        tickmark_engine::export(&site, &mut opened, by, &request)
    })?;
    if !global.quiet {
        anstream::eprintln!("wrote {}: {written}", args.output_file.display());
        anstream::eprintln!("next: tickmark verify {} --key VKEY", args.output_file.display());
    }
    Ok(exit::PASS)
}
