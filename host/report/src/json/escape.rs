//! JSON may be read on a terminal too, and JSON leaves most of what a terminal obeys as it is. Here it is escaped, which
//! changes the bytes of a string and not its value.

use std::io::{self, Write};

use crate::terminal::obeyed;

/// Passes on what `serde_json` writes, each piece of which is whole characters.
pub(crate) struct Escape<'a>(pub(crate) &'a mut dyn Write);

impl Write for Escape<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        let mut rest = text;
        // A line break here is layout: within a string `serde_json` has escaped it.
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| *c != '\n' && obeyed(*c)) {
            let (before, after) = rest.split_at(at);
            self.0.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = after.get(c.len_utf8()..).unwrap_or_default();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        serde_json::to_writer(Escape(&mut out), text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(escaped("a\u{9b}\u{202e}\u{e0041}\u{7f}é\n"), r#""a\u009b\u202e\udb40\udc41\u007fé\n""#);
    }

    proptest! {
        #[test]
        fn the_value_is_the_same(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(obeyed));
            prop_assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        }
    }
}
