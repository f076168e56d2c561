//! Looking for a byte in sixteen of them at once, where a text is read without a parser.
//!
//! In the sandbox each turn of a loop has its price, so a loop over single bytes costs several times what it does natively; one over
//! sixteen bytes does not. A guest has to be compiled with the target feature `simd128` for that, as tickmark's own are: without it
//! the same is done byte by byte.
//!
//! ```
//! use tickmark_collector::words::{find, is};
//!
//! let text = b"a text, and more";
//! assert_eq!(find(text, |word| is(word, b',')), 6);
//! assert_eq!(find(&text[7..], |word| is(word, b',')), 9);
//! ```

use std::ops::BitOr;

use wide::u8x16;

/// Sixteen bytes of a text.
#[derive(Clone, Copy, Debug)]
pub struct Word(u8x16);

/// Those of sixteen bytes that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Marks(u8x16);

impl Word {
    /// How many bytes it has.
    const LEN: usize = 16;

    #[inline(always)]
    const fn of(bytes: [u8; Self::LEN]) -> Self {
        Self(u8x16::new(bytes))
    }
}

impl Marks {
    /// One for each byte, the first of them the lowest.
    #[inline(always)]
    fn bits(self) -> u32 {
        self.0.to_bitmask()
    }
}

impl BitOr for Marks {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Marks each byte that is `byte`.
#[inline(always)]
#[must_use]
pub fn is(word: Word, byte: u8) -> Marks {
    Marks(word.0.simd_eq(u8x16::splat(byte)))
}

/// Marks each byte that is below `bound`.
#[inline(always)]
#[must_use]
pub fn is_below(word: Word, bound: u8) -> Marks {
    Marks(word.0.simd_lt(u8x16::splat(bound)))
}

/// Marks each byte that is one of those from `first` to `last`.
#[inline(always)]
#[must_use]
pub fn is_among(word: Word, first: u8, last: u8) -> Marks {
    Marks((word.0 - u8x16::splat(first)).simd_le(u8x16::splat(last - first)))
}

/// Marks each byte that is no digit.
#[inline(always)]
#[must_use]
pub fn is_no_digit(word: Word) -> Marks {
    Marks((word.0 - u8x16::splat(b'0')).simd_gt(u8x16::splat(9)))
}

/// Where the first byte stands that `marks` marks; behind the last one where there is none.
///
/// The first sixteen are looked at without a loop, as most words are no longer; what is longer is looked at by sixty-four.
#[inline(always)]
#[must_use]
pub fn find(bytes: &[u8], marks: impl Fn(Word) -> Marks) -> usize {
    let Some((word, mut rest)) = bytes.split_first_chunk() else { return find_last(bytes, 0, marks) };
    let found = marks(Word::of(*word)).bits();
    if found != 0 {
        return first(found);
    }
    while let Some((some, more)) = rest.split_first_chunk::<64>() {
        let (words, _) = some.as_chunks();
        let found = words.iter().map(|word| marks(Word::of(*word))).reduce(Marks::bitor);
        if found.is_some_and(|found| found.bits() != 0) {
            break;
        }
        rest = more;
    }
    while let Some((word, more)) = rest.split_first_chunk() {
        match marks(Word::of(*word)).bits() {
            0 => rest = more,
            found => return bytes.len() - rest.len() + first(found),
        }
    }
    find_last(bytes, bytes.len() - rest.len(), marks)
}

/// As [`find`], of the last bytes from `at` on, which are at most fifteen.
#[inline(always)]
fn find_last(bytes: &[u8], at: usize, marks: impl Fn(Word) -> Marks) -> usize {
    let rest = bytes.len() - at;
    let found = match bytes.last_chunk() {
        _ if rest == 0 => return at,
        Some(last) => marks(Word::of(*last)).bits() >> (Word::LEN - rest),
        None => marks(Word::of(padded(bytes))).bits(),
    };
    (at + first(found)).min(bytes.len())
}

/// Fewer than sixteen bytes, with zeros behind them.
#[inline(always)]
fn padded(bytes: &[u8]) -> [u8; Word::LEN] {
    let word = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let last = u64::from_le_bytes(*last).checked_shr(8 * (16 - bytes.len() as u32)).unwrap_or(0);
            u128::from(u64::from_le_bytes(*first)) | u128::from(last) << 64
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)).into(),
    };
    word.to_le_bytes()
}

/// Where the first `byte` stands.
#[inline(always)]
#[must_use]
pub fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    Some(find(bytes, |word| is(word, byte))).filter(|at| *at < bytes.len())
}

/// Which of the sixteen bytes is the first that is marked.
#[inline(always)]
const fn first(bits: u32) -> usize {
    bits.trailing_zeros() as usize
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

/// Whether bytes are UTF-8. Of those that are ASCII, as most are, it is seen sixty-four at a time.
#[must_use]
pub fn is_utf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((some, more)) = rest.split_first_chunk::<64>() {
        if !is_ascii(some) {
            return std::str::from_utf8(rest).is_ok();
        }
        rest = more;
    }
    // Some of the last ones for the second time.
    bytes.last_chunk::<64>().is_some_and(is_ascii) || std::str::from_utf8(rest).is_ok()
}

#[inline(always)]
fn is_ascii(bytes: &[u8; 64]) -> bool {
    let (words, _) = bytes.as_chunks();
    let all = words.iter().fold(u8x16::ZERO, |all, word| all | u8x16::new(*word));
    // The highest bit of each.
    all.to_bitmask() == 0
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Bytes of which many are of interest.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        vec(prop_oneof![any::<u8>(), b'a'..b'd', b'0'..=b'9', 0x1e_u8..0x22], 0..50)
    }

    proptest! {
        #[test]
        fn what_is_found_is_the_first(bytes in bytes(), bound in 0_u8..=128) {
            let check = |marks: fn(Word, u8) -> Marks, byte: u8, is: fn(u8, u8) -> bool| {
                let first = bytes.iter().position(|it| is(*it, byte)).unwrap_or(bytes.len());
                assert_eq!(find(&bytes, |word| marks(word, byte)), first, "{bytes:?} {byte}");
            };
            for byte in [b'a', b'"', 0, 0x1f, 0x80, 0xff] {
                check(is, byte, |it, byte| it == byte);
            }
            check(is_below, bound, |it, bound| it < bound);
            check(|word, _| is_no_digit(word), 0, |it, _| !it.is_ascii_digit());
            check(|word, byte| is_among(word, byte, byte + 3), b'a', |it, byte| (byte..=byte + 3).contains(&it));
            check(|word, _| is_among(word, 0x7e, 0x81), 0, |it, _| (0x7e..=0x81).contains(&it));
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
