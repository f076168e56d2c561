//! When the clock of what a scanner finds starts, by evaluations as they are sealed.

use serde_json::{Value, json};
use tickmark_ledger::sha256;
use tickmark_model::parse_instant;

use super::*;

const OLD: &str = "CC7.1-old";
const NEW: &str = "CC7.1-new";

/// What was sealed so far.
struct Sealed {
    blobs: BTreeMap<Digest, Vec<u8>>,
    evaluations: Vec<Value>,
}

impl Sealed {
    fn new() -> Self {
        Self { blobs: BTreeMap::new(), evaluations: Vec::new() }
    }

    fn blob(&mut self, value: &Value) -> Digest {
        let bytes = serde_json::to_vec(value).unwrap();
        let digest = sha256(&bytes);
        self.blobs.insert(digest, bytes);
        digest
    }

    /// An evaluation of what scans show on a day: the findings in words, `!` before one that fails, `~` before one that is no more
    /// open, and behind `@` when the scanner says that it saw it first. The population is complete.
    fn seal(mut self, control: &str, day: &str, findings: &str) -> Self {
        let (mut rows, mut failing) = (Vec::new(), Vec::new());
        for word in findings.split_whitespace() {
            let (name, first_seen) = word.split_once('@').map_or((word, None), |(name, first)| (name, Some(first)));
            let id = name.trim_start_matches(['!', '~']);
            let state = if name.starts_with('~') { "fixed" } else { "open" };
            let first_seen = first_seen.map(|day| format!("{day}T00:00:00Z"));
            let attributes = json!({ "state": state, "first_seen": first_seen });
            rows.push(json!({ "attributes": attributes, "id": id, "kind": "Vulnerability::Finding" }));
            if name.starts_with('!') {
                let subject = json!({ "collector": "scans", "id": id, "kind": "Vulnerability::Finding" });
                let policy = json!({ "id": "p", "message": "m", "remediation": "r", "severity": "high" });
                failing.push(json!({ "policies": [policy], "receipts": [], "subject": subject }));
            }
        }
        let (count, failed) = (rows.len(), failing.len());
        let observations = self.blob(&Value::Array(rows));
        let exceptions = (failed > 0).then(|| self.blob(&Value::Array(failing)));
        let outcome = if failed > 0 { "fail" } else { "pass" };
        let counts = json!({
            "conforming": count - failed, "exceptions": failed, "excluded": 0, "in_scope": count, "undecided": 0,
        });
        let part = json!({
            "fact": "vulnerability", "instance": "scans", "observations": { "digest": observations, "size": 1 },
        });
        let mut result = json!({ "counts": counts, "outcome": outcome, "reasons": [] });
        if let Some(exceptions) = exceptions {
            result["exceptions"] = json!(exceptions);
        }
        self.evaluations.push(json!({
            "as_of": format!("{day}T00:00:00Z"),
            "collectors": [part],
            "control": { "id": control, "operation": "state" },
            "population": { "complete": true },
            "result": result,
            "simulated": false,
            "system": { "name": "web" },
        }));
        self
    }

    /// The exceptions of the evaluation that was sealed last are there no more.
    fn erase_exceptions(mut self) -> Self {
        let last = self.evaluations.last().unwrap();
        let digest: Digest = serde_json::from_value(last["result"]["exceptions"].clone()).unwrap();
        self.blobs.remove(&digest).unwrap();
        self
    }

