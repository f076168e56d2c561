//! PostgreSQL's binary formats of the types that a cell can have.
//!
//! Formats as in the server's `*_send` functions: big-endian, times in microseconds since 2000-01-01, `numeric` in
//! digits of base 10 000. **Invariant:** bytes of any shape give a cell and never a panic.

use std::net::{Ipv4Addr, Ipv6Addr};

use postgres::types::{Kind, Type};
use tickmark_model::{Decimal4, Scalar};

use super::super::cell::Cell;

/// 2000-01-01T00:00:00Z in milliseconds since 1970-01-01T00:00:00Z.
const EPOCH_MS: i64 = 946_684_800_000;
const DAY_MS: i64 = 86_400_000;

/// The cell that `raw` is in the format of `ty`.
pub(super) fn cell(ty: &Type, raw: &[u8]) -> Cell {
    let scalar = |scalar: Option<Scalar>| match scalar {
        Some(scalar) => Cell::Typed(scalar),
        None => Cell::Unreadable(format!("{} bytes cannot be read as {}", raw.len(), ty.name())),
    };
    match *ty {
        Type::BOOL => scalar(match raw {
            [byte] => Some(Scalar::Boolean(*byte != 0)),
            _ => None,
        }),
        Type::INT2 => scalar(exact(raw).map(|bytes| Scalar::Long(i16::from_be_bytes(bytes).into()))),
        Type::INT4 => scalar(exact(raw).map(|bytes| Scalar::Long(i32::from_be_bytes(bytes).into()))),
        Type::INT8 => scalar(exact(raw).map(|bytes| Scalar::Long(i64::from_be_bytes(bytes)))),
        Type::FLOAT4 => exact(raw).map_or(scalar(None), |bytes| Cell::Real(shortest(f32::from_be_bytes(bytes)))),
        Type::FLOAT8 => exact(raw).map_or(scalar(None), |bytes| Cell::Real(f64::from_be_bytes(bytes))),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => text(raw),
        // Padded by the server to the declared width; the padding has no meaning there.
        Type::BPCHAR => match text(raw) {
            Cell::Typed(Scalar::Text(padded)) => Cell::Typed(Scalar::Text(padded.trim_end_matches(' ').to_owned())),
            other => other,
        },
        Type::TIMESTAMPTZ | Type::TIMESTAMP => timestamp(raw),
        Type::DATE => date(raw),
        Type::INTERVAL => interval(raw),
        Type::NUMERIC => numeric(raw),
        Type::INET | Type::CIDR => scalar(network(raw)),
        Type::UUID => scalar(exact(raw).map(|bytes| Scalar::Text(uuid(u128::from_be_bytes(bytes))))),
        _ => match ty.kind() {
            Kind::Enum(_) => text(raw),
            Kind::Domain(inner) => cell(inner, raw),
            Kind::Array(_) => Cell::Unreadable(format!(
                "has the type {}; write array_to_string(x, ',') or one row per element",
                ty.name()
            )),
            _ => Cell::Unreadable(format!("has the type {}; write x::text or leave it out", ty.name())),
        },
    }
}

fn exact<const N: usize>(raw: &[u8]) -> Option<[u8; N]> {
    raw.try_into().ok()
}

/// The value whose shortest spelling is that of the narrower number: 0.1 stays 0.1.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

fn text(raw: &[u8]) -> Cell {
    match std::str::from_utf8(raw) {
        Ok(text) => Cell::Typed(Scalar::Text(text.to_owned())),
        Err(_) => Cell::Unreadable("text is not UTF-8".to_owned()),
    }
}

/// Both kinds: a `timestamp` without time zone is read as UTC.
fn timestamp(raw: &[u8]) -> Cell {
    match exact(raw).map(i64::from_be_bytes) {
        Some(i64::MAX | i64::MIN) => Cell::Unreadable("is infinite; write nullif(x, 'infinity')".to_owned()),
        // The epochs are 30 years apart, so this cannot overflow.
        Some(us) => Cell::Typed(Scalar::Datetime(us.div_euclid(1_000) + EPOCH_MS)),
        None => Cell::Unreadable(format!("{} bytes cannot be read as a timestamp", raw.len())),
    }
}

fn date(raw: &[u8]) -> Cell {
    match exact(raw).map(i32::from_be_bytes) {
        Some(i32::MAX | i32::MIN) => Cell::Unreadable("is infinite; write nullif(x, 'infinity')".to_owned()),
        Some(days) => Cell::Typed(Scalar::Datetime(i64::from(days) * DAY_MS + EPOCH_MS)),
        None => Cell::Unreadable(format!("{} bytes cannot be read as a date", raw.len())),
    }
}

/// Microseconds, days and months; a day counts 24 hours, a month has no length.
fn interval(raw: &[u8]) -> Cell {
    let fields = raw.split_first_chunk::<8>().and_then(|(us, rest)| {
        let (days, rest) = rest.split_first_chunk::<4>()?;
        Some((i64::from_be_bytes(*us), i32::from_be_bytes(*days), i32::from_be_bytes(exact(rest)?)))
    });
    match fields {
        Some((us, days, 0)) => match (i64::from(days) * DAY_MS).checked_add(us.div_euclid(1_000)) {
            Some(ms) => Cell::Typed(Scalar::Duration(ms)),
            None => Cell::Unreadable("is an interval beyond 64 bits of milliseconds".to_owned()),
        },
        Some((_, _, months)) => Cell::Unreadable(format!(
            "is an interval with {months} months, which have no fixed length; write justify_days or subtract two timestamps"
        )),
        None => Cell::Unreadable(format!("{} bytes cannot be read as an interval", raw.len())),
    }
}

