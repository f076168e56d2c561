//! Properties: windows and gaps agree with a slow model, any bytes never panic, what is cut off is never taken for whole, and
//! neither the order nor the files of a log matter.

mod common;

use std::collections::BTreeSet;

use common::{alert, at, beat, flow, host, report};
use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, Decimal, Duration, time};
use tickmark_ids::parse::eve::{Event, Heartbeat, parse, parse_utf8};
use tickmark_ids::sensor::{Sensor, Span};

const LIVE: &[u8] = include_bytes!("fixtures/suricata-live.json");
const TO: i64 = 40;

fn sensor(beats: &[i64], window: Span) -> Sensor {
    let mut sensor = Sensor::default();
    for at in beats {
        sensor.beat(Datetime(*at), &Heartbeat::default(), window.from, window);
    }
    sensor.sort();
    sensor
}

/// The instants of the window without a watching sensor, one by one.
fn model(beats: &BTreeSet<i64>, window: Span, oldest: i64, over: i64) -> (i64, BTreeSet<i64>) {
    let seen = oldest.clamp(window.from.0, window.to.0);
    let watched = |at: i64| beats.contains(&at) && at < window.to.0;
    // The instants from one heartbeat, or where the log begins, up to the next or the end.
    let begin = (i64::from(i16::MIN)..window.from.0).rev().find(|at| watched(*at)).unwrap_or(seen);
    let (mut longest, mut missing, mut silence) = (0, BTreeSet::new(), BTreeSet::new());
    for at in begin..=window.to.0 {
        if at == window.to.0 || watched(at) {
            longest = longest.max(silence.len() as i64);
            if silence.len() as i64 > over {
                missing.extend(silence.iter().filter(|at| (seen..window.to.0).contains(at)));
            }
            silence.clear();
        }
        silence.insert(at);
    }
    (longest, missing)
}

/// Bytes of the recorded log, damaged or cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n".to_vec())];
    (vec((0..LIVE.len(), byte), 0..40), 0..=LIVE.len()).prop_map(|(edits, keep)| {
        let mut bytes = LIVE.to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { LIVE.len() });
        bytes
    })
}

fn looks(bytes: &[u8]) -> TestHost {
    host(&["ids-1"])
        .at(at("2026-11-28T14:25:28Z"))
        .with_setting("window", Duration(30_000))
        .with_setting("count_gaps_over", Duration(4_000))
        .with_setting("responses", "file")
        .file("eve", "", bytes)
        .file("responses", "", b"")
}

/// One event: when, which sensor, and what.
fn event() -> impl Strategy<Value = String> {
    let minute = |minute: i64| Datetime(at("2026-11-17T22:00:00Z").0 + minute * 60_000);
    (0..3_600_i64, "[ab]", 0..5_u8).prop_map(move |(m, sensor, what)| match what {
        0 => alert(minute(m), &sensor, 7, 1 + (m % 4) as u8),
        1 => flow(minute(m), &sensor),
        _ => beat(minute(m), &sensor, m * 60, m as u64, 0),
    })
}

