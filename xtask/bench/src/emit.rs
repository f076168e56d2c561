//! Emitting rows through the sandbox: a guest that makes rows of six cells and hands them over in batches.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use criterion::Criterion;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tickmark_model::{Collection, CollectorId, Digest, Instant, RunOutcome, Scalar, Value};
use tickmark_sandbox::{BlobSink, Grants, Job, Limits, Plugin, Sandbox, SandboxConfig};

use crate::guest::Build;
use crate::report::{Estimates, Row};
use crate::subjects::AS_OF_MS;
use crate::toolchain::Toolchain;

/// How many rows the speed is measured with.
const ROWS: i64 = 100_000;

pub fn measure(criterion: &mut Criterion, estimates: &Estimates) -> Result<Vec<Row>> {
    let emitter = Emitter::new()?;
    let mut group = criterion.benchmark_group("emit");
    group.bench_function("100000-rows", |b| b.iter(|| black_box(emitter.emit(ROWS))));
    group.finish();
    let ns = estimates.median_ns("emit/100000-rows")?;
    let goal = Some(("at most 350 ms", ns <= 0.35e9));
    Ok(vec![Row::alone("100,000 rows of 6 cells through `emit`", ns, goal)])
}

/// The guest, loaded.
pub struct Emitter {
    sandbox: Sandbox,
    plugin: Plugin,
    dir: TempDir,
}

impl Emitter {
    pub fn new() -> Result<Self> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a workspace")?;
        let target_dir = workspace.join("target/bench-guest");
        let build = Build { toolchain: Toolchain::choose()?, workspace: workspace.to_owned(), target_dir };
        let component = build.component("tickmark-test-guest")?;
        let sandbox = Sandbox::new(SandboxConfig::default())?;
        let plugin = sandbox.load(component, "bench")?;
        let dir = tempfile::tempdir()?;
        std::fs::write(dir.path().join("data"), "what the source says")?;
        let emitter = Self { sandbox, plugin, dir };
        let collection = emitter.emit(10);
        ensure!(collection.outcome == RunOutcome::Ok, "the guest does not run: {:?}", collection.detail);
        Ok(emitter)
    }

    /// One run that emits `rows` rows.
    pub fn emit(&self, rows: i64) -> Collection {
        let grants = serde_json::json!({ "files": { "vital": { "path": self.dir.path() } } });
        let at = Instant::from_ms(AS_OF_MS);
        let job = Job {
            id: CollectorId { instance: "guest".into(), system: "bench".into() },
            grants: Arc::new(serde_json::from_value::<Grants>(grants).unwrap_or_default()),
            settings: BTreeMap::from([
                ("mode".to_owned(), Value::One(Scalar::Text("many".into()))),
                ("count".to_owned(), Value::One(Scalar::Long(rows))),
            ]),
            as_of: at.unwrap_or_else(|| unreachable!("a fixed instant")),
            limits: Limits::default(),
            blobs: Arc::new(Hashed),
            clock: Arc::new(move || at.unwrap_or_else(|| unreachable!("a fixed instant"))),
        };
        self.sandbox.collect(&self.plugin, job)
    }
}

/// Responses are hashed and let go.
pub struct Hashed;

impl BlobSink for Hashed {
    fn put(&self, bytes: &[u8]) -> std::io::Result<Digest> {
        Ok(Digest(Sha256::digest(bytes).into()))
    }
}
