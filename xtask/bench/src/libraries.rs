//! What a native program takes that parses the large sources with the libraries that Rust has for their formats: serde_json and chrono for
//! logs, quick-xml for reports. Each says something that the collector's rows say too, so that both can be held against each other.

use std::borrow::Cow;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::Result;
use chrono::DateTime;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde::Deserialize;

use crate::subjects::AS_OF_MS;

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

#[derive(Deserialize)]
struct Access<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    user_id: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    resource: Cow<'a, str>,
    #[serde(borrow)]
    source_ip: Cow<'a, str>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(borrow)]
    correlation_id: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Eve<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    event_type: Cow<'a, str>,
    #[serde(borrow)]
    host: Option<Cow<'a, str>>,
}

/// How many lines an access log has that are dated and have every required field.
pub fn access_lines(path: &Path) -> Result<usize> {
    let mut complete = 0;
    each_line(path, |line| {
        let line: Access<'_> = serde_json::from_slice(line)?;
        black_box(DateTime::parse_from_rfc3339(&line.timestamp)?);
        let fields = [line.user_id, line.action, line.resource, line.source_ip, line.outcome, line.correlation_id];
        complete += usize::from(fields.iter().all(|field| !field.is_empty()));
        Ok(())
    })?;
    Ok(complete)
}

/// How many heartbeats an EVE log has in the day before the judged instant.
pub fn heartbeats(path: &Path) -> Result<usize> {
    let mut heartbeats = 0;
    each_line(path, |line| {
        let line: Eve<'_> = serde_json::from_slice(line)?;
        let at = DateTime::parse_from_str(&line.timestamp, "%Y-%m-%dT%H:%M:%S%.f%z")?.timestamp_millis();
        let within = (AS_OF_MS - 86_400_000..AS_OF_MS).contains(&at);
        heartbeats += usize::from(within && line.event_type == "stats" && line.host.is_some());
        Ok(())
    })?;
    Ok(heartbeats)
}

/// How many items a Nessus report has; the attributes of each and all texts are read.
pub fn items(path: &Path) -> Result<usize> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(PIECE, File::open(path)?));
    let (mut buf, mut text, mut items) = (Vec::new(), String::new(), 0);
    loop {
        buf.clear();
        match reader.read_event_into(&mut buf)? {
            Event::Start(start) => {
                text.clear();
                if start.name().as_ref() == "ReportItem" {
                    items += 1;
                    for attribute in start.attributes() {
                        black_box(attribute?.normalized_value(XmlVersion::Explicit1_0)?);
                    }
                }
            }
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(name) => text.push_str(&name),
            Event::End(_) => {
                black_box(&text);
                text.clear();
            }
            Event::Eof => return Ok(items),
            _ => {}
        }
    }
}

fn each_line(path: &Path, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut log = BufReader::with_capacity(PIECE, File::open(path)?);
    let mut line = Vec::new();
    while log.read_until(b'\n', &mut line)? > 0 {
        each(&line)?;
        line.clear();
    }
    Ok(())
}
