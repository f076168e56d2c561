//! As much of JSON Schema as the document's schema uses; any other keyword is an error, so that nothing is skipped.

use serde_json::Value;

/// Where and how `value` does not keep `schema`.
pub(crate) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    check(schema, schema, value, "", &mut errors);
    errors
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    let place = if at.is_empty() { "/" } else { at };
    let mut fail = |why: String| errors.push(format!("{place}: {why}"));
    let known = schema["properties"].as_object();
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let path = rule.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(path).unwrap(), value, at, errors);
                return;
            }
            "type" => {
                let of_type = match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    other => panic!("type `{other}`"),
                };
                if !of_type {
                    fail(format!("not of type {}", rule.as_str().unwrap()));
                    return;
                }
            }
            "const" if value == rule => {}
            "const" => fail(format!("not {rule}")),
            "enum" if rule.as_array().unwrap().contains(value) => {}
            "enum" => fail("not one of the enum".into()),
            "minimum" if !value.is_number() || value.as_f64() >= rule.as_f64() => {}
            "minimum" => fail(format!("less than {rule}")),
            "minLength" | "maxLength" => {
                let (length, bound) = (value.as_str().unwrap().len() as u64, rule.as_u64().unwrap());
                if keyword == "minLength" && length < bound || keyword == "maxLength" && length > bound {
                    fail(format!("not of length {bound}"));
                }
            }
            "minItems" if value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap() => {}
            "minItems" => fail(format!("fewer than {rule} items")),
            "required" => {
                for name in rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
                    if value.get(name).is_none() {
                        fail(format!("member `{name}` is missing"));
                    }
                }
            }
            "additionalProperties" if rule == false => {
                for name in value.as_object().unwrap().keys().filter(|name| !known.unwrap().contains_key(*name)) {
                    fail(format!("unknown member `{name}`"));
                }
            }
            "additionalProperties" | "properties" | "items" => {}
            other => panic!("keyword `{other}`"),
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let rule = known.and_then(|known| known.get(name)).or_else(|| schema.get("additionalProperties"));
        if let Some(rule) = rule.filter(|rule| rule.is_object()) {
            check(root, rule, member, &format!("{at}/{name}"), errors);
        }
    }
    if let Some(rule) = schema.get("items") {
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            check(root, rule, item, &format!("{at}/{n}"), errors);
        }
    }
}
