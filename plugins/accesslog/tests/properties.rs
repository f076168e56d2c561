//! Properties: windows, gaps and order agree with a slow model, any bytes never panic, what is cut off is never taken for whole,
//! and years that a log does not say are found again.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::collections::BTreeSet;

use common::{access, auth, line, report};
use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_accesslog::AccessLog;
use tickmark_accesslog::login::{Calendar, Dating, Format, Windows};
use tickmark_accesslog::parse::access::{self, Shape};
use tickmark_accesslog::parse::year::LastYear;
use tickmark_accesslog::parse::{journal, message, syslog};
use tickmark_accesslog::segment::Segment;
use tickmark_accesslog::stream::{Span, Stream};
use tickmark_collector::testing::TestHost;
use tickmark_collector::time::{UtcOffset, rfc3339, text};
use tickmark_collector::{Datetime, Value, lines};

const ACCESS: &str = include_str!("fixtures/acme-access.log");
const AUTH: &str = include_str!("fixtures/auth-rfc3339.log");
const TRADITIONAL: &str = include_str!("fixtures/auth-traditional.log");
const JOURNAL: &str = include_str!("fixtures/journal.json");
const WINDOW: Span = Span { from: Datetime(10_000), to: Datetime(30_000) };

/// A line of a log: when, or nothing that can be read.
type Written = Option<i64>;

fn written() -> impl Strategy<Value = Vec<Vec<Written>>> {
    vec(vec(proptest::option::weighted(0.8, (0_i64..45).prop_map(|s| s * 1_000)), 0..8), 0..4)
}

fn segment(name: usize, lines: &[Written]) -> Segment {
    let text: String = lines.iter().map(|at| at.map_or("{\n".to_owned(), |ms| line(Datetime(ms), "c"))).collect();
    let mut segment = Segment::new(&name.to_string(), 0, WINDOW);
    let host = TestHost::new().file("log", "", text.as_bytes());
    let blob = tickmark_collector::Host::open(&host, "log", "").unwrap();
    lines::for_each(&blob, 1 << 20, |line| {
        segment.line(line, &Shape::default());
        Ok(())
    })
    .unwrap();
    segment
}

