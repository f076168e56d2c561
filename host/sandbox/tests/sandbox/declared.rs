//! A guest that declares no fact emits those that are declared for it, is told which, and is replayed with the same.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, LazyLock};

use tickmark_model::{CedarType, Collection, Column, Digest, Fact, RunOutcome, Scalar, Shape, Value};
use tickmark_sandbox::{BlobSource, DECLARED, Limits, Plugin, ReplayJob, recorded_settings};

use crate::fixture::{Blobs, Fixture, LOADED, describing};

static OUTSIDE: LazyLock<Plugin> = LazyLock::new(|| LOADED.0.load(describing("outside"), "test").unwrap());

/// The fact that the guest emits, with these columns besides.
fn thing(more: &[&str]) -> Fact {
    let column = |name: &str, ty, shape| Column {
        doc: String::new(),
        entity_kind: None,
        name: name.into(),
        required: name == "name",
        shape,
        ty,
    };
    let mut columns = vec![
        column("name", CedarType::Text, Shape::One),
        column("size", CedarType::Long, Shape::One),
        column("flag", CedarType::Boolean, Shape::One),
        column("at", CedarType::Datetime, Shape::One),
        column("took", CedarType::Duration, Shape::One),
        column("tags", CedarType::Text, Shape::SetOf),
    ];
    columns.extend(more.iter().map(|name| column(name, CedarType::Text, Shape::One)));
    Fact {
        columns,
        doc: "one thing".into(),
        entity_kind: "Site::Thing".into(),
        event_time: Some("at".into()),
        name: "thing".into(),
        parent_kinds: vec!["Test::Group".into()],
    }
}

fn run(plugin: &Plugin, fixture: &Fixture) -> Collection {
    LOADED.0.collect(plugin, fixture.job.clone())
}

#[test]
fn rows_are_checked_against_what_is_declared_outside() {
    let collection = run(&OUTSIDE.declaring(vec![thing(&["colour"])]), &Fixture::new("declared"));
    assert_eq!((collection.outcome, &collection.detail), (RunOutcome::Ok, &None));
    assert_eq!(collection.notes, ["what the source says", "Site::Thing: name, size, flag, at, took, tags, colour"]);
    assert_eq!(collection.tables["thing"].len(), 2);
    assert_eq!(collection.tables["thing"].observation(0).unwrap().kind, "Site::Thing");
    assert_eq!(collection.descriptor.unwrap().facts, [thing(&["colour"])]);
    let Value::SetOf(lines) = &collection.settings[DECLARED] else { panic!("no set") };
    assert_eq!(lines[0], Scalar::Text("fact thing Site::Thing".into()));
}

#[test]
fn what_is_not_declared_is_not_emitted() {
    let lacking = Fact { columns: thing(&[]).columns.into_iter().skip(1).collect(), ..thing(&[]) };
    for (facts, detail) in [
        (vec![], "invalid: 0 facts are declared for this collector, not 1"),
        (vec![lacking], "fact `thing` has no column `name`"),
    ] {
        let collection = run(&OUTSIDE.declaring(facts), &Fixture::new("declared"));
        let said = collection.detail.unwrap_or_default();
        assert!(said.contains(detail), "{said}");
        assert!(collection.tables.is_empty());
    }
}

#[test]
fn a_plugin_that_declares_facts_itself_keeps_to_them() {
    let plugin = &LOADED.1;
    assert!(!plugin.emits_declared() && OUTSIDE.emits_declared());
    assert_eq!(plugin.declaring(vec![thing(&[])]).descriptor(), plugin.descriptor());
    let settings = run(&plugin.declaring(vec![thing(&[])]), &Fixture::new("ok")).settings;
    assert!(!settings.contains_key(DECLARED));
}

struct Stored(Arc<Blobs>);

impl BlobSource for Stored {
    fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.0.lock().unwrap().get(digest).cloned())
    }
}

#[test]
fn a_replay_goes_by_the_recorded_declaration() {
    let fixture = Fixture::new("declared");
    let recorded = run(&OUTSIDE.declaring(vec![thing(&[])]), &fixture);
    let job = |change: &dyn Fn(&mut BTreeMap<String, Value>)| {
        let json = serde_json::to_value(&recorded.settings).unwrap();
        let mut settings = recorded_settings(OUTSIDE.descriptor(), &json).unwrap();
        change(&mut settings);
        ReplayJob {
            id: recorded.id.clone(),
            settings,
            as_of: recorded.as_of,
            limits: Limits::for_replay(&recorded.grants).unwrap(),
            exchanges: recorded.exchanges.clone(),
            blobs: Arc::new(Stored(fixture.blobs.clone())),
            fetched_at: recorded.fetched_at,
            grants: recorded.grants.clone(),
        }
    };
    // Whatever is declared for it today.
    for plugin in [OUTSIDE.clone(), OUTSIDE.declaring(vec![thing(&["colour"])])] {
        let replayed = LOADED.0.replay(&plugin, job(&|_| {})).unwrap();
        assert_eq!(replayed.tables["thing"].observation(1), recorded.tables["thing"].observation(1));
        assert_eq!((&replayed.settings, &replayed.notes), (&recorded.settings, &recorded.notes));
    }
    let error =
        |change: &dyn Fn(&mut BTreeMap<String, Value>)| LOADED.0.replay(&OUTSIDE, job(change)).unwrap_err().to_string();
    let refused = "the recorded settings do not fit the plugin:";
    assert_eq!(error(&|settings| drop(settings.remove(DECLARED))), format!("{refused} there is no `declared`"));
    let forged = error(&|settings| {
        let line = Scalar::Text("fact thing Tickmark::System".into());
        settings.insert(DECLARED.to_owned(), Value::SetOf(vec![line]));
    });
    assert_eq!(forged, format!("{refused} `declared`: entity kind `Tickmark::System` is reserved"));
}
