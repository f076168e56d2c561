//! JSON in ASCII, and texts that are bounded by what they take in it.
//!
//! ASCII, because a syslog message in UTF-8 has to begin with a byte order mark, which JSON must not have.

use serde::Serialize;

/// What stands for the rest of a text.
const REST: &str = "...";

/// Bytes that `c` takes within a string.
fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        ' '..='~' => 1,
        _ => 6 * c.len_utf16(),
    }
}

/// Cuts texts, and remembers whether it had to.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    pub(crate) cut: bool,
}

impl Cutter {
    /// `text`, or as much of it as takes at most `bound` bytes within a JSON string, the mark for the rest included.
    pub(crate) fn cut(&mut self, text: &str, bound: usize) -> String {
        let mut taken = 0;
        let mut kept = 0;
        for (at, c) in text.char_indices() {
            taken += escaped(c);
            if taken > bound {
                self.cut = true;
                let head = text.get(..kept).unwrap_or_default();
                return format!("{head}{REST}");
            }
            if taken + REST.len() <= bound {
                kept = at + c.len_utf8();
            }
        }
        text.to_owned()
    }
}

/// `value` as one line of JSON in ASCII.
pub(crate) fn ascii_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string(value)?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_between_characters_and_the_mark_is_within_the_bound() {
        let check = |text: &str, bound| Cutter::default().cut(text, bound);
        assert_eq!(check("conform", 7), "conform");
        assert_eq!(check("conforms", 7), "conf...");
        assert_eq!(check("aé", 7), "aé");
        assert_eq!(check("éé", 11), "é...");
        assert_eq!(check("\"\"\"\"", 7), "\"\"...");
    }

    #[test]
    fn what_is_not_ascii_is_escaped() {
        assert_eq!(ascii_json(&"é\u{1f511}\u{7f}\n\"").unwrap(), r#""\u00e9\ud83d\udd11\u007f\n\"""#);
    }

    proptest! {
        #[test]
        fn a_text_takes_what_was_counted(text in any::<String>(), bound in 3_usize..60) {
            let json = ascii_json(&text).unwrap();
            prop_assert_eq!(json.len() - 2, text.chars().map(escaped).sum::<usize>());
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text.clone());
            let mut cutter = Cutter::default();
            let cut = cutter.cut(&text, bound);
            prop_assert!(ascii_json(&cut).unwrap().len() - 2 <= bound);
            prop_assert_eq!(cutter.cut, cut != text);
        }
    }
}
