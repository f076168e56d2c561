//! Values read back from the JSON that they were recorded as. JSON writes a datetime as a string, so the declared type
//! says what a string is.
//!
//! **Invariant:** what is read would be written again as the same JSON; any other spelling is not what was recorded.

use crate::descriptor::{CedarType, Column, Shape};
use crate::time::parse_instant;
use crate::value::{EntityRef, Scalar, Value, parse_duration};

impl Scalar {
    /// The scalar of type `ty` that `json` was written from, or nothing where it was written from none.
    #[must_use]
    pub fn from_recorded(ty: CedarType, json: &serde_json::Value) -> Option<Self> {
        let scalar = match ty {
            CedarType::Boolean => Self::Boolean(json.as_bool()?),
            CedarType::Long => Self::Long(json.as_i64()?),
            CedarType::Text => Self::Text(json.as_str()?.to_owned()),
            CedarType::Decimal => Self::Decimal(json.as_str()?.parse().ok()?),
            CedarType::Ip => Self::Ip(json.as_str()?.to_owned()),
            CedarType::Datetime => Self::Datetime(parse_instant(json.as_str()?).ok()?.ms()),
            CedarType::Duration => Self::Duration(parse_duration(json.as_str()?).ok()?),
            CedarType::Entity => Self::Entity(serde_json::from_value::<EntityRef>(json.clone()).ok()?),
        };
        serde_json::to_value(&scalar).is_ok_and(|again| again == *json).then_some(scalar)
    }
}

impl Value {
    /// The value of `column` that `json` was written from, or nothing where it was written from none. The order of a set
    /// stays as it was recorded.
    #[must_use]
    pub fn from_recorded(column: &Column, json: &serde_json::Value) -> Option<Self> {
        match (column.shape, json) {
            (_, serde_json::Value::Null) => Some(Self::Absent),
            (Shape::One, one) => Scalar::from_recorded(column.ty, one).map(Self::One),
            (Shape::SetOf, serde_json::Value::Array(items)) => {
                items.iter().map(|item| Scalar::from_recorded(column.ty, item)).collect::<Option<_>>().map(Self::SetOf)
            }
            (Shape::SetOf, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::time::{MAX_INSTANT_MS, MIN_INSTANT_MS};
    use crate::value::{Decimal4, MAX_LONG};

    fn scalar() -> impl Strategy<Value = (CedarType, Scalar)> {
        prop_oneof![
            any::<bool>().prop_map(|b| (CedarType::Boolean, Scalar::Boolean(b))),
            (-MAX_LONG..=MAX_LONG).prop_map(|n| (CedarType::Long, Scalar::Long(n))),
            any::<String>().prop_map(|text| (CedarType::Text, Scalar::Text(text))),
            any::<i64>().prop_map(|units| (CedarType::Decimal, Scalar::Decimal(Decimal4(units)))),
            (MIN_INSTANT_MS..=MAX_INSTANT_MS).prop_map(|ms| (CedarType::Datetime, Scalar::Datetime(ms))),
            (-MAX_LONG..=MAX_LONG).prop_map(|ms| (CedarType::Duration, Scalar::Duration(ms))),
            any::<(u32, u8)>().prop_map(|(bits, prefix)| {
                let text = format!("{}/{}", std::net::Ipv4Addr::from(bits), prefix % 33);
                (CedarType::Ip, Scalar::Ip(text).canonical().unwrap())
            }),
            any::<String>().prop_map(|id| (CedarType::Entity, Scalar::Entity(EntityRef { id, kind: "A::B".into() }))),
        ]
    }

    fn column(ty: CedarType, shape: Shape) -> Column {
        Column { doc: String::new(), entity_kind: None, name: "it".into(), required: false, shape, ty }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back((ty, scalar) in scalar()) {
            let json = serde_json::to_value(&scalar).unwrap();
            prop_assert_eq!(Scalar::from_recorded(ty, &json), Some(scalar.clone()));
            let one = Value::One(scalar.clone());
            prop_assert_eq!(Value::from_recorded(&column(ty, Shape::One), &json), Some(one));
            let set = Value::SetOf(vec![scalar.clone(), scalar]);
            prop_assert_eq!(Value::from_recorded(&column(ty, Shape::SetOf), &json!([json, json])), Some(set));
        }
    }

    #[test]
    fn other_spellings_were_never_written() {
        for (ty, json) in [
            (CedarType::Boolean, json!("true")),
            (CedarType::Long, json!(1.0)),
            (CedarType::Long, json!("1")),
            (CedarType::Decimal, json!("1.5")),
            (CedarType::Datetime, json!("2026-11-20T10:00:00+01:00")),
            (CedarType::Datetime, json!("2026-11-20")),
            (CedarType::Duration, json!("60m")),
            (CedarType::Entity, json!({ "id": "a", "kind": "A::B", "more": 1 })),
        ] {
            assert_eq!(Scalar::from_recorded(ty, &json), None, "{json}");
        }
        assert_eq!(Value::from_recorded(&column(CedarType::Text, Shape::One), &json!(null)), Some(Value::Absent));
        assert_eq!(Value::from_recorded(&column(CedarType::Text, Shape::SetOf), &json!("a")), None);
        assert_eq!(Value::from_recorded(&column(CedarType::Text, Shape::One), &json!(["a"])), None);
    }
}
