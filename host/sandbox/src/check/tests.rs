use miette::Diagnostic;

use super::*;

fn column(name: &str, ty: CedarType, shape: Shape, required: bool) -> Column {
    Column { doc: format!("the {name}"), entity_kind: None, name: name.into(), required, shape, ty }
}

fn descriptor() -> Descriptor {
    let need = |kind, name: &str, required| Need { kind, name: name.into(), reason: String::new(), required };
    Descriptor {
        facts: vec![],
        name: "mfa".into(),
        needs: vec![need(NeedKind::Sql, "users", true), need(NeedKind::Files, "okta-users", false)],
        settings: vec![
            column("source", CedarType::Text, Shape::One, true),
            column("admin_roles", CedarType::Text, Shape::SetOf, false),
            column("login_window", CedarType::Duration, Shape::One, false),
        ],
        version: "0.1.0".into(),
    }
}

fn check(settings: &[(&str, Value)]) -> Vec<String> {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    check_settings(&descriptor(), &settings)
        .iter()
        .map(|error| match error.help() {
            Some(help) => format!("{error}; {help}"),
            None => error.to_string(),
        })
        .collect()
}

fn text(text: &str) -> Value {
    Value::One(Scalar::Text(text.into()))
}

#[test]
fn sound_settings_have_no_errors() {
    let roles = Value::SetOf(vec![Scalar::Text("root".into())]);
    let window = Value::One(Scalar::Duration(1));
    assert_eq!(
        check(&[("source", text("sql")), ("admin_roles", roles), ("login_window", window)]),
        Vec::<String>::new()
    );
    assert_eq!(check(&[("source", text("sql")), ("admin_roles", Value::SetOf(vec![]))]), Vec::<String>::new());
}

#[test]
fn all_errors_come_at_once() {
    assert_eq!(
        check(
            &[("admin_roles", text("root")), ("login_window", Value::One(Scalar::Long(24))), ("sauce", text("sql")),]
        ),
        [
            "setting `admin_roles` of plugin `mfa` is text, expected a set of text; write `admin_roles = [\"text\"]`",
            "setting `login_window` of plugin `mfa` is long, expected duration; write `login_window = { duration = \"26h\" }`",
            "plugin `mfa` has no setting `sauce`; its settings are: source, admin_roles, login_window",
            "plugin `mfa` needs setting `source`: the source",
        ]
    );
}

#[test]
fn an_absent_value_does_not_meet_a_requirement() {
    assert_eq!(check(&[("source", Value::Absent)]), ["plugin `mfa` needs setting `source`: the source"]);
}

#[test]
fn a_required_need_without_grant_is_found() {
    let descriptor = descriptor();
    assert_eq!(missing_need(&descriptor, &Grants::default()).unwrap().name, "users");
}
