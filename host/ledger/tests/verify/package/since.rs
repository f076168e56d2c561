//! Packages of logs that were rolled back or forked, held against a checkpoint that somebody has kept.

use expect_test::{Expect, expect};
use tickmark_ledger::verify::Options;
use tickmark_model::Outcome;

use super::forge::{Forged, found_with, wrong_with};
use super::history::{MFA, all, export, export_with, judge, open_period, period, sealed_period};
use crate::log::Log;
use crate::site::pinned;

/// What is wrong with a package for somebody who has kept this checkpoint.
fn held_against(kept: &[u8], package: &[u8], expected: &Expect) {
    let options = Options { since: Some(kept.to_vec()), ..pinned() };
    expected.assert_eq(&wrong_with(package, &options).join("\n"));
}

/// The same log up to the second run, which passes here.
fn fork() -> Log {
    let mut log = open_period();
    let mut other = super::history::begin(1);
    for index in 1..6 {
        let (entry, chain) = (log.entries[index].clone(), chain_of(&log.entries[index]));
        other.push_raw(day_of(&entry), &chain, entry);
    }
    other.key = crate::log::key(2);
    other.blobs.append(&mut log.blobs);
    for day in ["2026-11-11", "2026-11-12"] {
        judge(&mut other, day, MFA, Outcome::Pass, "users");
    }
    for n in 0..6 {
        other.attempt("2026-11-12", &format!("A{n}"));
    }
    other
}

fn chain_of(entry: &[u8]) -> String {
    serde_json::from_slice::<tickmark_ledger::Record>(entry).unwrap().chain()
}

fn day_of(entry: &[u8]) -> &'static str {
    let text = std::str::from_utf8(entry).unwrap();
    ["2026-11-09", "2026-11-10", "2026-11-11"].into_iter().find(|day| text.contains(day)).unwrap()
}

#[test]
fn a_log_that_was_rolled_back_is_found() {
    let kept = sealed_period().checkpoint();
    held_against(
        &kept,
        &export(&open_period()),
        &expect!["consistency: `checkpoint`: rolled back: the older checkpoint has 16 records, this one 11"],
    );
    // Also where it has a proof of something.
    let older = open_period().checkpoint_at(8);
    let package = export_with(&open_period(), &all(period()), Some(&older));
    held_against(
        &kept,
        &package,
        &expect!["consistency: `checkpoint`: rolled back: the older checkpoint has 16 records, this one 11"],
    );
}

#[test]
fn a_log_that_was_forked_is_found() {
    let package = export(&fork());
    // Both begin with the same six records.
    held_against(
        &sealed_period().checkpoint_at(6),
        &export_with(&fork(), &all(period()), Some(&fork().checkpoint_at(6))),
        &expect![""],
    );
    // As many records, and others.
    let kept = sealed_period().checkpoint_at(fork().entries.len());
    held_against(
        &kept,
        &package,
        &expect!["consistency: `checkpoint`: forked: the older checkpoint has as many records and another root"],
    );
    // More records, and the best proof that there can be.
    let own = fork().checkpoint_at(11);
    held_against(
        &open_period().checkpoint(),
        &export_with(&fork(), &all(period()), Some(&own)),
        &expect![
            "consistency: `consistency/11.txt`: forked: the proof leads to sha256:ecbccbd0, the root is sha256:92a0d8c6"
        ],
    );
}

/// Otherwise whoever shows a fork would only have to leave the proof out.
#[test]
fn a_package_without_a_proof_from_the_older_checkpoint_is_found() {
    held_against(
        &open_period().checkpoint(),
        &export(&fork()),
        &expect![
            "consistency: `consistency/11.txt`: is missing, so nothing shows that the log begins with that of the older checkpoint; have the package exported with `--since` and your checkpoint"
        ],
    );
    let other = export_with(&fork(), &all(period()), Some(&fork().checkpoint_at(10)));
    held_against(
        &open_period().checkpoint(),
        &other,
        &expect![
            "consistency: `consistency/11.txt`: is missing, so nothing shows that the log begins with that of the older checkpoint; have the package exported with `--since` and your checkpoint"
        ],
    );
}

#[test]
fn a_checkpoint_of_a_foreign_log_is_no_older_one() {
    let mut foreign = super::history::begin(3);
    judge(&mut foreign, "2026-11-10", MFA, Outcome::Pass, "users");
    held_against(
        &foreign.checkpoint(),
        &export(&open_period()),
        &expect![[r#"
        consistency: the older checkpoint: the note has no signature of the key `tickmark/3f9c2a71d04be885` with id 99d934ba
        consistency: `consistency/2.txt`: is missing, so nothing shows that the log begins with that of the older checkpoint; have the package exported with `--since` and your checkpoint"#]],
    );
    held_against(
        b"not a checkpoint",
        &export(&open_period()),
        &expect!["consistency: the older checkpoint: the note is not a text, a blank line and lines with signatures"],
    );
}

#[test]
fn a_proof_that_was_changed_is_found() {
    let kept = open_period().checkpoint();
    let package = export_with(&sealed_period(), &all(period()), Some(&kept));
    held_against(&kept, &package, &expect![""]);
    let options = Options { since: Some(kept), ..pinned() };
    let change = |it: &mut Forged| {
        let text = String::from_utf8(it.file("consistency/11.txt").clone()).unwrap();
        let (old, rest) = text.split_once('\n').unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        *it.file("consistency/11.txt") = format!("{old}\n{rest}").into_bytes();
    };
    found_with(
        &package,
        change,
        &options,
        &expect!["consistency: `consistency/11.txt`: forked: a proof of 4 hashes is too short"],
    );
    // Nobody compares it where no older checkpoint is brought, and it is still about the package's own.
    let change = |it: &mut Forged| {
        let text = String::from_utf8(it.file("consistency/11.txt").clone()).unwrap();
        let (head, _) = text.split_once("\n\n").unwrap();
        let older = String::from_utf8(open_period().checkpoint()).unwrap();
        *it.file("consistency/11.txt") = format!("{head}\n\n{older}").into_bytes();
    };
    found_with(
        &package,
        change,
        &pinned(),
        &expect!["consistency: `consistency/11.txt`: is of another checkpoint than the package's"],
    );
    let change = |it: &mut Forged| *it.file("consistency/11.txt") = b"trust us".to_vec();
    found_with(
        &package,
        change,
        &pinned(),
        &expect![
            "consistency: `consistency/11.txt`: `consistency/11.txt` is refused: not a consistency proof: expected `old` and a size, hashes, a blank line and a checkpoint"
        ],
    );
}
