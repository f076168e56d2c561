//! The contract's generated types to the model's and back. Text moves and is never copied.
//!
//! **Absent on purpose:** checks. What a guest emits is checked where it enters a table, what it asks where it is asked.

use tickmark_model::{Decimal4, EntityRef, Receipt, Scalar, Value};

use crate::bindings::tickmark::collector::types as wt;
use crate::interfaces::Refusal;

pub(crate) fn scalar_in(scalar: wt::Scalar) -> Scalar {
    match scalar {
        wt::Scalar::Boolean(b) => Scalar::Boolean(b),
        wt::Scalar::Long(n) => Scalar::Long(n),
        wt::Scalar::Text(text) => Scalar::Text(text),
        wt::Scalar::Decimal(units) => Scalar::Decimal(Decimal4(units)),
        wt::Scalar::Ip(text) => Scalar::Ip(text),
        wt::Scalar::Datetime(ms) => Scalar::Datetime(ms),
        wt::Scalar::Duration(ms) => Scalar::Duration(ms),
        wt::Scalar::Entity(entity) => Scalar::Entity(entity_in(entity)),
    }
}

pub(crate) fn scalar_out(scalar: Scalar) -> wt::Scalar {
    match scalar {
        Scalar::Boolean(b) => wt::Scalar::Boolean(b),
        Scalar::Long(n) => wt::Scalar::Long(n),
        Scalar::Text(text) => wt::Scalar::Text(text),
        Scalar::Decimal(units) => wt::Scalar::Decimal(units.0),
        Scalar::Ip(text) => wt::Scalar::Ip(text),
        Scalar::Datetime(ms) => wt::Scalar::Datetime(ms),
        Scalar::Duration(ms) => wt::Scalar::Duration(ms),
        Scalar::Entity(entity) => wt::Scalar::Entity(wt::EntityRef { kind: entity.kind, id: entity.id }),
    }
}

pub(crate) fn entity_in(entity: wt::EntityRef) -> EntityRef {
    EntityRef { id: entity.id, kind: entity.kind }
}

pub(crate) fn value_in(value: wt::Value) -> Value {
    match value {
        wt::Value::Absent => Value::Absent,
        wt::Value::One(scalar) => Value::One(scalar_in(scalar)),
        wt::Value::SetOf(items) => Value::SetOf(items.into_iter().map(scalar_in).collect()),
    }
}

pub(crate) fn value_out(value: Value) -> wt::Value {
    match value {
        Value::Absent => wt::Value::Absent,
        Value::One(scalar) => wt::Value::One(scalar_out(scalar)),
        Value::SetOf(items) => wt::Value::SetOf(items.into_iter().map(scalar_out).collect()),
    }
}

pub(crate) fn failure_out(refusal: Refusal, receipt: Receipt) -> wt::Failure {
    let Refusal { code, message, retryable } = refusal;
    wt::Failure { code: code.as_str().to_owned(), message, retryable, receipt: Some(receipt) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_survives_the_way_out_and_back() {
        let entity = EntityRef { id: "admin".into(), kind: "Mfa::Role".into() };
        let scalars = vec![
            Scalar::Boolean(true),
            Scalar::Long(-3),
            Scalar::Text("a".into()),
            Scalar::Decimal(Decimal4(12_500)),
            Scalar::Ip("10.0.0.0/8".into()),
            Scalar::Datetime(1),
            Scalar::Duration(2),
            Scalar::Entity(entity),
        ];
        for scalar in &scalars {
            assert_eq!(&scalar_in(scalar_out(scalar.clone())), scalar);
        }
        for value in [Value::Absent, Value::One(Scalar::Long(1)), Value::SetOf(scalars)] {
            assert_eq!(value_in(value_out(value.clone())), value);
        }
    }
}
