//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::TestHost;
use tickmark_collector::{Column, Fact, Scalar, Value, time};
use tickmark_table::Table;

/// A person as HR has it, with a column of every type.
pub fn person() -> Fact {
    Fact::new("person", "Hr::Person", "one person")
        .column(Column::text("name", "the name").required())
        .column(Column::text("department", "the department"))
        .column(Column::entity("manager", "Hr::Person", "the manager"))
        .column(Column::boolean("contractor", "whether from outside"))
        .column(Column::long("desk", "the desk's number"))
        .column(Column::decimal("share", "how much of a week, in percent"))
        .column(Column::ip("address", "the workplace's address"))
        .column(Column::duration("notice", "time of notice"))
        .column(Column::text("roles", "the roles").set())
        .column(Column::datetime("started_at", "the first day").required())
        .column(Column::datetime("ended_at", "the last day"))
        .event_time("ended_at")
}

/// Runs the collector and writes down all that it gave; what is absent is left out.
pub fn report(host: &TestHost, fact: &Fact) -> String {
    let run = match host.collect::<Table>() {
        Ok(run) => run,
        Err(failure) => {
            let shown = failure.receipt.map(|receipt| format!(" [{receipt}]")).unwrap_or_default();
            return format!("{failure}{shown}\n");
        }
    };
    let mut out = String::new();
    for row in run.rows(&fact.name) {
        let cells = fact.columns.iter().filter_map(|column| Some((&column.name, shown(row.get(&column.name))?)));
        let cells: Vec<String> = cells.map(|(name, value)| format!("{name}={value}")).collect();
        let sources: Vec<String> = row.sources.iter().map(ToString::to_string).collect();
        writeln!(out, "{} [{}]: {}", row.id, sources.join(" "), cells.join(" ")).unwrap();
    }
    let claim = run.claim(&fact.name).unwrap();
    let population = &claim.population;
    write!(out, "{} of {}", claim.count, population.source_total.unwrap()).unwrap();
    write!(out, " [{}]", population.total_source.unwrap()).unwrap();
    if let Some(rule) = &population.exclusion_rule {
        write!(out, ", {} excluded: {rule}", population.excluded).unwrap();
    }
    if let (Some(from), Some(to)) = (population.covers_from, population.covers_to) {
        write!(out, ", covers {} to {}", time::text(from), time::text(to)).unwrap();
    }
    if let Some(at) = population.observed_at {
        write!(out, ", observed {}", time::text(at)).unwrap();
    }
    writeln!(out).unwrap();
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

fn shown(value: &Value) -> Option<String> {
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Boolean(truth) => truth.to_string(),
        Scalar::Long(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
        Scalar::Decimal(decimal) => format!("{}e-4", decimal.0),
        Scalar::Ip(ip) => ip.0.clone(),
        Scalar::Datetime(at) => time::text(*at),
        Scalar::Duration(span) => time::span(*span),
        Scalar::Entity(entity) => format!("{}::{}", entity.kind, entity.id),
    };
    match value {
        Value::Absent => None,
        Value::One(one) => Some(scalar(one)),
        Value::SetOf(items) => Some(format!("{{{}}}", items.iter().map(scalar).collect::<Vec<_>>().join(","))),
    }
}

/// A host for `person` in this format, rows named by the column `id`.
pub fn host(format: &str) -> TestHost {
    TestHost::new().declaring(person()).with_setting("format", format).with_setting("key", "id")
}