/// The answers by their definitions: lines, unreadable ones, those out of order, and the longest gap.
fn model(files: &[Vec<Written>]) -> (i64, i64, i64, i64) {
    let (from, to) = (WINDOW.from.0, WINDOW.to.0);
    let dated = |file: &Vec<Written>| file.iter().flatten().copied().collect::<Vec<i64>>();
    let mut files: Vec<(usize, Vec<Written>)> = files.iter().cloned().enumerate().collect();
    files.sort_by_key(|(name, file)| {
        let times = dated(file);
        (times.is_empty(), times.iter().min().copied(), times.iter().max().copied(), *name)
    });
    let files: Vec<Vec<Written>> = files.into_iter().map(|(_, file)| file).collect();
    let (mut lines, mut unread, mut out_of_order) = (0, 0, 0);
    for (nth, file) in files.iter().enumerate() {
        for (at, written) in file.iter().enumerate() {
            let before = file.get(..at).unwrap().iter().flatten().max().copied();
            match written {
                Some(ms) => {
                    lines += i64::from((from..to).contains(ms));
                    out_of_order += i64::from(*ms < to && before.is_some_and(|before| before >= from && *ms < before));
                }
                None => {
                    // What follows in the file, or where the next file begins, if it does not overlap.
                    let newest = dated(file).into_iter().max();
                    let next = files.get(nth + 1).and_then(|next| dated(next).into_iter().min());
                    let next = next.filter(|next| newest.is_some_and(|newest| newest <= *next));
                    let follows = file.get(at..).unwrap().iter().flatten().next().copied();
                    let old = match follows {
                        Some(ms) => ms < from && before.is_none_or(|before| before < from),
                        None => next.is_some_and(|next| next < from),
                    };
                    unread += i64::from(!old);
                }
            }
        }
    }
    // The time goes on with each line that is later than all before it.
    let mut gap = 0;
    let mut newest: Option<i64> = None;
    for file in files.iter().filter(|file| !dated(file).is_empty()) {
        let begins = dated(file).into_iter().min().unwrap();
        match newest {
            Some(newest) if begins < newest => out_of_order += i64::from(newest >= from),
            Some(newest) if begins >= from => gap = gap.max(begins.min(to) - newest.min(to)),
            _ => {}
        }
        let mut inside: Option<i64> = None;
        for ms in dated(file) {
            if let Some(before) = inside.filter(|before| ms >= *before && ms >= from) {
                gap = gap.max(ms.min(to) - before.min(to));
            }
            inside = inside.max(Some(ms));
        }
        newest = newest.max(inside);
    }
    let oldest = files.iter().flat_map(dated).min();
    let last = if oldest.is_none_or(|oldest| oldest >= to) { from } else { newest.unwrap_or(from) };
    (lines + unread, unread, out_of_order, gap.max(to - last.min(to)))
}

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n".to_vec())];
    (vec((0..original.len(), byte), 0..30), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.as_bytes().to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

fn later(host: TestHost) -> TestHost {
    host.at(rfc3339("2026-11-28T15:00:00Z").unwrap())
}

fn access_text() -> String {
    (0..6).map(|n| line(Datetime(1_795_100_000_000 + n * 10_000_000), &format!("c{n}"))).collect()
}

proptest! {
    /// Lines that are as most are, and those that are not: the fast way says what the slow one does.
    #[test]
    fn a_line_is_read_the_same_in_a_fraction_of_the_time(log in damaged(ACCESS)) {
        let shape = Shape::default();
        for line in log.split(|byte| *byte == b'\n') {
            if std::str::from_utf8(line).is_ok() {
                prop_assert_eq!(access::parse_utf8(line, &shape), access::parse(line, &shape), "{:?}", line);
            }
        }
    }

    #[test]
    fn streams_agree_with_a_slow_model(files in written()) {
        let segments = files.iter().enumerate().map(|(name, file)| segment(name, file)).collect();
        let stream = Stream::of(segments, WINDOW);
        let got = (stream.counts.lines, stream.counts.unreadable, stream.out_of_order, stream.longest_gap.0);
        prop_assert_eq!(got, model(&files));
        let all: Vec<i64> = files.iter().flatten().flatten().copied().collect();
        let within: Vec<i64> = all.iter().copied().filter(|ms| (10_000..30_000).contains(ms)).collect();
        let span = |times: &[i64]| Some((Datetime(*times.iter().min()?), Datetime(*times.iter().max()?)));
        prop_assert_eq!((stream.within, stream.dated), (span(&within), span(&all)));
        // All have the same action and correlation id.
        prop_assert_eq!(stream.duplicates, (within.len() as i64 - 1).max(0));
        prop_assert_eq!(stream.later, all.iter().filter(|ms| **ms >= 30_000).count() as i64);
    }

    /// Lines of a log in any order, readable or not, against a count by their definitions.
    #[test]
    fn logins_agree_with_a_slow_model(written in vec((proptest::option::weighted(0.8, 0_i64..45), any::<bool>()), 0..12)) {
        let text: String = written.iter().map(|(at, success)| match at {
            None => "torn\n".to_owned(),
            Some(s) => {
                let what = if *success { "Accepted publickey" } else { "Failed password" };
                format!("{} h sshd[1]: {what} for root from ::1 port 1 ssh2\n", text(Datetime(s * 1_000)))
            }
        }).collect();
        let mut windows = Windows::new(WINDOW, &BTreeSet::from(["sshd".to_owned()]));
        windows.open("log");
        let host = TestHost::new().file("log", "", text.as_bytes());
        let blob = tickmark_collector::Host::open(&host, "log", "").unwrap();
        lines::for_each(&blob, 1 << 20, |line| { windows.line(line, &Format::Syslog(None)); Ok(()) }).unwrap();
        let closed = windows.close();
        let readable: Vec<(i64, bool)> = written.iter().filter_map(|(at, success)| Some((at.as_ref()?.to_owned(), *success))).collect();
        prop_assert_eq!(closed.is_err(), readable.is_empty() && !written.is_empty());
        let within: Vec<bool> = readable.iter().filter(|(s, _)| (10..30).contains(s)).map(|(_, success)| *success).collect();
        let counts = windows.counts.get("sshd").unwrap();
        prop_assert_eq!((counts.attempts, counts.failures), (within.len() as i64, within.iter().filter(|success| !**success).count() as i64));
        let unread = written.iter().enumerate().filter(|(_, (at, _))| at.is_none()).filter(|(nth, _)| {
            let before = written.iter().take(*nth).filter_map(|(at, _)| *at).max();
            let next = written.iter().skip(*nth).find_map(|(at, _)| *at);
            !(next.is_some_and(|next| next < 10) && before.is_none_or(|before| before < 10))
        }).count();
        prop_assert_eq!(windows.unread, unread as u64);
        prop_assert_eq!(windows.oldest, readable.iter().map(|(s, _)| Datetime(s * 1_000)).min());
    }

    /// Of lines that follow each other with less than ten months between.
    #[test]
    fn years_that_a_log_does_not_say_are_found_again(steps in vec(0_i64..25_000_000, 1..12), before in 0_i64..86_400 * 300, east in -12_i64..14) {
        let as_of = rfc3339("2026-11-20T09:00:00Z").unwrap();
        let offset = UtcOffset::parse(&format!("{}{:02}:00", if east < 0 { '-' } else { '+' }, east.abs())).unwrap();
        let mut at = as_of.0 / 1_000 - before;
        let mut times: Vec<i64> = steps.iter().map(|step| { at -= step; at }).collect();
        times.insert(0, as_of.0 / 1_000 - before);
        times.reverse();
        let local = |s: i64| text(Datetime(s * 1_000 + offset.ms()));
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let log: String = times.iter().map(|s| {
            let said = local(*s);
            let month = MONTHS.get(said.get(5..7).unwrap().parse::<usize>().unwrap() - 1).unwrap();
            format!("{month} {:>2} {} h a: b\n", said.get(8..10).unwrap().trim_start_matches('0'), said.get(11..19).unwrap())
        }).collect();
        let host = TestHost::new().file("log", "", log.as_bytes());
        let blob = tickmark_collector::Host::open(&host, "log", "").unwrap();
        let mut calendar = Calendar::default();
        lines::for_each(&blob, 1 << 20, |line| { calendar.line(line); Ok(()) }).unwrap();
        let first_year = calendar.first_year(LastYear::Latest, offset, as_of).unwrap();
        let first = local(*times.first().unwrap());
        prop_assert_eq!(Ok(first_year), first.get(..4).unwrap().parse::<i32>());
        let mut windows = Windows::new(WINDOW, &BTreeSet::new());
        windows.open("log");
        let format = Format::Syslog(Some(Dating { offset, first_year }));
        lines::for_each(&blob, 1 << 20, |line| { windows.line(line, &format); Ok(()) }).unwrap();
        let span = (windows.oldest.map(|at| at.0 / 1_000), windows.newest.map(|at| at.0 / 1_000));
        prop_assert_eq!(span, (times.first().copied(), times.last().copied()));
    }

    #[test]
    fn damaged_logs_never_panic(auth_log in damaged(AUTH), traditional in damaged(TRADITIONAL), entries in damaged(JOURNAL)) {
        let host = |bytes: &[u8]| TestHost::new().file("auth-log", "", bytes).file("journal", "", bytes).file("access-log", "", bytes);
        for bytes in [&auth_log, &traditional, &entries] {
            for source in ["auth-log", "journal-file"] {
                let _ = report(&later(host(bytes)).with_setting("login_source", source));
            }
            let dated = later(host(bytes)).with_setting("login_source", "auth-log").with_setting("utc_offset", "+01:00");
            let _ = report(&dated.with_setting("year", "latest"));
            let _ = report(&later(host(bytes)).with_setting("access_source", "file"));
        }
    }

    #[test]
    fn arbitrary_lines_never_panic(bytes in vec(any::<u8>(), 0..120), text in "\\PC{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = tickmark_accesslog::parse::access::parse(bytes, &Shape::default());
            let _ = syslog::parse(bytes);
            let _ = journal::parse(bytes);
        }
        let _ = message::read("sshd", &text);
        let _ = message::read(&text, &text);
        let _ = message::last_repeated("", &text);
        let _ = tickmark_accesslog::rotation::stream_of(&text);
    }

    /// Cut in a line, the row says so. Cut between two, it has fewer lines and ends earlier.
    #[test]
    fn an_access_log_that_was_cut_off_is_not_taken_for_whole(keep in any::<prop::sample::Index>()) {
        let whole = access_text();
        let cut = whole.get(..keep.index(whole.len())).unwrap();
        match access(cut).collect::<AccessLog>() {
            Err(failure) => prop_assert!(failure.message.contains("it has no end"), "{}", failure),
            Ok(run) => {
                let row = run.row("stream", "access").unwrap();
                let between = cut.is_empty() || cut.ends_with('\n');
                prop_assert_eq!(row.get("truncated"), &Value::from(!between));
                let whole_lines = cut.lines().count() as i64 - i64::from(!between);
                prop_assert_eq!(row.get("unreadable"), &Value::from(i64::from(!between)));
                prop_assert_eq!(row.get("lines"), &Value::from(whole_lines + i64::from(!between)));
                let last = (whole_lines > 0).then(|| Datetime(1_795_100_000_000 + (whole_lines - 1) * 10_000_000));
                prop_assert_eq!(row.get("last"), &Value::from(last));
            }
        }
    }

    #[test]
    fn a_log_of_logins_that_was_cut_off_is_not_taken_for_whole(keep in 0..AUTH.len()) {
        let cut = AUTH.get(..keep).unwrap();
        match later(auth(cut)).collect::<AccessLog>() {
            Err(failure) => prop_assert!(failure.message.contains("it has no end"), "{}", failure),
            Ok(run) => {
                let population = &run.claim("login_window").unwrap().population;
                prop_assert_eq!(population.source_total.is_some(), cut.is_empty() || cut.ends_with('\n'));
                prop_assert_eq!(population.covers_from.is_some(), cut.contains('\n'));
            }
        }
    }
}
