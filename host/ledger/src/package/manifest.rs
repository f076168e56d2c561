//! `manifest.json`: what a package is about, and every file in it.
//!
//! **Invariant:** every file but the manifest and its signature is listed once, with size and SHA-256.
//! **Absent on purpose:** when the package was made. The same records of the same log give the same package.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use super::item::PackageItem;
use super::strict::{self, MAX_INTEGER, NotCanonical};
use crate::record::{Period, SealedChain};

const SCHEMA: &str = "tickmark/package/1";

/// The files that the manifest does not list: itself and its signature.
pub const UNLISTED: [&str; 2] = ["manifest.json", "manifest.sigstore.json"];

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is not read.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// A schema that this program does not read.
    #[error("the manifest's schema is `{found}`, this program reads `{SCHEMA}`")]
    Schema {
        /// What it says.
        found: String,
    },
    /// A file that no package has.
    #[error("the manifest lists `{0}`, which does not belong in a package")]
    Foreign(String),
    /// A file that the manifest must not list.
    #[error("the manifest lists `{0}`, which stands outside it")]
    Lists(String),
    /// A list whose members do not ascend.
    #[error("`{0}` of the manifest is not sorted, each once")]
    Order(&'static str),
    /// A number that not every reader of JSON holds.
    #[error("`{member}` of the manifest is {value}, limit is {MAX_INTEGER}")]
    Number {
        /// Which.
        member: &'static str,
        /// What it is.
        value: u64,
    },
    /// A last day before the first.
    #[error("the period ends on {to}, before it begins on {from}")]
    Period {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
    /// A record that the log of the manifest does not have.
    #[error("`{member}` of the manifest is record {index}, the log has {size}")]
    Index {
        /// Which.
        member: &'static str,
        /// Its index.
        index: u64,
        /// Records in the log.
        size: u64,
    },
    /// A text or a list that says nothing.
    #[error("`{0}` of the manifest is empty")]
    Empty(&'static str),
    /// A chain whose numbers cannot be together.
    #[error("the chain `{chain}` of the manifest cannot have {count} records from {first} to {head} of {end}")]
    Chain {
        /// The chain.
        chain: String,
        /// How many records it is said to have.
        count: u64,
        /// The index of the first.
        first: u64,
        /// The index of the last.
        head: u64,
        /// How many records come before the seal, or are in the log where there is none.
        end: u64,
    },
    /// A seal that is not in the package.
    #[error("the manifest names record {0} as the seal and does not list it")]
    Seal(u64),
    /// A sample that is not in the package.
    #[error("the manifest names record {0} as the sample and does not list it")]
    Sample(u64),
    /// A sample beside a seal: some records of a period are not all of it.
    #[error(
        "the manifest names record {sample} as the sample and record {seal} as a seal, expected one of them at most"
    )]
    SampleAndSeal {
        /// The record of the sample.
        sample: u64,
        /// The record of the seal.
        seal: u64,
    },
}

/// What a package is about, and every file in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// For each chain of the records in the package that lie in the period: how many, the first, and the last. Sorted by
    /// chain.
    pub chains: Vec<SealedChain>,
    /// The company.
    pub company: String,
    /// The controls that it is about, sorted; nothing means all.
    pub controls: Option<Vec<String>>,
    /// Every file but the manifest and its signature, by path.
    pub files: Vec<ManifestFile>,
    /// The log's origin.
    pub origin: String,
    /// The days that it is about, in UTC, both inclusive.
    pub period: Period,
    /// Whether raw evidence was left out.
    pub redacted: bool,
    /// The log's root at `size`.
    pub root: Digest,
    /// The sample whose items' records it has, where it is about one and not about a whole period.
    pub sample: Option<u64>,
    /// The record that seals the period, where it is sealed.
    pub seal: Option<u64>,
    /// Records in the log.
    pub size: u64,
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// Its JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    chains: Vec<SealedChain>,
    company: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    controls: Option<Vec<String>>,
    files: Vec<ManifestFile>,
    from: NaiveDate,
    origin: String,
    redacted: bool,
    root: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample: Option<u64>,
    schema: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<u64>,
    size: u64,
    to: NaiveDate,
}

