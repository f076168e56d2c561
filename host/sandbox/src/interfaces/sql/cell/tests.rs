use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Cell {
    Cell::Typed(Scalar::Text(text.to_owned()))
}

fn long(n: i64) -> Cell {
    Cell::Typed(Scalar::Long(n))
}

/// The cell printed, so that literals stay readable.
fn check(cell: Cell, ty: CedarType) -> Result<String, String> {
    convert(cell, Some(ty)).map(|value| value.unwrap().to_string())
}

#[test]
fn without_a_declaration_cells_stay_what_they_are() {
    let check = |cell| convert(cell, None);
    assert_eq!(check(Cell::Null), Ok(None));
    assert_eq!(check(long(1)), Ok(Some(Scalar::Long(1))));
    assert_eq!(check(text("1")), Ok(Some(Scalar::Text("1".into()))));
    assert_eq!(
        check(Cell::Real(99.5)),
        Err("`99.5` is a binary fraction; declare the column as decimal or round it to a whole number".into())
    );
    assert_eq!(
        check(long(1 << 53)),
        Err("long `9007199254740992` is outside -9007199254740991 to 9007199254740991".into())
    );
    assert_eq!(check(Cell::Unreadable("is a blob".into())), Err("is a blob".into()));
}

#[test]
fn booleans() {
    let check = |cell| check(cell, CedarType::Boolean);
    for yes in [long(1), text("1"), text("true"), text("TRUE"), text("t"), text("yes")] {
        assert_eq!(check(yes), Ok("true".into()));
    }
    for no in [long(0), text("0"), text("False"), text("f"), text("no")] {
        assert_eq!(check(no), Ok("false".into()));
    }
    let expected = "boolean (0, 1, true, false, t, f, yes or no)";
    assert_eq!(check(long(2)), Err(format!("`2` is no {expected}")));
    assert_eq!(check(text("")), Err(format!("`` is no {expected}")));
    assert_eq!(check(text("on")), Err(format!("`on` is no {expected}")));
    assert_eq!(check(Cell::Real(1.0)), Err(format!("`1` is no {expected}")));
}

