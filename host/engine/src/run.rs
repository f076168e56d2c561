//! A run, from top to bottom: collect, assess, seal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use tickmark_ledger::{Basis, BlobStore, InvokedBy, Judged, Ledger, Period, PolicyVersion, RunToSeal, SealedRun};
use tickmark_model::{BlobRef, Collection, Digest, Instant};
use tickmark_policy::Input;
use tickmark_sandbox::{BlobSink, CompilerProcess, Sandbox, SandboxConfig, SandboxError, read_component};

use crate::catalog::Catalog;
use crate::clock::now;
use crate::collect::{self, Shared};
use crate::given;
use crate::keep::{self, JudgedWith};
use crate::ledger;
use crate::plan::{Plan, PlannedCollector, PlannedFinding, Scope, plan};
use crate::problem::Problems;
use crate::programme;
use crate::site::{self, Site};
use crate::watch::{Event, Watch};

/// How far `as_of` may be from the clock before a run counts as simulated, in milliseconds: 5 minutes.
const SIMULATED_FROM_MS: u64 = 5 * 60 * 1_000;

/// How collectors are compiled, and where their code is kept: nothing of it is evidence.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// The folder of compiled collectors; without one every start compiles.
    pub cache_dir: Option<PathBuf>,
    /// The process that compiles collectors; without one this process does.
    pub compiler: Option<CompilerProcess>,
}

impl EngineOptions {
    /// The sandbox that they ask for.
    pub(crate) fn sandbox(&self) -> Result<Sandbox, SandboxError> {
        Sandbox::new(SandboxConfig { cache_dir: self.cache_dir.clone(), compiler: self.compiler.clone() })
    }
}

/// A site, ready to run.
pub struct Engine {
    pub(crate) sandbox: Sandbox,
    site: Option<Site>,
    catalog: Catalog,
}

/// What to run.
pub struct RunRequest<'a> {
    /// Which controls and systems.
    pub scope: Scope,
    /// The instant to judge at; nothing means the clock at the start.
    pub as_of: Option<Instant>,
    /// Who asks.
    pub invoked_by: InvokedBy,
    /// Who is told how far it has come.
    pub watch: &'a dyn Watch,
}

impl Engine {
    /// Opens the site at `file`, or the built-in parts alone, and checks all of it.
    ///
    /// # Errors
    /// [`Problems`] with everything that is wrong in site, matrix and policies; otherwise where something cannot be read.
    pub fn open(file: Option<&Path>, options: &EngineOptions) -> anyhow::Result<Self> {
        let sandbox = options.sandbox()?;
        let mut read = file.map(site::read).transpose()?;
        let mut problems = Vec::new();
        let catalog = Catalog::open(&sandbox, read.as_mut(), &mut problems)?;
        match catalog {
            Some(catalog) if problems.is_empty() => {
                let site = read.and_then(|read| read.site);
                Ok(Self { sandbox, site, catalog })
            }
            _ => Err(Problems::sorted(problems).into()),
        }
    }

    /// Plugins, controls and policies.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The site, where there is one.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }

    /// Loads a component that is not part of the site, to look at it.
    ///
    /// # Errors
    /// Where it cannot be read or is refused.
    pub fn load(&self, path: &Path) -> anyhow::Result<tickmark_sandbox::Plugin> {
        Ok(self.sandbox.load(read_component(path)?, &path.display().to_string())?)
    }

    pub(crate) fn the_site(&self) -> anyhow::Result<&Site> {
        self.site.as_ref().context("there is no site to run")
    }

    /// Collects what the controls of the scope rest on, judges it, and seals one record for each finding.
    ///
    /// # Errors
    /// Where the scope names nothing that is there, or the ledger cannot be written; then nothing of the run is sealed.
    /// A collector that fails is no error: its findings are inconclusive.
    pub fn run(&self, request: RunRequest<'_>) -> anyhow::Result<SealedRun> {
        let RunRequest { scope, as_of, invoked_by, watch } = request;
        let site = self.the_site()?;
        let plan = plan(site, &self.catalog, &scope)?;
        if !plan.out_of_scope.is_empty() {
            let controls = plan.out_of_scope.iter().map(|control| control.id.as_str()).collect();
            watch.event(Event::OutOfScope { controls });
        }
        if plan.by_hand > 0 {
            watch.event(Event::ByHand { controls: plan.by_hand });
        }
        let started = now()?;
        let as_of = as_of.unwrap_or(started);

        let mut ledger = ledger::open(site, watch)?.ledger;
        ledger::with_scribe(&site.company, invoked_by.clone(), |by| {
            programme::seal_people_if_changed(&mut ledger, site, by)?;
            programme::seal_if_changed(&mut ledger, site, &self.catalog, by)
        })?;
        let blobs = Arc::clone(ledger.blobs());
        keep::components(&plan, &blobs)?;
        let judged_with = keep::judges(&plan, self.catalog.policies(), &blobs)?;
        let collections = self.collect(&plan, as_of, Some(&ledger), Arc::new(Blobs(blobs)), watch)?;
        let judged = self.assess(&plan, &collections, &judged_with, as_of, watch)?;
        watch.event(Event::Sealing);
        ledger::with_scribe(&site.company, invoked_by, |by| {
            let run = RunToSeal {
                as_of,
                clock: by.clock,
                collections: &collections,
                company: by.company,
                invoked_by: by.invoked_by.clone(),
                judged,
                nonce: &mut *by.nonce,
                period: site.engagement.period.map(|period| Period { from: period.from, to: period.to }),
                simulated: as_of.ms().abs_diff(started.ms()) > SIMULATED_FROM_MS,
            };
            Ok(ledger.seal(run)?)
        })
    }

