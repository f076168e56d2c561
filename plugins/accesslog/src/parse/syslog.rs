//! One line of a file that rsyslog or syslogd writes: a time, the machine, a tag, and a message.
//!
//! Formats: rsyslog's `RSYSLOG_FileFormat` (`2026-11-19T22:00:01.123456+01:00 web1 sshd[4711]: ...`), Debian's default since
//! 12, and the traditional one of RFC 3164 (`Nov  9 22:00:01 web1 sshd[4711]: ...`), whose time says neither year nor
//! offset.

use tickmark_collector::Datetime;
use tickmark_collector::time::iso8601;

use super::year::Yearless;
use super::{Unread, shown};

/// When a line was written, as it says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// In full.
    Full(Datetime),
    /// Without year and offset.
    Yearless(Yearless),
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When it was written.
    pub stamp: Stamp,
    /// The program, without its process id; empty where the line has no tag.
    pub program: &'a str,
    /// What it says.
    pub message: &'a str,
}

/// Reads one line.
///
/// # Errors
/// Says why it cannot be read.
pub fn parse(line: &[u8]) -> Result<Line<'_>, Unread> {
    let (stamp, rest) = stamp(line)?;
    let rest = std::str::from_utf8(rest).map_err(|error| {
        let at = line.len() - rest.len() + error.valid_up_to() + 1;
        Unread(format!("not UTF-8 at column {at}"))
    })?;
    let (host, rest) = rest.trim_ascii_end().split_once(' ').ok_or("no more than a time and a machine")?;
    if host.is_empty() {
        return Err("no machine behind the time".into());
    }
    let (program, message) = tagged(rest).unwrap_or(("", rest));
    Ok(Line { stamp, program, message })
}

/// Splits `sshd[4711]: message`, or `su: message`.
fn tagged(rest: &str) -> Option<(&str, &str)> {
    let (tag, message) = rest.split_once(':')?;
    let program = match tag.split_once('[') {
        Some((program, pid)) => {
            let pid = pid.strip_suffix(']')?;
            pid.bytes().all(|byte| byte.is_ascii_digit()).then_some(program)?
        }
        None => tag,
    };
    let plain = !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| (program, message.strip_prefix(' ').unwrap_or(message)))
}

/// The time, and what stands behind it and a blank.
fn stamp(line: &[u8]) -> Result<(Stamp, &[u8]), Unread> {
    if line.first().is_some_and(u8::is_ascii_digit) {
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (time, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
        let rest = rest.get(1..).unwrap_or_default();
        return match iso8601(time, None) {
            Some(at) => Ok((Stamp::Full(at), rest)),
            None => Err(no_time(time)),
        };
    }
    let (time, rest) = line.split_at_checked(16).ok_or_else(|| no_time(line))?;
    yearless(time).map(|time| (Stamp::Yearless(time), rest)).ok_or_else(|| no_time(time))
}

fn no_time(bytes: &[u8]) -> Unread {
    let bytes = bytes.get(..bytes.len().min(160)).unwrap_or_default();
    Unread(format!("it begins with `{}`, expected a time", shown(String::from_utf8_lossy(bytes).trim_ascii())))
}

/// Reads `Nov  9 22:00:01 `.
fn yearless(time: &[u8]) -> Option<Yearless> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let [m, m1, m2, b' ', d, d1, b' ', h, h1, b':', n, n1, b':', s, s1, b' '] = *time.first_chunk::<16>()? else {
        return None;
    };
    let month = MONTHS.iter().position(|month| **month == [m, m1, m2])?;
    let number = |tens: u8, ones: u8, most: u8| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        digits.then(|| (tens - b'0') * 10 + (ones - b'0')).filter(|number| *number <= most)
    };
    let day = number(if d == b' ' { b'0' } else { d }, d1, 31).filter(|day| *day > 0)?;
    let (hour, minute, second) = (number(h, h1, 23)?, number(n, n1, 59)?, number(s, s1, 60)?);
    Some(Yearless {
        month: u8::try_from(month + 1).ok()?,
        day,
        second: u32::from(hour) * 3_600 + u32::from(minute) * 60 + u32::from(second),
    })
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::text;

    use super::*;

    fn check(line: &str) -> String {
        match parse(line.as_bytes()) {
            Ok(Line { stamp: Stamp::Full(at), program, message }) => format!("{} {program}: {message}", text(at)),
            Ok(Line { stamp: Stamp::Yearless(Yearless { month, day, second }), program, message }) => {
                format!("{month}/{day}+{second} {program}: {message}")
            }
            Err(Unread(why)) => why,
        }
    }

    #[test]
    fn both_formats_are_read() {
        assert_eq!(
            check("2026-11-19T22:00:01.123456+01:00 web1 sshd[4711]: Failed: x"),
            "2026-11-19T21:00:01.123Z sshd: Failed: x"
        );
        assert_eq!(check("Nov  9 22:00:01 web1 sshd[4711]: a"), "11/9+79201 sshd: a");
        assert_eq!(check("Nov 19 22:00:01 web1 su: a\r"), "11/19+79201 su: a");
        assert_eq!(check("Nov 19 22:00:01 web1 systemd-logind[1]:a"), "11/19+79201 systemd-logind: a");
    }

    #[test]
    fn a_line_may_have_no_tag() {
        assert_eq!(check("Nov 19 22:00:01 web1 -- MARK --"), "11/19+79201 : -- MARK --");
        assert_eq!(
            check("Nov 19 22:00:01 web1 last message repeated 2 times"),
            "11/19+79201 : last message repeated 2 times"
        );
        assert_eq!(check("Nov 19 22:00:01 web1 a b: c"), "11/19+79201 : a b: c");
        assert_eq!(check("Nov 19 22:00:01 web1 sshd[x]: c"), "11/19+79201 : sshd[x]: c");
    }

    #[test]
    fn what_is_no_line_says_why() {
        assert_eq!(check(""), "it begins with ``, expected a time");
        assert_eq!(check("Nov 32 22:00:01 web1 a: b"), "it begins with `Nov 32 22:00:01`, expected a time");
        assert_eq!(check("Nov  0 22:00:01 web1 a: b"), "it begins with `Nov  0 22:00:01`, expected a time");
        assert_eq!(check("Nov 19 24:00:01 web1 a: b"), "it begins with `Nov 19 24:00:01`, expected a time");
        assert_eq!(check("nov 19 22:00:01 web1 a: b"), "it begins with `nov 19 22:00:01`, expected a time");
        assert_eq!(check("2026-11-19T22:00:01 web1 a: b"), "it begins with `2026-11-19T22:00:01`, expected a time");
        assert_eq!(check("2026-11-19T22:00:01Z web1"), "no more than a time and a machine");
        assert_eq!(check("2026-11-19T22:00:01Z  a: b"), "no machine behind the time");
        let bytes = b"2026-11-19T22:00:01Z web1 a: \xff";
        assert_eq!(parse(bytes), Err("not UTF-8 at column 30".into()));
    }
}
