//! Records that were sealed once, appended again.

use anyhow::Result;
use tickmark_ledger::{Body, Clock, InvokedBy, Ledger, NewRecord, Record, Scribe, sha256};
use tickmark_model::Instant;

/// The same record with another body, without its place.
pub fn again(record: &Record, body: Body) -> NewRecord {
    NewRecord {
        body,
        blobs: record.head.blobs.clone(),
        env: record.head.env.clone(),
        fetched_at: record.head.times.fetched_at,
        performed_at: record.head.times.performed_at,
    }
}

/// Appends records at `at`, stamped by a clock that says that it is none of the system's.
pub fn append(ledger: &mut Ledger, at: Instant, new: Vec<NewRecord>) -> Result<()> {
    let mut nonce = u128::from(ledger.size()) << 64;
    let mut by = Scribe {
        clock: Clock { now: &|| at, source: "synthetic" },
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "bench".into(), user: "bench".into() },
        nonce: &mut || {
            nonce += 1;
            sha256(&nonce.to_be_bytes()).0.first_chunk().copied().unwrap_or_default()
        },
    };
    ledger.append(&mut by, new).map(drop)?;
    Ok(())
}
