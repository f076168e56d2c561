//! For people: one row per finding, what is wrong below it, and what it comes to.
//!
//! **Invariant:** nothing from evidence reaches the terminal as a control character.
//! **Invariant:** colour never says what words do not.

mod grid;
pub(crate) mod text;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use tickmark_ledger::SealedFinding;
use tickmark_model::{Counts, Outcome, RunOutcome};
use tickmark_operations::{Covered, Waiver};

use crate::view::View;
use grid::{Cell, Column};
use text::{plain, plural, wrap};

/// How the table is to look.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether to colour; where not, no escape sequence is written.
    pub color: bool,
    /// How many exceptions of each finding are shown.
    pub exceptions: usize,
    /// Columns of the terminal; nothing means that lines may be as long as they like.
    pub width: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, exceptions: 3, width: None }
    }
}

/// Narrower terminals are taken to be this wide, in columns.
const NARROWEST: usize = 40;

const COLUMNS: [Column; 6] = [
    Column { title: "CONTROL", narrowest: 22 },
    Column { title: "CRITERIA", narrowest: 8 },
    Column { title: "OWNER", narrowest: 8 },
    Column { title: "SYSTEM", narrowest: 8 },
    Column { title: "OUTCOME", narrowest: 12 },
    Column { title: "COUNTS", narrowest: 12 },
];

/// Writes the table of `view`.
///
/// # Errors
/// Those of `out`.
pub fn write(view: &View<'_>, out: &mut dyn Write, options: Options) -> io::Result<()> {
    let width = options.width.map(|width| width.max(NARROWEST));
    let mut page = Page { out, width, color: options.color };
    page.paragraph("", &heading(view))?;
    page.blank()?;
    if !view.findings().is_empty() {
        findings(&mut page, view, options.exceptions)?;
        page.blank()?;
    }
    let failed: Vec<String> = failed_collectors(view);
    if !failed.is_empty() {
        failed.iter().try_for_each(|line| page.paragraph("", line))?;
        page.blank()?;
    }
    let criteria: Vec<String> = view.criteria().iter().map(|(id, tally)| format!("{} {tally}", plain(id))).collect();
    if !criteria.is_empty() {
        page.paragraph("", &format!("criteria: {}", criteria.join("; ")))?;
    }
    let records = plural(view.findings().len() as u64, "record", "records");
    page.paragraph("", &format!("{}; {records} sealed", view.tally()))
}

fn heading(view: &View<'_>) -> String {
    let run = view.run();
    let mut heading = plain(run.company());
    if let Some(period) = run.period() {
        heading.push_str(&format!(", {} to {}", period.from, period.to));
    }
    heading.push_str(&format!(", as of {}", run.as_of()));
    if run.simulated() {
        heading.push_str(" (simulated: counts as no operation)");
    }
    heading
}

fn findings(page: &mut Page<'_>, view: &View<'_>, exceptions: usize) -> io::Result<()> {
    let rows: Vec<[Cell; 6]> = view.findings().iter().map(row).collect();
    let widths = grid::widths(&COLUMNS, &rows, page.width);
    let titles = COLUMNS.map(|column| Cell { text: column.title.to_owned(), style: Style::new().bold() });
    page.row(&titles, &widths)?;
    for (row, (finding, covered)) in rows.iter().zip(view.covered_findings()) {
        page.row(row, &widths)?;
        let found = finding.finding();
        // A threshold can be kept in spite of exceptions; they are listed all the same.
        if found.outcome != Outcome::Pass || !found.exceptions.is_empty() {
            details(page, finding, exceptions)?;
            waived(page, covered)?;
        }
    }
    Ok(())
}

fn row(it: &SealedFinding) -> [Cell; 6] {
    let (control, finding) = (it.control(), it.finding());
    let style = match finding.outcome {
        Outcome::Pass => AnsiColor::Green,
        Outcome::Fail => AnsiColor::Red,
        Outcome::Inconclusive => AnsiColor::Yellow,
        Outcome::NoOccurrence => AnsiColor::Cyan,
    };
    [
        Cell::plain(&control.id),
        Cell::plain(&control.criteria.join(", ")),
        Cell::plain(&control.owner),
        Cell::plain(&it.system().name),
        Cell { text: finding.outcome.to_string(), style: style.on_default() },
        Cell::plain(&counts(&finding.counts)),
    ]
}

