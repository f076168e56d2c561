//! Properties: no bytes make a parser panic, the log agrees with a slow and obvious reading, and so do histories.

use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::lines::Line;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Collector, Datetime, Duration, time};
use tickmark_recovery::Recovery;
use tickmark_recovery::history::History;
use tickmark_recovery::parse::log::Log;
use tickmark_recovery::parse::{Output, manifest, report};
use tickmark_recovery::run::{Ending, Reach, Run, Tool, Verdict};
use tickmark_recovery::tally::Tally;

const LOGS: [&[u8]; 4] = [
    include_bytes!("fixtures/restic-check.log"),
    include_bytes!("fixtures/restic-changed.log"),
    include_bytes!("fixtures/restic-restore.log"),
    include_bytes!("fixtures/pg_verifybackup-changed.log"),
];
const MANIFEST: &[u8] = include_bytes!("fixtures/backup_manifest");
const REPORT: &[u8] = include_bytes!("fixtures/exercises.jsonl");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n =/".to_vec())];
    (vec((0..original.len(), byte), 0..6), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

/// Reads a log as the collector does: its runs, and how many records cannot be read.
fn read(text: &[u8]) -> (Vec<Run>, u64, Result<(), String>) {
    let (mut log, mut tally, mut runs) = (Log::default(), Tally::default(), Vec::new());
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for (at, line) in lines.into_iter().enumerate() {
        let ended = line.ends_with(b"\n");
        let bytes = line.strip_suffix(b"\n").unwrap_or(line);
        runs.extend(log.line("log", Line::of(at as u64 + 1, Some(bytes), ended), &mut tally));
    }
    let finished = log.finish(&mut tally);
    assert_eq!(tally.total(), runs.len() as u64 + tally.unread_count());
    (runs, tally.unread_count(), finished)
}

/// What stands in a log, piece by piece.
#[derive(Clone, Debug)]
enum Piece {
    Whole(u8),
    WithoutEnd,
    Quiet,
    Stray,
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => (0_u8..9).prop_map(Piece::Whole),
        1 => Just(Piece::WithoutEnd),
        1 => Just(Piece::Quiet),
        1 => Just(Piece::Stray),
    ]
}

fn write(piece: &Piece) -> String {
    let begin = "tickmark-run-1 tool=restic-check target=app started_at=2026-11-10T02:00:00Z\n";
    let end = |minute: u8| format!("tickmark-end-1 exit_code=0 finished_at=2026-11-10T02:0{minute}:00Z\n");
    match piece {
        Piece::Whole(minute) => format!("{begin}read all data\n\nno errors were found\n{}", end(*minute)),
        Piece::WithoutEnd => format!("{begin}no errors were found\n"),
        Piece::Quiet => format!("{begin}{}", end(0)),
        Piece::Stray => "no errors were found\n".to_owned(),
    }
}

/// The minutes of the runs, and how many records cannot be read. A stray line behind a run without its end is its output.
fn model(pieces: &[Piece]) -> (Vec<u8>, u64) {
    let (mut minutes, mut unread, mut open, mut stray) = (Vec::new(), 0, false, false);
    for piece in pieces {
        match piece {
            Piece::Whole(minute) => minutes.push(*minute),
            Piece::Stray => unread += u64::from(!open && !stray),
            Piece::WithoutEnd | Piece::Quiet => unread += 1,
        }
        stray = matches!(piece, Piece::Stray) && !open;
        open = matches!(piece, Piece::WithoutEnd) || (open && matches!(piece, Piece::Stray));
    }
    (minutes, unread)
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let ending = proptest::sample::select(vec![Ending::Verified, Ending::Damaged, Ending::Aborted]);
    let reach = proptest::sample::select(vec![Reach::Unknown, Reach::Nothing, Reach::Part, Reach::All]);
    (ending, reach, 0_u64..3).prop_map(|(ending, reach, errors)| Verdict {
        ending,
        reach,
        errors,
        items: None,
        bytes: None,
    })
}

/// Whether damage is left: some run found errors that no later run, which would have seen them, shows to be gone.
fn is_damaged(runs: &[(i64, Verdict)]) -> bool {
    runs.iter().filter(|(_, run)| run.ending == Ending::Damaged).any(|(at, found)| {
        !runs.iter().any(|(later, run)| {
            let sees = found.reach == Reach::Nothing || run.reach == Reach::All;
            later > at && run.ending == Ending::Verified && sees
        })
    })
}

fn instant() -> impl Strategy<Value = Datetime> {
    (0_i64..4_000_000_000_000).prop_map(Datetime)
}

