//! `tickmark run`: collect, judge, seal, report and forward.

use std::path::Path;

use tickmark_engine::{DueRun, Engine, Problems, RunRequest, Scope, exit, seal_untried, waivers};
use tickmark_ledger::SealedRun;
use tickmark_model::Instant;
use tickmark_operations::WaiversInForce;
use tickmark_report::{View, json, table};

use super::forward::Forwards;
use crate::args::{Format, Global, Output, RunArgs};
use crate::invoked_by::invoked_by;
use crate::output::{looks, write};
use crate::progress::Progress;

pub fn run(global: &Global, args: &RunArgs) -> anyhow::Result<u8> {
    let as_of = super::as_of(args.as_of.as_deref())?;
    let engine = super::engine(global).inspect_err(|error| {
        if args.due {
            untried(global, error);
        }
    })?;
    let mut forwards = Forwards::open(global, engine.site(), &args.forward)?;
    if let Some(site) = engine.site() {
        forwards.catch_up(global, site, args.forward_deadline)?;
    }
    forwards.make_room(args.forward_deadline)?;
    if let Some(site) = engine.site() {
        forwards.begin(site)?;
    }
    if args.due {
        return due(global, args, &engine, &mut forwards);
    }
    let scope = Scope { controls: args.control.clone(), systems: args.system.clone(), only: None };
    let sealed = judge(global, &engine, scope, as_of)?;
    let waivers = tell(global, args, &engine, &mut forwards, &sealed)?;
    if sealed.findings().is_empty() && !global.quiet {
        let control = if args.control.is_empty() { "no control".to_owned() } else { args.control.join(", ") };
        let system = if args.system.is_empty() { "a system of the site".to_owned() } else { args.system.join(", ") };
        let verb = if args.control.is_empty() { "selects" } else { "does not select" };
        anstream::eprintln!("\nNothing was judged: {control} {verb} {system}. `tickmark control show ID` says which.");
    }
    Ok(if args.exit_zero { exit::PASS } else { exit::code(&sealed, &waivers) })
}

/// Seals that what is due could not be tried, as far as the site file says where; the error itself is printed in any case.
fn untried(global: &Global, error: &anyhow::Error) {
    let Ok(site) = super::read_site(global) else { return };
    let progress = Progress::new(global);
    let sealed = seal_untried(&site, &why(error), invoked_by(), &progress);
    progress.finish();
    match sealed {
        Ok(0) => {}
        Ok(count) if !global.quiet => {
            anstream::eprintln!("{count} controls are due; the ledger says that they could not be tried.")
        }
        Ok(_) => {}
        Err(failed) => anstream::eprintln!("That it could not be tried cannot be recorded either: {failed:#}"),
    }
}

/// An error in words, with everything that is wrong in the configuration.
fn why(error: &anyhow::Error) -> String {
    let mut text = format!("{error:#}");
    for problem in error.downcast_ref::<Problems>().iter().flat_map(|problems| &problems.problems) {
        let place = problem.path().map(|path| format!("{path}: ")).unwrap_or_default();
        text.push_str(&format!("\n{place}{problem}"));
    }
    text
}

/// Runs what is due and nothing else.
fn due(global: &Global, args: &RunArgs, engine: &Engine, forwards: &mut Forwards) -> anyhow::Result<u8> {
    let progress = Progress::new(global);
    let ran = engine.run_due(invoked_by(), &progress);
    progress.finish();
    let DueRun { sealed, skipped, .. } = ran?;
    if skipped > 0 && !global.quiet {
        let windows = if skipped == 1 { "1 window".to_owned() } else { format!("{skipped} windows") };
        anstream::eprintln!("{windows} ended without a try; the ledger says so now.");
    }
    let Some(sealed) = sealed else {
        forwards.nothing();
        if !global.quiet {
            anstream::eprintln!(
                "Nothing is due, and nothing was judged. `tickmark schedule --all` shows what comes next."
            );
        }
        return Ok(if args.exit_zero { exit::PASS } else { exit::INCONCLUSIVE });
    };
    let waivers = tell(global, args, engine, forwards, &sealed)?;
    Ok(if args.exit_zero { exit::PASS } else { exit::code(&sealed, &waivers) })
}

/// Prints and forwards what was found, and gives the waivers in force. Where those cannot be read, it is forwarded without.
fn tell(
    global: &Global,
    args: &RunArgs,
    engine: &Engine,
    forwards: &mut Forwards,
    sealed: &SealedRun,
) -> anyhow::Result<WaiversInForce> {
    let read = engine.site().map(|site| waivers::in_force(site, sealed)).transpose();
    let none = WaiversInForce::default();
    forwards.put(sealed, read.as_ref().ok().and_then(Option::as_ref).unwrap_or(&none));
    let waivers = read?.unwrap_or_default();
    print(sealed, &waivers, &args.output, &global.directory, args.exceptions)?;
    forwards.send(args.forward_deadline, global.verbose);
    Ok(waivers)
}

/// Runs `scope` as of `as_of`, or as of now.
pub(super) fn judge(
    global: &Global,
    engine: &Engine,
    scope: Scope,
    as_of: Option<Instant>,
) -> anyhow::Result<SealedRun> {
    let progress = Progress::new(global);
    let request = RunRequest { scope, as_of, invoked_by: invoked_by(), watch: &progress };
    let sealed = engine.run(request);
    progress.finish();
    sealed
}

/// Prints a sealed run in the form that was asked for.
pub(super) fn print(
    sealed: &SealedRun,
    waivers: &WaiversInForce,
    output: &Output,
    base: &Path,
    exceptions: usize,
) -> anyhow::Result<()> {
    let view = View::new(sealed, waivers);
    let looks = looks(output);
    write(output, base, |out| match output.output {
        Format::Table => {
            table::write(&view, out, table::Options { width: looks.width, color: looks.color, exceptions })
        }
        Format::Json => json::write(&view, out, json::Options::default()),
    })
}
