//! Where things stand in a policy file. Cedar's syntax tree knows no places, so problems of shape are pointed at by
//! words: strings and comments are told apart from the rest, and each policy ends at its semicolon.
//!
//! **Absent on purpose:** any meaning. What is right or wrong is decided on Cedar's own tree.

use std::ops::Range;

/// One policy of the file.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    text: &'a str,
    /// The words, strings and signs, in bytes of the file.
    tokens: Vec<Range<usize>>,
}

/// The policies of the file, in order.
pub(super) fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::new();
    let mut tokens = Vec::new();
    for token in tokens_of(text) {
        let ends = text.get(token.clone()) == Some(";");
        tokens.push(token);
        if ends {
            statements.push(Statement { text, tokens: std::mem::take(&mut tokens) });
        }
    }
    statements
}

impl<'a> Statement<'a> {
    /// The word `permit` or `forbid` that begins the policy itself; annotations stand before it.
    pub(super) fn effect(&self) -> Range<usize> {
        let mut previous = "";
        for token in &self.tokens {
            let word = self.word(token);
            if previous != "@" && (word == "permit" || word == "forbid") {
                return token.clone();
            }
            previous = word;
        }
        self.whole()
    }

    /// The annotation `@name(...)`, otherwise the place where it should stand.
    pub(super) fn annotation(&self, name: &str) -> Range<usize> {
        let at = self.pairs().position(|(at, key)| self.word(at) == "@" && self.word(key) == name);
        let Some(at) = at else { return self.effect() };
        let rest = self.tokens.get(at..).unwrap_or_default();
        let close = rest.iter().find(|token| self.word(token) == ")");
        match (rest.first(), close) {
            (Some(open), Some(close)) => open.start..close.end,
            _ => self.effect(),
        }
    }

    /// The scope from `permit (` to `)`: who, what and on which.
    pub(super) fn head(&self) -> Range<usize> {
        let effect = self.effect();
        let after = self.tokens.iter().skip_while(|token| token.start <= effect.start);
        let mut depth = 0_usize;
        for token in after {
            match self.word(token) {
                "(" => depth += 1,
                ")" if depth <= 1 => return effect.start..token.end,
                ")" => depth -= 1,
                _ => {}
            }
        }
        effect
    }

    /// The words `has name`, each time they stand there; the whole policy where they are written in another way.
    pub(super) fn has(&self, name: &str) -> Vec<Range<usize>> {
        let quoted = format!("{name:?}");
        let found: Vec<Range<usize>> = self
            .pairs()
            .filter(|(has, attribute)| {
                self.word(has) == "has" && (self.word(attribute) == name || self.word(attribute) == quoted)
            })
            .map(|(has, attribute)| has.start..attribute.end)
            .collect();
        if found.is_empty() { vec![self.effect()] } else { found }
    }

    /// From the first word to the semicolon.
    pub(super) fn whole(&self) -> Range<usize> {
        let start = self.tokens.first().map_or(0, |token| token.start);
        start..self.tokens.last().map_or(start, |token| token.end)
    }

    /// The text of the policy with its annotations.
    pub(super) fn text(&self) -> &'a str {
        self.text.get(self.whole()).unwrap_or_default()
    }

    fn pairs(&self) -> impl Iterator<Item = (&Range<usize>, &Range<usize>)> {
        self.tokens.iter().zip(self.tokens.iter().skip(1))
    }

    fn word(&self, token: &Range<usize>) -> &'a str {
        self.text.get(token.clone()).unwrap_or_default()
    }
}

/// Words, strings and single signs; comments and space are left out.
fn tokens_of(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, letter)) = rest.next() {
        let mut end = start + letter.len_utf8();
        if letter.is_whitespace() {
            continue;
        }
        if letter == '/' && rest.peek().is_some_and(|(_, next)| *next == '/') {
            while rest.next_if(|(_, next)| *next != '\n').is_some() {}
            continue;
        }
        if letter == '"' {
            let mut escaped = false;
            for (at, next) in rest.by_ref() {
                end = at + next.len_utf8();
                if next == '"' && !escaped {
                    break;
                }
                escaped = next == '\\' && !escaped;
            }
        } else if is_word(letter) {
            while let Some((at, next)) = rest.next_if(|(_, next)| is_word(*next)) {
                end = at + next.len_utf8();
            }
        }
        tokens.push(start..end);
    }
    tokens
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"// permit; forbid
@id("a;\"b") @forbid("x") // has c
forbid (principal, action == Action::"é", resource)
unless { resource has mail && resource has "d" };
permit (principal, action, resource);"#;

    fn check(place: impl Fn(&Statement<'_>) -> Range<usize>) -> Vec<&'static str> {
        statements(TEXT).iter().map(|statement| &TEXT[place(statement)]).collect()
    }

    #[test]
    fn finds_places_behind_strings_and_comments() {
        assert_eq!(check(|s| s.effect()), ["forbid", "permit"]);
        assert_eq!(check(|s| s.annotation("id")), [r#"@id("a;\"b")"#, "permit"]);
        let heads = [r#"forbid (principal, action == Action::"é", resource)"#, "permit (principal, action, resource)"];
        assert_eq!(check(|s| s.head()), heads);
        assert_eq!(check(|s| s.has("mail").remove(0)), ["has mail", "permit"]);
        assert_eq!(check(|s| s.has("d").remove(0)), [r#"has "d""#, "permit"]);
        assert!(check(|s| s.whole())[0].ends_with(r#"resource has "d" };"#));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_cut_into_places_within_it(text in "[ a;@\"\\\\/()é\n]{0,40}") {
            for statement in statements(&text) {
                let places = [statement.effect(), statement.head(), statement.annotation("a"), statement.whole()];
                for place in places {
                    proptest::prop_assert!(text.get(place).is_some());
                }
            }
        }
    }
}
