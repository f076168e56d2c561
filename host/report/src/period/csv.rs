//! For a spreadsheet: one line for each operation, control and system, or criterion.
//!
//! **Invariant:** no cell begins as a formula: a spreadsheet would compute it.

use std::io::{self, Write};

use tickmark_model::Instant;

use super::Report;
use super::line::ActLine;
use super::operated::OperationLine;
use super::summary::Summary;
use super::type1::{ControlDesign, Type1};
use super::type2::{SystemPart, Type2};
use super::words::word;
use crate::terminal::plain;

/// Writes a report. The first line has the names of the columns.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    match report {
        Report::Type1(report) => type1(report, out),
        Report::Type2(report) => type2(report, out),
        Report::Summary(report) => summary(report, out),
    }
}

const TYPE2: [&str; 21] = [
    "control",
    "criteria",
    "owner",
    "frequency",
    "system",
    "window_start",
    "window_end",
    "due",
    "subject",
    "result",
    "timeliness",
    "after_period",
    "performed_at",
    "recorded_at",
    "corrected_at",
    "exceptions",
    "population",
    "version",
    "records",
    "others",
    "signed",
];

fn type2(report: &Type2, out: &mut dyn Write) -> io::Result<()> {
    line(out, &TYPE2.map(str::to_owned))?;
    for control in &report.controls {
        for system in &control.systems {
            for operation in &system.operations {
                let design = &control.design;
                let head =
                    [control.id.clone(), design.criteria.join(" "), design.owner.clone(), word(&design.frequency)];
                let signed = signed(report, operation);
                let cells: Vec<String> = head.into_iter().chain(cells(system, operation)).chain([signed]).collect();
                line(out, &cells)?;
            }
        }
    }
    Ok(())
}

fn cells(system: &SystemPart, it: &OperationLine) -> [String; 16] {
    [
        system.system.clone(),
        instant(it.window.map(|window| window.start)),
        instant(it.window.map(|window| window.end)),
        instant(it.window.map(|window| window.due)),
        it.subject.clone().unwrap_or_default(),
        word(&it.result),
        it.timeliness.map(|it| word(&it)).unwrap_or_default(),
        it.after_period.to_string(),
        instant(it.performed_at),
        instant(it.recorded_at),
        instant(it.corrected_at),
        it.exceptions.to_string(),
        it.population.to_string(),
        it.version.to_string(),
        it.records.names().collect::<Vec<_>>().join(" "),
        it.others.names().collect::<Vec<_>>().join(" "),
    ]
}

/// Of each act of people that an operation rests on, whether all in whose names it is signed it.
fn signed(report: &Type2, it: &OperationLine) -> String {
    let of = |record: String| {
        let acts: Vec<&ActLine> = report.acts.iter().filter(|act| act.record == record).collect();
        let word = if acts.iter().all(|act| act.authentication.is_signed()) { "signed" } else { "asserted" };
        (!acts.is_empty()).then(|| format!("{record} {word}"))
    };
    it.records.names().chain(it.others.names()).filter_map(of).collect::<Vec<_>>().join("; ")
}

fn type1(report: &Type1, out: &mut dyn Write) -> io::Result<()> {
    let titles = [
        "control",
        "title",
        "criteria",
        "owner",
        "frequency",
        "version",
        "system",
        "in_scope",
        "evidence",
        "outcome",
        "dated",
        "not_before",
        "record",
    ];
    line(out, &titles.map(str::to_owned))?;
    for control in &report.controls {
        let ControlDesign { id, design, in_scope, .. } = control;
        let row = |system: &str, rest: [String; 5]| {
            let head = [
                id.clone(),
                design.title.clone(),
                design.criteria.join(" "),
                design.owner.clone(),
                word(&design.frequency),
                design.version.to_string(),
                system.to_owned(),
                in_scope.to_string(),
            ];
            head.into_iter().chain(rest).collect::<Vec<String>>()
        };
        if control.systems.is_empty() {
            line(out, &row("", Default::default()))?;
        }
        for it in &control.systems {
            let rest = [
                word(&it.evidence),
                it.outcome.map(|it| it.to_string()).unwrap_or_default(),
                instant(it.dated),
                instant(it.not_before),
                it.record.clone().unwrap_or_default(),
            ];
            line(out, &row(&it.system, rest))?;
        }
    }
    Ok(())
}

fn summary(report: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let titles = [
        "criterion",
        "title",
        "category",
        "in_scope",
        "controls",
        "expected",
        "pass",
        "fail",
        "missed",
        "not_evidenced",
        "no_occurrence",
        "outside_period",
        "open",
        "late",
    ];
    line(out, &titles.map(str::to_owned))?;
    for it in &report.criteria {
        let words = [it.id.clone(), it.title.clone(), it.category.to_string(), it.in_scope.to_string()];
        let t = &it.totals;
        let numbers = [
            it.controls,
            t.expected,
            t.pass,
            t.fail,
            t.missed,
            t.not_evidenced,
            t.no_occurrence,
            t.outside_period,
            t.open,
            t.late,
        ];
        let cells: Vec<String> = words.into_iter().chain(numbers.map(|number| number.to_string())).collect();
        line(out, &cells)?;
    }
    Ok(())
}

fn instant(at: Option<Instant>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn line(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|cell| self::cell(cell)).collect();
    writeln!(out, "{}", cells.join(","))
}

/// A cell: quoted where it has to be, and never the start of a formula.
fn cell(text: &str) -> String {
    let mut text = plain(text);
    if text.starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{report_type1, report_type2, summary};
    use super::*;
    use expect_test::expect_file;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reports_are_written_like_this() {
        expect_file!["testdata/type2.csv"].assert_eq(&written(&report_type2()));
        expect_file!["testdata/type1.csv"].assert_eq(&written(&report_type1()));
        expect_file!["testdata/summary.csv"].assert_eq(&written(&summary()));
    }

    #[test]
    fn there_is_one_line_for_each_operation() {
        let Report::Type2(report) = report_type2() else { panic!("a report over a period") };
        let operations = report.controls.iter().flat_map(|it| &it.systems).map(|it| it.operations.len()).sum::<usize>();
        assert_eq!(written(&Report::Type2(report)).lines().count(), operations + 1);
    }

    #[test]
    fn no_cell_is_a_formula() {
        let check = |text: &str, expected: &str| assert_eq!(cell(text), expected);
        check("=1+1", "\"'=1+1\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("a\"b", "\"a\"\"b\"");
        check("a\nb", "a\\nb");
        check("plain", "plain");
    }
}
