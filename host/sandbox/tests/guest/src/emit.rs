//! Ways to emit, sound and broken.

use tickmark_collector::{Datetime, Duration, EntityRef, Failure, Host, Population, Summary};

use crate::population;

/// The columns of `thing`, in the order of its declaration.
const COLUMNS: [&str; 6] = ["name", "size", "flag", "at", "took", "tags"];

/// Emits `count` sound rows, read from `vital`, and claims `total`.
pub fn rows(host: &dyn Host, count: i64, total: i64) -> Result<Summary, Failure> {
    let blob = host.open("vital", "data")?;
    let mut things = host.fact("thing", &COLUMNS);
    for n in 0..count {
        things
            .row(format!("thing-{n}"), &[blob.receipt()])
            .parent(EntityRef { kind: "Test::Group".into(), id: format!("group-{}", n % 3) })
            .set("name", format!("name {}", n % 100))
            .set("size", n)
            .set("flag", n % 2 == 0)
            .set("at", Datetime(n * 1_000))
            .set("took", Duration(n % 60))
            .set("tags", vec!["b", "a"])
            .push()?;
    }
    let mut claim = things.finish(population(count, blob.receipt()))?;
    claim.count = total.unsigned_abs();
    Ok(Summary::new().population(claim).note(blob.text()?))
}

/// Emits as `mode` says and swallows whatever the host answers; nothing where it is none of these.
pub fn run(mode: &str, host: &dyn Host) -> Option<Result<Summary, Failure>> {
    let broken: fn(&dyn Host, u32) -> Result<(), Failure> = match mode {
        "duplicate" => |host, receipt| {
            let mut things = host.fact("thing", &["name"]);
            things.row("same", &[receipt]).set("name", "one").push()?;
            things.row("same", &[receipt]).set("name", "two").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "wrong-type" => |host, receipt| {
            let mut things = host.fact("thing", &["name"]);
            things.row("a", &[receipt]).set("name", 7).push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "long-range" => |host, receipt| {
            let mut things = host.fact("thing", &["name", "size"]);
            things.row("a", &[receipt]).set("name", "a").set("size", i64::MAX).push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "absent-required" => |host, receipt| {
            let mut things = host.fact("thing", &["name"]);
            things.row("a", &[receipt]).push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "undeclared-fact" => |host, receipt| {
            let mut things = host.fact("person", &["name"]);
            things.row("a", &[receipt]).set("name", "a").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "undeclared-column" => |host, receipt| {
            let mut things = host.fact("thing", &["colour"]);
            things.row("a", &[receipt]).set("colour", "red").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "undeclared-parent" => |host, receipt| {
            let mut things = host.fact("thing", &["name"]);
            let parent = EntityRef { kind: "Test::Role".into(), id: "admin".into() };
            things.row("a", &[receipt]).parent(parent).set("name", "a").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "unknown-receipt" => |host, receipt| {
            let mut things = host.fact("thing", &["name"]);
            things.row("a", &[receipt, 99]).set("name", "a").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "no-receipt" => |host, _| {
            let mut things = host.fact("thing", &["name"]);
            things.row("a", &[]).set("name", "a").push()?;
            things.finish(Population::unknown()).map(|_| ())
        },
        "wrong-kind" => |_, receipt| crate::abuse::raw_emit("Test::Other", receipt),
        "claim-twice" => return Some(claim(host, &["other", "other"], Population::unknown())),
        "claim-undeclared" => return Some(claim(host, &["person"], Population::unknown())),
        "claim-receipt" => return Some(claim(host, &["other"], Population::of(0, 99))),
        "claim-time" => return Some(claim(host, &["other"], Population::unknown().observed(Datetime(i64::MAX)))),
        "claim-backwards" => {
            return Some(claim(host, &["other"], Population::unknown().covering(Datetime(2), Datetime(1))));
        }
        _ => return None,
    };
    Some(host.open("vital", "data").map(|blob| {
        let answer = broken(host, blob.receipt());
        host.log(
            tickmark_collector::Level::Info,
            &format!("emit said {}", answer.map_or_else(|f| f.code, |()| "ok".into())),
        );
        Summary::new()
    }))
}

/// Claims a population for each of `facts` without a row.
fn claim(host: &dyn Host, facts: &[&str], population: Population) -> Result<Summary, Failure> {
    let mut summary = Summary::new();
    for fact in facts {
        summary = summary.population(host.fact(fact, &[]).finish(population.clone())?);
    }
    Ok(summary)
}
