//! Errors on stderr: what went wrong, why, and what to do. What stops a command is exit code 2, a broken ledger 4.

use std::error::Error;

use miette::{GraphicalReportHandler, GraphicalTheme};
use tickmark_engine::keys::KeyError;
use tickmark_engine::period::{PeriodError, SampleError};
use tickmark_engine::review::NotOpened;
use tickmark_engine::{Problems, exit};
use tickmark_forward::SpoolError;
use tickmark_ledger::package::ExportError;
use tickmark_ledger::{LedgerError, ReadError};

/// Prints `error` and gives the exit code.
pub fn print(error: &anyhow::Error) -> u8 {
    if let Some(problems) = error.downcast_ref::<Problems>() {
        print_problems(problems);
        return exit::COULD_NOT_RUN;
    }
    anstream::eprintln!("{RED}error{RED:#}: {error}");
    for cause in error.chain().skip(1) {
        anstream::eprintln!("  caused by: {cause}");
    }
    let known = error.chain().find_map(known);
    if let Some(help) = known.as_ref().and_then(|known| known.help.as_deref()) {
        anstream::eprintln!("\nhelp: {help}");
    }
    if known.is_some_and(|known| known.broken_ledger) { exit::LEDGER_BROKEN } else { exit::COULD_NOT_RUN }
}

/// What an error of a room says beside its text.
struct Known {
    help: Option<String>,
    broken_ledger: bool,
}

/// What one cause says, where it is an error that knows more.
fn known(cause: &(dyn Error + 'static)) -> Option<Known> {
    let of = |help: Option<&str>, broken_ledger| Known { help: help.map(str::to_owned), broken_ledger };
    if let Some(error) = cause.downcast_ref::<LedgerError>() {
        return Some(of(error.help(), error.is_broken_ledger()));
    }
    if let Some(error) = cause.downcast_ref::<ReadError>() {
        return Some(of(error.help(), error.is_broken_log()));
    }
    if let Some(error) = cause.downcast_ref::<ExportError>() {
        return Some(of(error.help(), error.is_broken_ledger()));
    }
    if let Some(error) = cause.downcast_ref::<SpoolError>() {
        return Some(of(error.help(), false));
    }
    if let Some(error) = cause.downcast_ref::<NotOpened>() {
        return Some(of(error.help(), false));
    }
    if let Some(error) = cause.downcast_ref::<PeriodError>() {
        return Some(of(error.help(), error.is_broken_ledger()));
    }
    if let Some(error) = cause.downcast_ref::<SampleError>() {
        return Some(of(error.help(), error.is_broken_ledger()));
    }
    let key = cause.downcast_ref::<KeyError>()?;
    Some(Known { help: key.help(), broken_ledger: false })
}

const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

fn print_problems(problems: &Problems) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_links(false);
    for problem in &problems.problems {
        let mut text = String::new();
        if handler.render_report(&mut text, problem).is_ok() {
            anstream::eprintln!("{text}");
        } else {
            anstream::eprintln!("{problem}");
        }
    }
    anstream::eprintln!("{RED}error{RED:#}: {problems}");
}
