//! The lines of a large text, one at a time.
//!
//! **Invariant:** memory holds one piece of the text and at most one line, whatever the text is: a line longer than the
//! caller's bound is counted and skipped without being kept.
//! **Invariant:** every byte belongs to one line, and only a text that was cut off, or is still being written, ends in a
//! line without an end.
//!
//! **Absent on purpose:** any opinion on what is no UTF-8. Whether a line is, is said beside its bytes: whole pieces are checked at
//! once, which takes a fraction of what checking each line or each word of it does.
//!
//! ```
//! use tickmark_collector::{Host, lines, testing::TestHost};
//!
//! let host = TestHost::new().file("log", "", b"one\n\nthree, which is long\nfo");
//! let mut seen = Vec::new();
//! lines::for_each(&host.open("log", "").unwrap(), 8, |line| {
//!     seen.push((line.number, line.bytes.map(<[u8]>::to_vec), line.ended));
//!     Ok(())
//! })
//! .unwrap();
//! assert_eq!(seen[0], (1, Some(b"one".to_vec()), true));
//! assert_eq!(seen[1], (2, Some(b"".to_vec()), true));
//! assert_eq!(seen[2], (3, None, true));
//! assert_eq!(seen[3], (4, Some(b"fo".to_vec()), false));
//! ```

use crate::failure::{Failure, code};
use crate::host::Blob;
use crate::words::{is_utf8, position};

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Counted from 1.
    pub number: u64,
    /// Its bytes without the line end; nothing where they are more than the bound.
    pub bytes: Option<&'a [u8]>,
    /// Whether they are there and are UTF-8.
    pub utf8: bool,
    /// Whether a line end follows. Only the last line can be without.
    pub ended: bool,
}

/// Hands over every line of `blob`, in order. A line is kept up to `longest` bytes, its end not counted.
///
/// # Errors
/// Whatever `each` returns, and `internal` where the host gives fewer bytes than the blob has.
pub fn for_each(
    blob: &Blob,
    longest: usize,
    mut each: impl FnMut(Line<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut begun = Begun { bytes: Vec::new(), longest, too_long: false };
    let (mut number, mut offset) = (0_u64, 0_u64);
    while offset < blob.size() {
        let piece = blob.piece(offset);
        if piece.is_empty() {
            let message = format!("{offset} of {} bytes could be read", blob.size());
            return Err(Failure::new(code::INTERNAL, message).shown_by(blob.receipt()));
        }
        offset += piece.len() as u64;
        let mut rest = piece.as_slice();
        if !begun.is_empty() {
            let Some((line, after)) = split(rest) else {
                begun.add(rest);
                continue;
            };
            (number, rest) = (number + 1, after);
            begun.add(line);
            each(Line::of(number, begun.line(), true))?;
            begun.clear();
        }
        let whole = memchr::memrchr(b'\n', rest).and_then(|last| rest.split_at_checked(last + 1));
        let (whole, last) = whole.unwrap_or((&[], rest));
        let utf8 = is_utf8(whole);
        let mut rest = whole;
        while let Some((line, after)) = split(rest) {
            (number, rest) = (number + 1, after);
            let bytes = (line.len() <= longest).then_some(line);
            // Where one is none, each is looked at by itself.
            each(if utf8 {
                Line { number, bytes, utf8: bytes.is_some(), ended: true }
            } else {
                Line::of(number, bytes, true)
            })?;
        }
        begun.add(last);
    }
    if begun.is_empty() { Ok(()) } else { each(Line::of(number + 1, begun.line(), false)) }
}

impl<'a> Line<'a> {
    /// A line of these bytes.
    #[must_use]
    pub fn of(number: u64, bytes: Option<&'a [u8]>, ended: bool) -> Self {
        Self { number, bytes, utf8: bytes.is_some_and(is_utf8), ended }
    }
}

/// The beginning of a line whose end is in a later piece.
struct Begun {
    bytes: Vec<u8>,
    longest: usize,
    too_long: bool,
}

impl Begun {
    fn add(&mut self, more: &[u8]) {
        if self.too_long || self.bytes.len() + more.len() > self.longest {
            self.too_long = true;
            self.bytes.clear();
        } else {
            self.bytes.extend_from_slice(more);
        }
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.too_long
    }

    fn line(&self) -> Option<&[u8]> {
        (!self.too_long).then_some(self.bytes.as_slice())
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.too_long = false;
    }
}

/// What stands before the first line end and what behind it; nothing where there is none.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(position(bytes, b'\n')?)?;
    Some((line, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::host::BlobSource;

    /// Gives pieces of its own size, so that short texts have many.
    struct Pieces(Vec<u8>, usize);

    impl BlobSource for Pieces {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }

        fn read(&self, offset: u64, _len: u32) -> Vec<u8> {
            self.0.iter().skip(offset as usize).take(self.1).copied().collect()
        }
    }

    type Read = (u64, Option<Vec<u8>>, bool, bool);

    fn lines(text: &[u8], piece: usize, longest: usize) -> Vec<Read> {
        let mut lines = Vec::new();
        let blob = Blob::new(0, Box::new(Pieces(text.to_vec(), piece)));
        for_each(&blob, longest, |line| {
            lines.push((line.number, line.bytes.map(<[u8]>::to_vec), line.utf8, line.ended));
            Ok(())
        })
        .unwrap();
        lines
    }

    /// By splitting the whole text.
    fn model(text: &[u8], longest: usize) -> Vec<Read> {
        let mut parts: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let last = parts.pop().unwrap();
        let line = |(at, part): (usize, &[u8]), ended| {
            let kept = (part.len() <= longest).then(|| part.to_vec());
            let utf8 = kept.as_ref().is_some_and(|kept| std::str::from_utf8(kept).is_ok());
            (at as u64 + 1, kept, utf8, ended)
        };
        let count = parts.len();
        let mut lines: Vec<Read> = parts.into_iter().enumerate().map(|part| line(part, true)).collect();
        if !last.is_empty() {
            lines.push(line((count, last), false));
        }
        lines
    }

    #[test]
    fn a_long_line_is_never_kept() {
        let mut begun = Begun { bytes: Vec::new(), longest: 10, too_long: false };
        for _ in 0..100 {
            begun.add(b"abc");
        }
        assert_eq!((begun.line(), begun.is_empty()), (None, false));
        assert!(begun.bytes.capacity() < 20);
    }

    #[test]
    fn a_failure_ends_the_reading() {
        let blob = Blob::new(0, Box::new(Pieces(b"a\nb\nc\n".to_vec(), 2)));
        let mut seen = 0;
        let failed = for_each(&blob, 10, |line| {
            seen = line.number;
            if line.number == 2 { Err(Failure::invalid("enough")) } else { Ok(()) }
        });
        assert_eq!((failed, seen), (Err(Failure::invalid("enough")), 2));
    }

    #[test]
    fn a_host_that_gives_too_little_is_an_error() {
        let blob = Blob::new(3, Box::new(Pieces(b"a\nb".to_vec(), 0)));
        let failure = for_each(&blob, 10, |_| Ok(())).unwrap_err();
        assert_eq!(failure, Failure::new(code::INTERNAL, "0 of 3 bytes could be read").shown_by(3));
    }

    proptest! {
        #[test]
        fn lines_agree_with_a_slow_model(
            text in vec(prop_oneof![3 => Just(b'\n'), 5 => any::<u8>(), 1 => Just(b'\x0b'), 1 => Just(b'\x8a')], 0..200),
            piece in 1_usize..40, longest in 0_usize..30
        ) {
            prop_assert_eq!(lines(&text, piece, longest), model(&text, longest));
        }
    }
}
