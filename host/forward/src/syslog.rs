//! An event as a syslog message (RFC 5424), framed by its length (RFC 6587, section 3.4.1; RFC 5425, section 4.3).
//!
//! **Invariant:** a message is ASCII and at most 8,192 octets long, which receivers take by default (RFC 5425, section 4.3.1).

use tickmark_model::Instant;

use crate::event::{Event, Level};

/// Log audit (RFC 5424, table 1).
const FACILITY: u8 = 13;

/// The message of an event, with its length in front.
pub(crate) fn frame(event: &Event) -> Vec<u8> {
    let message = message(event);
    format!("{} {message}", message.len()).into_bytes()
}

fn message(event: &Event) -> String {
    let Event { host, json, level, time, word, .. } = event;
    let version = param(env!("CARGO_PKG_VERSION"));
    format!(
        "{} {} tickmark - {} [origin software=\"tickmark\" swVersion=\"{version}\"][timeQuality tzKnown=\"1\"] {json}",
        start(*level, *time),
        name(host, 255),
        name(word, 32),
    )
}

fn start(level: Level, time: Instant) -> String {
    format!("<{}>1 {time}", FACILITY * 8 + level.syslog())
}

/// A header's field: printable ASCII without blanks, or `-` where nothing is left.
fn name(text: &str, bound: usize) -> String {
    let kept: String = text.chars().filter(char::is_ascii_graphic).take(bound).collect();
    if kept.is_empty() { "-".to_owned() } else { kept }
}

/// A parameter's value within quotes.
fn param(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '"' | '\\' | ']').then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EVENT_BYTES;

    fn event(host: &str, level: Level) -> Event {
        Event {
            host: host.to_owned(),
            index: 12,
            json: "{\"class_uid\":2003}".to_owned(),
            level,
            time: tickmark_model::parse_instant("2026-11-20T09:00:02.250Z").unwrap(),
            uid: "sha256:00".to_owned(),
            word: "fail".to_owned(),
        }
    }

    #[test]
    fn a_frame_is_the_messages_length_and_the_message() {
        let frame = String::from_utf8(frame(&event("build-7", Level::High))).unwrap();
        assert_eq!(
            frame,
            "146 <107>1 2026-11-20T09:00:02.250Z build-7 tickmark - fail [origin software=\"tickmark\" \
             swVersion=\"0.1.0\"][timeQuality tzKnown=\"1\"] {\"class_uid\":2003}"
        );
        assert_eq!(frame.split_once(' ').unwrap().1.len(), 146);
    }

    #[test]
    fn a_machines_name_stays_within_its_field() {
        let message = |host: &str| message(&event(host, Level::Informational));
        assert!(message("").starts_with("<110>1 2026-11-20T09:00:02.250Z - tickmark - fail "));
        assert!(message("büro 7\n").starts_with("<110>1 2026-11-20T09:00:02.250Z bro7 tickmark - fail "));
        let longest = Event { json: "x".repeat(EVENT_BYTES), ..event(&"h".repeat(999), Level::Critical) };
        assert!(super::message(&longest).len() <= 8_192);
    }

    #[test]
    fn what_would_end_a_parameter_is_escaped() {
        assert_eq!(param(r#"a"b]c\d"#), r#"a\"b\]c\\d"#);
    }
}
