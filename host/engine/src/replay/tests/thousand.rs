//! The same recording gives the same bytes: on one thread and on several, from the compiler and from the cache, a thousand
//! times.

use std::sync::atomic::{AtomicUsize, Ordering};

use tickmark_ledger::{Evaluation, Head, finding_digest};
use tickmark_model::Instant;
use tickmark_policy::Input;
use tickmark_sandbox::CodeSource;

use super::*;

/// How often the session is played in each of the four ways.
const EACH: usize = 250;

/// How many sandboxes that takes in each way; each loads, and where there is no cache compiles, every plugin anew. With the
/// one that fills the cache, that is twenty times that a plugin is compiled.
const SANDBOXES: usize = 2;

/// More than there are cores, so that they get into each other's way.
const THREADS: usize = 8;

/// The example company's run, as its ledger has it.
struct Session {
    evidence: Arc<dyn Evidence>,
    records: Vec<(Head, Evaluation)>,
    /// What judges, compiled once.
    engine: Engine,
}

impl Session {
    fn new() -> Self {
        let records = ACME.records.iter().map(|bytes| serde_json::from_slice::<Record>(bytes).unwrap());
        let records = records.filter_map(|record| match record.body {
            Body::Evaluation(evaluation) => Some((record.head, *evaluation)),
            _ => None,
        });
        // Enough for every way of asking the host: files, queries, a refused connection; and few enough for a thousand times.
        let few = ["uptime", "uptime-web", "backup-jobs", "backup-laptops", "mfa", "firewall"];
        let records = records.filter(|(_, it): &(Head, Evaluation)| {
            it.collectors.iter().all(|part| few.contains(&part.instance.as_str()))
        });
        let records = records.collect();
        let engine = Engine::open(None, &EngineOptions::default()).unwrap();
        Self { evidence: Arc::new(ACME.clone()), records, engine }
    }

    /// The collections that the records rest on, each once.
    fn parts(&self) -> BTreeMap<&str, (&CollectorPart, Instant)> {
        let parts = self.records.iter().flat_map(|(_, it)| it.collectors.iter().map(|part| (part, it.as_of)));
        parts.map(|(part, as_of)| (part.instance.as_str(), (part, as_of))).collect()
    }

    /// Everything that one replay of the whole session leaves behind, as bytes.
    fn play(&self, replayer: &Replayer) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut collections = BTreeMap::new();
        for (instance, (part, as_of)) in self.parts() {
            let (replay, collection) = replayer.collector(&self.evidence, part, as_of);
            assert!(matches!(replay.result, CollectorResult::Same { .. }), "{instance}: {:?}", replay.result);
            let collection = collection.unwrap();
            seen(&collection, &mut bytes);
            collections.insert(instance, collection);
        }
        for (_, it) in &self.records {
            let control = &self.engine.catalog().matrix().entry(&it.control.id).unwrap().control;
            let system = read(&self.evidence.blob(&it.system.digest).unwrap().unwrap());
            let system = serde_json::from_value(system).unwrap();
            let collections: Vec<&Collection> =
                it.collectors.iter().map(|part| &collections[part.instance.as_str()]).collect();
            let input = Input { system: &system, collections: &collections, as_of: it.as_of };
            let finding = self.engine.catalog().policies().assess(control, input);
            assert_eq!(finding_digest(&finding).unwrap(), it.finding, "{}", it.control.id);
            bytes.extend(serde_json::to_vec(&finding).unwrap());
        }
        bytes
    }

    /// Judges with the recorded policies, too, as an auditor does.
    fn judge_as_recorded(&self, replayer: &Replayer) {
        for (index, bytes) in ACME.records.iter().enumerate() {
            if self.records.iter().any(|(head, _)| read(bytes)["id"] == head.id) {
                let outcome = replayer.replay_record(&self.evidence, index as u64).unwrap();
                assert_eq!(outcome.verdict(), Verdict::Same, "{}", show(&outcome));
            }
        }
    }
}

/// Everything that two collections could differ in.
fn seen(it: &Collection, bytes: &mut Vec<u8>) {
    let Collection { id, plugin, outcome, detail, settings, grants, runtime, exchanges, tables, .. } = it;
    let Collection { populations, notes, log, as_of, fetched_at, descriptor, .. } = it;
    let all = json!({
        "id": id, "plugin": plugin, "outcome": outcome, "detail": detail, "settings": settings, "grants": grants,
        "runtime": runtime, "exchanges": exchanges, "populations": populations, "notes": notes, "log": log,
        "as_of": as_of, "fetched_at": fetched_at, "descriptor": descriptor, "tables": tables.keys().collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *bytes, &all).unwrap();
    // Row by row as they were emitted: what a ledger keeps of them is sorted.
    for table in tables.values() {
        for row in 0..table.len() {
            serde_json::to_writer(&mut *bytes, &table.observation(row)).unwrap();
        }
    }
}

/// Plays the session [`EACH`] times on so many threads, in several sandboxes with these options.
fn check(session: &Session, expected: &[u8], options: &EngineOptions, threads: usize) {
    let from_cache = options.cache_dir.is_some();
    for _ in 0..SANDBOXES {
        let replayer = Replayer::new(options).unwrap();
        let left = AtomicUsize::new(EACH / SANDBOXES);
        let play = || {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let played = session.play(&replayer);
                // Not `assert_eq`: nobody could read that.
                assert!(played == expected, "other bytes, threads: {threads}, cache: {from_cache}");
            }
        };
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(play))));
        session.judge_as_recorded(&replayer);
        let plugins = replayer.plugins();
        assert_eq!(plugins.len(), 4);
        for plugin in plugins.values() {
            assert_eq!(matches!(plugin.code(), CodeSource::Cache), from_cache, "{:?}", plugin.identity());
        }
    }
}

#[test]
fn a_recording_gives_the_same_bytes_a_thousand_times() {
    let session = Session::new();
    let dir = tempfile::tempdir().unwrap();
    let cached = EngineOptions { cache_dir: Some(dir.path().join("code")), compiler: None };
    // Fills the cache.
    let expected = session.play(&Replayer::new(&cached).unwrap());
    for options in [cached, EngineOptions::default()] {
        for threads in [1, THREADS] {
            check(&session, &expected, &options, threads);
        }
    }
}
