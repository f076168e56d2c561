//! From reports to facts: one row `exercise` for each that was performed in the window, and one row `system` for each
//! system that is expected or seen.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Duration, Facts, Failure, Host, Population, Receipt, Summary, code, time};

use crate::exercise::Exercise;
use crate::settings::{Exercises, Objective};
use crate::source::{self, Shown};
use crate::tally::Tally;

/// Most exercises that a source may have.
const EXERCISES: usize = 20_000;

const EXERCISE: [&str; 19] = [
    "system",
    "scenario",
    "started_at",
    "performed_at",
    "disruption_at",
    "service_restored_at",
    "recovery_point_at",
    "recovery_time",
    "recovery_point",
    "performed_by",
    "approved_by",
    "approved_at",
    "approved_apart",
    "steps",
    "steps_failed",
    "steps_skipped",
    "steps_open",
    "issues",
    "issues_open",
];

const SYSTEM: [&str; 11] = [
    "name",
    "expected",
    "exercises",
    "last_exercise",
    "last_performed",
    "last_recovery",
    "last_restored",
    "recovery_time",
    "recovery_point",
    "recovery_time_objective",
    "recovery_point_objective",
];

/// The exercises of one system. Of two that ended at the same moment the one with the greater id counts as later.
#[derive(Default)]
struct System {
    exercises: i64,
    last: Option<Last>,
    last_restored: Option<Last>,
}

/// What is kept of the last exercise.
struct Last {
    performed_at: Datetime,
    id: String,
    recovery_time: Option<Duration>,
    recovery_point: Option<Duration>,
    receipt: Receipt,
}

/// What is kept of the exercises as they are read.
struct Seen<'s> {
    from: Datetime,
    as_of: Datetime,
    ids: BTreeSet<String>,
    systems: BTreeMap<String, System>,
    settings: &'s Exercises,
    oldest: Option<Datetime>,
    excluded: u64,
    later: u64,
}

/// Emits the facts `exercise` and `system`.
///
/// # Errors
/// As the sources' and the host's `emit`, `invalid` where an id is there twice, and `limit` where there are too many.
pub(crate) fn collect(host: &dyn Host, settings: &Exercises, summary: Summary) -> Result<Summary, Failure> {
    let as_of = host.as_of();
    let from = Datetime(as_of.0.saturating_sub(settings.window.0)).max(Datetime::MIN);
    let systems = settings.expected.iter().map(|name| (name.clone(), System::default())).collect();
    let ids = BTreeSet::new();
    let mut seen = Seen { from, as_of, ids, systems, settings, oldest: None, excluded: 0, later: 0 };
    let mut tally = Tally::default();
    let mut rows = host.fact("exercise", &EXERCISE);
    let shown =
        source::reports(host, settings.source, &mut tally, |exercise, receipt| seen.add(exercise, receipt, &mut rows))?;
    let receipt = shown.receipts.first().copied().unwrap_or_default();
    let mut population = Population::of(tally.total(), receipt);
    if seen.excluded > 0 {
        population = population.excluding(seen.excluded, "it ended before the window or after the judged instant");
    }
    let summary = summary.population(rows.finish(seen.covering(population))?);
    let summary = seen.systems(host, &shown, &tally, summary)?;
    let later = (seen.later > 0)
        .then(|| format!("{} exercises ended after {} and are left aside", seen.later, time::text(as_of)));
    Ok(shown.remarks.iter().cloned().chain(tally.remarks()).chain(later).fold(summary, Summary::note))
}

