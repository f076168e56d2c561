//! What is read back of acts that no command would have written, or of which something is gone.

use std::sync::Arc;

use tempfile::TempDir;
use tickmark_ledger::tlog::{LogSigner, SigningKey};
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
        approved_by: Some("boris".to_owned()),
    }
}

/// Appends a record that no command writes, with this statement.
fn forge(site: &Site, body: impl Into<Body>, statement: &serde_json::Value) {
    let mut ledger = ledger::open(site, &Silent).unwrap().ledger;
    let blobs = vec![named(&ledger, STATEMENT, &canonical_json(statement).unwrap()).unwrap()];
    let new = NewRecord { blobs, ..NewRecord::new(body) };
    append(&mut ledger, site, ada().into(), &Signers::default(), new).unwrap();
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
    let by = |name: &str| serde_json::json!({ "by": name });
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

/// The site with a key for each of these people.
fn with_keys(site: &Site, people: &[(&str, u8)]) -> Site {
    let mut text = "company = \"Acme\"\n[[system]]\nname = \"web\"\nenvironment = \"production\"\n".to_owned();
    for (name, seed) in people {
        text.push_str(&format!("[people.\"{name}\"]\nkey = \"{}\"\n", key(*seed).verifier()));
    }
    site::read_text(&site.file, &text).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("x", [seed; 32]).unwrap()
}

/// Who runs the program, with these keys.
fn with(seeds: &[u8]) -> Acting {
    let keys = seeds.iter().map(|seed| Arc::new(key(*seed)) as Arc<dyn LogSigner>).collect();
    Acting { invoked_by: ada(), keys }
}

fn bring(dir: &TempDir, site: &Site, by: &str) -> AddEvidence {
    AddEvidence {
        control: CONTROL.to_owned(),
        file: dir.path().join("minutes.txt"),
        effective: today(site).unwrap(),
        by: by.to_owned(),
        covers: None,
        expires: None,
        replaces: None,
    }
}

fn approval(of: &tickmark_ledger::Appended, site: &Site) -> ManualEvidence {
    ManualEvidence {
        act: ManualEvidenceAct::Approve,
        control: ControlRef { id: CONTROL.to_owned(), version: None },
        covers: None,
        effective: today(site).unwrap(),
        expires: None,
        of: Some(Prev { index: of.index, leaf: of.leaf }),
        replaces: None,
    }
}

#[test]
fn an_act_without_the_key_of_its_person_is_asserted_and_says_so() {
    let (dir, plain) = site();
    let site = with_keys(&plain, &[("ada", 1), ("boris", 2)]);
    let brought = bring(&dir, &site, "ada").seal(&site, with(&[1]), &Silent).unwrap();
    forge(&site, approval(&brought, &site), &serde_json::json!({ "by": "boris" }));
    let piece = &pieces(&log_of(&site), None).unwrap()[0];
    let id = |seed: u8| format!("{:08x}", key(seed).verifier().id());
    assert_eq!(piece.authentication.to_string(), format!("signed with key {}, theirs since record 1", id(1)));
    let approved = piece.approved.as_ref().unwrap();
    let expected = format!("name asserted, NOT SIGNED with key {}, theirs since record 1", id(2));
    assert_eq!(approved.authentication.to_string(), expected);
}

#[test]
fn an_approval_with_the_key_of_whoever_brought_it_counts_as_none() {
    let (dir, plain) = site();
    let site = with_keys(&plain, &[("ada", 1), ("Ada Park", 1), ("boris", 2)]);
    let brought = bring(&dir, &site, "ada").seal(&site, with(&[1]), &Silent).unwrap();
    let approve = |by: &str, keys: &[u8]| {
        let approve = crate::evidence_by_hand::ApproveEvidence { record: brought.id.clone(), by: by.to_owned() };
        approve.seal(&site, with(keys), &Silent)
    };
    let error = approve("Ada Park", &[1]).unwrap_err().to_string();
    let expected = "the approval cannot be recorded: `ada` and `Ada Park` have the same key, expected two people";
    assert_eq!(error, expected);
    forge(&site, approval(&brought, &site), &serde_json::json!({ "by": "Ada Park" }));
    let state = || pieces(&log_of(&site), None).unwrap()[0].state(today(&site).unwrap());
    assert_eq!(state(), EvidenceState::Waiting);
    approve("boris", &[2]).unwrap();
    assert_eq!(state(), EvidenceState::Approved);
}

#[test]
fn a_waiver_covers_nothing_before_another_person_approved_it() {
    let (_dir, plain) = site();
    let site = with_keys(&plain, &[("ada", 1), ("Ada Park", 1), ("boris", 2)]);
    let asked = AddWaiver { approved_by: None, ..waiver(&site) }.seal(&site, with(&[1]), &Silent).unwrap();
    let known = || waivers(&log_of(&site), None).unwrap().remove(0);
    let state = || known().state(crate::clock::now().unwrap(), today(&site).unwrap());
    assert_eq!((state(), known().as_waiver()), ("waiting", None));
    let approve = |by: &str, keys: &[u8]| {
        let approve = crate::waivers::ApproveWaiver { record: asked.id.clone(), by: by.to_owned() };
        approve.seal(&site, with(keys), &Silent).map(drop).map_err(|error| error.to_string())
    };
    let same = "the approval cannot be recorded: `ada` and `Ada Park` have the same key, expected two people";
    assert_eq!(approve("Ada Park", &[1]).unwrap_err(), same);
    let own = "the approval cannot be recorded: `ada` asked for it, expected another person to approve it";
    assert_eq!(approve("ada", &[1]).unwrap_err(), own);
    // Nor where something else than our own command writes it.
    let (from, of) = (today(&site).unwrap(), Some(Prev { index: asked.index, leaf: asked.leaf }));
    let control = ControlRef { id: CONTROL.to_owned(), version: None };
    let body = Waiver { act: WaiverAct::Approve, control, from, of, system: None, until: from };
    forge(&site, body, &serde_json::json!({ "by": "Ada Park" }));
    assert_eq!(state(), "waiting");
    approve("boris", &[2]).unwrap();
    assert_eq!((state(), known().is_signed()), ("in force", true));
    let approved = known().approved.unwrap();
    assert_eq!(known().as_waiver().unwrap().recorded_at, approved.at, "it covers nothing before that");
    assert!(approve("boris", &[2]).unwrap_err().contains("it was approved at"));
}

#[test]
fn a_key_that_signs_the_log_is_nobodys_own() {
    let (dir, plain) = site();
    let log = ledger::open(&plain, &Silent).unwrap().ledger.verifier().clone();
    let file = plain.keys.folder.path().join(format!("{:08x}.key", log.id()));
    let text = format!(
        "company = \"Acme\"\n[people.ada]\nkey = \"{log}\"\n[[system]]\nname = \"web\"\nenvironment = \"production\"\n"
    );
    let site = site::read_text(&plain.file, &text).unwrap();
    let acting = Acting { invoked_by: ada(), keys: PersonKeys::in_files(&[file]).unwrap() };
    let error = bring(&dir, &site, "ada").seal(&site, acting, &Silent).unwrap_err().to_string();
    assert_eq!(error, "the key of `ada` is the one that signs the log, expected another");
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
    let by = serde_json::json!({ "by": "carla" });
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
