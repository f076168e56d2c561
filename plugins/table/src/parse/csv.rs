//! CSV as RFC 4180 has it, with any delimiter, line ends of either kind and a byte order mark.
//!
//! Rows are counted as a spreadsheet shows them: the header is row 1, an empty line counts and is no record. A quote
//! inside of a cell that does not start with one is a letter like any other.
//!
//! **Invariant:** what was cut off is never taken for less: a quote that is not closed is an error.

use std::io::BufRead;

use super::{Broken, RECORD_BYTES};

/// How the bytes stand for letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows code page 1252, of which Latin-1 is nearly a part.
    Windows1252,
}

/// Reads records one by one.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    delimiter: u8,
    encoding: Encoding,
    /// The rows that were begun so far.
    row: u64,
}

/// One record, with room that the next one can use again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its row, as a spreadsheet counts.
    pub row: u64,
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
}

impl Record {
    /// The number of cells, at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no cell; no record that was read is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at `at`, from 0.
    #[must_use]
    pub fn cell(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }

    /// Every cell, in order.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|at| self.cell(at))
    }
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the end of the cell, or half of a quote.
    Quote,
}

impl<R: BufRead> Reader<R> {
    /// Reads `input`, whose cells are separated by `delimiter`.
    pub fn new(input: R, delimiter: u8, encoding: Encoding) -> Self {
        Self { input, delimiter, encoding, row: 0 }
    }

    /// Reads the next record into `record`; false where there is none.
    ///
    /// # Errors
    /// [`Broken`], with the row.
    pub fn read(&mut self, record: &mut Record) -> Result<bool, Broken> {
        loop {
            let mut bytes = std::mem::take(&mut record.text).into_bytes();
            bytes.clear();
            record.ends.clear();
            self.row += 1;
            record.row = self.row;
            let (found, quoted) = self.bytes(&mut bytes, &mut record.ends)?;
            self.decode(bytes, record)?;
            if !found {
                return Ok(false);
            }
            let blank = record.ends == [0] && !quoted;
            if !blank {
                return Ok(true);
            }
        }
    }

    /// The cells of one record; whether there was one, and whether it had a quote.
    fn bytes(&mut self, out: &mut Vec<u8>, ends: &mut Vec<usize>) -> Result<(bool, bool), Broken> {
        let row = self.row;
        let (mut at, mut any, mut quoted) = (At::Start, false, false);
        if row == 1 && self.encoding == Encoding::Utf8 {
            let begun = self.mark()?;
            if !begun.is_empty() {
                out.extend_from_slice(begun);
                (at, any) = (At::Plain, true);
            }
        }
        loop {
            let piece = self.input.fill_buf()?;
            if piece.is_empty() {
                if at == At::Quoted {
                    let column = ends.len() + 1;
                    return Err(Broken(format!(
                        "row {row}: the quote of cell {column} is not closed, the file was cut off"
                    )));
                }
                if any {
                    end_line(out, ends, at);
                }
                return Ok((any, quoted));
            }
            let mut used = 0;
            let mut line_end = false;
            for byte in piece {
                used += 1;
                any = true;
                match (at, *byte) {
                    (At::Quoted, b'"') => at = At::Quote,
                    (At::Quoted, byte) => out.push(byte),
                    (At::Quote, b'"') => {
                        out.push(b'"');
                        at = At::Quoted;
                    }
                    (At::Start, b'"') => {
                        quoted = true;
                        at = At::Quoted;
                    }
                    (_, b'\n') => {
                        line_end = true;
                        break;
                    }
                    (_, byte) if byte == self.delimiter => {
                        ends.push(out.len());
                        at = At::Start;
                    }
                    (At::Quote, b'\r') => {}
                    (At::Quote, _) => {
                        let column = ends.len() + 1;
                        return Err(Broken(format!("row {row}: cell {column} goes on behind its closing quote")));
                    }
                    (At::Start | At::Plain, byte) => {
                        out.push(byte);
                        at = At::Plain;
                    }
                }
            }
            self.input.consume(used);
            if out.len() + ends.len() > RECORD_BYTES {
                let hint = if at == At::Quoted { ", a quote may not be closed" } else { "" };
                return Err(Broken(format!("row {row} has more than {RECORD_BYTES} bytes{hint}")));
            }
            if line_end {
                end_line(out, ends, at);
                return Ok((true, quoted));
            }
        }
    }

    fn decode(&self, bytes: Vec<u8>, record: &mut Record) -> Result<(), Broken> {
        let row = record.row;
        match self.encoding {
            Encoding::Utf8 => {
                record.text = String::from_utf8(bytes).map_err(|error| {
                    let bytes = error.as_bytes();
                    let utf16 = row == 1 && (bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]));
                    let hint = if utf16 { "it looks like UTF-16" } else { "perhaps it is windows-1252" };
                    Broken(format!("row {row} is not UTF-8, {hint}"))
                })?;
            }
            Encoding::Windows1252 => {
                let mut text = String::with_capacity(bytes.len());
                let mut start = 0;
                for end in &mut record.ends {
                    for byte in bytes.get(start..*end).unwrap_or_default() {
                        let letter = windows_1252(*byte).ok_or_else(|| {
                            Broken(format!("row {row} is not windows-1252, it has the byte {byte:#04x}"))
                        })?;
                        text.push(letter);
                    }
                    start = *end;
                    *end = text.len();
                }
                record.text = text;
            }
        }
        Ok(())
    }

    /// Takes a byte order mark away; what is there of another letter that starts alike, where it is none.
    fn mark(&mut self) -> Result<&'static [u8], Broken> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let mut seen = 0;
        while let Some(wanted) = MARK.get(seen)
            && self.input.fill_buf()?.first() == Some(wanted)
        {
            self.input.consume(1);
            seen += 1;
        }
        Ok(if seen == MARK.len() { &[] } else { MARK.get(..seen).unwrap_or_default() })
    }
}

/// Ends the last cell of a line, without the first half of a line end of two.
fn end_line(out: &mut Vec<u8>, ends: &mut Vec<usize>, at: At) {
    let start = ends.last().copied().unwrap_or(0);
    if at == At::Plain && out.len() > start && out.last() == Some(&b'\r') {
        out.pop();
    }
    ends.push(out.len());
}

/// The letter of a byte; five bytes have none.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [u16; 32] = [
        0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d,
        0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,
        0x017e, 0x0178,
    ];
    match byte {
        0x80..=0x9f => {
            let code = *HIGH.get(usize::from(byte - 0x80))?;
            char::from_u32(u32::from(code)).filter(|letter| *letter != '\0')
        }
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests;
