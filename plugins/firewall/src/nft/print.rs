//! A rule in one line, close to what `nft list ruleset` prints. For people: nothing is decided on it.

use serde_json::Value;

use super::canonical;

/// The statements and the comment of a rule, without counters.
#[must_use]
pub fn rule(statements: &[Value], comment: Option<&str>) -> String {
    let mut words: Vec<String> = statements.iter().filter_map(statement).collect();
    if words.is_empty() {
        words.push("counter".to_owned());
    }
    words.extend(comment.map(|comment| format!("comment \"{comment}\"")));
    words.join(" ")
}

fn statement(statement: &Value) -> Option<String> {
    let mut entries = statement.as_object().into_iter().flatten();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        return Some(canonical::spell(statement));
    };
    let field = |name: &str| value.get(name).map(expression);
    let string = |name: &str| value.get(name).and_then(Value::as_str);
    Some(match name.as_str() {
        "counter" if !value.is_string() => return None,
        "match" => {
            let op =
                string("op").filter(|op| !matches!(*op, "==" | "in")).map(|op| format!("{op} ")).unwrap_or_default();
            format!("{} {op}{}", field("left").unwrap_or_default(), field("right").unwrap_or_default())
        }
        "vmap" => format!("{} vmap {}", field("key").unwrap_or_default(), field("data").unwrap_or_default()),
        "jump" | "goto" => format!("{name} {}", string("target").unwrap_or_default()),
        "limit" if value.is_object() => {
            let over = if value.get("inv") == Some(&Value::Bool(true)) { "over " } else { "" };
            format!("limit rate {over}{}/{}", field("rate").unwrap_or_default(), string("per").unwrap_or("second"))
        }
        "log" => match string("prefix") {
            Some(prefix) => format!("log prefix \"{prefix}\""),
            None => "log".to_owned(),
        },
        "reject" => match (string("type"), field("expr")) {
            (Some(kind), Some(code)) => format!("reject with {kind} {code}"),
            (Some(kind), None) => format!("reject with {kind}"),
            _ => "reject".to_owned(),
        },
        "snat" | "dnat" | "redirect" | "masquerade" | "tproxy" => {
            let family = string("family").map(|family| format!(" {family}")).unwrap_or_default();
            match (field("addr"), field("port")) {
                (Some(address), Some(port)) => format!("{name}{family} to {address}:{port}"),
                (Some(address), None) => format!("{name}{family} to {address}"),
                (None, Some(port)) => format!("{name}{family} to :{port}"),
                (None, None) => format!("{name}{family}"),
            }
        }
        "set" | "map" if string("op").is_some() => {
            let into = string("set").or(string("map")).unwrap_or_default();
            format!("{} {into} {{ {} }}", string("op").unwrap_or_default(), field("elem").unwrap_or_default())
        }
        "mangle" => format!("{} set {}", field("key").unwrap_or_default(), field("value").unwrap_or_default()),
        "xt" => format!("xt {} {}", string("type").unwrap_or_default(), string("name").unwrap_or_default()),
        "accept" | "drop" | "continue" | "return" | "notrack" => name.clone(),
        _ if value.is_null() => name.clone(),
        _ => format!("{name} {}", canonical::spell(value)),
    })
}

fn expression(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => joined(items, ","),
        Value::Object(_) => compound(value),
        plain => plain.to_string(),
    }
}

fn joined(items: &[Value], by: &str) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(by)
}

fn compound(value: &Value) -> String {
    let known = || {
        let mut entries = value.as_object()?.iter();
        let (name, inner) = entries.next().filter(|_| entries.next().is_none())?;
        let string = |name: &str| inner.get(name).and_then(Value::as_str);
        let number = |name: &str| inner.get(name).and_then(Value::as_u64);
        Some(match name.as_str() {
            "payload" => match string("base") {
                Some(base) => format!("@{base},{},{}", number("offset")?, number("len")?),
                None => format!("{} {}", string("protocol")?, string("field")?),
            },
            "meta" => match string("key")? {
                key @ ("iif" | "oif" | "iifname" | "oifname") => key.to_owned(),
                key => format!("meta {key}"),
            },
            "ct" => format!("ct {}{}", string("dir").map(|dir| format!("{dir} ")).unwrap_or_default(), string("key")?),
            "set" => braces(inner),
            "concat" => joined(inner.as_array()?, " . "),
            "range" => joined(inner.as_array()?, "-"),
            "prefix" => format!("{}/{}", string("addr")?, number("len")?),
            "elem" => expression(inner.get("val")?),
            "map" => format!("{} map {}", expression(inner.get("key")?), expression(inner.get("data")?)),
            "fib" => format!("fib {} {}", joined(flags(inner.get("flags")?), " . "), string("result")?),
            "accept" | "drop" | "continue" | "return" => name.clone(),
            "jump" | "goto" => format!("{name} {}", string("target")?),
            "&" | "|" | "^" | "<<" | ">>" => format!("({})", joined(inner.as_array()?, &format!(" {name} "))),
            _ => return None,
        })
    };
    known().unwrap_or_else(|| canonical::spell(value))
}

fn flags(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// The elements in one order, whatever order the kernel gives them in: numbers by value, the rest by spelling.
fn braces(value: &Value) -> String {
    let element = |item: &Value| match item.as_array().map(Vec::as_slice) {
        Some([key, mapped]) => format!("{} : {}", expression(key), expression(mapped)),
        _ => expression(item),
    };
    let mut items: Vec<String> = flags(value).iter().map(element).collect();
    let leading = |text: &str| {
        let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse::<u64>().unwrap_or(u64::MAX)
    };
    items.sort_by_cached_key(|text| (leading(text), text.clone()));
    format!("{{ {} }}", items.join(", "))
}
