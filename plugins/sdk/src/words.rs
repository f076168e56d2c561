//! Looking for a byte in eight of them at once, where a text is read without a parser.
//!
//! In the sandbox each turn of a loop has its price, so a loop over single bytes costs several times what it does natively; one over
//! eight bytes does not. A *mark* is the highest bit of a byte that is looked for.
//!
//! ```
//! use tickmark_collector::words::{find, is};
//!
//! let text = b"a text, and more";
//! assert_eq!(find(text, |word| is(word, b',')), 6);
//! assert_eq!(find(&text[7..], |word| is(word, b',')), 9);
//! ```

/// The lowest bit of each of eight bytes.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each of eight bytes.
const HIGHS: u64 = ONES << 7;

/// Marks each byte that is `byte`. Bytes behind the first one may be marked too.
#[inline(always)]
#[must_use]
pub const fn is(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * byte as u64);
    zero.wrapping_sub(ONES) & !zero & HIGHS
}

/// Marks each byte that is below `bound`, which is ASCII. Bytes behind the first one may be marked too.
#[inline(always)]
#[must_use]
pub const fn is_below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * bound as u64) & !word & HIGHS
}

/// Marks each byte that is no digit. Bytes behind the first one may be marked too.
#[inline(always)]
#[must_use]
pub const fn is_no_digit(word: u64) -> u64 {
    let value = word ^ (ONES * b'0' as u64);
    (value.wrapping_add(ONES * 0x76) | value) & HIGHS
}

/// Where the first byte stands that `marks` marks; behind the last one where there is none.
///
/// The first sixteen are looked at without a loop, as most words are no longer; what is longer is looked at by thirty-two.
#[inline(always)]
#[must_use]
pub fn find(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let Some((word, rest)) = bytes.split_first_chunk::<8>() else { return find_last(bytes, 0, marks) };
    let found = marks(u64::from_le_bytes(*word));
    if found != 0 {
        return first(found);
    }
    let Some((word, mut rest)) = rest.split_first_chunk::<8>() else { return find_last(bytes, 8, marks) };
    let found = marks(u64::from_le_bytes(*word));
    if found != 0 {
        return 8 + first(found);
    }
    while let Some((some, more)) = rest.split_first_chunk::<32>() {
        let (words, _) = some.as_chunks::<8>();
        if words.iter().fold(0, |found, word| found | marks(u64::from_le_bytes(*word))) != 0 {
            break;
        }
        rest = more;
    }
    while let Some((word, more)) = rest.split_first_chunk::<8>() {
        match marks(u64::from_le_bytes(*word)) {
            0 => rest = more,
            found => return bytes.len() - rest.len() + first(found),
        }
    }
    find_last(bytes, bytes.len() - rest.len(), marks)
}

/// As [`find`], of the last bytes from `at` on, which are at most seven.
#[inline(always)]
fn find_last(bytes: &[u8], at: usize, marks: impl Fn(u64) -> u64) -> usize {
    let rest = bytes.len() - at;
    // With zeros behind them.
    let last = match bytes.last_chunk::<8>() {
        _ if rest == 0 => return at,
        Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * rest),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    (at + first(marks(last))).min(bytes.len())
}

/// Where the first `byte` stands.
#[inline(always)]
#[must_use]
pub fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    Some(find(bytes, |word| is(word, byte))).filter(|at| *at < bytes.len())
}

/// Which of the eight bytes is the first that is marked.
#[inline(always)]
const fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// What stands behind `byte`, where `bytes` begin with it.
#[inline(always)]
#[must_use]
pub fn behind(bytes: &[u8], byte: u8) -> Option<&[u8]> {
    match bytes.split_first() {
        Some((first, rest)) if *first == byte => Some(rest),
        _ => None,
    }
}

/// What stands behind blanks, tabs and line ends. Most often there is none of them, or one blank.
#[inline(always)]
#[must_use]
pub fn behind_blanks(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'!'..=255, ..] => bytes,
        [b' ', rest @ ..] if matches!(rest.first(), Some(b'!'..=255)) => rest,
        _ => behind_many_blanks(bytes),
    }
}

#[inline(never)]
fn behind_many_blanks(mut bytes: &[u8]) -> &[u8] {
    while let Some((b' ' | b'\t' | b'\r' | b'\n', rest)) = bytes.split_first() {
        bytes = rest;
    }
    bytes
}

