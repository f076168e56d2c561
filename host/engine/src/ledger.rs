//! The site's ledger, opened with the site's own keys.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tickmark_ledger::package::PackageSigner;
use tickmark_ledger::tlog::{LogSigner, VerifierKey};
use tickmark_ledger::{Clock, InvokedBy, Ledger, LedgerError, OpenLedger, PackageKeyPart, Scribe};

use crate::clock::{self, now};
use crate::keys::KeyError;
use crate::site::Site;
use crate::watch::{Event, Watch};

/// A ledger with the one who signs its packages.
pub struct OpenedLedger {
    /// The ledger.
    pub ledger: Ledger,
    /// Signs packages.
    pub package: Arc<dyn PackageSigner>,
}

/// Opens the site's ledger for writing. Keys that are not there yet are made on first use, and `watch` is told.
///
/// # Errors
/// [`KeyError`] for a key that is missing or cannot be used; [`LedgerError`] for the ledger.
pub fn open(site: &Site, watch: &dyn Watch) -> anyhow::Result<OpenedLedger> {
    let current = current_key(&site.ledger)?;
    let mut made = false;
    let signer = match site.keys.log_signer(current.as_ref())? {
        Some(signer) => signer,
        None => {
            made = true;
            Arc::new(site.keys.folder.make_log_key(&log_name()?)?) as Arc<dyn LogSigner>
        }
    };
    let package = match site.keys.package_signer()? {
        Some(package) => package,
        None => Arc::new(site.keys.folder.make_package_key()?) as Arc<dyn PackageSigner>,
    };
    if made {
        watch.event(Event::KeysMade { folder: site.keys.folder.path(), verifier: signer.verifier() });
    }
    let ledger = match open_with(site, signer, &*package) {
        // A rotation was cut off after the log took the new key and before the hint beside it was written.
        Err(LedgerError::WrongKey { log, .. }) if Some(&*log) != current.as_ref() => {
            let Some(signer) = site.keys.log_signer(Some(&log))? else {
                let folder = site.keys.folder.path().to_path_buf();
                return Err(KeyError::NotThere { wanted: log.to_string(), folder }.into());
            };
            open_with(site, signer, &*package)?
        }
        opened => opened?,
    };
    Ok(OpenedLedger { ledger, package })
}

fn open_with(site: &Site, signer: Arc<dyn LogSigner>, package: &dyn PackageSigner) -> Result<Ledger, LedgerError> {
    Ledger::open(OpenLedger {
        folder: site.ledger.clone(),
        signer,
        package_key: Some(PackageKeyPart::of(package.public_key())),
        seen: Some(site.last_checkpoint.clone()),
    })
}

/// The key that signs the log of this folder, as the file beside it says; nothing where there is no log.
///
/// # Errors
/// Where the file cannot be read or has no key.
pub fn current_key(ledger: &Path) -> anyhow::Result<Option<VerifierKey>> {
    let path = ledger.join(".tickmark/log.vkey");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("cannot read `{}`", path.display())),
    };
    let key = text.trim_end().parse().with_context(|| format!("`{}` has no verifier key", path.display()))?;
    Ok(Some(key))
}

/// A name for a new log that no other has: `tickmark/` and 16 random hexadecimal digits.
fn log_name() -> anyhow::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(format!("tickmark/{:016x}", u64::from_be_bytes(bytes)))
}

/// Does `work` with what every record is stamped with: the clock, fresh random numbers and who asks.
///
/// # Errors
/// Those of `work`; where the kernel has no random numbers or the clock cannot be used.
pub fn with_scribe<T>(
    company: &str,
    invoked_by: InvokedBy,
    work: impl FnOnce(&mut Scribe<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let started = now()?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let mut calls = 0_u64;
    // Drawn once, so that random numbers cannot run out between two records.
    let mut nonce = || {
        calls += 1;
        let digest = Sha256::new().chain_update(seed).chain_update(calls.to_be_bytes()).finalize();
        std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
    };
    let clock = Clock { now: &|| now().unwrap_or(started), source: clock::source() };
    work(&mut Scribe { clock, company, invoked_by, nonce: &mut nonce })
}
