//! The right side of a match: the values of one column.

use std::collections::BTreeSet;

use serde_json::Value;

use super::key::Held;
use crate::net::IpFamily;
use crate::packets::{LAST_PORT, Packets, States};
use crate::protocol;
use crate::ranges::Ranges;

/// The packets whose column holds one of `values`, or nothing where some value cannot be read or there is none.
#[must_use]
pub fn packets(held: Held, values: &[&Value]) -> Option<Packets> {
    if values.is_empty() {
        return None;
    }
    let values = values.iter().map(|value| bare(value)).collect::<Option<Vec<_>>>()?;
    let spans = |read: &dyn Fn(&Value) -> Option<(u128, u128)>| {
        let ranges = Ranges::of(values.iter().map(|value| read(value)).collect::<Option<Vec<_>>>()?);
        (!ranges.is_empty()).then_some(ranges)
    };
    let names = || values.iter().map(|value| name(value)).collect::<Option<Vec<_>>>();
    Some(match held {
        Held::Source(family) => Packets::from(family, spans(&|value| addresses(family, value))?),
        Held::Destination(family) => Packets::to(family, spans(&|value| addresses(family, value))?),
        Held::Port => Packets::to_ports(spans(&ports)?),
        Held::Protocol => Packets::of_protocols(names()?.iter().map(|name| protocol::canonical(name))),
        Held::Input => Packets { inputs: Some(interfaces(&values)?), ..Packets::all() },
        Held::Output => Packets { outputs: Some(interfaces(&values)?), ..Packets::all() },
        Held::State => Packets::in_states(states(&values)?),
        Held::Family => Packets::any(&names()?.iter().map(|name| family(name)).collect::<Option<Vec<_>>>()?),
    })
}

/// The packets whose column compares so with a plain value: `<`, `>`, `<=` and `>=`.
#[must_use]
pub fn compared(held: Held, op: &str, value: &Value) -> Option<Packets> {
    let (limit, last) = match held {
        Held::Source(family) | Held::Destination(family) => (family.address(value.as_str()?)?, family.last()),
        Held::Port => (u128::from(value.as_u64()?), LAST_PORT),
        _ => return None,
    };
    let span = match op {
        "<" => (0, limit.checked_sub(1)?),
        "<=" => (0, limit),
        ">" => (limit.checked_add(1)?, last),
        ">=" => (limit, last),
        _ => return None,
    };
    let ranges = Ranges::of([(span.0, span.1.min(last))]);
    (!ranges.is_empty()).then_some(match held {
        Held::Source(family) => Packets::from(family, ranges),
        Held::Destination(family) => Packets::to(family, ranges),
        _ => Packets::to_ports(ranges),
    })
}

/// The value of a set element; nothing where the element has a timeout or another condition of its own.
#[must_use]
pub fn bare(value: &Value) -> Option<&Value> {
    let Some(element) = value.get("elem") else { return Some(value) };
    let plain = element.as_object()?.keys().all(|name| matches!(name.as_str(), "val" | "comment" | "counter"));
    element.get("val").filter(|_| plain)
}

fn span(value: &Value, read: impl Fn(&Value) -> Option<u128>) -> Option<(u128, u128)> {
    match value.get("range").and_then(Value::as_array).map(Vec::as_slice) {
        Some([from, to]) => Some((read(from)?, read(to)?)),
        Some(_) => None,
        None => read(value).map(|only| (only, only)),
    }
}

fn addresses(family: IpFamily, value: &Value) -> Option<(u128, u128)> {
    let read = |value: &Value| family.address(value.as_str()?);
    match value.get("prefix") {
        Some(prefix) => {
            let length = prefix.get("len").and_then(Value::as_u64).and_then(|length| u32::try_from(length).ok());
            family.network(read(prefix.get("addr")?)?, length?)
        }
        None => span(value, read),
    }
}

fn ports(value: &Value) -> Option<(u128, u128)> {
    span(value, |value| value.as_u64().map(u128::from)).filter(|(_, to)| *to <= LAST_PORT)
}

fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(name) if name != "*" && !name.starts_with('@') => Some(name.clone()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    }
}

/// Names of interfaces. A pattern such as `eth*` and a bare index are not names that policies can compare.
fn interfaces(values: &[&Value]) -> Option<BTreeSet<String>> {
    values.iter().map(|value| name(value).filter(|name| value.is_string() && !name.contains('*'))).collect()
}

fn states(values: &[&Value]) -> Option<States> {
    let states = values.iter().map(|value| States::named(value.as_str()?)).collect::<Option<Vec<_>>>()?;
    states.into_iter().reduce(States::or)
}

fn family(name: &str) -> Option<IpFamily> {
    match name {
        "ipv4" | "ip" => Some(IpFamily::V4),
        "ipv6" | "ip6" => Some(IpFamily::V6),
        _ => None,
    }
}
