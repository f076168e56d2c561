//! Proofs that a log begins with an older one.

use tickmark_ledger::package::Consistency;
use tickmark_ledger::tlog::Checkpoint;

use crate::log;

/// Reads a proof and checks it against the known log.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(proof) = Consistency::parse(bytes) else { return false };
    assert_eq!(proof.encode(), bytes, "a proof is written as it was read");
    Checkpoint::parse_unverified(&proof.checkpoint).expect("its checkpoint was read");
    for (old, new) in log::SIZES.iter().flat_map(|old| log::SIZES.map(|new| (*old, new))) {
        let (older, newer) = (log::checkpoint(old), log::checkpoint(new));
        if proof.verify(&older, &newer).is_ok() {
            assert!(old <= new, "{new} records begin with {old}");
            assert_eq!((proof.old, &proof.hashes), (old, &log::consistency(old, new)), "a proof has one form");
        }
        let other = Checkpoint { root: log::checkpoint(300).root, ..older };
        assert!(old == 300 || proof.verify(&other, &newer).is_err(), "{new} records begin with others");
    }
    true
}
