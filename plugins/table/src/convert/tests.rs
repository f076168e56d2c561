//! Every type from every kind of cell, and why a cell is not of the type.

use tickmark_collector::{Datetime, time::text};

use super::*;
use crate::convert::time::{Form, zone};

fn words() -> Words {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let value = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    Words {
        times: Times { form: Form::Iso, zone: zone("UTC").unwrap(), zone_name: "UTC".into() },
        times_of: BTreeMap::new(),
        truths: set(&["yes", "1"]),
        falsehoods: set(&["no", "0"]),
        nothings: set(&["N/A"]),
        separators: Separators { decimal: ',', thousands: Some('.') },
        list_separator: ";".into(),
        values: BTreeMap::from([(
            "it".to_owned(),
            BTreeMap::from([value("Ja", "yes"), value("31.12.9999", ""), value("viel", "1.000,5")]),
        )]),
    }
}

#[track_caller]
fn check(column: Column, given: Given<'_>, expected: Result<Value, &str>) {
    assert_eq!(words().value(&column, &given), expected.map_err(str::to_owned));
}

fn cell(text: &str) -> Given<'_> {
    Given::Text(text.into())
}

fn number(text: &str) -> Given<'_> {
    Given::Number(text.into())
}

#[test]
fn texts_are_trimmed_and_may_stand_for_nothing() {
    let text = || Column::text("it", "");
    check(text(), cell("  a b "), Ok("a b".into()));
    for nothing in [Given::Nothing, cell(""), cell("  "), cell(" N/A "), cell("31.12.9999")] {
        check(text(), nothing, Ok(Value::Absent));
    }
    check(text(), cell("n/a"), Ok("n/a".into()));
    check(text(), number("1.50"), Ok("1.50".into()));
    check(text(), Given::Truth(true), Ok("true".into()));
    check(text(), Given::Typed(&Scalar::Datetime(Datetime(0))), Ok("1970-01-01T00:00:00Z".into()));
    check(text(), Given::Object, Err("it is an object, expected a text"));
    check(text(), Given::List(vec![]), Err("it is a list, expected a text"));
    check(text(), cell(&"x".repeat(65_537)), Err("a text of 65537 bytes, limit is 65536"));
}

#[test]
fn truth_has_the_operators_words() {
    let boolean = || Column::boolean("it", "");
    check(boolean(), cell("YES"), Ok(true.into()));
    check(boolean(), cell("0"), Ok(false.into()));
    check(boolean(), number("1"), Ok(true.into()));
    check(boolean(), Given::Truth(false), Ok(false.into()));
    check(boolean(), cell("Ja"), Ok(true.into()));
    check(boolean(), cell("x"), Err("\"x\" is neither true (1, yes) nor false (0, no)"));
    check(boolean(), Given::List(vec![]), Err("it is a list, expected a truth value"));
}

#[test]
fn numbers_in_text_have_the_operators_separators() {
    check(Column::long("it", ""), cell("1.000"), Ok(1_000.into()));
    check(Column::long("it", ""), number("1000.0"), Ok(1_000.into()));
    check(Column::long("it", ""), number("1.000"), Ok(1.into()));
    check(Column::long("it", ""), cell("1,5"), Err("\"1,5\" is no whole number"));
    check(Column::long("it", ""), cell("one"), Err("\"one\" is no number"));
    let beyond = "\"9007199254740993\" is beyond 9007199254740991, the largest whole number";
    check(Column::long("it", ""), number("9007199254740993"), Err(beyond));
    check(Column::decimal("it", ""), cell("1.000,25"), Ok(Decimal(10_002_500).into()));
    check(Column::decimal("it", ""), cell("viel"), Ok(Decimal(10_005_000).into()));
    check(Column::decimal("it", ""), number("0.1"), Ok(Decimal(1_000).into()));
    let places = "\"0.12345\" has more than 4 digits after the point";
    check(Column::decimal("it", ""), number("0.12345"), Err(places));
    check(Column::decimal("it", ""), number("1e15"), Err("\"1e15\" is beyond 922337203685477.5807"));
    check(Column::decimal("it", ""), Given::Truth(true), Err("\"true\" is no number"));
}

#[test]
fn times_durations_addresses_and_references() {
    let at = |it: &str| {
        words().value(&Column::datetime("it", ""), &cell(it)).map(|value| match value {
            Value::One(Scalar::Datetime(at)) => text(at),
            other => format!("{other:?}"),
        })
    };
    assert_eq!(at("2026-11-20"), Ok("2026-11-20T00:00:00Z".to_owned()));
    assert_eq!(at("soon"), Err("\"soon\" is no date or time such as 2026-11-20 or RFC 3339".to_owned()));
    check(Column::datetime("it", ""), Given::Typed(&Scalar::Datetime(Datetime(5))), Ok(Datetime(5).into()));
    check(Column::duration("it", ""), cell("1d12h"), Ok(Duration(129_600_000).into()));
    check(Column::duration("it", ""), Given::Typed(&Scalar::Duration(Duration(5))), Ok(Duration(5).into()));
    check(Column::duration("it", ""), cell("12"), Err("\"12\" is no duration such as 26h, 7d or 1d12h"));
    check(Column::ip("it", ""), cell("10.0.0.0/8"), Ok(Ip("10.0.0.0/8".into()).into()));
    check(Column::ip("it", ""), cell("10.0.0.0/08"), Err("\"10.0.0.0/08\" is no address or network"));
    check(Column::entity("it", "Hr::Person", ""), number("17"), Ok(EntityRef::new("Hr::Person", "17").into()));
    let long = "x".repeat(1_025);
    check(Column::entity("it", "A::B", ""), cell(&long), Err("an id of 1025 bytes, limit is 1024"));
}

#[test]
fn sets_come_from_lists_and_from_separated_text() {
    let set = || Column::text("it", "").set();
    check(set(), cell("b; a;;b "), Ok(vec!["a", "b"].into()));
    check(set(), Given::List(vec![cell("b"), Given::Nothing, number("1")]), Ok(vec!["1", "b"].into()));
    check(set(), number("7"), Ok(vec!["7"].into()));
    check(set(), cell(""), Ok(Value::Absent));
    check(set().required(), cell(""), Ok(Value::SetOf(vec![])));
    check(set().required(), Given::Nothing, Ok(Value::SetOf(vec![])));
    check(set(), Given::List(vec![]), Ok(Value::SetOf(vec![])));
    check(set(), Given::List(vec![Given::Object]), Err("it is an object, expected a text"));
    check(Column::long("it", "").set(), cell("1;x"), Err("\"x\" is no number"));
    let many: Vec<Given<'_>> = (0..10_001).map(|n: i32| Given::Text(n.to_string().into())).collect();
    check(set(), Given::List(many), Err("more than 10000 items in a set"));
}

#[test]
fn durations_are_cedars() {
    let check = |text: &str| duration(text).map(|it| it.0);
    assert_eq!(check("26h"), Some(93_600_000));
    assert_eq!(check("-1d2h3m4s5ms"), Some(-93_784_005));
    for bad in ["", "-", "1", "h", "1h1d", "1h1h", "1w", "99999999999999999d", "1 h", "1.5h"] {
        assert_eq!(check(bad), None, "{bad}");
    }
}

#[test]
fn what_a_message_shows_is_cut_and_escaped() {
    assert_eq!(quoted("a\n\"b\""), r#""a\n\"b\"""#);
    assert_eq!(quoted(&"ä".repeat(61)), format!("\"{}...\"", "ä".repeat(60)));
}
