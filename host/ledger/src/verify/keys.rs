//! The keys of a log: each one is introduced by a record that it and the key before it have signed.
//!
//! **Invariant:** a key counts only if every key record up to its own is right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _, LineEnding};

use super::report::{Finding, Step, counted};
use crate::hash::sha256;
use crate::record::Key;
use crate::tlog::VerifierKey;

/// A key record where it stands.
pub(super) struct KeyRecord {
    pub(super) index: u64,
    pub(super) key: Key,
    /// The file that it stands in.
    pub(super) file: String,
}

/// The keys that count, each with the index of its record; the last one signs now.
#[derive(Debug, Default)]
pub(super) struct Keys {
    keys: Vec<(u64, VerifierKey)>,
}

impl Keys {
    /// Follows the key records of a log with this origin.
    pub(super) fn follow(records: &[KeyRecord], origin: Option<&str>, first_file: &str) -> (Self, Step) {
        let mut finding = Finding::new(super::ROTATIONS);
        let mut keys = Self::default();
        if records.first().is_none_or(|record| record.index != 0) {
            finding.problem(first_file, "record 0 does not introduce the key of the log");
        }
        for KeyRecord { index, key, file } in records {
            match next(*index, key, keys.newest(), origin) {
                Ok(vkey) if finding.is_ok() => keys.keys.push((*index, vkey)),
                Ok(_) => {}
                Err(why) => finding.problem(file, format!("the key record {index} {why}")),
            }
        }
        let rotations = records.len().saturating_sub(1) as u64;
        let newest = keys.newest().map_or_else(|| "none".to_owned(), |key| format!("`{key}`"));
        (keys, finding.step(format!("{}; the log signs with {newest}", counted(rotations, "rotation"))))
    }

    /// The key that signs now.
    pub(super) fn newest(&self) -> Option<&VerifierKey> {
        self.keys.last().map(|(_, key)| key)
    }

    /// The key that signed the log when it had `size` entries.
    pub(super) fn at(&self, size: u64) -> Option<&VerifierKey> {
        self.keys.iter().rev().find(|(index, _)| *index < size).map(|(_, key)| key)
    }

    /// The index of the record that introduces `key`.
    pub(super) fn find(&self, key: &VerifierKey) -> Option<u64> {
        self.keys.iter().find(|(_, known)| known == key).map(|(index, _)| *index)
    }

    /// The key before the newest.
    pub(super) fn before_newest(&self) -> Option<&VerifierKey> {
        self.keys.iter().rev().nth(1).map(|(_, key)| key)
    }

    /// The keys, as text.
    pub(super) fn list(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(|(_, key)| format!("`{key}`")).collect();
        if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
    }
}

/// The key of the record `index`, if it follows `previous`; the error says what is wrong.
fn next(index: u64, key: &Key, previous: Option<&VerifierKey>, origin: Option<&str>) -> Result<VerifierKey, String> {
    let vkey: VerifierKey = key.vkey.parse().map_err(|why| format!("is not right: {why}"))?;
    if let Some(origin) = origin.filter(|origin| *origin != vkey.name()) {
        return Err(format!("introduces the key `{}`, the log is `{origin}`", vkey.name()));
    }
    if key.tree_size != index {
        return Err(format!("says that there are {} records before it", key.tree_size));
    }
    let statement = key.statement();
    signed(&vkey, &statement, &key.signature_of_vkey).map_err(|why| format!("is not signed by its own key: {why}"))?;
    match (previous, &key.previous, &key.signature_of_previous) {
        (None, None, None) => {}
        (Some(previous), Some(named), Some(signature)) if *named == previous.to_string() => {
            signed(previous, &statement, signature)
                .map_err(|why| format!("is not signed by the key before it: {why}"))?;
        }
        (None, _, _) => return Err("names a key before it, it is the first".to_owned()),
        (Some(previous), _, _) => return Err(format!("is not signed by the key before it, `{previous}`")),
    }
    package_key(key)?;
    Ok(vkey)
}

fn signed(key: &VerifierKey, statement: &str, signature: &str) -> Result<(), String> {
    let bytes = STANDARD.decode(signature).map_err(|_| format!("`{signature}` is not base64"))?;
    let bytes = bytes.as_slice().try_into().map_err(|_| format!("it has {} bytes, expected 64", bytes.len()))?;
    key.verify(statement.as_bytes(), bytes).map_err(|why| why.to_string())
}

/// That the text of the package key is the one whose digest is signed.
fn package_key(key: &Key) -> Result<(), String> {
    let (pem, expected) = match (&key.package_key, key.package_key_digest) {
        (None, None) => return Ok(()),
        (Some(pem), Some(digest)) => (pem, digest),
        _ => return Err("names a package key without its digest, or the digest alone".to_owned()),
    };
    let bad = || "has a package key that is not the PEM of an ECDSA P-256 key".to_owned();
    let public = p256::PublicKey::from_public_key_pem(pem).map_err(|_| bad())?;
    if public.to_public_key_pem(LineEnding::LF).ok().as_ref() != Some(pem) {
        return Err(bad());
    }
    let found = sha256(public.to_public_key_der().map_err(|_| bad())?.as_bytes());
    if found == expected { Ok(()) } else { Err(format!("has the package key {found}, it says {expected}")) }
}
