//! What a timestamp server answers.

use tickmark_ledger::package::{Timestamp, TimestampRequest};
use tickmark_ledger::sha256;

/// The nonce of the request that the seeds answer.
const NONCE: [u8; 8] = [0x8a, 0, 0, 7, 1, 2, 3, 0xff];

/// What the seeds are about.
const CHECKPOINT: &[u8] = b"a checkpoint";

/// The request that the seeds answer.
#[must_use]
pub fn request() -> TimestampRequest {
    TimestampRequest::new(CHECKPOINT, NONCE)
}

/// Reads an answer.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(timestamp) = Timestamp::parse(bytes) else { return false };
    let within = |part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    let digest = [&[4, 32], &timestamp.imprint.0[..]].concat();
    let time = [&[0x18, timestamp.gen_time.len() as u8], timestamp.gen_time.as_bytes()].concat();
    assert!(within(&digest) && within(&time), "what is read stands there");
    if let Some(nonce) = timestamp.nonce.as_deref().filter(|nonce| !nonce.is_empty()) {
        assert!(nonce[0] != 0 && within(nonce), "a number has no zeros in front");
    }
    assert!(timestamp.gen_time.is_ascii() && timestamp.gen_time.ends_with('Z'));
    assert!(Timestamp::parse(&bytes[..bytes.len() - 1]).is_err(), "an answer that is cut off");
    assert!(Timestamp::parse(&[bytes, &[0]].concat()).is_err(), "an answer with more behind it");
    let is_ours = timestamp.imprint == sha256(CHECKPOINT) && timestamp.nonce.as_deref() == Some(&NONCE);
    assert_eq!(request().is_answered_by(&timestamp), is_ours);
    assert!(!TimestampRequest::new(b"another one", NONCE).is_answered_by(&timestamp), "it is about something else");
    true
}
