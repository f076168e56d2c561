//! What one place of a record holds, whatever the record was written in.

use std::borrow::Cow;

use tickmark_collector::{Decimal, Scalar, time};

/// What one place of a record holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Given<'r> {
    /// Nothing: an empty cell, NULL, null, or a key that is not there.
    Nothing,
    /// Text: a cell, a JSON string.
    Text(Cow<'r, str>),
    /// A JSON number as it is written, or a whole number of a query.
    Number(Cow<'r, str>),
    /// A truth value.
    Truth(bool),
    /// What a query gives with a type of its own.
    Typed(&'r Scalar),
    /// A JSON array.
    List(Vec<Given<'r>>),
    /// A JSON object.
    Object,
}

impl<'r> Given<'r> {
    /// What a query gives.
    #[must_use]
    pub fn scalar(scalar: Option<&'r Scalar>) -> Self {
        match scalar {
            None => Self::Nothing,
            Some(Scalar::Text(text)) => Self::Text(text.as_str().into()),
            Some(Scalar::Long(number)) => Self::Number(number.to_string().into()),
            Some(Scalar::Decimal(decimal)) => Self::Number(decimal_text(*decimal).into()),
            Some(Scalar::Boolean(truth)) => Self::Truth(*truth),
            Some(typed) => Self::Typed(typed),
        }
    }

    /// One line of text that stands for it, where one does.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(text.trim().into()),
            Self::Number(number) => Some(number.as_ref().into()),
            Self::Truth(truth) => Some(if *truth { "true" } else { "false" }.into()),
            Self::Typed(Scalar::Datetime(at)) => Some(time::text(*at).into()),
            Self::Typed(Scalar::Duration(span)) => Some(time::span(*span).into()),
            Self::Typed(Scalar::Ip(ip)) => Some(ip.0.as_str().into()),
            Self::Typed(Scalar::Entity(entity)) => Some(entity.id.as_str().into()),
            Self::Nothing | Self::Typed(_) | Self::List(_) | Self::Object => None,
        }
    }

    /// What it is, for people.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Truth(_) => "a truth value",
            Self::Typed(Scalar::Datetime(_)) => "a datetime",
            Self::Typed(Scalar::Duration(_)) => "a duration",
            Self::Typed(Scalar::Ip(_)) => "an ip",
            Self::Typed(_) => "a value of another type",
            Self::List(_) => "a list",
            Self::Object => "an object",
        }
    }
}

/// A decimal as a number is written, without zeros at its end.
fn decimal_text(Decimal(units): Decimal) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, fraction) = (units.unsigned_abs() / 10_000, units.unsigned_abs() % 10_000);
    format!("{sign}{whole}.{fraction:04}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_numbers() {
        let check = |units| decimal_text(Decimal(units));
        assert_eq!(check(999_000), "99.9");
        assert_eq!(check(-1), "-0.0001");
        assert_eq!(check(100_000), "10");
        assert_eq!(check(0), "0");
    }
}
