//! A report for people: a line for each step, and below it what is wrong or worth knowing.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use tickmark_ledger::verify::{Report, Status, Step};

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(checkpoint) = &report.checkpoint {
        writeln!(out, "{}, {} records, root {}\n", plain(&checkpoint.origin), checkpoint.size, checkpoint.root)?;
    }
    let width = report.steps.iter().map(|step| step.name.len()).max().unwrap_or_default();
    for Step { name, status, detail, problems, notes, .. } in &report.steps {
        let style = color(*status);
        writeln!(out, "{style}{status:11}{style:#}  {name:width$}  {}", plain(detail))?;
        for problem in problems {
            writeln!(out, "  {}", plain(&problem.to_string()))?;
        }
        for note in notes {
            writeln!(out, "  note: {}", plain(&note.to_string()))?;
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

/// The text without what a terminal would obey: names of files and chains are as whoever made the evidence chose them.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let obeyed =
            c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if obeyed { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    plain
}

#[cfg(test)]
mod tests {
    use tickmark_ledger::verify::Remark;

    use super::*;

    fn printed(step: Step) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        write(&Report { checkpoint: None, key: None, steps: vec![step] }, &mut out).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn a_failed_step_shows_its_problems_and_nothing_that_a_terminal_obeys() {
        let remark = |what: &str| Remark { file: Some("a\u{1b}[2K".into()), what: what.into() };
        let step = Step {
            name: "chains",
            status: Status::Failed,
            detail: "one\r\u{1b}[32mok".into(),
            file: None,
            problems: vec![remark("two\n0 failed")],
            notes: vec![remark("\u{202e}three")],
        };
        assert_eq!(
            printed(step),
            "failed       chains  one\\u{d}\\u{1b}[32mok\n  `a\\u{1b}[2K`: two\\u{a}0 failed\n  note: `a\\u{1b}[2K`: \
             \\u{202e}three\n\n0 ok, 1 failed, 0 not checked\n"
        );
    }
}
