//! The ways to read an answer: as it is, or with one kind of escape taken off.
//!
//! Encoders differ in what they escape and how (`%2f`, `%2F`; `\/`, `\u002f`; `&#47;`, `&#x2F;`, `&sol;`), so a secret
//! has more spellings than can be listed. Reading has only a few. Line ends are left out in each, because no secret has
//! one and base64 is often cut into lines.
//!
//! **Invariant:** bytes of any kind are read to their end; what is no escape stands for itself.
//! **Invariant:** what is read comes in the order of the text.

/// Some of a text as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read<'a> {
    /// These bytes, which stand for themselves from `from` on.
    Plain { bytes: &'a [u8], from: usize },
    /// What an escape stands for that goes from `from` to `to`, exclusive.
    Escape { taken: Taken, from: usize, to: usize },
}

/// What is taken for an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Nothing.
    None,
    /// `%41`, as in URLs and forms.
    Percent,
    /// `\"`, `\/`, `\u0041`, `\u{41}`, `\x41`, as in JSON and in programs.
    Backslash,
    /// `&#65;`, `&#x41;`, `&amp;`, as in XML and HTML.
    Entities,
}

impl Escapes {
    pub(super) const ALL: [Self; 4] = [Self::None, Self::Percent, Self::Backslash, Self::Entities];

    /// What an escape starts with, where there are any.
    pub(super) fn start(self) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Percent => Some(b'%'),
            Self::Backslash => Some(b'\\'),
            Self::Entities => Some(b'&'),
        }
    }

    /// What `text`, which starts with such a byte, starts with: what the escape stands for, and its length.
    fn take(self, text: &[u8]) -> Option<(Taken, usize)> {
        match self {
            Self::None => None,
            Self::Percent => Some((Taken::byte(hexadecimal(text.get(1..3)?)?), 3)),
            Self::Backslash => backslash(text),
            Self::Entities => entity(text),
        }
    }
}

/// The bytes that one escape stands for: those of one character in UTF-8, or one that is none by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    bytes: [u8; 4],
    len: usize,
}

impl Taken {
    fn byte(byte: u32) -> Self {
        Self { bytes: [u8::try_from(byte).unwrap_or_default(), 0, 0, 0], len: 1 }
    }

    fn char(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len();
        Self { bytes, len }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Reads a text.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    escapes: Escapes,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8], escapes: Escapes) -> Self {
        Self { text, escapes, at: 0 }
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Read<'a>;

    fn next(&mut self) -> Option<Read<'a>> {
        let start = self.escapes.start();
        loop {
            let from = self.at;
            let rest = self.text.get(from..)?;
            let first = *rest.first()?;
            let escape = if start == Some(first) { self.escapes.take(rest) } else { None };
            if let Some((taken, length)) = escape {
                self.at += length;
                if is_line_end(&taken.bytes().first().copied().unwrap_or_default()) {
                    continue;
                }
                return Some(Read::Escape { taken, from, to: self.at });
            }
            if is_line_end(&first) {
                self.at += 1;
                continue;
            }
            // The first one is what it is, even where it could start an escape.
            let others = rest.iter().skip(1).take_while(|byte| !is_line_end(byte) && start != Some(**byte));
            let bytes = rest.get(..=others.count())?;
            self.at += bytes.len();
            return Some(Read::Plain { bytes, from });
        }
    }
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The number that `digits` are, all of which must be hexadecimal; at most eight.
fn hexadecimal(digits: &[u8]) -> Option<u32> {
    number(digits, 16)
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0_u32, |sum, digit| sum.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?))
}

/// `\u0041` and pairs of surrogates, `\u{41}`, `\x41`, `\n` and its like, and any punctuation, which stands for itself.
fn backslash(text: &[u8]) -> Option<(Taken, usize)> {
    let control = |byte: u8| Some((Taken::byte(byte.into()), 2));
    match *text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let (digits, length) = until(text, 3, b'}')?;
            Some((Taken::char(char::from_u32(hexadecimal(digits)?)?), length))
        }
        b'u' => {
            let unit = |at: usize| hexadecimal(text.get(at..at + 4)?);
            let first = unit(2)?;
            if let Some(c) = char::from_u32(first) {
                return Some((Taken::char(c), 6));
            }
            let second = if text.get(6..8) == Some(b"\\u") { unit(8)? } else { return None };
            let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
            Some((Taken::char(char::decode_utf16(pair).next()?.ok()?), 12))
        }
        b'x' => Some((Taken::byte(hexadecimal(text.get(2..4)?)?), 4)),
        b'b' => control(0x08),
        b'f' => control(0x0c),
        b'n' => control(b'\n'),
        b'r' => control(b'\r'),
        b't' => control(b'\t'),
        other if other.is_ascii_punctuation() || other == b' ' => control(other),
        _ => None,
    }
}

