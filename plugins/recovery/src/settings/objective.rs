//! The setting `objectives`: how long a system may be down, and how much of its newest data may be lost.
//!
//! One text for each system: its name, and behind it `rto=` and `rpo=` with a duration each, in Cedar's spelling. One of
//! the two may be missing; what is missing is no objective, and nothing meets it.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Duration, Failure, Value};

use super::LONGEST;

/// The objectives of one system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Objective {
    pub recovery_time: Option<Duration>,
    pub recovery_point: Option<Duration>,
}

/// # Errors
/// `invalid`, with the text and what it may be.
pub(crate) fn read(setting: &Value, systems: &BTreeSet<String>) -> Result<BTreeMap<String, Objective>, Failure> {
    let mut objectives = BTreeMap::new();
    for text in setting.texts() {
        let (system, objective) = one(text).ok_or_else(|| {
            let known = "SYSTEM rto=DURATION rpo=DURATION such as `orders-db rto=4h rpo=15m`, up to 36500d each";
            super::wrong("objectives", text, known)
        })?;
        if !systems.contains(system) {
            return Err(super::wrong("objectives", text, "a system that is in `expected_systems`"));
        }
        if objectives.insert(system.to_owned(), objective).is_some() {
            return Err(super::wrong("objectives", text, "one text for each system"));
        }
    }
    Ok(objectives)
}

fn one(text: &str) -> Option<(&str, Objective)> {
    let at = [" rto=", " rpo="].iter().filter_map(|key| text.find(key)).min()?;
    let (system, spans) = text.split_at_checked(at)?;
    let mut objective = Objective::default();
    for word in spans.split_whitespace() {
        let (key, span) = word.split_once('=')?;
        let slot = match key {
            "rto" => &mut objective.recovery_time,
            "rpo" => &mut objective.recovery_point,
            _ => return None,
        };
        if slot.replace(duration(span)?).is_some() {
            return None;
        }
    }
    Some((system.trim(), objective))
}

/// A duration in Cedar's spelling, largest unit first, such as `1d12h`; at most [`LONGEST`].
fn duration(text: &str) -> Option<Duration> {
    let (mut rest, mut sum) = (text, 0_i64);
    for (unit, ms) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.bytes().take_while(u8::is_ascii_lowercase).count();
        let (name, after) = behind.split_at_checked(letters)?;
        if name == unit {
            sum = number.parse::<i64>().ok()?.checked_mul(ms)?.checked_add(sum)?;
            rest = after;
        }
    }
    (!text.is_empty() && rest.is_empty() && sum <= LONGEST.0).then_some(Duration(sum))
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::span;

    use super::*;

    #[test]
    fn durations_are_in_cedars_spelling() {
        let check = |text: &str| duration(text).map(span).unwrap_or_default();
        for text in ["4h", "1d12h", "15m", "1d2h3m4s5ms", "36500d", "90s"] {
            assert_eq!(span(duration(text).unwrap()), if text == "90s" { "1m30s" } else { text });
        }
        assert_eq!(check("0s"), "0ms");
        for bad in
            ["", "4", "h", "4 h", "-4h", "4h1d", "4h4h", "4x", "4H", "36501d", "36500d1ms", "9999999999999999999d"]
        {
            assert_eq!(check(bad), "", "{bad}");
        }
    }

    #[test]
    fn a_name_may_have_blanks_and_one_objective_may_be_missing() {
        let both = Objective { recovery_time: Some(Duration(14_400_000)), recovery_point: Some(Duration(900_000)) };
        assert_eq!(one("orders db rpo=15m rto=4h"), Some(("orders db", both)));
        assert_eq!(one("a rto=4h"), Some(("a", Objective { recovery_point: None, ..both })));
        for bad in ["a", "rto=4h", "a rto=", "a rto=4h rto=4h", "a rto=4h rpo", "a rto=4h b", "a rto=4h mtd=8h"] {
            assert!(one(bad).is_none_or(|(system, _)| system.is_empty()), "{bad}");
        }
    }
}
