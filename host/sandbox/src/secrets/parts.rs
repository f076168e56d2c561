//! What of a secret is looked for: all of it, and what of it stands alone in another place.
//!
//! A header says `Bearer` before a token, and Basic packs a user and a password into base64; whoever repeats a credential
//! may repeat only the token, or only the password.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Fewest bytes that can be told from ordinary text.
pub(super) const MIN_BYTES: usize = 8;

/// Headers that carry a credential even where it is written in the configuration.
const CREDENTIAL_HEADERS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];

/// Schemes that are known wherever a value starts with their name.
const SCHEMES: [&str; 3] = ["basic", "bearer", "token"];

/// What a value is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use<'a> {
    /// The value of the header of this name.
    Header(&'a str),
    /// An environment variable of a program.
    Variable,
    /// A password.
    Password,
}

impl Use<'_> {
    /// Whether what is used so is a credential wherever it was written.
    pub(crate) fn is_credential(self) -> bool {
        match self {
            Self::Header(name) => CREDENTIAL_HEADERS.iter().any(|header| name.eq_ignore_ascii_case(header)),
            Self::Variable => false,
            Self::Password => true,
        }
    }

    fn is(self, header: &str) -> bool {
        matches!(self, Self::Header(name) if name.eq_ignore_ascii_case(header))
    }
}

/// A secret taken apart.
pub(super) struct Parts {
    /// What is long enough to be looked for.
    pub(super) sought: BTreeSet<Vec<u8>>,
    /// Bytes of the credential proper, which alone grants access: without its scheme, of a pair the password.
    pub(super) credential: usize,
}

/// Takes `text` apart, as far as `used` and the text itself say how.
pub(super) fn of(text: &str, used: Use<'_>) -> Parts {
    let mut all = vec![text.as_bytes().to_vec()];
    let mut credential = text.len();
    if used.is("cookie") {
        let values = text.split(';').map(|pair| unquoted(pair.split_once('=').map_or(pair, |(_, value)| value)));
        let values: Vec<&str> = values.collect();
        credential = values.iter().map(|value| value.len()).max().unwrap_or(0);
        all.extend(values.iter().map(|value| value.as_bytes().to_vec()));
    } else if let Some((scheme, rest)) = text.split_once(' ') {
        let rest = rest.trim_matches(' ');
        let scheme = scheme.to_ascii_lowercase();
        let mut proper = rest.as_bytes().to_vec();
        all.push(proper.clone());
        if scheme == "basic"
            && let Some(pair) = decode(rest)
        {
            proper = password(&pair).to_vec();
            all.extend([pair, proper.clone()]);
        }
        if scheme == "token"
            && let Some(value) = rest.split(',').find_map(|it| it.trim_start_matches(' ').strip_prefix("token="))
        {
            proper = unquoted(value).as_bytes().to_vec();
            all.push(proper.clone());
        }
        let is_authorization = used.is("authorization") || used.is("proxy-authorization");
        if is_authorization || SCHEMES.contains(&scheme.as_str()) {
            credential = proper.len();
        }
    }
    // A message has one space where there were several.
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    all.push(words.join(" ").into_bytes());
    let sought = all.into_iter().filter(|part| part.len() >= MIN_BYTES).collect();
    Parts { sought, credential }
}

/// Without the spaces and the quotes around it.
fn unquoted(value: &str) -> &str {
    value.trim_matches([' ', '"'])
}

/// The user and the password that Basic sends, whichever alphabet they are in.
fn decode(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [&STANDARD, &URL_SAFE].into_iter().find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
}

/// The password; where it is empty, the user, which then is a token.
fn password(pair: &[u8]) -> &[u8] {
    let mut fields = pair.splitn(2, |byte| *byte == b':');
    match (fields.next(), fields.next()) {
        (_, Some(password)) if !password.is_empty() => password,
        (Some(user), _) => user,
        (None, _) => pair,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the credential proper, and all that is looked for.
    fn check(text: &str, used: Use<'_>) -> (usize, Vec<String>) {
        let Parts { sought, credential } = of(text, used);
        (credential, sought.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect())
    }

    const AUTHORIZATION: Use<'_> = Use::Header("Authorization");

    #[test]
    fn what_stands_after_a_scheme_stands_alone_too() {
        let sought = |parts: &[&str]| parts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(check("opaque-token", AUTHORIZATION), (12, sought(&["opaque-token"])));
        assert_eq!(check("Bearer abcdefgh1", AUTHORIZATION), (9, sought(&["Bearer abcdefgh1", "abcdefgh1"])));
        assert_eq!(check("SSWS abcdefgh", AUTHORIZATION), (8, sought(&["SSWS abcdefgh", "abcdefgh"])));
        assert_eq!(check("bearer abcdefgh", Use::Variable), (8, sought(&["abcdefgh", "bearer abcdefgh"])));
        assert_eq!(
            check("Token token=\"abcdefgh\", x=1", AUTHORIZATION),
            (8, sought(&["Token token=\"abcdefgh\", x=1", "abcdefgh", "token=\"abcdefgh\", x=1"]))
        );
        assert_eq!(check("correct horse", Use::Password), (13, sought(&["correct horse"])));
        assert_eq!(
            check("correct  horse battery", Use::Password),
            (22, sought(&["correct  horse battery", "correct horse battery", "horse battery"]))
        );
    }

    #[test]
    fn basic_is_a_user_and_a_password() {
        // `audit:correct-horse`, `sk_live_123456:` and `audit:pw`.
        let (credential, sought) = check("Basic YXVkaXQ6Y29ycmVjdC1ob3JzZQ==", AUTHORIZATION);
        assert_eq!(credential, 13);
        assert!(["audit:correct-horse", "correct-horse"].iter().all(|part| sought.contains(&part.to_string())));
        let (credential, sought) = check("basic c2tfbGl2ZV8xMjM0NTY6", Use::Variable);
        assert_eq!(credential, 14);
        assert!(sought.contains(&"sk_live_123456".to_owned()), "{sought:?}");
        assert_eq!(check("Basic YXVkaXQ6cHc=", AUTHORIZATION).0, 2);
        assert_eq!(check("Basic no base64!", AUTHORIZATION).0, 10);
    }

    #[test]
    fn a_cookie_has_values() {
        let (credential, sought) = check("session=\"0123456789\"; theme=dark", Use::Header("Cookie"));
        assert_eq!(credential, 10);
        assert_eq!(sought, ["0123456789", "session=\"0123456789\"; theme=dark"]);
        assert_eq!(check("lang=en", Use::Header("cookie")), (2, vec![]));
    }
}