/// Header of four 16-bit words (digits, weight, sign, scale), then that many digits of base 10 000, the first of which
/// counts 10 000 to the power of `weight`. One unit of [`Decimal4`] is such a digit at weight -1.
fn numeric(raw: &[u8]) -> Cell {
    let unreadable = || Cell::Unreadable(format!("{} bytes cannot be read as a numeric", raw.len()));
    let (words, []) = raw.as_chunks::<2>() else {
        return unreadable();
    };
    let Some((&[count, weight, sign, _scale], digits)) = words.split_first_chunk::<4>() else {
        return unreadable();
    };
    let negative = match u16::from_be_bytes(sign) {
        0x0000 => false,
        0x4000 => true,
        0xc000 => return Cell::Unreadable("is not a number (NaN)".to_owned()),
        _ => return Cell::Unreadable("is infinite".to_owned()),
    };
    if usize::from(u16::from_be_bytes(count)) != digits.len() {
        return unreadable();
    }
    let too_large = || Cell::Unreadable("is a number beyond 922337203685477.5807".to_owned());
    let mut units: i128 = 0;
    let mut weight = i32::from(i16::from_be_bytes(weight));
    for digit in digits {
        let digit = i128::from(u16::from_be_bytes(*digit));
        if digit >= 10_000 {
            return unreadable();
        }
        if digit != 0 {
            if weight < -1 {
                return Cell::Unreadable(
                    "has more than 4 digits after the point; round it in the query, such as `round(x, 4)`".to_owned(),
                );
            }
            // 10 000^5 is beyond 64 bits of units already.
            let Some(power) = u32::try_from(weight + 1).ok().filter(|power| *power <= 5) else {
                return too_large();
            };
            units += digit * 10_000_i128.pow(power);
        }
        weight -= 1;
    }
    match i64::try_from(if negative { -units } else { units }) {
        Ok(units) => Cell::Typed(Scalar::Decimal(Decimal4(units))),
        Err(_) => too_large(),
    }
}

/// Family (2 or 3), prefix length, whether cidr, length, address.
fn network(raw: &[u8]) -> Option<Scalar> {
    let (&[family, prefix, _cidr, length], address) = raw.split_first_chunk::<4>()?;
    if usize::from(length) != address.len() {
        return None;
    }
    let text = match family {
        2 => format!("{}/{prefix}", Ipv4Addr::from(exact::<4>(address)?)),
        3 => format!("{}/{prefix}", Ipv6Addr::from(exact::<16>(address)?)),
        _ => return None,
    };
    tickmark_model::canonical_ip(&text).ok().map(Scalar::Ip)
}

fn uuid(bits: u128) -> String {
    let part = |shift: u32, width: u32| (bits >> shift) & ((1 << width) - 1);
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(count: u16, weight: i16, sign: u16, digits: &[u16]) -> Cell {
        let mut raw = Vec::new();
        for word in [count, weight.cast_unsigned(), sign, 0].iter().chain(digits) {
            raw.extend(word.to_be_bytes());
        }
        numeric(&raw)
    }

    #[test]
    fn numeric_by_hand() {
        let decimal = |units| Cell::Typed(Scalar::Decimal(Decimal4(units)));
        assert_eq!(number(0, 0, 0, &[]), decimal(0));
        assert_eq!(number(2, 0, 0, &[99, 9_000]), decimal(999_000)); // 99.9
        assert_eq!(number(2, 0, 0x4000, &[99, 9_000]), decimal(-999_000));
        assert_eq!(number(1, 1, 0, &[12]), decimal(1_200_000_000)); // 120000
        assert_eq!(number(1, -1, 0, &[1]), decimal(1));
        assert_eq!(number(1, 3, 0, &[923]), Cell::Unreadable("is a number beyond 922337203685477.5807".into()));
        assert_eq!(number(1, 300, 0, &[1]), Cell::Unreadable("is a number beyond 922337203685477.5807".into()));
        assert!(matches!(number(1, -2, 0, &[1]), Cell::Unreadable(why) if why.starts_with("has more than 4 digits")));
        assert_eq!(number(0, 0, 0xc000, &[]), Cell::Unreadable("is not a number (NaN)".into()));
        assert_eq!(number(2, 0, 0, &[1]), Cell::Unreadable("10 bytes cannot be read as a numeric".into()));
        assert_eq!(number(1, 0, 0, &[10_000]), Cell::Unreadable("10 bytes cannot be read as a numeric".into()));
    }

    fn readable() -> impl Strategy<Value = Type> {
        prop::sample::select(vec![
            Type::BOOL,
            Type::INT2,
            Type::INT4,
            Type::INT8,
            Type::FLOAT4,
            Type::FLOAT8,
            Type::TEXT,
            Type::BPCHAR,
            Type::TIMESTAMPTZ,
            Type::DATE,
            Type::INTERVAL,
            Type::NUMERIC,
            Type::INET,
            Type::UUID,
            Type::JSONB,
            Type::TEXT_ARRAY,
        ])
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_cell(ty in readable(), raw in prop::collection::vec(any::<u8>(), 0..40)) {
            cell(&ty, &raw);
        }

        #[test]
        fn numeric_agrees_with_long_hand(units in any::<i64>()) {
            // The slow way: the digits of base 10 000, most significant first.
            let mut rest = units.unsigned_abs();
            let mut digits = Vec::new();
            while rest > 0 {
                digits.insert(0, u16::try_from(rest % 10_000).unwrap());
                rest /= 10_000;
            }
            let weight = i16::try_from(digits.len()).unwrap() - 2;
            let sign = if units < 0 { 0x4000 } else { 0 };
            let cell = number(u16::try_from(digits.len()).unwrap(), weight, sign, &digits);
            prop_assert_eq!(cell, Cell::Typed(Scalar::Decimal(Decimal4(units))));
        }
    }
}
