//! JSON in one spelling: sorted keys, sorted sets, and nothing that moves while the rule stays the same.
//!
//! nft prints hash sets in the kernel's order, which differs from one load to the next.

use serde_json::Value;

/// Counts that are there or not, by how far they have come.
const LEFT_OUT: &[&str] = &["expires", "handle", "used", "used_unit"];

/// Statements that count.
const COUNTING: &[&str] = &["counter", "last"];

/// What makes a rule this rule: its statements and its comment.
#[must_use]
pub fn content(expr: &Value, comment: Option<&str>) -> String {
    let mut out = spell(expr);
    if let Some(comment) = comment {
        out.push(' ');
        out.push_str(&Value::from(comment).to_string());
    }
    out
}

/// The one spelling of a value.
#[must_use]
pub fn spell(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let mut fields: Vec<_> = entries.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields = fields.into_iter().map(|(name, value)| {
                let value = match value {
                    Value::Object(_) | Value::Null if COUNTING.contains(&name.as_str()) => "0".to_owned(),
                    Value::Array(items) if name == "set" => {
                        let mut items: Vec<_> = items.iter().map(spell).collect();
                        items.sort_unstable();
                        format!("[{}]", items.join(","))
                    }
                    value => spell(value),
                };
                format!("{}:{value}", Value::from(name.as_str()))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spell).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counters_and_the_order_of_sets_do_not_enter() {
        let rule = |packets: u32, set: [u32; 2]| json!([{"match": {"right": {"set": set}}}, {"counter": {"packets": packets}}]);
        assert_eq!(spell(&rule(0, [22, 80])), spell(&rule(7, [80, 22])));
        assert_ne!(spell(&rule(0, [22, 80])), spell(&rule(0, [22, 81])));
        assert_eq!(spell(&rule(0, [80, 22])), r#"[{"match":{"right":{"set":[22,80]}}},{"counter":0}]"#);
    }

    #[test]
    fn what_a_quota_has_used_does_not_enter() {
        let quota = json!({"quota": {"val": 5, "val_unit": "mbytes"}});
        let used = json!({"quota": {"val": 5, "val_unit": "mbytes", "used": 7, "used_unit": "kbytes"}});
        assert_eq!(spell(&quota), spell(&used));
    }

    #[test]
    fn a_counter_with_a_name_is_part_of_the_rule() {
        assert_ne!(spell(&json!({"counter": "a"})), spell(&json!({"counter": "b"})));
    }
}
