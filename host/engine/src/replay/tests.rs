//! Runs of the example company, sealed, taken apart and replayed; then with one thing changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tickmark_ledger::{EvidenceError, InvokedBy, LogReader, sha256};
use tickmark_model::parse_instant;

use super::*;
use crate::plan::Scope;
use crate::run::{Engine, RunRequest};
use crate::watch::Silent;

mod thousand;

/// Records and blobs in memory.
#[derive(Clone, Default)]
struct Archive {
    records: Vec<Vec<u8>>,
    blobs: BTreeMap<Digest, Vec<u8>>,
}

impl Evidence for Archive {
    fn indexes(&self) -> Result<Vec<u64>, EvidenceError> {
        let indexed = (0..).zip(&self.records);
        Ok(indexed.filter(|(_, bytes)| read(bytes)["kind"] == "evaluation").map(|(index, _)| index).collect())
    }

    fn record(&self, index: u64) -> Result<Vec<u8>, EvidenceError> {
        let bytes = usize::try_from(index).ok().and_then(|at| self.records.get(at));
        bytes.cloned().ok_or(EvidenceError::NoRecord(index))
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, EvidenceError> {
        Ok(self.blobs.get(digest).cloned())
    }

    fn erased_by(&self, digest: &Digest) -> Result<Option<u64>, EvidenceError> {
        let says = |bytes: &&Vec<u8>| {
            let record = read(bytes);
            record["kind"] == "tombstone" && record["blob"]["digest"] == digest.to_string()
        };
        Ok(self.records.iter().rposition(|bytes| says(&bytes)).map(|at| at as u64))
    }
}

impl Archive {
    /// Everything that stands in the ledger at `folder`.
    fn of(folder: &Path) -> Self {
        let mut archive = Self::default();
        let log = LogReader::open(folder).unwrap();
        archive.records.extend((0..log.size()).map(|index| log.entry(index).unwrap()));
        for folder in std::fs::read_dir(folder.join("blobs/sha256")).unwrap() {
            for blob in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                archive.put(std::fs::read(blob.unwrap().path()).unwrap());
            }
        }
        archive
    }

    fn put(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = sha256(&bytes);
        self.blobs.insert(digest, bytes);
        digest
    }

    /// The index of the one record about `control`.
    fn find(&self, control: &str) -> usize {
        self.records.iter().position(|bytes| read(bytes)["control"]["id"] == control).unwrap()
    }

    /// Changes the record about `control`.
    fn change(&mut self, control: &str, change: impl FnOnce(&mut Value)) {
        let at = self.find(control);
        let mut record = read(&self.records[at]);
        change(&mut record);
        self.records[at] = record.to_string().into_bytes();
    }

    /// Changes the JSON blob that stands at `pointer` in the record about `control`, digest and size with it.
    fn change_blob(&mut self, control: &str, pointer: &str, change: impl FnOnce(&mut Value)) {
        let mut blob = read(&self.blobs[&self.digest(control, pointer)]);
        change(&mut blob);
        let bytes = blob.to_string().into_bytes();
        let size = bytes.len();
        let digest = self.put(bytes);
        self.change(control, |record| {
            let named = record.pointer_mut(pointer).unwrap();
            named["digest"] = json!(digest);
            named["size"] = json!(size);
        });
    }

    /// The digest of the blob that stands at `pointer` in the record about `control`.
    fn digest(&self, control: &str, pointer: &str) -> Digest {
        let record = read(&self.records[self.find(control)]);
        record.pointer(pointer).unwrap()["digest"].as_str().unwrap().parse().unwrap()
    }

    /// The pointer to the blob called `name` in the record about `control`.
    fn named(&self, control: &str, name: &str) -> String {
        let record = read(&self.records[self.find(control)]);
        let blobs = record["blobs"].as_array().unwrap();
        format!("/blobs/{}", blobs.iter().position(|blob| blob["name"] == name).unwrap())
    }

