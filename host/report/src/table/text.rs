//! Text on a terminal: made harmless, and wrapped by the columns that it takes.

use unicode_width::UnicodeWidthChar as _;

pub(super) use crate::terminal::plain;

/// Columns that `text` takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Lines of at most `width` columns, broken between words, or within one that is longer than a line.
pub(crate) fn wrap(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_owned()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut word = word;
        if !line.is_empty() {
            if columns(&line) + 1 + columns(word) <= width {
                line.push(' ');
                line.push_str(word);
                continue;
            }
            lines.push(std::mem::take(&mut line));
        }
        while columns(word) > width {
            let (head, tail) = split_at_columns(word, width);
            if head.is_empty() {
                break;
            }
            lines.push(head.to_owned());
            word = tail;
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The longest head of at most `width` columns, and the rest.
fn split_at_columns(text: &str, width: usize) -> (&str, &str) {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += c.width().unwrap_or(0);
        taken > width
    });
    text.split_at_checked(end.map_or(text.len(), |(at, _)| at)).unwrap_or((text, ""))
}

/// `1 record`, `2 records`.
pub(super) fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(plain("a\u{1b}[31mb\r\n\u{202e}c\u{9b}é名"), r"a\u{1b}[31mb\r\n\u{202e}c\u{9b}é名");
    }

    #[test]
    fn wrapping_breaks_between_words_and_within_long_ones() {
        assert_eq!(wrap("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh b", Some(3)), ["a", "abc", "def", "gh", "b"]);
        assert_eq!(wrap("名前の長い", Some(5)), ["名前", "の長", "い"]);
        assert_eq!(wrap("", Some(3)), [""]);
        assert_eq!(wrap("as long as it likes", None), ["as long as it likes"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_word_is_lost(text in "\\PC{0,40}", width in 2usize..20) {
            let text = plain(&text);
            let lines = wrap(&text, Some(width));
            prop_assert!(lines.iter().all(|line| columns(line) <= width), "{:?}", lines);
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
