//! `tickmark report`: what a ledger says of a period or of an instant.

use anyhow::Context as _;
use tickmark_engine::exit;
use tickmark_engine::period::{Asked, At, open_log, summary, type1, type2};
use tickmark_model::parse_instant;
use tickmark_report::period::{self, Report};

use crate::args::{Format, Global, Output, PeriodArgs, ReportCommand, ReportFormat, ReportOutput};
use crate::output::{looks, write};

pub fn report(global: &Global, command: ReportCommand) -> anyhow::Result<u8> {
    let log = open_log(&super::read_site(global)?.ledger)?;
    let (report, output) = match command {
        ReportCommand::Type1 { as_of, at: text, output } => {
            let as_of = parse_instant(&as_of).context("--as-of")?;
            (Report::Type1(Box::new(type1(&log, as_of, &at(global, text.as_deref()))?)), output)
        }
        ReportCommand::Type2 { period, control, output } => {
            let asked = asked(global, &period, control);
            (Report::Type2(Box::new(type2(&log, &asked)?)), output)
        }
        // Clap asks for --public: a report for few is not written by leaving a word out.
        ReportCommand::Summary { public: _, period, output } => {
            let asked = asked(global, &period, Vec::new());
            (Report::Summary(Box::new(summary(&log, &asked)?)), output)
        }
    };
    print(global, &report, &output)?;
    Ok(exit::PASS)
}

fn asked(global: &Global, period: &PeriodArgs, controls: Vec<String>) -> Asked {
    Asked { from: period.from, to: period.to, at: at(global, period.at.as_deref()), controls }
}

fn at(global: &Global, text: Option<&str>) -> At {
    text.map_or(At::Now, |text| At::of(text, &global.directory))
}

fn print(global: &Global, report: &Report, output: &ReportOutput) -> anyhow::Result<()> {
    let to = Output { output: Format::Table, output_file: output.output_file.clone() };
    let width = looks(&to).width;
    write(&to, &global.directory, |out| match output.output {
        ReportFormat::Table => period::table::write(report, out, width),
        ReportFormat::Json => period::json::write(report, out),
        ReportFormat::Markdown => period::markdown::write(report, out),
        ReportFormat::Csv => period::csv::write(report, out),
        ReportFormat::Html => period::html::write(report, out),
    })
}
