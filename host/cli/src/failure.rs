//! Errors on stderr: what went wrong, why, and what to do. Everything that stops a command is exit code 2.

use miette::{GraphicalReportHandler, GraphicalTheme};
use tickmark_engine::{Problems, exit};

/// Prints `error` and gives the exit code.
pub fn print(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Problems>() {
        Some(problems) => print_problems(problems),
        None => {
            anstream::eprintln!("{}error{}: {error}", RED, anstyle::Reset);
            for cause in error.chain().skip(1) {
                anstream::eprintln!("  caused by: {cause}");
            }
        }
    }
    exit::COULD_NOT_RUN
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
    anstream::eprintln!("{}error{}: {problems}", RED, anstyle::Reset);
}
