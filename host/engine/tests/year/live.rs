//! Living through the year: the site's files are written, the clock is set, and the engine runs, for each run of the plan.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use tickmark_engine::remediation::{CorrectException, PlanRemediation, episode_id, remediations};
use tickmark_engine::review::{Asked, Close, Decide, OpenReview, ReviewKind, find};
use tickmark_engine::site::Site;
use tickmark_engine::waivers::{AddWaiver, ExpireWaiver, waivers};
use tickmark_engine::{Engine, EngineOptions, Problems, RunRequest, Scope as EngineScope, Silent, clock, ledger};
use tickmark_ledger::{InvokedBy, LogReader, PackageKeyPart, SealedRun};
use tickmark_model::Instant;

use super::calendar::Minute;
use super::plan::{Act, Change, Kind, Plan, Review, Run, SEED, Said, Saying, Scope, Waiver};
use super::proof::copy_all;
use super::site::{self, ADMINS, Allowed, DEFAULT_DENY, OF_LEDGER, PRODUCTION, STAGING, Version};

/// What the clock says, in milliseconds.
static NOW: AtomicI64 = AtomicI64::new(0);

/// The year, lived once for all tests.
pub static YEAR: LazyLock<Year> = LazyLock::new(|| Year::live(Plan::new(SEED)));

/// A year that was lived, in a folder that stays until the next one.
pub struct Year {
    pub plan: Plan,
    pub dir: PathBuf,
    /// The site as it is at the end.
    pub version: Version,
}

/// Sets the clock of the whole process.
pub fn set_clock(now: Minute) {
    NOW.store(now * 60_000, Ordering::SeqCst);
    clock::replace(Some(Arc::new(|| instant(NOW.load(Ordering::SeqCst)))));
}

pub fn instant(ms: i64) -> Instant {
    Instant::from_ms(ms).unwrap()
}

pub fn invoked_by() -> InvokedBy {
    InvokedBy { ci_job: None, host: "audit-1".to_owned(), user: "tickmark".to_owned() }
}

/// Compiled collectors are kept from one time to the next, as the program does.
pub fn options() -> EngineOptions {
    let cache_dir = Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("year-compiled"));
    EngineOptions { cache_dir, ..EngineOptions::default() }
}

/// The site in `dir`, opened.
pub fn open(dir: &Path) -> Engine {
    Engine::open(Some(&dir.join("tickmark.toml")), &options())
        .unwrap_or_else(|error| panic!("{error:#}: {:#?}", error.downcast_ref::<Problems>()))
}