proptest! {
    #[test]
    fn windows_and_gaps_agree_with_a_slow_model(
        beats in vec(-30_i64..60, 0..12), from in 0_i64..TO, oldest in -40_i64..60, over in 1_i64..20
    ) {
        let window = Span { from: Datetime(from), to: Datetime(TO) };
        // The log is at least as old as its heartbeats.
        let oldest = beats.iter().copied().min().map_or(oldest, |first| first.min(oldest));
        let watch = sensor(&beats, window).watch(window, Some(Datetime(oldest)), Duration(over));
        let all: BTreeSet<i64> = beats.iter().copied().collect();
        let (longest, missing) = model(&all, window, oldest, over);
        let within: Vec<i64> = beats.iter().copied().filter(|at| (from..TO).contains(at)).collect();
        prop_assert_eq!(watch.heartbeats, within.len() as i64);
        prop_assert_eq!(watch.first.map(|at| at.0), within.iter().copied().min());
        prop_assert_eq!(watch.last.map(|at| at.0), within.iter().copied().max());
        prop_assert_eq!(watch.longest_gap.0, longest);
        let seen = TO - oldest.clamp(from, TO);
        let share = if within.is_empty() { 0 } else { (seen - missing.len() as i64) * 1_000_000 / seen };
        prop_assert_eq!(watch.covered_percent, Decimal(share));
        prop_assert_eq!(watch.gaps > 0, longest > over);
    }

    #[test]
    fn damaged_logs_never_panic(bytes in damaged(), answers in damaged()) {
        let host = looks(&bytes).file("responses", "", &answers);
        let _ = report(&host);
    }

    #[test]
    fn arbitrary_lines_never_panic(bytes in vec(any::<u8>(), 0..200), text in "\\PC*") {
        let _ = parse(&bytes);
        let _ = parse(text.as_bytes());
    }

    /// Cut in a line, the alerts are incomplete and a note says where. Cut between two, the log ends earlier.
    #[test]
    fn a_log_that_was_cut_off_is_not_taken_for_whole(keep in 0..LIVE.len()) {
        let cut = LIVE.get(..keep).unwrap();
        let run = match looks(cut).collect::<tickmark_ids::Ids>() {
            Ok(run) => run,
            Err(failure) => {
                prop_assert!(failure.message.contains("it has no end"), "{}", failure);
                return Ok(());
            }
        };
        let alerts = run.claim("alert").unwrap();
        if cut.is_empty() || cut.ends_with(b"\n") {
            let last = cut.split(|byte| *byte == b'\n').filter_map(|line| parse(line).ok());
            let last = last.filter(|record| matches!(record.event, Event::Heartbeat(_))).map(|record| record.at).max();
            prop_assert_eq!(run.row("sensor", "ids-1").unwrap().get("last"), &last.into());
            let to = at("2026-11-28T14:25:28Z");
            let silent = last.is_none_or(|last| to.0 - last.0 > 4_000);
            prop_assert_eq!(silent, alerts.population.covers_to != Some(to));
        } else {
            prop_assert!(alerts.population.source_total.unwrap() > alerts.count + alerts.population.excluded);
            prop_assert!(run.notes().iter().any(|note| note.contains("it has no end")));
        }
    }

    /// The same lines in two files instead of one, whichever is called the older, or all in another order.
    #[test]
    fn the_order_of_lines_and_files_does_not_matter(
        (events, shuffled) in vec(event(), 1..30).prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        split in 0_usize..30
    ) {
        let folder = || host(&["a", "c"]).with_setting("source", "folder");
        let rows = |host: TestHost| {
            let said = report(&host);
            // Which answers of the host it came from is not the same.
            let without = |line: &str| match (line.split_once(" from ["), line.split_once("]:")) {
                (Some((before, _)), Some((_, behind))) => format!("{before}:{behind}"),
                _ => line.to_owned(),
            };
            said.lines().map(without).collect::<Vec<_>>()
        };
        let (one, two) = events.split_at(split.min(events.len()));
        let whole = rows(folder().file("eve", "eve.json", events.concat().as_bytes()));
        for (one, two) in [(one, two), (two, one)] {
            let parts = folder().file("eve", "eve.1", one.concat().as_bytes()).file("eve", "eve.2", two.concat().as_bytes());
            prop_assert_eq!(&rows(parts), &whole);
        }
        prop_assert_eq!(&rows(folder().file("eve", "eve.json", shuffled.concat().as_bytes())), &whole);
    }

    /// Events that are only dated, and those that are not: the fast way says what the slow one does.
    #[test]
    fn a_line_is_read_the_same_in_a_fraction_of_the_time(log in damaged()) {
        for line in log.split(|byte| *byte == b'\n') {
            if std::str::from_utf8(line).is_ok() {
                prop_assert_eq!(parse_utf8(line), parse(line), "{:?}", line);
            }
        }
    }

    /// What a sensor writes is read back, with an offset or without any fraction.
    #[test]
    fn stamps_are_read_back(ms in -62_135_596_800_000_i64..=253_402_300_799_999) {
        let line = beat(Datetime(ms), "s", 0, 0, 0);
        let record = parse(line.trim_end().as_bytes()).unwrap();
        prop_assert_eq!(time::text(record.at), time::text(Datetime(ms)));
    }
}
