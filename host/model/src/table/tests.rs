//! What a table keeps and what it refuses.

use super::*;
use crate::descriptor::Column;
use proptest::prelude::*;

fn column(name: &str, ty: CedarType, shape: Shape, required: bool) -> Column {
    let entity_kind = (ty == CedarType::Entity).then(|| "Mfa::Role".to_owned());
    Column { doc: String::new(), entity_kind, name: name.to_owned(), required, shape, ty }
}

fn table() -> FactTable {
    use CedarType::*;
    FactTable::new(Arc::new(Fact {
        columns: vec![
            column("enabled", Boolean, Shape::One, true),
            column("logins", Long, Shape::One, false),
            column("email", Text, Shape::One, false),
            column("from", Ip, Shape::One, false),
            column("last", Datetime, Shape::One, false),
            column("lead", Entity, Shape::One, false),
            column("factors", Text, Shape::SetOf, false),
        ],
        doc: String::new(),
        entity_kind: "Mfa::User".into(),
        event_time: None,
        name: "user".into(),
        parent_kinds: vec!["Mfa::Role".into()],
    }))
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.to_owned())
}

fn row(id: &str, cells: Vec<Value>) -> Row {
    Row { id: id.to_owned(), parents: vec![], cells, receipts: vec![0] }
}

fn refusal(names: &[&str], row: Row) -> String {
    let mut table = table();
    let layout = table.layout(names.iter().copied()).unwrap();
    table.push(&layout, row).unwrap_err().to_string()
}

#[test]
fn cells_come_back_as_they_went_in() {
    let mut table = table();
    let layout = table.layout(["factors", "enabled", "from", "lead"]).unwrap();
    let role = EntityRef { id: "admin".into(), kind: "Mfa::Role".into() };
    let factors = Value::SetOf(vec![text("totp"), text("sms"), text("totp")]);
    let cells = vec![
        factors,
        Value::One(Scalar::Boolean(true)),
        Value::One(Scalar::Ip("10.0.0.9/24".into())),
        Value::One(Scalar::Entity(role.clone())),
    ];
    let parents = vec![role.clone(), role.clone()];
    table.push(&layout, Row { id: "ann".into(), parents, cells, receipts: vec![3, 1, 3] }).unwrap();
    assert_eq!(table.value(0, 0), Value::One(Scalar::Boolean(true)));
    assert_eq!(table.value(0, 1), Value::Absent);
    assert_eq!(table.value(0, 3), Value::One(Scalar::Ip("10.0.0.0/24".into())));
    assert_eq!(table.value(0, 5), Value::One(Scalar::Entity(role.clone())));
    assert_eq!(table.value(0, 6), Value::SetOf(vec![text("sms"), text("totp")]));
    assert_eq!(table.parents(0), [role]);
    assert_eq!(table.receipts(0), [1, 3]);
    assert_eq!(table.id(0), Some("ann"));
    assert_eq!(table.id(1), None);
}