    /// Holds the start of each clock, as `control finding day`, against what is expected.
    #[track_caller]
    fn check(self, expected: &[&str]) {
        let mut known = KnownRemediations {
            remediations: Remediations::new(TimeZone::UTC),
            acts: BTreeMap::new(),
            waiting: BTreeMap::new(),
            lost: Vec::new(),
            evaluations: BTreeMap::new(),
        };
        let mut followed = Followed::default();
        let blobs = |digest: &Digest| Ok(self.blobs.get(digest).cloned());
        for (index, it) in (0..).zip(&self.evaluations) {
            let recorded_at = parse_instant(it["as_of"].as_str().unwrap()).unwrap();
            let judged: Judged = serde_json::from_value(it.clone()).unwrap();
            known.take(&blobs, Place { index, recorded_at }, judged, &mut followed).unwrap();
        }
        let line = |it: &Episode| {
            let day = it.since.utc().date_naive();
            format!("{} {} {day}", it.key.control, it.key.subject.id)
        };
        assert_eq!(known.remediations.episodes().map(line).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_came_back_has_a_first_sight_of_its_own() {
    let gone = Sealed::new().seal(OLD, "2026-01-01", "a").seal(OLD, "2026-01-20", "!a").seal(OLD, "2026-02-01", "");
    let back = gone.seal(OLD, "2026-04-01", "a").seal(OLD, "2026-04-10", "").seal(OLD, "2026-04-15", "a");
    back.seal(OLD, "2026-04-24", "!a").check(&["CC7.1-old a 2026-01-01", "CC7.1-old a 2026-04-01"]);
}

#[test]
fn what_was_closed_while_it_was_open_is_seen_again_by_the_next_look() {
    let closed = Sealed::new().seal(OLD, "2026-01-20", "!a").seal(OLD, "2026-02-01", "a");
    let young = closed.seal(OLD, "2026-02-02", "a").seal(OLD, "2026-02-03", "a");
    young.seal(OLD, "2026-04-24", "!a").check(&["CC7.1-old a 2026-01-20", "CC7.1-old a 2026-02-02"]);
}

#[test]
fn an_evaluation_whose_exceptions_were_erased_still_shows_what_it_observed() {
    let erased = Sealed::new().seal(OLD, "2026-01-01", "a !b").erase_exceptions();
    erased.seal(OLD, "2026-01-20", "!a").check(&["CC7.1-old a 2026-01-01"]);
}

#[test]
fn of_what_the_scanner_says_and_what_was_sealed_the_earlier_counts() {
    let young = || Sealed::new().seal(OLD, "2026-01-10", "a");
    young().seal(OLD, "2026-01-20", "!a@2026-01-15").check(&["CC7.1-old a 2026-01-10"]);
    young().seal(OLD, "2026-01-20", "!a@2026-01-05").check(&["CC7.1-old a 2026-01-05"]);
    // A scanner keeps the first date of what was gone in between: then it says nothing of the second time.
    let gone = Sealed::new().seal(OLD, "2026-01-20", "!a@2026-01-05").seal(OLD, "2026-02-01", "");
    gone.seal(OLD, "2026-04-01", "a@2026-01-05")
        .seal(OLD, "2026-04-24", "!a@2026-01-05")
        .check(&["CC7.1-old a 2026-01-05", "CC7.1-old a 2026-04-01"]);
}

#[test]
fn another_control_over_the_same_finding_starts_no_clock_anew() {
    let replaced = Sealed::new().seal(OLD, "2026-01-01", "a").seal(NEW, "2026-01-20", "!a");
    replaced.check(&["CC7.1-new a 2026-01-01"]);
    let failing = Sealed::new().seal(OLD, "2026-01-01", "!a").seal(NEW, "2026-01-20", "!a");
    failing.check(&["CC7.1-new a 2026-01-01", "CC7.1-old a 2026-01-01"]);
}

#[test]
fn what_was_put_right_under_another_control_was_not_seen_before_that() {
    let gone = Sealed::new().seal(OLD, "2026-01-01", "!a").seal(OLD, "2026-02-01", "");
    let back = gone.seal(OLD, "2026-04-01", "a").seal(NEW, "2026-04-24", "!a");
    back.check(&["CC7.1-new a 2026-04-01", "CC7.1-old a 2026-01-01"]);
    // That another control lets it pass while it is open puts nothing right.
    let passed = Sealed::new().seal(OLD, "2026-01-01", "!a").seal(OLD, "2026-02-01", "a");
    passed.seal(NEW, "2026-04-24", "!a").check(&["CC7.1-new a 2026-01-01", "CC7.1-old a 2026-01-01"]);
}
