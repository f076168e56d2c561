//! Hostile guests: one tiny program for each attack, and a table of their fates.
//!
//! After each of them the host is alive, nothing but a good run has left rows, the well-behaved collector gives the
//! same bytes as before, and the process had no more memory than the row allows.

// `cfg(test)` always holds here; lints go by it.
#[cfg(test)]
mod assemble;
#[cfg(test)]
mod child;
#[cfg(test)]
mod descriptor;
#[cfg(test)]
mod fates;
#[cfg(test)]
mod surroundings;

use std::collections::BTreeSet;

use fates::{ELSEWHERE, FATES, Fate, NOT_YET};

/// The name of a guest's file, without its end.
#[cfg(test)]
fn file(guest: &str) -> String {
    guest.replace('_', "-")
}

/// Runs the guest `name` and holds it against its row.
#[cfg(test)]
#[track_caller]
fn check(name: &str) {
    let fate = FATES.iter().find(|fate| fate.guest == name).unwrap();
    let report = child::run(&file(name)).unwrap();
    assert_eq!(report.fate, fate.fate, "{name}: {}", fate.attack);
    assert_eq!(report.faults, [] as [String; 0], "{name}");
    let (peak, bound) = (report.peak >> 20, fate.peak_mib);
    assert!(peak <= bound, "{name}: the process had {peak} MiB of memory, its row allows {bound}");
}

/// What the processes of the other tests are for; alone it does nothing.
#[test]
fn one_guest() {
    child::child().unwrap();
}

/// What the processes that compile are for: they alone have no environment.
#[test]
fn compiler() {
    if std::env::vars_os().next().is_none() {
        tickmark_sandbox::compile_for_parent().unwrap();
    }
}

#[test]
fn every_guest_has_a_row_and_every_row_a_guest() {
    let files = std::fs::read_dir(assemble::folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let files: BTreeSet<String> =
        files.map(|name| name.to_str().unwrap().strip_suffix(".wat").unwrap().to_owned()).collect();
    let rows: BTreeSet<String> = FATES.iter().map(|fate| file(fate.guest)).collect();
    assert_eq!(files.symmetric_difference(&rows).collect::<Vec<_>>(), [] as [&String; 0]);
}

#[test]
fn every_attack_of_the_list_is_tried_somewhere_or_said_to_be_missing() {
    let tried = FATES.iter().map(|fate| fate.number).chain(ELSEWHERE.iter().map(|(number, _)| *number));
    let tried: BTreeSet<u8> = tried.filter(|number| *number > 0).collect();
    let missing: BTreeSet<u8> = NOT_YET.iter().flat_map(|(numbers, _)| numbers.iter().copied()).collect();
    assert_eq!(tried.intersection(&missing).collect::<Vec<_>>(), [] as [&u8; 0]);
    assert_eq!(tried.union(&missing).copied().collect::<BTreeSet<u8>>(), (1..=54).collect());
}

#[test]
fn rows_say_how_a_guest_ends_with_value_and_bound() {
    for Fate { guest, fate, .. } in FATES {
        let (outcome, detail) = fate.split_once(": ").unwrap_or((fate, ""));
        let bounded = ["fuel", "deadline", "memory", "output-limit"].contains(&outcome);
        let bound = detail.split(|c: char| !c.is_ascii_digit()).any(|number| !number.is_empty());
        assert!(!bounded || bound, "{guest}: `{fate}` names no bound");
    }
}
