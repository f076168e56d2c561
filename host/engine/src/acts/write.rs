//! Writing what people did: blobs, and one record that is published at once.

use std::path::Path;

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use tickmark_ledger::{Appended, InvokedBy, Ledger, NamedBlob, NewRecord};

use super::sign::{Acting, Signers};
use crate::clock::now;
use crate::ledger;
use crate::programme;
use crate::site::Site;

/// The name of the blob that says who did something, and why.
pub(crate) const STATEMENT: &str = "statement";

/// Largest file that is taken as evidence, in bytes: 256 MiB.
const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// A blob of JSON under a name.
pub(crate) fn named(ledger: &Ledger, name: &str, bytes: &[u8]) -> anyhow::Result<NamedBlob> {
    put(ledger, name, "application/json", bytes)
}

/// The bytes of a file, once they are found to be something that can be kept.
///
/// # Errors
/// Where it cannot be read, is empty, or is too large.
pub(crate) fn file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read `{}`", path.display());
    let size = std::fs::metadata(path).with_context(cannot)?.len();
    ensure!(size <= FILE_BYTES, "`{}` has {size} bytes, at most {FILE_BYTES} can be kept", path.display());
    let bytes = std::fs::read(path).with_context(cannot)?;
    ensure!(!bytes.is_empty(), "`{}` is empty: nothing is evidence of nothing", path.display());
    Ok(bytes)
}

/// A blob under a name, of which nothing is known but its bytes.
pub(crate) fn opaque(ledger: &Ledger, name: &str, bytes: &[u8]) -> anyhow::Result<NamedBlob> {
    put(ledger, name, "application/octet-stream", bytes)
}

/// A blob of words under a name.
pub(crate) fn words(ledger: &Ledger, name: &str, words: &str) -> anyhow::Result<NamedBlob> {
    put(ledger, name, "text/plain", words.as_bytes())
}

fn put(ledger: &Ledger, name: &str, media_type: &str, bytes: &[u8]) -> anyhow::Result<NamedBlob> {
    let digest = ledger.blobs().put(bytes)?;
    let (media_type, name) = (media_type.to_owned(), name.to_owned());
    Ok(NamedBlob { digest, media_type, name, size: bytes.len() as u64 })
}

/// Appends an act, signed where somebody signs it, and publishes it.
pub(crate) fn append(
    ledger: &mut Ledger,
    site: &Site,
    by: Acting,
    signers: &Signers,
    new: NewRecord,
) -> anyhow::Result<Appended> {
    append_acts(ledger, site, by, signers, vec![new])?.pop().context("the ledger gave no record back")
}

/// Appends acts of the same people, all or none, and publishes them. Whose key is whose is sealed before, where that is another
/// than it was.
pub(crate) fn append_acts(
    ledger: &mut Ledger,
    site: &Site,
    by: Acting,
    signers: &Signers,
    new: Vec<NewRecord>,
) -> anyhow::Result<Vec<Appended>> {
    ledger::with_scribe(&site.company, by.invoked_by, |by| {
        programme::seal_people_if_changed(ledger, site, by)?;
        // The first record of a log introduces its key.
        let places = ledger.size().max(1)..;
        let signed: anyhow::Result<_> = places.zip(new).map(|(index, new)| signers.sign(ledger, index, new)).collect();
        let appended = ledger.append(by, signed?)?;
        ledger.publish()?;
        Ok(appended)
    })
}

/// Appends records, all or none, and publishes them.
pub(crate) fn append_all(
    ledger: &mut Ledger,
    company: &str,
    invoked_by: InvokedBy,
    new: Vec<NewRecord>,
) -> anyhow::Result<Vec<Appended>> {
    ledger::with_scribe(company, invoked_by, |by| {
        let appended = ledger.append(by, new)?;
        ledger.publish()?;
        Ok(appended)
    })
}

/// The day that it is in the engagement's time zone.
pub(crate) fn today(site: &Site) -> anyhow::Result<NaiveDate> {
    site.day(now()?)
}
