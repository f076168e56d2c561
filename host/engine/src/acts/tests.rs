//! What is read back of acts that no command would have written, or of which something is gone.

use tempfile::TempDir;
use tickmark_ledger::{
    Body, ControlRef, InvokedBy, LogReader, ManualEvidence, ManualEvidenceAct, NewRecord, Prev, Waiver, WaiverAct,
    canonical_json,
};
use tickmark_model::Digest;

use super::*;
use crate::evidence_by_hand::{AddEvidence, EvidenceState, pieces};
use crate::ledger;
use crate::site::{self, Site};
use crate::waivers::{AddWaiver, waivers};
use crate::watch::Silent;

const CONTROL: &str = "CC6.3-mfa-for-admins";

fn site() -> (TempDir, Site) {
    let dir = tempfile::tempdir().unwrap();
    let text = "company = \"Acme\"\n[[system]]\nname = \"web\"\nenvironment = \"production\"\n";
    let site = site::read_text(&dir.path().join("tickmark.toml"), text).unwrap();
    std::fs::write(dir.path().join("minutes.txt"), "everybody agreed").unwrap();
    (dir, site)
}

fn ada() -> InvokedBy {
    InvokedBy { ci_job: None, host: "build-7".to_owned(), user: "ada".to_owned() }
}

fn waiver(site: &Site) -> AddWaiver {
    let today = today(site).unwrap();
    AddWaiver {
        control: CONTROL.to_owned(),
        system: None,
        subjects: vec![],
        from: today,
        until: today,
        reason: "late".to_owned(),
        requested_by: "ada".to_owned(),
        approved_by: "boris".to_owned(),
    }
}

/// Appends a record that no command writes, with this statement.
fn forge(site: &Site, body: impl Into<Body>, statement: &serde_json::Value) {
    let mut ledger = ledger::open(site, &Silent).unwrap().ledger;
    let blobs = vec![named(&ledger, STATEMENT, &canonical_json(statement).unwrap()).unwrap()];
    append(&mut ledger, &site.company, ada(), NewRecord { blobs, ..NewRecord::new(body) }).unwrap();
}

fn log_of(site: &Site) -> LogReader {
    LogReader::open(&site.ledger).unwrap()
}

#[test]
fn an_approval_by_whoever_brought_it_counts_as_none() {
    let (dir, site) = site();
    let add = AddEvidence {
        control: CONTROL.to_owned(),
        file: dir.path().join("minutes.txt"),
        effective: today(&site).unwrap(),
        by: "ada".to_owned(),
        covers: None,
        expires: None,
        replaces: None,
    };
    let brought = add.seal(&site, ada(), &Silent).unwrap();
    let approve = |leaf: Digest| ManualEvidence {
        act: ManualEvidenceAct::Approve,
        control: ControlRef { id: CONTROL.to_owned(), version: None },
        covers: None,
        effective: add.effective,
        expires: None,
        of: Some(Prev { index: brought.index, leaf }),
        replaces: None,
    };
    let by = |name: &str| serde_json::json!({ "authenticated": false, "by": name });
    let state = || pieces(&log_of(&site), None).unwrap()[0].state(add.effective);
    forge(&site, approve(brought.leaf), &by(" Ada"));
    assert_eq!(state(), EvidenceState::Waiting);
    // One about another record than the one that it names is of none either.
    forge(&site, approve(Digest([7; 32])), &by("boris"));
    assert_eq!(state(), EvidenceState::Waiting);
    forge(&site, approve(brought.leaf), &by("boris"));
    assert_eq!(state(), EvidenceState::Approved);
    let brought = pieces(&log_of(&site), None).unwrap()[0].brought();
    assert_eq!(brought.approved.map(|place| place.index), Some(4));
}

#[test]
fn a_waiver_whose_statement_is_gone_is_in_force_no_more() {
    let (_dir, site) = site();
    let added = waiver(&site).seal(&site, ada(), &Silent).unwrap();
    let state = || {
        let at = crate::clock::now().unwrap();
        waivers(&log_of(&site), None).unwrap()[0].state(at, site.day(at).unwrap())
    };
    assert_eq!(state(), "in force");
    let digest = added.record.head.blob(STATEMENT).unwrap().digest.to_string();
    let hex = digest.rsplit(':').next().unwrap();
    std::fs::remove_file(site.ledger.join("blobs/sha256").join(&hex[..2]).join(hex)).unwrap();
    assert_eq!(state(), "erased");
}

#[test]
fn the_end_of_another_waiver_ends_none() {
    let (_dir, site) = site();
    let asked = waiver(&site);
    let added = asked.seal(&site, ada(), &Silent).unwrap();
    let expire = |leaf: Digest| Waiver {
        act: WaiverAct::Expire,
        control: ControlRef { id: CONTROL.to_owned(), version: None },
        from: asked.from,
        of: Some(Prev { index: added.index, leaf }),
        system: None,
        until: asked.until,
    };
    let by = serde_json::json!({ "authenticated": false, "by": "carla" });
    let ended = || waivers(&log_of(&site), None).unwrap()[0].ended.clone();
    forge(&site, expire(Digest([7; 32])), &by);
    assert_eq!(ended(), None);
    forge(&site, expire(added.leaf), &by);
    assert_eq!(ended().and_then(|said| said.by).as_deref(), Some("carla"));
}

#[test]
fn a_refusal_names_one_problem_on_its_line_and_several_below_it() {
    let check = |problems: &[&str]| refuse("the waiver", problems).unwrap_err().to_string();
    assert_eq!(check(&["it has no reason"]), "the waiver cannot be recorded: it has no reason");
    assert_eq!(check(&["a", "b"]), "the waiver cannot be recorded, for 2 reasons\n  a\n  b");
    assert_eq!(refuse("the waiver", [""; 0]), Ok(()));
}
