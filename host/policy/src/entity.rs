//! From the model's values to Cedar's: entities, contexts and the expressions in them.
//!
//! **Invariant:** nothing here panics; whatever Cedar refuses comes back as a message.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use cedar_policy::{Context, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use tickmark_model::{CedarType, Control, EntityRef, Fact, FactTable, Instant, Scalar, System, Value, format_duration};

use crate::schema::{POPULATION, SYSTEM};

/// The kinds that a fact's entities name, parsed once.
#[derive(Debug)]
pub(crate) struct Names {
    own: EntityTypeName,
    kinds: BTreeMap<String, EntityTypeName>,
}

impl Names {
    /// The kinds of `fact`.
    ///
    /// # Errors
    /// What Cedar says of a kind that is no name.
    pub(crate) fn of(fact: &Fact) -> Result<Self, String> {
        let referred = fact.columns.iter().filter_map(|column| column.entity_kind.as_ref());
        let mut kinds = BTreeMap::new();
        for kind in fact.parent_kinds.iter().chain(referred) {
            kinds.insert(kind.clone(), name(kind)?);
        }
        Ok(Self { own: name(&fact.entity_kind)?, kinds })
    }

    /// The uid of the subject with this id.
    pub(crate) fn subject(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.own.clone(), EntityId::new(id))
    }

    fn uid(&self, entity: &EntityRef) -> Result<EntityUid, String> {
        let kind = match self.kinds.get(&entity.kind) {
            Some(kind) => kind.clone(),
            None => name(&entity.kind)?,
        };
        Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(&entity.id)))
    }

    /// Row `row` of `table` as an entity with its attributes and parents.
    ///
    /// # Errors
    /// What Cedar says of a value that it does not take.
    pub(crate) fn entity(&self, table: &FactTable, row: usize) -> Result<Entity, String> {
        let mut attributes = HashMap::new();
        for (at, column) in table.fact().columns.iter().enumerate() {
            if let Some(value) = self.expression(table.value(row, at))? {
                attributes.insert(column.name.clone(), value);
            }
        }
        let parents = table.parents(row).iter().map(|parent| self.uid(parent)).collect::<Result<_, _>>()?;
        let uid = self.subject(table.id(row).unwrap_or_default());
        Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
    }

    fn expression(&self, value: Value) -> Result<Option<RestrictedExpression>, String> {
        Ok(match value {
            Value::Absent => None,
            Value::One(Scalar::Entity(entity)) => Some(RestrictedExpression::new_entity_uid(self.uid(&entity)?)),
            Value::One(scalar) => Some(expression(&scalar)?),
            Value::SetOf(items) => {
                let items = items.into_iter().filter_map(|item| self.expression(Value::One(item)).transpose());
                Some(RestrictedExpression::new_set(items.collect::<Result<Vec<_>, _>>()?))
            }
        })
    }
}

fn name(kind: &str) -> Result<EntityTypeName, String> {
    EntityTypeName::from_str(kind).map_err(|error| error.to_string())
}

fn expression(scalar: &Scalar) -> Result<RestrictedExpression, String> {
    Ok(match scalar {
        Scalar::Boolean(b) => RestrictedExpression::new_bool(*b),
        Scalar::Long(n) => RestrictedExpression::new_long(*n),
        Scalar::Text(text) => RestrictedExpression::new_string(text.clone()),
        Scalar::Decimal(units) => RestrictedExpression::new_decimal(units.to_string()),
        Scalar::Ip(address) => RestrictedExpression::new_ip(address),
        Scalar::Datetime(ms) => match Instant::from_ms(*ms) {
            Some(at) => RestrictedExpression::new_datetime(at.to_string()),
            None => return Err(format!("datetime of {ms} ms is outside the years 0001 to 9999")),
        },
        Scalar::Duration(ms) => RestrictedExpression::new_duration(format_duration(*ms)),
        Scalar::Entity(entity) => {
            let uid = EntityUid::from_type_name_and_id(name(&entity.kind)?, EntityId::new(&entity.id));
            RestrictedExpression::new_entity_uid(uid)
        }
    })
}

/// The principal of every request.
///
/// # Errors
/// What Cedar says of a value that it does not take.
pub(crate) fn system(system: &System) -> Result<Entity, String> {
    let text = |text: &String| RestrictedExpression::new_string(text.clone());
    let optional = [("owner", &system.owner), ("tier", &system.tier)];
    let attributes = optional
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (name.to_owned(), text(value))))
        .chain([("environment".to_owned(), text(&system.environment))]);
    let tags = system.tags.iter().map(|(name, value)| (name.clone(), text(value)));
    let uid = EntityUid::from_type_name_and_id(name(SYSTEM)?, EntityId::new(&system.name));
    Entity::new_with_tags(uid, attributes, [], tags).map_err(|error| error.to_string())
}

