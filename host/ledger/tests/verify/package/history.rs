//! Small ledgers of two controls, and the packages that are exported from them.

use std::io::Cursor;

use tickmark_ledger::package::{Export, PackageKey, PackageSigner as _, Selection, write_package};
use tickmark_ledger::{Hold, HoldAct, LogReader, NamedBlob, Period};
use tickmark_model::Outcome;

use crate::log::{Log, key};
use crate::site::Site;

/// The control that fails on the second day.
pub const MFA: &str = "CC6.1-mfa";
/// The control that passes always.
pub const SCAN: &str = "CC7.2-scan";

/// The key that the log names for packages after its rotation.
pub fn package_key() -> PackageKey {
    package_key_of(2)
}

/// A key that the log does not name.
pub fn own_key() -> PackageKey {
    package_key_of(99)
}

/// The key that a log names with its own key of this seed.
pub fn package_key_of(seed: u8) -> PackageKey {
    PackageKey::from_seed(&[seed; 32]).unwrap()
}

/// The days of a period, both inclusive.
pub fn days(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// The three days that the history is about.
pub fn period() -> Period {
    days("2026-11-10", "2026-11-12")
}

/// A log that begins with its key, which names a package key.
pub fn begin(seed: u8) -> Log {
    let mut log = Log::empty(seed);
    introduce(&mut log, "2026-11-01", seed, None);
    log
}

/// Another key signs from here on, and names another package key.
pub fn rotate(log: &mut Log, day: &str, seed: u8) {
    let previous = std::mem::replace(&mut log.key, key(seed));
    introduce(log, day, seed, Some(&previous));
}

fn introduce(log: &mut Log, day: &str, seed: u8, previous: Option<&tickmark_ledger::tlog::SigningKey>) {
    let public = package_key_of(seed);
    let mut record = log.key_record(seed, previous);
    record.package_key = Some(public.public_key().pem().to_owned());
    record.package_key_digest = Some(public.public_key().digest());
    let statement = record.statement();
    record.signature_of_vkey = base64(&key(seed).sign(statement.as_bytes()));
    record.signature_of_previous = previous.map(|key| base64(&key.sign(statement.as_bytes())));
    log.push(day, record, vec![]);
}

/// A control is judged by a component and a policy, on one host call whose answer is `answer`.
pub fn judge(log: &mut Log, day: &str, control: &str, outcome: Outcome, answer: &str) -> u64 {
    let (mut body, mut blobs) = log.evaluation_body(day, control, outcome, answer);
    body.collectors[0].component = Some(log.blob(b"\0asm-component"));
    blobs.push(log.named("control", format!(r#"{{"id":"{control}"}}"#).as_bytes()));
    let policy = log.named("policy", b"permit(principal, action, resource);");
    blobs.push(NamedBlob { media_type: "text/plain".into(), ..policy });
    blobs.push(log.named("schema", b"{\"schema\":{}}"));
    blobs.sort_by(|a, b| a.name.cmp(&b.name));
    log.push(day, body, blobs)
}

/// Nothing may be erased from here on.
pub fn hold(log: &mut Log, day: &str) -> u64 {
    let reason = log.named("reason", b"{\"reason\":\"a dispute\"}");
    log.push(day, Hold { act: HoldAct::Place, on: None, of: None, period: None }, vec![reason])
}

/// A run on each of three days, of which the second has a failure.
///
/// ```text
/// 0 key   1 MFA, fail, the day before   2 hold
/// 3 MFA, pass   4 SCAN, pass            the first run
/// 5 key, which signs from here on
/// 6 MFA, fail   7 SCAN, pass            the second run
/// 8 hold
/// 9 MFA, pass   10 SCAN, pass           the third run
/// ```
pub fn open_period() -> Log {
    let mut log = begin(1);
    judge(&mut log, "2026-11-09", MFA, Outcome::Fail, "users on the 9th");
    hold(&mut log, "2026-11-09");
    judge(&mut log, "2026-11-10", MFA, Outcome::Pass, "users on the 10th");
    judge(&mut log, "2026-11-10", SCAN, Outcome::Pass, "hosts on the 10th");
    rotate(&mut log, "2026-11-11", 2);
    judge(&mut log, "2026-11-11", MFA, Outcome::Fail, "users on the 11th");
    judge(&mut log, "2026-11-11", SCAN, Outcome::Pass, "hosts on the 11th");
    hold(&mut log, "2026-11-11");
    judge(&mut log, "2026-11-12", MFA, Outcome::Pass, "users on the 12th");
    judge(&mut log, "2026-11-12", SCAN, Outcome::Pass, "hosts on the 12th");
    log
}

/// The same, and then: 11 the seal of the three days, 12 an erasure, 13 a hold, 14 MFA on the day after, 15 the next erasure.
pub fn sealed_period() -> Log {
    let mut log = open_period();
    log.seal("2026-11-10", "2026-11-12", "2026-11-13");
    log.erase(tickmark_ledger::sha256(b"users on the 10th"), "2026-11-13");
    hold(&mut log, "2026-11-13");
    judge(&mut log, "2026-11-13", MFA, Outcome::Pass, "users on the 13th");
    log.erase(tickmark_ledger::sha256(b"hosts on the 10th"), "2026-11-14");
    log
}

/// Everything of a period.
pub fn all(period: Period) -> Selection {
    Selection { controls: None, period, redact: false, sample: None }
}

/// The package of the three days.
pub fn export(log: &Log) -> Vec<u8> {
    export_with(log, &all(period()), None)
}

/// A package with what is selected, for somebody who has kept a checkpoint.
pub fn export_with(log: &Log, selection: &Selection, since: Option<&[u8]>) -> Vec<u8> {
    export_by(log, selection, since, &package_key())
}

/// The same of a log that names this package key.
pub fn export_by(log: &Log, selection: &Selection, since: Option<&[u8]>, signer: &PackageKey) -> Vec<u8> {
    let site = Site::new(&log.files());
    let export = Export { company: "Acme", selection, signer, since, timestamp: None };
    let mut to = Cursor::new(Vec::new());
    write_package(&LogReader::open(site.root()).unwrap(), &export, &mut to).unwrap();
    to.into_inner()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
