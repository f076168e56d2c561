//! Whether bytes are canonical JSON of the kind that records are: RFC 8785 with whole numbers only.
//!
//! Reading alone does not tell: a member that stands twice, or a digit written as an escape, reads as something, and not
//! everybody reads the same. What passes here has one way to be read.
//!
//! **Invariant:** what is accepted is what our own writer would write of the same value.
//! **Absent on purpose:** building anything. It only looks, so that a million records take no time.

/// Objects and arrays within each other at most; a record has five.
const DEPTH: usize = 64;

/// The largest whole number that every reader of JSON takes as it is: 2^53 - 1.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// What going over a canonical value shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Canonical<'a> {
    /// The whole.
    pub(crate) text: &'a str,
    /// Of an object, the member `kind` where it is a text.
    pub(crate) kind: Option<&'a str>,
    /// How many arrays are in it, the empty ones and itself among them.
    pub(crate) arrays: usize,
}

/// Checks that `bytes` are one canonical value; the error is the place of the first byte that is not.
pub(crate) fn check(bytes: &[u8]) -> Result<Canonical<'_>, usize> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
    let mut scan = Scan { bytes, text, at: 0, kind: None, arrays: 0 };
    match scan.value(0) {
        Some(()) if scan.at == bytes.len() => Ok(Canonical { text, kind: scan.kind, arrays: scan.arrays }),
        _ => Err(scan.at),
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    /// The member `kind` of the outermost object.
    kind: Option<&'a str>,
    arrays: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.expect(b'{')?;
        if self.eat(b'}') {
            return Some(());
        }
        let mut last: Option<Text<'a>> = None;
        loop {
            let start = self.at;
            let name = self.string()?;
            if last.is_some_and(|last| !last.comes_before(name)) {
                self.at = start;
                return None;
            }
            last = Some(name);
            self.expect(b':')?;
            if depth == 0 && name.inner == "kind" && self.peek() == Some(b'"') {
                self.kind = Some(self.string()?.inner);
            } else {
                self.value(depth + 1)?;
            }
            if self.eat(b'}') {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.expect(b'[')?;
        self.arrays += 1;
        if self.eat(b']') {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            if self.eat(b']') {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Option<Text<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.bytes.get(self.at..)?);
            match self.peek()? {
                b'"' => {
                    let inner = self.text.get(start..self.at)?;
                    self.at += 1;
                    return Some(Text { inner, escaped });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
    }

    /// The one escape that each character has which must be escaped.
    fn escape(&mut self) -> Option<()> {
        let (one, two) = (self.bytes.get(self.at + 1)?, self.bytes.get(self.at + 2..self.at + 6));
        self.at += match (one, two) {
            (b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', _) => 2,
            (b'u', Some([b'0', b'0', b'0' | b'1', b'0'..=b'9' | b'a'..=b'f'])) => {
                let code = u8::from_str_radix(self.text.get(self.at + 4..self.at + 6)?, 16).ok()?;
                let has_letter = matches!(code, 8 | 9 | 10 | 12 | 13);
                (!has_letter).then_some(6)?
            }
            _ => return None,
        };
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        let negative = self.eat(b'-');
        let first = self.at;
        let rest = self.bytes.get(first..)?;
        let digits = self.text.get(first..first + rest.iter().take_while(|byte| byte.is_ascii_digit()).count())?;
        let canonical = match digits.as_bytes() {
            [] => false,
            [b'0'] => !negative,
            [b'0', ..] => false,
            _ => digits.parse::<u64>().is_ok_and(|number| number <= MAX_NUMBER),
        };
        self.at = if canonical { first + digits.len() } else { start };
        canonical.then_some(())
    }
}

/// How many bytes at the beginning are inside a string for sure: no quotation mark, no backslash, none below 0x20. It looks
/// at eight at a time and leaves the last few alone.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    // The high bit of each byte that is less than `n`, for an `n` of at most 128. Above the lowest such byte, others may be
    // marked that are not; the lowest is the first.
    let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH;
    let mut at = 0;
    for eight in bytes.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*eight);
        let is = |byte: u8| less(word ^ (ONES * u64::from(byte)), 1);
        let special = less(word, 0x20) | is(b'"') | is(b'\\');
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at
}

/// A string as it is written.
#[derive(Clone, Copy)]
struct Text<'a> {
    /// What stands between the quotation marks.
    inner: &'a str,
    /// Whether there is an escape in it.
    escaped: bool,
}

impl Text<'_> {
    /// Whether a member of this name comes before another: by UTF-16, as RFC 8785 has it. Equal names do not.
    fn comes_before(self, other: Self) -> bool {
        let plain = |name: Self| !name.escaped && name.inner.is_ascii();
        if plain(self) && plain(other) {
            return self.inner.as_bytes() < other.inner.as_bytes();
        }
        self.utf16() < other.utf16()
    }

    /// The string itself, where its escapes are canonical.
    fn utf16(self) -> Vec<u16> {
        let text: Result<String, _> = serde_json::from_str(&format!("\"{}\"", self.inner));
        text.unwrap_or_default().encode_utf16().collect()
    }
}

#[cfg(test)]
mod tests;
