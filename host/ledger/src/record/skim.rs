//! As much of a record as verifying needs, read without building the rest.

use std::borrow::Cow;

use serde::Deserialize;
use tickmark_model::{BlobRef, Digest, Instant};

use super::Prev;
use super::body::chain;

/// As much of a record as its place in the log, its chain, its day and its blobs need; unknown members are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Skim<'a> {
    /// Its kind.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// Kind and index.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The version of its shape.
    pub v: u32,
    /// The previous record of its chain.
    #[serde(default)]
    pub prev: Option<Prev>,
    /// The instant that it was judged at, where its kind has one.
    #[serde(default)]
    pub as_of: Option<Instant>,
    #[serde(borrow, default)]
    control: Option<SkimControl<'a>>,
    times: SkimTimes,
    #[serde(default)]
    blobs: Vec<SkimBlob>,
    #[serde(default)]
    collectors: Vec<SkimCollector>,
}

#[derive(Clone, Debug, Deserialize)]
struct SkimControl<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
}

#[derive(Clone, Debug, Deserialize)]
struct SkimTimes {
    recorded_at: Instant,
}

/// A blob of the head, without its name.
#[derive(Clone, Copy, Debug, Deserialize)]
struct SkimBlob {
    digest: Digest,
    size: u64,
}

/// The blobs of one collector part.
#[derive(Clone, Debug, Deserialize)]
struct SkimCollector {
    grants: BlobRef,
    log: BlobRef,
    observations: BlobRef,
    settings: BlobRef,
    transcript: BlobRef,
    #[serde(default)]
    component: Option<BlobRef>,
}

impl<'a> Skim<'a> {
    /// Reads it from the record's bytes.
    ///
    /// # Errors
    /// Where they are no JSON, or a member that every record has is missing.
    pub fn read(bytes: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// The control that it is about.
    #[must_use]
    pub fn control(&self) -> Option<&str> {
        self.control.as_ref().map(|control| &*control.id)
    }

    /// The chain that it belongs to, as [`Record::chain`](super::Record::chain).
    #[must_use]
    pub fn chain(&self) -> String {
        chain(&self.kind, self.control())
    }

    /// The instant that decides its day: what it was judged at, otherwise when it was recorded.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.as_of.unwrap_or(self.times.recorded_at)
    }

    /// When the ledger took it.
    #[must_use]
    pub fn recorded_at(&self) -> Instant {
        self.times.recorded_at
    }

    /// Every blob that it names itself. Those that its transcripts name in turn are in [`Skim::transcripts`]' bytes.
    pub fn blobs(&self) -> impl Iterator<Item = BlobRef> + '_ {
        let parts = self.collectors.iter().flat_map(|it| {
            [it.grants, it.log, it.observations, it.settings, it.transcript].into_iter().chain(it.component)
        });
        self.blobs.iter().map(|it| BlobRef { digest: it.digest, size: it.size }).chain(parts)
    }

    /// The blobs that list host calls, whose responses are blobs as well.
    pub fn transcripts(&self) -> impl Iterator<Item = BlobRef> + '_ {
        self.collectors.iter().map(|it| it.transcript)
    }
}
