//! The sandbox: one engine, one linker for exactly the contract's world, one folder for compiled code.

use std::borrow::Cow;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use tickmark_model::Collection;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::Collector;
use crate::cache::{Cache, CacheDirError};
use crate::collect::{Job, collect};
use crate::compiler::CompilerProcess;
use crate::engine;
use crate::load::{LoadError, Loader, load};
use crate::plugin::Plugin;
use crate::replay::{ReplayError, ReplayJob, replay};
use crate::state::HostState;
use crate::turns::Turns;

/// How a sandbox is set up.
#[derive(Clone, Debug, Default)]
pub struct SandboxConfig {
    /// Where compiled code is kept between runs; without it every load compiles.
    pub cache_dir: Option<PathBuf>,
    /// What compiles; without it this process does, and nothing ends it where a component keeps the compiler busy.
    pub compiler: Option<CompilerProcess>,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SandboxError {
    /// This machine cannot run guests.
    #[error("wasmtime does not start: {0}")]
    Engine(String),
    /// The folder for compiled code may not be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    CacheDir(#[from] CacheDirError),
}

/// Where plugins are loaded and run; it can be shared between threads.
pub struct Sandbox {
    engine: Engine,
    turns: Arc<Turns>,
    linker: Linker<HostState>,
    cache: Option<Cache>,
    compiler: Option<CompilerProcess>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts an engine, and opens the folder for compiled code where one is named.
    ///
    /// # Errors
    /// [`SandboxError::Engine`], and [`SandboxError::CacheDir`] where the folder is not the user's alone.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        let failed = |error: wasmtime::Error| SandboxError::Engine(format!("{error:#}"));
        let turns = Arc::new(Turns::new());
        let ticking = Arc::clone(&turns);
        let engine = engine::start(move || ticking.tick()).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        Collector::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut HostState| state).map_err(failed)?;
        let cache = config.cache_dir.map(|dir| Cache::open(&dir, &engine)).transpose()?;
        Ok(Self { engine, turns, linker, cache, compiler: config.compiler })
    }

    /// Admits, compiles and describes the component `bytes`; `origin` is `builtin` or the path it was read from. The
    /// plugin keeps the bytes as they came, without a copy: they are part of the evidence.
    ///
    /// # Errors
    /// [`LoadError`] for each way in which it may be refused; nothing of `collect` has run then.
    pub fn load(&self, bytes: impl Into<Cow<'static, [u8]>>, origin: &str) -> Result<Plugin, LoadError> {
        let Self { engine, linker, cache, compiler, .. } = self;
        let loader = Loader { engine, linker, cache: cache.as_ref(), compiler: compiler.as_ref() };
        load(&loader, bytes.into(), origin)
    }

    /// Runs `plugin` once, on a thread of its own where the system gives one. It never fails: every fate is a collection with its
    /// outcome.
    #[must_use]
    pub fn collect(&self, plugin: &Plugin, job: Job) -> Collection {
        let run = || self.collect_here(plugin, job.clone());
        let own = thread::scope(|scope| {
            let own = thread::Builder::new().spawn_scoped(scope, run).ok()?;
            Some(own.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        own.unwrap_or_else(|| self.run(plugin, job, false))
    }

    /// As [`Sandbox::collect`], on this thread, whose priority falls for ever: it should be the run's own.
    #[must_use]
    pub fn collect_here(&self, plugin: &Plugin, job: Job) -> Collection {
        self.run(plugin, job, true)
    }

    fn run(&self, plugin: &Plugin, job: Job, own: bool) -> Collection {
        let (collection, usual) = collect(&self.engine, &self.turns, plugin, job, own);
        if let (Some(cache), Some(usual)) = (&self.cache, usual) {
            cache.put_usual(&plugin.identity.digest, usual);
        }
        collection
    }

    /// Runs `plugin` again on what was recorded of an ok run, and on nothing else. What comes out is what came out then:
    /// rows, claims, notes, log and exchanges.
    ///
    /// # Errors
    /// [`ReplayError`], which says where the run leaves the recording.
    pub fn replay(&self, plugin: &Plugin, job: ReplayJob) -> Result<Collection, ReplayError> {
        replay(&self.engine, plugin, job)
    }
}