    fn replay(self, control: &str) -> Result<ReplayOutcome, ReplayRecordError> {
        let index = self.find(control) as u64;
        let evidence: Arc<dyn Evidence> = Arc::new(self);
        REPLAYER.replay_record(&evidence, index)
    }
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

static REPLAYER: LazyLock<Replayer> = LazyLock::new(|| Replayer::new(&EngineOptions::default()).unwrap());

/// The example company run once with `change` made to its folder; the folder is gone when this returns.
fn run(change: impl FnOnce(&Path)) -> Archive {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme");
    let dir = tempfile::tempdir().unwrap();
    copy(&example, dir.path());
    let sql = std::fs::read_to_string(example.join("acme.sql")).unwrap();
    rusqlite::Connection::open(dir.path().join("acme.db")).unwrap().execute_batch(&sql).unwrap();
    change(dir.path());
    let engine = Engine::open(Some(&dir.path().join("tickmark.toml")), &EngineOptions::default()).unwrap();
    engine
        .run(RunRequest {
            scope: Scope::default(),
            as_of: Some(parse_instant("2026-11-20T09:00:00Z").unwrap()),
            invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
            watch: &Silent,
        })
        .unwrap();
    let archive = Archive::of(&engine.site().unwrap().ledger);
    dir.close().unwrap();
    archive
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

static ACME: LazyLock<Archive> = LazyLock::new(|| run(|_| {}));

/// An outcome in a few lines; digests are cut to their first hexadecimal digits where they are anybody's.
fn show(outcome: &ReplayOutcome) -> String {
    let other = |version: &Option<OtherVersion>| {
        version.as_ref().map(|it| format!(" [{} now {}]", it.recorded, it.ours)).unwrap_or_default()
    };
    let mut lines = vec![format!("{}: {}", outcome.control, outcome.verdict().as_str())];
    for it in &outcome.collectors {
        let result = match &it.result {
            CollectorResult::Same { .. } => "same".to_owned(),
            CollectorResult::Different { first: None, .. } => "different, nowhere to look".to_owned(),
            CollectorResult::Different { first: Some(first), .. } => format!("different: {first}"),
            CollectorResult::NotReplayable(why) => format!("not replayable: {why}"),
            CollectorResult::Failed(failure) => format!("failed: {failure}"),
        };
        lines.push(format!("  {}{}: {result}", it.instance, other(&it.other_runtime)));
    }
    let result = match &outcome.finding.result {
        FindingResult::Same { outcome, .. } => format!("same, {outcome}"),
        FindingResult::Different { first: None, .. } => "different, nowhere to look".to_owned(),
        FindingResult::Different { first: Some(first), .. } => format!("different: {first}"),
        FindingResult::NotReplayable(why) => format!("not replayable: {why}"),
        FindingResult::NotJudged { collector } => format!("not judged without {collector}"),
        FindingResult::Failed(failure) => format!("failed: {failure}"),
    };
    lines.push(format!("  finding{}: {result}\n", other(&outcome.finding.other_engine)));
    let text = lines.join("\n");
    let mut parts = text.split("sha256:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}sha256:...{}", &part[64..]))
}

/// What the replay of the record about `control` gives after `change`.
#[track_caller]
fn check(control: &str, change: impl FnOnce(&mut Archive), expected: Expect) {
    let mut archive = ACME.clone();
    change(&mut archive);
    expected.assert_eq(&show(&archive.replay(control).unwrap()));
}

const MFA: &str = "CC6.3-mfa-for-admins";

#[test]
fn every_record_of_the_example_replays_from_its_ledger_alone() {
    let evidence: Arc<dyn Evidence> = Arc::new(ACME.clone());
    let indexes = evidence.indexes().unwrap();
    let controls = tickmark_policy::matrix::load(&[]).unwrap().controls().count();
    assert_eq!(indexes.len(), controls);
    let replayed: Vec<ReplayOutcome> =
        indexes.iter().map(|index| REPLAYER.replay_record(&evidence, *index).unwrap()).collect();
    assert!(replayed.iter().all(|outcome| outcome.verdict() == Verdict::Same));
    // Where the example has no collector for a control, there is a finding and nothing that it rests on.
    let shown: Vec<String> = replayed.iter().filter(|outcome| !outcome.collectors.is_empty()).map(show).collect();
    expect![[r#"
        A1.1-capacity-headroom: same
          monitoring: same
          finding: same, fail
        A1.1-health-checks: same
          uptime-web: same
          finding: same, fail
        A1.1-host-uptime: same
          uptime: same
          finding: same, pass
        A1.1-replicas-up: same
          monitoring: same
          finding: same, fail
        A1.1-systems-monitored: same
          monitoring: same
          finding: same, fail
        A1.1-uptime-objective: same
          uptime: same
          finding: same, pass
        A1.2-backup-daily: same
          backup-jobs: same
          backup-laptops: same
          finding: same, fail
        A1.2-backup-recent: same
          backup-jobs: same
          backup-laptops: same
          finding: same, fail
        A1.3-backup-checked: same
          recovery: same
          finding: same, pass
        A1.3-exercise-report: same
          recovery: same
          finding: same, fail
        A1.3-recovery-exercised: same
          recovery: same
          finding: same, fail
        A1.3-recovery-objectives: same
          recovery: same
          finding: same, fail
        A1.3-restore-test: same
          backup-jobs: same
          finding: same, pass
        C1.1-confidential-encrypted: same
          data-register: same
          finding: same, fail
        C1.1-data-register: same
          data-register: same
          finding: same, fail
        C1.2-deletion-on-time: same
          retention: same
          finding: same, fail
        CC4.2-remediation-on-time: same
          remediations: same
          finding: same, inconclusive
        CC6.1-access-keys: same
          iam-aws: same
          finding: same, fail
        CC6.1-mfa-adoption: same
          mfa: same
          finding: same, fail
        CC6.1-storage-encrypted: same
          encryption: same
          finding: same, fail
        CC6.2-access-review: same
          review: same
          finding: same, inconclusive
        CC6.2-access-review-actions: same
          review: same
          finding: same, inconclusive
        CC6.2-access-termination: same
          lifecycle: same
          finding: same, fail
        CC6.2-account-owner: same
          lifecycle: same
          finding: same, fail
        CC6.2-inactive-accounts: same
          iam-aws: same
          iam-okta: same
          finding: same, fail
        CC6.2-joiner-approved: same
          lifecycle: same
          finding: same, pass
        CC6.2-service-account-owners: same
          iam-aws: same
          iam-okta: same
          finding: same, fail
        CC6.3-grants-by-others: same
          iam-okta: same
          finding: same, fail
        CC6.3-mfa-for-admins: same
          mfa: same
          finding: same, fail
        CC6.3-mover-roles: same
          lifecycle: same
          finding: same, fail
        CC6.3-privileged-accounts: same
          iam-aws: same
          iam-okta: same
          finding: same, fail
        CC6.3-privileged-roles: same
          iam-aws: same
          finding: same, fail
        CC6.6-firewall-default-deny: same
          firewall: same
          finding: same, pass
        CC6.6-firewall-inbound: same
          firewall: same
          finding: same, fail
        CC6.6-firewall-review: same
          review: same
          finding: same, inconclusive
        CC6.7-tls-certificates: same
          encryption: same
          finding: same, fail
        CC6.7-tls-endpoints: same
          encryption: same
          finding: same, fail
        CC7.1-unknown-assets: same
          vulnerability: same
          finding: same, fail
        CC7.1-vulnerabilities-remediated: same
          vulnerability: same
          finding: same, fail
        CC7.1-vulnerability-scan: same
          vulnerability: same
          finding: same, fail
        CC7.2-access-log-complete: same
          accesslog: same
          finding: same, fail
        CC7.2-alert-rules: same
          monitoring: same
          finding: same, fail
        CC7.2-failed-logins: same
          mfa: same
          finding: same, inconclusive
        CC7.2-failed-logins-ssh: same
          accesslog: same
          finding: same, pass
        CC7.2-ids-monitoring: same
          ids: same
          finding: same, pass
        CC7.2-targets-scraped: same
          monitoring: same
          finding: same, fail
        CC7.3-alerts-answered: same
          ids: same
          finding: same, fail
        CC8.1-change-approved: same
          change: same
          finding: same, fail
        CC8.1-change-documented: same
          change: same
          finding: same, fail
        CC8.1-change-verified: same
          change: same
          finding: same, fail
        CC8.1-change-window: same
          change: same
          finding: same, pass
        CC9.2-vendor-reports: same
          vendors: same
          finding: same, fail
        P3.2-consent-first: same
          consents: same
          finding: same, fail
        P5.1-subject-requests: same
          requests: same
          finding: same, fail
        P8.1-complaints: same
          requests: same
          finding: same, pass
        PI1.2-rejects-bounded: same
          job-ledger: same
          finding: same, pass
        PI1.3-job-balance: same
          job-ledger: same
          finding: same, fail
        PI1.4-job-on-time: same
          job-ledger: same
          finding: same, fail
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn what_is_not_compared_need_not_be_there() {
    check(
        MFA,
        |archive| {
            for pointer in ["/collectors/0/observations", "/collectors/0/log", &archive.named(MFA, "exceptions")] {
                let digest = archive.digest(MFA, pointer);
                archive.blobs.remove(&digest);
            }
        },
        expect![[r#"
            CC6.3-mfa-for-admins: same
              mfa: same
              finding: same, fail
        "#]],
    );
}

#[test]
fn a_run_that_did_not_end_well_is_not_run_again_but_judged_as_it_ended() {
    let mut folder = String::new();
    let archive = run(|site| {
        folder = site.display().to_string();
        std::fs::remove_file(site.join("ruleset.json")).unwrap();
    });
    let shown = |outcome: ReplayOutcome| show(&outcome).replace(&folder, "SITE");
    expect![[r#"
        CC6.6-firewall-inbound: not-replayable
          firewall: not replayable: the run ended as plugin-error: unavailable: `SITE/ruleset.json` cannot be opened: No such file or directory (os error 2)
          finding: same, inconclusive
    "#]].assert_eq(&shown(archive.clone().replay("CC6.6-firewall-inbound").unwrap()));
    // Whoever says that it ended otherwise is told so.
    let mut changed = archive.clone();
    changed.change("CC6.6-firewall-inbound", |record| record["collectors"][0]["outcome"] = json!("fuel"));
    expect![[r#"
        CC6.6-firewall-inbound: different
          firewall: not replayable: the run ended as fuel: unavailable: `SITE/ruleset.json` cannot be opened: No such file or directory (os error 2)
          finding: different: `reasons[0].code`: recorded "plugin-error", replayed "fuel"
    "#]].assert_eq(&shown(changed.replay("CC6.6-firewall-inbound").unwrap()));
    let mut changed = archive.clone();
    changed.change("CC6.6-firewall-inbound", |record| record["collectors"][0]["outcome"] = json!("ok"));
    expect![[r#"
        CC6.6-firewall-inbound: different
          firewall: failed: the run was ok and ends as plugin-error when it is replayed: unavailable: `SITE/ruleset.json` cannot be opened: No such file or directory (os error 2)
          finding: not judged without firewall
    "#]].assert_eq(&shown(changed.replay("CC6.6-firewall-inbound").unwrap()));
    let mut erased = archive;
    let log = erased.digest("CC6.6-firewall-inbound", "/collectors/0/log");
    erased.blobs.remove(&log);
    expect![[r#"
        CC6.6-firewall-inbound: not-replayable
          firewall: not replayable: the run ended as plugin-error
          finding: not judged without firewall
    "#]]
    .assert_eq(&shown(erased.replay("CC6.6-firewall-inbound").unwrap()));
}

#[test]
fn other_versions_are_told_and_replayed_all_the_same() {
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| {
                record["collectors"][0]["runtime"] = json!("wasmtime 47.0.0");
                record["policy"]["engine"] = json!("cedar 4.0.0");
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: same
              mfa [wasmtime 47.0.0 now wasmtime 48.0.8]: same
              finding [cedar 4.0.0 now cedar 4.14.1]: same, fail
        "#]],
    );
}

#[test]
fn blobs_that_are_gone_are_no_mismatch() {
    let gone = |pointer: fn(&Archive) -> String, expected: Expect| {
        check(
            MFA,
            |archive| {
                let digest = archive.digest(MFA, &pointer(archive));
                archive.blobs.remove(&digest);
            },
            expected,
        );
    };
    gone(
        |_| "/collectors/0/component".to_owned(),
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: not replayable: the blob of the component is not there: sha256:...
              finding: not judged without mfa
        "#]],
    );
    gone(
        |_| "/collectors/0/transcript".to_owned(),
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: not replayable: the blob of the transcript is not there: sha256:...
              finding: not judged without mfa
        "#]],
    );
    gone(
        |archive| archive.named(MFA, "policy"),
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: same
              finding: not replayable: the blob of `policy` is not there: sha256:...
        "#]],
    );
    gone(
        |archive| archive.named(MFA, "system"),
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: same
              finding: not replayable: the blob of `system` is not there: sha256:...
        "#]],
    );
    check(
        MFA,
        |archive| {
            let transcript = read(&archive.blobs[&archive.digest(MFA, "/collectors/0/transcript")]);
            let rows = transcript[0]["blobs"]["rows"]["digest"].as_str().unwrap().parse().unwrap();
            archive.blobs.remove(&rows);
        },
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: not replayable: the blob of response `rows` of exchange 0 is not there: sha256:...
              finding: not judged without mfa
        "#]],
    );
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| {
                record["blobs"].as_array_mut().unwrap().retain(|blob| blob["name"] != "fact");
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: not-replayable
              mfa: same
              finding: not replayable: the record names no blob `fact`
        "#]],
    );
}

#[test]
fn what_was_erased_is_said_to_be() {
    let erased = |pointer: fn(&Archive) -> Digest, expected: Expect| {
        let mut archive = ACME.clone();
        let digest = pointer(&archive);
        archive.blobs.remove(&digest);
        let tombstone = json!({"blob": {"digest": digest, "size": 1}, "kind": "tombstone", "records": []});
        archive.records.push(tombstone.to_string().into_bytes());
        let by = format!("erased by record {}", ACME.records.len());
        expected.assert_eq(&show(&archive.replay(MFA).unwrap()).replace(&by, "erased by the tombstone"));
    };
    let response = |archive: &Archive| {
        let transcript = read(&archive.blobs[&archive.digest(MFA, "/collectors/0/transcript")]);
        transcript[0]["blobs"]["rows"]["digest"].as_str().unwrap().parse().unwrap()
    };
    erased(
        response,
        expect![[r#"
        CC6.3-mfa-for-admins: not-replayable
          mfa: not replayable: cannot be replayed: response `rows` of exchange 0 was erased by the tombstone: sha256:...
          finding: not judged without mfa
    "#]],
    );
    erased(
        |archive| archive.digest(MFA, "/collectors/0/transcript"),
        expect![[r#"
        CC6.3-mfa-for-admins: not-replayable
          mfa: not replayable: cannot be replayed: the transcript was erased by the tombstone: sha256:...
          finding: not judged without mfa
    "#]],
    );
    erased(
        |archive| archive.digest(MFA, &archive.named(MFA, "system")),
        expect![[r#"
        CC6.3-mfa-for-admins: not-replayable
          mfa: same
          finding: not replayable: cannot be replayed: `system` was erased by the tombstone: sha256:...
    "#]],
    );
    // What replays need not is no hindrance.
    erased(
        |archive| archive.digest(MFA, &archive.named(MFA, "exceptions")),
        expect![[r#"
        CC6.3-mfa-for-admins: same
          mfa: same
          finding: same, fail
    "#]],
    );
}

#[test]
fn altered_blobs_are_failures() {
    let altered = |pointer: fn(&Archive) -> String, expected: Expect| {
        check(
            MFA,
            |archive| {
                let digest = archive.digest(MFA, &pointer(archive));
                archive.blobs.get_mut(&digest).unwrap().push(b' ');
            },
            expected,
        );
    };
    altered(
        |_| "/collectors/0/component".to_owned(),
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: the blob of the component has digest sha256:..., the record names sha256:...
              finding: not judged without mfa
        "#]],
    );
    altered(
        |_| "/collectors/0/settings".to_owned(),
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: the blob of the settings has digest sha256:..., the record names sha256:...
              finding: not judged without mfa
        "#]],
    );
    altered(
        |archive| archive.named(MFA, "control"),
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: failed: the blob of `control` has digest sha256:..., the record names sha256:...
        "#]],
    );
}

/// Gives every user of the recorded answer a second factor, as whoever rewrites a recording with its digests would.
fn everybody_enrolled(archive: &mut Archive) {
    let transcript = read(&archive.blobs[&archive.digest(MFA, "/collectors/0/transcript")]);
    let rows: Digest = transcript[0]["blobs"]["rows"]["digest"].as_str().unwrap().parse().unwrap();
    let mut table = read(&archive.blobs[&rows]);
    let column = table["columns"].as_array().unwrap().iter().position(|name| name == "mfa_enabled").unwrap();
    for row in table["rows"].as_array_mut().unwrap() {
        row[column] = json!(true);
    }
    let bytes = table.to_string().into_bytes();
    let size = bytes.len();
    let digest = archive.put(bytes);
    archive.change_blob(MFA, "/collectors/0/transcript", |transcript| {
        transcript[0]["blobs"]["rows"] = json!({ "digest": digest, "size": size });
    });
}

#[test]
fn another_recording_gives_other_observations_and_another_finding() {
    check(
        MFA,
        everybody_enrolled,
        expect![[r#"
        CC6.3-mfa-for-admins: different
          mfa: different: row 2 (`user` "2"), `attributes.mfa_enabled`: recorded false, replayed true
          finding: different: `counts.conforming`: recorded 1, replayed 2
    "#]],
    );
    check(
        MFA,
        |archive| {
            let observations = archive.digest(MFA, "/collectors/0/observations");
            let exceptions = archive.digest(MFA, &archive.named(MFA, "exceptions"));
            everybody_enrolled(archive);
            archive.blobs.remove(&observations);
            archive.blobs.remove(&exceptions);
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: different, nowhere to look
              finding: different, nowhere to look
        "#]],
    );
}

#[test]
fn a_finding_that_was_made_better_is_found_out() {
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| {
                record["result"]["outcome"] = json!("pass");
                record["finding"] = json!(sha256(b"a better one"));
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: different: `outcome`: recorded "pass", replayed "fail"
        "#]],
    );
    // The digest is that of the honest finding, and what people read is not.
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| record["result"]["outcome"] = json!("pass"));
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: different: `result.outcome`: recorded "pass", replayed "fail"
        "#]],
    );
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| {
                record["result"].as_object_mut().unwrap().remove("exceptions");
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: different: `result.exceptions`: recorded nothing, replayed "sha256:..."
        "#]],
    );
    check(
        MFA,
        |archive| {
            archive.change(MFA, |record| record["finding"] = json!(sha256(b"another")));
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: different, nowhere to look
        "#]],
    );
}

#[test]
fn a_recording_that_was_cut_or_extended_fails() {
    let changed = |change: fn(&mut Value), expected: Expect| {
        check(MFA, |archive| archive.change_blob(MFA, "/collectors/0/transcript", change), expected);
    };
    changed(
        |transcript| drop(transcript.as_array_mut().unwrap().pop()),
        expect![[r#"
        CC6.3-mfa-for-admins: different
          mfa: failed: exchange 1 asks `sql.query` of `logins` with request sha256:..., but the recording has 1 exchanges
          finding: not judged without mfa
    "#]],
    );
    changed(
        |transcript| {
            let exchanges = transcript.as_array_mut().unwrap();
            let mut more = exchanges[0].clone();
            more["seq"] = json!(exchanges.len());
            exchanges.push(more);
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: 1 recorded exchanges are left over, from exchange 2 on
              finding: not judged without mfa
        "#]],
    );
    changed(
        |transcript| transcript[0]["grant"] = json!("logins"),
        expect![[r#"
        CC6.3-mfa-for-admins: different
          mfa: failed: exchange 0 asks `sql.query` of `users` with request sha256:..., recorded is `sql.query` of `logins` with request sha256:...
          finding: not judged without mfa
    "#]],
    );
    changed(
        |transcript| *transcript = json!({}),
        expect![[r#"
        CC6.3-mfa-for-admins: different
          mfa: failed: the transcript: invalid type: map, expected a sequence at line 1 column 0
          finding: not judged without mfa
    "#]],
    );
}

#[test]
fn other_settings_and_policies_than_recorded_are_found_out() {
    check(
        MFA,
        |archive| archive.change_blob(MFA, "/collectors/0/settings", |settings| settings["colour"] = json!("red")),
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: the recorded setting `colour` is not declared by the plugin
              finding: not judged without mfa
        "#]],
    );
    // Another policy text, with the digest under which the record names the blob, but not the one of what judged.
    check(
        MFA,
        |archive| {
            let pointer = archive.named(MFA, "policy");
            let digest = archive.put(b"permit (principal, action, resource);".to_vec());
            archive.change(MFA, |record| record.pointer_mut(&pointer).unwrap()["digest"] = json!(digest));
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: same
              finding: failed: the recorded policy has digest sha256:..., the record names sha256:...
        "#]],
    );
    check(
        MFA,
        |archive| archive.change(MFA, |record| record["system"]["name"] = json!("other")),
        expect![[r#"
        CC6.3-mfa-for-admins: different
          mfa: same
          finding: failed: `system`: it is not the system that the record names
    "#]],
    );
}

#[test]
fn another_component_than_the_record_names_does_not_run() {
    let uptime = "A1.1-host-uptime";
    check(
        MFA,
        |archive| {
            let other = archive.digest(uptime, "/collectors/0/component");
            archive.change(MFA, |record| {
                record["collectors"][0]["component"]["digest"] = json!(other);
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: the record: its plugin has digest sha256:..., its component sha256:...
              finding: not judged without mfa
        "#]],
    );
    check(
        MFA,
        |archive| {
            let other = archive.digest(uptime, "/collectors/0/component");
            archive.change(MFA, |record| {
                record["collectors"][0]["component"]["digest"] = json!(other);
                record["collectors"][0]["plugin"]["digest"] = json!(other);
            });
        },
        expect![[r#"
            CC6.3-mfa-for-admins: different
              mfa: failed: the component: calls itself `uptime 0.1.0` of tickmark:collector@0.1.0, recorded is `mfa 0.1.0` of tickmark:collector@0.1.0
              finding: not judged without mfa
        "#]],
    );
}

#[test]
fn what_is_no_evaluation_is_not_replayed() {
    let error = |archive: Archive, index| {
        let evidence: Arc<dyn Evidence> = Arc::new(archive);
        REPLAYER.replay_record(&evidence, index).unwrap_err().to_string()
    };
    let end = ACME.records.len();
    assert_eq!(error(ACME.clone(), end as u64), format!("there is no record {end}"));
    assert_eq!(error(ACME.clone(), 0), "record `key/0` is no evaluation");
    let mut swapped = ACME.clone();
    swapped.records.swap(1, 2);
    assert_eq!(error(swapped, 1), "record 1 cannot be read: its id is `evaluation/2`, its place `evaluation/1`");
    let mut damaged = ACME.clone();
    damaged.records[3].pop();
    assert!(error(damaged, 3).starts_with("record 3 cannot be read: EOF"));
    let mut contradicting = ACME.clone();
    contradicting.change(MFA, |record| {
        let mut part = record["collectors"][0].clone();
        part["fact"] = json!("login_window");
        part["outcome"] = json!("fuel");
        record["collectors"].as_array_mut().unwrap().push(part);
    });
    let at = contradicting.find(MFA) as u64;
    let why = "its parts about collector `mfa` contradict each other";
    assert_eq!(error(contradicting, at), format!("record {at} cannot be read: {why}"));
}
