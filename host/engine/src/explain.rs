//! Why one subject was judged as it was: the collectors are run for it, nothing is sealed.

use std::sync::Arc;

use anyhow::ensure;
use sha2::{Digest as _, Sha256};
use tickmark_model::{Digest, Instant, RunOutcome};
use tickmark_policy::{Explanation, Input};
use tickmark_sandbox::BlobSink;

use crate::plan::{Scope, plan};
use crate::run::Engine;
use crate::watch::Watch;

impl Engine {
    /// Explains `subject` (an id, or `Kind::"id"`) under `control` on every system of the scope that has it.
    ///
    /// # Errors
    /// Where the control is not there, a collector fails, or no system has the subject.
    pub fn explain(
        &self,
        control: &str,
        subject: &str,
        systems: Vec<String>,
        as_of: Instant,
        watch: &dyn Watch,
    ) -> anyhow::Result<Vec<Explanation>> {
        let scope = Scope { controls: vec![control.to_owned()], systems, only: None };
        let plan = plan(self.the_site()?, self.catalog(), &scope)?;
        let collections = self.collect(&plan, as_of, None, Arc::new(Forgotten), watch)?;
        if let Some(failed) = collections.iter().find(|collection| collection.outcome != RunOutcome::Ok) {
            let detail = failed.detail.as_deref().unwrap_or("no detail");
            anyhow::bail!("collector {}: {}: {detail}", failed.id, failed.outcome);
        }
        let mut explained = Vec::new();
        let mut why_not = Vec::new();
        for planned in &plan.findings {
            let collections = planned.collections(&collections)?;
            let input = Input { system: planned.system, collections: &collections, as_of };
            match self.catalog().policies().explain(planned.control, input, subject) {
                Ok(explanation) => explained.push(explanation),
                Err(error) => why_not.push(format!("{}: {error}", planned.system.name)),
            }
        }
        ensure!(!explained.is_empty(), "nothing to explain: {}", why_not.join("; "));
        Ok(explained)
    }
}

/// Responses are hashed and let go: an explanation is no evidence.
struct Forgotten;

impl BlobSink for Forgotten {
    fn put(&self, bytes: &[u8]) -> std::io::Result<Digest> {
        Ok(Digest(Sha256::digest(bytes).into()))
    }
}
