//! Who waits for whom: nobody, unless the site says how many may run at once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use tickmark_model::{Digest, RunOutcome, parse_instant};

use super::*;
use crate::plan::{Scope, plan};
use crate::run::{Engine, EngineOptions};

/// Bytes are let go.
struct Gone;

impl BlobSink for Gone {
    fn put(&self, _: &[u8]) -> std::io::Result<Digest> {
        Ok(Digest([0; 32]))
    }
}

/// Runs all collectors of the site in `dir`.
fn collect(dir: &Path, watch: &dyn Watch) -> Vec<Collection> {
    let engine = Engine::open(Some(&dir.join("tickmark.toml")), &EngineOptions::default()).unwrap();
    let plan = plan(engine.site().unwrap(), engine.catalog(), &Scope::default()).unwrap();
    engine.collect(&plan, parse_instant("2026-11-20T09:00:00Z").unwrap(), None, Arc::new(Gone), watch).unwrap()
}

fn ruleset() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme/ruleset.json")
}

/// A firewall collector that reads what `program` writes.
fn system(name: &str, program: &[&str]) -> String {
    format!(
        r#"
[[system]]
name = "{name}"
environment = "test"
[[system.collector]]
plugin = "firewall"
settings = {{ source = "nft" }}
grants.command.nft = {{ argv = {program:?}, timeout = "60s" }}
"#
    )
}

/// Says so when as many sound collectors have ended as there are.
struct Sound {
    left: AtomicUsize,
    ended: Sender<()>,
}

impl Watch for Sound {
    fn event(&self, event: Event<'_>) {
        if let Event::Collected { collection } = event
            && collection.id.system.starts_with("sound")
            && self.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            self.ended.send(()).unwrap();
        }
    }
}

/// A third of a hundred hang until all others have ended. If one of the others waited for one of them, it would wait
/// until the commands that hang are ended.
#[test]
fn collectors_that_hang_hold_up_nobody() {
    const SOUND: usize = 66;
    let dir = tempfile::tempdir().unwrap();
    let pipes: Vec<PathBuf> = (0..34).map(|number| dir.path().join(format!("pipe-{number}"))).collect();
    assert!(Command::new("mkfifo").args(&pipes).status().unwrap().success());
    let ruleset = ruleset();
    let mut site = String::from("company = \"Acme\"\n");
    for (number, pipe) in pipes.iter().enumerate() {
        site += &system(&format!("hanging-{number}"), &["/bin/cat", pipe.to_str().unwrap()]);
    }
    for number in 0..SOUND {
        site += &system(&format!("sound-{number}"), &["/bin/cat", ruleset.to_str().unwrap()]);
    }
    std::fs::write(dir.path().join("tickmark.toml"), site).unwrap();

    let (ended, all_sound) = channel();
    let answer = std::fs::read(&ruleset).unwrap();
    std::thread::spawn(move || {
        all_sound.recv().unwrap();
        pipes.iter().for_each(|pipe| std::fs::write(pipe, &answer).unwrap());
    });
    let collections = collect(dir.path(), &Sound { left: AtomicUsize::new(SOUND), ended });
    let failed: Vec<String> = collections
        .iter()
        .filter(|collection| collection.outcome != RunOutcome::Ok)
        .map(|collection| format!("{}: {:?}", collection.id, collection.detail))
        .collect();
    assert_eq!(failed, [] as [&str; 0]);
    assert_eq!(collections.len(), 100);
}

/// The systems of those that ended, in that order.
struct Order(Mutex<Vec<String>>);

impl Watch for Order {
    fn event(&self, event: Event<'_>) {
        if let Event::Collected { collection } = event {
            self.0.lock().unwrap().push(collection.id.system.clone());
        }
    }
}

#[test]
fn one_at_a_time_they_run_in_the_order_of_the_site() {
    let dir = tempfile::tempdir().unwrap();
    let mut site = String::from("company = \"Acme\"\nlimits.collectors_at_once = 1\n");
    let names: Vec<String> = (0..12).map(|number| format!("system-{number}")).collect();
    for name in &names {
        write!(site, "{}", system(name, &["/bin/cat", ruleset().to_str().unwrap()])).unwrap();
    }
    std::fs::write(dir.path().join("tickmark.toml"), site).unwrap();
    let order = Order(Mutex::default());
    let collections = collect(dir.path(), &order);
    assert_eq!(order.0.into_inner().unwrap(), names);
    let planned: Vec<&str> = collections.iter().map(|collection| collection.id.system.as_str()).collect();
    assert_eq!(planned, names);
}
