//! A hundred collectors on the cores that there are, a third of them hostile: when the last of the others is done, beside
//! when it is done without the hostile ones. The runs with and without take turns.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant as Moment};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tickmark_engine::{Engine, EngineOptions, Event, RunRequest, Scope, Watch};
use tickmark_ledger::InvokedBy;
use tickmark_model::{Collection, CollectorId, RunOutcome, parse_instant};

use crate::example;
use crate::report::{Row, median};
use crate::site::{HOSTILE, HOSTILE_SYSTEM, Hostile, LOOPING, SOUND, files};

/// Runs of each site.
const SAMPLES: usize = 9;

pub fn measure(workspace: &Path) -> Result<Vec<Row>> {
    let program = example::build(workspace)?;
    let cache = tempfile::tempdir()?;
    let crowd = |hostile: &[Hostile]| Crowd::new(&program, cache.path(), hostile);
    let (alone, mixed, looping) = (crowd(&[])?, crowd(HOSTILE)?, crowd(LOOPING)?);
    let (mut by_itself, mut beside_mixed, mut beside_looping) = (Vec::new(), Vec::new(), Vec::new());
    // Nothing is cold when it is measured, and every collector that ends well has done so before.
    for crowd in [&alone, &mixed, &looping] {
        crowd.last_sound()?;
    }
    for _ in 0..SAMPLES {
        by_itself.push(alone.last_sound()?);
        beside_mixed.push(mixed.last_sound()?);
        beside_looping.push(looping.last_sound()?);
    }
    let (mut first_by_itself, mut first_beside_looping) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        for (hostile, first) in [(&[][..], &mut first_by_itself), (LOOPING, &mut first_beside_looping)] {
            forget(cache.path())?;
            first.push(crowd(hostile)?.last_sound()?);
        }
    }
    let (by_itself, first_by_itself) = (median(by_itself), median(first_by_itself));
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let goal = Some(("at most twice", 2.0));
    let last = format!("the last of {SOUND} collectors on {cores} cores");
    Ok(vec![
        Row::side_by_side(format!("{last}, beside 34 hostile ones (alone)"), median(beside_mixed), by_itself, goal),
        Row::side_by_side(format!("{last}, beside 34 endless loops (alone)"), median(beside_looping), by_itself, goal),
        Row::side_by_side(
            format!("{last}, beside 34 endless loops, when none of them was ever run before (alone)"),
            median(first_beside_looping),
            first_by_itself,
            goal,
        ),
    ])
}

/// Lets go of what is remembered of how long each component usually computes. Its code stays.
fn forget(cache: &Path) -> Result<()> {
    let mut known = 0;
    for entry in std::fs::read_dir(cache.join("code"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "usual") {
            std::fs::remove_file(path)?;
            known += 1;
        }
    }
    ensure!(known > 0, "nothing was remembered in `{}`", cache.display());
    Ok(())
}

/// A site.
struct Crowd {
    engine: Engine,
    hostile: usize,
    _dir: TempDir,
}

impl Crowd {
    fn new(program: &Path, cache: &Path, hostile: &[Hostile]) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let site = dir.path().join("acme");
        let demo = Command::new(program).arg("demo").arg(&site).stdout(Stdio::null()).stderr(Stdio::null()).status();
        ensure!(demo?.success(), "the example cannot be made");
        for (path, bytes) in files(&std::fs::read_to_string(site.join("tickmark.toml"))?, hostile)? {
            let path = site.join(path);
            std::fs::create_dir_all(path.parent().context("a folder")?)?;
            std::fs::write(path, bytes)?;
        }
        let options = EngineOptions { cache_dir: Some(cache.join("code")), compiler: None };
        let engine = Engine::open(Some(&site.join("tickmark.toml")), &options)?;
        Ok(Self { engine, hostile: hostile.iter().map(|it| it.count).sum(), _dir: dir })
    }

    /// One run: nanoseconds until the last collector was done that is not hostile.
    fn last_sound(&self) -> Result<f64> {
        let times = Times { start: Mutex::new(Moment::now()), sound: Mutex::default(), hostile: Mutex::default() };
        let by = InvokedBy { ci_job: None, host: "bench".into(), user: "bench".into() };
        let as_of = Some(parse_instant("2026-11-20T09:00:00Z")?);
        self.engine.run(RunRequest { scope: Scope::default(), as_of, invoked_by: by, watch: &times })?;
        let lock = |ended: Mutex<Vec<_>>| ended.into_inner().unwrap_or_default();
        let (sound, hostile) = (lock(times.sound), lock(times.hostile));
        ensure!((sound.len(), hostile.len()) == (SOUND, self.hostile), "not every collector ended");
        let wrong = sound.iter().find(|ended: &&Ended| ended.outcome != RunOutcome::Ok);
        ensure!(wrong.is_none(), "a collector does not end well: {wrong:?}");
        ensure!(hostile.iter().all(|ended| ended.outcome != RunOutcome::Ok), "a hostile collector ends well");
        let last = sound.iter().map(|ended| ended.after).max().context("a collector")?;
        Ok(last.as_nanos() as f64)
    }
}

/// One collector's end.
#[derive(Debug)]
struct Ended {
    #[expect(dead_code, reason = "shown where it is wrong")]
    id: CollectorId,
    outcome: RunOutcome,
    after: Duration,
}

/// When each collector ended.
struct Times {
    start: Mutex<Moment>,
    sound: Mutex<Vec<Ended>>,
    hostile: Mutex<Vec<Ended>>,
}

impl Times {
    fn ended(&self, collection: &Collection) {
        let start = self.start.lock().map_or_else(|_| Moment::now(), |start| *start);
        let ended = Ended { id: collection.id.clone(), outcome: collection.outcome, after: start.elapsed() };
        let list = if collection.id.system == HOSTILE_SYSTEM { &self.hostile } else { &self.sound };
        if let Ok(mut list) = list.lock() {
            list.push(ended);
        }
    }
}

impl Watch for Times {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Collecting { .. } => {
                if let Ok(mut start) = self.start.lock() {
                    *start = Moment::now();
                }
            }
            Event::Collected { collection } => self.ended(collection),
            _ => {}
        }
    }
}
