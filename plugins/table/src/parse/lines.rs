//! JSON lines: one object in each line, empty lines aside.
//!
//! A line that is no JSON is a record that cannot be read, and the next one starts at the next line. Only where the first
//! one is none, the file is of another format.

use std::io::BufRead;

use super::json::{Json, Parsed, Reader};
use super::{Broken, RECORD_BYTES};

/// Hands every line to `each`, with its number from 1, and why it is no JSON object where it is none.
///
/// # Errors
/// [`Broken`] where the first line is no JSON object, or a line is too long; whatever `each` returns.
pub fn lines<R: BufRead, E: From<Broken>>(
    mut input: R,
    each: &mut dyn FnMut(u64, Result<Parsed, String>) -> Result<(), E>,
) -> Result<(), E> {
    let mut line = Vec::new();
    let mut number = 0;
    let mut first = true;
    while next(&mut input, &mut line, number + 1)? {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed = Reader::new(line.as_slice()).and_then(Reader::only).map_err(|Broken(why)| why);
        let parsed = parsed.and_then(|parsed| match parsed.json {
            Json::Object(_) => Ok(parsed),
            other => Err(format!("it is {}, expected an object", other.given().what())),
        });
        if let (true, Err(why)) = (first, &parsed) {
            return Err(Broken(format!("line {number} is no JSON object: {why}")).into());
        }
        first = false;
        each(number, parsed)?;
    }
    Ok(())
}

/// Reads one line with its end, bounded.
fn next<R: BufRead>(input: &mut R, line: &mut Vec<u8>, number: u64) -> Result<bool, Broken> {
    line.clear();
    loop {
        let piece = input.fill_buf()?;
        if piece.is_empty() {
            return Ok(!line.is_empty());
        }
        let end = piece.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(piece.len(), |end| end + 1);
        line.extend_from_slice(piece.get(..used).unwrap_or_default());
        input.consume(used);
        if line.len() > RECORD_BYTES {
            return Err(Broken(format!("line {number} has more than {RECORD_BYTES} bytes")));
        }
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        let mut out = String::new();
        let read = lines(bytes, &mut |number, parsed: Result<Parsed, String>| -> Result<(), Broken> {
            let said = match parsed {
                Ok(Parsed { json: Json::Object(members), .. }) => members.into_keys().collect::<Vec<_>>().join(","),
                Ok(_) => "no object".to_owned(),
                Err(why) => why,
            };
            out.push_str(&format!("{number} {said}; "));
            Ok(())
        });
        if let Err(Broken(why)) = read {
            out.push_str(&why);
        }
        out
    }

    #[test]
    fn each_line_stands_for_itself() {
        assert_eq!(check(b""), "");
        assert_eq!(check(b"{\"a\":1}\r\n\n{\"b\":2}"), "1 a; 3 b; ");
        assert_eq!(
            check(b"{\"a\":1}\n{\"b\":\n[]\n{} {}\n"),
            "1 a; 2 byte 6: the document was cut off; 3 it is a list, expected an object; \
             4 byte 3: the document goes on behind its end; "
        );
        assert_eq!(check(b"\xef\xbb\xbf{\"a\":1}\n"), "1 a; ");
    }

    #[test]
    fn another_format_is_broken() {
        assert_eq!(check(b"<html>\n"), "line 1 is no JSON object: byte 0: expected a value");
        assert_eq!(check(b"\n[{\"a\":1}]\n"), "line 2 is no JSON object: it is a list, expected an object");
        let long = [b"{\"a\":1}\n".as_slice(), &b" ".repeat(RECORD_BYTES + 1)].concat();
        assert_eq!(check(&long), "1 a; line 2 has more than 1048576 bytes");
    }
}
