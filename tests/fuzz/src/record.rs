//! Records: read in full, and skimmed.
//!
//! Reading in full is laxer than writing: `null` for what is absent, unpadded dates, further members of a blob. So what is
//! held is that one more round changes nothing, not that the first gives the same bytes.

use serde_json::Value;
use tickmark_ledger::{Body, Record, Skim};
use tickmark_model::{BlobRef, Instant};

/// Reads a record as it stands; and of any JSON its canonical form, so that every mutation that is JSON counts.
pub fn check(bytes: &[u8]) -> bool {
    // Whatever these bytes are, skimming them does not fail otherwise than by an error.
    let _ = Skim::read(bytes).map(|skim| (skim.chain(), skim.blobs().count()));
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return false };
    let Ok(canonical) = serde_json_canonicalizer::to_vec(&value) else { return false };
    let Ok(record) = serde_json::from_slice::<Record>(&canonical) else { return false };
    let written = serde_json_canonicalizer::to_vec(&record).expect("a record can be written");
    let again = serde_json::from_slice::<Record>(&written).expect("what was written is read");
    assert_eq!(again, record, "a record comes back");
    assert_eq!(serde_json_canonicalizer::to_vec(&again).ok(), Some(written), "a record is written in one way");

    let skim = Skim::read(&canonical).expect("what can be read can be skimmed");
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
