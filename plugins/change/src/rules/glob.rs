//! Patterns of paths: `*` and `?` within a segment, `**` over segments, `/` at the end for all that is below.

/// One pattern, matched against whole paths with `/` between their segments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glob {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    One(char),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `**`
    Stars,
    /// `**/`: nothing, or anything that ends in `/`.
    Folders,
}

/// Longest pattern, in characters.
pub const MAX_PATTERN: usize = 256;

impl Glob {
    /// Reads a pattern; nothing where it is empty, too long or starts with `/`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.is_empty() || text.starts_with('/') || text.chars().count() > MAX_PATTERN {
            return None;
        }
        let mut tokens = Vec::new();
        let mut rest = text.chars().peekable();
        let mut start = true;
        while let Some(c) = rest.next() {
            let token = match c {
                '*' if rest.next_if_eq(&'*').is_some() => {
                    let folders = start && rest.next_if_eq(&'/').is_some();
                    start = folders;
                    tokens.push(if folders { Token::Folders } else { Token::Stars });
                    continue;
                }
                '*' => Token::Star,
                '?' => Token::Any,
                c => Token::One(c),
            };
            start = c == '/';
            tokens.push(token);
        }
        if text.ends_with('/') {
            tokens.push(Token::Stars);
        }
        Some(Self { text: text.to_owned(), tokens })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `path` as a whole is of the pattern. Takes as many steps as pattern and path have pairs of characters, at
    /// most, and ends where nothing fits any more.
    #[must_use]
    pub fn is_match(&self, path: &str) -> bool {
        let end = self.tokens.len();
        // Whether the tokens before each place fit the path so far.
        let mut fits = vec![false; end + 1];
        if let Some(first) = fits.first_mut() {
            *first = true;
        }
        self.skip_behind(&mut fits, '/');
        for c in path.chars() {
            let mut next = vec![false; end + 1];
            let mut any = false;
            for (at, token) in self.tokens.iter().enumerate().filter(|(at, _)| fits.get(*at) == Some(&true)) {
                let (stays, goes) = match token {
                    Token::One(wanted) => (false, *wanted == c),
                    Token::Any => (false, c != '/'),
                    Token::Star => (c != '/', false),
                    Token::Stars | Token::Folders => (true, false),
                };
                for (place, fit) in [(at, stays), (at + 1, goes)] {
                    if fit && let Some(place) = next.get_mut(place) {
                        *place = true;
                        any = true;
                    }
                }
            }
            if !any {
                return false;
            }
            fits = next;
            self.skip_behind(&mut fits, c);
        }
        fits.last() == Some(&true)
    }

    /// Goes on behind tokens that may end after the character `before`; a path starts as if behind a `/`.
    fn skip_behind(&self, fits: &mut [bool], before: char) {
        for (at, token) in self.tokens.iter().enumerate() {
            let ends = match token {
                Token::Star | Token::Stars => true,
                Token::Folders => before == '/',
                Token::One(_) | Token::Any => false,
            };
            if ends
                && fits.get(at) == Some(&true)
                && let Some(next) = fits.get_mut(at + 1)
            {
                *next = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By its definition, trying every way: exponential, and plain to see.
    fn model(pattern: &str, path: &str) -> bool {
        fn go(pattern: &[char], path: &[char], start: bool) -> bool {
            match pattern {
                [] => path.is_empty(),
                ['*', '*', '/', rest @ ..] if start => {
                    go(rest, path, true) || (0..path.len()).any(|at| path[at] == '/' && go(rest, &path[at + 1..], true))
                }
                ['*', '*', rest @ ..] => (0..=path.len()).any(|at| go(rest, &path[at..], false)),
                ['*', rest @ ..] => (0..=path.len())
                    .take_while(|at| *at == 0 || path[at - 1] != '/')
                    .any(|at| go(rest, &path[at..], false)),
                ['?', rest @ ..] => path.first().is_some_and(|c| *c != '/') && go(rest, &path[1..], false),
                [c, rest @ ..] => path.first() == Some(c) && go(rest, &path[1..], *c == '/'),
            }
        }
        let mut pattern: Vec<char> = pattern.chars().collect();
        if pattern.last() == Some(&'/') {
            pattern.extend(['*', '*']);
        }
        go(&pattern, &path.chars().collect::<Vec<_>>(), true)
    }

    #[test]
    fn patterns_are_of_whole_paths() {
        let check = |pattern: &str, yes: &[&str], no: &[&str]| {
            let glob = Glob::read(pattern).unwrap();
            yes.iter().for_each(|path| assert!(glob.is_match(path), "{pattern} {path}"));
            no.iter().for_each(|path| assert!(!glob.is_match(path), "{pattern} {path}"));
        };
        check("README.md", &["README.md"], &["docs/README.md", "README.mdx"]);
        check("*.md", &["README.md", ".md"], &["docs/README.md"]);
        check("**/*.md", &["README.md", "docs/a/b.md"], &["docs/a/b.rs"]);
        check("infra/", &["infra/main.tf", "infra/a/b", "infra/"], &["infra", "xinfra/a"]);
        check("infra/**", &["infra/main.tf", "infra/a/b"], &["infra"]);
        check("src/*/auth?.rs", &["src/a/auth1.rs"], &["src/a/b/auth1.rs", "src/a/auth.rs", "src/a/auth/.rs"]);
        check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/xb", "ab"]);
        check("**", &["", "a", "a/b"], &[]);
        assert_eq!(["", "/a", &"a".repeat(257)].map(Glob::read), [None, None, None]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_slow_model(pattern in "[ab*?/]{1,9}", path in "[ab/]{0,9}") {
            if let Some(glob) = Glob::read(&pattern) {
                prop_assert_eq!(glob.is_match(&path), model(&pattern, &path), "{} {}", pattern, path);
            }
        }

        #[test]
        fn many_stars_on_a_long_path_end(stars in 1_usize..80, path in "[ab/]{0,2000}") {
            let glob = Glob::read(&"**a".repeat(stars)).unwrap();
            let _ = glob.is_match(&path);
        }
    }
}
