use std::sync::Arc;

use expect_test::{Expect, expect};
use serde_json::json;
use tickmark_model::{
    CedarType, CollectorId, Column, Digest, Exchange, FactTable, PopulationClaim, Row as TableRow, Scalar, Shape,
    parse_instant,
};

use super::*;

fn person() -> Fact {
    let column = |name: &str, ty| Column {
        doc: String::new(),
        entity_kind: None,
        name: name.to_owned(),
        required: false,
        shape: Shape::One,
        ty,
    };
    Fact {
        columns: vec![column("ended_at", CedarType::Datetime), column("name", CedarType::Text)],
        doc: String::new(),
        entity_kind: "Hr::Person".to_owned(),
        event_time: None,
        name: "person".to_owned(),
        parent_kinds: vec![],
    }
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

/// What `instance` on `system` brought: people by id and name; `total` is what it says that its source has.
fn collection(system: &str, instance: &str, people: &[(&str, &str)], total: Option<u64>) -> Collection {
    let fact = Arc::new(person());
    let mut table = FactTable::new(Arc::clone(&fact));
    let layout = table.layout(["name"]).unwrap();
    for (id, name) in people {
        let cells = vec![Value::One(Scalar::Text((*name).to_owned()))];
        table.push(&layout, TableRow { id: (*id).to_owned(), parents: vec![], cells, receipts: vec![0] }).unwrap();
    }
    let count = people.len() as u64;
    let claim = PopulationClaim {
        count,
        covers_from: None,
        covers_to: None,
        excluded: 0,
        exclusion_rule: None,
        observed_at: Some(at("2026-11-01")),
        source_total: total,
        total_source: total.map(|_| 0),
    };
    let exchange = Exchange {
        blobs: BTreeMap::new(),
        failure: None,
        function: "files.read".to_owned(),
        grant: "source".to_owned(),
        request: Digest([0; 32]),
        seq: 0,
        summary: BTreeMap::new(),
    };
    Collection {
        id: CollectorId { instance: instance.to_owned(), system: system.to_owned() },
        plugin: None,
        descriptor: None,
        outcome: RunOutcome::Ok,
        detail: None,
        settings: BTreeMap::new(),
        grants: serde_json::Value::Null,
        runtime: "none".to_owned(),
        exchanges: vec![exchange],
        tables: [("person".to_owned(), table)].into(),
        populations: [("person".to_owned(), claim)].into(),
        notes: vec![],
        log: vec![],
        as_of: at("2026-11-02"),
        fetched_at: at("2026-11-02"),
    }
}

fn check(collections: &[Collection], expected: Expect) {
    let fact = person();
    let given = |order: &mut dyn Iterator<Item = &Collection>| {
        let found: Vec<(&Collection, &Fact)> = order.map(|collection| (collection, &fact)).collect();
        let bytes = of_kind("Hr::Person", found.clone()).unwrap();
        assert_eq!(of_kind("Hr::Person", found).unwrap(), bytes);
        String::from_utf8(bytes).unwrap()
    };
    let text = given(&mut collections.iter());
    assert_eq!(given(&mut collections.iter().rev()), text, "whoever ended first does not matter");
    expected.assert_eq(&text);
}

#[test]
fn rows_name_their_source_and_come_in_one_order() {
    let collections = [
        collection("web", "hr", &[("9", "Ada"), ("10", "Bob")], Some(2)),
        collection("company", "hr", &[("7", "Cleo")], Some(1)),
    ];
    check(
        &collections,
        expect![[r#"
        {"kind":"Hr::Person","line":"head","rows":3,"schema":"tickmark/facts/1","sources":[{"collector":"hr","complete":true,"observed_at":"2026-11-01T00:00:00Z","outcome":"ok","rows":1,"system":"company","why":[]},{"collector":"hr","complete":true,"observed_at":"2026-11-01T00:00:00Z","outcome":"ok","rows":2,"system":"web","why":[]}]}
        {"attributes":{"name":"Cleo"},"id":"7","line":"row","parents":[],"source":0}
        {"attributes":{"name":"Bob"},"id":"10","line":"row","parents":[],"source":1}
        {"attributes":{"name":"Ada"},"id":"9","line":"row","parents":[],"source":1}
    "#]],
    );
}

#[test]
fn whoever_failed_or_said_less_than_all_is_a_source_all_the_same() {
    let mut failed = collection("web", "a", &[], None);
    (failed.outcome, failed.tables, failed.populations) = (RunOutcome::Trapped, BTreeMap::new(), BTreeMap::new());
    check(
        &[failed, collection("web", "b", &[("1", "Ada")], None), collection("web", "c", &[("2", "Bob")], Some(3))],
        expect![[r#"
            {"kind":"Hr::Person","line":"head","rows":2,"schema":"tickmark/facts/1","sources":[{"collector":"a","complete":false,"outcome":"trapped","rows":0,"system":"web","why":["the run ended as trapped","nothing was said of its population"]},{"collector":"b","complete":false,"observed_at":"2026-11-01T00:00:00Z","outcome":"ok","rows":1,"system":"web","why":["the source's own total is not known"]},{"collector":"c","complete":false,"observed_at":"2026-11-01T00:00:00Z","outcome":"ok","rows":1,"system":"web","why":["the source has 3 items, 1 were accepted and 0 excluded"]}]}
            {"attributes":{"name":"Ada"},"id":"1","line":"row","parents":[],"source":1}
            {"attributes":{"name":"Bob"},"id":"2","line":"row","parents":[],"source":2}
        "#]],
    );
}

#[test]
fn nobody_is_an_empty_list_and_no_row() {
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&of_kind("Hr::Person", vec![]).unwrap()).unwrap(),
        json!({ "kind": "Hr::Person", "line": "head", "rows": 0, "schema": "tickmark/facts/1", "sources": [] })
    );
}
