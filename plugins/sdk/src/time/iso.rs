//! The times of logs, read fast: a log has one on each line.

use chrono::NaiveDate;

use super::UtcOffset;
use crate::value::Datetime;
use crate::words::{find, is_no_digit};

/// Reads an ISO 8601 time with date: `2026-11-19T22:00:01`, with `T`, `t` or a blank between, any fraction behind `.` or
/// `,`, and an offset such as `Z`, `+01:00`, `+0100` (as Suricata writes it) or `+01`. What is below a millisecond is cut
/// off. A time without an offset is read as a local time of `without`; nothing where that is nothing too, or where the
/// text is something else or out of bounds.
///
/// ```
/// use tickmark_collector::time::{UtcOffset, iso8601, text};
///
/// let read = |text: &str, without| iso8601(text.as_bytes(), without).map(tickmark_collector::time::text);
/// assert_eq!(read("2026-11-19T22:00:01.123456+0100", None).as_deref(), Some("2026-11-19T21:00:01.123Z"));
/// assert_eq!(read("2026-11-19 22:00:01", UtcOffset::parse("-05:00")).as_deref(), Some("2026-11-20T03:00:01Z"));
/// assert_eq!(read("2026-11-19 22:00:01", None), None);
/// ```
#[must_use]
pub fn iso8601(text: &[u8], without: Option<UtcOffset>) -> Option<Datetime> {
    let (month, rest) = text.split_first_chunk::<8>()?;
    let (minute, rest) = rest.split_first_chunk::<8>()?;
    let ([b':', s, s1], rest) = rest.split_first_chunk::<3>()? else { return None };
    let [_, _, between @ (b'T' | b't' | b' '), ..] = *minute else { return None };
    let [y, y1, y2, y3, _, mo, mo1, _] = digits(*month, *b"0000-00-")?;
    let [d, d1, _, h, h1, _, m, m1] = digits(*minute, [b'0', b'0', between, b'0', b'0', b':', b'0', b'0'])?;
    let two = |tens: u8, ones: u8| tens * 10 + ones;
    let date = NaiveDate::from_ymd_opt(
        i32::from(two(y, y1)) * 100 + i32::from(two(y2, y3)),
        two(mo, mo1).into(),
        two(d, d1).into(),
    )?;
    let (h, m, s) = (two(h, h1), two(m, m1), number(*s, *s1)?);
    // A leap second is the first of the next minute.
    if h > 23 || m > 59 || s > 60 {
        return None;
    }
    let days = i64::from(date.to_epoch_days());
    let seconds = days * 86_400 + i64::from(h) * 3_600 + i64::from(m) * 60 + i64::from(s);
    let (ms, rest) = fraction(rest)?;
    let offset_ms = if rest.is_empty() { without?.ms() } else { offset_ms(rest)? };
    Datetime::from_ms(seconds * 1_000 + ms - offset_ms)
}

/// The values of the digits of eight bytes, where they are like a pattern: digits where that has zeros, else the same.
#[inline(always)]
fn digits(bytes: [u8; 8], pattern: [u8; 8]) -> Option<[u8; 8]> {
    // What has to be added so that the highest bit says whether a byte is more than it may be: 9, or 0.
    let beyond = u64::from_le_bytes(pattern.map(|byte| if byte == b'0' { 0x76 } else { 0x7f }));
    let value = u64::from_le_bytes(bytes) ^ u64::from_le_bytes(pattern);
    let bad = (value.wrapping_add(beyond) | value) & 0x8080_8080_8080_8080;
    (bad == 0).then(|| value.to_le_bytes())
}

/// Two digits.
fn number(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// The milliseconds of a fraction, and what stands behind it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b'.' | b',', digits @ ..] = text else {
        return Some((0, text));
    };
    let count = find(digits, is_no_digit);
    let (digits, rest) = digits.split_at_checked(count)?;
    let place = |at: usize| digits.get(at).map_or(0, |digit| i64::from(digit - b'0'));
    (count > 0).then(|| (place(0) * 100 + place(1) * 10 + place(2), rest))
}

/// The milliseconds of an offset that is all of `text`.
fn offset_ms(text: &[u8]) -> Option<i64> {
    let (sign, h, h1, m, m1) = match *text {
        [b'Z' | b'z'] => return Some(0),
        [sign, h, h1, b':', m, m1] | [sign, h, h1, m, m1] => (sign, h, h1, m, m1),
        [sign, h, h1] => (sign, h, h1, b'0', b'0'),
        _ => return None,
    };
    let (hours, minutes) = (number(h, h1)?, number(m, m1)?);
    let ms = (i64::from(hours) * 60 + i64::from(minutes)) * 60_000;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(ms),
        b'-' => Some(-ms),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{rfc3339, text};
    use super::*;

    fn check(read: &str, without: &str) -> String {
        iso8601(read.as_bytes(), UtcOffset::parse(without)).map(text).unwrap_or_default()
    }

    #[test]
    fn every_spelling_of_the_offset_is_read() {
        for offset in ["+0100", "+01:00", "+01"] {
            assert_eq!(check(&format!("2026-11-19T22:00:01.250{offset}"), "+09:00"), "2026-11-19T21:00:01.250Z");
        }
        assert_eq!(check("2026-11-19 22:00:01,5Z", ""), "2026-11-19T22:00:01.500Z");
        assert_eq!(check("2026-11-19t22:00:01.0009z", ""), "2026-11-19T22:00:01Z");
        assert_eq!(check("2026-12-31T23:59:60Z", ""), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn a_local_time_needs_an_offset() {
        assert_eq!(check("2026-11-19T22:00:01.123456", "+05:30"), "2026-11-19T16:30:01.123Z");
        assert_eq!(check("2026-11-19T22:00:01", ""), "");
        assert_eq!(check("0001-01-01T00:00:00", "+00:01"), "");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "2026-11-19",
            "2026-11-19T22:00",
            "2026-02-30T00:00:00Z",
            "2026-11-19T24:00:00Z",
            "2026-11-19T23:60:00Z",
            "2026-11-19T23:59:61Z",
            "2026-11-19T22:00:01.Z",
            "2026-11-19T22:00:01+1:00",
            "2026-11-19T22:00:01+24:00",
            "2026-11-19T22:00:01*0100",
            "2026-11-19T22:00:01Zulu",
            "2026-11-19X22:00:01Z",
            "2026-1a-19T22:00:01Z",
            "0000-12-31T00:00:00Z",
        ] {
            assert_eq!(check(bad, "+00:00"), "", "{bad}");
        }
    }

    proptest! {
        /// The other reader, which is chrono's.
        #[test]
        fn what_is_rfc_3339_is_read_the_same(
            read in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,12})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])"
        ) {
            if let Some(at) = rfc3339(&read) {
                prop_assert_eq!(iso8601(read.as_bytes(), None), Some(at));
            }
        }

        #[test]
        fn every_instant_is_read_back(ms in -62_135_596_800_000_i64..=253_402_300_799_999) {
            prop_assert_eq!(iso8601(text(Datetime(ms)).as_bytes(), None), Some(Datetime(ms)));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = iso8601(&bytes, Some(UtcOffset::default()));
        }
    }
}
