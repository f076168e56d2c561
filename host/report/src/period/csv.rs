//! For a spreadsheet: one line for each operation and exception, for each control and system, or for each criterion. Where lines are
//! of several kinds, the column `kind` says which; a column that a kind does not have is empty.
//!
//! **Invariant:** no cell begins as a formula: a spreadsheet would compute it.

use std::io::{self, Write};

use tickmark_model::Instant;

use super::Report;
use super::carved_out::CarvedOutLine;
use super::given::Design;
use super::line::ActLine;
use super::operated::OperationLine;
use super::summary::Summary;
use super::type1::{ControlDesign, Type1};
use super::type2::{ControlPart, ExceptionLine, SystemPart, Type2};
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

/// The cells of a line that has something in them, by the name of their column.
type Cells = Vec<(&'static str, String)>;

/// Those of operations, then those that only exceptions have, then those that only vendors have.
const TYPE2: [&str; 38] = [
    "kind",
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
    "name",
    "policy",
    "severity",
    "message",
    "remedy",
    "first",
    "last",
    "seen",
    "waived_seen",
    "waivers",
    "cause",
    "remediation",
    "vendor",
    "complementary_controls",
    "in_force_from",
    "in_force_until",
    "signed",
];

/// Operations and exceptions of each control on each system, then the vendors that were carved out.
fn type2(report: &Type2, out: &mut dyn Write) -> io::Result<()> {
    line(out, &TYPE2.map(str::to_owned))?;
    for control in &report.controls {
        for system in &control.systems {
            for operation in &system.operations {
                let mut cells = operation_cells(operation);
                cells.push(("signed", signed(report, operation)));
                row(out, &TYPE2, &of_control("operation", control, system, cells))?;
            }
            for exception in &system.exceptions {
                row(out, &TYPE2, &of_control("exception", control, system, exception_cells(exception)))?;
            }
        }
    }
    report.carved_out.iter().try_for_each(|it| row(out, &TYPE2, &carved_out_cells(it, "records")))
}

fn of_control(kind: &str, control: &ControlPart, system: &SystemPart, rest: Cells) -> Cells {
    let mut cells = vec![("kind", kind.to_owned()), ("control", control.id.clone()), ("system", system.system.clone())];
    cells.extend(design_cells(&control.design));
    cells.extend(rest);
    cells
}

fn design_cells(design: &Design) -> [(&'static str, String); 3] {
    [("criteria", design.criteria.join(" ")), ("owner", design.owner.clone()), ("frequency", word(&design.frequency))]
}

fn operation_cells(it: &OperationLine) -> Cells {
    vec![
        ("window_start", instant(it.window.map(|window| window.start))),
        ("window_end", instant(it.window.map(|window| window.end))),
        ("due", instant(it.window.map(|window| window.due))),
        ("subject", it.subject.clone().unwrap_or_default()),
        ("result", word(&it.result)),
        ("timeliness", it.timeliness.map(|it| word(&it)).unwrap_or_default()),
        ("after_period", it.after_period.to_string()),
        ("performed_at", instant(it.performed_at)),
        ("recorded_at", instant(it.recorded_at)),
        ("corrected_at", instant(it.corrected_at)),
        ("exceptions", it.exceptions.to_string()),
        ("population", it.population.to_string()),
        ("version", it.version.to_string()),
        ("records", it.records.names().collect::<Vec<_>>().join(" ")),
        ("others", it.others.names().collect::<Vec<_>>().join(" ")),
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

fn exception_cells(it: &ExceptionLine) -> Cells {
    vec![
        ("subject", it.subject.to_string()),
        ("records", it.records.join(" ")),
        ("name", it.name.clone().unwrap_or_default()),
        ("policy", it.policy.clone()),
        ("severity", word(&it.severity)),
        ("message", it.message.clone()),
        ("remedy", it.remedy.clone()),
        ("first", it.first.to_string()),
        ("last", it.last.to_string()),
        ("seen", it.seen.to_string()),
        ("waived_seen", it.waived_seen.to_string()),
        ("waivers", it.waivers.join(" ")),
        ("cause", it.cause.clone().unwrap_or_default()),
        ("remediation", it.remediation.clone().unwrap_or_default()),
    ]
}

/// `record` is the column of records.
fn carved_out_cells(it: &CarvedOutLine, record: &'static str) -> Cells {
    vec![
        ("kind", "carved-out".to_owned()),
        ("criteria", it.criterion.clone()),
        (record, it.record.clone()),
        ("name", it.name.clone()),
        ("vendor", it.vendor.clone()),
        ("complementary_controls", it.complementary_controls.join("; ")),
        ("in_force_from", it.from.to_string()),
        ("in_force_until", instant(it.until)),
    ]
}

const TYPE1: [&str; 19] = [
    "kind",
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
    "name",
    "vendor",
    "complementary_controls",
    "in_force_from",
    "in_force_until",
];

/// Each control on each system, then the vendors that were carved out.
fn type1(report: &Type1, out: &mut dyn Write) -> io::Result<()> {
    line(out, &TYPE1.map(str::to_owned))?;
    for control in &report.controls {
        let ControlDesign { id, design, in_scope, .. } = control;
        let mut head = vec![
            ("kind", "control".to_owned()),
            ("control", id.clone()),
            ("title", design.title.clone()),
            ("version", design.version.to_string()),
            ("in_scope", in_scope.to_string()),
        ];
        head.extend(design_cells(design));
        if control.systems.is_empty() {
            row(out, &TYPE1, &head)?;
        }
        for it in &control.systems {
            let rest = [
                ("system", it.system.clone()),
                ("evidence", word(&it.evidence)),
                ("outcome", it.outcome.map(|it| it.to_string()).unwrap_or_default()),
                ("dated", instant(it.dated)),
                ("not_before", instant(it.not_before)),
                ("record", it.record.clone().unwrap_or_default()),
            ];
            row(out, &TYPE1, &head.iter().cloned().chain(rest).collect::<Cells>())?;
        }
    }
    report.carved_out.iter().try_for_each(|it| row(out, &TYPE1, &carved_out_cells(it, "record")))
}

fn summary(report: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let titles = [
        "criterion",
        "title",
        "category",
        "in_scope",
        "controls",
        "carved_out_vendors",
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
            it.carved_out_vendors,
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

/// A line of these columns, among which is one for each of the cells.
fn row(out: &mut dyn Write, columns: &[&str], cells: &[(&'static str, String)]) -> io::Result<()> {
    let cell = |column: &&str| cells.iter().find(|(name, _)| name == column).map(|(_, text)| text.clone());
    line(out, &columns.iter().map(|column| cell(column).unwrap_or_default()).collect::<Vec<String>>())
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

    /// The lines of a kind.
    fn of_kind<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
        text.lines().filter(|line| line.split(',').next() == Some(kind)).collect()
    }

    #[test]
    fn there_is_one_line_for_each_operation_exception_and_carved_out_vendor() {
        let Report::Type2(report) = report_type2() else { panic!("a report over a period") };
        let systems = || report.controls.iter().flat_map(|it| &it.systems);
        let (operations, exceptions) = (
            systems().map(|it| it.operations.len()).sum::<usize>(),
            systems().map(|it| it.exceptions.len()).sum::<usize>(),
        );
        let text = written(&Report::Type2(report.clone()));
        let counts = ["operation", "exception", "carved-out"].map(|kind| of_kind(&text, kind).len());
        assert_eq!(counts, [operations, exceptions, report.carved_out.len()]);
        assert!(exceptions > 0);
        assert_eq!(text.lines().count(), counts.iter().sum::<usize>() + 1);
    }

    #[test]
    fn an_exception_says_who_it_is_and_how_it_stands() {
        let text = written(&report_type2());
        let titles: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let line = of_kind(&text, "exception")[0];
        let value = |title: &str| line.split(',').nth(titles.iter().position(|it| *it == title).unwrap()).unwrap();
        let said = ["control", "system", "name", "policy", "seen", "waived_seen", "cause", "remediation"].map(value);
        assert_eq!(said, ["CC6.3-mfa", "prod-web", "bob", "mfa-missing", "2", "1", "new starter", "planned"]);
        // What a policy's words or a source's name could begin is no formula here either.
        assert!(!text.lines().flat_map(|line| line.split(',')).any(|cell| cell.starts_with(['=', '+', '-', '@'])));
    }

    #[test]
    fn every_cell_has_a_column() {
        let (Report::Type2(over), Report::Type1(at)) = (report_type2(), report_type1()) else { panic!("reports") };
        let part = &over.controls.iter().find(|it| it.id == "CC6.3-mfa").unwrap().systems[0];
        let missing = |columns: &[&str], cells: Cells| -> Vec<&str> {
            cells.into_iter().map(|(name, _)| name).filter(|name| !columns.contains(name)).collect()
        };
        assert_eq!(missing(&TYPE2, operation_cells(&part.operations[0])), [""; 0]);
        assert_eq!(missing(&TYPE2, exception_cells(&part.exceptions[0])), [""; 0]);
        assert_eq!(missing(&TYPE2, carved_out_cells(&over.carved_out[0], "records")), [""; 0]);
        assert_eq!(missing(&TYPE1, carved_out_cells(&at.carved_out[0], "record")), [""; 0]);
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
