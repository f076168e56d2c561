//! Any one bit of any file.

use std::fs;

use proptest::prelude::*;
use tickmark_model::Outcome;

use crate::log::{Files, Log};
use crate::site::{Site, failures, names, small};

/// What stands for nothing.
const DERIVED: [&str; 2] = [".tickmark/lock", ".tickmark/index.sqlite"];

/// Flips the bits that `which` gives of a file of so many bytes, one after the other, in each file; every one must be found.
fn flip(files: &Files, which: impl Fn(usize) -> Vec<usize> + Sync) {
    let files = &files;
    let which = &which;
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                let site = Site::new(files);
                let mine = files.iter().filter(|(path, _)| !DERIVED.contains(&path.as_str()));
                for (path, bytes) in mine {
                    for bit in which(bytes.len()).into_iter().filter(|bit| bit % 2 == half) {
                        let mut changed = bytes.clone();
                        changed[bit / 8] ^= 1 << (bit % 8);
                        fs::write(site.path(path), &changed).unwrap();
                        let report = site.verify();
                        assert!(
                            report.failed() && names(&report, path),
                            "bit {bit} of `{path}`: {:?}",
                            failures(&report)
                        );
                    }
                    fs::write(site.path(path), bytes).unwrap();
                }
                assert_eq!(failures(&site.verify()), [""; 0]);
            });
        }
    });
}

/// The smallest ledger with a file of each sort.
fn smallest() -> Log {
    let mut log = Log::new(1);
    let blob = log.named("detail", b"{}");
    let body = log.attempt_body("2026-11-10", "A");
    log.push("2026-11-10", body, vec![blob]);
    let body = log.attempt_body("2026-11-10", "A");
    log.waiting = vec![crate::log::jcs(&log.next("2026-11-10", body.into(), vec![]))];
    log
}

#[test]
fn every_bit_of_the_smallest_ledger() {
    flip(&smallest().files(), |len| (0..len * 8).collect());
}

#[test]
fn a_bit_of_every_byte_of_a_ledger_with_everything() {
    let mut log = small();
    let body = log.attempt_body("2026-11-13", "CC7.2-scan");
    log.waiting = vec![crate::log::jcs(&log.next("2026-11-13", body.into(), vec![]))];
    flip(&log.files(), |len| (0..len).map(|byte| byte * 8 + byte * 5 % 8).collect());
}

#[test]
fn a_bit_here_and_there_of_a_ledger_with_full_tiles() {
    let mut log = Log::new(1);
    for n in 0..260 {
        log.attempt("2026-11-10", ["A", "B", "C"][n % 3]);
    }
    log.evaluation("2026-11-10", "A", Outcome::Fail, "bob");
    flip(&log.files(), |len| (0..8).map(|n| n * (len * 8 - 1) / 7).collect());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Whatever bytes stand in a file: the others are looked at all the same, and nothing panics.
    #[test]
    fn any_bytes_in_any_file_are_found(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        junk in prop::collection::vec(any::<u8>(), 0..80),
        keep in any::<bool>(),
    ) {
        let mut log = small();
        log.waiting = smallest().waiting;
        let files = log.files();
        let looked_at: Vec<_> = files.keys().filter(|path| !DERIVED.contains(&path.as_str())).collect();
        let path = *which.get(&looked_at);
        let old = &files[path];
        let mut bytes = if keep { old[..cut.index(old.len() + 1)].to_vec() } else { vec![] };
        bytes.extend(&junk);
        prop_assume!(bytes != *old);
        let site = Site::new(&files);
        site.write(path, &bytes);
        let report = site.verify();
        prop_assert!(names(&report, path), "{}: {:?}", path, failures(&report));
    }
}
