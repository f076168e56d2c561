//! Whatever a secret is, whatever stands around it and however it is spelled: it goes, and the rest stays.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::MARK;
use super::search::Search;

fn redacted(secrets: &[&[u8]], text: &[u8]) -> Vec<u8> {
    let parts: BTreeSet<Vec<u8>> = secrets.iter().map(|secret| secret.to_vec()).collect();
    Search::new(&parts).unwrap().redact(text).map_or_else(|| text.to_vec(), |(redacted, _)| redacted)
}

/// In how many places `text` holds `part`, those that overlap among them.
fn places(text: &[u8], part: &[u8]) -> usize {
    text.windows(part.len()).filter(|window| *window == part).count()
}

/// Ways to escape a character; `choice` picks among what different programs write.
const ESCAPES: [fn(char, u8) -> String; 7] = [
    |c, _| c.to_string(),
    // Everything but letters and digits must be escaped, and everything may be.
    |c, choice| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' if choice % 4 > 0 => c.to_string(),
        ' ' if choice % 2 > 0 => c.to_string(),
        _ => c
            .to_string()
            .bytes()
            .map(|b| if choice % 2 > 0 { format!("%{b:02x}") } else { format!("%{b:02X}") })
            .collect(),
    },
    // As JSON's writers do, and with their options.
    |c, choice| match (c, choice % 4) {
        ('"' | '\\', 0..=2) => format!("\\{c}"),
        ('/', 1) => "\\/".to_owned(),
        (_, 3) => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        _ => c.to_string(),
    },
    // As a shell, and as Rust prints for debugging.
    |c, choice| match c {
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c if c.is_ascii() && choice % 2 > 0 => format!("\\{c}"),
        c if choice % 3 > 0 => format!("\\u{{{:x}}}", u32::from(c)),
        c => c.to_string().bytes().map(|b| format!("\\x{b:02x}")).collect(),
    },
    // As XML and HTML.
    |c, choice| match (c, choice % 4) {
        ('&', 0) => "&amp;".to_owned(),
        ('<', 0) => "&lt;".to_owned(),
        ('"', 0) => "&quot;".to_owned(),
        ('&', 1) | (_, 2) => format!("&#{};", u32::from(c)),
        (_, 3) => format!("&#x{:X};", u32::from(c)),
        ('&', _) => "&#038;".to_owned(),
        _ => c.to_string(),
    },
    // Text in which nothing is escaped that need not be.
    |c, _| if matches!(c, '&' | '<' | '>') { format!("&#{};", u32::from(c)) } else { c.to_string() },
    |c, _| if matches!(c, '"' | '\\') { format!("\\{c}") } else { c.to_string() },
];

/// At least 8 printable characters, most of them ASCII's.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![6 => "[ -~]{8,40}", 1 => "[a-z0-9éß€😀%&\\\\\"]{8,20}", 1 => "[%&;#\\\\0-9a-fux+/=]{8,20}"]
}

