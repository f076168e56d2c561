//! Cedar-shaped values: the only data that crosses from a collector to a policy.
//!
//! **Invariant:** no floats, no null, no nesting deeper than a set of scalars.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::time::{Instant, parse_instant};

/// Largest long that survives every JSON reader: 2^53 - 1.
pub(crate) const MAX_LONG: i64 = 9_007_199_254_740_991;

/// Names one entity: its kind (`Namespace::Kind`) and its id within that kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct EntityRef {
    /// The id: a natural key or a content digest, stable across runs.
    pub id: String,
    /// The Cedar entity type, such as `Mfa::User`.
    pub kind: String,
}

/// A fixed-point number in units of 10^-4, Cedar's own `decimal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal4(pub i64);

impl fmt::Display for Decimal4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:04}", units / 10_000, units % 10_000)
    }
}

impl std::str::FromStr for Decimal4 {
    type Err = ValueError;

    /// Reads `-12.5`: an optional sign, digits, a point and one to four digits; the point may be left out.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let bad = || ValueError::Decimal(text.to_owned());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 4 {
            return Err(bad());
        }
        let padded = format!("{whole}{fraction:0<4}");
        let units: i128 = padded.parse().map_err(|_| bad())?;
        i64::try_from(if negative { -units } else { units }).map(Self).map_err(|_| bad())
    }
}

/// One Cedar value that is not a set or a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scalar {
    /// True or false.
    Boolean(bool),
    /// A whole number within plus or minus 2^53 - 1.
    Long(i64),
    /// UTF-8 text.
    Text(String),
    /// A fixed-point number in units of 10^-4.
    Decimal(Decimal4),
    /// An address or a CIDR network, in the canonical form of [`canonical_ip`].
    Ip(String),
    /// Milliseconds since 1970-01-01T00:00:00Z, years 0001 to 9999.
    Datetime(i64),
    /// Milliseconds.
    Duration(i64),
    /// A reference to an entity.
    Entity(EntityRef),
}

impl Scalar {
    /// The same scalar in canonical form, or why it cannot be one: bounds of longs, instants and addresses.
    ///
    /// # Errors
    /// [`ValueError::LongRange`], [`ValueError::InstantRange`] or [`ValueError::Ip`].
    pub fn canonical(self) -> Result<Self, ValueError> {
        match self {
            Self::Long(n) if !(-MAX_LONG..=MAX_LONG).contains(&n) => Err(ValueError::LongRange(n)),
            Self::Datetime(ms) if Instant::from_ms(ms).is_none() => Err(ValueError::InstantRange(ms)),
            Self::Ip(text) => Ok(Self::Ip(canonical_ip(&text)?)),
            other => Ok(other),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(b) => write!(f, "{b}"),
            Self::Long(n) => write!(f, "{n}"),
            Self::Text(s) | Self::Ip(s) => f.write_str(s),
            Self::Decimal(d) => write!(f, "{d}"),
            Self::Datetime(ms) => match Instant::from_ms(*ms) {
                Some(at) => write!(f, "{at}"),
                None => write!(f, "{ms}ms"),
            },
            Self::Duration(ms) => f.write_str(&format_duration(*ms)),
            Self::Entity(e) => write!(f, "{}::{:?}", e.kind, e.id),
        }
    }
}

/// The JSON of records and reports: bool, integer and string map directly; decimals, datetimes, durations and
/// addresses are strings; an entity is `{"id", "kind"}`.
impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(b) => serializer.serialize_bool(*b),
            Self::Long(n) => serializer.serialize_i64(*n),
            Self::Text(s) | Self::Ip(s) => serializer.serialize_str(s),
            Self::Entity(e) => e.serialize(serializer),
            Self::Decimal(_) | Self::Datetime(_) | Self::Duration(_) => serializer.collect_str(self),
        }
    }
}

/// What one cell holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// The source does not say. In Cedar the attribute is not there.
    Absent,
    /// One scalar of the column's type.
    One(Scalar),
    /// Scalars of the column's type; kept sorted and without repeats.
    SetOf(Vec<Scalar>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::One(scalar) => scalar.serialize(serializer),
            Self::SetOf(items) => items.serialize(serializer),
        }
    }
}

/// Serialises a value with its type written out, `{"duration": "1h"}`, as settings and parameters are written in TOML.
pub(crate) fn serialize_tagged<S: Serializer>(value: &Scalar, serializer: S) -> Result<S::Ok, S::Error> {
    let tag = match value {
        Scalar::Boolean(_) | Scalar::Long(_) | Scalar::Text(_) => return value.serialize(serializer),
        Scalar::Decimal(_) => "decimal",
        Scalar::Ip(_) => "ip",
        Scalar::Datetime(_) => "datetime",
        Scalar::Duration(_) => "duration",
        Scalar::Entity(_) => "entity",
    };
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(tag, value)?;
    map.end()
}