#[test]
fn datetimes() {
    let check = |cell| check(cell, CedarType::Datetime);
    let cases = [
        ("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20 10:00:00+01:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20 10:00:00.5+0100", "2026-11-20T09:00:00.500Z"),
        ("2026-11-20 10:00:00+01", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20 09:00:00.2509", "2026-11-20T09:00:00.250Z"),
        ("2026-11-20 09:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
    ];
    for (spelling, expected) in cases {
        assert_eq!(check(text(spelling)), Ok(expected.into()), "{spelling}");
    }
    assert_eq!(check(long(1_795_000_000)), Ok("2026-11-18T11:06:40Z".into()));
    let bad = "datetime (RFC 3339, `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` in UTC, or whole seconds since 1970)";
    for spelling in
        ["", "yesterday", "20.11.2026", "2026-02-30", "2026-11-20 24:00:00", "1795000000", "+2026-11-20", "2026-11-20 "]
    {
        assert_eq!(check(text(spelling)), Err(format!("`{spelling}` is no {bad}")));
    }
    // Milliseconds taken for seconds would be the year 58000.
    assert_eq!(check(long(1_795_000_000_000)), Err(format!("`1795000000000` is no {bad}")));
    assert_eq!(check(long(i64::MAX)), Err(format!("`9223372036854775807` is no {bad}")));
}

#[test]
fn decimals() {
    let check = |cell| check(cell, CedarType::Decimal);
    assert_eq!(check(text("99.95")), Ok("99.9500".into()));
    assert_eq!(check(long(-3)), Ok("-3.0000".into()));
    assert_eq!(check(Cell::Real(99.95)), Ok("99.9500".into()));
    assert_eq!(check(Cell::Real(-0.0)), Ok("0.0000".into()));
    let bad = "decimal with at most 4 digits after the point; round it in the query, such as `round(x, 4)`";
    assert_eq!(check(Cell::Real(0.1 + 0.2)), Err(format!("`0.30000000000000004` is no {bad}")));
    assert_eq!(check(Cell::Real(f64::NAN)), Err(format!("`NaN` is no {bad}")));
    assert_eq!(check(Cell::Real(f64::INFINITY)), Err(format!("`inf` is no {bad}")));
    assert_eq!(check(Cell::Real(1e300)), Err(format!("a value of 301 characters is no {bad}")));
    assert_eq!(check(text("1,5")), Err(format!("`1,5` is no {bad}")));
}

#[test]
fn the_other_types() {
    assert_eq!(check(text("26h"), CedarType::Duration), Ok("1d2h".into()));
    assert_eq!(check(long(90), CedarType::Duration), Ok("1m30s".into()));
    assert_eq!(check(text("10.0.0.7/8"), CedarType::Ip), Ok("10.0.0.0/8".into()));
    assert_eq!(check(text("ten"), CedarType::Ip), Err("`ten` is not an IP address or CIDR network".into()));
    assert_eq!(check(long(42), CedarType::Text), Ok("42".into()));
    assert_eq!(check(text("42"), CedarType::Long), Ok("42".into()));
    assert_eq!(check(Cell::Typed(Scalar::Decimal(Decimal4(70_000))), CedarType::Long), Ok("7".into()));
    assert_eq!(
        check(Cell::Typed(Scalar::Decimal(Decimal4(70_001))), CedarType::Long),
        Err("`7.0001` is no whole number".into())
    );
    assert_eq!(check(text("4 2"), CedarType::Long), Err("`4 2` is no whole number".into()));
    assert_eq!(check(text("a\nb"), CedarType::Long), Err("`a\\nb` is no whole number".into()));
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Null),
        any::<i64>().prop_map(long),
        any::<f64>().prop_map(Cell::Real),
        any::<bool>().prop_map(|b| Cell::Typed(Scalar::Boolean(b))),
        any::<i64>().prop_map(|d| Cell::Typed(Scalar::Decimal(Decimal4(d)))),
        any::<i64>().prop_map(|ms| Cell::Typed(Scalar::Datetime(ms))),
        any::<i64>().prop_map(|ms| Cell::Typed(Scalar::Duration(ms))),
        "\\PC{0,12}|[0-9T:Z +.-]{0,26}|[0-9a-f:./]{0,20}|-?[0-9]{1,20}[.][0-9]{0,6}".prop_map(|s| text(&s)),
    ]
}

proptest! {
    #[test]
    fn every_cell_is_canonical_and_of_its_type_or_refused(cell in any_cell(), at in 0_usize..8) {
        use CedarType::*;
        let declared = [Boolean, Long, Text, Decimal, Ip, Datetime, Duration].get(at).copied();
        if let Ok(Some(value)) = convert(cell, declared) {
            prop_assert_eq!(value.clone().canonical(), Ok(value.clone()));
            if let Some(ty) = declared {
                prop_assert!(super::super::has_type(&value, ty), "{value:?} is no {ty:?}");
            }
        }
    }

    #[test]
    fn an_instant_survives_the_ways_that_databases_write_it(ms in tickmark_model::MIN_INSTANT_MS..=tickmark_model::MAX_INSTANT_MS) {
        let at = Instant::from_ms(ms).unwrap().utc();
        for form in ["%Y-%m-%d %H:%M:%S%.3f", "%Y-%m-%dT%H:%M:%S%.3f", "%Y-%m-%d %H:%M:%S%.3f+00:00", "%Y-%m-%dT%H:%M:%S%.3fZ"] {
            let spelling = at.format(form).to_string();
            prop_assert_eq!(convert(text(&spelling), Some(CedarType::Datetime)), Ok(Some(Scalar::Datetime(ms))), "{}", spelling);
        }
    }
}
