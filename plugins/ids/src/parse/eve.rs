//! One line of Suricata's EVE log.
//!
//! Format: "Eve JSON Format" in Suricata's documentation. Every event has `timestamp` (with an offset such as `+0000`) and
//! `event_type`; `host` is Suricata's setting `sensor-name` and is missing where that is not set. An event `stats` is a
//! heartbeat: Suricata writes one at each interval, whatever it sees. Its counters run from the sensor's start, which is
//! `uptime` seconds before. Most of a `stats` event, and all of the other types of events, is passed over; but a line is read
//! to its end, so that two that were written into each other are not taken for one.

use std::borrow::Cow;

use serde::Deserialize;
use tickmark_collector::Datetime;
use tickmark_collector::members::{self, Value};
use tickmark_collector::time::iso8601;
use tickmark_collector::words::same;

use super::Unread;
use crate::sensor::NAME_BYTES;

/// Longest text of an alert that is kept, in bytes.
pub const TEXT_BYTES: usize = 512;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it happened.
    pub at: Datetime,
    /// The sensor, where it says.
    pub sensor: Option<Cow<'a, str>>,
    /// What it is.
    pub event: Event<'a>,
}

/// What an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The sensor is watching.
    Heartbeat(Heartbeat),
    /// A signature matched.
    Alert(Alert<'a>),
    /// Anything else.
    Other,
}

/// What a sensor says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heartbeat {
    /// Seconds since its start.
    pub uptime: Option<u32>,
    /// Packets that it got since its start.
    pub packets: Option<u64>,
    /// Packets that it dropped since its start.
    pub dropped: Option<u64>,
}

/// A signature that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert<'a> {
    /// The generator of the signature.
    pub gid: u32,
    /// The signature's number.
    pub signature_id: u32,
    /// What the signature says.
    pub signature: Cow<'a, str>,
    /// The signature's category; Suricata writes an empty one where it has none.
    pub category: Option<Cow<'a, str>>,
    /// Its severity, 1 is worst.
    pub severity: u8,
}

#[derive(Deserialize)]
#[serde(expecting = "an event")]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    event_type: Cow<'a, str>,
    #[serde(borrow)]
    host: Option<Cow<'a, str>>,
    stats: Option<Stats>,
    #[serde(borrow)]
    alert: Option<Match<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "counters")]
struct Stats {
    uptime: Option<u32>,
    capture: Option<Capture>,
}

#[derive(Deserialize)]
#[serde(expecting = "counters")]
struct Capture {
    kernel_packets: Option<u64>,
    kernel_drops: Option<u64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an alert")]
struct Match<'a> {
    gid: u32,
    signature_id: u32,
    #[serde(borrow)]
    signature: Cow<'a, str>,
    #[serde(borrow)]
    category: Option<Cow<'a, str>>,
    severity: u8,
}

/// Reads one line.
///
/// # Errors
/// Says why it cannot be read.
pub fn parse(line: &[u8]) -> Result<Record<'_>, Unread> {
    let line = serde_json::from_slice(line).map_err(|error| Unread(error.to_string()))?;
    let Line { timestamp, event_type, host, stats, alert } = line;
    let (at, sensor) = (dated(&timestamp)?, named(host)?);
    let event = match (&*event_type, stats, alert) {
        ("stats", Some(stats), _) => Event::Heartbeat(heartbeat(&stats)),
        ("stats", None, _) => return Err("an event of type `stats` without `stats`".into()),
        ("alert", _, Some(alert)) => Event::Alert(matched(alert)?),
        ("alert", _, None) => return Err("an event of type `alert` without `alert`".into()),
        _ => Event::Other,
    };
    Ok(Record { at, sensor, event })
}

/// Reads one line that is UTF-8 as [`parse`] does, in a fraction of the time where it is one of the many that are only dated.
///
/// # Errors
/// As [`parse`].
pub fn parse_utf8(line: &[u8]) -> Result<Record<'_>, Unread> {
    scan(line).map_or_else(|| parse(line), Ok)
}

/// An event that is neither a heartbeat nor an alert; nothing where [`parse`] has to look at it.
fn scan(line: &[u8]) -> Option<Record<'_>> {
    let (mut timestamp, mut event_type, mut host) = (None, None, None);
    let whole = members::each(line, |key, value| {
        let is = |name: &str| same(key, name.as_bytes());
        let place = match () {
            () if is("timestamp") => &mut timestamp,
            () if is("event_type") => &mut event_type,
            () if is("host") => &mut host,
            () => return !is("stats") && !is("alert"),
        };
        let Value::Text(text) = value else { return false };
        place.replace(text).is_none() && !matches!(event_type, Some(b"stats" | b"alert"))
    });
    if !whole {
        return None;
    }
    let (at, _) = (iso8601(timestamp?, None)?, event_type?);
    let sensor = host.map(std::str::from_utf8).transpose().ok()?.map(Cow::Borrowed);
    Some(Record { at, sensor: named(sensor).ok()?, event: Event::Other })
}

/// When an event happened.
fn dated(timestamp: &str) -> Result<Datetime, Unread> {
    iso8601(timestamp.as_bytes(), None).ok_or_else(|| {
        let shown: String = timestamp.chars().take(40).collect();
        Unread(format!("timestamp `{shown}` is no time with an offset"))
    })
}