#[test]
fn refusals_name_row_column_value_and_bound() {
    let ok = || Value::One(Scalar::Boolean(true));
    assert_eq!(refusal(&[], row("ann", vec![])), "row `ann`: required column `enabled` is absent");
    assert_eq!(refusal(&["enabled"], row("ann", vec![])), "row has 0 cells, its batch names 1 columns");
    assert_eq!(
        refusal(&["enabled"], row("ann", vec![Value::One(text("yes"))])),
        "row `ann`: column `enabled` is declared boolean, the cell is text"
    );
    assert_eq!(
        refusal(&["enabled", "factors"], row("ann", vec![ok(), Value::SetOf(vec![Scalar::Long(1)])])),
        "row `ann`: column `factors` is declared set of text, the cell is long"
    );
    assert_eq!(
        refusal(&["enabled", "logins"], row("ann", vec![ok(), Value::One(Scalar::Long(i64::MAX))])),
        "row `ann`: column `logins`: long `9223372036854775807` is outside -9007199254740991 to 9007199254740991"
    );
    assert_eq!(
        refusal(&["enabled", "last"], row("ann", vec![ok(), Value::One(Scalar::Datetime(i64::MAX))])),
        "row `ann`: column `last`: datetime `9223372036854775807` ms is outside the years 0001 to 9999"
    );
    assert_eq!(
        refusal(&["enabled", "email"], row("ann", vec![ok(), Value::One(text(&"x".repeat(65_537)))])),
        "row `ann`: column `email` has 65537 bytes, limit is 65536"
    );
    let stranger = EntityRef { id: "x".into(), kind: "Other::Kind".into() };
    assert_eq!(
        refusal(&["enabled", "lead"], row("ann", vec![ok(), Value::One(Scalar::Entity(stranger.clone()))])),
        "row `ann`: column `lead` is declared entity Mfa::Role, the cell is entity Other::Kind"
    );
    assert_eq!(
        refusal(&["enabled"], Row { parents: vec![stranger], ..row("ann", vec![ok()]) }),
        "row `ann`: parent kind `Other::Kind` is not declared"
    );
    assert_eq!(
        refusal(&["enabled"], Row { receipts: vec![], ..row("ann", vec![ok()]) }),
        "row `ann` names no receipt, so nothing shows where it was read"
    );
    assert_eq!(refusal(&["enabled"], row("", vec![ok()])), "row id of 0 bytes, limit is 1 to 1024");
}

#[test]
fn a_repeated_id_is_refused() {
    let mut table = table();
    let layout = table.layout(["enabled"]).unwrap();
    table.push(&layout, row("ann", vec![Value::One(Scalar::Boolean(true))])).unwrap();
    let again = table.push(&layout, row("ann", vec![Value::One(Scalar::Boolean(true))]));
    assert_eq!(again.unwrap_err().to_string(), "row `ann` is there twice");
}

#[test]
fn layouts_know_their_columns() {
    let table = table();
    assert_eq!(table.layout(["nope"]).unwrap_err().to_string(), "fact `user` has no column `nope`");
    assert_eq!(table.layout(["email", "email"]).unwrap_err().to_string(), "column `email` is named twice in one batch");
}

proptest! {
    /// Against the slow, obvious model: a list of rows.
    #[test]
    fn a_table_is_a_list_of_rows(rows in prop::collection::btree_map(
        "[a-z]{1,6}",
        (any::<bool>(), prop::option::of(-1000i64..1000), prop::option::of("[a-c]{0,2}"), prop::collection::btree_set("[a-c]", 0..3)),
        0..50,
    )) {
        let mut table = table();
        let layout = table.layout(["enabled", "logins", "email", "factors"]).unwrap();
        let mut model = Vec::new();
        for (id, (enabled, logins, email, factors)) in rows.iter().rev() {
            let cells = vec![
                Value::One(Scalar::Boolean(*enabled)),
                logins.map_or(Value::Absent, |n| Value::One(Scalar::Long(n))),
                email.as_ref().map_or(Value::Absent, |e| Value::One(text(e))),
                Value::SetOf(factors.iter().map(|f| text(f)).collect()),
            ];
            table.push(&layout, row(id, cells.clone())).unwrap();
            model.push((id.clone(), cells));
        }
        for (at, (id, cells)) in model.iter().enumerate() {
            prop_assert_eq!(table.id(at), Some(id.as_str()));
            let read: Vec<Value> = [0, 1, 2, 6].iter().map(|column| table.value(at, *column)).collect();
            prop_assert_eq!(&read, cells);
            for (other, (_, other_cells)) in model.iter().enumerate() {
                for (column, cell) in [0, 1, 2, 6].into_iter().zip(0..4) {
                    let keys = table.cells(column).map(|c| (c.key(at), c.key(other))).unwrap();
                    prop_assert_eq!(keys.0 == keys.1, cells[cell] == other_cells[cell]);
                }
            }
        }
        let sorted: Vec<&str> = table.sorted().iter().filter_map(|at| table.id(at)).collect();
        prop_assert_eq!(sorted, rows.keys().map(String::as_str).collect::<Vec<_>>());
    }
}