/// Reads a parameter or setting: TOML's bool, integer and string map directly, other types are tagged
/// (`{ duration = "26h" }`, `{ decimal = "99.9" }`, `{ datetime = "..." }`, `{ ip = "..." }`).
impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean, an integer, a string or a tagged value such as { duration = \"26h\" }")
            }
            fn visit_bool<E>(self, b: bool) -> Result<Scalar, E> {
                Ok(Scalar::Boolean(b))
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Scalar, E> {
                Scalar::Long(n).canonical().map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Scalar, E> {
                i64::try_from(n).map_err(|_| E::custom(ValueError::LongRange(i64::MAX))).and_then(|n| self.visit_i64(n))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                let Some((tag, text)) = map.next_entry::<String, String>()? else {
                    return Err(de::Error::custom("an empty table, expected a tag such as `duration`"));
                };
                if let Some((extra, _)) = map.next_entry::<String, String>()? {
                    return Err(de::Error::custom(format_args!("`{extra}` beside `{tag}`, expected one tag")));
                }
                let scalar = match tag.as_str() {
                    "duration" => parse_duration(&text).map(Scalar::Duration).map_err(de::Error::custom),
                    "decimal" => text.parse().map(Scalar::Decimal).map_err(de::Error::custom),
                    "datetime" => parse_instant(&text).map(|at| Scalar::Datetime(at.ms())).map_err(de::Error::custom),
                    "ip" => Ok(Scalar::Ip(text)),
                    _ => Err(de::Error::unknown_field(&tag, &["duration", "decimal", "datetime", "ip"])),
                }?;
                scalar.canonical().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// As [`Scalar`], and an array is a set.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scalar or an array of scalars")
            }
            fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
                Ok(Value::One(Scalar::Boolean(b)))
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Value, E> {
                Scalar::Long(n).canonical().map(Value::One).map_err(E::custom)
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::One(Scalar::Text(text.to_owned())))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                Scalar::deserialize(de::value::MapAccessDeserializer::new(map)).map(Value::One)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<Scalar>()? {
                    items.push(item);
                }
                items.sort();
                items.dedup();
                Ok(Value::SetOf(items))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

/// Why a value is not one that a policy may read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Beyond what every JSON reader keeps.
    #[error("long `{0}` is outside -9007199254740991 to 9007199254740991")]
    LongRange(i64),
    /// Outside the years that RFC 3339 and Cedar share.
    #[error("datetime `{0}` ms is outside the years 0001 to 9999")]
    InstantRange(i64),
    /// Not a fixed-point number with at most four digits after the point.
    #[error("`{0}` is not a decimal with at most 4 digits after the point, such as `99.9`")]
    Decimal(String),
    /// Not an address or a network.
    #[error(transparent)]
    Ip(#[from] IpError),
}

/// Not an IP address or a CIDR network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an IP address or CIDR network")]
pub struct IpError(String);

/// The one spelling of an address or network: host bits cleared, `/32` and `/128` left out, IPv6 in lower case
/// RFC 5952 form without an embedded IPv4 part (which Cedar refuses).
///
/// # Errors
/// [`IpError`] where `text` is neither an address nor `address/prefix`.
pub fn canonical_ip(text: &str) -> Result<String, IpError> {
    let bad = || IpError(text.to_owned());
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => {
            let plain = !prefix.is_empty() && prefix.len() <= 3 && prefix.bytes().all(|b| b.is_ascii_digit());
            if !plain || (prefix.len() > 1 && prefix.starts_with('0')) {
                return Err(bad());
            }
            (address, Some(prefix.parse::<u32>().map_err(|_| bad())?))
        }
        None => (text, None),
    };
    match address.parse::<IpAddr>().map_err(|_| bad())? {
        IpAddr::V4(v4) => {
            let prefix = prefix.unwrap_or(32);
            let shift = 32_u32.checked_sub(prefix).ok_or_else(bad)?;
            let bits = u32::from(v4).checked_shr(shift).unwrap_or(0).checked_shl(shift).unwrap_or(0);
            let base = Ipv4Addr::from(bits);
            Ok(if prefix == 32 { base.to_string() } else { format!("{base}/{prefix}") })
        }
        IpAddr::V6(v6) => {
            let prefix = prefix.unwrap_or(128);
            let shift = 128_u32.checked_sub(prefix).ok_or_else(bad)?;
            let bits = u128::from(v6).checked_shr(shift).unwrap_or(0).checked_shl(shift).unwrap_or(0);
            let base = format_v6(Ipv6Addr::from(bits));
            Ok(if prefix == 128 { base } else { format!("{base}/{prefix}") })
        }
    }
}

/// `Ipv6Addr` prints `::ffff:1.2.3.4` for a mapped address; Cedar reads hexadecimal groups only.
fn format_v6(address: Ipv6Addr) -> String {
    let printed = address.to_string();
    if !printed.contains('.') {
        return printed;
    }
    let [.., high, low] = address.segments();
    match printed.rfind(':') {
        Some(at) => format!("{}:{high:x}:{low:x}", printed.get(..at).unwrap_or_default()),
        None => printed,
    }
}

/// Not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration such as `26h`, `7d` or `1d12h` (units d, h, m, s, ms, largest first)")]
pub struct DurationError(String);

const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads Cedar's duration spelling, such as `1d12h`, into milliseconds.
///
/// # Errors
/// [`DurationError`] where a unit is missing, repeated, out of order, or the sum does not fit 64 bits.
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    let bad = || DurationError(text.to_owned());
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest.is_empty() {
        return Err(bad());
    }
    let mut total: i128 = 0;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at_checked(digits).ok_or_else(bad)?;
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at_checked(letters).ok_or_else(bad)?;
        let at = UNITS.iter().position(|(name, _)| *name == unit).filter(|at| *at >= next_unit).ok_or_else(bad)?;
        let (_, ms) = UNITS.get(at).ok_or_else(bad)?;
        total += number.parse::<i64>().map_err(|_| bad()).map(i128::from)? * i128::from(*ms);
        next_unit = at + 1;
        rest = tail;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| bad())
}

