//! Text from a guest, made safe for one line of a terminal, a log or a record.

/// `text` with control and direction-changing characters escaped, cut after at most `max` bytes as they stand then.
pub(crate) fn plain(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    for c in text.chars() {
        let before = out.len();
        if c.is_control() || turns_around(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        if out.len() > max {
            out.truncate(before);
            out.push_str(&format!(" [cut, {} bytes]", text.len()));
            break;
        }
    }
    out
}

/// Characters that have no glyph and change how a line is read: line separators, direction marks and overrides.
fn turns_around(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forged_lines_and_colours_are_escaped() {
        assert_eq!(plain("ok\n12:00 pass \u{1b}[32m", 99), "ok\\n12:00 pass \\u{1b}[32m");
        assert_eq!(plain("a\u{202e}b", 99), "a\\u{202e}b");
        assert_eq!(plain("größe „x“", 99), "größe „x“");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(plain("aéb", 2), "a [cut, 4 bytes]");
        assert_eq!(plain("aé", 3), "aé");
        assert_eq!(plain("a\0\0", 6), "a\\u{0} [cut, 3 bytes]", "an escape counts as it stands");
    }
}
