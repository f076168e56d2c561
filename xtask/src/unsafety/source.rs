//! Looks for the places in one file, word by word, past comments and strings.
//!
//! It errs towards a place too many: `unsafe` anywhere outside of comments and strings counts, in macros too, and so does
//! the lint's name wherever it is not denied or forbidden.

use std::fmt;

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// From the workspace's root.
    pub(super) file: String,
    /// The line's number, from 1.
    pub(super) number: usize,
    /// The line, without the space around it.
    pub(super) line: String,
    /// What it is.
    pub(super) why: Why,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The keyword.
    Unsafe,
    /// The lint, and not as something denied.
    Lint,
    /// A file that is brought in from elsewhere.
    Included,
    /// A package that does not deny it.
    Manifest,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsafe => "unsafe code",
            Self::Lint => "a lifted lint",
            Self::Included => "an included file",
            Self::Manifest => "a manifest",
        })
    }
}

const LINT: &str = "unsafe_code";

/// The places of a Rust file, at most one of a kind in a line.
pub(super) fn places(file: &str, text: &str) -> Vec<Place> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    // For each open parenthesis, whether it lists what is denied.
    let mut denied = Vec::new();
    let mut before = Token::Mark(' ');
    for (at, (number, token)) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|(_, next)| *next);
        let after = tokens.get(at + 2).map(|(_, after)| *after);
        let why = match *token {
            Token::Word("unsafe") => Some(Why::Unsafe),
            Token::Word(LINT) if !denied.last().is_some_and(|denied| *denied) => Some(Why::Lint),
            Token::Word("include") if next == Some(Token::Mark('!')) => Some(Why::Included),
            // In an attribute, which is where nothing but a bracket or a comma stands before it.
            Token::Word("path") if next == Some(Token::Mark('=')) && matches!(before, Token::Mark('[' | '(' | ',')) => {
                match after {
                    Some(Token::Text(path)) if !path.ends_with(".rs") => Some(Why::Included),
                    _ => None,
                }
            }
            Token::Mark('(') => {
                denied.push(matches!(before, Token::Word("deny" | "forbid")));
                None
            }
            Token::Mark(')') => denied.pop().and(None),
            _ => None,
        };
        before = *token;
        found.extend(why.map(|why| place(file, *number, text, why)));
    }
    found.dedup();
    found
}

/// The places of a `Cargo.toml`: where the lint is not denied, and where a package is without it.
pub(super) fn manifest(file: &str, text: &str) -> Vec<Place> {
    let lines: Vec<(usize, String)> = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().split_whitespace().collect()))
        .collect();
    let denies = |line: &str| matches!(line, "unsafe_code=\"deny\"" | "unsafe_code=\"forbid\"");
    let own = lines.iter().any(|(_, line)| denies(line));
    let inherited = lines.iter().any(|(_, line)| line == "lints.workspace=true")
        || lines.windows(2).any(|two| matches!(two, [(_, a), (_, b)] if a == "[lints]" && b == "workspace=true"));
    let mut found = Vec::new();
    for (number, line) in &lines {
        let lifted = line.contains(LINT) && !denies(line);
        let bare = line == "[package]" && !own && !inherited;
        if lifted || bare {
            found.push(place(file, *number, text, Why::Manifest));
        }
    }
    found
}

fn place(file: &str, number: usize, text: &str, why: Why) -> Place {
    let line = text.lines().nth(number - 1).unwrap_or_default().trim().to_owned();
    Place { file: file.to_owned(), number, line, why }
}

/// A piece of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name, keyword or number.
    Word(&'a str),
    /// A string, as it is written between its quotes.
    Text(&'a str),
    /// Any other character.
    Mark(char),
}

/// The pieces of `text` with the number of the line that each begins in; comments and space are none.
pub(super) fn tokens(text: &str) -> Vec<(usize, Token<'_>)> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut tokens = Vec::new();
    loop {
        let line = reader.line;
        match reader.next() {
            Some(Piece::Token(token)) => tokens.push((line, token)),
            Some(Piece::Nothing) => {}
            None => return tokens,
        }
    }
}

enum Piece<'a> {
    Token(Token<'a>),
    /// Space, a comment, a character or a lifetime.
    Nothing,
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Piece<'a>> {
        let first = self.rest.chars().next()?;
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.take(comment(self.rest));
        } else if let Some((before, hashes)) = raw(self.rest) {
            return Some(Piece::Token(Token::Text(self.raw_text(before, hashes))));
        } else if self.rest.starts_with("r#") {
            // A name that looks like a keyword and is none.
            self.take(2);
            self.word();
        } else if first == '"' {
            self.take(1);
            let text = self.take(quoted(self.rest, '"'));
            self.take(1);
            return Some(Piece::Token(Token::Text(text)));
        } else if first == '\'' {
            self.character();
        } else if is_word(first) {
            return Some(Piece::Token(Token::Word(self.word())));
        } else {
            self.take(first.len_utf8());
            if !first.is_whitespace() {
                return Some(Piece::Token(Token::Mark(first)));
            }
        }
        Some(Piece::Nothing)
    }

    /// The next bytes, of which there may be fewer.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn word(&mut self) -> &'a str {
        self.take(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()))
    }

    fn raw_text(&mut self, before: usize, hashes: usize) -> &'a str {
        self.take(before);
        let end = format!("\"{}", "#".repeat(hashes));
        let text = self.take(self.rest.find(&end).unwrap_or(self.rest.len()));
        self.take(end.len());
        text
    }

    /// A character such as `'a'` or `'\''`, or else the quote of a lifetime, whose name is then no keyword.
    fn character(&mut self) {
        self.take(1);
        let mut chars = self.rest.chars();
        match (chars.next(), chars.next()) {
            (Some('\\'), _) => {
                self.take(quoted(self.rest, '\''));
                self.take(1);
            }
            (Some(one), Some('\'')) => {
                self.take(one.len_utf8() + 1);
            }
            _ => {
                self.word();
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of a comment with those that are in it.
fn comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Bytes up to the quote that ends a string or character.
fn quoted(text: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return at,
            _ => {}
        }
    }
    text.len()
}

/// For a raw string, how many bytes stand before its content, and how many `#` its end has.
fn raw(text: &str) -> Option<(usize, usize)> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let rest = text.get(prefix.len()..)?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest.get(hashes..)?.starts_with('"').then_some((prefix.len() + hashes + 1, hashes))
}