impl Manifest {
    /// Reads it.
    ///
    /// # Errors
    /// Any [`ManifestError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let wire: Wire = strict::read(bytes)?;
        if wire.schema != SCHEMA {
            return Err(ManifestError::Schema { found: wire.schema });
        }
        let manifest = Self {
            chains: wire.chains,
            company: wire.company,
            controls: wire.controls,
            files: wire.files,
            origin: wire.origin,
            period: Period { from: wire.from, to: wire.to },
            redacted: wire.redacted,
            root: wire.root,
            sample: wire.sample,
            seal: wire.seal,
            size: wire.size,
        };
        manifest.check()?;
        Ok(manifest)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// Any [`ManifestError`]: none is written that would not be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ManifestError> {
        self.check()?;
        let it = self.clone();
        let wire = Wire {
            chains: it.chains,
            company: it.company,
            controls: it.controls,
            files: it.files,
            from: it.period.from,
            origin: it.origin,
            redacted: it.redacted,
            root: it.root,
            sample: it.sample,
            schema: SCHEMA.to_owned(),
            seal: it.seal,
            size: it.size,
            to: it.period.to,
        };
        Ok(strict::write(&wire)?)
    }

    /// The file of this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&ManifestFile> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let Period { from, to } = self.period;
        if from > to {
            return Err(ManifestError::Period { from, to });
        }
        let empty = [
            ("company", self.company.is_empty()),
            ("controls", self.controls.as_ref().is_some_and(Vec::is_empty)),
            ("origin", self.origin.is_empty()),
        ];
        if let Some((member, _)) = empty.into_iter().find(|(_, is_empty)| *is_empty) {
            return Err(ManifestError::Empty(member));
        }
        if !self.controls.iter().flatten().is_sorted_by(|a, b| a < b) {
            return Err(ManifestError::Order("controls"));
        }
        number("size", self.size)?;
        self.seal.map_or(Ok(()), |seal| self.index("seal", seal))?;
        self.sample.map_or(Ok(()), |sample| self.index("sample", sample))?;
        if let Some((sample, seal)) = self.sample.zip(self.seal) {
            return Err(ManifestError::SampleAndSeal { sample, seal });
        }
        self.check_chains()?;
        self.check_files()
    }

    /// The chains ascend, and their numbers can be together: all records that are counted come before the seal.
    fn check_chains(&self) -> Result<(), ManifestError> {
        if !self.chains.is_sorted_by(|a, b| a.chain < b.chain) {
            return Err(ManifestError::Order("chains"));
        }
        let end = self.seal.unwrap_or(self.size);
        for SealedChain { chain, count, first, head } in &self.chains {
            let (count, first, head) = (*count, *first, head.index);
            let most = head.checked_sub(first).map_or(0, |others| others.saturating_add(1));
            if head >= end || !(1..=most).contains(&count) {
                return Err(ManifestError::Chain { chain: chain.clone(), count, first, head, end });
            }
        }
        Ok(())
    }

    /// The files ascend, and each of them belongs in a package of this log.
    fn check_files(&self) -> Result<(), ManifestError> {
        if !self.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(ManifestError::Order("files"));
        }
        for file in &self.files {
            number("files", file.size)?;
            if UNLISTED.contains(&file.path.as_str()) {
                return Err(ManifestError::Lists(file.path.clone()));
            }
            match PackageItem::parse(&file.path) {
                Some(PackageItem::Record(index) | PackageItem::Proof(index)) => self.index("files", index)?,
                Some(PackageItem::Consistency(old)) if old > self.size => self.index("files", old)?,
                Some(_) => {}
                None => return Err(ManifestError::Foreign(file.path.escape_default().to_string())),
            }
        }
        let missing = |index: &u64| self.file(&PackageItem::Record(*index).path()).is_none();
        match (self.seal.filter(missing), self.sample.filter(missing)) {
            (Some(seal), _) => Err(ManifestError::Seal(seal)),
            (None, Some(sample)) => Err(ManifestError::Sample(sample)),
            (None, None) => Ok(()),
        }
    }

    fn index(&self, member: &'static str, index: u64) -> Result<(), ManifestError> {
        let size = self.size;
        if index < size { Ok(()) } else { Err(ManifestError::Index { member, index, size }) }
    }
}

fn number(member: &'static str, value: u64) -> Result<(), ManifestError> {
    if value <= MAX_INTEGER { Ok(()) } else { Err(ManifestError::Number { member, value }) }
}

#[cfg(test)]
mod tests;
