//! Properties: the same records in every format give the same rows, as a slow and obvious model has them, and no bytes make
//! the collector panic.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Column, Datetime, Fact, Scalar, Value};
use tickmark_table::Table;

fn thing() -> Fact {
    Fact::new("thing", "Site::Thing", "")
        .column(Column::text("name", "").required())
        .column(Column::long("size", ""))
        .column(Column::boolean("open", ""))
        .column(Column::datetime("day", ""))
        .column(Column::text("tags", "").set())
}

/// One record as people would write it; an empty text stands for nothing.
type Written = [String; 6];

const COLUMNS: [&str; 6] = ["id", "name", "size", "open", "day", "tags"];

fn written() -> impl Strategy<Value = Written> {
    let words = |words: &'static [&'static str]| proptest::sample::select(words).prop_map(str::to_owned);
    (
        prop_oneof![4 => "[a-z]{1,2}", 1 => Just(String::new())],
        prop_oneof![4 => "[ -~ä\n]{1,5}", 1 => Just(String::new())],
        prop_oneof!["-?[0-9]{1,5}", words(&["", "1.5", "9007199254740992", "many"])],
        words(&["", "yes", "No", "true", "0", "perhaps"]),
        words(&["", "2026-02-28", "2026-02-29", "1999-12-31", "soon"]),
        words(&["", "a", "b;a", ";;", " b ; b "]),
    )
        .prop_map(|(id, name, size, open, day, tags)| [id, name, size, open, day, tags])
}

/// What a record says by the definition of its columns; nothing where it cannot be read.
fn model([id, name, size, open, day, tags]: &Written) -> Option<(String, Vec<Value>)> {
    let text = |text: &str| if text.trim().is_empty() { Value::Absent } else { text.trim().into() };
    let size = match size.as_str() {
        "" => Value::Absent,
        digits => Value::from(digits.parse::<i64>().ok().filter(|n| n.abs() < 1 << 53)?),
    };
    let open = match open.to_lowercase().as_str() {
        "" => Value::Absent,
        "yes" | "true" => true.into(),
        "no" | "0" => false.into(),
        _ => return None,
    };
    let day = match day.as_str() {
        "" => Value::Absent,
        "2026-02-28" => Datetime(1_772_236_800_000).into(),
        "1999-12-31" => Datetime(946_598_400_000).into(),
        _ => return None,
    };
    let tags = match tags.as_str() {
        "" => Value::Absent,
        ";;" => Value::SetOf(vec![]),
        tags => {
            let mut tags: Vec<&str> = tags.split(';').map(str::trim).collect();
            tags.sort_unstable();
            tags.dedup();
            tags.into()
        }
    };
    let required = |value: Value| if value == Value::Absent { None } else { Some(value) };
    let id = required(text(id))?.as_text()?.to_owned();
    Some((id, vec![required(text(name))?, size, open, day, tags]))
}

/// The rows by id, and how many records there are; or that it failed.
type Outcome = Option<(BTreeMap<String, Vec<Value>>, u64)>;

fn expected(records: &[Written]) -> Outcome {
    // A record without an id has none to be there twice; any other counts, readable or not.
    let ids: Vec<&str> = records.iter().map(|record| record[0].trim()).filter(|id| !id.is_empty()).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    (distinct.len() == ids.len()).then(|| (records.iter().filter_map(model).collect(), records.len() as u64))
}

fn collected(host: TestHost) -> Outcome {
    let run = host.declaring(thing()).with_setting("key", "id").collect::<Table>().ok()?;
    let rows = run.rows("thing").iter().map(|row| {
        let cells = ["name", "size", "open", "day", "tags"].map(|column| row.get(column).clone());
        (row.id.clone(), cells.to_vec())
    });
    let rows: BTreeMap<String, Vec<Value>> = rows.collect();
    assert_eq!(rows.len() as u64, run.claim("thing").unwrap().count);
    Some((rows, run.claim("thing").unwrap().population.source_total.unwrap()))
}

fn csv(records: &[Written]) -> TestHost {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        cells.join(",") + "\r\n"
    };
    let header = line(&mut COLUMNS.into_iter());
    let lines: String = records.iter().map(|record| line(&mut record.iter().map(String::as_str))).collect();
    TestHost::new().with_setting("format", "csv").file("source", "", format!("{header}{lines}").as_bytes())
}

/// Each record as an object; an empty text as null or not at all, a number as one.
fn objects(records: &[Written], nulls: bool) -> Vec<serde_json::Value> {
    let object = |record: &Written| {
        let members = COLUMNS.iter().zip(record).filter(|(_, text)| nulls || !text.is_empty());
        let members = members.map(|(column, text)| {
            let value = match (*column, text.as_str()) {
                (_, "") => serde_json::Value::Null,
                ("size", digits) => digits.parse::<i64>().map_or(digits.into(), Into::into),
                ("open", "true") => true.into(),
                ("tags", ";;") => serde_json::json!([]),
                ("tags", "b;a") => serde_json::json!(["b", "a"]),
                (_, text) => text.into(),
            };
            ((*column).to_owned(), value)
        });
        serde_json::Value::Object(members.collect())
    };
    records.iter().map(object).collect()
}

fn json(records: &[Written]) -> TestHost {
    let document = serde_json::json!({ "more": [1, { "rows": 7 }], "rows": objects(records, true) });
    let bytes = serde_json::to_vec_pretty(&document).unwrap();
    TestHost::new().with_setting("format", "json").with_setting("array", "/rows").file("source", "", &bytes)
}

fn json_lines(records: &[Written]) -> TestHost {
    let lines: String = objects(records, false).iter().map(|object| format!("{object}\n")).collect();
    // What no line has may be missing.
    let columns: Vec<String> = COLUMNS.iter().skip(1).map(|column| format!("{column}?={column}")).collect();
    TestHost::new().with_setting("format", "jsonl").with_setting("columns", columns).file(
        "source",
        "",
        lines.as_bytes(),
    )
}

fn sql(records: &[Written]) -> TestHost {
    let cell = |(column, text): (&&str, &String)| match (*column, text.as_str()) {
        (_, "") => None,
        ("size", digits) => Some(digits.parse::<i64>().map_or(digits.into(), Scalar::from)),
        ("open", "true") => Some(true.into()),
        ("day", "1999-12-31") => Some(Datetime(946_598_400_000).into()),
        (_, text) => Some(text.into()),
    };
    let rows = records.iter().map(|record| COLUMNS.iter().zip(record).map(cell).collect()).collect();
    TestHost::new().with_setting("format", "sql").table("source", &COLUMNS, rows)
}

proptest! {
    #[test]
    fn the_same_records_give_the_same_rows_in_every_format(records in vec(written(), 0..8)) {
        let expected = expected(&records);
        prop_assert_eq!(&collected(csv(&records)), &expected);
        prop_assert_eq!(&collected(sql(&records)), &expected);
        prop_assert_eq!(&collected(json_lines(&records)), &expected);
        // Where no record has it, a required column is missing in a JSON document; nulls are there.
        prop_assert_eq!(&collected(json(&records)), &expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300), text in "[a-c,;\"\n{}\\[\\]:0-9]{0,80}") {
        for bytes in [bytes, text.into_bytes()] {
            for format in ["csv", "json", "jsonl"] {
                let host = TestHost::new().with_setting("format", format).file("source", "", &bytes);
                let columns = vec!["name=a", "size?=b", "tags?=c"];
                let _ = host.declaring(thing()).with_setting("key", "a").with_setting("columns", columns).collect::<Table>();
            }
        }
    }
}