/// Such as `3/4 conform, 1 exception, 2 excluded`.
fn counts(counts: &Counts) -> String {
    let Counts { conforming, exceptions, excluded, in_scope, undecided } = *counts;
    let mut words = match in_scope {
        0 => vec!["none in scope".to_owned()],
        _ => vec![format!("{conforming}/{in_scope} conform")],
    };
    if exceptions > 0 {
        words.push(plural(exceptions, "exception", "exceptions"));
    }
    if undecided > 0 {
        words.push(format!("{undecided} undecided"));
    }
    if excluded > 0 {
        words.push(format!("{excluded} excluded"));
    }
    words.join(", ")
}

/// What is wrong: the first exceptions, what could not be decided, and why there is doubt.
fn details(page: &mut Page<'_>, it: &SealedFinding, most: usize) -> io::Result<()> {
    let finding = it.finding();
    for exception in finding.exceptions.iter().take(most) {
        let name = exception.name.as_ref().filter(|name| **name != exception.subject.id);
        let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
        for policy in &exception.policies {
            let said = format!("{}{name}: {}", exception.subject, policy.message);
            page.paragraph("  ", &plain(&said))?;
            page.paragraph(
                "    ",
                &plain(&format!("{} ({}): {}", policy.id, word(policy.severity), policy.remediation)),
            )?;
        }
    }
    more(page, finding.exceptions.len(), most)?;
    for undecided in finding.undecided.iter().take(most) {
        let said = format!("{}: undecided: {}", undecided.subject, undecided.errors.join("; "));
        page.paragraph("  ", &plain(&said))?;
    }
    more(page, finding.undecided.len(), most)?;
    for reason in &finding.reasons {
        page.paragraph("  ", &plain(&format!("{}: {}", reason.code, reason.detail)))?;
    }
    Ok(())
}

/// Which waivers cover how much of it, whichever exceptions are listed.
fn waived(page: &mut Page<'_>, covered: &Covered<'_>) -> io::Result<()> {
    let mut waivers: Vec<(&Waiver, u64)> = Vec::new();
    for waiver in covered.by.iter().flatten() {
        match waivers.iter_mut().find(|(known, _)| known.record == waiver.record) {
            Some((_, exceptions)) => *exceptions += 1,
            None => waivers.push((waiver, 1)),
        }
    }
    for (it, exceptions) in waivers {
        let (id, until, asked, approved) = (&it.id, it.until, &it.requested_by, &it.approved_by);
        let exceptions = plural(exceptions, "exception", "exceptions");
        let signed = if it.signed { ", both signed" } else { "" };
        let said =
            format!("waived: {exceptions} by {id} until {until}, asked for by {asked}, approved by {approved}{signed}");
        page.paragraph("  ", &plain(&said))?;
    }
    match covered.whole() {
        true => page.paragraph("  ", "waived: all of them, so that this finding fails no run"),
        false => Ok(()),
    }
}

fn more(page: &mut Page<'_>, all: usize, most: usize) -> io::Result<()> {
    match all.saturating_sub(most) {
        0 => Ok(()),
        left => page.paragraph("  ", &format!("... and {left} more")),
    }
}

fn word(severity: tickmark_model::Severity) -> &'static str {
    use tickmark_model::Severity::{Critical, High, Low, Medium};
    match severity {
        Low => "low",
        Medium => "medium",
        High => "high",
        Critical => "critical",
    }
}

fn failed_collectors(view: &View<'_>) -> Vec<String> {
    let failed = view.evidence().iter().filter(|it| it.outcome() != RunOutcome::Ok);
    failed
        .map(|it| {
            let detail = it.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
            plain(&format!("collector {} ended `{}`{detail}", it.id(), it.outcome()))
        })
        .collect()
}

/// Where lines go, how wide they may be, and whether in colour.
struct Page<'a> {
    out: &'a mut dyn Write,
    width: Option<usize>,
    color: bool,
}

impl Page<'_> {
    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A text that is plain already, wrapped, each line behind `indent`.
    fn paragraph(&mut self, indent: &str, text: &str) -> io::Result<()> {
        let width = self.width.map(|width| width.saturating_sub(indent.len()));
        for (at, line) in wrap(text, width.map(|width| width.saturating_sub(2))).iter().enumerate() {
            let hanging = if at > 0 { "  " } else { "" };
            writeln!(self.out, "{indent}{hanging}{line}")?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell; 6], widths: &[usize]) -> io::Result<()> {
        grid::lines(cells, widths, self.color).iter().try_for_each(|line| writeln!(self.out, "{line}"))
    }
}

#[cfg(test)]
mod tests;
