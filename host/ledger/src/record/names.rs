//! The blobs that a record names, and what each of them is to it.

use tickmark_model::BlobRef;

use super::{Body, NamedBlob, Record};

/// What a blob is to a record that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlobRole<'a> {
    /// The record as a whole has it under a name.
    Named(&'a NamedBlob),
    /// A collector's program.
    Component,
    /// A collector's list of host calls, which names blobs in turn.
    Transcript,
    /// Something else of a collection.
    Collection,
}

impl Record {
    /// Every blob that it names itself, in the order of [`Skim::blobs`](super::Skim::blobs).
    pub(crate) fn blobs(&self) -> impl Iterator<Item = (BlobRef, BlobRole<'_>)> {
        let named = self.head.blobs.iter().map(|it| {
            let NamedBlob { digest, size, .. } = *it;
            (BlobRef { digest, size }, BlobRole::Named(it))
        });
        let collectors = match &self.body {
            Body::Evaluation(it) => it.collectors.as_slice(),
            Body::Review(it) => it.collectors.as_slice(),
            _ => &[],
        };
        let parts = collectors.iter().flat_map(|it| {
            let others = [it.grants, it.log, it.observations, it.settings].map(|blob| (blob, BlobRole::Collection));
            let component = it.component.map(|blob| (blob, BlobRole::Component));
            others.into_iter().chain([(it.transcript, BlobRole::Transcript)]).chain(component)
        });
        named.chain(parts)
    }
}
