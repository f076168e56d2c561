//! Proofs that an entry stands in a log.

use tickmark_ledger::tlog::{Checkpoint, TlogProof};

use crate::log::{self, KEY};

/// Reads a proof and checks it against the known log.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(proof) = TlogProof::parse(bytes) else { return false };
    assert_eq!(proof.encode(), bytes, "a proof is written as it was read");
    let checkpoint = Checkpoint::parse_unverified(&proof.checkpoint).expect("its checkpoint was read");
    assert!(proof.verify(b"no entry of the log", KEY.verifier()).is_err(), "the entry is not in the log");
    if let Ok(verified) = proof.verify(&log::entry(proof.index), KEY.verifier()) {
        assert_eq!(verified, checkpoint);
        assert!(log::SIZES.contains(&verified.size) && proof.index < verified.size, "the log has no such entry");
        assert_eq!(proof.hashes, log::proof(proof.index, verified.size).hashes, "a proof has one form");
    }
    true
}
