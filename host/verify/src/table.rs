//! A report for people: a line for each step, and below it what is wrong or worth knowing.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use tickmark_ledger::verify::{Report, Status, Step};

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(checkpoint) = &report.checkpoint {
        writeln!(out, "{}, {} records, root {}\n", checkpoint.origin, checkpoint.size, checkpoint.root)?;
    }
    let width = report.steps.iter().map(|step| step.name.len()).max().unwrap_or_default();
    for Step { name, status, detail, problems, notes, .. } in &report.steps {
        let style = color(*status);
        writeln!(out, "{style}{status:11}{style:#}  {name:width$}  {detail}")?;
        for problem in problems {
            writeln!(out, "  {problem}")?;
        }
        for note in notes {
            writeln!(out, "  note: {note}")?;
        }
    }
    let count = |wanted: Status| report.steps.iter().filter(|step| step.status == wanted).count();
    let [ok, failed, not] = [Status::Ok, Status::Failed, Status::NotChecked].map(count);
    writeln!(out, "\n{ok} ok, {failed} failed, {not} not checked")
}

/// Never by colour alone: the word stands beside it.
fn color(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Failed => AnsiColor::Red.on_default().bold(),
        Status::NotChecked => AnsiColor::Yellow.on_default(),
    }
}
