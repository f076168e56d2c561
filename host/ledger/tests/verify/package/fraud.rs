//! What somebody may make of a package who has every tool, and perhaps the company's own package key.
//!
//! The records are in a log whose key signed a checkpoint, and nobody here has that key.

mod blobs;
mod manifest;
mod proofs;
mod records;

use expect_test::expect;
use tickmark_ledger::package::Selection;
use tickmark_ledger::sha256;
use tickmark_ledger::verify::Options;
use tickmark_model::Outcome;

use super::forge::{Forged, found, wrong_with};
use super::history::{
    MFA, SCAN, all, begin, days, export, export_by, export_with, judge, open_period, own_key, package_key_of, period,
    sealed_period,
};
use crate::log::Log;
use crate::site::pinned;

/// The path of the raw evidence with these bytes.
fn blob(bytes: &[u8]) -> String {
    format!("blobs/{}", sha256(bytes).hex())
}

/// A log of the same name, whose records and key are its own.
fn foreign() -> Log {
    let mut log = begin(3);
    for day in ["2026-11-10", "2026-11-11", "2026-11-12"] {
        judge(&mut log, day, MFA, Outcome::Pass, "users");
        judge(&mut log, day, SCAN, Outcome::Pass, "hosts");
    }
    log
}

/// Its package.
fn foreign_package() -> Vec<u8> {
    export_by(&foreign(), &all(period()), None, &package_key_of(3))
}
