//! What a guest emits and claims: taken whole, or lost whole.

use tickmark_model::{EntityRef, Incompleteness, Population, Value};

use crate::fixture::Fixture;

#[test]
fn rows_arrive_as_they_were_emitted() {
    let collection = Fixture::new("ok").check("ok");
    let names: Vec<&str> = collection.tables.keys().map(String::as_str).collect();
    assert_eq!(names, ["other", "thing"]);
    let table = &collection.tables["thing"];
    assert_eq!(table.len(), 2);
    let row = serde_json::to_value(table.observation(1).unwrap()).unwrap();
    assert_eq!(
        row.to_string(),
        serde_json::json!({
            "attributes": {
                "at": "1970-01-01T00:00:01Z", "flag": false, "name": "name 1", "size": 1, "tags": ["a", "b"], "took": "1ms"
            },
            "fact": "thing",
            "id": "thing-1",
            "kind": "Test::Thing",
            "parents": [EntityRef { id: "group-1".into(), kind: "Test::Group".into() }],
            "receipts": [0],
        })
        .to_string()
    );
    assert_eq!(collection.notes, ["what the source says"]);
    let population = Population::establish(&collection, "thing").unwrap();
    assert_eq!(population.incomplete, []);
    assert_eq!(Population::establish(&collection, "other"), None);
}

#[test]
fn many_rows_arrive_in_batches() {
    let collection = Fixture::new("many").count(2_345).check("ok");
    let table = &collection.tables["thing"];
    assert_eq!((table.len(), table.id(2_344)), (2_345, Some("thing-2344")));
    assert_eq!(table.value(2_344, 1), Value::One(tickmark_model::Scalar::Long(2_344)));
}

#[test]
fn a_wrong_count_is_no_violation_but_incomplete() {
    let collection = Fixture::new("lie").check("ok");
    let population = Population::establish(&collection, "thing").unwrap();
    assert_eq!(population.incomplete, [Incompleteness::Count { emitted: 2, claimed: 5 }]);
}

#[test]
fn a_broken_row_loses_the_run_whatever_the_guest_returns() {
    let check = |mode: &str, detail: &str| {
        let collection = Fixture::new(mode).check(&format!("contract-violation: {detail}"));
        let log: Vec<&str> = collection.log.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(log, ["emit said invalid"], "{mode}");
        assert_eq!(collection.exchanges.len(), 1, "what was read stays on record");
    };
    check("duplicate", "row `same` is there twice");
    check("wrong-type", "row `a`: column `name` is declared text, the cell is long");
    check(
        "long-range",
        "row `a`: column `size`: long `9223372036854775807` is outside -9007199254740991 to 9007199254740991",
    );
    check("absent-required", "row `a`: required column `name` is absent");
    check("undeclared-fact", "fact `person` is not declared");
    check("undeclared-column", "fact `thing` has no column `colour`");
    check("undeclared-parent", "row `a`: parent kind `Test::Role` is not declared");
    check("unknown-receipt", "row `a` names receipt 99, which no host call has");
    check("no-receipt", "row `a` names no receipt, so nothing shows where it was read");
    check("wrong-kind", "row `a` is of kind `Test::Other`, fact `thing` declares `Test::Thing`");
}

#[test]
fn a_lost_run_ends_at_its_next_call() {
    Fixture::new("emit-then-spin")
        .check("contract-violation: row `a` is of kind `Test::Other`, fact `thing` declares `Test::Thing`");
}

#[test]
fn claims_are_checked() {
    let check = |mode: &str, detail: &str| {
        Fixture::new(mode).check(&format!("contract-violation: population of {detail}"));
    };
    check("claim-twice", "`other`: claimed twice");
    check("claim-undeclared", "`person`: fact is not declared");
    check("claim-receipt", "`other`: its total names receipt 99, which no host call has");
    check("claim-time", "`other`: observed-at `9223372036854775807` ms is outside the years 0001 to 9999");
    check(
        "claim-backwards",
        "`other`: it covers 1970-01-01T00:00:00.002Z to 1970-01-01T00:00:00.001Z, which ends before it starts",
    );
}
