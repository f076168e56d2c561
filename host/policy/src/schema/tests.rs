//! The generated schema, and who may declare what.

use expect_test::expect;

use crate::fixture::*;
use crate::matrix;
use crate::problem::Problems;
use crate::{Policies, schema};
use tickmark_model::Descriptor;

fn compile(descriptors: &[Descriptor]) -> Result<Policies, Problems> {
    Policies::compile(&matrix::load(&[]).unwrap(), descriptors)
}

fn with(descriptor: Descriptor) -> String {
    let descriptors: Vec<Descriptor> = descriptors().into_iter().chain([descriptor]).collect();
    match compile(&descriptors) {
        Ok(_) => "no problem".to_owned(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn a_fact_and_its_control_as_cedar_sees_them() {
    let schema: serde_json::Value = serde_json::from_str(compile(&descriptors()).unwrap().schema()).unwrap();
    let text = |value: &serde_json::Value| format!("{value:#}");
    expect![[r#"
        {
          "appliesTo": {
            "context": {
              "additionalAttributes": false,
              "attributes": {
                "as_of": {
                  "name": "datetime",
                  "required": true,
                  "type": "Extension"
                },
                "min_percent": {
                  "required": true,
                  "type": "Long"
                }
              },
              "type": "Record"
            },
            "principalTypes": [
              "Tickmark::System"
            ],
            "resourceTypes": [
              "Tickmark::Population"
            ]
          },
          "memberOf": [
            {
              "id": "criterion:CC6.1"
            },
            {
              "id": "criterion:CC6.6"
            }
          ]
        }"#]]
    .assert_eq(&text(&schema[""]["actions"]["CC6.1-mfa-adoption/population"]));
    expect![[r#"
        {
          "memberOfTypes": [],
          "shape": {
            "additionalAttributes": false,
            "attributes": {
              "boot_time": {
                "name": "datetime",
                "required": true,
                "type": "Extension"
              },
              "uptime": {
                "name": "duration",
                "required": true,
                "type": "Extension"
              }
            },
            "type": "Record"
          }
        }"#]]
    .assert_eq(&text(&schema["Uptime"]["entityTypes"]["Host"]));
    assert_eq!(schema["Mfa"]["entityTypes"]["Role"], serde_json::json!({}));
    assert_eq!(schema["Mfa"]["entityTypes"]["User"]["memberOfTypes"], serde_json::json!(["Mfa::Role"]));
    assert_eq!(schema["Tickmark"]["entityTypes"]["System"]["tags"], serde_json::json!({ "type": "String" }));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (first, second) = (compile(&descriptors()).unwrap(), compile(&descriptors()).unwrap());
    assert_eq!(first.schema(), second.schema());
    assert_eq!(first.schema_digest(), second.schema_digest());
}

#[test]
fn an_equal_declaration_may_stand_beside_its_owner() {
    let mut users = descriptors().remove(1).facts.remove(0);
    users.name = "account".into();
    users.columns.reverse();
    users.columns[0].doc = "another sentence".into();
    assert_eq!(with(descriptor("okta", vec![users])), "no problem");
}

#[test]
fn contradictions_are_refused() {
    let kind = |kind: &str| fact("thing", kind, None, &[], "name text!");
    assert_eq!(
        with(descriptor("okta", vec![kind("Mfa::User")])),
        "plugin `okta` declares kind `Mfa::User` in another way than plugin `mfa`"
    );
    assert_eq!(
        with(descriptor("okta", vec![kind("Mfa::Device")])),
        "plugin `okta` declares kind `Mfa::Device` in the namespace of plugin `mfa`"
    );
    let group = fact("group", "Okta::Group", None, &["Okta::Group"], "name text!");
    assert_eq!(
        with(descriptor("okta", vec![group])),
        "kind `Okta::Group` is a parent of kind `Okta::Group` and has parents itself"
    );
}

#[test]
fn parts_name_their_actions() {
    let actions = [schema::Part::Scope, schema::Part::Subject, schema::Part::Population].map(|part| part.action("A"));
    assert_eq!(actions, ["A/scope", "A", "A/population"]);
}
