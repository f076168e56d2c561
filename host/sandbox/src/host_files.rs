//! `files` and `blobs`: whole files and sorted listings.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tickmark_model::{Instant, NeedKind, Receipt};
use wasmtime::component::Resource;

use crate::bindings::tickmark::collector::{blobs as wb, files as wf, types as wt};
use crate::digest::canonical_json;
use crate::interfaces::files::{self, Entry};
use crate::principal::Told;
use crate::recorder::{Answer, Recorded, Summary};
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

impl Answer for Vec<u8> {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let summary = Summary::from([("size".to_owned(), self.len().into())]);
        Ok(Recorded { parts: vec![("body", self.into())], summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        played.part("body")
    }

    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        redaction.bytes(self);
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
        let told = run.perform(call, |grants, limits, _| {
            grants.files.get(&grant).map(|granted| Told::to_host_user(files::open(granted, &path, limits)))
        })?;
        match told {
            Ok((bytes, receipt)) => Ok(Ok(hand_over(resources, Blob { bytes, receipt })?)),
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
        Ok(resources.get(&blob)?.bytes.len() as u64)
    }

    fn receipt(&mut self, blob: Resource<Blob>) -> wasmtime::Result<Receipt> {
        let (_, resources) = self.enter("blobs.receipt")?;
        Ok(resources.get(&blob)?.receipt)
    }

    fn read(&mut self, blob: Resource<Blob>, offset: u64, len: u32) -> wasmtime::Result<Vec<u8>> {
        let (_, resources) = self.enter("blobs.read")?;
        Ok(resources.get(&blob)?.read(offset, len))
    }

    fn drop(&mut self, blob: Resource<Blob>) -> wasmtime::Result<()> {
        self.resources.delete(blob)?;
        Ok(())
    }
}
