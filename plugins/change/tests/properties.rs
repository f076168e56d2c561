//! Properties: no damaged document makes the collector panic, or makes it claim to know all changes while some are missing.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use common::{Documents, audit, documents, files, settings};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use tickmark_change::Change;
use tickmark_change::calendar::{Days, Hours, Slot, Zone};
use tickmark_change::parse::audit::{Entry, Form, Unread, each};
use tickmark_change::parse::body::Body;
use tickmark_change::parse::jira;
use tickmark_collector::Failure;
use tickmark_collector::testing::{TestHost, TestRun};

/// Some bytes overwritten, and perhaps cut off.
fn damage() -> impl Strategy<Value = (Vec<(Index, u8)>, Option<Index>)> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n".to_vec())];
    (vec((any::<Index>(), byte), 0..6), proptest::option::weighted(0.3, any::<Index>()))
}

fn damaged(bytes: &[u8], (edits, keep): &(Vec<(Index, u8)>, Option<Index>)) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, byte) in edits {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    if let Some(keep) = keep {
        bytes.truncate(keep.index(bytes.len()));
    }
    bytes
}

/// Runs the example with one of its documents made into another.
fn example(which: Index, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<TestRun, Failure> {
    let (github, issues) = (documents("github"), documents("jira"));
    let host = files(files(settings(TestHost::new()), "github", &github), "jira", &issues);
    let host = host.with_setting("audit", "json-lines").file("audit", "", &audit());
    let of = |grant, documents: &Documents| {
        documents.iter().map(|(name, it)| (grant, name.clone(), it.clone())).collect::<Vec<_>>()
    };
    // What nothing asks for may be as it likes.
    let asked = [of("github", &github), of("jira", &issues)].concat();
    let asked: Vec<_> = asked.into_iter().filter(|(_, name, _)| !name.contains(BASELINE)).collect();
    let (grant, name, whole) = which.get(&asked);
    host.file(grant, &format!("{name}.json"), &change(&serde_json::to_vec(whole).unwrap())).collect::<Change>()
}

/// The commit before the window, which is walked to and not asked for.
const BASELINE: &str = "1197955e4244c18bdb9b375076bcb6ca05414672";

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// One document of the example is damaged: the run fails, or keeps to the contract.
    #[test]
    fn a_damaged_document_is_read_or_refused(which in any::<Index>(), damage in damage()) {
        let _ = example(which, |bytes| damaged(bytes, &damage));
    }

    /// One document of the example is cut off, anywhere: nothing of it is judged as if it were whole.
    #[test]
    fn a_document_that_was_cut_off_is_noticed(which in any::<Index>(), keep in any::<Index>()) {
        if let Ok(run) = example(which, |bytes| bytes[..keep.index(bytes.len())].to_vec()) {
            let claim = run.claim("change").unwrap();
            let known = claim.population.source_total.map(|total| total - claim.population.excluded);
            prop_assert_ne!(known, Some(claim.count), "{:?}", run.notes());
        }
    }

    #[test]
    fn a_damaged_export_accounts_for_every_line(damage in damage(), csv: bool) {
        let bytes = damaged(&audit(), &damage);
        let mut records = 0_usize;
        let mut take = |_: Result<Entry, Unread>| { records += 1; Ok(()) };
        let form = if csv { Form::Csv } else { Form::JsonLines };
        let read = each(form, bytes.as_slice(), &mut take);
        if !csv {
            prop_assert!(read.is_ok());
            let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
            prop_assert_eq!(records, lines);
        }
    }

    #[test]
    fn any_bytes_are_an_export_or_are_refused(bytes in vec(any::<u8>(), 0..300), csv: bool) {
        let form = if csv { Form::Csv } else { Form::JsonLines };
        let _ = each(form, bytes.as_slice(), &mut |_| Ok(()));
    }

    #[test]
    fn any_text_is_a_body_a_time_and_a_rule_or_none(text in "\\PC{0,60}|[-#*` \\[\\]xX<!>a-z\n]{0,80}|[0-9T:.+Z-]{0,30}|[A-Z][a-z]{2} [0-9:-]{0,12}") {
        let body = Body::read(&text);
        let names = ["a".to_owned()];
        prop_assert!(!body.is_confirmed(&names) || text.contains('a') || text.contains('A'));
        let _ = (body.section(&names), body.is_described(&names), jira::datetime(&text));
        let _ = (Days::read([text.as_str()]), Hours::read(&text), Slot::read(&text), Zone::named(&text));
    }

    /// What a template asks for counts once it is filled in, in any order and under any heading level.
    #[test]
    fn a_section_is_found_where_it_was_written(level in 1_usize..=6, text in "[a-z]{4,12} [a-z]{4,12}", before in "[a-z \n]{0,20}", crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let written = format!("{before}{end}{} Rollback Plan:{end}{end}<!-- how? -->{end}{text}{end}## Next{end}", "#".repeat(level));
        let names = ["rollback plan".to_owned()];
        let body = Body::read(&written);
        prop_assert_eq!(body.section(&names), Some(text.as_str()));
        let empty = Body::read(&written.replace(&text, ""));
        prop_assert_eq!(empty.section(&names), None);
    }
}