/// What a population-mode control decides on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PopulationCounts {
    pub(crate) complete: bool,
    pub(crate) conforming: u64,
    pub(crate) excluded: u64,
    pub(crate) in_scope: u64,
    pub(crate) newest: Option<i64>,
    pub(crate) oldest: Option<i64>,
}

/// The population of the control `id` as an entity.
///
/// # Errors
/// What Cedar says of a value that it does not take.
pub(crate) fn population(id: &str, counts: &PopulationCounts) -> Result<Entity, String> {
    let long = |n: u64| Scalar::Long(i64::try_from(n).unwrap_or(i64::MAX));
    let instants = [("newest", counts.newest), ("oldest", counts.oldest)];
    let scalars = [
        ("complete", Scalar::Boolean(counts.complete)),
        ("conforming", long(counts.conforming)),
        ("excluded", long(counts.excluded)),
        ("in_scope", long(counts.in_scope)),
    ]
    .into_iter()
    .chain(instants.into_iter().filter_map(|(name, ms)| ms.map(|ms| (name, Scalar::Datetime(ms)))));
    let attributes: Result<HashMap<String, RestrictedExpression>, String> =
        scalars.map(|(name, scalar)| Ok((name.to_owned(), expression(&scalar)?))).collect();
    let uid = EntityUid::from_type_name_and_id(name(POPULATION)?, EntityId::new(id));
    Entity::new(uid, attributes?, std::collections::HashSet::new()).map_err(|error| error.to_string())
}

/// `as_of` and the control's parameters.
///
/// # Errors
/// What Cedar says of a value that it does not take.
pub(crate) fn context(control: &Control, as_of: Instant) -> Result<Context, String> {
    let own = ("as_of".to_owned(), expression(&Scalar::Datetime(as_of.ms()))?);
    let mut pairs = vec![own];
    for (name, value) in &control.parameters {
        pairs.push((name.clone(), expression(value)?));
    }
    Context::from_pairs(pairs).map_err(|error| error.to_string())
}

/// The uid of an action of ours.
///
/// # Errors
/// What Cedar says of the name `Action`, which is one.
pub(crate) fn action(id: &str) -> Result<EntityUid, String> {
    Ok(EntityUid::from_type_name_and_id(name("Action")?, EntityId::new(id)))
}

/// Whether values of this type have an order and stand as one number in a table.
pub(crate) fn is_number(ty: CedarType) -> bool {
    matches!(ty, CedarType::Long | CedarType::Decimal | CedarType::Datetime | CedarType::Duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tickmark_model::{Decimal4, MAX_INSTANT_MS, MIN_INSTANT_MS};

    /// What a table may hold, Cedar takes: otherwise a value that no policy reads would leave a subject undecided.
    #[test]
    fn every_canonical_value_is_one_that_cedar_takes() {
        let n = 9_007_199_254_740_991;
        let mut scalars =
            vec![Scalar::Boolean(true), Scalar::Long(n), Scalar::Long(-n), Scalar::Text("\0\"\u{10ffff}".into())];
        for n in [i64::MIN, i64::MIN + 1, -1, 0, 1, 9_999, i64::MAX] {
            scalars.extend([Scalar::Decimal(Decimal4(n)), Scalar::Duration(n)]);
        }
        for ms in [MIN_INSTANT_MS, -1, 0, 1_709_164_800_000, MAX_INSTANT_MS] {
            scalars.push(Scalar::Datetime(ms));
        }
        for address in
            ["0.0.0.0/0", "255.255.255.255", "::/0", "::ffff:1.2.3.4", "::1.2.3.4", "fe80::/10", "1:0:0:2::3"]
        {
            scalars.push(Scalar::Ip(address.into()).canonical().unwrap());
        }
        scalars.push(Scalar::Entity(EntityRef { id: "a\"b\n".into(), kind: "Mfa::Role".into() }));
        for scalar in scalars {
            let attribute = ("it".to_owned(), expression(&scalar).unwrap());
            let uid = EntityUid::from_type_name_and_id(name(SYSTEM).unwrap(), EntityId::new("s"));
            let entity = Entity::new(uid, HashMap::from([attribute]), std::collections::HashSet::new());
            assert!(entity.is_ok(), "{scalar:?}: {entity:?}");
        }
    }
}