impl Seen<'_> {
    fn add(&mut self, exercise: Exercise, receipt: Receipt, rows: &mut Facts<'_>) -> Result<(), Failure> {
        if self.ids.len() >= EXERCISES {
            return Err(Failure::new(code::LIMIT, format!("there are more than {EXERCISES} exercises")));
        }
        if !self.ids.insert(exercise.id.clone()) {
            return Err(Failure::invalid(format!("exercise `{}` is there twice", exercise.id.escape_debug())));
        }
        if exercise.performed_at > self.as_of {
            self.later += 1;
            self.excluded += 1;
            return Ok(());
        }
        self.oldest = Some(self.oldest.map_or(exercise.performed_at, |oldest| oldest.min(exercise.performed_at)));
        if exercise.performed_at >= self.from {
            row(&exercise, receipt, rows)?;
        } else {
            self.excluded += 1;
        }
        if !self.systems.contains_key(&exercise.system) {
            self.systems.insert(exercise.system.clone(), System::default());
        }
        if let Some(system) = self.systems.get_mut(&exercise.system) {
            system.exercises += 1;
            if exercise.service_restored_at.is_some() {
                later(&mut system.last_restored, &exercise, receipt);
            }
            later(&mut system.last, &exercise, receipt);
        }
        Ok(())
    }

    fn covering(&self, population: Population) -> Population {
        match self.oldest {
            Some(oldest) => population.covering(oldest, self.as_of),
            None => population,
        }
    }

    /// The systems are known only where every report was read.
    fn systems(&self, host: &dyn Host, shown: &Shown, tally: &Tally, summary: Summary) -> Result<Summary, Failure> {
        let mut rows = host.fact("system", &SYSTEM);
        for (name, system) in &self.systems {
            let (last, restored) = (system.last.as_ref(), system.last_restored.as_ref());
            let cited = [last, restored].into_iter().flatten().map(|last| last.receipt);
            let receipts: BTreeSet<Receipt> = shown.receipts.iter().copied().chain(cited).collect();
            let receipts: Vec<Receipt> = receipts.into_iter().collect();
            let Objective { recovery_time, recovery_point } =
                self.settings.objectives.get(name).copied().unwrap_or_default();
            rows.row(name.as_str(), &receipts)
                .set("name", name.as_str())
                .set("expected", self.settings.expected.contains(name))
                .set("exercises", system.exercises)
                .set("last_exercise", last.map(|it| it.id.as_str()))
                .set("last_performed", last.map(|it| it.performed_at))
                .set("last_recovery", restored.map(|it| it.id.as_str()))
                .set("last_restored", restored.map(|it| it.performed_at))
                .set("recovery_time", restored.and_then(|it| it.recovery_time))
                .set("recovery_point", restored.and_then(|it| it.recovery_point))
                .set("recovery_time_objective", recovery_time)
                .set("recovery_point_objective", recovery_point)
                .push()?;
        }
        let population = match (shown.receipts.first(), tally.unread_count()) {
            (Some(receipt), 0) => self.covering(Population::of(self.systems.len() as u64, *receipt)),
            _ => Population::unknown(),
        };
        Ok(summary.population(rows.finish(population)?))
    }
}

/// Keeps the later of two.
fn later(kept: &mut Option<Last>, exercise: &Exercise, receipt: Receipt) {
    let key = (exercise.performed_at, exercise.id.as_str());
    if kept.as_ref().is_none_or(|there| (there.performed_at, there.id.as_str()) < key) {
        *kept = Some(Last {
            performed_at: exercise.performed_at,
            id: exercise.id.clone(),
            recovery_time: exercise.recovery_time(),
            recovery_point: exercise.recovery_point(),
            receipt,
        });
    }
}

fn row(exercise: &Exercise, receipt: Receipt, rows: &mut Facts<'_>) -> Result<(), Failure> {
    let people: Vec<&str> = exercise.performed_by.iter().map(String::as_str).collect();
    rows.row(exercise.id.as_str(), &[receipt])
        .set("system", exercise.system.as_str())
        .set("scenario", exercise.scenario.as_str())
        .set("started_at", exercise.started_at)
        .set("performed_at", exercise.performed_at)
        .set("disruption_at", exercise.disruption_at)
        .set("service_restored_at", exercise.service_restored_at)
        .set("recovery_point_at", exercise.recovery_point_at)
        .set("recovery_time", exercise.recovery_time())
        .set("recovery_point", exercise.recovery_point())
        .set("performed_by", people)
        .set("approved_by", exercise.approved_by.as_deref())
        .set("approved_at", exercise.approved_at)
        .set("approved_apart", exercise.approved_apart())
        .set("steps", exercise.steps.all)
        .set("steps_failed", exercise.steps.failed)
        .set("steps_skipped", exercise.steps.skipped)
        .set("steps_open", exercise.steps.open)
        .set("issues", exercise.issues)
        .set("issues_open", exercise.issues_open)
        .push()
}
