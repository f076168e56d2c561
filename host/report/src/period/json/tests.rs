use super::super::testing::{report_type1, report_type2, summary};
use super::super::{Summary, Type1, Type2};
use super::*;
use crate::json::tests::schema::errors;
use expect_test::expect_file;
use serde_json::Value;

const TYPE1: &str = include_str!("../../../../../docs/reference/type1-1.schema.json");
const TYPE2: &str = include_str!("../../../../../docs/reference/type2-1.schema.json");
const SUMMARY: &str = include_str!("../../../../../docs/reference/summary-1.schema.json");

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn reports_are_written_like_this() {
    expect_file!["../testdata/type2.json"].assert_eq(&written(&report_type2()));
    expect_file!["../testdata/type1.json"].assert_eq(&written(&report_type1()));
    expect_file!["../testdata/summary.json"].assert_eq(&written(&summary()));
}

#[test]
fn documents_keep_their_schemas() {
    let check = |schema: &str, name: &str, report: &Report| {
        let schema: Value = serde_json::from_str(schema).unwrap();
        assert_eq!(schema["$id"], name);
        let document: Value = serde_json::from_str(&written(report)).unwrap();
        assert_eq!(document["schema"], name);
        assert_eq!(errors(&schema, &document), [""; 0], "{name}");
    };
    check(TYPE1, Type1::SCHEMA, &report_type1());
    check(TYPE2, Type2::SCHEMA, &report_type2());
    check(SUMMARY, Summary::SCHEMA, &summary());
}

#[test]
fn what_does_not_keep_the_schema_is_found() {
    let schema: Value = serde_json::from_str(TYPE2).unwrap();
    let check = |change: &dyn Fn(&mut Value), expected: &str| {
        let mut document: Value = serde_json::from_str(&written(&report_type2())).unwrap();
        change(&mut document);
        assert_eq!(errors(&schema, &document), [expected]);
    };
    check(&|it| it["extra"] = 1.into(), "/: unknown member `extra`");
    check(
        &|it| it["controls"][0]["systems"][0]["result"] = "ok".into(),
        "/controls/0/systems/0/result: not one of the enum",
    );
    check(&|it| drop(it.as_object_mut().unwrap().remove("rates")), "/: member `rates` is missing");
}
