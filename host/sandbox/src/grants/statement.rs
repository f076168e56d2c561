//! What can be told of a query from its text alone: how many statements it holds and whether it orders its rows.
//!
//! Understands the literals, quoted names and comments of SQLite and PostgreSQL together, so that a word inside them
//! counts for nothing. **Absent on purpose:** parsing SQL; what a statement may do is enforced by the database.

/// What the text of a query shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Statements with at least one word, separated by semicolons.
    pub statements: usize,
    /// Whether `ORDER BY` stands outside all parentheses.
    pub ordered: bool,
}

/// Reads `query` once from left to right.
pub(crate) fn scan(query: &str) -> Scanned {
    let mut rest = query;
    let mut scanned = Scanned { statements: 0, ordered: false };
    let (mut depth, mut in_statement, mut after_order) = (0_usize, false, false);
    while let Some(first) = rest.chars().next() {
        let (token, tail) = token(rest, first);
        rest = tail;
        match token {
            Token::Blank => continue,
            Token::End => {
                in_statement = false;
                continue;
            }
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Word(word) if depth == 0 => {
                scanned.ordered |= after_order && word.eq_ignore_ascii_case("by");
                after_order = word.eq_ignore_ascii_case("order");
            }
            Token::Word(_) | Token::Other => after_order = false,
        }
        if !in_statement {
            scanned.statements += 1;
            in_statement = true;
        }
    }
    scanned
}

enum Token<'a> {
    Blank,
    End,
    Open,
    Close,
    Word(&'a str),
    Other,
}

/// The first token of `text`, which starts with `first`, and what follows it.
fn token(text: &str, first: char) -> (Token<'_>, &str) {
    let after = text.get(first.len_utf8()..).unwrap_or_default();
    match first {
        '\'' | '"' | '`' => (Token::Other, after_quote(after, first, false)),
        '[' => (Token::Other, after.split_once(']').map_or("", |(_, tail)| tail)),
        '-' if after.starts_with('-') => (Token::Blank, after.split_once('\n').map_or("", |(_, tail)| tail)),
        '/' if after.starts_with('*') => (Token::Blank, after_comment(after)),
        '$' => match dollar_quote(text) {
            Some(tail) => (Token::Other, tail),
            None => (Token::Other, after),
        },
        ';' => (Token::End, after),
        '(' => (Token::Open, after),
        ')' => (Token::Close, after),
        c if c.is_whitespace() => (Token::Blank, after),
        c if c.is_alphabetic() || c == '_' => {
            let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
            let (word, tail) = text.split_at_checked(end).unwrap_or((text, ""));
            match tail.strip_prefix('\'') {
                // PostgreSQL's E'...' knows backslash escapes.
                Some(literal) if word.eq_ignore_ascii_case("e") => (Token::Other, after_quote(literal, '\'', true)),
                _ => (Token::Word(word), tail),
            }
        }
        _ => (Token::Other, after),
    }
}

/// What follows the closing `quote`; a doubled one is part of the literal.
fn after_quote(text: &str, quote: char, backslash: bool) -> &str {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if backslash && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return text.get(at + quote.len_utf8()..).unwrap_or_default();
        }
    }
    ""
}

/// What follows a comment that starts before `text`'s `*`. SQLite ends it at the first `*/`, PostgreSQL nests; a nested
/// one is refused by the former anyway.
fn after_comment(text: &str) -> &str {
    let mut depth = 1;
    let mut rest = text.strip_prefix('*').unwrap_or(text);
    while depth > 0 {
        match (rest.find("/*"), rest.find("*/")) {
            (Some(open), Some(close)) if open < close => {
                depth += 1;
                rest = rest.get(open + 2..).unwrap_or_default();
            }
            (_, Some(close)) => {
                depth -= 1;
                rest = rest.get(close + 2..).unwrap_or_default();
            }
            (_, None) => return "",
        }
    }
    rest
}

/// What follows PostgreSQL's `$tag$...$tag$`, if `text` starts with one.
fn dollar_quote(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let end = name.find('$')?;
    let tag = name.get(..end)?;
    if tag.starts_with(|c: char| c.is_ascii_digit()) || !tag.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let delimiter = text.get(..end + 2)?;
    let body = text.get(end + 2..)?;
    Some(body.split_once(delimiter).map_or("", |(_, tail)| tail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(query: &str) -> (usize, bool) {
        let Scanned { statements, ordered } = scan(query);
        (statements, ordered)
    }

    #[test]
    fn counts_statements() {
        assert_eq!(check(""), (0, false));
        assert_eq!(check(" -- nothing\n/* at all */ ; ;"), (0, false));
        assert_eq!(check("SELECT 1"), (1, false));
        assert_eq!(check("SELECT 1;\n-- done;\n"), (1, false));
        assert_eq!(check("SELECT ';', \";\", `;`, [;], $$;$$, $a$;$$;$a$, E'\\';', 'it''s;'"), (1, false));
        assert_eq!(check("SELECT 1; DROP TABLE users"), (2, false));
        assert_eq!(check("SELECT $1; SELECT $2"), (2, false));
        assert_eq!(check("/* /* ; */ ; */ SELECT 1"), (1, false));
    }

    #[test]
    fn sees_order_by_outside_parentheses_only() {
        assert_eq!(check("SELECT a FROM t ORDER BY a"), (1, true));
        assert_eq!(check("select a from t order /* so */\n  by a"), (1, true));
        assert_eq!(check("SELECT rank() OVER (ORDER BY a) FROM t"), (1, false));
        assert_eq!(check("SELECT (SELECT a FROM u ORDER BY a LIMIT 1) FROM t ORDER BY 1"), (1, true));
        assert_eq!(check("SELECT 'ORDER BY a' FROM \"order by\" -- ORDER BY a"), (1, false));
        assert_eq!(check("SELECT order_by, reorder, by FROM t"), (1, false));
        assert_eq!(check("SELECT ordér FROM t ORDER, BY"), (1, false));
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[a-zé;'\"`$/*\\-\\[\\]() \n\\\\E1]{0,40}") {
            scan(&text);
        }

        #[test]
        fn a_quoted_text_never_ends_a_statement(text in "[a-z;\"/*$ \n\\-]{0,20}") {
            prop_assert_eq!(check(&format!("SELECT '{text}' ORDER BY 1")), (1, true));
        }
    }
}
