//! Errors on stderr: what went wrong, why, and what to do. What stops a command is exit code 2, a broken ledger 4.

use miette::{GraphicalReportHandler, GraphicalTheme};
use tickmark_engine::{Problems, exit};
use tickmark_ledger::LedgerError;

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
    let ledger = error.downcast_ref::<LedgerError>();
    if let Some(help) = ledger.and_then(LedgerError::help) {
        anstream::eprintln!("\nhelp: {help}");
    }
    if ledger.is_some_and(LedgerError::is_broken_ledger) { exit::LEDGER_BROKEN } else { exit::COULD_NOT_RUN }
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
