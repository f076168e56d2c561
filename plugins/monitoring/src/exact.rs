//! Decimal numbers as they are written, exactly: no binary fraction anywhere.
//!
//! Cedar's decimals have four digits after the point. A number with more of them is rounded to the side that the caller
//! names, so that a comparison with a bound of four digits comes out as it would for the exact number.

/// Why a text is no number that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inexact {
    /// Not a finite number.
    NotANumber,
    /// Beyond what Cedar's decimals hold, -922337203685477.5808 to 922337203685477.5807.
    OutOfRange,
}

impl Inexact {
    /// For people.
    #[must_use]
    pub fn why(&self, text: &str) -> String {
        let text: String = text.chars().take(60).collect();
        match self {
            Self::NotANumber => format!("the value `{}` is not a finite number", text.escape_debug()),
            Self::OutOfRange => {
                format!("the value `{text}` is outside of -922337203685477.5808 to 922337203685477.5807")
            }
        }
    }
}

/// Which way digits that do not fit are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// To the next larger number.
    Up,
    /// To the next smaller number.
    Down,
}

/// The number that `text` writes, in units of 10^-4: a sign, digits with a point among them, and an exponent.
///
/// # Errors
/// Where it is no finite number, or one that Cedar cannot hold.
pub fn units(text: &str, round: Round) -> Result<i64, Inexact> {
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, self::exponent(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|byte| byte.is_ascii_digit()) {
        return Err(Inexact::NotANumber);
    }
    // How many of the digits count whole units.
    let whole_units = i64::try_from(whole.len()).map_err(|_| Inexact::OutOfRange)? + exponent + 4;
    let (mut magnitude, mut rest) = (0_i128, false);
    let mut place = 0_i64;
    for digit in digits() {
        if place < whole_units {
            magnitude = magnitude * 10 + i128::from(digit - b'0');
        } else {
            rest |= digit != b'0';
        }
        if magnitude > i128::from(u64::MAX) {
            return Err(Inexact::OutOfRange);
        }
        place += 1;
    }
    while place < whole_units && magnitude != 0 {
        magnitude *= 10;
        place += 1;
        if magnitude > i128::from(u64::MAX) {
            return Err(Inexact::OutOfRange);
        }
    }
    let exact = if negative { -magnitude } else { magnitude };
    let away = match (rest, round, negative) {
        (true, Round::Up, false) => 1,
        (true, Round::Down, true) => -1,
        _ => 0,
    };
    i64::try_from(exact + away).map_err(|_| Inexact::OutOfRange)
}

/// An exponent; one beyond every number that there is stands for the largest that is looked at.
fn exponent(text: &str) -> Result<i64, Inexact> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Inexact::NotANumber);
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(1_000_000_000);
    Ok(if text.starts_with('-') { -size } else { size })
}

/// What is left between `value` and `limit`, in percent of the limit, rounded down; nothing where the limit is not above 0.
#[must_use]
pub fn headroom_percent(value: i64, limit: i64, at_most: bool) -> Option<i64> {
    const MOST: i128 = 9_007_199_254_740_991;
    let (value, limit) = (i128::from(value), i128::from(limit));
    let left = if at_most { limit - value } else { value - limit };
    let percent = (limit > 0).then(|| (left * 100).div_euclid(limit).clamp(-MOST, MOST))?;
    i64::try_from(percent).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_prometheus_writes_them() {
        let check = |text: &str, down: i64, up: i64| {
            assert_eq!((units(text, Round::Down), units(text, Round::Up)), (Ok(down), Ok(up)), "{text}");
        };
        check("0", 0, 0);
        check("-0", 0, 0);
        check("0.85", 8_500, 8_500);
        check("1", 10_000, 10_000);
        check("0.8500000000000001", 8_500, 8_501);
        check("0.8499999999999999", 8_499, 8_500);
        check("-0.00001", -1, 0);
        check("-0.8500000000000001", -8_501, -8_500);
        check("1.5e+06", 15_000_000_000, 15_000_000_000);
        check("5e-324", 0, 1);
        check("1e-999999999999", 0, 1);
        check("0e999999999999", 0, 0);
        check("922337203685477.5807", i64::MAX, i64::MAX);
        check("-922337203685477.5808", i64::MIN, i64::MIN);
    }

    #[test]
    fn what_is_no_number_that_fits_is_refused() {
        for text in ["NaN", "+Inf", "-Inf", "", "-", ".", "1e", "1e+", "0x1", "1_000", "1.2.3", " 1", "１"] {
            assert_eq!(units(text, Round::Up), Err(Inexact::NotANumber), "{text}");
        }
        for text in ["922337203685477.58071", "-922337203685477.58081", "1e15", "1e999999999999999999999"] {
            let round = if text.starts_with('-') { Round::Down } else { Round::Up };
            assert_eq!(units(text, round), Err(Inexact::OutOfRange), "{text}");
        }
    }

    #[test]
    fn headroom_is_what_is_left_of_the_limit() {
        assert_eq!(headroom_percent(8_500, 10_000, true), Some(15));
        assert_eq!(headroom_percent(8_501, 10_000, true), Some(14));
        assert_eq!(headroom_percent(10_001, 10_000, true), Some(-1));
        assert_eq!(headroom_percent(250_000, 200_000, false), Some(25));
        assert_eq!(headroom_percent(199_999, 200_000, false), Some(-1));
        assert_eq!(headroom_percent(1, 0, true), None);
        assert_eq!(headroom_percent(i64::MAX, 1, false), Some(9_007_199_254_740_991));
    }

    proptest! {
        /// Against long division by hand: all digits in one number of 128 bits, and one division.
        #[test]
        fn agrees_with_a_slow_one(whole in 0_u64..1_000_000_000, fraction in "[0-9]{0,12}", exponent in -12_i32..=4, negative: bool) {
            let text = format!("{}{whole}.{fraction}e{exponent}", if negative { "-" } else { "" });
            let all: i128 = format!("{whole}{fraction}").parse().unwrap();
            let all = if negative { -all } else { all };
            let shift = exponent + 4 - fraction.len() as i32;
            let power = 10_i128.pow(shift.unsigned_abs());
            let (down, up) = if shift >= 0 {
                (all * power, all * power)
            } else {
                (all.div_euclid(power), -(-all).div_euclid(power))
            };
            prop_assert_eq!(units(&text, Round::Down).map(i128::from), Ok(down));
            prop_assert_eq!(units(&text, Round::Up).map(i128::from), Ok(up));
        }

        /// The rounded number is on the same side of every bound as the exact one.
        #[test]
        fn rounding_decides_no_comparison(value in 0_u64..4_000_000_000, bound in 0_i64..40_000) {
            let text = format!("{}.{:09}", value / 1_000_000_000, value % 1_000_000_000);
            let within = i128::from(value) <= i128::from(bound) * 100_000;
            prop_assert_eq!(units(&text, Round::Up).unwrap() <= bound, within);
            let reaches = i128::from(value) >= i128::from(bound) * 100_000;
            prop_assert_eq!(units(&text, Round::Down).unwrap() >= bound, reaches);
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}", number in "[-+0-9.eE]{0,40}") {
            let _ = units(&text, Round::Up);
            let _ = units(&number, Round::Down);
        }
    }
}
