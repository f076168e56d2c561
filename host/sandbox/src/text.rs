//! Text from a guest, made safe for one line of a terminal, a log or a record.

/// `text` with control and direction-changing characters escaped, cut after at most `max` bytes of it.
pub(crate) fn plain(text: &str, max: usize) -> String {
    let kept = text.get(..text.floor_char_boundary(max)).unwrap_or_default();
    let mut out = String::with_capacity(kept.len());
    for c in kept.chars() {
        if c.is_control() || turns_around(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    if kept.len() < text.len() {
        out.push_str(&format!(" [cut, {} bytes]", text.len()));
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
    }
}
