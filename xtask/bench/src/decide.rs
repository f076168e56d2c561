//! Deciding a hundred thousand subjects for one control: Cedar behind tickmark's grouping, Cedar one by one, and regorus
//! in its best mode, one query over the whole population.

use std::collections::BTreeSet;
use std::hint::black_box;

use anyhow::{Context as _, Result, ensure};
use criterion::Criterion;
use regorus::Engine as Rego;
use serde_json::json;
use tickmark_engine::{Engine, EngineOptions};
use tickmark_model::{Finding, Instant, System};
use tickmark_policy::Input;

use crate::report::{Estimates, Row};
use crate::subjects::{AS_OF_MS, Subjects, jobs, users};

/// The control whose attributes repeat, and the same rule in Rego.
const REPEATING: (&str, &str) = (
    "CC6.3-mfa-for-admins",
    "package bench
import rego.v1
exceptions contains subject.id if {
    some subject in input.subjects
    subject.enabled
    subject.admin
    not subject.service
    not subject.mfa_enabled
}",
);

/// The control that reads a date, and the same rule in Rego.
const DISTINCT: (&str, &str) = (
    "A1.2-backup-recent",
    "package bench
import rego.v1
exceptions contains subject.id if {
    some subject in input.subjects
    subject.expected
    not recent(subject)
}
exceptions contains subject.id if {
    some subject in input.subjects
    subject.expected
    subject.last_success > input.as_of + 300000
}
recent(subject) if input.as_of - subject.last_success <= 93600000",
);

pub fn measure(criterion: &mut Criterion, estimates: &Estimates) -> Result<Vec<Row>> {
    let engine = Engine::open(None, &EngineOptions::default())?;
    let plugins = engine.catalog().plugins();
    let descriptor = |name: &str| plugins.find(name).map(|plugin| plugin.descriptor().clone()).context("a plugin");
    side_by_side(criterion, "decide-repeating", &engine, REPEATING, &users(&descriptor("mfa")?)?)?;
    side_by_side(criterion, "decide-distinct", &engine, DISTINCT, &jobs(&descriptor("backup")?)?)?;
    let row = |what: &str, group: &str, peer: &str, goal| -> Result<Row> {
        let (ours, theirs) = (format!("{group}/tickmark"), format!("{group}/{peer}"));
        Ok(Row::side_by_side(what, estimates.median_ns(&ours)?, estimates.median_ns(&theirs)?, goal))
    };
    Ok(vec![
        row(
            "100,000 subjects, what the policy reads repeats (regorus, one query)",
            "decide-repeating",
            "regorus",
            Some(("3 times faster", 1.0 / 3.0)),
        )?,
        row(
            "100,000 subjects, every date differs (regorus, one query)",
            "decide-distinct",
            "regorus",
            Some(("not slower", 1.0)),
        )?,
        row("the same, Cedar one by one: repeating", "decide-repeating", "cedar-one-by-one", None)?,
        row("the same, Cedar one by one: dates", "decide-distinct", "cedar-one-by-one", None)?,
    ])
}

fn side_by_side(
    criterion: &mut Criterion,
    name: &str,
    engine: &Engine,
    (control, rule): (&str, &str),
    subjects: &Subjects,
) -> Result<()> {
    let policies = engine.catalog().policies();
    let control = &engine.catalog().matrix().entry(control).context("a control")?.control;
    let system = System {
        environment: "production".into(),
        name: "bench".into(),
        owner: None,
        tags: Default::default(),
        tier: None,
    };
    let collections = [&subjects.collection];
    let as_of = Instant::from_ms(AS_OF_MS).context("an instant")?;
    let input = Input { system: &system, collections: &collections, as_of };

    let mut rego = Rego::new();
    rego.add_policy("bench.rego".into(), rule.into())?;
    let value = regorus::Value::from_json_str(&json!({ "as_of": AS_OF_MS, "subjects": subjects.json }).to_string())?;
    let ask = |rego: &mut Rego| -> Result<regorus::Value> {
        rego.set_input(value.clone());
        rego.eval_rule("data.bench.exceptions".into())
    };

    let finding = policies.assess(control, input);
    ensure!(finding == policies.assess_one_by_one(control, input), "{name}: the two ways differ");
    ensure!(ids(&finding) == rego_ids(&ask(&mut rego)?)?, "{name}: Cedar and Rego differ");
    ensure!(!finding.exceptions.is_empty(), "{name}: nothing to find");

    let mut group = criterion.benchmark_group(name);
    group.bench_function("tickmark", |b| b.iter(|| black_box(policies.assess(control, input))));
    group.bench_function("regorus", |b| b.iter(|| black_box(ask(&mut rego))));
    group.bench_function("cedar-one-by-one", |b| b.iter(|| black_box(policies.assess_one_by_one(control, input))));
    group.finish();
    Ok(())
}

fn ids(finding: &Finding) -> BTreeSet<String> {
    finding.exceptions.iter().map(|exception| exception.subject.id.clone()).collect()
}

fn rego_ids(value: &regorus::Value) -> Result<BTreeSet<String>> {
    value.as_set()?.iter().map(|id| Ok(id.as_string()?.to_string())).collect()
}