/// What may stand around it.
fn around() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,40}", "[%&;#\\\\0-9a-fux+/=\"\r\n ]{0,20}", "\\PC{0,20}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn an_escaped_secret_goes_and_the_rest_stays(
        secret in secret(),
        (before, after) in (around(), around()),
        escape in prop::sample::select(ESCAPES.to_vec()),
        choices in prop::collection::vec(any::<u8>(), 1..50),
    ) {
        let mut choices = choices.iter().copied().cycle();
        let mut escaped = |text: &str| text.chars().map(|c| escape(c, choices.next().unwrap())).collect::<String>();
        let (before_escaped, secret_escaped, after_escaped) = (escaped(&before), escaped(&secret), escaped(&after));
        let text = format!("{before_escaped}{secret_escaped}{after_escaped}");
        let found = redacted(&[secret.as_bytes()], text.as_bytes());
        prop_assume!(!MARK.contains(&secret));
        prop_assert_eq!(places(&found, secret.as_bytes()), 0);
        // Line ends may stand within it, so they may stand within what looks like two of it.
        let lines_joined = format!("{before}{secret}{after}").replace(['\r', '\n'], "");
        if places(lines_joined.as_bytes(), secret.as_bytes()) == 1 {
            let found = String::from_utf8(found).unwrap();
            let (kept_before, kept_after) = found.split_once(MARK).unwrap();
            // Backslashes beside it may be read as those of its own first and last characters.
            let lost = [before_escaped.strip_prefix(kept_before), after_escaped.strip_suffix(kept_after)];
            let beside = |lost: Option<&str>| lost.is_some_and(|it| it.trim_matches(['\r', '\n', '\\']).is_empty());
            prop_assert!(lost.into_iter().all(beside), "{} becomes {}", text, found);
        }
    }

    #[test]
    fn in_base64_a_character_stays_if_it_holds_no_bit_of_the_secret(
        secret in secret(),
        (before, after) in (prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(any::<u8>(), 0..40)),
        engine in prop::sample::select(vec![&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]),
        width in 1_usize..100,
    ) {
        let whole = [&before, secret.as_bytes(), &after].concat();
        prop_assume!(places(&whole, secret.as_bytes()) == 1);
        let encoded = engine.encode(&whole);
        // Cut into lines, as MIME and PEM do; each character with the line end that follows it.
        let lines: Vec<String> = encoded
            .char_indices()
            .map(|(at, c)| if at % width == width - 1 { format!("{c}\r\n") } else { c.to_string() })
            .collect();
        let (first, end) = (before.len() * 8 / 6, ((before.len() + secret.len()) * 8).div_ceil(6));
        let expected = format!(
            "{}{MARK}{}{}",
            lines[..first].concat(),
            lines[end - 1].get(1..).unwrap(),
            lines[end..].concat()
        );
        let found = redacted(&[secret.as_bytes()], lines.concat().as_bytes());
        prop_assert_eq!(String::from_utf8_lossy(&found), expected);
    }

    #[test]
    fn in_hexadecimal_it_goes_too(secret in secret(), before in "[0-9a-f]{0,9}", upper in any::<bool>()) {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let hex = if upper { hex.to_uppercase() } else { hex };
        let found = redacted(&[secret.as_bytes()], format!("\\x{before}{hex}").as_bytes());
        prop_assert_eq!(places(&found, hex.as_bytes()), 0);
        prop_assert_eq!(places(&found, MARK.as_bytes()), 1);
    }

    /// Few different characters, so that secrets overlap each other, themselves and what looks like an escape.
    #[test]
    fn any_bytes_are_searched_and_no_secret_is_left(
        secrets in prop::collection::vec("[ab%&;#\\\\0u1+/]{8,12}", 1..5),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..14, "[ab%&;#\\\\0u1+/\r\n\u{fc}]{0,9}"), 0..12),
        end in prop::collection::vec(any::<u8>(), 0..9),
    ) {
        let mut text = Vec::new();
        for (secret, length, piece) in &pieces {
            let secret = secret.get(&secrets).as_bytes();
            text.extend_from_slice(secret.get(..*length).unwrap_or(secret));
            text.extend_from_slice(piece.as_bytes());
        }
        text.extend(end);
        let secrets: Vec<&[u8]> = secrets.iter().map(|secret| secret.as_bytes()).collect();
        let found = redacted(&secrets, &text);
        for secret in secrets {
            prop_assert_eq!(places(&found, secret), 0, "{}", String::from_utf8_lossy(&found));
        }
    }
}

/// What would take a search that starts again behind every start of a secret days.
#[test]
fn starts_of_secrets_without_end_keep_nobody_busy() {
    let secret = [&[b'a'; 5_000][..], b"b"].concat();
    for text in ["a".repeat(2 << 20), "\\\\a".repeat(1 << 19), "%61".repeat(1 << 19), "&#97;".repeat(1 << 19)] {
        assert_eq!(redacted(&[&secret], text.as_bytes()), text.as_bytes());
    }
    let text = [&vec![b'a'; 1 << 20][..], b"b"].concat();
    assert_eq!(redacted(&[&secret], &text), [&vec![b'a'; (1 << 20) - 5_000][..], MARK.as_bytes()].concat());
}

/// The longest that a place may give, with all that is looked for of it.
#[test]
fn the_longest_secret_is_found() {
    let pair = format!("audit:{}", (0..13_000).map(|n| n.to_string()).collect::<String>());
    let header = format!("Basic {}", STANDARD.encode(&pair[..49_000]));
    let sought = super::parts::of(&header, super::Use::Header("authorization")).sought;
    let search = Search::new(&sought).unwrap();
    let (found, places) = search.redact(format!("{} {}", &pair[6..49_000], &header[6..]).as_bytes()).unwrap();
    assert_eq!((String::from_utf8(found).unwrap().as_str(), places), ("<redacted> <redacted>", 2));
}
