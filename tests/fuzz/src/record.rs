//! Records: read as verifying reads them, and skimmed.

use serde_json::Value;
use tickmark_ledger::verify::readers;
use tickmark_ledger::{Body, Record, Skim};
use tickmark_model::{BlobRef, Instant};

/// Reads a record as it stands; and of any JSON its canonical form, so that every mutation that is JSON counts.
pub fn check(bytes: &[u8]) -> bool {
    let read = strictly(bytes);
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return read };
    let Ok(canonical) = serde_json_canonicalizer::to_vec(&value) else { return read };
    strictly(&canonical) || read
}

fn strictly(bytes: &[u8]) -> bool {
    // Whatever these bytes are, skimming them does not fail otherwise than by an error.
    let skim = Skim::read(bytes).map(|skim| (skim.chain(), skim.blobs().count(), skim.id.clone().into_owned()));
    let id = skim.map(|it| it.2).unwrap_or_default();
    let index = id.rsplit_once('/').and_then(|(_, index)| index.parse().ok()).unwrap_or(0);
    let Ok(record) = readers::record(index, bytes) else { return false };
    assert_eq!(serde_json_canonicalizer::to_vec(&record).as_deref().ok(), Some(bytes), "a record has one spelling");
    assert_eq!(serde_json::from_slice::<Record>(bytes).expect("both ways read it"), record);
    assert!(readers::record(index ^ 1, bytes).is_err(), "a record stands in one place");

    let skim = Skim::read(bytes).expect("what can be read can be skimmed");
    let Record { head, body } = &record;
    assert_eq!((&*skim.id, &*skim.kind, skim.v, skim.prev), (&*head.id, record.kind().as_str(), head.v, head.prev));
    assert_eq!((skim.control(), skim.chain()), (body.control(), record.chain()));
    assert_eq!((skim.as_of, skim.at()), (as_of(body), as_of(body).unwrap_or(head.times.recorded_at)));
    assert_eq!(skim.blobs().collect::<Vec<_>>(), blobs(&record));
    assert_eq!(skim.transcripts().collect::<Vec<_>>(), transcripts(body));
    true
}

fn as_of(body: &Body) -> Option<Instant> {
    match body {
        Body::Evaluation(it) => Some(it.as_of),
        Body::Attempt(it) => Some(it.as_of),
        _ => None,
    }
}

fn blobs(Record { head, body }: &Record) -> Vec<BlobRef> {
    let mut blobs: Vec<_> = head.blobs.iter().map(|it| BlobRef { digest: it.digest, size: it.size }).collect();
    if let Body::Evaluation(it) = body {
        for part in &it.collectors {
            blobs.extend([part.grants, part.log, part.observations, part.settings, part.transcript]);
            blobs.extend(part.component);
        }
    }
    blobs
}

fn transcripts(body: &Body) -> Vec<BlobRef> {
    match body {
        Body::Evaluation(it) => it.collectors.iter().map(|part| part.transcript).collect(),
        _ => Vec::new(),
    }
}
