//! The facts `target`, `system` and `job`, all from one answer about targets.
//!
//! Systems and jobs are counted while targets are emitted, so that a long list needs memory for their names only.
//!
//! **Invariant:** where a target cannot be read, nobody knows to which system and job it belongs, and the totals of both
//! are not known.

use std::collections::BTreeMap;

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary};

use super::{Seen, population};
use crate::parse::Unread;
use crate::parse::answer;
use crate::parse::target::{Raw, Target};
use crate::settings::Settings;
use crate::source::{Question, ask};
use crate::unread::Unreadable;

/// The targets of one system or job.
#[derive(Clone, Debug, Default)]
struct Count {
    targets: i64,
    up: i64,
    last_scrape: Option<Datetime>,
}

/// What is gathered while targets are read.
struct Targets<'h, 's> {
    settings: &'s Settings,
    facts: Facts<'h>,
    receipt: Receipt,
    total: u64,
    seen: Seen,
    unread: Unreadable,
    systems: BTreeMap<String, Count>,
    jobs: BTreeMap<String, Count>,
    newest: Option<Datetime>,
}

/// Reads the active targets.
///
/// # Errors
/// As the host's; `unavailable` and `invalid` where the answer is none.
pub(crate) fn collect(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let answer = ask(host, settings, Question::Targets)?;
    let columns = ["pool", "job", "instance", "system", "health", "last_scrape", "interval", "last_error"];
    let mut targets = Targets {
        settings,
        facts: host.fact("target", &columns),
        receipt: answer.receipt(),
        total: 0,
        seen: Seen::default(),
        unread: Unreadable::new("target"),
        systems: settings.expected_systems.iter().map(|name| (name.clone(), Count::default())).collect(),
        jobs: settings.replicas.keys().map(|name| (name.clone(), Count::default())).collect(),
        newest: None,
    };
    answer.settled(answer::read(answer.blob.reader(), "activeTargets", |raw| targets.take(raw)))?;
    targets.finish(host, summary)
}

impl Targets<'_, '_> {
    fn take(&mut self, raw: Raw) -> Result<(), Failure> {
        self.total += 1;
        match Target::read(raw).and_then(|target| self.seen.take(&target.id).map(|()| target)) {
            Ok(target) => self.emit(target),
            Err(Unread(why)) => {
                self.unread.add(self.total, &why);
                Ok(())
            }
        }
    }

    fn emit(&mut self, target: Target) -> Result<(), Failure> {
        let (up, last_scrape) = (target.is_up(), target.last_scrape);
        let system = self.settings.system(&target.labels);
        let job = target.label("job").map(str::to_owned);
        self.newest = self.newest.max(last_scrape);
        for (counts, name) in [(&mut self.systems, &system), (&mut self.jobs, &job)] {
            if let Some(name) = name {
                let count = counts.entry(name.clone()).or_default();
                count.targets += 1;
                if up {
                    count.up += 1;
                    count.last_scrape = count.last_scrape.max(last_scrape);
                }
            }
        }
        let instance = target.label("instance").map(str::to_owned);
        self.facts
            .row(target.id, &[self.receipt])
            .set("pool", target.pool)
            .set("job", job)
            .set("instance", instance)
            .set("system", system)
            .set("health", target.health)
            .set("last_scrape", last_scrape)
            .set("interval", target.interval)
            .set("last_error", target.last_error)
            .push()
    }

    fn finish(self, host: &dyn Host, mut summary: Summary) -> Result<Summary, Failure> {
        let Self { settings, facts, receipt, total, unread, systems, jobs, newest, .. } = self;
        let whole = unread.count() == 0;
        let claim = |rows: usize| {
            if whole {
                population(rows as u64, receipt, newest)
            } else {
                Population { observed_at: newest, ..Population::unknown() }
            }
        };
        summary = summary.population(facts.finish(population(total, receipt, newest))?);
        if !settings.expected_systems.is_empty() {
            let mut rows = host.fact("system", &["name", "expected", "targets", "up", "last_scrape"]);
            for (name, count) in &systems {
                rows.row(name, &[receipt])
                    .set("name", name.as_str())
                    .set("expected", settings.expected_systems.contains(name))
                    .set("targets", count.targets)
                    .set("up", count.up)
                    .set("last_scrape", count.last_scrape)
                    .push()?;
            }
            summary = summary.population(rows.finish(claim(systems.len()))?);
        }
        if !settings.replicas.is_empty() {
            let mut rows = host.fact("job", &["name", "expected", "required", "targets", "up"]);
            for (name, count) in &jobs {
                let required = settings.replicas.get(name).copied();
                rows.row(name, &[receipt])
                    .set("name", name.as_str())
                    .set("expected", required.is_some())
                    .set("required", required)
                    .set("targets", count.targets)
                    .set("up", count.up)
                    .push()?;
            }
            summary = summary.population(rows.finish(claim(jobs.len()))?);
        }
        Ok(unread.note(summary))
    }
}
