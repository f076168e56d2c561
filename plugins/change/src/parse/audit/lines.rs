//! One JSON object in each line.

use std::io::BufRead;

use tickmark_collector::Failure;

use super::{Entry, MAX_RECORD_BYTES, Unread};

pub(super) fn each(
    mut from: impl BufRead,
    take: &mut dyn FnMut(Result<Entry, Unread>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    loop {
        let long = match next(&mut from, &mut line) {
            Ok(None) => return Ok(()),
            Ok(Some(long)) => long,
            Err(error) => return Err(Failure::invalid(format!("not an audit export: {error}"))),
        };
        if long {
            take(Err(Unread(format!("longer than {MAX_RECORD_BYTES} bytes"))))?;
        } else if !line.trim_ascii().is_empty() {
            take(entry(&line))?;
        }
    }
}

fn entry(line: &[u8]) -> Result<Entry, Unread> {
    // A list of values would be read by their places.
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err(Unread("no JSON object".to_owned()));
    }
    serde_json::from_slice(line).map_err(|error| Unread(error.to_string()))
}

/// The next line, and whether it was cut off for its length; nothing at the end.
fn next(from: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    let (mut any, mut long) = (false, false);
    loop {
        let piece = from.fill_buf()?;
        if piece.is_empty() {
            return Ok(any.then_some(long));
        }
        any = true;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let part = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
        let used = part.len() + usize::from(end.is_some());
        if line.len() + part.len() > MAX_RECORD_BYTES {
            long = true;
        } else {
            line.extend_from_slice(part);
        }
        from.consume(used);
        if end.is_some() {
            return Ok(Some(long));
        }
    }
}