/// The sensor of an event.
fn named(host: Option<Cow<'_, str>>) -> Result<Option<Cow<'_, str>>, Unread> {
    match host {
        Some(bad) if !(1..=NAME_BYTES).contains(&bad.len()) => {
            Err(Unread(format!("host of {} bytes, expected 1 to {NAME_BYTES}", bad.len())))
        }
        host => Ok(host),
    }
}

fn heartbeat(stats: &Stats) -> Heartbeat {
    let capture = stats.capture.as_ref();
    Heartbeat {
        uptime: stats.uptime,
        packets: capture.and_then(|capture| capture.kernel_packets),
        dropped: capture.and_then(|capture| capture.kernel_drops),
    }
}

fn matched(alert: Match<'_>) -> Result<Alert<'_>, Unread> {
    let Match { gid, signature_id, signature, category, severity } = alert;
    let category = category.filter(|category| !category.is_empty());
    for (what, text) in [("signature", Some(&signature)), ("category", category.as_ref())] {
        let len = text.map_or(0, |text| text.len());
        if len > TEXT_BYTES {
            return Err(Unread(format!("{what} of {len} bytes, limit is {TEXT_BYTES}")));
        }
    }
    if severity == 0 {
        return Err("severity 0, expected 1 to 255".into());
    }
    Ok(Alert { gid, signature_id, signature, category, severity })
}

#[cfg(test)]
mod tests {
    use tickmark_collector::time::text;

    use super::*;

    fn check(line: &str) -> String {
        let read = parse(line.as_bytes());
        assert_eq!(parse_utf8(line.as_bytes()), read);
        match read {
            Ok(Record { at, sensor, event }) => {
                format!("{} {} {event:?}", text(at), sensor.as_deref().unwrap_or("-"))
            }
            Err(Unread(why)) => why,
        }
    }

    const AT: &str = r#""timestamp":"2026-11-19T22:00:01.123456+0000""#;

    #[test]
    fn other_events_are_only_dated() {
        let line =
            format!(r#"{{{AT},"flow_id":1,"event_type":"dns","dns":{{"rrname":"x","a":[1,{{}}]}},"host":"s1"}}"#);
        assert_eq!(check(&line), "2026-11-19T22:00:01.123Z s1 Other");
    }

    #[test]
    fn stats_are_a_heartbeat_with_what_it_counts() {
        let counted =
            r#""stats":{"uptime":9,"capture":{"kernel_packets":16,"kernel_drops":2,"x":{}},"decoder":{"pkts":1}}"#;
        assert_eq!(
            check(&format!(r#"{{{AT},"event_type":"stats",{counted}}}"#)),
            "2026-11-19T22:00:01.123Z - Heartbeat(Heartbeat { uptime: Some(9), packets: Some(16), dropped: Some(2) })"
        );
        assert_eq!(
            check(&format!(r#"{{{AT},"event_type":"stats","stats":{{"decoder":{{"pkts":1}}}}}}"#)),
            "2026-11-19T22:00:01.123Z - Heartbeat(Heartbeat { uptime: None, packets: None, dropped: None })"
        );
    }

    #[test]
    fn alerts_are_read_whole() {
        let alert = |severity: u8, signature: &str| {
            format!(
                r#"{{{AT},"event_type":"alert","alert":{{"action":"allowed","gid":1,"signature_id":7,"rev":1,"signature":"{signature}","category":"","severity":{severity}}}}}"#
            )
        };
        assert_eq!(
            check(&alert(2, "a \\\"b\\\"")),
            "2026-11-19T22:00:01.123Z - Alert(Alert { gid: 1, signature_id: 7, signature: \"a \\\"b\\\"\", category: None, severity: 2 })"
        );
        assert_eq!(check(&alert(0, "a")), "severity 0, expected 1 to 255");
        assert_eq!(check(&alert(1, &"a".repeat(513))), "signature of 513 bytes, limit is 512");
    }

    #[test]
    fn what_is_no_event_says_why() {
        assert_eq!(check(""), "EOF while parsing a value at line 1 column 0");
        assert_eq!(check(&format!(r#"{{{AT}}}"#)), "missing field `event_type` at line 1 column 47");
        assert_eq!(
            check(r#"{"timestamp":"2026-11-19T22:00:01.123456","event_type":"dns"}"#),
            "timestamp `2026-11-19T22:00:01.123456` is no time with an offset"
        );
        assert_eq!(check(&format!(r#"{{{AT},"event_type":"stats"}}"#)), "an event of type `stats` without `stats`");
        assert_eq!(check(&format!(r#"{{{AT},"event_type":"alert"}}"#)), "an event of type `alert` without `alert`");
        assert_eq!(check(&format!(r#"{{{AT},"event_type":"dns","host":""}}"#)), "host of 0 bytes, expected 1 to 900");
    }

    /// A crash in the middle of a line, and what the next start wrote behind it.
    #[test]
    fn two_lines_in_each_other_are_not_one() {
        let torn = format!(r#"{{{AT},"event_type":"flow","src_ip":"10.0.{{{AT},"event_type":"alert","alert":{{}}}}"#);
        assert!(check(&torn).starts_with("expected `,` or `}`"), "{}", check(&torn));
    }
}