/// A character by its number or by its name.
fn entity(text: &[u8]) -> Option<(Taken, usize)> {
    let (name, length) = until(text, 1, b';')?;
    let c = match name {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hexadecimal(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        name => NAMES.iter().find(|(known, _)| known.as_bytes() == name)?.1,
    };
    Some((Taken::char(c), length))
}

/// What stands between `start` and the next `end`, which is not far, and the length of all of it.
fn until(text: &[u8], start: usize, end: u8) -> Option<(&[u8], usize)> {
    let rest = text.get(start..)?;
    let near = rest.get(..12).unwrap_or(rest);
    let length = near.iter().position(|byte| *byte == end)?;
    Some((near.get(..length)?, start + length + 1))
}

/// The names that HTML has for what is ASCII, among them XML's five.
const NAMES: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("AMP", '&'),
    ("LT", '<'),
    ("GT", '>'),
    ("QUOT", '"'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lbrack", '['),
    ("lsqb", '['),
    ("bsol", '\\'),
    ("rbrack", ']'),
    ("rsqb", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("DiacriticalGrave", '`'),
    ("lbrace", '{'),
    ("lcub", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rbrace", '}'),
    ("rcub", '}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read.
    #[track_caller]
    fn check(escapes: Escapes, text: &str, expected: &str) {
        let mut read = Vec::new();
        for some in Reader::new(text.as_bytes(), escapes) {
            match some {
                Read::Plain { bytes, .. } => read.extend(bytes),
                Read::Escape { taken, .. } => read.extend(taken.bytes()),
            }
        }
        assert_eq!(String::from_utf8_lossy(&read), expected, "{text}");
    }

    #[test]
    fn percent() {
        let check = |text, expected| check(Escapes::Percent, text, expected);
        check("a%2fb%2Fc%41", "a/b/cA");
        check("100%, %4, %zz, %+1, %", "100%, %4, %zz, %+1, %");
        check("%%41", "%A");
        check("%c3%a9", "é");
        check("a\r\nb%0Ac", "abc");
    }

    #[test]
    fn backslash() {
        let check = |text, expected| check(Escapes::Backslash, text, expected);
        check(r#"\"\\\/\u0041\u00e9\u{e9}\x41\t|\&\ "#, "\"\\/AééA\t|& ");
        check(r"\ud83d\ude00", "😀");
        check(r"\ud83d \ud83d\u0041 \ud83", r"\ud83d \ud83dA \ud83");
        check(r"\a\q\xg0\u{110000}\u{zz}\u{41", r"\a\q\xg0\u{110000}\u{zz}\u{41");
        check("\\", "\\");
        check(r"one\ntwo\r\n", "onetwo");
    }

    #[test]
    fn entities() {
        let check = |text, expected| check(Escapes::Entities, text, expected);
        check("&amp;&lt;&gt;&quot;&apos;&#39;&#x27;&#X2f;&#000047;&plus;", "&<>\"'''//+");
        check("&#233;&#128512;", "é😀");
        check("AT&T; &nosuch; &#; &#x; &#x110000; & &", "AT&T; &nosuch; &#; &#x; &#x110000; & &");
    }

    #[test]
    fn as_it_is() {
        check(Escapes::None, "a%41\\u0041&amp;\r\nb", "a%41\\u0041&amp;b");
    }

    #[test]
    fn what_is_read_says_where_it_stands() {
        let read: Vec<Read<'_>> = Reader::new(b"a\r\n%c\\u00e9bc", Escapes::Backslash).collect();
        assert_eq!(
            read,
            [
                Read::Plain { bytes: b"a", from: 0 },
                Read::Plain { bytes: b"%c", from: 3 },
                Read::Escape { taken: Taken::char('é'), from: 5, to: 11 },
                Read::Plain { bytes: b"bc", from: 11 },
            ]
        );
    }
}
