//! `files` and `blobs`: whole files and sorted listings.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tickmark_model::{Instant, NeedKind, Receipt};
use wasmtime::component::Resource;

use crate::bindings::tickmark::collector::{blobs as wb, files as wf, types as wt};
use crate::body::Body;
use crate::digest::canonical_json;
use crate::interfaces::files::{self, Entry, Keep};
use crate::outcome::Stop;
use crate::principal::Told;
use crate::recorder::{Answer, Part, Recorded, Summary};
use crate::replay::{Played, ReplayError};
use crate::resources::{Blob, hand_over};
use crate::run::Call;
use crate::secrets::Redaction;
use crate::state::HostState;

#[derive(Serialize)]
struct OpenRequest<'a> {
    grant: &'a str,
    path: &'a str,
}

#[derive(Serialize)]
struct ListRequest<'a> {
    dir: &'a str,
    grant: &'a str,
}

/// One entry as it is recorded.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedEntry<'a> {
    is_dir: bool,
    modified_ms: i64,
    path: Cow<'a, str>,
    size: u64,
}

impl Answer for Body {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let summary = Summary::from([("size".to_owned(), self.size().into())]);
        let part = match self {
            Self::Held(bytes) => Part::Bytes(bytes.into()),
            Self::Kept(blob, _) => Part::Kept(*blob),
            Self::Over(size) => Part::Over(*size),
            Self::Lost(cause) => Part::Lost(cause),
        };
        Ok(Recorded { parts: vec![("body", part)], summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        played.part("body").map(Self::Held)
    }

    /// What is kept already has no secrets: none was known when it was read.
    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        if let Self::Held(bytes) = self {
            redaction.bytes(bytes);
        }
    }
}

impl Answer for Vec<Entry> {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let entries: Vec<RecordedEntry<'_>> = self
            .iter()
            .map(|entry| RecordedEntry {
                is_dir: entry.is_dir,
                modified_ms: entry.modified.ms(),
                path: entry.path.as_str().into(),
                size: entry.size,
            })
            .collect();
        let summary = Summary::from([("entries".to_owned(), self.len().into())]);
        Ok(Recorded { parts: vec![("listing", canonical_json(&entries)?.into())], summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        let entries: Vec<RecordedEntry<'_>> = played.json("listing")?;
        let entry = |entry: RecordedEntry<'_>| {
            let modified = Instant::from_ms(entry.modified_ms)
                .ok_or_else(|| played.wrong(format_args!("`{}` is of no time", entry.path)))?;
            Ok(Entry { path: entry.path.into_owned(), size: entry.size, is_dir: entry.is_dir, modified })
        };
        entries.into_iter().map(entry).collect()
    }

    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        self.iter_mut().for_each(|entry| redaction.text(&mut entry.path));
    }
}

impl wf::Host for HostState {
    fn list(&mut self, grant: String, dir: String) -> wasmtime::Result<Result<wf::Listing, wt::Failure>> {
        let (run, _) = self.enter("files.list")?;
        let call = Call::new(NeedKind::Files, "files.list", &grant, &ListRequest { dir: &dir, grant: &grant })?;
        let told = run.perform(call, |grants, limits, _| {
            grants.files.get(&grant).map(|granted| Told::to_host_user(files::list(granted, &dir, limits)))
        })?;
        Ok(told.map(|(entries, receipt)| wf::Listing { entries: entries.into_iter().map(entry).collect(), receipt }))
    }

    fn open(&mut self, grant: String, path: String) -> wasmtime::Result<Result<Resource<Blob>, wt::Failure>> {
        let (run, resources) = self.enter("files.open")?;
        let call = Call::new(NeedKind::Files, "files.open", &grant, &OpenRequest { grant: &grant, path: &path })?;
        let (sink, left) = run.recorder.sink();
        let told = run.perform(call, |grants, limits, vault| {
            // Secrets are taken out of bytes in memory only.
            let keep = vault.is_empty().then_some(Keep { sink: &*sink, left });
            grants.files.get(&grant).map(|granted| Told::to_host_user(files::open(granted, &path, limits, keep)))
        })?;
        match told {
            Ok((body, receipt)) => Ok(Ok(hand_over(resources, Blob { body, receipt })?)),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

fn entry(entry: Entry) -> wf::Entry {
    wf::Entry { path: entry.path, size: entry.size, is_dir: entry.is_dir, modified: entry.modified.ms() }
}

impl wb::Host for HostState {}

impl wb::HostBlob for HostState {
    fn size(&mut self, blob: Resource<Blob>) -> wasmtime::Result<u64> {
        let (_, resources) = self.enter("blobs.size")?;
        Ok(resources.get(&blob)?.body.size())
    }

    fn receipt(&mut self, blob: Resource<Blob>) -> wasmtime::Result<Receipt> {
        let (_, resources) = self.enter("blobs.receipt")?;
        Ok(resources.get(&blob)?.receipt)
    }

    fn read(&mut self, blob: Resource<Blob>, offset: u64, len: u32) -> wasmtime::Result<Vec<u8>> {
        let (_, resources) = self.enter("blobs.read")?;
        let read = resources.get(&blob)?.body.read(offset, len);
        read.map_err(|cause| Stop::host_error(format!("a stored response cannot be read again: {cause}")).into())
    }

    fn drop(&mut self, blob: Resource<Blob>) -> wasmtime::Result<()> {
        self.resources.delete(blob)?;
        Ok(())
    }
}
