//! From runs to the fact `check`: one row for each check that is expected or seen.

use std::collections::BTreeMap;

use tickmark_collector::{Datetime, Failure, Host, Population, Receipt, Summary, code, time};

use crate::history::History;
use crate::parse::manifest::Manifest;
use crate::run::{Check, Reach, Run};
use crate::settings::{CheckSource, Checks};
use crate::source::{self, Shown};
use crate::tally::Tally;

/// Most checks that a log may have.
const CHECKS: usize = 10_000;

/// The largest number that the contract carries.
const MAX_LONG: i64 = 9_007_199_254_740_991;

const COLUMNS: [&str; 19] = [
    "tool",
    "target",
    "expected",
    "runs",
    "last_run",
    "last_result",
    "last_verified",
    "last_read",
    "read",
    "items_read",
    "bytes_read",
    "damaged",
    "last_damage",
    "errors",
    "manifest_files",
    "manifest_bytes",
    "manifest_unchecked",
    "manifest_wal",
    "manifest_sha256",
];

/// The runs as they are read.
struct Runs {
    as_of: Datetime,
    by_check: BTreeMap<Check, History>,
    oldest: Option<Datetime>,
    later: u64,
}

impl Runs {
    fn add(&mut self, run: Run) -> Result<(), Failure> {
        if run.finished > self.as_of {
            self.later += 1;
            return Ok(());
        }
        if self.by_check.len() >= CHECKS && !self.by_check.contains_key(&run.check) {
            return Err(Failure::new(code::LIMIT, format!("the log has more than {CHECKS} checks")));
        }
        self.oldest = Some(self.oldest.map_or(run.finished, |oldest| oldest.min(run.finished)));
        self.by_check.entry(run.check).or_default().add(run.finished, run.verdict);
        Ok(())
    }
}

/// Emits the fact `check`.
///
/// # Errors
/// As the sources' and the host's `emit`.
pub(crate) fn collect(host: &dyn Host, settings: &Checks, summary: Summary) -> Result<Summary, Failure> {
    let as_of = host.as_of();
    let mut tally = Tally::default();
    let expected = settings.expected.iter().map(|check| (check.clone(), History::default()));
    let mut runs = Runs { as_of, by_check: expected.collect(), oldest: None, later: 0 };
    let mut own: BTreeMap<&Check, Receipt> = BTreeMap::new();
    let shown = match &settings.source {
        CheckSource::Log(layout) => source::runs(host, layout, &mut tally, |run| runs.add(run))?,
        CheckSource::Command => {
            let mut shown = Shown::default();
            for check in &settings.expected {
                let (receipt, run) = source::run(host, check, &mut tally)?;
                shown.receipts.push(receipt);
                own.insert(check, receipt);
                run.map_or(Ok(()), |run| runs.add(run))?;
            }
            shown
        }
    };
    let manifest = match &settings.manifest {
        Some(check) => Some((check, source::manifest(host)?)),
        None => None,
    };
    let mut checks = host.fact("check", &COLUMNS);
    for (check, history) in &runs.by_check {
        let mut receipts = own.get(check).map_or_else(|| shown.receipts.clone(), |receipt| vec![*receipt]);
        let manifest = manifest.as_ref().filter(|(of, _)| *of == check).map(|(_, manifest)| manifest);
        receipts.extend(manifest.map(|(_, receipt)| *receipt));
        let read = history.last_read.map(|(_, verdict)| verdict);
        let manifest = manifest.map(|(manifest, _)| manifest);
        checks
            .row(check.id(), &receipts)
            .set("tool", check.tool.name())
            .set("target", check.target.as_str())
            .set("expected", settings.expected.contains(check))
            .set("runs", long(history.runs))
            .set("last_run", history.last.map(|(at, _)| at))
            .set("last_result", history.last.map(|(_, verdict)| verdict.ending.name()))
            .set("last_verified", history.last_verified.map(|(at, _)| at))
            .set("last_read", history.last_read.map(|(at, _)| at))
            .set("read", read.map(|verdict| if verdict.reach == Reach::All { "all" } else { "part" }))
            .set("items_read", read.and_then(|verdict| verdict.items).map(long))
            .set("bytes_read", read.and_then(|verdict| verdict.bytes).map(long))
            .set("damaged", history.is_damaged())
            .set("last_damage", history.last_damaged.map(|(at, _)| at))
            .set("errors", history.last_damaged.map(|(_, verdict)| long(verdict.errors)))
            .set("manifest_files", manifest.map(|manifest| long(manifest.files)))
            .set("manifest_bytes", manifest.map(|manifest| long(manifest.bytes)))
            .set("manifest_unchecked", manifest.map(|manifest| long(manifest.unchecked)))
            .set("manifest_wal", manifest.map_or(tickmark_collector::Value::Absent, wal))
            .set("manifest_sha256", manifest.map(|manifest| manifest.checksum.as_str()))
            .push()?;
    }
    let claim = checks.finish(population(&shown, &tally, &runs, settings))?;
    Ok(remarks(&shown, &tally, &runs, summary.population(claim)))
}

fn wal(manifest: &Manifest) -> tickmark_collector::Value {
    manifest.wal.clone().into()
}

fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(MAX_LONG).min(MAX_LONG)
}

/// The checks are known only where every record was read. A log covers the time from its oldest run on.
fn population(shown: &Shown, tally: &Tally, runs: &Runs, settings: &Checks) -> Population {
    let (Some(receipt), 0) = (shown.receipts.first(), tally.unread_count()) else {
        return Population::unknown();
    };
    let population = Population::of(runs.by_check.len() as u64, *receipt);
    match (runs.oldest, &settings.source) {
        (Some(oldest), CheckSource::Log(_)) => population.covering(oldest, runs.as_of),
        _ => population,
    }
}

fn remarks(shown: &Shown, tally: &Tally, runs: &Runs, summary: Summary) -> Summary {
    let later = (runs.later > 0)
        .then(|| format!("{} runs of checks ended after {} and are left aside", runs.later, time::text(runs.as_of)));
    shown.remarks.iter().cloned().chain(tally.remarks()).chain(later).fold(summary, Summary::note)
}