/// A thing that is done at a minute.
enum Step<'a> {
    Run(&'a Run),
    Review(&'a Review),
    Said(&'a Said),
}

impl Year {
    fn live(plan: Plan) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("year");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        let mut version = Version::default();
        site::write(&dir, version);
        let mut engine = open(&dir);
        for day in &plan.days {
            if day.change == Some(Change::Matrix) {
                copy_all(&ledger_of(&dir), &dir.join("older"));
            }
            if let Some(next) = day.change.and_then(|change| changed(version, change)) {
                version = next;
                site::write(&dir, version);
                engine = open(&dir);
            }
            let runs = day.runs.iter().map(|run| (run.at, Step::Run(run)));
            let reviews = day.reviews.iter().map(|review| (review.at, Step::Review(review)));
            let said = day.said.iter().map(|said| (said.at, Step::Said(said)));
            let mut steps: Vec<(Minute, Step<'_>)> = runs.chain(reviews).chain(said).collect();
            steps.sort_by_key(|(at, _)| *at);
            for (at, step) in steps {
                set_clock(at);
                let trouble = if let Step::Run(run) = &step { run.trouble } else { None };
                site::write_sources(&dir, &plan, day, at, trouble);
                match step {
                    Step::Run(run) => drop(run_once(&engine, version, run)),
                    Step::Review(review) => act(&engine, review),
                    Step::Said(said) => say(&engine, said.what),
                }
            }
            if day.change == Some(Change::Key) {
                rotate(&engine);
            }
        }
        Self { plan, dir, version }
    }

    /// A copy of the ledger as it was in July.
    pub fn older(&self) -> PathBuf {
        self.dir.join("older")
    }

    pub fn ledger(&self) -> PathBuf {
        ledger_of(&self.dir)
    }
}

pub fn ledger_of(site: &Path) -> PathBuf {
    site.join(".tickmark/ledger")
}

fn changed(version: Version, change: Change) -> Option<Version> {
    match change {
        Change::Stricter => Some(Version { allowed: Allowed::Five, ..version }),
        Change::Matrix => Some(Version { second_matrix: true, ..version }),
        Change::Softer => Some(Version { allowed: Allowed::Twenty, ..version }),
        Change::Collector => Some(Version { second_collector: true, ..version }),
        Change::Key => None,
    }
}

pub fn run_once(engine: &Engine, version: Version, run: &Run) -> SealedRun {
    let scope = match run.of {
        Scope::Production => {
            let mut controls = version.controls();
            controls.retain(|control| run.of_ledger || !OF_LEDGER.contains(&control.as_str()));
            EngineScope { controls, systems: vec![PRODUCTION.to_owned()], only: None }
        }
        Scope::Staging => {
            EngineScope { controls: vec![DEFAULT_DENY.to_owned()], systems: vec![STAGING.to_owned()], only: None }
        }
    };
    let as_of = run.as_of.map(|at| instant(at * 60_000));
    engine.run(RunRequest { scope, as_of, invoked_by: invoked_by(), watch: &Silent }).unwrap()
}

/// Opens a review, or decides all of the last one of its kind and closes it.
fn act(engine: &Engine, review: &Review) {
    let kind = match review.kind {
        Kind::Access => ReviewKind::Access,
        Kind::Firewall => ReviewKind::Firewall,
    };
    match review.act {
        Act::Open => {
            let request = OpenReview {
                kind,
                system: PRODUCTION.to_owned(),
                departments: Vec::new(),
                reviewers: Vec::new(),
                due: None,
                window: None,
                by: None,
            };
            engine.open_review(&request, invoked_by(), &Silent).unwrap();
        }
        Act::Close => {
            let site = engine.site().unwrap();
            let log = LogReader::open(&site.ledger).unwrap();
            let all = tickmark_engine::review::reviews(&log, None).unwrap();
            let id = all.iter().rev().find(|it| it.kind == kind.as_str()).unwrap().id.clone();
            let contents = find(&log, &id).unwrap().contents.unwrap();
            for reviewer in &contents.opening.reviewers {
                let of = contents.items.values().filter(|item| item.reviewers.contains(reviewer));
                let asked: Vec<Asked> = of
                    .map(|item| Asked {
                        item: item.id.clone(),
                        decision: "keep".to_owned(),
                        comment: None,
                        place: None,
                    })
                    .collect();
                if !asked.is_empty() {
                    let decide = Decide { review: id.clone(), by: reviewer.clone(), asked };
                    decide.seal(site, invoked_by(), &Silent).unwrap();
                }
            }
            Close { review: id, by: "lead@acme.example".to_owned() }.seal(site, invoked_by(), &Silent).unwrap();
        }
    }
}

/// Another key signs the log from here on.
fn rotate(engine: &Engine) {
    let site = engine.site().unwrap();
    let mut opened = ledger::open(site, &Silent).unwrap();
    let next = site.keys.folder.make_log_key(opened.ledger.verifier().name()).unwrap();
    let package = PackageKeyPart::of(opened.package.public_key());
    let rotate = |by: &mut tickmark_ledger::Scribe<'_>| Ok(opened.ledger.rotate(by, Arc::new(next), Some(package))?);
    ledger::with_scribe(&site.company, invoked_by(), rotate).unwrap();
}

/// What people say of exceptions, by the program's own commands.
fn say(engine: &Engine, what: Saying) {
    let site = engine.site().unwrap();
    let log = || LogReader::open(&site.ledger).unwrap();
    match what {
        Saying::Waive(Waiver { control, subjects, from, until }) => {
            // Nobody is waived but administrators.
            assert!(subjects.is_empty() || control == ADMINS);
            let add = AddWaiver {
                control: control.to_owned(),
                system: Some(PRODUCTION.to_owned()),
                subjects: subjects.iter().map(|id| format!("Mfa::User::{id}")).collect(),
                from,
                until,
                reason: "known, and being worked on".to_owned(),
                requested_by: "boris@acme.example".to_owned(),
                approved_by: Some("elena@acme.example".to_owned()),
            };
            add.seal(site, invoked_by(), &Silent).unwrap();
        }
        Saying::Expire(control) => {
            let record = waivers(&log(), None).unwrap().into_iter().rfind(|it| it.control == control).unwrap().id;
            let expire = ExpireWaiver { record, by: "elena@acme.example".to_owned() };
            expire.seal(site, invoked_by(), &Silent).unwrap();
        }
        Saying::Plan(control) => {
            for episode in open_episodes(site, control) {
                let plan = PlanRemediation {
                    episode,
                    owner: "boris@acme.example".to_owned(),
                    cause: "nobody was told".to_owned(),
                    plan: "tell everybody".to_owned(),
                    by: "ada@acme.example".to_owned(),
                };
                plan.seal(site, invoked_by(), &Silent).unwrap();
            }
        }
        Saying::Correct(control) => {
            let evidence = site.base.join("minutes.txt");
            fs::write(&evidence, "everybody was told").unwrap();
            for episode in open_episodes(site, control) {
                let correct = |approved_by: &str| CorrectException {
                    episode: episode.clone(),
                    cause: "nobody was told".to_owned(),
                    corrective_action: "everybody was told".to_owned(),
                    evidence: evidence.clone(),
                    by: "boris@acme.example".to_owned(),
                    approved_by: Some(approved_by.to_owned()),
                };
                assert!(correct("boris@acme.example").seal(site, invoked_by(), &Silent).is_err(), "not by oneself");
                correct("elena@acme.example").seal(site, invoked_by(), &Silent).unwrap();
            }
        }
    }
}

/// The ids of the open episodes of a control, of which there is one at least.
fn open_episodes(site: &Site, control: &str) -> Vec<String> {
    let log = LogReader::open(&site.ledger).unwrap();
    let known = remediations(&log, &site.engagement.time_zone, None).unwrap();
    let open = known.remediations.episodes().filter(|it| it.key.control == control && it.closed.is_none());
    let ids: Vec<String> = open.map(|episode| episode_id(episode).unwrap()).collect();
    assert!(!ids.is_empty(), "nothing of {control} is open");
    ids
}