/// Whether two texts are the same: `==`, eight bytes at a time also where the target's own comparison takes one.
#[inline(always)]
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let eight = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    if let (Some(first), Some(last)) = (eight(one.first_chunk()), eight(one.last_chunk())) {
        let ends_are = (eight(other.first_chunk()), eight(other.last_chunk())) == (Some(first), Some(last));
        return ends_are && (one.len() <= 16 || middle_is_same(one, other));
    }
    let four = |bytes: Option<&[u8; 4]>| bytes.map(|bytes| u32::from_le_bytes(*bytes));
    if let (Some(first), Some(last)) = (four(one.first_chunk()), four(one.last_chunk())) {
        return (four(other.first_chunk()), four(other.last_chunk())) == (Some(first), Some(last));
    }
    one.iter().zip(other).all(|(a, b)| a == b)
}

/// As [`same`], of texts as long as each other; all eights of them.
fn middle_is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let (Some((a, ones)), Some((b, others))) = (one.split_first_chunk::<8>(), other.split_first_chunk::<8>()) {
        if u64::from_le_bytes(*a) != u64::from_le_bytes(*b) {
            return false;
        }
        (one, other) = (ones, others);
    }
    true
}

/// Whether bytes are UTF-8. Of those that are ASCII, as most are, it is seen thirty-two at a time.
#[must_use]
pub fn is_utf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((some, more)) = rest.split_first_chunk::<32>() {
        let (words, _) = some.as_chunks::<8>();
        if words.iter().fold(0, |all, word| all | u64::from_le_bytes(*word)) & HIGHS != 0 {
            return std::str::from_utf8(rest).is_ok();
        }
        rest = more;
    }
    std::str::from_utf8(rest).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Bytes of which many are of interest.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![any::<u8>(), b'a'..b'd', b'0'..=b'9', 0x1e_u8..0x22], 0..30)
    }

    proptest! {
        #[test]
        fn what_is_found_is_the_first(bytes in bytes(), bound in 0_u8..=128) {
            let check = |marks: fn(u64, u8) -> u64, byte: u8, is: fn(u8, u8) -> bool| {
                let first = bytes.iter().position(|it| is(*it, byte)).unwrap_or(bytes.len());
                assert_eq!(find(&bytes, |word| marks(word, byte)), first, "{bytes:?} {byte}");
            };
            for byte in [b'a', b'"', 0, 0x1f, 0x80, 0xff] {
                check(is, byte, |it, byte| it == byte);
            }
            check(is_below, bound, |it, bound| it < bound);
            check(|word, _| is_no_digit(word), 0, |it, _| !it.is_ascii_digit());
            check(|word, byte| is(word, byte) | is_below(word, b' '), b'b', |it, byte| it == byte || it < b' ');
        }

        #[test]
        fn what_is_found_far_away_is_the_first(before in 0_usize..150, bytes in vec(b'a'..b'c', 0..40), byte in b'a'..b'd') {
            let bytes = [vec![b'x'; before], bytes].concat();
            prop_assert_eq!(position(&bytes, byte), bytes.iter().position(|it| *it == byte));
        }

        #[test]
        fn same_is_equal(one in vec(b'a'..b'c', 0..20), other in vec(b'a'..b'c', 0..20)) {
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert!(same(&one, &one.clone()));
        }

        #[test]
        fn what_is_utf8_is_text(
            text in "[a-z]{0,70}[äß€😀]{0,2}[a-z]{0,40}", at in any::<prop::sample::Index>(), with in proptest::option::of(any::<u8>())
        ) {
            let mut bytes = text.into_bytes();
            if let Some(with) = with && !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = with;
            }
            prop_assert_eq!(is_utf8(&bytes), std::str::from_utf8(&bytes).is_ok());
        }

        #[test]
        fn one_byte_that_differs_is_seen(bytes in vec(any::<u8>(), 1..30), at in any::<prop::sample::Index>(), with in any::<u8>()) {
            let mut other = bytes.clone();
            let at = at.index(other.len());
            other[at] = with;
            prop_assert_eq!(same(&bytes, &other), bytes == other);
        }
    }
}
