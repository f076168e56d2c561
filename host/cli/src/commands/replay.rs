//! `tickmark replay`: sealed evaluations, judged once more from what was recorded of them.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;
use tickmark_engine::{
    CollectorResult, FindingResult, ReplayOutcome, Replayer, Verdict, exit, open_evidence, record_index,
};
use tickmark_ledger::Evidence;

use crate::args::{Format, Global, ReplayArgs};
use crate::output::write;
use crate::progress::Bar;

pub fn replay(global: &Global, args: &ReplayArgs) -> anyhow::Result<u8> {
    let (evidence, indexes) = wanted(global, args.what.as_deref())?;
    let replayer = Replayer::new(&super::options()?)?;
    let bar = Bar::new(global, "replaying", indexes.len());
    let mut outcomes = Vec::with_capacity(indexes.len());
    for index in indexes {
        outcomes.push(replayer.replay_record(&evidence, index)?);
        bar.step();
    }
    bar.finish();
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => table(&outcomes, out),
        Format::Json => json(&outcomes, out),
    })?;
    Ok(code(&outcomes))
}

/// Where to read from, and which records.
fn wanted(global: &Global, what: Option<&str>) -> anyhow::Result<(Arc<dyn Evidence>, Vec<u64>)> {
    let own = || anyhow::Ok(super::read_site(global)?.ledger);
    let package = what.map(|what| global.directory.join(what)).filter(|path| path.exists());
    match (package, what) {
        (Some(package), _) => all(&package),
        (None, Some(what)) => {
            let is_path = Path::new(what).extension().is_some_and(|extension| extension == "zip");
            anyhow::ensure!(!is_path, "there is no package `{what}`");
            Ok((open_evidence(&own()?)?, vec![record_index(what)?]))
        }
        (None, None) => all(&own()?),
    }
}

fn all(path: &Path) -> anyhow::Result<(Arc<dyn Evidence>, Vec<u64>)> {
    let evidence = open_evidence(path)?;
    let indexes = evidence.indexes().with_context(|| format!("cannot go through `{}`", path.display()))?;
    Ok((evidence, indexes))
}

/// Where nothing came out the same, nothing was shown.
fn code(outcomes: &[ReplayOutcome]) -> u8 {
    let verdicts = || outcomes.iter().map(ReplayOutcome::verdict);
    if verdicts().any(|verdict| verdict == Verdict::Different) {
        exit::LEDGER_BROKEN
    } else if verdicts().any(|verdict| verdict == Verdict::Same) {
        exit::PASS
    } else {
        exit::INCONCLUSIVE
    }
}

fn table(outcomes: &[ReplayOutcome], out: &mut dyn Write) -> io::Result<()> {
    for outcome in outcomes {
        let ReplayOutcome { id, control, system, .. } = outcome;
        writeln!(out, "{:14}  {id}  {control} on {system}", outcome.verdict().as_str())?;
        for line in details(outcome) {
            writeln!(out, "  {line}")?;
        }
    }
    let count = |wanted: Verdict| outcomes.iter().filter(|outcome| outcome.verdict() == wanted).count();
    let [same, not, different] = [Verdict::Same, Verdict::NotReplayable, Verdict::Different].map(count);
    writeln!(out, "{same} the same, {different} different, {not} not replayable")
}

/// What is to be said of one record beside its verdict, a line each.
fn details(outcome: &ReplayOutcome) -> Vec<String> {
    let mut lines = Vec::new();
    for collector in &outcome.collectors {
        let name = &collector.instance;
        if let Some(other) = &collector.other_runtime {
            lines.push(format!("collector `{name}` ran on {}, this is {}", other.recorded, other.ours));
        }
        match &collector.result {
            CollectorResult::Same { .. } => {}
            CollectorResult::Different { recorded, replayed, first } => {
                lines.push(format!("collector `{name}`: observations {replayed}, recorded {recorded}"));
                lines.extend(first.iter().map(|first| format!("first difference: {first}")));
            }
            CollectorResult::NotReplayable(why) => lines.push(format!("collector `{name}`: {why}")),
            CollectorResult::Failed(why) => lines.push(format!("collector `{name}`: {why}")),
        }
    }
    if let Some(other) = &outcome.finding.other_engine {
        lines.push(format!("judged by {}, this is {}", other.recorded, other.ours));
    }
    match &outcome.finding.result {
        FindingResult::Same { .. } => {}
        FindingResult::Different { recorded, replayed, first } => {
            lines.push(format!("finding {replayed}, recorded {recorded}"));
            lines.extend(first.iter().map(|first| format!("first difference: {first}")));
        }
        FindingResult::NotReplayable(why) => lines.push(format!("finding: {why}")),
        FindingResult::NotJudged { collector } => {
            lines.push(format!("not judged again, for it rests on collector `{collector}`"));
        }
        FindingResult::Failed(why) => lines.push(format!("finding: {why}")),
    }
    lines
}

/// One replay for machines.
#[derive(Serialize)]
struct Document<'a> {
    records: Vec<RecordMember<'a>>,
    schema: &'a str,
}

#[derive(Serialize)]
struct RecordMember<'a> {
    control: &'a str,
    details: Vec<String>,
    id: &'a str,
    system: &'a str,
    verdict: &'a str,
}

fn json(outcomes: &[ReplayOutcome], out: &mut dyn Write) -> io::Result<()> {
    let records = outcomes.iter().map(|outcome| RecordMember {
        control: &outcome.control,
        details: details(outcome),
        id: &outcome.id,
        system: &outcome.system,
        verdict: outcome.verdict().as_str(),
    });
    let document = Document { records: records.collect(), schema: "tickmark/replay/1" };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
