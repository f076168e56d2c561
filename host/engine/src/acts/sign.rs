//! Who acts: who runs the program, and the people's own keys that they bring.
//!
//! **Invariant:** in the name of somebody whose key the site file names nothing is recorded that is not signed with it.
//! **Invariant:** a key that is brought and of no use is refused: whoever brings it means that it counts.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tickmark_ledger::acts::{Act, SIGNATURE, SignedAct, Signer};
use tickmark_ledger::tlog::{LogSigner, Note, NoteSignature, VerifierKey};
use tickmark_ledger::{InvokedBy, Ledger, NewRecord};
use tickmark_model::same_person;

use super::write::words;
use crate::clock::now;
use crate::keys::{KeyError, read_person_key};
use crate::site::{Person, Site};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Who runs the program.
    pub invoked_by: InvokedBy,
    /// The people's keys that they bring.
    pub keys: PersonKeys,
}

impl From<InvokedBy> for Acting {
    fn from(invoked_by: InvokedBy) -> Self {
        Self { invoked_by, keys: PersonKeys::default() }
    }
}

/// Private keys of people, for as long as a command runs.
#[derive(Clone, Default)]
pub struct PersonKeys(Vec<Arc<dyn LogSigner>>);

impl fmt::Debug for PersonKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| key.verifier())).finish()
    }
}

impl PersonKeys {
    /// The keys in these files.
    ///
    /// # Errors
    /// [`KeyError`] for one that is missing, that others may read, or that is no key.
    pub fn in_files(files: &[PathBuf]) -> Result<Self, KeyError> {
        files.iter().map(|file| Ok(Arc::new(read_person_key(file)?) as Arc<dyn LogSigner>)).collect()
    }
}

impl FromIterator<Arc<dyn LogSigner>> for PersonKeys {
    fn from_iter<I: IntoIterator<Item = Arc<dyn LogSigner>>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// Who signs an act, each with the name in which it is.
#[derive(Clone, Default)]
pub(crate) struct Signers(Vec<(String, Arc<dyn LogSigner>)>);

impl Acting {
    /// Who signs an act in these names, and all that is wrong with that.
    pub(crate) fn signers(&self, site: &Site, names: &[&str]) -> (Signers, Vec<String>) {
        let (mut signers, mut problems) = (Signers::default(), Vec::new());
        let mut people: Vec<(&str, &Person)> = Vec::new();
        for name in names.iter().map(|name| name.trim()) {
            let Some(person) = site.person(name) else { continue };
            match people.iter().find(|(_, it)| it.has_key_of(person)) {
                Some((other, _)) if same_person(other, name) => continue,
                Some((other, _)) => problems.push(one_key(other, name)),
                None => {}
            }
            people.push((name, person));
            match self.signer(person) {
                // A text of lines has no name of several.
                Some(_) if name.chars().any(char::is_control) => {
                    problems.push(format!("`{}` cannot sign: the name has a control character", name.escape_debug()));
                }
                Some(signer) => signers.0.push((name.to_owned(), signer)),
                None => problems.push(format!(
                    "`{name}` has key {:08x} in the site file and did not sign: give --key with the file of that key",
                    person.key.id()
                )),
            }
        }
        let used = |key: &VerifierKey| people.iter().any(|(_, person)| person.key == *key);
        for key in self.keys.0.iter().map(|key| key.verifier()).filter(|key| !used(key)) {
            problems.push(unused(key, site, names));
        }
        (signers, problems)
    }

    fn signer(&self, person: &Person) -> Option<Arc<dyn LogSigner>> {
        let own = self.keys.0.iter().find(|key| *key.verifier() == person.key);
        own.cloned().or_else(|| person.program())
    }
}

/// That two names with one key are one person.
pub(crate) fn one_key(first: &str, second: &str) -> String {
    format!("`{first}` and `{second}` have the same key, expected two people")
}

/// Why a key that was brought is of no use.
fn unused(key: &VerifierKey, site: &Site, names: &[&str]) -> String {
    let id = key.id();
    if let Some(owner) = site.people.iter().find(|it| it.key == *key) {
        return format!("key {id:08x} is that of `{}`, and this is not in that name", owner.name);
    }
    let name = names.first().map(|name| name.trim()).unwrap_or_default();
    match site.person(name) {
        Some(person) => format!("key {id:08x} is not that of `{name}`, which is {:08x}", person.key.id()),
        None => format!("the site file has no key of `{name}`: add [people.\"{name}\"] with key = \"{key}\""),
    }
}

impl Signers {
    /// The record that comes at `index`, with its signature where somebody signs it.
    ///
    /// # Errors
    /// Where somebody does not sign after all.
    pub(super) fn sign(&self, ledger: &Ledger, index: u64, mut new: NewRecord) -> anyhow::Result<NewRecord> {
        if self.0.is_empty() {
            return Ok(new);
        }
        new.blobs.sort_by(|a, b| a.name.cmp(&b.name));
        let id = new.body.kind().id(index);
        let log = ledger.verifier();
        let act = Act {
            origin: log.name(),
            id: &id,
            env: new.env.as_deref(),
            performed_at: new.performed_at,
            body: &new.body,
            blobs: new.blobs.iter().collect(),
        };
        let people: Vec<Signer> =
            self.0.iter().map(|(name, signer)| Signer { key: signer.verifier().clone(), name: name.clone() }).collect();
        let text = act.text(now()?, &people)?;
        let mut signatures = Vec::new();
        for (name, signer) in &self.0 {
            let key = signer.verifier();
            ensure!(
                key.to_bytes() != log.to_bytes(),
                "the key of `{name}` is the one that signs the log, expected another"
            );
            let bytes = signer.sign(text.as_bytes()).with_context(|| format!("`{name}` did not sign"))?.to_vec();
            signatures.push(NoteSignature { name: key.name().to_owned(), id: key.id(), bytes });
        }
        let note = Note { text, signatures }.encode();
        SignedAct::check(&act, now()?, note.as_bytes()).context("what was signed is not what is to be recorded")?;
        let signature = words(ledger, SIGNATURE, &note)?;
        new.blobs.push(signature);
        Ok(new)
    }
}

#[cfg(test)]
mod tests;
