//! Settings read back from the JSON that they were recorded as, with the types that the plugin declares.

use std::collections::BTreeMap;

use tickmark_model::{Descriptor, Value};

/// Why recorded settings are none of the plugin's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum RecordedSettingError {
    /// It is no JSON object.
    #[error("the recorded settings are no JSON object")]
    NoObject,
    /// The plugin has no such setting.
    #[error("the recorded setting `{0}` is not declared by the plugin")]
    Undeclared(String),
    /// It was not written from a value of the declared type.
    #[error("the recorded setting `{name}` is `{found}`, which is not how its type is recorded")]
    Type {
        /// Its name.
        name: String,
        /// As recorded.
        found: String,
    },
}

/// The settings that `json` was written from.
///
/// # Errors
/// [`RecordedSettingError`] where it was not written from settings of a plugin with this descriptor.
pub fn recorded_settings(
    descriptor: &Descriptor,
    json: &serde_json::Value,
) -> Result<BTreeMap<String, Value>, RecordedSettingError> {
    let settings = json.as_object().ok_or(RecordedSettingError::NoObject)?;
    let read = |(name, json): (&String, &serde_json::Value)| {
        let column = descriptor.settings.iter().find(|column| column.name == *name);
        let column = column.ok_or_else(|| RecordedSettingError::Undeclared(name.clone()))?;
        let wrong = || RecordedSettingError::Type { name: name.clone(), found: json.to_string() };
        Ok((name.clone(), Value::from_recorded(column, json).ok_or_else(wrong)?))
    };
    settings.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tickmark_model::{CedarType, Column, Scalar, Shape};

    use super::*;

    fn descriptor() -> Descriptor {
        let column = |name: &str, ty, shape| Column {
            doc: String::new(),
            entity_kind: None,
            name: name.into(),
            required: false,
            shape,
            ty,
        };
        let settings = vec![
            column("since", CedarType::Duration, Shape::One),
            column("words", CedarType::Text, Shape::SetOf),
            column("none", CedarType::Long, Shape::One),
        ];
        Descriptor { facts: vec![], name: "guest".into(), needs: vec![], settings, version: "0.1.0".into() }
    }

    #[test]
    fn what_is_recorded_is_read_back_with_its_types_and_order() {
        let settings = BTreeMap::from([
            ("since".to_owned(), Value::One(Scalar::Duration(93_600_000))),
            ("words".to_owned(), Value::SetOf(vec![Scalar::Text("b".into()), Scalar::Text("a".into())])),
            ("none".to_owned(), Value::Absent),
        ]);
        let json = serde_json::to_value(&settings).unwrap();
        assert_eq!(json, json!({ "since": "1d2h", "words": ["b", "a"], "none": null }));
        assert_eq!(recorded_settings(&descriptor(), &json), Ok(settings));
    }

    #[test]
    fn what_was_not_written_from_settings_is_refused() {
        let check = |json| recorded_settings(&descriptor(), &json).unwrap_err().to_string();
        assert_eq!(check(json!([])), "the recorded settings are no JSON object");
        assert_eq!(check(json!({ "colour": 1 })), "the recorded setting `colour` is not declared by the plugin");
        let refused = "the recorded setting `since` is `\"26h\"`, which is not how its type is recorded";
        assert_eq!(check(json!({ "since": "26h" })), refused);
    }
}
