//! Splits a rule into words the way `iptables-restore` does: blanks part them, double quotes keep blanks, a backslash
//! within quotes keeps the next character.

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Without the quotes.
    pub text: String,
    /// Whether it stood in quotes, so that it is no option.
    pub quoted: bool,
}

/// The words of a line, or nothing where a quote is not closed.
#[must_use]
pub fn split(line: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Some(words);
        }
        let mut word = Word { text: String::new(), quoted: false };
        while let Some(c) = chars.next_if(|c| !c.is_ascii_whitespace()) {
            if c != '"' {
                word.text.push(c);
                continue;
            }
            word.quoted = true;
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => word.text.push(chars.next()?),
                    c => word.text.push(c),
                }
            }
        }
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let words = split(line).unwrap();
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn quotes_and_backslashes() {
        check("-A INPUT  -j ACCEPT ", &["-A", "INPUT", "-j", "ACCEPT"]);
        check(r#"--comment "a \"b\" \\ c" -j X"#, &["--comment", r#"a "b" \ c"#, "-j", "X"]);
        check(r#"--comment "" -j X"#, &["--comment", "", "-j", "X"]);
        check("", &[]);
        assert_eq!(split(r#"--comment "open"#), None);
        assert_eq!(split(r#"--comment "open\"#), None);
        assert!(split(r#""-j""#).unwrap()[0].quoted);
    }
}
