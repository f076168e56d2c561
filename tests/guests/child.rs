//! One guest in a process of its own, between two runs of the well-behaved collector.
//!
//! The process is what makes the peak of its memory a number of this guest alone (`VmHWM`: the most that was ever
//! resident), and what would show a host that dies. The peak differs by little from run to run, so it is held against a
//! bound and not against a value.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tickmark_model::{Collection, Incompleteness, Population};
use tickmark_sandbox::{CompileLimits, CompilerProcess, Job, Sandbox, SandboxConfig, rejected};

use crate::assemble;
use crate::surroundings::{Blobs, SECRET, Surroundings};

/// Names the guest that the process is for.
const VARIABLE: &str = "TICKMARK_HOSTILE_GUEST";

/// What stands before the report on a line of the process's output.
const MARK: &str = "report of a hostile guest: ";

/// What is left of a guest.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// How it ended.
    pub fate: String,
    /// Why that cannot be right, whatever it was.
    pub faults: Vec<String>,
    /// The most memory that the process ever had, in bytes.
    pub peak: u64,
}

/// Runs the guest `name` in a process of its own.
pub fn run(name: &str) -> Result<Report> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "one_guest", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, name)
        .env("TICKMARK_TEST_SECRET", SECRET)
        // Nothing listens there: whatever goes by a proxy fails.
        .envs(
            ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
                .map(|variable| (variable, "http://127.0.0.1:9")),
        )
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let report = said.lines().find_map(|line| line.split_once(MARK).map(|(_, report)| report));
    let report = report.with_context(|| {
        format!("the host died with {}:\n{said}\n{}", output.status, String::from_utf8_lossy(&output.stderr))
    })?;
    ensure!(output.status.success(), "the host ended with {}", output.status);
    Ok(serde_json::from_str(report)?)
}

/// How this program is started to compile, with these limits in place of the usual ones.
fn compiler(limits: &serde_json::Value) -> Result<CompilerProcess> {
    let usual = CompileLimits::default();
    let limit = |name: &str, usual| limits[name].as_u64().unwrap_or(usual);
    Ok(CompilerProcess {
        program: std::env::current_exe()?,
        arguments: ["--exact", "compiler", "--nocapture", "--test-threads=1"].map(Into::into).to_vec(),
        limits: CompileLimits {
            cpu_seconds: limit("cpu_seconds", usual.cpu_seconds),
            memory_bytes: limit("memory_bytes", usual.memory_bytes),
            wall_time_ms: limit("wall_time_ms", usual.wall_time_ms),
        },
    })
}

/// What the process does; nothing where it is not for a guest.
pub fn child() -> Result<()> {
    let Ok(name) = std::env::var(VARIABLE) else { return Ok(()) };
    let report = between_sound_runs(&name)?;
    println!("\n{MARK}{}", serde_json::to_string(&report)?);
    Ok(())
}

fn between_sound_runs(name: &str) -> Result<Report> {
    let around = Surroundings::new()?;
    let text = assemble::text(name)?;
    let compiler = assemble::compiler(&text)?.map(|limits| compiler(&limits)).transpose()?;
    let sandbox = Sandbox::new(SandboxConfig { compiler, cache_dir: None })?;
    let sound = assemble::program(&assemble::text("well-behaved")?)?;
    let plugin = sandbox.load(sound.clone(), "test")?;
    let sound_run = |plugin| -> Result<String> {
        let blobs = Arc::new(Blobs::default());
        Ok(seen(&sandbox.collect(plugin, around.job(&json!({}), None, &blobs)?)))
    };
    let alone = sound_run(&plugin)?;
    ensure!(alone.contains("\"outcome\":\"ok\""), "the well-behaved collector does not behave: {alone}");

    let blobs = Arc::new(Blobs::default());
    let job = around.job(&assemble::limits(&text)?, assemble::origin(&text)?.as_ref(), &blobs)?;
    if name == "growing-file" {
        around.grow()?;
    }
    let collection = hostile_run(&sandbox, assemble::program(&text)?, job);

    let mut faults = faults(&collection);
    let mut expect = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    expect(sound_run(&plugin)? == alone, "the next run of the plugin that was loaded before is another one");
    expect(
        sound_run(&sandbox.load(sound, "test")?)? == alone,
        "the next run of a plugin that was loaded later is another one",
    );
    expect(around.untouched(), "something outside was changed");
    expect(!blobs.contain(SECRET) && !seen(&collection).contains(SECRET), "a secret came out");
    Ok(Report { fate: without_runs(&around.steady(&fate(&collection))), faults, peak: peak()? })
}

