//! What the index says is what a slow look at every record says.

use super::*;
use crate::testing::{append, open, seal_failing};

#[test]
fn its_rows_are_those_of_the_records() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = open(dir.path()).unwrap();
    seal_failing(&mut ledger, &["A", "B"]).unwrap();
    append(&mut ledger, &["B"; 300]).unwrap();
    append(&mut ledger, &["C"]).unwrap();
    ledger.publish().unwrap();
    let db = &ledger.index.db;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in ledger.records() {
        let record = record.unwrap();
        let skim = Skim::read(&record.bytes).unwrap();
        *counts.entry(skim.chain()).or_default() += 1;
        let row = db.query_row(
            "SELECT kind, name, record.leaf, at FROM record JOIN chain ON chain.id = record.chain WHERE idx = ?1",
            [schema::to_sql(record.index)],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?)),
        );
        let expected = (skim.kind.to_string(), skim.chain(), record.leaf.0, skim.at().ms());
        assert_eq!(row.unwrap(), expected, "record {}", record.index);
    }
    assert_eq!(
        counts,
        BTreeMap::from(
            [("key", 1), ("control/A", 1), ("control/B", 301), ("control/C", 1)].map(|(k, n)| (k.to_owned(), n))
        )
    );
    let found: BTreeMap<String, u64> =
        schema::chains(db).unwrap().into_iter().map(|(name, it)| (name, it.count)).collect();
    assert_eq!(found, counts);
}
