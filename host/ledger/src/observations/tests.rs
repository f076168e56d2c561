//! The bytes are literal, and always those of the canonicalizer.

use expect_test::expect;
use proptest::prelude::*;
use tickmark_model::{EntityRef, Observation, Row};

use super::*;
use crate::hash::sha256;
use crate::testing::{collection, fact, table, text, three_users};

fn written(collection: &Collection) -> (String, BTreeMap<String, FactRows>) {
    let mut bytes = Vec::new();
    let facts = write_observations(collection, &mut bytes).unwrap();
    (String::from_utf8(bytes).unwrap(), facts)
}

/// The slow, obvious way: all observations in memory, canonicalised as a whole.
fn model<'a>(tables: impl Iterator<Item = &'a FactTable>) -> String {
    let all: Vec<Observation<'_>> = tables
        .flat_map(|table| table.sorted().iter().map(|row| table.observation(row).unwrap()).collect::<Vec<_>>())
        .collect();
    serde_json_canonicalizer::to_string(&all).unwrap()
}

#[test]
fn rows_stand_in_the_order_of_their_ids() {
    let mut it = collection("mfa");
    it.tables.insert("user".into(), table(fact("user"), &[("b", &[("text", text("\u{7f}\n\"é"))]), ("a", &[])]));
    expect![[r#"[{"attributes":{},"fact":"user","id":"a","kind":"Mfa::User","parents":[],"receipts":[0]},{"attributes":{"text":"\n\"é"},"fact":"user","id":"b","kind":"Mfa::User","parents":[],"receipts":[0]}]"#]]
        .assert_eq(&written(&it).0);
}

#[test]
fn a_run_without_rows_has_an_empty_array() {
    assert_eq!(written(&collection("mfa")).0, "[]");
}

#[test]
fn the_store_and_the_stream_agree() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = crate::testing::open(dir.path()).unwrap();
    let it = three_users("mfa");
    let (bytes, facts) = written(&it);
    let stored = ledger.blobs().put_observations(&it).unwrap();
    assert_eq!(ledger.blobs().get(&stored.blob.digest).unwrap(), bytes.as_bytes());
    assert_eq!(stored.facts, facts);
    // One fact only: its rows are all rows.
    assert_eq!(facts["user"], FactRows { count: 3, digest: stored.blob.digest });
}

fn arb_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,3}", "\\PC{0,6}", "[\u{0}-\u{20}\"\\\\\u{7f}-\u{a0}\u{2028}]{0,4}"]
}

fn arb_scalar(ty: CedarType) -> BoxedStrategy<Scalar> {
    let number = prop_oneof![-9_007_199_254_740_991i64..=9_007_199_254_740_991, -3i64..3];
    match ty {
        CedarType::Text => arb_text().prop_map(Scalar::Text).boxed(),
        CedarType::Boolean => any::<bool>().prop_map(Scalar::Boolean).boxed(),
        CedarType::Long => number.prop_map(Scalar::Long).boxed(),
        CedarType::Decimal => any::<i64>().prop_map(|n| Scalar::Decimal(tickmark_model::Decimal4(n))).boxed(),
        CedarType::Ip => any::<u32>().prop_map(|n| Scalar::Ip(std::net::Ipv4Addr::from(n).to_string())).boxed(),
        CedarType::Datetime => {
            (tickmark_model::MIN_INSTANT_MS..=tickmark_model::MAX_INSTANT_MS).prop_map(Scalar::Datetime).boxed()
        }
        CedarType::Duration => any::<i64>().prop_map(Scalar::Duration).boxed(),
        CedarType::Entity => {
            arb_text().prop_map(|id| Scalar::Entity(EntityRef { id, kind: "Mfa::Role".into() })).boxed()
        }
    }
}

/// Cells for every column of [`fact`], some of them absent.
fn arb_cells() -> impl Strategy<Value = Vec<Value>> {
    let columns: Vec<BoxedStrategy<Value>> = fact("user")
        .columns
        .iter()
        .map(|column| match column.shape {
            Shape::One => arb_scalar(column.ty).prop_map(Value::One).boxed(),
            Shape::SetOf => proptest::collection::vec(arb_scalar(column.ty), 0..4).prop_map(Value::SetOf).boxed(),
        })
        .map(|cell| prop_oneof![3 => cell, 1 => Just(Value::Absent)].boxed())
        .collect();
    columns
}

fn arb_table(name: &'static str) -> impl Strategy<Value = FactTable> {
    let parents = proptest::collection::vec(arb_text(), 0..3);
    let row = (arb_text(), parents, arb_cells(), proptest::collection::vec(any::<u32>(), 1..4));
    proptest::collection::vec(row, 0..8).prop_map(move |rows| {
        let fact = fact(name);
        let names: Vec<String> = fact.columns.iter().map(|column| column.name.clone()).collect();
        let mut table = FactTable::new(fact.into());
        let layout = table.layout(names.iter().map(String::as_str)).unwrap();
        for (at, (id, parents, cells, receipts)) in rows.into_iter().enumerate() {
            let parents = parents.into_iter().map(|id| EntityRef { id: format!("p{id}"), kind: "Mfa::Role".into() });
            let row = Row { id: format!("{id}{at}"), parents: parents.collect(), cells, receipts };
            table.push(&layout, row).unwrap();
        }
        table
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_stream_is_the_jcs_of_the_whole(user in arb_table("user"), role in arb_table("role")) {
        let mut it = collection("mfa");
        it.tables.insert("user".into(), user);
        it.tables.insert("role".into(), role);
        let (bytes, facts) = written(&it);
        prop_assert_eq!(bytes, model(it.tables.values()));
        for (name, table) in &it.tables {
            let digest = sha256(model(std::iter::once(table)).as_bytes());
            prop_assert_eq!(facts[name], FactRows { count: table.len() as u64, digest });
        }
    }
}
