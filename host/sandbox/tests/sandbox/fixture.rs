//! A guest compiled once, a sandbox, and jobs to run in it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tickmark_model::{Collection, CollectorId, Digest, Instant, Scalar, Value};
use tickmark_sandbox::{BlobSink, Grants, Job, Limits, Plugin, Sandbox, SandboxConfig};

use crate::build::Build;
use crate::toolchain::Toolchain;

/// The guest as a component.
pub static GUEST: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let build = Build {
        toolchain: Toolchain::choose().unwrap(),
        workspace: Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned(),
        target_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest"),
    };
    build.component("tickmark-test-guest").unwrap()
});

/// A sandbox without a cache, and the guest loaded into it.
pub static LOADED: LazyLock<(Sandbox, Plugin)> = LazyLock::new(|| {
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    let plugin = sandbox.load(GUEST.as_slice(), "test").unwrap();
    (sandbox, plugin)
});

/// The guest with another `describe`; `how` has at most 7 letters.
pub fn describing(how: &str) -> Vec<u8> {
    let mut bytes = GUEST.clone();
    let marker = b"describe:soundly";
    let places: Vec<usize> =
        bytes.windows(marker.len()).enumerate().filter(|(_, window)| window == marker).map(|(at, _)| at).collect();
    let [at] = places[..] else { panic!("the marker is at {places:?}, expected one place") };
    bytes[at + 9..at + 16].copy_from_slice(format!("{how:<7}").as_bytes());
    bytes
}

/// Blobs in memory.
#[derive(Default)]
pub struct Blobs(pub Mutex<BTreeMap<Digest, Vec<u8>>>);

impl Blobs {
    pub fn text(&self, digest: Digest) -> String {
        String::from_utf8(self.0.lock().unwrap()[&digest].clone()).unwrap()
    }
}

impl BlobSink for Blobs {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest(Sha256::digest(bytes).into());
        self.0.lock().unwrap().insert(digest, bytes.to_vec());
        Ok(digest)
    }
}

/// One job to adapt and run.
pub struct Fixture {
    pub dir: TempDir,
    pub blobs: Arc<Blobs>,
    pub job: Job,
}

impl Fixture {
    /// A job in `mode` that is granted `vital`, a folder with the file `data`.
    pub fn new(mode: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("data"), "what the source says").unwrap();
        let blobs = Arc::new(Blobs::default());
        let job = Job {
            id: CollectorId { instance: "guest".into(), system: "web".into() },
            grants: Arc::new(grants(json!({ "files": { "vital": { "path": dir.path() } } }))),
            settings: BTreeMap::from([("mode".to_owned(), Value::One(Scalar::Text(mode.to_owned())))]),
            as_of: Instant::from_ms(1_700_000_000_000).unwrap(),
            limits: Limits { fuel: 2_000_000_000, ..Limits::default() },
            blobs: blobs.clone(),
            clock: Arc::new(|| Instant::from_ms(1_700_000_001_000).unwrap()),
        };
        Self { dir, blobs, job }
    }

    pub fn count(mut self, count: i64) -> Self {
        self.job.settings.insert("count".to_owned(), Value::One(Scalar::Long(count)));
        self
    }

    pub fn limits(mut self, limit: impl FnOnce(&mut Limits)) -> Self {
        limit(&mut self.job.limits);
        self
    }

    pub fn granting(mut self, granted: serde_json::Value) -> Self {
        self.job.grants = Arc::new(grants(granted));
        self
    }

    pub fn run(&self) -> Collection {
        let (sandbox, plugin) = &*LOADED;
        sandbox.collect(plugin, self.job.clone())
    }

    /// How the run ends, as `outcome: detail`; and what must hold after every run, whatever it was.
    #[track_caller]
    pub fn check(&self, expected: &str) -> Collection {
        let collection = self.run();
        let detail = collection.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        assert_eq!(format!("{}{detail}", collection.outcome), expected);
        if expected != "ok" {
            assert!(collection.tables.is_empty() && collection.populations.is_empty(), "a lost run left something");
            assert_eq!(Self::new("ok").run().outcome.as_str(), "ok", "the next run suffers");
        }
        collection
    }
}

pub fn grants(granted: serde_json::Value) -> Grants {
    serde_json::from_value(granted).unwrap()
}
