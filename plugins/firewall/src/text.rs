//! One line for people out of whatever a source holds.

/// Bytes of a rule's text that a row shows; a rule with a long set would fill the evidence with copies of itself.
const SHOWN: usize = 500;

/// The text on one line, without control characters, cut with `...` where it is long.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(SHOWN));
    for c in text.trim().chars() {
        if line.len() >= SHOWN {
            line.push_str("...");
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_broken_lines_are_cut() {
        assert_eq!(one_line(" a\nb\u{1b}[c "), "a b [c");
        let long = one_line(&"ä".repeat(1_000));
        assert_eq!((long.len(), long.ends_with("ä...")), (SHOWN + 3, true));
    }
}
