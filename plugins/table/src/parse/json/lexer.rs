//! The letters of JSON (RFC 8259), strictly: no comments, no trailing commas, no other numbers.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::{DEPTH, Json, Parsed};
use crate::parse::{Broken, RECORD_BYTES};

/// Reads JSON from bytes.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// The bytes that were consumed.
    at: u64,
    /// The bytes that the value being kept may still have.
    left: usize,
    /// The first key that the value being kept has twice in one object.
    twice: Option<String>,
}

impl<R: BufRead> Reader<R> {
    /// Reads `input`, behind a byte order mark if there is one.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn new(input: R) -> Result<Self, Broken> {
        let mut reader = Self { input, at: 0, left: 0, twice: None };
        if reader.peek()? == Some(0xef) {
            for mark in *b"\xef\xbb\xbf" {
                if reader.next()? != Some(mark) {
                    return Err(reader.broken("expected a value"));
                }
            }
        }
        Ok(reader)
    }

    /// An error at the current place.
    pub(super) fn broken(&self, what: &str) -> Broken {
        Broken(format!("byte {}: {what}", self.at))
    }

    pub(super) fn peek(&mut self) -> Result<Option<u8>, Broken> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn next(&mut self) -> Result<Option<u8>, Broken> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.input.consume(1);
            self.at += 1;
        }
        Ok(byte)
    }

    /// The next byte that is no white space, not consumed.
    pub(super) fn token(&mut self) -> Result<Option<u8>, Broken> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => drop(self.next()?),
                other => return Ok(other),
            }
        }
    }

    /// Consumes `wanted`, behind white space.
    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), Broken> {
        if self.token()? == Some(wanted) {
            self.next()?;
            return Ok(());
        }
        let cut = if self.peek()?.is_none() { ", the document was cut off" } else { "" };
        Err(self.broken(&format!("expected `{}`{cut}", char::from(wanted))))
    }

    /// Whether another item follows in an array or object that `close` ends; consumes the comma or the end.
    pub(super) fn more(&mut self, first: bool, close: u8) -> Result<bool, Broken> {
        match (self.token()?, first) {
            (Some(byte), _) if byte == close => {
                self.next()?;
                Ok(false)
            }
            (Some(b','), false) => {
                self.next()?;
                if self.token()? == Some(close) {
                    return Err(self.broken("expected a value behind the comma"));
                }
                Ok(true)
            }
            (Some(_), true) => Ok(true),
            (None, _) => Err(self.broken("the document was cut off")),
            (Some(_), false) => Err(self.broken(&format!("expected `,` or `{}`", char::from(close)))),
        }
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        match self.token()? {
            None => Ok(()),
            Some(_) => Err(self.broken("the document goes on behind its end")),
        }
    }

    /// The whole input as one value.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn only(mut self) -> Result<Parsed, Broken> {
        let parsed = self.value()?;
        self.end()?;
        Ok(parsed)
    }

    /// The next value, of at most as many bytes as a record may have.
    pub(super) fn value(&mut self) -> Result<Parsed, Broken> {
        self.left = RECORD_BYTES;
        self.twice = None;
        let json = self.kept(0)?;
        Ok(Parsed { json, twice: self.twice.take() })
    }

    fn kept(&mut self, depth: usize) -> Result<Json, Broken> {
        self.deep(depth)?;
        // An item costs more than its letters.
        self.spend(16)?;
        Ok(match self.token()? {
            Some(b'{') => {
                self.expect(b'{')?;
                let mut members = BTreeMap::new();
                let mut first = true;
                while self.more(first, b'}')? {
                    first = false;
                    let key = self.key()?;
                    let value = self.kept(depth + 1)?;
                    if let Some(_earlier) = members.insert(key.clone(), value) {
                        self.twice.get_or_insert(key);
                    }
                }
                Json::Object(members)
            }
            Some(b'[') => {
                self.expect(b'[')?;
                let mut items = Vec::new();
                while self.more(items.is_empty(), b']')? {
                    items.push(self.kept(depth + 1)?);
                }
                Json::List(items)
            }
            Some(b'"') => Json::Text(self.string()?),
            Some(b't') => self.word("true", Json::Truth(true))?,
            Some(b'f') => self.word("false", Json::Truth(false))?,
            Some(b'n') => self.word("null", Json::Null)?,
            Some(b'-' | b'0'..=b'9') => Json::Number(self.number()?),
            Some(_) => return Err(self.broken("expected a value")),
            None => return Err(self.broken("the document was cut off")),
        })
    }

    /// Reads over the next value.
    pub(super) fn skip(&mut self, depth: usize) -> Result<(), Broken> {
        self.deep(depth)?;
        let token = self.token()?;
        let close = match token {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            Some(b'"') => return self.string_into(&mut None),
            _ => {
                // Words and numbers are short, and are checked as if they were kept.
                self.left = RECORD_BYTES;
                return self.kept(depth).map(drop);
            }
        };
        self.next()?;
        let mut first = true;
        while self.more(first, close)? {
            first = false;
            if close == b'}' {
                if self.token()? != Some(b'"') {
                    return Err(self.broken("expected a key"));
                }
                self.string_into(&mut None)?;
                self.expect(b':')?;
            }
            self.skip(depth + 1)?;
        }
        Ok(())
    }

    /// The next key with its colon.
    pub(super) fn key(&mut self) -> Result<String, Broken> {
        if self.token()? != Some(b'"') {
            return Err(self.broken("expected a key"));
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Lets the next keys be as long as those of a record.
    pub(super) fn fresh(&mut self) {
        self.left = RECORD_BYTES;
    }

    fn deep(&self, depth: usize) -> Result<(), Broken> {
        if depth > DEPTH {
            return Err(self.broken(&format!("more than {DEPTH} arrays and objects in each other")));
        }
        Ok(())
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Broken> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.broken(&format!("a record of more than {RECORD_BYTES} bytes"))),
        }
    }

    fn word(&mut self, word: &str, json: Json) -> Result<Json, Broken> {
        for wanted in word.bytes() {
            if self.next()? != Some(wanted) {
                return Err(self.broken(&format!("expected `{word}`")));
            }
        }
        Ok(json)
    }

    fn number(&mut self) -> Result<String, Broken> {
        let mut text = String::new();
        while let Some(byte @ (b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) = self.peek()? {
            self.spend(1)?;
            text.push(char::from(byte));
            self.next()?;
        }
        if is_number(&text) { Ok(text) } else { Err(self.broken("expected a number")) }
    }

    fn string(&mut self) -> Result<String, Broken> {
        let mut kept = Some(Vec::new());
        self.string_into(&mut kept)?;
        String::from_utf8(kept.unwrap_or_default()).map_err(|_| self.broken("a string that is not UTF-8"))
    }

    /// The string that starts here, its letters into `out` if they are wanted.
    fn string_into(&mut self, out: &mut Option<Vec<u8>>) -> Result<(), Broken> {
        self.next()?;
        loop {
            let Some(byte) = self.next()? else { return Err(self.broken("the document was cut off")) };
            match byte {
                b'"' => return Ok(()),
                b'\\' => {
                    let letter = self.escape()?;
                    self.push(out, letter.encode_utf8(&mut [0; 4]).as_bytes())?;
                }
                0..=0x1f => return Err(self.broken("a control character in a string")),
                byte => self.push(out, &[byte])?,
            }
        }
    }

    fn push(&mut self, out: &mut Option<Vec<u8>>, bytes: &[u8]) -> Result<(), Broken> {
        if let Some(out) = out {
            self.spend(bytes.len())?;
            out.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<char, Broken> {
        Ok(match self.next()? {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.hex()?;
                let code = match high {
                    0xd800..=0xdbff => {
                        let pair = (self.next()?, self.next()?) == (Some(b'\\'), Some(b'u'));
                        let low = if pair { self.hex()? } else { 0 };
                        if !(0xdc00..=0xdfff).contains(&low) {
                            return Err(self.broken("half of a surrogate pair"));
                        }
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    }
                    code => code,
                };
                char::from_u32(code).ok_or_else(|| self.broken("half of a surrogate pair"))?
            }
            _ => return Err(self.broken("an unknown escape in a string")),
        })
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.next()?.and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.broken("expected four hexadecimal digits"))?;
        }
        Ok(code)
    }
}

/// Whether a text is a number as JSON writes them.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, Some(power.strip_prefix(['-', '+']).unwrap_or(power))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && power.is_none_or(digits)
}
