//! Numbers as text, read exactly: no binary fraction is ever in between.

/// Largest whole number of the contract, 2^53 - 1.
const MAX_LONG: u64 = 9_007_199_254_740_991;

/// Digits after the point that the contract's decimals have.
const PLACES: i64 = 4;

/// How a source writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// Before the digits that are less than one.
    pub decimal: char,
    /// Between groups of three digits before it, if the source writes one.
    pub thousands: Option<char>,
}

impl Separators {
    /// As JSON and SQL write numbers.
    pub const PLAIN: Self = Self { decimal: '.', thousands: None };
}

/// A number as its digits, without zeros at either end, and the place of the point behind them.
struct Exact {
    negative: bool,
    digits: String,
    /// How many places the digits are to be moved to the left: `digits * 10^exponent`.
    exponent: i64,
}

/// Why a text is not the number that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNumber {
    /// No number at all.
    Syntax,
    /// A number with a fraction, where a whole one is asked for.
    Fraction,
    /// More digits after the point than the contract carries.
    Places,
    /// Beyond what the contract carries.
    Range,
}

/// Reads a whole number within plus or minus 2^53 - 1; `5.0` is one.
///
/// # Errors
/// Why it is none.
pub fn long(text: &str, separators: Separators) -> Result<i64, NotNumber> {
    let Exact { negative, digits, exponent } = exact(text, separators).ok_or(NotNumber::Syntax)?;
    if exponent < 0 {
        return Err(NotNumber::Fraction);
    }
    let value = scaled(&digits, exponent).filter(|value| *value <= MAX_LONG).ok_or(NotNumber::Range)?;
    let value = i64::try_from(value).map_err(|_| NotNumber::Range)?;
    Ok(if negative { -value } else { value })
}

/// Reads a number with up to four digits after the point, in units of 10^-4.
///
/// # Errors
/// Why it is none.
pub fn decimal(text: &str, separators: Separators) -> Result<i64, NotNumber> {
    let Exact { negative, digits, exponent } = exact(text, separators).ok_or(NotNumber::Syntax)?;
    let exponent = exponent.saturating_add(PLACES);
    if exponent < 0 {
        return Err(NotNumber::Places);
    }
    let value = i128::from(scaled(&digits, exponent).ok_or(NotNumber::Range)?);
    i64::try_from(if negative { -value } else { value }).map_err(|_| NotNumber::Range)
}

/// `digits * 10^exponent`, if it is small enough.
fn scaled(digits: &str, exponent: i64) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    let zeros = usize::try_from(exponent).ok().filter(|zeros| digits.len() + zeros <= 19)?;
    digits.parse::<u64>().ok()?.checked_mul(10_u64.checked_pow(u32::try_from(zeros).ok()?)?)
}

/// The digits of a number such as `-1,234.50` or `1.5e3`.
fn exact(text: &str, separators: Separators) -> Option<Exact> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, self::power(power)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once(separators.decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, "0"),
    };
    let whole = match separators.thousands {
        Some(separator) if whole.contains(separator) => ungrouped(whole, separator)?,
        _ => whole.to_owned(),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let short = all.trim_end_matches('0');
    let trimmed = i64::try_from(all.len() - short.len()).ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let digits = short.trim_start_matches('0').to_owned();
    let exponent = if digits.is_empty() { 0 } else { power.saturating_add(trimmed).saturating_sub(places) };
    Some(Exact { negative, digits, exponent })
}

fn power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sound = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    // A power beyond all bounds is one beyond all bounds: the sign says which.
    let beyond = if text.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
    sound.then(|| text.parse().unwrap_or(beyond).clamp(i64::MIN / 4, i64::MAX / 4))
}

/// The digits of groups of three, of which the first may be shorter.
fn ungrouped(whole: &str, separator: char) -> Option<String> {
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let sound = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    sound.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GERMAN: Separators = Separators { decimal: ',', thousands: Some('.') };

    #[test]
    fn whole_numbers_are_exact() {
        let check = |text: &str| long(text, Separators::PLAIN);
        assert_eq!(check("0"), Ok(0));
        assert_eq!(check("-0.0"), Ok(0));
        assert_eq!(check("0e999999999999999999999"), Ok(0));
        assert_eq!(check("007"), Ok(7));
        assert_eq!(check("+12"), Ok(12));
        assert_eq!(check("1e3"), Ok(1_000));
        assert_eq!(check("1.50E+1"), Ok(15));
        assert_eq!(check("-9007199254740991"), Ok(-9_007_199_254_740_991));
        assert_eq!(check("9007199254740992"), Err(NotNumber::Range));
        assert_eq!(check("9007199254740993.0"), Err(NotNumber::Range));
        assert_eq!(check("1e400"), Err(NotNumber::Range));
        assert_eq!(check("1e99999999999999999999"), Err(NotNumber::Range));
        assert_eq!(check("1.5"), Err(NotNumber::Fraction));
        assert_eq!(check("1e-99999999999999999999"), Err(NotNumber::Fraction));
        for bad in ["", "-", "1 000", "1,000", "0x10", ".5", "5.", "1e", "1e+", "--1", "NaN", "1.2.3", "١"] {
            assert_eq!(check(bad), Err(NotNumber::Syntax), "{bad}");
        }
    }

    #[test]
    fn decimals_keep_four_places() {
        let check = |text: &str| decimal(text, Separators::PLAIN);
        assert_eq!(check("99.9"), Ok(999_000));
        assert_eq!(check("-0.0001"), Ok(-1));
        assert_eq!(check("12.34500000"), Ok(123_450));
        assert_eq!(check("1e-4"), Ok(1));
        assert_eq!(check("0.00001"), Err(NotNumber::Places));
        assert_eq!(check("922337203685477.5807"), Ok(i64::MAX));
        assert_eq!(check("-922337203685477.5808"), Ok(i64::MIN));
        assert_eq!(check("922337203685477.5808"), Err(NotNumber::Range));
        assert_eq!(check("12,5"), Err(NotNumber::Syntax));
    }

    #[test]
    fn separators_are_the_operators() {
        let check = |text: &str| decimal(text, GERMAN);
        assert_eq!(check("1.234,56"), Ok(12_345_600));
        assert_eq!(check("12.345.678"), Ok(123_456_780_000));
        assert_eq!(check("1234,5"), Ok(12_345_000));
        for bad in ["1.23,5", "1234.567,5", ".123", "1..234", "1,234.56", "1.2345"] {
            assert_eq!(check(bad), Err(NotNumber::Syntax), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(units in any::<i64>(), whole in -9_007_199_254_740_991_i64..=9_007_199_254_740_991) {
            let sign = if units < 0 { "-" } else { "" };
            let (before, after) = (units.unsigned_abs() / 10_000, units.unsigned_abs() % 10_000);
            prop_assert_eq!(decimal(&format!("{sign}{before}.{after:04}"), Separators::PLAIN), Ok(units));
            prop_assert_eq!(decimal(&format!("{sign}{before},{after:04}00"), GERMAN), Ok(units));
            prop_assert_eq!(long(&whole.to_string(), Separators::PLAIN), Ok(whole));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*", numeric in "[-+0-9.,eE]{0,30}") {
            for text in [text, numeric] {
                let _ = (long(&text, Separators::PLAIN), decimal(&text, GERMAN));
            }
        }
    }
}
