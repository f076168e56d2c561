//! What a run tells whoever waits for it.

use std::path::Path;

use tickmark_ledger::tlog::VerifierKey;
use tickmark_model::{Collection, CollectorId, Need};

/// One step of a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// There was no key to sign with, so one was made.
    KeysMade {
        /// The folder that it is in.
        folder: &'a Path,
        /// Its public half, which verifiers need.
        verifier: &'a VerifierKey,
    },
    /// The engagement does not ask for these controls, and nothing is judged by them.
    OutOfScope {
        /// The controls' ids, sorted.
        controls: Vec<&'a str>,
    },
    /// People operate these controls, and nothing is judged by them either.
    ByHand {
        /// How many of those that the engagement asks for.
        controls: usize,
    },
    /// A collector of the plan asks for what nobody grants it.
    Ungranted {
        /// Which collector on which system.
        collector: CollectorId,
        /// What it asks for, as it declares.
        needs: Vec<&'a Need>,
    },
    /// So many collectors start.
    Collecting {
        /// How many.
        collectors: usize,
    },
    /// One of them ended, well or not.
    Collected {
        /// What it left behind.
        collection: &'a Collection,
    },
    /// So many findings are to be judged.
    Assessing {
        /// How many.
        findings: usize,
    },
    /// One of them is judged.
    Assessed,
    /// Everything is judged and goes to the ledger.
    Sealing,
}

/// Is told how far a run has come; from several threads.
pub trait Watch: Sync {
    /// Takes one step.
    fn event(&self, event: Event<'_>);
}

/// Nobody waits.
pub struct Silent;

impl Watch for Silent {
    fn event(&self, _event: Event<'_>) {}
}
