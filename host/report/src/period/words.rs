//! What every report says of itself, and words of the model as people read them.

use serde::Serialize;
use tickmark_model::Digest;

/// Whose the opinion is.
pub const OPINION: &str = "This is pass/fail evidence with its exceptions, made from a ledger by fixed rules. It is no opinion: \
     whether controls are suitably designed and operated effectively is for the auditor to say.";

/// What a summary is not.
pub const NOT_SOC_3: &str = "This is not a SOC 3 report: only a CPA issues those.";

/// How rates are to be read.
pub(super) const RATES: &str = "Deviating operations failed, were missed, or are not evidenced, out of those that were due. \
     Exceptions are subjects that did not conform, out of those in scope; waived ones are counted.";

/// A word of the model as records write it.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `1 record`, `2 records`.
pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first digits of a digest, enough to tell versions of one thing apart.
pub(super) fn short(digest: &Digest) -> String {
    digest.to_string().chars().take("sha256:".len() + 12).collect()
}

/// A span of time in the two largest units that it has.
pub(super) fn duration(ms: i64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    let mut rest = ms.max(0);
    let mut parts = Vec::new();
    for (unit, name) in units {
        let count = rest / unit;
        rest %= unit;
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {name}"));
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// `part/whole` and the percentage with two digits, cut off and not rounded, so that 100 % is all of them.
pub(super) fn rate(part: u64, whole: u64) -> String {
    if whole == 0 {
        return format!("{part} of 0");
    }
    let hundredths = u128::from(part) * 10_000 / u128::from(whole);
    format!("{part} of {whole} ({}.{:02} %)", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_their_two_largest_units() {
        let check = |ms, text: &str| assert_eq!(duration(ms), text);
        check(0, "0 s");
        check(90_061_000, "1 d 1 h");
        check(3_600_000, "1 h");
        check(-5, "0 s");
        check(59_999, "59 s 999 ms");
    }

    #[test]
    fn a_rate_is_rounded_down_and_of_nothing_is_no_percentage() {
        assert_eq!(rate(1, 3), "1 of 3 (33.33 %)");
        assert_eq!(rate(99_999, 100_000), "99999 of 100000 (99.99 %)");
        assert_eq!(rate(0, 0), "0 of 0");
    }
}