proptest! {
    #[test]
    fn damaged_logs_never_panic(log in (0..LOGS.len()).prop_flat_map(|at| damaged(LOGS[at]))) {
        let _ = read(&log);
    }

    #[test]
    fn any_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let _ = report::parse(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        for tool in Tool::ALL {
            let mut output = Output::of(tool);
            text.lines().for_each(|line| output.line(line));
            let _ = output.end(i64::from(bytes.first().copied().unwrap_or_default()));
        }
    }

    /// What ends with 0 and says nothing that is known, or anything else, is never a verified run.
    #[test]
    fn nothing_unknown_is_a_success(lines in vec("[a-z0-9 :.]{0,40}", 0..8), code in 0_i64..256) {
        for tool in Tool::ALL {
            let mut output = Output::of(tool);
            lines.iter().for_each(|line| output.line(line));
            prop_assert!(output.end(code).map(|verdict| verdict.ending) != Ok(Ending::Verified));
        }
    }

    #[test]
    fn a_log_agrees_with_a_slow_model(pieces in vec(piece(), 0..12)) {
        let text: String = pieces.iter().map(write).collect();
        let (runs, unread, finished) = read(text.as_bytes());
        let minutes: Vec<String> = runs.iter().map(|run| time::text(run.finished)[14..16].to_owned()).collect();
        let (expected, expected_unread) = model(&pieces);
        prop_assert_eq!(minutes, expected.iter().map(|minute| format!("0{minute}")).collect::<Vec<_>>());
        prop_assert_eq!(unread, expected_unread);
        prop_assert_eq!(finished.is_err(), !pieces.is_empty() && pieces.iter().all(|piece| matches!(piece, Piece::Stray)));
    }

    #[test]
    fn a_history_agrees_with_a_slow_model(runs in vec((0_i64..6, verdict()), 0..8), seed in any::<u64>()) {
        let mut history = History::default();
        runs.iter().for_each(|(at, verdict)| history.add(Datetime(*at), *verdict));
        prop_assert_eq!(history.is_damaged(), is_damaged(&runs));
        let verified = runs.iter().filter(|(_, run)| run.ending == Ending::Verified);
        let read = verified.clone().filter(|(_, run)| run.reach >= Reach::Part).map(|(at, _)| Datetime(*at)).max();
        prop_assert_eq!(history.last_read.map(|(at, _)| at), read);
        prop_assert_eq!(history.last_verified.map(|(at, _)| at), verified.map(|(at, _)| Datetime(*at)).max());
        prop_assert_eq!(history.last.map(|(at, _)| at), runs.iter().map(|(at, _)| Datetime(*at)).max());
        // Another order, the same history.
        let mut mixed = runs.clone();
        mixed.sort_by_key(|(at, verdict)| (seed.rotate_left(*at as u32) ^ verdict.errors, *verdict));
        let mut again = History::default();
        mixed.iter().for_each(|(at, verdict)| again.add(Datetime(*at), *verdict));
        prop_assert_eq!(again, history);
    }

    #[test]
    fn damaged_manifests_never_panic_and_never_pass(bytes in damaged(MANIFEST)) {
        let mut reader = manifest::Reader::default();
        let read = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).try_for_each(|line| reader.line(line));
        let read = read.and_then(|()| reader.finish());
        let whole = bytes == MANIFEST || bytes == MANIFEST[..MANIFEST.len() - 1];
        // An edit of the last line's end, or of nothing, may be none.
        prop_assert!(read.is_err() || whole || bytes[..bytes.len() - 1] == MANIFEST[..MANIFEST.len() - 1]);
    }

    /// A run that ends well keeps to the contract, whatever the sources say, and equal sources give equal runs.
    #[test]
    fn what_is_emitted_keeps_to_the_contract(
        log in (0..LOGS.len()).prop_flat_map(|at| damaged(LOGS[at])), reports in damaged(REPORT)
    ) {
        let host = TestHost::new()
            .with_setting("check_source", "log")
            .with_setting("expected_checks", vec!["restic-check/app"])
            .with_setting("exercise_source", "file")
            .with_setting("expected_systems", vec!["orders-db"])
            .file("checks", "", &log)
            .file("exercises", "", &reports);
        if Recovery::collect(&host).is_ok() {
            let run = host.collect::<Recovery>().unwrap();
            prop_assert_eq!(format!("{run:?}"), format!("{:?}", host.collect::<Recovery>().unwrap()));
            let claim = &run.claim("exercise").unwrap();
            let unread = run.notes().iter().filter(|note| note.starts_with("exercises, line ")).count() as u64;
            prop_assert_eq!(claim.population.source_total, Some(claim.count + claim.population.excluded + unread));
            prop_assert!(unread == 0 || run.claim("system").unwrap().population.source_total.is_none());
        }
    }

    #[test]
    fn damaged_reports_never_panic(bytes in damaged(REPORT)) {
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(exercise) = report::parse(line) {
                prop_assert_eq!(exercise.disorder(), None);
                prop_assert!(exercise.recovery_time() >= Some(Duration(0)) || exercise.recovery_time().is_none());
            }
        }
    }

    /// The spans are what was written down, in whole seconds, and never less.
    #[test]
    fn spans_are_never_shorter_than_they_were(point in instant(), lost in 0_i64..10_000_000, down in 0_i64..10_000_000) {
        let (disruption, restored) = (Datetime(point.0 + lost), Datetime(point.0 + lost + down));
        let json = serde_json::json!({
            "format": "tickmark-dr-1", "id": "a", "system": "b", "scenario": "c", "performed_by": "d",
            "started_at": time::text(point), "performed_at": time::text(restored), "disruption_at": time::text(disruption),
            "service_restored_at": time::text(restored), "recovery_point_at": time::text(point), "steps": [], "issues": [],
        });
        let exercise = report::parse(json.to_string().as_bytes()).unwrap();
        let whole = |ms: i64| Some(Duration((ms + 999) / 1_000 * 1_000));
        prop_assert_eq!(exercise.recovery_time(), whole(down));
        prop_assert_eq!(exercise.recovery_point(), whole(lost));
    }
}