fn hostile_run(sandbox: &Sandbox, component: Vec<u8>, job: Job) -> Collection {
    match sandbox.load(component, "test") {
        Ok(plugin) => sandbox.collect(&plugin, job),
        Err(error) => rejected(&job, &error),
    }
}

/// The outcome, and why; of a good run what came out of it.
fn fate(collection: &Collection) -> String {
    match &collection.detail {
        Some(detail) => format!("{}: {detail}", collection.outcome),
        None => {
            let rows: Vec<_> = rows(collection).into_values().flatten().collect();
            let missing = Population::establish(collection, "thing").map(|it| it.incomplete).unwrap_or_default();
            let missing = missing.iter().filter(|it| matches!(it, Incompleteness::Count { .. }));
            let notes = &collection.notes;
            let log: Vec<&String> = collection.log.iter().map(|line| &line.message).collect();
            let mut fate = collection.outcome.to_string();
            rows.iter().for_each(|row| fate.push_str(&format!("; {}", row["attributes"])));
            missing.for_each(|it| fate.push_str(&format!("; {it:?}")));
            notes.iter().for_each(|note| fate.push_str(&format!("; note {note}")));
            log.iter().for_each(|line| fate.push_str(&format!("; log {line}")));
            fate
        }
    }
}

/// `text` with each long run of one character as that character and how many there are: `x{4096}`.
fn without_runs(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(first).len();
        let count = run / first.len_utf8();
        if count > 20 {
            out.push_str(&format!("{first}{{{count}}}"));
        } else {
            out.push_str(&rest[..run]);
        }
        rest = &rest[run..];
    }
    out
}

/// What holds of every collection, however its run ended.
fn faults(collection: &Collection) -> Vec<String> {
    let mut faults = Vec::new();
    let ok = collection.outcome.as_str() == "ok";
    let something = collection.tables.values().any(|table| !table.is_empty()) || !collection.populations.is_empty();
    if !ok && (something || !collection.notes.is_empty()) {
        faults.push("a lost run left rows, claims or notes".to_owned());
    }
    if ok != collection.detail.is_none() {
        faults.push("a lost run says why, a good one does not".to_owned());
    }
    let grants = collection.exchanges.iter().map(|exchange| &exchange.grant);
    let messages = collection.exchanges.iter().filter_map(|exchange| exchange.summary.get("message"));
    let messages: Vec<&str> = messages.filter_map(|message| message.as_str()).collect();
    let lines = collection.log.iter().map(|line| &line.message);
    let texts = collection.detail.iter().chain(&collection.notes).chain(grants).chain(lines).map(String::as_str);
    for text in texts.chain(messages) {
        if text.len() > 8_192 {
            faults.push(format!(
                "a text of {} bytes is kept, starting with `{}`",
                text.len(),
                &text[..64.min(text.len())].escape_debug()
            ));
        }
        if text.contains(char::is_control) {
            faults.push(format!(
                "a text is kept with control characters: `{}`",
                &text[..64.min(text.len())].escape_debug()
            ));
        }
    }
    faults
}

fn rows(collection: &Collection) -> BTreeMap<&String, Vec<serde_json::Value>> {
    let rows = |(name, table): (_, &tickmark_model::FactTable)| {
        let rows = (0..table.len()).map(|row| serde_json::to_value(table.observation(row)).unwrap_or_default());
        (name, rows.collect())
    };
    collection.tables.iter().map(rows).collect()
}

/// Everything that two collections could differ in.
fn seen(it: &Collection) -> String {
    let Collection { id, plugin, outcome, detail, settings, grants, runtime, exchanges, .. } = it;
    let Collection { populations, notes, log, as_of, fetched_at, descriptor, .. } = it;
    json!({
        "id": id, "plugin": plugin, "outcome": outcome, "detail": detail, "settings": settings, "grants": grants,
        "runtime": runtime, "exchanges": exchanges, "populations": populations, "notes": notes, "log": log,
        "as_of": as_of, "fetched_at": fetched_at, "descriptor": descriptor, "rows": rows(it),
    })
    .to_string()
}

/// The most memory that this process ever had, in bytes.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib << 10)
}