    /// Runs the collectors of a plan. Those that are given what the host knows run last: the collections of the others are part
    /// of it, and of the ledger's states where `ledger` is to take them.
    ///
    /// # Errors
    /// Where the log cannot be read. A collector that fails is no error.
    pub(crate) fn collect(
        &self,
        plan: &Plan<'_>,
        as_of: Instant,
        ledger: Option<&Ledger>,
        blobs: Arc<dyn BlobSink>,
        watch: &dyn Watch,
    ) -> anyhow::Result<Vec<Collection>> {
        for collector in &plan.collectors {
            let needs = collector.ungranted();
            if !needs.is_empty() {
                watch.event(Event::Ungranted { collector: collector.id(), needs });
            }
        }
        watch.event(Event::Collecting { collectors: plan.collectors.len() });
        let clock: tickmark_sandbox::Clock = Arc::new(move || now().unwrap_or(as_of));
        let (given, at_once) = (BTreeMap::new(), plan.collectors_at_once);
        let mut shared = Shared { sandbox: &self.sandbox, as_of, blobs, clock, given, at_once, watch };
        let (last, first): (Vec<PlannedCollector<'_>>, Vec<PlannedCollector<'_>>) =
            plan.collectors.iter().partition(|collector| collector.is_given());
        let mut collections = collect::all(&first, &shared);
        if !last.is_empty() {
            shared.given = given::all(self.the_site()?, self.catalog(), &last, &first, &collections, ledger, as_of)?;
            collections.extend(collect::all(&last, &shared));
            let place = |collection: &Collection| plan.collectors.iter().position(|it| it.id() == collection.id);
            collections.sort_by_key(place);
        }
        Ok(collections)
    }

    fn assess<'a>(
        &'a self,
        plan: &Plan<'a>,
        collections: &[Collection],
        judged_with: &JudgedWith,
        as_of: Instant,
        watch: &dyn Watch,
    ) -> anyhow::Result<Vec<Judged<'a>>> {
        watch.event(Event::Assessing { findings: plan.findings.len() });
        let judge = |planned: &PlannedFinding<'a>| {
            let policies = self.catalog.policies();
            let PlannedFinding { control, system, .. } = planned;
            let collections = planned.collections(collections)?;
            let finding = policies.assess(control, Input { system, collections: &collections, as_of });
            watch.event(Event::Assessed);
            Ok(Judged {
                control,
                control_version: policies.control_version(control),
                finding,
                judged_with: judged_with.get(&control.id).cloned().unwrap_or_default(),
                policy: PolicyVersion {
                    bundle: policies.bundle_digest(control),
                    engine: policies.engine().to_owned(),
                    schema: policies.schema_digest(),
                },
                rests_on: collections
                    .iter()
                    .map(|collection| Basis { collector: collection.id.clone(), fact: control.fact.clone() })
                    .collect(),
                system,
            })
        };
        plan.findings.iter().map(judge).collect()
    }
}

impl PlannedFinding<'_> {
    /// The collections that it rests on.
    ///
    /// # Errors
    /// Where one of them is not there: a finding is never judged on less than was planned.
    pub(crate) fn collections<'c>(&self, all: &'c [Collection]) -> anyhow::Result<Vec<&'c Collection>> {
        let all: Option<Vec<&Collection>> = self.collectors.iter().map(|at| all.get(*at)).collect();
        all.context("a planned collector left no collection")
    }
}

/// The ledger's blobs, as the sandbox writes to them.
pub(crate) struct Blobs(pub(crate) Arc<BlobStore>);

impl BlobSink for Blobs {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        self.0.put(bytes)
    }

    fn stream(&self, source: &mut dyn io::Read) -> io::Result<Option<(BlobRef, File)>> {
        self.0.copy(source).map(Some)
    }
}