/// Writes milliseconds in Cedar's duration spelling, largest unit first; zero is `0ms`.
#[must_use]
pub fn format_duration(ms: i64) -> String {
    if ms == 0 {
        return "0ms".to_owned();
    }
    let mut out = String::from(if ms < 0 { "-" } else { "" });
    let mut left = ms.unsigned_abs();
    for (name, unit) in UNITS {
        let unit = unit.unsigned_abs();
        if left >= unit {
            out.push_str(&format!("{}{name}", left / unit));
            left %= unit;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ip_canonical_forms() {
        let check = |text: &str| canonical_ip(text).unwrap_or_else(|e| e.to_string());
        assert_eq!(check("10.1.2.3/8"), "10.0.0.0/8");
        assert_eq!(check("0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(check("192.0.2.1/32"), "192.0.2.1");
        assert_eq!(check("2001:DB8::1/32"), "2001:db8::/32");
        assert_eq!(check("::/0"), "::/0");
        assert_eq!(check("::ffff:1.2.3.4"), "::ffff:102:304");
        assert_eq!(check("1.2.3.4/33"), "`1.2.3.4/33` is not an IP address or CIDR network");
        assert_eq!(check("1.2.3.4/08"), "`1.2.3.4/08` is not an IP address or CIDR network");
        assert_eq!(check("fe80::1%eth0"), "`fe80::1%eth0` is not an IP address or CIDR network");
    }

    #[test]
    fn duration_needs_units_largest_first() {
        assert_eq!(parse_duration("1d12h"), Ok(129_600_000));
        assert_eq!(parse_duration("-5ms"), Ok(-5));
        for bad in ["", "-", "7", "h", "1h1d", "1h1h", "1.5h", "1 h", "999999999999999999d"] {
            assert_eq!(parse_duration(bad), Err(DurationError(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn decimal_reads_and_prints() {
        let check = |text: &str| text.parse::<Decimal4>().map(|d| d.to_string());
        assert_eq!(check("99.9"), Ok("99.9000".to_owned()));
        assert_eq!(check("-0.0001"), Ok("-0.0001".to_owned()));
        assert_eq!(check("7"), Ok("7.0000".to_owned()));
        for bad in ["", ".5", "1.", "1.23456", "+1.0", "1e3", "922337203685477.5808"] {
            assert_eq!(check(bad), Err(ValueError::Decimal(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn toml_like_values_deserialize_tagged() {
        let read = |json: &str| serde_json::from_str::<Value>(json).map_err(|e| e.to_string());
        assert_eq!(read(r#"{"duration":"26h"}"#), Ok(Value::One(Scalar::Duration(93_600_000))));
        assert_eq!(
            read(r#"["b","a","b"]"#),
            Ok(Value::SetOf(vec![Scalar::Text("a".into()), Scalar::Text("b".into())]))
        );
        assert!(read(r#"{"duration":"26h","ip":"::1"}"#).is_err());
        assert!(read("1.5").is_err());
        assert!(read("9007199254740992").is_err());
    }

    proptest! {
        #[test]
        fn duration_round_trips(ms in any::<i64>()) {
            prop_assume!(ms != i64::MIN);
            prop_assert_eq!(parse_duration(&format_duration(ms)), Ok(ms));
        }

        #[test]
        fn decimal_round_trips(units in any::<i64>()) {
            prop_assert_eq!(Decimal4(units).to_string().parse(), Ok(Decimal4(units)));
        }

        #[test]
        fn canonical_ip_is_idempotent(bits in any::<u128>(), prefix in 0u32..=128) {
            let once = canonical_ip(&format!("{}/{prefix}", Ipv6Addr::from(bits))).unwrap();
            prop_assert_eq!(canonical_ip(&once).unwrap(), once);
        }

        #[test]
        fn ip_never_panics(text in "[0-9a-f:./%]{0,24}") {
            let _ = canonical_ip(&text);
        }
    }
}
