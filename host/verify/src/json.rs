//! A report for machines: one document of schema `tickmark/verification/1`.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use tickmark_ledger::verify::{Remark, Report, Step};

#[derive(Serialize)]
struct Document<'a> {
    failed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log<'a>>,
    schema: &'a str,
    steps: Vec<StepMember<'a>>,
}

/// What the checkpoint says.
#[derive(Serialize)]
struct Log<'a> {
    origin: &'a str,
    root: String,
    size: u64,
}

#[derive(Serialize)]
struct StepMember<'a> {
    detail: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<RemarkMember<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<RemarkMember<'a>>,
    status: &'a str,
    step: &'a str,
}

#[derive(Serialize)]
struct RemarkMember<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    what: &'a str,
}

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        failed: report.failed(),
        key: report.key.as_deref(),
        log: report.checkpoint.as_ref().map(|it| Log { origin: &it.origin, root: it.root.to_string(), size: it.size }),
        schema: "tickmark/verification/1",
        steps: report.steps.iter().map(step).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn step(step: &Step) -> StepMember<'_> {
    let Step { name, status, detail, problems, notes, .. } = step;
    StepMember {
        detail,
        notes: notes.iter().map(remark).collect(),
        problems: problems.iter().map(remark).collect(),
        status: status.as_str(),
        step: name,
    }
}

fn remark(Remark { file, what }: &Remark) -> RemarkMember<'_> {
    RemarkMember { file: file.as_deref(), what }
}
